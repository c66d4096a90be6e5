import { boxesMeet, growBox, spanLength, tight, unionBox, type Mask, type Span } from '../../core/area.js';
import type { Finding } from '../../plan/plan.js';
import { boxAround, fillBox, isScoreBar, type BoxPicture } from './box.js';
import type { InspectedLogo } from './inspection.js';
import { PIECE } from './places.js';

/** Seconds that a logo shows at least, or the share of a short programme. */
const BRIEFEST = 0.5;
const MOSTLY = 0.8;

/**
 * Turns inspected logos into findings. Pieces that stand beside each other in the same frames are one mark; one in a box with
 * changing figures is a score bar. What shows in too few frames to be a station's is left out.
 */
export function logoFindings(
  logos: readonly InspectedLogo[],
  { rate, frames }: { readonly rate: number; readonly frames: number },
): Finding[] {
  const least = Math.min(BRIEFEST * rate, MOSTLY * frames);
  const shown = logos.filter((l) => tight(l.mask) && l.spans.reduce((sum, s) => sum + spanLength(s), 0) >= least);
  return groups(shown).flatMap((group) => {
    const [surest] = group;
    const { why } = surest.candidate;
    const picture = composite(group);
    const box = boxAround(picture);
    if (box) fillBox(picture.mask, picture.width, box);
    const mask = tight({ box: { ...picture.at, width: picture.width, height: picture.height }, data: picture.mask });
    if (!mask) return [];
    const kind = box && isScoreBar(picture, box) ? ('score-bar' as const) : ('logo' as const);
    const confidence = kind === 'logo' ? surest.candidate.confidence : Math.max(...group.map((l) => l.candidate.asBar));
    return [{ kind, spans: surest.spans, mask, confidence, why }];
  });
}

/** The surest first in each group. */
function groups(logos: readonly InspectedLogo[]): InspectedLogo[][] {
  const sorted = [...logos].sort((a, b) => b.candidate.confidence - a.candidate.confidence);
  const out: InspectedLogo[][] = [];
  for (const logo of sorted) {
    const group = out.find((g) => g.some((other) => belong(other, logo)));
    if (group) group.push(logo);
    else out.push([logo]);
  }
  return out.filter(([surest]) => surest.candidate.confidence >= PIECE);
}

/** Whether two pieces stand side by side, closer than they are high, in nearly the same frames. */
function belong(a: InspectedLogo, b: InspectedLogo): boolean {
  const [m, n] = [tight(a.mask), tight(b.mask)].map((mask) => mask?.box);
  if (!m || !n) return false;
  const high = Math.min(m.height, n.height);
  const rows = Math.min(m.y + m.height, n.y + n.height) - Math.max(m.y, n.y);
  const columns = Math.min(m.x + m.width, n.x + n.width) - Math.max(m.x, n.x);
  const beside = rows > 0.5 * high && -columns < 0.8 * Math.max(m.height, n.height);
  const below = columns > 0.5 * Math.min(m.width, n.width) && -rows < 0.5 * high;
  return (beside || below || boxesMeet(growBox(m, 2, Infinity, Infinity), n)) && together(a.spans, b.spans) > 0.7;
}

/** Frames of both, over frames of either. */
function together(a: readonly Span[], b: readonly Span[]): number {
  let both = 0;
  for (const s of a) for (const t of b) both += Math.max(0, Math.min(s.last, t.last) - Math.max(s.first, t.first) + 1);
  const all = [...a, ...b].reduce((sum, s) => sum + spanLength(s), 0) - both;
  return both / Math.max(1, all);
}

/** The pictures of a group's pieces put together; where two overlap, the surer one counts. */
function composite(group: readonly InspectedLogo[]): BoxPicture & { readonly at: { readonly x: number; readonly y: number } } {
  const box = group.map((l) => l.mask.box).reduce(unionBox);
  const n = box.width * box.height;
  const [mean, deviation, mask] = [new Float32Array(n), new Float32Array(n), new Uint8Array(n)];
  for (const logo of [...group].reverse()) {
    const { box: b, data }: Mask = logo.mask;
    for (let y = 0, i = 0; y < b.height; y++) {
      for (let x = 0, o = (b.y - box.y + y) * box.width + b.x - box.x; x < b.width; x++, i++, o++) {
        mean[o] = logo.mean[i];
        deviation[o] = logo.deviation[i];
        if (data[i]) mask[o] = 255;
      }
    }
  }
  return { mean, deviation, mask, width: box.width, height: box.height, at: { x: box.x, y: box.y } };
}
