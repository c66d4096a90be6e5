import { nalUnits, type Framing } from './side/units.js';

/** Kinds of H.264 NAL units (table 7-1) that matter here. */
export const NAL = {
  slice: 1,
  partA: 2,
  idr: 5,
  sps: 7,
  pps: 8,
  delimiter: 9,
  prefix: 14,
  subset: 15,
  auxiliary: 19,
  extension: 20,
  depth: 21,
} as const;

export const nalKind = (unit: Uint8Array): number => unit[0] & 31;

/** Whether a unit makes a stream more than one sequence of whole pictures: layers, views, partitions. */
export const isStrange = (kind: number): boolean => STRANGE.has(kind);

const STRANGE: ReadonlySet<number> = new Set([2, 3, 4, NAL.prefix, NAL.subset, NAL.auxiliary, NAL.extension, NAL.depth]);

/** The NAL units of a picture whose lengths stand before them in four bytes; undefined when they do not fill it exactly. */
export function sizedUnits(picture: Uint8Array): Uint8Array[] | undefined {
  const units = nalUnits(picture, 4);
  const fills = units.at(-1)?.end === picture.length && units.every(({ body, end }) => end > body);
  return fills ? units.map(({ body, end }) => picture.subarray(body, end)) : undefined;
}

/** The NAL units of a picture, behind start codes or each behind its length; none where the lengths do not fill it. */
export function unitsIn(picture: Uint8Array, framing: Framing): Uint8Array[] {
  if (framing !== 'annexb') return sizedUnits(picture) ?? [];
  return nalUnits(picture, framing).map(({ body, end }) => picture.subarray(body, end));
}
