import { spanLength, type Box } from '../core/area.js';
import type { Finding } from '../plan/plan.js';
import type { LogoCandidate } from './logo-candidates.js';
import type { InspectedLogo } from './logo-inspection.js';
import { tight } from './subtitles.js';

/** One candidate a place: those whose boxes mostly coincide are one logo; the surest stays, with the edges of all. */
export function mergeLogos(candidates: readonly LogoCandidate[]): LogoCandidate[] {
  const out: LogoCandidate[] = [];
  for (const one of [...candidates].sort((a, b) => b.confidence - a.confidence || b.pixel.length - a.pixel.length)) {
    const at = out.findIndex((o) => coincide(o.box, one.box));
    if (at < 0) out.push(one);
    else out[at] = join(out[at], one);
  }
  return out;
}

function coincide(a: Box, b: Box): boolean {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return w > 0 && h > 0 && w * h > 0.5 * Math.min(a.width * a.height, b.width * b.height);
}

function join(a: LogoCandidate, b: LogoCandidate): LogoCandidate {
  const known = new Set(a.pixel);
  const fresh = [...b.pixel.keys()].filter((i) => !known.has(b.pixel[i]));
  const x = Math.min(a.box.x, b.box.x);
  const y = Math.min(a.box.y, b.box.y);
  const right = Math.max(a.box.x + a.box.width, b.box.x + b.box.width);
  const bottom = Math.max(a.box.y + a.box.height, b.box.y + b.box.height);
  return {
    ...a,
    box: { x, y, width: right - x, height: bottom - y },
    pixel: Int32Array.from([...a.pixel, ...fresh.map((i) => b.pixel[i])]),
    gx: Float32Array.from([...a.gx, ...fresh.map((i) => b.gx[i])]),
    gy: Float32Array.from([...a.gy, ...fresh.map((i) => b.gy[i])]),
    seen: [...a.seen, ...b.seen],
  };
}

/** Turns inspected logos into findings. One that shows in too few frames to be a station's is left out. */
export function logoFindings(logos: readonly InspectedLogo[], rate: number): Finding[] {
  return logos.flatMap(({ candidate, spans, mask }) => {
    const shown = spans.reduce((sum, s) => sum + spanLength(s), 0);
    const cut = tight(mask);
    if (!cut || shown < 0.5 * rate) return [];
    return [{ kind: 'logo' as const, spans, mask: cut, confidence: candidate.confidence, why: candidate.why }];
  });
}
