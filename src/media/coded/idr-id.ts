import type { AvcConfiguration } from './avc-configuration.js';
import { readPps, readSps } from './avc-sps.js';
import { BitReader, BitWriter, escaped, unescaped } from './bits.js';
import { NAL, nalKind, unitsIn } from './nal.js';
import { framed, type Framing } from './side/units.js';

/*
 * Two IDR pictures in a row must differ in idr_pic_id (ITU-T H.264, 7.4.3). Those of one encoder do; where a copied one meets a new one, the new one
 * may have to change. Its number is an Exp-Golomb code in the slice header: with a code that is longer by exactly eight bits, everything behind it
 * moves by one byte and stays as it is.
 */

/** What comes before `idr_pic_id` in slices of each picture parameter set. */
export type SliceHeads = ReadonlyMap<number, { readonly numberBits: number; readonly framesOnly: boolean; readonly planesApart: boolean }>;

/** @throws RangeError when a parameter set cannot be read */
export function sliceHeads({ sps, pps }: AvcConfiguration): SliceHeads {
  const sets = new Map(sps.map((nal) => readSps(nal)).map((set) => [set.id, set]));
  return new Map(
    pps.flatMap((nal) => {
      const { id, sps: of } = readPps(nal);
      const set = sets.get(of);
      return set ? [[id, { numberBits: set.frameNumberBits, framesOnly: set.framesOnly, planesApart: set.planesApart }] as const] : [];
    }),
  );
}

interface Place {
  readonly value: number;
  /** Bits of the payload. */
  readonly from: number;
  readonly to: number;
}

function find(payload: Uint8Array, heads: SliceHeads): Place | undefined {
  const bits = new BitReader(payload);
  bits.bits(8);
  bits.ue(); // first macroblock
  bits.ue(); // kind of slice
  const head = heads.get(bits.ue());
  if (!head) return undefined;
  if (head.planesApart) bits.bits(2);
  bits.bits(head.numberBits);
  if (!head.framesOnly && bits.flag()) bits.flag();
  const from = bits.at;
  return { value: bits.ue(), from, to: bits.at };
}

/** Bytes that hold everything up to `idr_pic_id`. */
const HEAD = 64;

/** `idr_pic_id` of a picture; undefined where it is no IDR picture, or cannot be read. */
export function idrIdOf(picture: Uint8Array, heads: SliceHeads, framing: Framing = 4): number | undefined {
  const slice = unitsIn(picture, framing).find((unit) => nalKind(unit) === NAL.idr);
  try {
    return slice && find(unescaped(slice.subarray(0, HEAD)), heads)?.value;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The first number whose code is longer than that of `value` by eight bits, and that is none of `others`. */
function longer(value: number, others: readonly number[]): number {
  let id = 2 ** (Math.floor(Math.log2(value + 1)) + 4) - 1;
  while (others.includes(id)) id++;
  return id;
}

/** The same slice with another number. */
function renumbered(unit: Uint8Array, heads: SliceHeads, others: readonly number[]): Uint8Array {
  const payload = unescaped(unit);
  const place = find(payload, heads);
  if (!place) return unit;
  const whole = Math.ceil(place.to / 8);
  const head = new BitWriter();
  head.copy(payload, 0, place.from);
  head.ue(longer(place.value, others));
  head.copy(payload, place.to, 8 * whole);
  return escaped(Buffer.concat([head.bytes(), payload.subarray(whole)]));
}

/** The same picture with an `idr_pic_id` that is none of `others`, of which there are few. */
export function withOtherIdrId(picture: Uint8Array, heads: SliceHeads, others: readonly number[], framing: Framing = 4): Buffer {
  const units = unitsIn(picture, framing);
  return Buffer.concat(units.map((unit) => framed(nalKind(unit) === NAL.idr ? renumbered(unit, heads, others) : unit, framing)));
}

/** What is to be known of a picture where IDR pictures meet. */
interface Meeting {
  readonly key: boolean;
  readonly data: Uint8Array;
}

/**
 * New IDR pictures get another `idr_pic_id` where a copied one next to them has the same.
 * @param isNew whether a picture may be changed
 */
export async function* distinct<P extends Meeting>(
  pictures: AsyncIterable<P>,
  heads: SliceHeads,
  isNew: (picture: P) => boolean,
  framing: Framing = 4,
): AsyncGenerator<P, void, undefined> {
  let [before, held]: [P | undefined, P | undefined] = [undefined, undefined];
  const settled = (picture: P, next: P | undefined): P => {
    if (!isNew(picture) || !picture.key) return picture;
    const own = idrIdOf(picture.data, heads, framing);
    const kept = [before, next].flatMap((other) => (other && !isNew(other) && other.key ? [other.data] : []));
    const others = kept.flatMap((data) => idrIdOf(data, heads, framing) ?? []);
    if (own === undefined || !others.includes(own)) return picture;
    return { ...picture, data: withOtherIdrId(picture.data, heads, others, framing) };
  };
  for await (const picture of pictures) {
    if (held) yield (before = settled(held, picture));
    held = picture;
  }
  if (held) yield settled(held, undefined);
}
