import { nalUnits } from './side/units.js';

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

/** The NAL units of a picture whose lengths stand before them in four bytes; undefined when they do not fill it exactly. */
export function sizedUnits(picture: Uint8Array): Uint8Array[] | undefined {
  const units = nalUnits(picture, 4);
  const fills = units.at(-1)?.end === picture.length && units.every(({ body, end }) => end > body);
  return fills ? units.map(({ body, end }) => picture.subarray(body, end)) : undefined;
}
