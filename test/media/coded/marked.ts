import { execFileSync } from 'node:child_process';
import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import { readFragments, type Sample } from '../../../src/media/coded/fragments-in.js';
import { writeFragments } from '../../../src/media/coded/fragments-out.js';
import { SeiWriter } from '../../../src/media/coded/side/put-sei.js';
import { putUserData } from '../../../src/media/coded/side/put-user-data.js';
import { SEI } from '../../../src/media/coded/side/sei.js';
import { setsOf } from '../../../src/media/coded/side/carrying.js';
import { ffmpeg } from '../../fixtures/programmes.js';
import { atscMessage } from './captions.js';

export type MarkedCodec = 'mpeg2video' | 'h264' | 'hevc';

/** User data for a frame, by its place in order of presentation. */
export type UserData = (frame: number) => readonly Buffer[];

/** Puts user data into one picture as the codec has it. */
function marker(codec: MarkedCodec, sets: readonly Uint8Array[]): (sample: Sample, data: readonly Buffer[]) => Uint8Array {
  if (codec === 'mpeg2video') {
    return ({ data: picture }, data) =>
      putUserData(
        picture,
        data.map((bytes) => ({ kind: 'captions', bytes })),
      );
  }
  const writer = new SeiWriter(codec, 4, sets);
  return ({ data: picture }, data) =>
    writer.put(picture, { payloads: data.map((bytes) => ({ kind: 'captions', sei: SEI.registered, bytes: atscMessage(bytes) })) });
}

/**
 * Makes a programme whose pictures carry user data.
 * @param encode options of ffmpeg: inputs, and how the picture is encoded
 * @param out options of the file: sound, muxer
 */
export async function markedProgramme(
  file: string,
  codec: MarkedCodec,
  encode: string[],
  userData: UserData,
  out: string[],
): Promise<void> {
  const plain = `${file}.plain.mp4`;
  const marked = `${file}.marked.mp4`;
  ffmpeg(...encode, '-an', '-movflags', 'empty_moov+default_base_moof+frag_every_frame', plain);
  let head: Buffer | undefined;
  const samples: Sample[] = [];
  for await (const part of readFragments(createReadStream(plain) as AsyncIterable<Buffer>)) {
    if ('head' in part) head = part.head;
    else samples.push(part.sample);
  }
  const shown = samples.map((s) => s.pts).sort((a, b) => a - b);
  const put = marker(codec, head && codec === 'h264' ? setsOf(head) : []);
  const step = shown[1] - shown[0];
  const from = Math.max(0, -Math.min(...samples.map((s) => s.dts)));
  async function* pictures() {
    for (const [i, s] of samples.entries()) {
      const data = put(s, userData(shown.indexOf(s.pts)));
      const duration = (samples[i + 1]?.dts ?? s.dts + step) - s.dts;
      yield await Promise.resolve({ pts: s.pts + from, dts: s.dts + from, key: s.key, data, duration });
    }
  }
  const pieces: Buffer[] = [];
  for await (const piece of writeFragments(head ?? Buffer.alloc(0), pictures())) pieces.push(piece);
  writeFileSync(marked, Buffer.concat(pieces));
  ffmpeg('-i', marked, ...out, '-c:v', 'copy', file);
  for (const made of [plain, marked]) rmSync(made);
}

/** How many frames of a file ffmpeg gives this side data. */
export function framesWith(file: string, sideData: string): { readonly frames: number; readonly marked: number } {
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_frames', '-of', 'json'];
  const { frames } = JSON.parse(execFileSync('ffprobe', [...args, file], { maxBuffer: 1 << 28 }).toString()) as {
    frames: { side_data_list?: { side_data_type: string }[] }[];
  };
  return {
    frames: frames.length,
    marked: frames.filter((f) => f.side_data_list?.some((s) => s.side_data_type === sideData)).length,
  };
}

/** The subtitles that ffmpeg's own decoder of line 21 reads out of the pictures. */
export function readText(file: string): string {
  const args = ['-v', 'error', '-f', 'lavfi', '-i', `movie=${file}[out0+subcc]`, '-map', '0:s', '-f', 'srt', '-'];
  return execFileSync('ffmpeg', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}
