import type { Flow } from './flow.js';
import { Coverage, fuse } from './fuse.js';
import { prepareLender, prepareTarget } from './prepare.js';
import { Sources } from './sources.js';
import type { Candidates, CandidateWindow } from './window.js';

/** Share of a hole that a frame must show for its flow to be looked at closely: nothing is gained from a fixed mark on a still picture. */
const WORTH = 0.005;

/**
 * Fills the holes of a window's targets from what can be seen: by push-pull from the same frame, and by motion-compensated
 * copying from the other frames of the same shot, in the order in which they are given, until the hole has been seen often enough.
 * The one code for training and use: a network is trained on exactly what this returns.
 */
export function makeCandidates(window: CandidateWindow): Candidates {
  const { frames, height, width, rgb, mask } = window;
  const n = width * height;
  const fill = rgb.slice();
  const wanted = window.targets ?? Array.from({ length: frames }, (_, t) => t);
  const prepared = Array.from({ length: frames }, (_, t) =>
    wanted.includes(t) ? prepareTarget(window, t, fill) : prepareLender(window, t),
  );
  const result: Candidates = { fill, candidate: fill.slice(), confidence: new Uint8Array(frames * n) };
  const sources = new Sources(window, prepared, mask, (t, s, coarse) => shows(window, prepared[t].hole, s, coarse));
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

/** Whether frame `s` shows a part worth having of another frame's hole, along a flow of lower resolution. */
function shows({ width, height, mask }: CandidateWindow, hole: Int32Array, s: number, flow: Flow): boolean {
  const scale = 2 ** Math.round(Math.log2(width / flow.width));
  const n = flow.width * flow.height;
  const enough = hole.length * WORTH;
  for (let h = 0, visible = 0; h < hole.length; h++) {
    const x = hole[h] % width;
    const y = (hole[h] - x) / width;
    const k = Math.min(flow.height - 1, Math.floor(y / scale)) * flow.width + Math.min(flow.width - 1, Math.floor(x / scale));
    const px = Math.round(x + scale * flow.uv[k]);
    const py = Math.round(y + scale * flow.uv[n + k]);
    if (px >= 0 && py >= 0 && px < width && py < height && !mask[(s * height + py) * width + px] && ++visible > enough) return true;
  }
  return false;
}
