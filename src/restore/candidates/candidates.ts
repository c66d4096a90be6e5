import type { Flow } from './flow.js';
import { Coverage, fuse } from './fuse.js';
import { prepareLender, prepareTarget } from './prepare.js';
import { Sources } from './sources.js';
import type { Candidates, CandidateWindow } from './window.js';

/** Share of a hole that a frame must show for its flow to be looked at closely: nothing is gained from a fixed mark on a still picture. */
const WORTH = 0.005;
/** Samples by which the scene must have moved, in the mean over a hole, for a frame to show another part of it beside its mark: more than the feather is wide. */
const MOVED = 3;

/**
 * Fills the holes of a window's targets from what can be seen: by push-pull from the same frame, and by motion-compensated
 * copying from the other frames of the same shot, in the order in which they are given, until the hole has been seen often enough.
 * The one code for training and use: a network is trained on exactly what this returns.
 */
export function makeCandidates(window: CandidateWindow): Candidates {
  const { frames, height, width, rgb } = window;
  const n = width * height;
  const fill = rgb.slice();
  const wanted = window.targets ?? Array.from({ length: frames }, (_, t) => t);
  const prepared = Array.from({ length: frames }, (_, t) =>
    wanted.includes(t) ? prepareTarget(window, t, fill) : prepareLender(window, t),
  );
  const result: Candidates = { fill, candidate: fill.slice(), confidence: new Uint8Array(frames * n) };
  const hidden = (t: number, s: number, flow: Flow): Uint8Array => hiddenFor(window, prepared[t].hole, s, flow);
  const sources = new Sources(window, prepared, hidden, (t, s, coarse) => shows(window, prepared[t].hole, t, s, coarse));
  for (const t of wanted) {
    const { hole } = prepared[t];
    if (!hole.length) continue;
    const offers: Float32Array[] = [];
    const seen = new Coverage(hole.length);
    for (const s of lenders(window, t)) {
      const offer = sources.offer(t, s);
      if (offer) offers.push(offer);
      if (offer && seen.add(offer)) break;
    }
    fuse(hole, offers, result, t * n);
  }
  return result;
}

/** The other frames of the shot: those that are no targets first, which are chosen for what they show, and the targets' neighbours last. */
function lenders({ frames, targets, shots }: CandidateWindow, t: number): number[] {
  const others = Array.from({ length: frames }, (_, s) => s).filter((s) => s !== t && shots?.[s] === shots?.[t]);
  const isTarget = (s: number): boolean => targets?.includes(s) ?? false;
  return [...others.filter((s) => !isTarget(s)), ...others.filter(isTarget)];
}

/** What frame `s` does not lend to another frame's hole, along a flow. */
function hiddenFor({ width, height, mask, lent }: CandidateWindow, hole: Int32Array, s: number, flow: Flow): Uint8Array {
  const n = width * height;
  const map = lent && meanMotion(hole, width, flow) > MOVED ? lent : mask;
  return map.subarray(n * s, n * (s + 1));
}

/** Samples by which a hole of a picture of that width moves along a flow of lower resolution. */
function meanMotion(hole: Int32Array, width: number, flow: Flow): number {
  const { scale, at } = flowAt(width, flow);
  const n = flow.width * flow.height;
  let sum = 0;
  for (const i of hole) {
    const k = at(i % width, Math.floor(i / width));
    sum += Math.hypot(flow.uv[k], flow.uv[n + k]);
  }
  return (scale * sum) / hole.length;
}

/** How much larger a picture of that width is than a flow, and which of its vectors belongs to a sample. */
function flowAt(width: number, flow: Flow): { readonly scale: number; readonly at: (x: number, y: number) => number } {
  const scale = 2 ** Math.round(Math.log2(width / flow.width));
  return {
    scale,
    at: (x, y) => Math.min(flow.height - 1, Math.floor(y / scale)) * flow.width + Math.min(flow.width - 1, Math.floor(x / scale)),
  };
}

/** Whether frame `s` shows a part worth having of what marks cover in frame `t`, along a flow of lower resolution. */
function shows(window: CandidateWindow, hole: Int32Array, t: number, s: number, flow: Flow): boolean {
  const { width, height, mask, lent = mask } = window;
  const { scale, at } = flowAt(width, flow);
  const n = flow.width * flow.height;
  const hidden = hiddenFor(window, hole, s, flow);
  const covered = lent.subarray(width * height * t);
  const enough = hole.length * WORTH;
  for (let h = 0, visible = 0; h < hole.length; h++) {
    const x = hole[h] % width;
    const y = (hole[h] - x) / width;
    const k = at(x, y);
    const px = Math.round(x + scale * flow.uv[k]);
    const py = Math.round(y + scale * flow.uv[n + k]);
    const isIn = covered[hole[h]] && px >= 0 && py >= 0 && px < width && py < height;
    if (isIn && !hidden[py * width + px] && ++visible > enough) return true;
  }
  return false;
}
