import { PassThrough } from 'node:stream';
import { TextlessError, throwIfCancelled } from '../core/errors.js';
import { frameBytes, type Frame } from '../core/frame.js';
import { startFfmpeg, type End, type FfmpegRun } from './ffmpeg.js';
import { FrameClock, clockOptions } from './frame-clock.js';
import { INPUT_GUARD } from './guard.js';
import type { FrameTimes, Programme } from './programme.js';
import { Watchdog } from './watchdog.js';

/** What one pass over the picture stream found out. */
export interface DecodeReport {
  readonly frames: number;
  readonly times: FrameTimes;
  /** ffmpeg's last messages about damage; empty when it had nothing to say. */
  readonly complaints: readonly string[];
}

export interface DecodeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once, after the last frame; not when the consumer stops early. */
  readonly onReport?: ((report: DecodeReport) => void) | undefined;
}

/** 8-bit luma of one frame, possibly scaled down. The buffer is fresh and belongs to the receiver, unless {@link LumaOptions.stays} says else. */
export interface LumaFrame {
  /** Zero-based index in presentation order, the same as in {@link decodeFrames}. */
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** Row-major code values as in the file (limited range stays limited), above 8 bits the 8 most significant. */
  readonly luma: Uint8Array;
}

export interface LumaOptions extends DecodeOptions {
  /** Most lines wanted: larger pictures are scaled down, smaller ones left as they are. */
  readonly lines?: number;
  /** Buffers are used again when so many more frames have been delivered. */
  readonly stays?: number;
}

/** Some frames that a decoding process lays aside while it delivers something else: whole and in the file's own layout ({@link framesAside}). */
export interface Aside {
  /** Rising. */
  readonly indices: readonly number[];
  /** Where to: an absolute path. What is there is overwritten. */
  readonly file: string;
}

/** Frames in the input's own order and size: no rotation, no invented or dropped frames, times as in the file. */
const INPUT = [...INPUT_GUARD, '-noautorotate', '-copyts', '-max_error_rate', '1'];

/** Bytes of pictures that wait in the decoding process. */
const AHEAD = 2 ** 25;

/** What is delivered of each frame, and of which frames. */
export interface Picture {
  readonly bytes: number;
  readonly pixFmt: string;
  readonly filter?: string;
  /** See {@link LumaOptions.stays}. */
  readonly stays?: number | undefined;
  /** Whether the same process also tells the time of each frame. */
  readonly clocked: boolean;
  /** Whether only some of the frames are delivered. */
  readonly some?: boolean;
  /** Time in the file, in seconds, near which decoding begins: at a picture before it that can be decoded by itself, or where the file's index errs. */
  readonly from?: number;
  readonly aside?: Aside | undefined;
}

const decodeFailure = (programme: Programme) => ({
  code: 'TEXTLESS_DECODE' as const,
  sentence: `${programme.name} could not be decoded.`,
});

/** Cuts the byte stream of the pipe into pictures of `bytes` bytes, each in a fresh buffer, or in one used more than `stays` pictures before. */
async function* cut(
  pipe: AsyncIterable<Buffer>,
  bytes: number,
  stays: number,
  dog: Watchdog,
): AsyncGenerator<Uint8Array, number, undefined> {
  const used: Uint8Array<ArrayBuffer>[] = [];
  let picture = new Uint8Array(bytes);
  let filled = 0;
  dog.wait();
  for await (const chunk of pipe) {
    for (let at = 0; at < chunk.length;) {
      const n = Math.min(bytes - filled, chunk.length - at);
      picture.set(chunk.subarray(at, at + n), filled);
      filled += n;
      at += n;
      if (filled < bytes) continue;
      dog.rest();
      yield picture;
      dog.wait();
      if (stays < Infinity) used.push(picture);
      picture = (used.length > stays + 1 ? used.shift() : undefined) ?? new Uint8Array(bytes);
      filled = 0;
    }
  }
  dog.rest();
  return filled;
}

