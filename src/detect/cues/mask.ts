import { cueChanges } from './changes.js';
import type { CuePicture } from './picture.js';
import { withPlates } from './plates.js';
import { chosenOf, rankIn, rankWhere } from '../maps/rank.js';
import { fillHoles, growMap, regionsOf, shrinkMap } from '../maps/regions.js';

/** What a cue hides, 255 and 0, row-major. */
export interface CueMask {
  readonly mask: Uint8Array;
  /** The pixels that surely belong to it: without soft shadows, nothing closed. */
  readonly glyphs: Uint8Array;
  /** Noise over time as a share of its contrast. */
  readonly unrest: number;
  /** Whether the ends of the cue told what is the scene's. */
  readonly telling: boolean;
}

/** Levels of a step that a pixel of recoloured text makes at least: its level while it stands says nothing. */
const LARGE = 32;
/** Levels of a step that tell enough inside an outline. */
const CLEAR = 16;
/** Half of the samples over which an outline may be open. */
const GAP = 3;
/** Share of a step that is the cue's which an edge of its glyphs makes at least where the scene beyond an end is known: others were there without it. */
const FAINT = 0.6;
/** Share of its edges that a cue has at least: where more of them were there without it, it is none. */
const LEFT = 0.35;
/** Samples around the sure pixels of a cue in which a step counts that the scene's motion may have made. */
const BESIDE = 2;

/**
 * Glyphs, outline and shadow of a cue. Glyph pixels keep their level while it stands and had another one before or after;
 * soft shadows let some of the background through, so they are taken by their mean, near the glyphs only. The
 * result ends where the mark does.
 */
export function cueMask(picture: CuePicture): CueMask {
  const { mean, deviation, seeds, width, height } = picture;
  const noise = rankWhere(deviation, seeds, picture.recoloured ? 0.1 : 0.5) ?? 0;
  const contrast = spreadWhere(mean, seeds);
  const steady = Math.max(4, 3 * noise + 2);
  const near = nearCue(seeds, picture);
  const { by: changed, explained, least, telling } = cueChanges(picture, noise);
  const core = new Uint8Array(mean.length);
  for (let p = 0; p < core.length; p++) {
    const stands = changed[p] >= (deviation[p] <= steady ? least : picture.recoloured ? (telling ? 2 * least : LARGE) : Infinity);
    if ((seeds[p] && (!telling || changed[p] >= FAINT * least)) || (near[p] && stands)) core[p] = 1;
  }
  const own = besideSure(core, explained, width, height);
  if (telling) fillChanged(own, changed, width, height);
  const kept = dropStrays(own, seeds, width, height);
  if (shareOf(kept, seeds) < LEFT) kept.fill(0);
  const glyphs = kept.slice();
  const shadow = growMap(kept, width, height, Math.max(2, Math.round(lineUnit(picture) * 0.14)));
  for (let p = 0; p < kept.length; p++) {
    if (!kept[p] && shadow[p] && !explained[p] && changed[p] >= Math.max(6, deviation[p])) kept[p] = 1;
  }
  const closed = withPlates(shrinkMap(growMap(kept, width, height, 1), width, height, 1), width, height, picture.lineHeight);
  const by = Math.max(2, Math.round(lineUnit(picture) / 18)) - 2; // soft outlines; what compression smears is the restorer's
  const grown = growMap(closed, width, height, by);
  for (let p = 0; p < grown.length; p++) grown[p] = grown[p] ? 255 : 0;
  return { mask: grown, glyphs, unrest: noise / Math.max(1, contrast), telling };
}

/** What of a map lies beside some of it that is not explained. */
function besideSure(core: Uint8Array, explained: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(core.length);
  for (let p = 0; p < out.length; p++) out[p] = core[p] & ~explained[p];
  const sure = growMap(out, width, height, BESIDE);
  for (let p = 0; p < out.length; p++) out[p] = core[p] & sure[p];
  return out;
}

/** Where the pixels of a cue may lie, given edge pixels of its glyphs. */
export const nearCue = (seeds: Uint8Array, size: Pick<CuePicture, 'lineHeight' | 'width' | 'height'>): Uint8Array =>
  growMap(seeds, size.width, size.height, Math.max(3, Math.round(0.3 * lineUnit(size))));

/** Height of one line of text: that of the region's box where it holds one line, less where lines are stacked. */
const lineUnit = (picture: Pick<CuePicture, 'lineHeight'>): number => Math.min(picture.lineHeight, 64);

/** Share of a map's pixels that another one has. */
function shareOf(map: Uint8Array, of: Uint8Array): number {
  let [all, both] = [0, 0];
  for (let p = 0; p < of.length; p++) {
    if (!of[p]) continue;
    all++;
    if (map[p]) both++;
  }
  return all ? both / all : 0;
}

/** Takes what is enclosed by a map and stepped clearly, steady or not: the inside of letters that are recoloured while their outlines stand. */
function fillChanged(map: Uint8Array, changed: Float32Array, width: number, height: number): void {
  // An outline has gaps where it runs over contours as dark as itself.
  const whole = fillHoles(shrinkMap(growMap(map, width, height, GAP), width, height, GAP), width, height);
  for (let p = 0; p < map.length; p++) if (whole[p] && changed[p] >= CLEAR) map[p] = 1;
}

/** Leaves out regions without a seed. */
function dropStrays(core: Uint8Array, seeds: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(core.length);
  for (const { pixels } of regionsOf(core, width, height)) {
    let n = 0;
    for (const p of pixels) n += seeds[p];
    if (n >= 3 || n > 0.2 * pixels.length) for (const p of pixels) out[p] = 1;
  }
  return out;
}

/** Levels between the darkest and the brightest tenth. */
function spreadWhere(values: Float32Array, where: Uint8Array): number {
  const chosen = chosenOf(values, where);
  return (rankIn(chosen, 0.9) ?? 0) - (rankIn(chosen, 0.1) ?? 0);
}
