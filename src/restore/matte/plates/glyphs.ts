import { rankOf } from '../../../detect/maps/rank.js';
import { growMap, regionsOf } from '../../../detect/maps/regions.js';
import { HALO } from '../../halo.js';
import { MIXED, type Hole } from '../hole.js';
import type { Ends } from '../opacity.js';
import type { Pair } from './line.js';
import type { PlateLook } from './style.js';

/** Levels that a glyph differs from its plate by, and the pixels it has at least; those of one that is beyond the plate in all frames, be it a full stop. */
const GLYPH = 18;
const LEAST = 6;
const DOT = 2;
/** Share of the plates' height that letters reach at most beyond what is beyond the plate: their soft edges, outline and shadow; and samples that they may do so in any case. */
const OUTLINE = 0.1;
const SOFT = 3;
/** Levels by which a sample around letters may differ from the next: more is their soft edge, and so much more the border of their outline. */
const STEP = 1.5;
const OUTLINED = 5;
/** Levels by which coding may take a plate beyond what it can show; share of it that may be there for a moment; and the share that glyphs are at least. */
const BEYOND = 8;
const MOMENTS = 0.04;
const SOME = 0.02;
/** Share of what is beyond the plate that may be the scene's, where the mask is too large; levels by which the rest may seem to change: more is a fade. */
const MOST = 0.75;
const CONSTANT = 20;

/** A cue before its plate: where the plate is, how it looks, and what was seen of it. */
export interface Lettered {
  readonly hole: Hole;
  readonly look: PlateLook;
  readonly ends: Ends;
  /** Its ends, as far as the plate over the scene without it explains them. */
  readonly pairs: readonly Pair[];
  /** Levels of the hole's box in frames from its first to its last. */
  readonly standing: readonly Uint8Array[];
  /** Whether the plate, by itself, comes and goes at once. */
  readonly steady: boolean;
}

/**
 * Where glyphs stand, 1: all the time lighter than the plate can be before white, or darker than before black; and where neither end is the plate before the scene without it.
 * Undefined where there are too few for a text, where they fade, or where the scene is beyond the plate for moments: then that looks otherwise, or is not there in all of the frames.
 */
export function glyphsOn({ hole, look: { opacity, level }, ends, pairs, standing, steady }: Lettered): Uint8Array | undefined {
  const lightest = opacity * level + (1 - opacity) * ends.white + BEYOND;
  const darkest = opacity * level + (1 - opacity) * ends.black - BEYOND;
  // Where two lines' plates overlap, the scene shines through both.
  const off = (pair: Pair, i: number): number =>
    Math.min(...[opacity, 1 - (1 - opacity) ** 2].map((a) => Math.abs(pair.shown[i] - a * level - (1 - a) * pair.scene[i])));
  const beyond = hole.inner.map((inside, i) =>
    inside && (standing.every((f) => f[i] > lightest) || standing.every((f) => f[i] < darkest)) ? 1 : 0,
  );
  const between = hole.inner.map((inside, i) => (inside && pairs.length && pairs.every((pair) => off(pair, i) > GLYPH) ? 1 : 0));
  const reach = Math.max(SOFT, Math.round(OUTLINE * plateHeight(hole)));
  let [all, glyphs, others, moments] = [0, 0, 0, 0];
  const near = grown(beyond, hole, reach, DOT);
  for (let i = 0; i < near.length; i++) {
    if (!hole.inner[i]) continue;
    all++;
    glyphs += beyond[i];
    others += between[i];
    if (!near[i] && !between[i]) moments += standing.filter((f) => f[i] > lightest || f[i] < darkest).length / standing.length;
  }
  if (moments > MOMENTS * all) return undefined;
  if (glyphs < SOME * all) return others < SOME * all || !steady ? undefined : grown(between, hole, MIXED, LEAST);
  const heights = standing.map((f) => rankOf(Array.from(f).filter((_, i) => beyond[i]).map((v) => Math.abs(v - level)), MOST) ?? 0); // prettier-ignore
  if (Math.max(...heights) - Math.min(...heights) > CONSTANT) return undefined;
  return grown(beyond, hole, softness(beyond, hole, standing, reach), DOT);
}

/** Samples that letters reach beyond their core, but for the one that is filled around any mark: up to where what is around them goes over into what is farther. */
function softness(core: Uint8Array, hole: Hole, frames: readonly Uint8Array[], most: number): number {
  const maps = Array.from({ length: most + HALO + 2 }, (_, by) => grown(core, hole, by, DOT));
  const level = (ring: number): number => meanOf(frames, (i) => hole.inner[i] > 0 && maps[ring][i] > maps[ring - 1][i]);
  let by = 0;
  for (let ring = HALO + 1; ring <= most + HALO; ring++) {
    const step = Math.abs(level(ring) - level(ring + 1));
    if (step > OUTLINED || (step > STEP && ring === by + HALO + 1)) by = ring - HALO;
  }
  return by;
}

function meanOf(frames: readonly Uint8Array[], counts: (i: number) => boolean): number {
  let [n, sum] = [0, 0];
  for (let i = 0; i < frames[0].length; i++) {
    if (!counts(i)) continue;
    n += frames.length;
    for (const f of frames) sum += f[i];
  }
  return sum / Math.max(1, n);
}

/** Height of the plates of all lines: rows in the middle column of the hole. */
function plateHeight({ inner, box }: Hole): number {
  let height = 0;
  for (let i = box.width >> 1; i < inner.length; i += box.width) height += inner[i];
  return height;
}

/** Specks dropped, and what codecs mix with glyphs added. */
function grown(glyph: Uint8Array, { box: { width, height } }: Hole, by: number, least: number): Uint8Array {
  const out = new Uint8Array(glyph.length);
  for (const { pixels } of regionsOf(glyph, width, height, least)) for (const i of pixels) out[i] = 1;
  return growMap(out, width, height, by);
}
