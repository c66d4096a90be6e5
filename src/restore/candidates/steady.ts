import { robustMean } from './fuse.js';
import { prepareFilled } from './prepare.js';
import { Sources } from './sources.js';

/** Neighbours on either side that a restored frame is compared with. */
export const NEIGHBOURS = 2;
/** What a frame's own pixel counts against a neighbour's that agrees perfectly. */
const OWN = 1;

/** Frames of one place that follow each other, restored one by one. */
export interface SteadyWindow {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** [frames, height, width, 3] R'G'B', restored. */
  readonly rgb: Uint8Array;
  /** [frames, height, width], 255 = was hidden. */
  readonly mask: Uint8Array;
  /** The frames that are wanted, the others being their neighbours. */
  readonly first: number;
  readonly last: number;
}

/**
 * Makes restored frames agree with their neighbours: each was restored with errors of its own, which flicker. Along the motion of what is around the hole, each
 * pixel becomes a robust mean of itself and of the same place in up to {@link NEIGHBOURS} frames on either side.
 * @returns the wanted frames, [last - first + 1, height, width, 3]; outside the mask as they came
 */
export function steady(window: SteadyWindow): Uint8Array {
  const { frames, height, width, rgb, first, last } = window;
  const n = width * height;
  const prepared = Array.from({ length: frames }, (_, t) => prepareFilled(window, t));
  const none = new Uint8Array(n);
  const sources = new Sources(
    window,
    prepared,
    () => none,
    () => true,
  );
  const out = rgb.slice(3 * n * first, 3 * n * (last + 1));
  for (let t = first; t <= last; t++) {
    const { hole } = prepared[t];
    if (!hole.length) continue;
    const offers = [ownOffer(rgb, hole, t * n)];
    for (let s = Math.max(0, t - NEIGHBOURS); s <= Math.min(frames - 1, t + NEIGHBOURS); s++) {
      const offer = s === t ? undefined : sources.offer(t, s);
      if (offer) offers.push(offer);
    }
    robustMean(hole, offers, (h, r, g, b) => {
      const k = 3 * ((t - first) * n + hole[h]);
      [out[k], out[k + 1], out[k + 2]] = [level(r), level(g), level(b)];
    });
  }
  return out;
}

const level = (v: number): number => (v < 0 ? 0 : v > 255 ? 255 : v + 0.5);

/** A frame's own pixels as an offer, see {@link Sources.offer}. */
function ownOffer(rgb: Uint8Array, hole: Int32Array, base: number): Float32Array {
  const offer = new Float32Array(4 * hole.length);
  for (let h = 0; h < hole.length; h++) {
    const k = 3 * (base + hole[h]);
    offer.set([rgb[k], rgb[k + 1], rgb[k + 2], OWN], 4 * h);
  }
  return offer;
}
