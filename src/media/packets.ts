import { TextlessError } from '../core/errors.js';
import { INPUT_GUARD } from './guard.js';
import { ToolFailure, runTool } from './run-tool.js';
import { tools } from './tools.js';

/** Packets that are looked at to find the distance between key frames. */
const LOOK = 600;
/** Distance assumed when there is one key frame only: the habit of the encoders themselves. */
const USUAL = 250;

/** Milliseconds for all packets of a file, and for those at one place. */
const ALL = 3_600_000;
const FEW = 60_000;

async function packets(file: string, index: number, args: readonly string[], signal?: AbortSignal, limit = ALL): Promise<string[]> {
  const { ffprobe } = await tools();
  const select = ['-v', 'error', ...INPUT_GUARD, '-select_streams', String(index), ...args, '-of', 'csv=p=0', '-i', file];
  try {
    const { stdout } = await runTool(ffprobe, select, { signal, limit, maxBuffer: 512 << 20 });
    return stdout.split('\n').filter((line) => line !== '');
  } catch (error) {
    if (error instanceof ToolFailure)
      throw new TextlessError('TEXTLESS_DECODE', 'The packets could not be read.', error.stderr, { cause: error });
    throw error;
  }
}

/** Presentation times of the packets of a stream, in ticks of its time base, in rising order; without decoding. */
export async function packetTimes(file: string, index: number, signal?: AbortSignal): Promise<number[]> {
  const lines = await packets(file, index, ['-show_entries', 'packet=pts'], signal);
  return lines.map((line) => Number.parseInt(line, 10)).sort((a, b) => a - b);
}

/** When a stream begins and ends, in ticks of its time base. */
export interface Extent {
  readonly first: number;
  readonly end: number;
}

/** When each stream of a file begins and ends, by its packets, by index; without decoding. Streams without times are left out. */
export async function streamExtents(file: string, signal?: AbortSignal): Promise<Map<number, Extent>> {
  const { ffprobe } = await tools();
  const show = ['-show_entries', 'packet=stream_index,pts,duration', '-of', 'csv=p=0'];
  const found = new Map<number, { first: number; end: number }>();
  const take = (line: string): void => {
    const [, index, pts, length] = /^(\d+),(-?\d+)(?:,(\d+))?/.exec(line) ?? [];
    if (pts === undefined) return;
    const [at, end] = [Number(pts), Number(pts) + Number(length ?? 0)];
    const known = found.get(Number(index));
    if (!known) found.set(Number(index), { first: at, end });
    else [known.first, known.end] = [Math.min(known.first, at), Math.max(known.end, end)];
  };
  try {
    await runTool(ffprobe, ['-v', 'error', ...INPUT_GUARD, ...show, '-i', file], { signal, limit: ALL, onLine: take });
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    throw new TextlessError('TEXTLESS_DECODE', 'The packets could not be read.', error.stderr, { cause: error });
  }
  return found;
}

/** Largest number of frames from one key frame to the next near the start of a stream: 1 when every frame is a key frame. */
export async function keyInterval(file: string, index: number, signal?: AbortSignal): Promise<number> {
  const lines = await packets(file, index, ['-read_intervals', `%+#${LOOK}`, '-show_entries', 'packet=flags'], signal);
  const keys = lines.flatMap((line, at) => (line.startsWith('K') ? [at] : []));
  if (keys.length < 2) return lines.length === 1 && keys.length === 1 ? 1 : USUAL;
  return Math.max(...keys.slice(1).map((at, i) => at - keys[i]));
}

/** Coded pictures that are to be shown before `first`, in ticks: with the first frame that can be decoded, those that refer to what the file does not hold. */
export async function picturesBefore(file: string, index: number, first: number, signal?: AbortSignal): Promise<number> {
  const lines = await packets(file, index, ['-read_intervals', `%+#${LOOK}`, '-show_entries', 'packet=pts,flags'], signal, FEW);
  const hidden = /^[^,]*,.D/; // by an edit list: nobody is to see it
  return lines.filter((line) => Number.parseInt(line, 10) < first && !hidden.test(line)).length;
}

/** Where a packet lies in its file. */
export interface PacketPlace {
  /** First byte. */
  readonly at: number;
  readonly bytes: number;
}

/** Most packets that are looked at from the last key frame on: minutes of any rate. */
const LAST = 5000;

/** Places of the packets from the last key frame before `seconds` on, found by the file's index: few, and none when they cannot be read. */
export async function lastPackets(file: string, index: number, seconds: number, signal?: AbortSignal): Promise<PacketPlace[]> {
  const from = ['-read_intervals', `${Math.max(0, seconds).toFixed(3)}%+#${LAST}`];
  const lines = await packets(file, index, [...from, '-show_entries', 'packet=size,pos'], signal, FEW);
  return lines.flatMap((line) => {
    const [, bytes, at] = /^(\d+),(\d+)/.exec(line) ?? [];
    return at === undefined ? [] : [{ at: Number(at), bytes: Number(bytes) }];
  });
}

/** A packet as a demuxer finds it. */
export interface FoundPacket {
  /** Ticks; undefined where the file does not say. */
  readonly pts: number | undefined;
  readonly bytes: number;
  /** Where the demuxer says it lies: its first byte, or in Matroska the head of its block. Undefined where it does not say. */
  readonly near: number | undefined;
  /** Whether the file offers it as a place to begin at. */
  readonly key: boolean;
  /** Whether an edit list hides what is decoded of it. */
  readonly hidden: boolean;
  /** Of its bytes, in hexadecimal digits. */
  readonly sha256: string;
}

const FOUND = /^(-?\d+|N\/A),(\d+),(\d+|N\/A),(.)(.).*,SHA256:([0-9a-f]{64})/i;

/** All packets of a stream in the order of the file, with hashes of what is in them; the file is read whole. */
export async function foundPackets(file: string, index: number, signal?: AbortSignal): Promise<FoundPacket[]> {
  const lines = await packets(file, index, ['-show_data_hash', 'sha256', '-show_entries', 'packet=pts,size,pos,flags,data_hash'], signal);
  return lines.flatMap((line) => {
    const [, pts, bytes, near, key, hidden, hash] = FOUND.exec(line) ?? [];
    if (hash === undefined) return [];
    const number = (text: string): number | undefined => (text === 'N/A' ? undefined : Number(text));
    const flags = { key: key === 'K', hidden: hidden === 'D' };
    return [{ pts: number(pts), bytes: Number(bytes), near: number(near), ...flags, sha256: hash.toLowerCase() }];
  });
}
