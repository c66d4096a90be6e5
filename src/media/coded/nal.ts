/** Kinds of H.264 NAL units (table 7-1) that matter here. */
export const NAL = { slice: 1, partA: 2, idr: 5, sps: 7, pps: 8, prefix: 14, subset: 15, auxiliary: 19, extension: 20, depth: 21 } as const;

export const nalKind = (unit: Uint8Array): number => unit[0] & 31;

/** The NAL units of a picture whose lengths stand before them in four bytes; undefined when they do not fill it exactly. */
export function sizedUnits(picture: Uint8Array): Uint8Array[] | undefined {
  const out: Uint8Array[] = [];
  let at = 0;
  while (at + 4 <= picture.length) {
    const length = ((picture[at] << 24) | (picture[at + 1] << 16) | (picture[at + 2] << 8) | picture[at + 3]) >>> 0;
    if (length === 0 || at + 4 + length > picture.length) return undefined;
    out.push(picture.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return at === picture.length && out.length > 0 ? out : undefined;
}
