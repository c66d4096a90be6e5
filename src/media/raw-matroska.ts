import { TextlessError } from '../core/errors.js';
import type { Frame, Geometry } from '../core/frame.js';
import type { Rational } from '../core/time.js';

/*
 * Raw pictures with exact times for ffmpeg's stdin: a Matroska stream (RFC 9559) of one V_UNCOMPRESSED track whose unit is a
 * nanosecond, with a cluster for each picture. A rawvideo pipe would carry no times at all.
 */

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;

const ascii = (s: string): Buffer => Buffer.from(s, 'latin1');

/** An unsigned integer in as many bytes as it needs. */
function uint(value: number | bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length & 1), '0'), 'hex');
}

/** A length in EBML's eight-byte form. */
function length(n: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(n) | (1n << 56n));
  return out;
}

/** One element: id, length, content. */
function element(id: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([uint(id), length(body.length), body]);
}

/** The code under which ffmpeg knows a raw layout (`raw.c`, avpriv_pix_fmt tags). */
function fourcc({ chroma, depth, alpha }: Geometry['format']): Buffer {
  if (alpha) return Buffer.from([0x59, 0x34, { '420': 11, '422': 10, '444': 0, gray: 0 }[chroma], depth]);
  if (depth === 8) return ascii({ '420': 'I420', '422': 'Y42B', '444': '444P', gray: 'Y800' }[chroma]);
  if (chroma === 'gray') return Buffer.from([0x59, 0x31, 0, depth]);
  return Buffer.from([0x59, 0x33, { '420': 11, '422': 10, '444': 0 }[chroma], depth]);
}

/** Name of the layout as ffmpeg reads it back: without the `j` of full range, which the pipe cannot say. */
export const pipedFormat = (geometry: Geometry): string => geometry.format.name.replace('yuvj', 'yuv');

function header(geometry: Geometry, rate: Rational): Buffer {
  const ebml = element(EBML, element(0x4282, ascii('matroska')), element(0x4287, uint(4)), element(0x4285, uint(2)));
  const info = element(0x1549a966, element(0x2ad7b1, uint(1)), element(0x4d80, ascii('textless')), element(0x5741, ascii('textless')));
  const picture = element(
    0xe0,
    element(0xb0, uint(geometry.width)),
    element(0xba, uint(geometry.height)),
    element(0x2eb524, fourcc(geometry.format)),
  );
  const frameNanoseconds = Math.round((1e9 * rate.den) / rate.num);
  const track = element(
    0xae,
    ...[element(0xd7, uint(1)), element(0x73c5, uint(1)), element(0x83, uint(1)), element(0x9c, uint(0))],
    ...[element(0x23e383, uint(frameNanoseconds)), element(0x86, ascii('V_UNCOMPRESSED')), picture],
  );
  const segment = Buffer.concat([uint(SEGMENT), Buffer.from('01ffffffffffffff', 'hex')]);
  return Buffer.concat([ebml, segment, info, element(0x1654ae6b, track)]);
}

/** Everything of a cluster that comes before the samples: its time, and the head of a block that lasts `duration`. */
function clusterHead(time: bigint, duration: bigint, bytes: number): Buffer {
  const block = Buffer.concat([uint(0xa1), length(bytes + 4), Buffer.from([0x81, 0, 0, 0])]);
  const shown = element(0x9b, uint(duration));
  const group = Buffer.concat([uint(0xa0), length(shown.length + block.length + bytes), shown, block]);
  const stamp = element(0xe7, uint(time));
  return Buffer.concat([uint(CLUSTER), length(stamp.length + group.length + bytes), stamp, group]);
}

/** Where in time the pictures of a pipe lie. `ticks` must not be negative and must rise. */
export interface Timeline {
  readonly base: Rational;
  readonly ticks: readonly number[];
  readonly lastDuration: number;
}

function nanoseconds(ticks: number, base: Rational): bigint {
  const scaled = BigInt(ticks) * BigInt(base.num) * 1_000_000_000n;
  const den = BigInt(base.den);
  return (scaled + den / 2n) / den;
}

/**
 * Writes frames with their times. The count must match: one frame for each tick.
 * @throws TextlessError `TEXTLESS_VERIFY` when there are more or fewer frames than times
 */
export async function* rawMatroska(
  geometry: Geometry,
  rate: Rational,
  frames: AsyncIterable<Frame>,
  timeline: Timeline,
): AsyncGenerator<Uint8Array> {
  const { base, ticks, lastDuration } = timeline;
  const wrong = (n: string): TextlessError =>
    new TextlessError('TEXTLESS_VERIFY', `The programme has ${ticks.length} frames, but ${n} were to be delivered.`);
  yield header(geometry, rate);
  let at = 0;
  for await (const frame of frames) {
    if (at >= ticks.length) throw wrong('more');
    const time = nanoseconds(ticks[at], base);
    const end = at + 1 < ticks.length ? ticks[at + 1] : ticks[at] + lastDuration;
    yield clusterHead(time, nanoseconds(end, base) - time, frame.data.length);
    yield frame.data;
    at++;
  }
  if (at < ticks.length) throw wrong(`only ${at}`);
}
