import { boxesMeet, unionBox, type Mask } from '../../core/area.js';
import { fillHoles } from './regions.js';

/** Hidden pixels in both masks, as a share of the smaller one's. */
export function overlap(a: Mask, b: Mask): number {
  if (!boxesMeet(a.box, b.box)) return 0;
  const [one, other] = [a.data, b.data];
  let na = 0,
    nb = 0,
    both = 0;
  for (let i = 0; i < other.length; i++) if (other[i]) nb++;
  for (let y = 0, i = 0; y < a.box.height; y++) {
    for (let x = 0; x < a.box.width; x++, i++) {
      if (!one[i]) continue;
      na++;
      const u = a.box.x + x - b.box.x;
      const v = a.box.y + y - b.box.y;
      if (u >= 0 && v >= 0 && u < b.box.width && v < b.box.height && other[v * b.box.width + u]) both++;
    }
  }
  return both / Math.max(1, Math.min(na, nb));
}

/** What any of the masks hides, without holes. */
export function united(masks: readonly Mask[]): Mask {
  const box = masks.map((m) => m.box).reduce(unionBox);
  const data = new Uint8Array(box.width * box.height);
  for (const { box: b, data: d } of masks) {
    for (let y = 0, i = 0; y < b.height; y++)
      for (let x = 0; x < b.width; x++, i++) if (d[i]) data[(b.y - box.y + y) * box.width + b.x - box.x + x] = 255;
  }
  return { box, data: fillHoles(data, box.width, box.height).map((v) => (v ? 255 : 0)) };
}

/** What both masks hide, in the box of the first. */
export function inBoth(a: Mask, b: Mask): Mask {
  const other = b.data;
  const data = a.data.map((v, i) => {
    const x = a.box.x + (i % a.box.width) - b.box.x;
    const y = a.box.y + Math.floor(i / a.box.width) - b.box.y;
    const within = x >= 0 && y >= 0 && x < b.box.width && y < b.box.height;
    return v && within && other[y * b.box.width + x] ? 255 : 0;
  });
  return { box: a.box, data };
}
