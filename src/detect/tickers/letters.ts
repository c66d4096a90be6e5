import { rankOf } from '../maps/rank.js';
import { fillHoles, growMap, regionsOf, shrinkMap } from '../maps/regions.js';
import { BLOCK, clearOf, passings, scenesOf, STEP, type TapeMaps } from './passing-scene.js';

/** Levels by which the scene must change to tell letters by their calm. */
const LIVELY = 5;
/** Shares of the scene's deviation up to which a pixel is a letter's, and up to which one beside a letter is, half covered or in its shadow. */
const CALM = 0.5;
const HALF = 0.75;
/** Spreads of the scene's mean, and levels, from which a pixel lies too far off to be the scene. */
const FAR = 4;
const LEVELS = 14;
/** Samples beyond the core of a letter that may be half covered. */
const BORDER = 2;
/** Share of a letter's pixels that are edges. */
const SHARP = 0.1;
/** Levels that are told apart; share of the pixels of one that are letters', and of the letters' that are of it, from which it is the text's; samples from an edge at which that counts. */
const LEVEL_BINS = 24;
const USUAL = 0.7;
const COMMON = 0.03;
const NEAR = 2;
/** Pixels of which a letter, or a part of one, consists at least. */
const LEAST = 6;
/** Side of a hole that is filled, at most, as a share of the height. */
const HOLE = 0.1;

/** What was found on a piece of tape. */
export interface Letters {
  /** 1 = a letter's. */
  readonly map: Uint8Array;
  /** How much of the scene's changes show between the letters, as a share of those beside the text: a plate lets little of them through. Undefined where the scene hardly changes. */
  readonly through: number | undefined;
}

/**
 * What stays while the scene passes under it, 1: it is calmer than the scene, or of a level that the scene never has on the average. How the scene is differs from row to
 * row, and from column to column, as each passes at its own time: that is seen in the rows beside the text.
 */
export function lettersIn(maps: TapeMaps): Letters {
  const { mean, deviation, known, width, height, beside } = maps;
  const columns = passings(maps);
  const edges = edgesOf(maps);
  const clear = clearOf(maps);
  const core = new Uint8Array(width * height);
  const half = new Uint8Array(width * height);
  const shares: number[] = [];
  for (let from = 0; from < width; from += BLOCK) {
    const rows = scenesOf(maps, columns, clear, from);
    if ((columns[from + (BLOCK >> 1)]?.deviation ?? 0) >= LIVELY)
      shares.push(...rows.filter((_, r) => !beside.includes(r)).map((row) => row.share));
    for (let r = 0; r < height; r++) {
      const row = rows[r];
      for (let x = from, p = r * width + x; x < Math.min(width, from + BLOCK); x++, p++) {
        if (!known[x]) continue;
        const scene = row.share * columns[x].deviation;
        const calm = scene < LIVELY ? Infinity : deviation[p] / scene;
        const far = Math.abs(mean[p] - row.level - columns[x].level) / Math.max(LEVELS, FAR * row.spread);
        if (calm < CALM || far > 1) core[p] = 1;
        if (calm < HALF || far > 0.5) half[p] = 1;
      }
    }
  }
  const letters = withEdges(core, edges, maps);
  addAlike(letters, edges, maps);
  return { map: closed(withBorder(letters, half, width, height), width, height), through: rankOf(shares, 0.5) };
}

/** Steps from column to column: the mean of a scene that has passed has none. */
function edgesOf({ mean, known, width }: TapeMaps): Uint8Array {
  const out = new Uint8Array(mean.length);
  for (let p = 1; p < mean.length - 1; p++) {
    const x = p % width;
    if (x > 0 && x < width - 1 && known[x - 1] && known[x] && known[x + 1] && Math.abs(mean[p + 1] - mean[p - 1]) >= STEP) out[p] = 1;
  }
  return out;
}

/** Regions that have edges. */
function withEdges(core: Uint8Array, edges: Uint8Array, { width, height }: TapeMaps): Uint8Array {
  const out = new Uint8Array(core.length);
  for (const { pixels } of regionsOf(core, width, height, LEAST)) {
    const sharp = pixels.reduce((n, p) => n + edges[p], 0);
    if (sharp >= SHARP * pixels.length) for (const p of pixels) out[p] = 1;
  }
  return out;
}

/** Adds pixels beside edges whose level is nearly always a letter's: a text has one colour, and its outline another. */
function addAlike(letters: Uint8Array, edges: Uint8Array, { mean, known, width, height, beside }: TapeMaps): void {
  const [own, all] = [new Float64Array(LEVEL_BINS), new Float64Array(LEVEL_BINS)];
  const bin = (p: number): number => Math.min(LEVEL_BINS - 1, (mean[p] * LEVEL_BINS) >> 8);
  const rows = Array.from({ length: height }, (_, r) => r).filter((r) => !beside.includes(r));
  for (const r of rows) {
    for (let x = 0, p = r * width; x < width; x++, p++) {
      if (!known[x]) continue;
      all[bin(p)]++;
      own[bin(p)] += letters[p];
    }
  }
  const total = own.reduce((sum, n) => sum + n, 0);
  const isText = own.map((n, k) => (n >= USUAL * all[k] && n >= COMMON * total ? 1 : 0));
  const near = growMap(edges, width, height, NEAR);
  for (const r of rows) for (let x = 0, p = r * width; x < width; x++, p++) if (known[x] && near[p] && isText[bin(p)]) letters[p] = 1;
}

/** Cores and what is half covered beside them, without specks. */
function withBorder(core: Uint8Array, half: Uint8Array, width: number, height: number): Uint8Array {
  let map = new Uint8Array(core.length);
  for (const { pixels } of regionsOf(core, width, height, LEAST)) for (const p of pixels) map[p] = 1;
  for (let k = 0; k < BORDER; k++) {
    const grown = growMap(map, width, height, 1);
    map = map.map((v, p) => (v || (grown[p] && half[p]) ? 1 : 0));
  }
  return map;
}

/** Without gaps and small holes: the inside of a letter with an outline shows nothing where the scene is as light. */
function closed(map: Uint8Array, width: number, height: number): Uint8Array {
  const joined = shrinkMap(growMap(map, width, height, 1), width, height, 1);
  const out = map.map((v, p) => (v || joined[p] ? 1 : 0));
  const filled = fillHoles(out, width, height);
  const holes = filled.map((v, p) => (v && !out[p] ? 1 : 0));
  for (const { pixels } of regionsOf(holes, width, height)) if (pixels.length <= (HOLE * height) ** 2) for (const p of pixels) out[p] = 1;
  return out;
}
