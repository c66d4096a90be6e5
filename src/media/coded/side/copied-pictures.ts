import { PassThrough } from 'node:stream';
import { TextlessError, throwIfCancelled, type ErrorCode } from '../../../core/errors.js';
import { parseRational, toNumber } from '../../../core/time.js';
import { startFfmpeg, type FfmpegRun } from '../../ffmpeg.js';
import { INPUT_GUARD } from '../../guard.js';
import type { Programme } from '../../programme.js';
import { Watchdog } from '../../watchdog.js';

/** A coded picture of a source as its demuxer cuts it: one frame, or one field of two. NAL units stand behind start codes. */
export interface CopiedPicture {
  /** Ticks of the programme's picture time base; undefined where the container does not say and ffmpeg does not know. */
  readonly pts: number | undefined;
  readonly dts: number | undefined;
  readonly data: Uint8Array;
}

/** Bitstream filters that put NAL units behind start codes, with their parameter sets; they pass on what has them already. */
const FILTERS: Readonly<Record<string, string>> = { h264: 'h264_mp4toannexb', hevc: 'hevc_mp4toannexb' };

/** A line of `framecrc`: stream, dts, pts, duration, bytes; not anchored, for messages may fall between. */
const LINE = /(?:^|\s)0,\s*(-?\d+),\s*(-?\d+),\s*-?\d+,\s*(\d+), 0x[0-9a-f]{8}/;
const BASE = /#tb 0: (\d+\/\d+)/;
/** Below this, ffmpeg means that there is no time (`AV_NOPTS_VALUE`). */
const NEVER = -(2 ** 62);

interface Packet {
  readonly dts: number | undefined;
  readonly pts: number | undefined;
  readonly bytes: number;
}

/** Times and sizes of packets, as `framecrc` prints them, in ticks of the programme. */
class PacketLines {
  readonly packets: Packet[] = [];
  #scale = 1;

  constructor(private readonly programme: Programme) {}

  take(line: string): boolean {
    const base = parseRational(BASE.exec(line)?.[1]);
    if (base) this.#scale = toNumber(base) / toNumber(this.programme.video.timeBase);
    if (line.startsWith('#')) return true;
    const m = LINE.exec(line);
    if (!m) return false;
    const ticks = (text: string): number | undefined => (Number(text) < NEVER ? undefined : Math.round(Number(text) * this.#scale));
    this.packets.push({ dts: ticks(m[1]), pts: ticks(m[2]), bytes: Number(m[3]) });
    return true;
  }
}

export interface ReadingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Code of the error when the file cannot be read: by what it is read for. Not given: `TEXTLESS_DECODE`. */
  readonly failure?: ErrorCode | undefined;
}

/** Copies the picture stream twice: its bytes to `pipe`, and where they are cut, with the times, to stderr. */
function start(programme: Programme, pipe: PassThrough, lines: PacketLines, options: ReadingOptions): Promise<FfmpegRun> {
  const { signal, failure = 'TEXTLESS_DECODE' } = options;
  const { index, codec } = programme.video;
  const filter = FILTERS[codec];
  const copy = ['-map', `0:${index}`, '-c', 'copy', '-copyinkf', ...(filter ? ['-bsf:v', filter] : [])];
  return startFfmpeg({
    inputs: [{ at: programme.path, options: [...INPUT_GUARD, '-copyts'] }],
    outputs: [
      { at: pipe, options: [...copy, '-flush_packets', '1', '-f', 'data'] },
      { at: 'pipe:2', options: [...copy, '-flush_packets', '1', '-f', 'framecrc'] },
    ],
    failure: { code: failure, sentence: `The coded pictures of ${programme.name} could not be read.` },
    signal,
    onLine: (line) => lines.take(line),
  });
}

/** Cuts bytes into pictures as far as their sizes are known. */
class Cutter {
  #held: Buffer[] = [];
  #bytes = 0;

  add(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#bytes += chunk.length;
  }

  *cut(packets: Packet[]): Generator<CopiedPicture> {
    while (packets.length > 0 && packets[0].bytes <= this.#bytes) {
      const { pts, dts, bytes } = packets.shift() as Packet;
      const all = this.#held.length === 1 ? this.#held[0] : Buffer.concat(this.#held);
      this.#held = [all.subarray(bytes)];
      this.#bytes -= bytes;
      yield { pts, dts, data: all.subarray(0, bytes) };
    }
  }
}

/**
 * The coded pictures of the picture stream in decoding order, byte for byte as a decoder is given them, nothing decoded: the file is read once,
 * as fast as pictures are taken, and a few of them are held.
 * @throws TextlessError with the code for a failure, `TEXTLESS_STALLED`, `TEXTLESS_CANCELLED`
 */
export async function* copiedPictures(programme: Programme, options: ReadingOptions = {}): AsyncGenerator<CopiedPicture, void, undefined> {
  const { signal } = options;
  throwIfCancelled(signal);
  const lines = new PacketLines(programme);
  const cutter = new Cutter();
  const pipe = new PassThrough({ emitClose: false, highWaterMark: 1 << 20 });
  const run = await start(programme, pipe, lines, options);
  run.settled.catch((error: Error) => pipe.destroy(error));
  const dog = new Watchdog(run.kill, `Reading ${programme.name}`);
  try {
    dog.wait();
    for await (const chunk of pipe as AsyncIterable<Buffer>) {
      dog.rest();
      throwIfCancelled(signal);
      cutter.add(chunk);
      yield* cutter.cut(lines.packets);
      dog.wait();
    }
    await run.settled;
    dog.rest();
    yield* cutter.cut(lines.packets);
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
