import { type Box, type Mask, type Span } from '../../core/area.js';
import { chromaShift, planesOf, type ColourSpace, type Frame, type Geometry } from '../../core/frame.js';
import { growMap, regionsOf, shrinkMap } from '../../detect/maps/regions.js';
import type { Track } from '../../plan/plan.js';
import { alphaMap } from './alpha-map.js';
import { chromaBox, chromaMap } from './chroma-map.js';
import { holeOf, type Hole } from './hole.js';
import { endsOf, type Matte, type MatteSource } from './matte.js';
import { packedPlane } from './packed-plane.js';
import { levelsIn } from './membrane.js';
import { OPAQUE, opacityOf, UNSURE, type Tint, type Whole } from './opacity.js';
import { comparedTo, lineThrough, type Pair } from './plate-line.js';

/** Share of a mask that is a plate's, and half of its height in samples at least: rags of the scene about it are thinner, and so are glyphs. */
const FILLED = 0.85;
const THICK = 6;
/** Frames inside a span by which a hard end is told from a fade, and the share of the plate that may be missing at its end. */
const INWARDS = 3;
const FADES = 0.15;
/** Levels that a glyph differs from its plate by, samples that codecs mix with it, and the pixels it has at least. */
const GLYPH = 18;
const MIXED = 2;
const LEAST = 6;
/** Error of α by what a pixel itself says, at least: inside the plate, and at its border. */
const INSIDE = 0.06;
const BESIDE = 0.02;
/** How far the scene under the plate may be off that of the frame without it, against the scene beside: times and levels. */
const TIMES = 2;
const LEVELS = 6;

/** One end of a cue: the frame without it, its outermost frame, and one farther inside. */
export interface PlateEnd {
  readonly away: number;
  readonly shown: number;
  readonly whole: number;
}

/** The ends of a cue with a plate by which that can be learnt; none where its mask is no plate, or the scene is not seen beside it in the same shot. */
export function plateEnds({ mask, spans }: Track, shots: readonly Span[]): readonly PlateEnd[] {
  const [{ first, last }] = spans;
  if (spans.length !== 1 || last - first < 2 * INWARDS || !isPlate(mask)) return [];
  const inOneShot = (a: number, b: number): boolean => shots.some((s) => a >= s.first && b <= s.last);
  const ends: PlateEnd[] = [];
  if (inOneShot(first - 1, first)) ends.push({ away: first - 1, shown: first, whole: first + INWARDS });
  if (inOneShot(last, last + 1)) ends.push({ away: last + 1, shown: last, whole: last - INWARDS });
  return ends;
}

/**
 * Learns the plate behind a subtitle from the two frames at either end of it: the scene a moment before the plate came, or after it
 * went, is the scene under it but for what moved meanwhile. The glyphs on it are left to be filled.
 */
export class PlateLearner implements MatteSource {
  private readonly hole: Hole;
  /** Of each frame asked for, the planes of the hole's box. */
  private readonly seen = new Map<number, Float32Array[]>();
  private readonly boxes: readonly Box[];

  /** @param ends of the cue, see {@link plateEnds} */
  constructor(
    mask: Mask,
    private readonly ends: readonly PlateEnd[],
    private readonly geometry: Geometry,
    private readonly colour: ColourSpace,
  ) {
    this.hole = holeOf(mask, geometry);
    const shift = chromaShift(geometry.format.chroma);
    const chroma = chromaBox(this.hole.box, shift);
    this.boxes = geometry.format.chroma === 'gray' ? [this.hole.box] : [this.hole.box, chroma, chroma];
  }

  /** Takes one of the frames asked for. */
  take(frame: Frame): void {
    const planes = planesOf(frame, this.geometry);
    const { depth } = this.geometry.format;
    this.seen.set(frame.index, this.boxes.map((box, p) => levelsIn(planes[p], box, depth))); // prettier-ignore
  }

