import type { Mask } from '../../core/area.js';
import { shownAt, type Shown } from './truth.js';

/** A wiped pixel counts as wrong when it lies farther than this from any mark: masks are grown for what compression smears. */
export const MARGIN = 4;

/** What is wiped outside of marks, per frame of a programme. */
export interface Touched {
  /** Share of picture area and time, 0 … 1, over all wiped tracks. */
  readonly falseShare: number;
  /** For each track, the share of its samples in all its frames that lie on a mark or in the margin: 0 … 1. */
  readonly inside: readonly number[];
}

/** Holds tracks against marks, frame by frame. `counts` tells which tracks are wiped and so count for the false share. */
export function touchedArea(
  tracks: readonly Shown[],
  counts: readonly boolean[],
  marks: readonly Shown[],
  picture: { readonly width: number; readonly height: number; readonly frames: number },
): Touched {
  const { width, height, frames } = picture;
  const allowed = new Uint8Array(width * height);
  const touched = new Uint8Array(width * height);
  const on = tracks.map(() => 0);
  const all = tracks.map(() => 0);
  let wrong = 0;
  let before: Snapshot | undefined;
  for (let frame = 0; frame < frames; frame++) {
    const now = { tracks: tracks.map((t) => shownAt(t, frame)), marks: marks.map((m) => shownAt(m, frame)) };
    const marksChanged = !before || !same(before.marks, now.marks);
    if (marksChanged) paintAllowed(allowed, now.marks, width, height);
    const state: Snapshot =
      before && !marksChanged && same(before.tracks, now.tracks)
        ? before
        : { ...now, ...count(now.tracks, counts, allowed, touched, width) };
    wrong += state.wrong;
    state.on.forEach((n, i) => (on[i] += n));
    state.all.forEach((n, i) => (all[i] += n));
    before = state;
  }
  return { falseShare: frames ? wrong / (width * height * frames) : 0, inside: on.map((n, i) => (all[i] ? n / all[i] : 0)) };
}

type Masks = readonly (Mask | undefined)[];

interface Counts {
  readonly wrong: number;
  readonly on: readonly number[];
  readonly all: readonly number[];
}

interface Snapshot extends Counts {
  readonly tracks: Masks;
  readonly marks: Masks;
}

const same = (a: Masks, b: Masks): boolean => a.every((mask, i) => mask === b[i]);

function count(masks: Masks, counts: readonly boolean[], allowed: Uint8Array, touched: Uint8Array, width: number): Counts {
  touched.fill(0);
  const on = masks.map(() => 0);
  const all = masks.map(() => 0);
  let wrong = 0;
  masks.forEach((mask, n) => {
    if (!mask) return;
    const { box, data } = mask;
    for (let row = 0, i = 0; row < box.height; row++) {
      for (let p = (row + box.y) * width + box.x, end = p + box.width; p < end; p++, i++) {
        if (!data[i]) continue;
        all[n]++;
        if (allowed[p]) on[n]++;
        else if (counts[n] && !touched[p]) {
          touched[p] = 1;
          wrong++;
        }
      }
    }
  });
  return { wrong, on, all };
}

/** Marks grown by {@link MARGIN} in a square. */
function paintAllowed(allowed: Uint8Array, masks: Masks, width: number, height: number): void {
  allowed.fill(0);
  for (const mask of masks) {
    if (!mask) continue;
    const { box, data } = mask;
    for (let row = 0; row < box.height; row++) {
      const line = grownRow(data.subarray(row * box.width, (row + 1) * box.width), box.x, width);
      for (let y = Math.max(0, row + box.y - MARGIN); y <= Math.min(height - 1, row + box.y + MARGIN); y++) {
        for (const [from, to] of line) allowed.fill(1, y * width + from, y * width + to);
      }
    }
  }
}

/** Runs of a mask's row, [first, end), grown and cut at the picture's edges. */
function grownRow(row: Uint8Array, left: number, width: number): [number, number][] {
  const runs: [number, number][] = [];
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue;
    const from = Math.max(0, x + left - MARGIN);
    while (x < row.length && row[x]) x++;
    const to = Math.min(width, x + left + MARGIN);
    const last = runs.at(-1);
    if (last && from <= last[1]) last[1] = to;
    else runs.push([from, to]);
  }
  return runs;
}