/** Starts ffmpeg with raw pictures on `pipe` and, where there is a clock, their times on stderr. */
function startDecoding(
  programme: Programme,
  picture: Picture,
  pipe: PassThrough,
  onLine: (line: string) => boolean,
  signal?: AbortSignal,
): Promise<FfmpegRun> {
  const { index, geometry } = programme.video;
  const { aside } = picture;
  const raw = (pixFmt: string, filter?: string): string[] => {
    const whole = ['-map', `0:${index}`, '-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-pix_fmt', pixFmt];
    return [...whole, ...(filter ? ['-filter:v', filter] : []), '-f'];
  };
  // The receiver works in bursts: decoding goes on during them, by so many pictures.
  const queue = ['fifo', '-fifo_format', 'rawvideo', '-queue_size', String(Math.max(2, Math.floor(AHEAD / picture.bytes)))];
  const outputs: End<PassThrough>[] = [{ at: pipe, options: [...raw(picture.pixFmt, picture.filter), ...queue] }];
  // Each frame at once: the process is ended when the last that somebody waits for has been delivered.
  if (aside)
    outputs.push({ at: aside.file, options: ['-flush_packets', '1', ...raw(geometry.format.name, selecting(aside.indices)), 'rawvideo'] });
  if (picture.clocked) outputs.push({ at: 'pipe:2', options: clockOptions(index) });
  const seek = picture.from === undefined ? [] : ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', picture.from.toFixed(3)];
  const inputs = [{ at: programme.path, options: [...INPUT, ...seek] }];
  return startFfmpeg({ inputs, outputs, failure: decodeFailure(programme), signal, onLine });
}

/** Runs one decode and delivers its pictures. Errors as in {@link decodeFrames}. */
export async function* pictures(
  programme: Programme,
  picture: Picture,
  { signal, onReport }: DecodeOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfCancelled(signal);
  const clock = picture.clocked ? new FrameClock() : undefined;
  // A stream that is closed makes fluent report an error on good runs (fault 4).
  const pipe = new PassThrough({ emitClose: false, highWaterMark: Math.max(picture.bytes, 65_536) });
  const onLine = (line: string): boolean => {
    const told = clock?.take(line) ?? false;
    if (told && picture.some) dog.wait(); // a frame, though nobody gets it
    return told;
  };
  const run = await startDecoding(programme, picture, pipe, onLine, signal);
  run.settled.catch((error: Error) => pipe.destroy(error));
  const dog = new Watchdog(run.kill, `Decoding ${programme.name}`);
  let frames = 0;
  try {
    const cutter = cut(pipe, picture.bytes, picture.stays ?? Infinity, dog);
    let next = await cutter.next();
    for (; !next.done; next = await cutter.next()) {
      throwIfCancelled(signal);
      frames++;
      yield next.value;
    }
    await run.settled;
    finish(programme, picture.some ? undefined : frames, next.value, clock, run.messages, onReport);
  } catch (error) {
    throwIfCancelled(signal);
    throw error instanceof TextlessError ? error : await run.settled.then(() => error);
  } finally {
    dog.rest();
    run.kill();
    pipe.destroy();
    await run.settled.catch(() => {});
  }
}

/** Checks a decode that ran to its end, and reports it. @param pictures delivered; undefined where only some were wanted */
function finish(
  programme: Programme,
  pictures: number | undefined,
  rest: number,
  clock: FrameClock | undefined,
  messages: readonly string[],
  onReport: DecodeOptions['onReport'],
): void {
  const fail = (sentence: string): never => {
    throw new TextlessError('TEXTLESS_DECODE', sentence, messages.join('\n'));
  };
  if (rest) fail(`The decoder of ${programme.name} ended inside a picture.`);
  const times = clock?.times(programme);
  const frames = pictures ?? times?.ticks.length;
  if (!frames) fail(`Not one picture of ${programme.name} could be decoded.`);
  const resized = clock?.resized(programme.name);
  if (resized) throw resized;
  if (!times) return;
  if (times.ticks.length !== frames) fail(`${frames} pictures of ${programme.name} were decoded, but ${times.ticks.length} times.`);
  onReport?.({ frames: times.ticks.length, times, complaints: [...messages] });
}

/**
 * Decodes the picture stream: every frame exactly once, in presentation order, in the file's own planar layout
 * (`programme.video.geometry`), neither rotated, scaled nor converted. Buffers are fresh and belong to the receiver.
 * At most a few frames are in flight. Damaged files give what decodes; the report says what ffmpeg complained about.
 *
 * @throws TextlessError `TEXTLESS_DECODE` when nothing decodes or ffmpeg gives up, `TEXTLESS_UNSUPPORTED` when the picture
 * changes its size on the way, `TEXTLESS_STALLED`, `TEXTLESS_CANCELLED`
 */
export async function* decodeFrames(programme: Programme, options: DecodeOptions = {}): AsyncGenerator<Frame, void, undefined> {
  const { geometry } = programme.video;
  let index = 0;
  for await (const data of pictures(programme, { bytes: frameBytes(geometry), pixFmt: geometry.format.name, clocked: true }, options)) {
    yield { index: index++, data };
  }
}