  /** The plate with α 1 where glyphs stand; undefined where it hides the scene, fades, or is none. */
  matte(): Matte | undefined {
    const { hole, geometry, colour } = this;
    const pairs = this.pairs(0);
    if (!pairs.length || pairs.some((pair) => this.fades(pair))) return undefined;
    const line = lineThrough(pairs, hole);
    if (!line) return undefined;
    const tints = this.boxes.slice(1).map((_, c) => this.tint(c + 1));
    const whole = opacityOf(line.through, line.body, tints, endsOf(geometry, colour));
    if (whole.opaque > UNSURE || whole.opacity > OPAQUE) return undefined;
    const { scene, plate } = comparedTo(pairs, hole, whole);
    if (plate > TIMES * scene + LEVELS) return undefined;
    const alpha = this.alpha(pairs, whole, scene);
    const scale = 2 ** (geometry.format.depth - 8);
    const planes = [packedPlane(hole.box, alpha, scale * whole.level)];
    for (const { scene: under, difference } of tints) {
      const box = this.boxes[planes.length];
      planes.push(packedPlane(box, this.shrunk(alpha), scale * (under + difference / whole.opacity)));
    }
    this.seen.clear();
    return { planes, opacity: whole.opacity, fades: false };
  }

  private pairs(plane: number): Pair[] {
    return this.ends.flatMap(({ away, shown, whole }) => {
      const [a, b, c] = [away, shown, whole].map((f) => this.seen.get(f)?.[plane]);
      return a && b && c ? [{ scene: a, shown: b, whole: c }] : [];
    });
  }

  /** Whether the first or last frame shows less of the plate than the frames inside. */
  private fades({ scene, shown, whole }: Pair): boolean {
    let [there, all] = [0, 0];
    for (let i = 0; i < scene.length; i++) {
      if (!this.hole.inner[i]) continue;
      there += shown[i] - scene[i];
      all += whole[i] - scene[i];
    }
    return there / all < 1 - FADES;
  }

  /** What the plate does to a chroma plane on the whole. */
  private tint(plane: number): Tint {
    const at = this.shrunk(this.hole.inner);
    let [n, difference, under] = [0, 0, 0];
    for (const { scene, shown } of this.pairs(plane)) {
      for (let i = 0; i < at.length; i++) {
        if (at[i] < 1) continue;
        n++;
        difference += shown[i] - scene[i];
        under += scene[i];
      }
    }
    return { difference: difference / Math.max(1, n), scene: under / Math.max(1, n) };
  }

  private alpha(pairs: readonly Pair[], { opacity, level }: Whole, noise: number): Float32Array {
    const { hole } = this;
    const { width, height } = hole.box;
    const [rate, off, glyph] = [
      new Float32Array(hole.inner.length),
      new Float32Array(hole.inner.length),
      new Uint8Array(hole.inner.length),
    ];
    for (let i = 0; i < rate.length; i++) {
      let [sum, ground, beyond] = [0, 0, Infinity];
      for (const { scene, shown } of pairs) {
        sum += shown[i] - scene[i];
        ground += scene[i];
        beyond = Math.min(beyond, Math.abs(shown[i] - opacity * level - (1 - opacity) * scene[i]));
      }
      const contrast = level - ground / pairs.length || 1;
      rate[i] = sum / pairs.length / contrast;
      // Inside, a plate is even; what is not is the scene that moved.
      off[i] = Math.max(noise / Math.max(1, Math.abs(contrast)), hole.inner[i] ? INSIDE : BESIDE);
      glyph[i] = hole.inner[i] && beyond > GLYPH ? 1 : 0;
    }
    const alpha = alphaMap(rate, off, hole, opacity);
    const glyphs = new Uint8Array(glyph.length);
    for (const { pixels } of regionsOf(glyph, width, height, LEAST)) for (const i of pixels) glyphs[i] = 1;
    const near = growMap(glyphs, width, height, MIXED);
    return alpha.map((a, i) => (near[i] && hole.depth[i] ? 1 : a));
  }

  private shrunk(map: ArrayLike<number>): Float32Array {
    return chromaMap(map, this.hole.box, chromaShift(this.geometry.format.chroma));
  }
}

/** Whether a mask is thick nearly everywhere: not glyphs, and one rectangle a line, but for rags. */
function isPlate({ box: { width, height }, data }: Mask): boolean {
  // A frame of nothing: beyond its edge a map counts as set.
  const [w, h] = [width + 2, height + 2];
  const framed = new Uint8Array(w * h);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) framed[(y + 1) * w + x + 1] = data[y * width + x] ? 1 : 0;
  const opened = growMap(shrinkMap(framed, w, h, THICK), w, h, THICK);
  const count = (map: Uint8Array): number => map.reduce((n, v) => n + v, 0);
  return count(opened) > FILLED * count(framed);
}
