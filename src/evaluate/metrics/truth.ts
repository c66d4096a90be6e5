import { inSpans, type Box, type Mask, type Span } from '../../core/area.js';
import type { Track } from '../../plan/plan.js';
import { boxAt, maskAt } from '../../plan/travel.js';
import type { Mark } from '../marks/mark.js';
import type { Sprite } from '../marks/sprite.js';

/** What is compared, found or true: where it is and when. The same mask at the same place is the same object. */
export interface Shown {
  readonly spans: readonly Span[];
  /** The mask in a frame of the spans, inside the picture. */
  maskAt(frame: number): Mask;
}

/** The mask in a frame, or undefined outside the spans. */
export const shownAt = (shown: Shown, frame: number): Mask | undefined => (inSpans(shown.spans, frame) ? shown.maskAt(frame) : undefined);

/** A mark as the metrics see it. */
export function trueShape(mark: Mark, width: number, height: number): Shown {
  const known = new Map<Uint8Array, { x: number; y: number; mask: Mask }>();
  const maskAt = (frame: number): Mask => {
    const sprite = mark.at(frame);
    const before = known.get(sprite.data);
    if (before?.x === sprite.box.x && before.y === sprite.box.y) return before.mask;
    const mask = inPicture(alphaOf(sprite), width, height);
    known.set(sprite.data, { x: sprite.box.x, y: sprite.box.y, mask });
    return mask;
  };
  return { spans: mark.spans, maskAt };
}

/** A found track as the metrics see it. */
export function foundShape(track: Pick<Track, 'spans' | 'mask' | 'path' | 'crawl'>, width: number, height: number): Shown {
  let last: Mask | undefined;
  const shown = (frame: number): Mask => {
    const box = boxAt(track, frame);
    if (!track.crawl && last && last.box.x === box.x && last.box.y === box.y) return last;
    const whole = maskAt(track, frame);
    const mask = inside(box, width, height) ? whole : inPicture(whole, width, height);
    if (mask === whole) last = mask;
    return mask;
  };
  return { spans: track.spans, maskAt: shown };
}

function alphaOf({ box, data }: Sprite): Mask {
  const out = new Uint8Array(box.width * box.height);
  for (let i = 0; i < out.length; i++) out[i] = data[4 * i + 3] ? 255 : 0;
  return { box, data: out };
}

const inside = (box: Box, width: number, height: number): boolean =>
  box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;

/** The part of a mask that lies inside the picture. */
function inPicture(mask: Mask, width: number, height: number): Mask {
  const { box, data } = mask;
  if (inside(box, width, height)) return mask;
  const x = Math.max(0, box.x);
  const y = Math.max(0, box.y);
  const w = Math.max(0, Math.min(width, box.x + box.width) - x);
  const h = Math.max(0, Math.min(height, box.y + box.height) - y);
  const out = new Uint8Array(w * h);
  for (let row = 0; row < h; row++) {
    const from = (row + y - box.y) * box.width + x - box.x;
    out.set(data.subarray(from, from + w), row * w);
  }
  return { box: { x, y, width: w, height: h }, data: out };
}

/** Several masks as one. */
export function united(masks: readonly Mask[]): Mask | undefined {
  if (masks.length < 2) return masks[0];
  const x = Math.min(...masks.map((m) => m.box.x));
  const y = Math.min(...masks.map((m) => m.box.y));
  const width = Math.max(...masks.map((m) => m.box.x + m.box.width)) - x;
  const height = Math.max(...masks.map((m) => m.box.y + m.box.height)) - y;
  const data = new Uint8Array(width * height);
  for (const { box, data: from } of masks) {
    for (let row = 0; row < box.height; row++) {
      const to = (row + box.y - y) * width + box.x - x;
      for (let column = 0; column < box.width; column++) if (from[row * box.width + column]) data[to + column] = 255;
    }
  }
  return { box: { x, y, width, height }, data };
}
