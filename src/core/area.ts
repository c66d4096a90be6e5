/** A rectangle in luma samples, origin top-left: columns `x … x + width - 1`, rows `y … y + height - 1`. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels to restore inside `box`: row-major, `box.width * box.height` bytes, 255 = hidden by a mark, 0 = not. `data` may be unpacked at each access: loops take it once. */
export interface Mask {
  readonly box: Box;
  readonly data: Uint8Array;
}

/** An inclusive range of frame indices: both `first` and `last` belong to it. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Frames in a span. */
export const spanLength = (s: Span): number => s.last - s.first + 1;

/** Whether a frame lies in one of the spans. */
export const inSpans = (spans: readonly Span[], index: number): boolean => spans.some((s) => index >= s.first && index <= s.last);

/** The smallest box that holds both. */
export function unionBox(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, width: Math.max(a.x + a.width, b.x + b.width) - x, height: Math.max(a.y + a.height, b.y + b.height) - y };
}

/** The box grown by `by` samples on each side and cut at the picture's edges. */
export function growBox(box: Box, by: number, width: number, height: number): Box {
  const x = Math.max(0, box.x - by);
  const y = Math.max(0, box.y - by);
  return { x, y, width: Math.min(width, box.x + box.width + by) - x, height: Math.min(height, box.y + box.height + by) - y };
}

/** The box in a picture that is `by` times as large: every sample that it touches there. */
export function scaledBox({ x, y, width, height }: Box, by: number): Box {
  const left = Math.floor(x * by);
  const top = Math.floor(y * by);
  return { x: left, y: top, width: Math.ceil((x + width) * by) - left, height: Math.ceil((y + height) * by) - top };
}

/** Whether two boxes share at least one sample. */
export function boxesMeet(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The tightest box around the non-zero bytes of a row-major map, or undefined when there are none. */
export function boundsOf(data: Uint8Array, width: number, height: number): Box | undefined {
  let x0 = width,
    y0 = height,
    x1 = -1,
    y1 = -1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!data[i]) continue;
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      y1 = y;
    }
  }
  return x1 < 0 ? undefined : { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 };
}

/** The mask cut down to its hidden pixels; undefined when it hides nothing. */
export function tight({ box, data }: Mask): Mask | undefined {
  const inner = boundsOf(data, box.width, box.height);
  if (!inner) return undefined;
  const out = new Uint8Array(inner.width * inner.height);
  for (let r = 0; r < inner.height; r++) {
    const from = (inner.y + r) * box.width + inner.x;
    out.set(data.subarray(from, from + inner.width), r * inner.width);
  }
  return { box: { ...inner, x: box.x + inner.x, y: box.y + inner.y }, data: out };
}
