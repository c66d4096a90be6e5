import { boxesMeet, type Box, type Span } from '../core/area.js';
import { growMap, regionsOf, type Region } from './regions.js';
import { isStill, type StillEdges } from './still-edges.js';

/** Edges that may belong to a logo, in samples of the surveyed size. */
export interface LogoCandidate {
  readonly box: Box;
  /** Indices into the surveyed picture, and the gradient of the mean picture there. */
  readonly pixel: Int32Array;
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  /** Stretches in which it stood still. */
  readonly seen: readonly Span[];
  readonly confidence: number;
  readonly why: string;
}

/** Largest share of the picture that the box of a logo may take. */
const LARGEST = 0.06;

/**
 * Looks for a logo in one stretch of frames without a cut. Where the scene moves, still edges are a mark. Where the scene
 * stands still too, only edges that are much stiller and sharper than everything else are one: an overlay has neither the
 * noise nor the blur of the camera. A stretch that offers neither says nothing.
 */
export function logosInStretch(edges: StillEdges, span: Span): LogoCandidate[] {
  if (edges.still <= 0.03 && edges.moving >= 0.1) return inMovingScene(edges, span);
  return inStillScene(edges, span);
}

function inMovingScene(edges: StillEdges, span: Span): LogoCandidate[] {
  const map = new Uint8Array(edges.jitter.length);
  for (let p = 0; p < map.length; p++) map[p] = isStill(edges, p) ? 1 : 0;
  return compactRegions(map, edges.width, edges.height).flatMap((region) => {
    const m = measure(edges, map, region);
    if (m.density < 0.15 || m.jitter > 0.07 || m.strength < 22 || m.strongest < 35) return [];
    const confidence = m.jitter < 0.05 && m.strength > 28 && m.density > 0.2 ? 0.95 : 0.7;
    return [candidate(edges, map, region, span, confidence, 'Its edges stand still while the scene moves.')];
  });
}

function inStillScene(edges: StillEdges, span: Span): LogoCandidate[] {
  const found: LogoCandidate[] = [];
  for (const share of [0.1, 0.2, 0.4]) {
    const limit = Math.max(0.004, Math.min(0.05, share * edges.sceneJitter));
    const map = new Uint8Array(edges.jitter.length);
    let sharp = 0;
    let stiller = 0;
    for (let p = 0; p < map.length; p++) {
      if (edges.strength[p] <= 16) continue;
      sharp++;
      if (edges.jitter[p] >= limit) continue;
      map[p] = 1;
      stiller++;
    }
    for (const region of compactRegions(map, edges.width, edges.height)) {
      const m = measure(edges, map, region);
      const others = (stiller - m.count) / Math.max(1, sharp - m.sharp);
      if (m.count < 0.65 * m.sharp || m.jitter > 0.15 * edges.sceneJitter || m.strength < 36 || m.strongest < 72 || others > 0.15) continue;
      const one = candidate(edges, map, region, span, 0.8, 'Its edges are sharper and stiller than anything else in a still scene.');
      if (!found.some((f) => boxesMeet(f.box, one.box))) found.push(one);
    }
  }
  return found;
}

/** Regions of neighbouring edges that are of a logo's size, stand free and do not touch the picture's border. */
export function compactRegions(map: Uint8Array, width: number, height: number): Region[] {
  const unit = Math.min(width, height);
  const reach = Math.round(unit * 0.012);
  const least = 0.0012 * unit * unit;
  return regionsOf(growMap(map, width, height, reach), width, height).filter(({ box, pixels }) => {
    if (box.x <= 1 || box.y <= 1 || box.x + box.width >= width - 1 || box.y + box.height >= height - 1) return false;
    if (box.width * box.height > LARGEST * width * height) return false;
    if (Math.min(box.width, box.height) - 2 * reach < unit * 0.012) return false;
    let n = 0;
    for (const p of pixels) n += map[p];
    return n >= least;
  });
}

function measure(edges: StillEdges, map: Uint8Array, region: Region) {
  const jitter: number[] = [];
  const strength: number[] = [];
  let sharp = 0;
  for (const p of region.pixels) {
    if (edges.strength[p] > 16) sharp++;
    if (!map[p]) continue;
    jitter.push(edges.jitter[p]);
    strength.push(edges.strength[p]);
  }
  const count = jitter.length;
  return {
    count,
    sharp,
    density: count / region.pixels.length,
    jitter: rank(jitter, 0.5),
    strength: rank(strength, 0.5),
    strongest: rank(strength, 0.9),
  };
}

function rank(values: number[], share: number): number {
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
}

function candidate(edges: StillEdges, map: Uint8Array, region: Region, span: Span, confidence: number, why: string): LogoCandidate {
  const pixel = region.pixels.filter((p) => map[p] === 1);
  const gx = Float32Array.from(pixel, (p) => edges.gx[p]);
  const gy = Float32Array.from(pixel, (p) => edges.gy[p]);
  return { box: region.box, pixel, gx, gy, seen: [span], confidence, why };
}
