import { execFileSync } from 'node:child_process';
import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import { readFragments, type Sample } from '../../../src/media/coded/fragments-in.js';
import { writeFragments } from '../../../src/media/coded/fragments-out.js';
import { SeiWriter } from '../../../src/media/coded/side/put-sei.js';
import { putUserData } from '../../../src/media/coded/side/put-user-data.js';
import type { ClockStamps } from '../../../src/media/coded/side/picture-timing.js';
import type { SidePayload } from '../../../src/media/coded/side/side-data.js';
import { SEI } from '../../../src/media/coded/side/sei.js';
import { setsOf } from '../../../src/media/coded/side/carrying.js';
import { ffmpeg } from '../../fixtures/programmes.js';
import { atscMessage } from './captions.js';

export type MarkedCodec = 'mpeg2video' | 'h264' | 'hevc';

/** What pictures are made to carry, by their place in order of presentation. */
export interface Marks {
  /** SEI messages, or in MPEG-2 user data. */
  readonly frame: (at: number) => readonly { readonly sei?: number; readonly bytes: Uint8Array }[];
  /** H.264: clock time stamps. */
  readonly clock?: (at: number) => ClockStamps;
  /** MPEG-2: user data behind the header of each group. */
  readonly group?: Uint8Array;
}

/** User data as each codec carries it. */
export const asUserData =
  (codec: MarkedCodec, userData: (at: number) => readonly Buffer[]): Marks['frame'] =>
  (at) =>
    userData(at).map((bytes) => (codec === 'mpeg2video' ? { bytes } : { sei: SEI.registered, bytes: atscMessage(bytes) }));

/** User data behind the eight bytes of a group's header, where there is one. */
function withGroupData(picture: Uint8Array, data: Uint8Array | undefined): Uint8Array {
  const at = Buffer.from(picture).indexOf('000001b8', 0, 'hex');
  if (at < 0 || !data) return picture;
  return Buffer.concat([picture.subarray(0, at + 8), Buffer.from([0, 0, 1, 0xb2]), data, picture.subarray(at + 8)]);
}

/** Puts marks into one picture as the codec has it. */
function marker(
  codec: MarkedCodec,
  { frame, clock, group }: Marks,
  sets: readonly Uint8Array[],
): (picture: Uint8Array, at: number) => Uint8Array {
  const payloads = (at: number): SidePayload[] => frame(at).map((p) => ({ kind: 'registered', ...p }));
  if (codec === 'mpeg2video') return (picture, at) => withGroupData(putUserData(picture, payloads(at)), group);
  const writer = new SeiWriter(codec, 4, sets);
  return (picture, at) => writer.put(picture, { payloads: payloads(at), clock: clock?.(at) });
}

/**
 * Makes a programme whose pictures carry something beside the picture.
 * @param encode options of ffmpeg: inputs, and how the picture is encoded
 * @param out options of the file: sound, muxer
 */
export async function markedProgramme(file: string, codec: MarkedCodec, encode: string[], marks: Marks, out: string[] = []): Promise<void> {
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
  const put = marker(codec, marks, head && codec === 'h264' ? setsOf(head) : []);
  const step = shown[1] - shown[0];
  const from = Math.max(0, -Math.min(...samples.map((s) => s.dts)));
  async function* pictures() {
    for (const [i, s] of samples.entries()) {
      const data = put(s.data, shown.indexOf(s.pts));
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

interface ShownFrame {
  readonly best_effort_timestamp: number;
  readonly side_data_list?: readonly ({ readonly side_data_type: string } & Readonly<Record<string, unknown>>)[];
}

/** Frames in order of presentation with their side data, as ffmpeg's decoder gives it. */
export function decodedFrames(file: string): ShownFrame[] {
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_frames', '-of', 'json', file];
  return (JSON.parse(execFileSync('ffprobe', args, { maxBuffer: 1 << 28 }).toString()) as { frames: ShownFrame[] }).frames;
}

/** In how many frames there is side data of a kind. */
export const countOf = (frames: readonly ShownFrame[], sideData: string): number =>
  frames.filter((f) => f.side_data_list?.some((s) => s.side_data_type === sideData)).length;

/** The subtitles that ffmpeg's own decoder of line 21 reads out of the pictures. */
export function readText(file: string): string {
  const args = ['-v', 'error', '-f', 'lavfi', '-i', `movie=${file}[out0+subcc]`, '-map', '0:s', '-f', 'srt', '-'];
  return execFileSync('ffmpeg', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}
