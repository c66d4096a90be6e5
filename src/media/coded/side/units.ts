/** How units of a coded picture follow each other: behind start codes, or each behind its length in so many bytes. */
export type Framing = 'annexb' | 1 | 2 | 3 | 4;

/** One NAL unit, or one unit of an MPEG-2 stream, as places in the bytes of a picture. */
export interface Unit {
  /** First byte of the start code or length. */
  readonly start: number;
  /** First byte behind it. */
  readonly body: number;
  /** One beyond the last byte. */
  readonly end: number;
}

const START_CODE = Buffer.from([0, 0, 1]);

/** The same bytes as a Buffer, not a copy. */
export const bufferOf = (data: Uint8Array): Buffer => Buffer.from(data.buffer, data.byteOffset, data.length);

/**
 * Units behind start codes (ISO/IEC 13818-2, 5.2.3; ITU-T H.264, Annex B). A start code has three bytes; zeros before it, be they stuffing or
 * the fourth byte of a start code, belong to the unit before it. Bytes before the first start code belong to none.
 */
export function startCodeUnits(data: Uint8Array): Unit[] {
  const bytes = bufferOf(data);
  const starts: number[] = [];
  for (let at = bytes.indexOf(START_CODE); at >= 0; at = bytes.indexOf(START_CODE, at + 3)) starts.push(at);
  return starts.map((start, i) => ({ start, body: start + 3, end: starts[i + 1] ?? bytes.length }));
}

/** Units each behind its length (ISO/IEC 14496-15, 5.3.2): up to the first whose length reaches beyond the picture. */
function sizedUnits(data: Uint8Array, size: number): Unit[] {
  const bytes = bufferOf(data);
  const out: Unit[] = [];
  for (let start = 0; start + size <= bytes.length;) {
    const body = start + size;
    const end = body + bytes.readUIntBE(start, size);
    if (end > bytes.length) break;
    out.push({ start, body, end });
    start = end;
  }
  return out;
}

/** Trailing zeros are no part of a NAL unit: it ends in a set bit (ITU-T H.264, 7.4.1). A fourth byte of a start code is the start code's. */
function trimmed(data: Uint8Array, units: readonly Unit[]): Unit[] {
  return units.map((unit, i) => {
    let { start, end } = unit;
    while (end > unit.body && data[end - 1] === 0) end--;
    if (start > (i > 0 ? units[i - 1].body + 1 : 0) && data[start - 1] === 0) start--;
    return { start, body: unit.body, end };
  });
}

/** NAL units of a coded picture of H.264 or HEVC, in order. */
export function nalUnits(data: Uint8Array, framing: Framing): Unit[] {
  return framing === 'annexb' ? trimmed(data, startCodeUnits(data)) : sizedUnits(data, framing);
}

/** A NAL unit behind a start code or its length, as it stands in a picture. @throws RangeError when the length has too few bytes for it */
export function framed(nal: Uint8Array, framing: Framing): Buffer {
  const head = Buffer.alloc(framing === 'annexb' ? 4 : framing);
  if (framing === 'annexb') head[3] = 1;
  else head.writeUIntBE(nal.length, 0, framing);
  return Buffer.concat([head, nal]);
}
