import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lengthOf, RATE, type Programme } from './programmes.js';
import { renderProgramme, truthOf } from './render.js';

const COLOUR = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];
// A fixed number of threads: x264's output depends on it.
const H264 = [
  '-vf',
  'scale=out_color_matrix=bt709:out_range=tv',
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-threads',
  '2',
  '-pix_fmt',
  'yuv420p',
  ...COLOUR,
];
const EXACT = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'];

/** An ffmpeg that is fed raw pictures. */
class Encoder {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private said = '';
  private failure: Error | undefined;

  constructor(args: readonly string[]) {
    this.child = spawn('ffmpeg', ['-hide_banner', '-v', 'error', '-y', ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.said = (this.said + text).slice(-2000)));
    this.child.stdin!.on('error', () => undefined);
    this.child.on('error', (error) => (this.failure = new Error(`ffmpeg cannot be started: ${error.message}`)));
    this.ended = new Promise((resolve) => this.child.once('close', resolve).once('error', resolve));
  }

  async write(frame: Uint8Array): Promise<void> {
    if (this.failure || this.child.exitCode !== null) return this.end();
    if (!this.child.stdin!.write(frame)) await Promise.race([once(this.child.stdin!, 'drain').catch(() => undefined), this.ended]);
  }

  async end(): Promise<void> {
    this.child.stdin!.end();
    await this.ended;
    if (this.failure) throw this.failure;
    if (this.child.exitCode !== 0) throw new Error(`ffmpeg failed (${this.child.exitCode ?? this.child.signalCode}): ${this.said.trim()}`);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Raw pictures on standard input. */
const raw = (format: 'rgb24' | 'gray', width: number, height: number): string[] => [
  '-f',
  'rawvideo',
  '-pix_fmt',
  format,
  '-video_size',
  `${width}x${height}`,
  '-framerate',
  String(RATE),
  '-i',
  'pipe:0',
];

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
  const rgb = raw('rgb24', width, height);
  const about = ['-f', 'ffmetadata', '-i', notes, '-map', '0:v', '-map', '1:a', '-map_metadata', '2', '-map_chapters', '2'];
  const audio = ['-c:a', 'aac', '-b:a', '96k', '-metadata:s:a:0', 'language=eng'];
  const mp4 = ['-movflags', '+faststart', ...EXACT];
  return [
    [...rgb, ...sound(lengthOf(programme) / RATE), ...about, ...H264, '-crf', '16', ...audio, ...mp4, path.join(folder, 'marked.mp4')],
    [...rgb, ...H264, '-crf', '8', ...mp4, path.join(folder, 'clean.mp4')],
    [...raw('gray', width, height), '-c:v', 'ffv1', '-threads', '1', ...EXACT, path.join(folder, 'mask.mkv')],
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
  const encoders: Encoder[] = [];
  try {
    const notes = path.join(partial, 'metadata.txt');
    await writeFile(notes, metadata(programme));
    for (const args of commands(programme, partial, notes, width, height)) encoders.push(new Encoder(args));
    for await (const { marked, clean, mask } of renderProgramme(programme, width, height)) {
      await Promise.all([encoders[0].write(marked), encoders[1].write(clean), encoders[2].write(mask)]);
      signal?.throwIfAborted();
    }
    await Promise.all(encoders.map((encoder) => encoder.end()));
    await rm(notes);
    await writeFile(path.join(partial, 'truth.json'), JSON.stringify(await truthOf(programme, width, height), null, 1) + '\n');
    await rm(target, { recursive: true, force: true });
    await rename(partial, target);
    return target;
  } catch (error) {
    await Promise.all(encoders.map((encoder) => encoder.kill()));
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}
