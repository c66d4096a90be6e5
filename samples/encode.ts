import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { h264, rawInput, withWriters } from '../src/evaluate/programmes/pictures.js';
import { lengthOf, RATE, type Programme } from './programmes.js';
import { renderProgramme, truthOf } from './render.js';

const EXACT = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'];

/** Two slow tones and a little noise, so that there is a sound track that must come through untouched. */
const sound = (seconds: number): string[] => {
  const beat = '0.07*sin(2*PI*196*t)*(0.6+0.4*sin(2*PI*0.4*t))';
  const high = '0.03*sin(2*PI*587*t)*(0.5+0.5*sin(2*PI*0.23*t))';
  return [
    '-f',
    'lavfi',
    '-t',
    seconds.toFixed(3),
    '-i',
    `aevalsrc=${beat}+${high}+0.01*(random(0)-0.5)|${beat}-${high}+0.01*(random(1)-0.5):s=48000`,
  ];
};

function metadata(programme: Programme): string {
  let text = `;FFMETADATA1\ntitle=${programme.title}\nartist=textless samples\ncomment=Made by samples/make.ts\n`;
  let first = 0;
  for (const { frames, title } of programme.shots) {
    text += `[CHAPTER]\nTIMEBASE=1/${RATE}\nSTART=${first}\nEND=${first + frames}\ntitle=${title}\n`;
    first += frames;
  }
  return text;
}

/** Arguments of the three encoders, in the order marked, clean, mask. */
function commands(programme: Programme, folder: string, notes: string, width: number, height: number): string[][] {
  const rgb = rawInput('rgb24', width, height, RATE);
  const about = ['-f', 'ffmetadata', '-i', notes, '-map', '0:v', '-map', '1:a', '-map_metadata', '2', '-map_chapters', '2'];
  const audio = ['-c:a', 'aac', '-b:a', '96k', '-metadata:s:a:0', 'language=eng'];
  const mp4 = ['-movflags', '+faststart', ...EXACT];
  return [
    [...rgb, ...sound(lengthOf(programme) / RATE), ...about, ...h264('veryfast', 16), ...audio, ...mp4, path.join(folder, 'marked.mp4')],
    [...rgb, ...h264('veryfast', 8), ...mp4, path.join(folder, 'clean.mp4')],
    [...rawInput('gray', width, height, RATE), '-c:v', 'ffv1', '-threads', '1', ...EXACT, path.join(folder, 'mask.mkv')],
  ];
}

/**
 * Makes one programme in `folder/NAME`: marked.mp4 (with sound, chapters and tags), clean.mp4, mask.mkv and truth.json.
 * Works in a folder beside it, which takes the name at the end; a failure leaves nothing.
 */
export async function makeProgramme(
  programme: Programme,
  folder: string,
  width: number,
  height: number,
  signal?: AbortSignal,
): Promise<string> {
  const target = path.join(folder, programme.name);
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    const notes = path.join(partial, 'metadata.txt');
    await writeFile(notes, metadata(programme));
    await withWriters(commands(programme, partial, notes, width, height), signal, async (writers) => {
      for await (const { marked, clean, mask } of renderProgramme(programme, width, height)) {
        await Promise.all([marked, clean, mask].map((picture, i) => writers[i].write(picture)));
        signal?.throwIfAborted();
      }
    });
    await rm(notes);
    await writeFile(path.join(partial, 'truth.json'), JSON.stringify(await truthOf(programme, width, height), null, 1) + '\n');
    await rm(target, { recursive: true, force: true });
    await rename(partial, target);
    return target;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}