/** Lets only these frames pass. */
const selecting = (indices: readonly number[]): string => `select=${indices.map((index) => `eq(n\\,${index})`).join('+')}`;

/**
 * Some frames of those that {@link decodeFrames} delivers, in order, by their indices: at least one. The others are decoded and dropped before
 * they reach this process, up to the last that is wanted. No report is made. Errors as in {@link decodeFrames}.
 */
export async function* decodeChosen(
  programme: Programme,
  indices: readonly number[],
  options: Pick<DecodeOptions, 'signal'> = {},
): AsyncGenerator<Frame, void, undefined> {
  const { geometry } = programme.video;
  const chosen = [...new Set(indices)].sort((a, b) => a - b);
  // The stream ends behind the last of them: that one would come out with the frame after it only, which may be the file's last.
  const filter = `trim=end_frame=${(chosen.at(-1) ?? 0) + 1},${selecting(chosen)}`;
  let next = 0;
  for await (const data of pictures(
    programme,
    { bytes: frameBytes(geometry), pixFmt: geometry.format.name, filter, clocked: false },
    options,
  )) {
    yield { index: chosen[next++], data };
    if (next === chosen.length) return;
  }
}

/**
 * The same frames as {@link decodeChosen}, by a pass over the whole file, which reports the times of all its frames: for looking at a file whose times
 * are wanted anyway. Of a file that is shorter only those that there are.
 */
export async function* decodeAmong(
  programme: Programme,
  indices: readonly number[],
  options: DecodeOptions = {},
): AsyncGenerator<Frame, void, undefined> {
  if (!indices.length) return void (await frameTimes(programme, options));
  const { geometry } = programme.video;
  const chosen = [...new Set(indices)].sort((a, b) => a - b);
  const picture = { bytes: frameBytes(geometry), pixFmt: geometry.format.name, filter: selecting(chosen), clocked: true, some: true };
  let next = 0;
  for await (const data of pictures(programme, picture, options)) yield { index: chosen[next++], data };
}

/**
 * Times of all frames that {@link decodeFrames} delivers, by decoding the file once.
 * A pass of {@link decodeLuma} or {@link decodeFrames} that is made anyway reports the same.
 */
export async function frameTimes(programme: Programme, options: DecodeOptions = {}): Promise<FrameTimes> {
  const clock = new FrameClock();
  const run = await startFfmpeg({
    inputs: [{ at: programme.path, options: INPUT }],
    outputs: [{ at: 'pipe:2', options: clockOptions(programme.video.index) }],
    failure: decodeFailure(programme),
    signal: options.signal,
    onLine: (line) => {
      const told = clock.take(line);
      if (told) dog.wait(); // a frame; complaints alone are no progress
      return told;
    },
  });
  const dog = new Watchdog(run.kill, `Decoding ${programme.name}`);
  dog.wait();
  try {
    await run.settled;
  } finally {
    dog.rest();
  }
  const times = clock.times(programme);
  finish(programme, times.ticks.length, 0, clock, run.messages, options.onReport);
  return times;
}

/** Size of the pictures that {@link decodeLuma} delivers for `lines`: even when scaled, the picture's own when not. */
export function lumaSize(programme: Programme, lines: number): { readonly width: number; readonly height: number } {
  const { width, height } = programme.video.geometry;
  if (height <= lines) return { width, height };
  const scaled = Math.max(2, lines & ~1);
  return { width: Math.max(2, 2 * Math.round((width * scaled) / height / 2)), height: scaled };
}

/** One range on both sides, whatever the file says: gray counts as full range, and limited range would be stretched. */
export const rescaling = (width: number, height: number, pixFmt: string): string =>
  `scale=w=${width}:h=${height}:flags=area+bitexact:sws_dither=none:in_range=full:out_range=full,format=${pixFmt}`;

/**
 * Decodes 8-bit luma only, for looking: scaled down by area averaging to at most `lines` lines.
 * Sample aspect and rotation are not applied. Errors as in {@link decodeFrames}.
 */
export async function* decodeLuma(programme: Programme, options: LumaOptions = {}): AsyncGenerator<LumaFrame, void, undefined> {
  const { width, height } = lumaSize(programme, options.lines ?? Infinity);
  const filter = rescaling(width, height, 'gray');
  const picture = { bytes: width * height, pixFmt: 'gray', filter, stays: options.stays, clocked: true };
  let index = 0;
  for await (const luma of pictures(programme, picture, options)) yield { index: index++, width, height, luma };
}
