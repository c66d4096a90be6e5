import { boundsOf, boxesMeet, type Box } from '../../core/area.js';
import { densestBands, type Band } from '../maps/densest-bands.js';
import { BLOCKS, packedBlocks, type EndBlocks, type VeilBlocks } from './veil-blocks.js';

/** What a plate does to the scene's level x: (1 − alpha) x + alpha · level. Opacity 0 … 1; level 0 … 255. */
export interface Veil {
  readonly alpha: number;
  readonly level: number;
}

/** How much of a plate must be told by an end, and how much of that it must explain. */
export interface Proof {
  /** Share of its blocks that tell for or against it. */
  readonly some: number;
  /** Share of these that tell for it. */
  readonly inside: number;
  /** Share of those around it that tell for it at most. */
  readonly around: number;
}

/** What a plate shows that nothing is known about, and one that looks as others of its programme do. */
export const CLEAR: Proof = { some: 0.25, inside: 0.85, around: 0.25 };
export const FAMILIAR: Proof = { some: 0.05, inside: 0.75, around: 0.35 };

/** Opacities of 1/8, 2/8 … 1 and every 16th level; so many of them are tried, those that explain most between the letters wherever they explain anything. */
const VEILS: readonly Veil[] = Array.from({ length: 8 * 16 }, (_, i) => ({ alpha: ((i >> 4) + 1) / 8, level: (i & 15) * 16 }));
const TRIED = 8;
/** Multiples of the noise from which on a block's misfit says no more: letters that are not known fit neither way. */
const MOST = 8;
/** Multiples of the noise by which a block must fit better with a plate or without for it to tell. */
const TELLING = 1.5;
/** Blocks around a plate that are held against it, beyond those that its border may half cover; sides of it where these must tell, and share of them that must. */
const RING = 3;
const SIDES = 2;
const TOLD = 0.25;
/** Multiples of the noise that a plate must explain, so that not every uneven border makes one of its own; share of a line's height that one is high and wide at least. */
const COST = 300;
const SMALLEST = 0.5;

/**
 * What the ends of a cue tell of plates behind its lines that let the scene shine through: inside of one each end's step is α(c − x), with one opacity α and one level c for every level
 * x of the scene; around it the scene goes on.
 */
export class VeilEvidence {
  private readonly side: number;
  private readonly width: number;
  private readonly height: number;
  private readonly at: Box;
  private readonly glyphs: Uint8Array;
  private readonly core: Box | undefined;
  private readonly ends: readonly EndBlocks[];

  constructor({ at, side, width, height, glyphs, ends }: VeilBlocks) {
    this.at = at;
    this.side = side;
    this.width = width;
    this.height = height;
    this.glyphs = glyphs;
    this.core = boundsOf(glyphs, width, height);
    // Taken once: of packed blocks each access is a new copy.
    this.ends = ends.map(({ scene, over, noise }) => ({ scene, over, noise }));
  }

  /** The veil whose likeliest plate explains most; undefined where none explains anything. */
  likeliest(): Veil | undefined {
    if (!this.core || !this.ends.length) return undefined;
    const { x, y, width, height } = this.core;
    const between: number[] = [];
    for (let v = y; v < y + height; v++)
      for (let u = x; u < x + width; u++) if (!this.glyphs[v * this.width + u]) between.push(v * this.width + u);
    const promise = (veil: Veil): number => between.reduce((sum, p) => sum + Math.max(0, this.gain(veil, p)), 0);
    const promising = VEILS.map((veil) => ({ veil, by: promise(veil) })).sort((a, b) => b.by - a.by);
    const best = promising
      .slice(0, TRIED)
      .map(({ veil }) => ({ veil, by: this.explains(veil) }))
      .sort((a, b) => b.by - a.by)[0];
    return best.by > 0 ? best.veil : undefined;
  }

  /** How much better the steps are understood with the likeliest plate of a veil than without one. */
  explains(veil: Veil): number {
    return this.bands(this.gains(veil)).reduce((sum, band) => sum + band.sum, 0);
  }

  /** The plates of a veil that the ends prove, in samples of the picture. */
  plates(veil: Veil, proof: Proof): Box[] {
    const gains = this.gains(veil);
    const { side, at } = this;
    const bands = this.bands(gains);
    const apartFrom = (own: Band): Float32Array => without(gains, this.width, bands.filter((b) => b !== own)); // prettier-ignore
    return bands
      .filter((band) => this.isPlate(apartFrom(band), band.box, proof))
      .map(({ box: { x, y, width, height } }) => ({ x: at.x + x * side, y: at.y + y * side, width: width * side, height: height * side }));
  }

  /** Share of the cue's glyphs that lie in some boxes of the picture. */
  held(boxes: readonly Box[]): number {
    const { side, at } = this;
    let [all, inside] = [0, 0];
    for (let p = 0; p < this.glyphs.length; p++) {
      if (!this.glyphs[p]) continue;
      const [x, y] = [at.x + (p % this.width) * side, at.y + ((p / this.width) | 0) * side];
      all++;
      if (boxes.some((b) => x >= b.x && y >= b.y && x < b.x + b.width && y < b.y + b.height)) inside++;
    }
    return inside / Math.max(1, all);
  }

  private bands(gains: Float32Array): Band[] {
    return densestBands(gains, this.width, this.height, COST);
  }

  /** Whether a box has a plate's size and place, is veiled inside, and clearly not around. */
  private isPlate(gains: Float32Array, box: Box, { some, inside, around }: Proof): boolean {
    const { width, height } = this;
    if (!this.core || !boxesMeet(box, this.core) || Math.min(box.width, box.height) < SMALLEST * BLOCKS) return false;
    const own = tally(gains, width, box);
    const ring = sidesOf(box, RING + 1).map((side) => tally(gains, width, inPicture(side, width, height)));
    const told = ring.reduce((sum, s) => sum + s.told, 0);
    const veiled = ring.reduce((sum, s) => sum + s.veiled, 0);
    return (
      own.told >= some * own.all &&
      own.veiled >= inside * own.told &&
      ring.filter((s) => s.told > 0 && s.told >= TOLD * s.all).length >= SIDES &&
      veiled <= around * told
    );
  }

  private gains(veil: Veil): Float32Array {
    const by = new Float32Array(this.glyphs.length);
    for (let p = 0; p < by.length; p++) if (!this.glyphs[p]) by[p] = this.gain(veil, p);
    return by;
  }

  private gain({ alpha, level }: Veil, p: number): number {
    let sum = 0;
    for (const { scene, over, noise } of this.ends) {
      const without = Math.abs(over[p]) / noise;
      const within = Math.abs(over[p] - alpha * (level - scene[p])) / noise;
      sum += Math.min(MOST, without) - Math.min(MOST, within);
    }
    return sum;
  }
}

/** What is kept of a cue until the end of a programme. */
export interface KeptVeil {
  /** The veil that explains most of it. */
  readonly likeliest: Veil;
  readonly blocks: VeilBlocks;
}

/** The blocks of a cue, packed, with the veil that explains most of them; undefined where none explains anything: most text has no plate. */
export function keptVeil(blocks: VeilBlocks): KeptVeil | undefined {
  const likeliest = new VeilEvidence(blocks).likeliest();
  return likeliest && { likeliest, blocks: packedBlocks(blocks) };
}

/** Blocks of a box, those that tell, and those that tell for a plate. */
interface Tally {
  readonly all: number;
  readonly told: number;
  readonly veiled: number;
}

/** Gains without those of some bands: one line's plate says nothing for or against another's. */
function without(gains: Float32Array, stride: number, bands: readonly Band[]): Float32Array {
  const out = gains.slice();
  for (const { box } of bands)
    for (let y = box.y; y < box.y + box.height; y++) out.fill(0, y * stride + box.x, y * stride + box.x + box.width);
  return out;
}

function tally(gains: Float32Array, stride: number, { x, y, width, height }: Box): Tally {
  let [told, veiled] = [0, 0];
  for (let v = y; v < y + height; v++)
    for (let p = v * stride + x, end = p + width; p < end; p++) {
      if (Math.abs(gains[p]) <= TELLING) continue;
      told++;
      if (gains[p] > 0) veiled++;
    }
  return { all: Math.max(0, width) * Math.max(0, height), told, veiled };
}

/** Strips along the four sides of a box, one sample beyond it and `reach` wide. */
const sidesOf = ({ x, y, width, height }: Box, reach: number): Box[] => [
  { x, y: y - reach, width, height: reach - 1 },
  { x, y: y + height + 1, width, height: reach - 1 },
  { x: x - reach, y, width: reach - 1, height },
  { x: x + width + 1, y, width: reach - 1, height },
];

/** The part of a box that lies in the picture; its sides may be 0. */
function inPicture({ x, y, width, height }: Box, w: number, h: number): Box {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  return { x: left, y: top, width: Math.max(0, Math.min(w, x + width) - left), height: Math.max(0, Math.min(h, y + height) - top) };
}
