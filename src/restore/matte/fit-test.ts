import { unionBox, type Box, type Mask } from '../../core/area.js';
import { chromaShift, planesOf, type Frame, type Geometry } from '../../core/frame.js';
import { growMap } from '../../detect/maps/regions.js';
import type { Track } from '../../plan/plan.js';
import { ghostOf, transparency } from './estimate.js';
import { holeOf, holesBeside, moved, type Hole } from './hole.js';
import { GHOST, spread } from './learn.js';
import type { Matte } from './matte.js';
import { Moments } from './moments.js';
import { OPAQUE } from './opacity.js';
import { placementOf, roughOver, shifted, SHOWS } from './placement.js';
import { TintSums } from './tints.js';

/** A matte learnt from other programmes, in the samples of this one. */
export interface KnownMatte {
  readonly id: string;
  readonly matte: Matte;
  /** Standard error of its α. */
  readonly error: number;
}

/** Frames after which a first verdict is given, and from how many they are taken; frames looked at in all. */
const FIRST = 24;
const WITHIN = 1500;
const FRAMES = 80;
/** α from which a sample is the mark's body, as a share of its opacity. */
const BODY = 0.8;
/** Samples beside it that still count as covered by it; share of what was found here that it may leave uncovered. */
const NEAR = 4;
const UNCOVERED = 0.3;
/** Places beside the mark that are looked at. */
const BESIDE = 5;
/** Strength of the edges from which there is a mark at all. */
const THERE = 0.35;
/** Error of the strength beyond which a programme says nothing. */
const BLIND = 0.2;
/** How far the strength may be off 1, beside twice its error. */
const STRENGTH = 0.05;
/** Errors that the opacity may be off what the course of the levels says; and levels of chroma, beside twice those seen beside the mark. */
const ERRORS = 2.5;
const CHROMA = 4;

/**
 * Tells whether a matte learnt from other programmes fits the mark of this one: whether its edges stand where the matte's do, as strongly, in this size;
 * whether the levels under it follow the scene as they should; whether its colour is the same; and whether taking it off leaves a ghost. How exact each look
 * is comes from the same look at places beside the mark.
 */
export class FitTest {
  /** The frames to be taken, ascending; after `early` of them a first verdict can be asked for. */
  readonly frames: readonly number[];
  /** The frame after which a first verdict is worth having. */
  readonly early: number;
  private readonly mark: Moments;
  private readonly others: readonly Moments[];
  private readonly tints: readonly TintSums[];
  private readonly tintsBeside: readonly TintSums[][];
  /** Share of what was found here that the known mark does not cover. */
  private readonly uncovered: number;
  /** Code values in a level of 8 bits; and the mark's luma in such levels. */
  private readonly scale: number;
  private readonly level: number;
  /** Of the mark's hole. */
  private readonly alpha: Float32Array;

  constructor(
    private readonly matte: Matte,
    { mask, spans }: Pick<Track, 'mask' | 'spans'>,
    private readonly geometry: Geometry,
  ) {
    const [{ box, alpha }] = matte.planes;
    this.scale = 2 ** (geometry.format.depth - 8);
    this.level = matte.planes[0].colour / this.scale;
    const shows = (least: number): Uint8Array => Uint8Array.from(alpha, (a) => (a > least ? 255 : 0));
    const both = joined(mask, { box, data: shows(SHOWS) });
    this.uncovered = shareOutside(mask, growMap(shows(SHOWS), box.width, box.height, NEAR), box);
    const body = shows(BODY * matte.opacity);
    const own = holeOf(both, geometry);
    const hole = withBody(own, body, box);
    const others = holesBeside(both, geometry).slice(0, BESIDE).map((other) => withBody(other, body, box)); // prettier-ignore
    this.mark = new Moments(hole);
    this.others = others.map((other) => new Moments(other));
    const shift = chromaShift(geometry.format.chroma);
    const chroma = geometry.format.chroma === 'gray' ? [] : [1, 2];
    this.tints = chroma.map(() => new TintSums(hole, shift));
    this.tintsBeside = others.map((other) => chroma.map(() => new TintSums(other, shift)));
    this.alpha = moved(alpha, box, hole.box);
    const first = spread(spans, FIRST, WITHIN);
    this.early = first[first.length - 1];
    this.frames = [...new Set([...first, ...spread(spans, FRAMES)])].sort((a, b) => a - b);
  }

  /** Takes one of the frames asked for. */
  take(frame: Frame): void {
    const [luma, ...chroma] = planesOf(frame, this.geometry);
    const { depth } = this.geometry.format;
    for (const moments of [this.mark, ...this.others]) moments.add(luma, depth);
    for (const tints of [this.tints, ...this.tintsBeside]) tints.forEach((sums, i) => sums.add(chroma[i], depth));
  }

  /** Why the matte does not fit, as a sentence goes on after "the mark"; undefined where it fits. */
  misfit(): string | undefined {
    if (this.uncovered > UNCOVERED) return `covers only ${percent(1 - this.uncovered)} of what was found here`;
    return this.misplaced() ?? this.otherwise() ?? this.tinted() ?? this.ghostly();
  }

  /** By its edges: whether the mark is there, in place, in its size and as strong. */
  private misplaced(): string | undefined {
    const { level, matte, alpha } = this;
    const { best, strength, error } = placementOf(this.mark, this.others, { alpha, level, opacity: matte.opacity });
    if (error > BLIND) return 'cannot be told from the scene in this programme';
    if (best.strength < THERE) return 'does not stand there';
    if (best.scale !== 1) return `is ${percent(Math.abs(best.scale - 1))} ${best.scale > 1 ? 'larger' : 'smaller'} here`;
    if (best.x || best.y) return `stands ${wayText(best)} here`;
    return Math.abs(strength - 1) > STRENGTH + 2 * error ? `shows ${percent(strength)} as strongly here` : undefined;
  }

  /** By how its levels follow the scene. */
  private otherwise(): string | undefined {
    const { inner } = this.mark.hole;
    let [sum, n] = [0, 0];
    for (let i = 0; i < inner.length; i++) if (inner[i]) [sum, n] = [sum + this.alpha[i], n + 1];
    if (!n) return undefined;
    const { value, error } = transparency(this.mark, this.others);
    if (Math.abs(1 - sum / n - value) <= ERRORS * error) return undefined;
    return `lets ${percent(Math.max(0, value))} of the scene through here, not ${percent(1 - sum / n)}`;
  }

  /** By its colour. */
  private tinted(): string | undefined {
    const off = this.tints.map((sums, c) => {
      const { difference, scene } = sums.tint();
      const usual = this.tintsBeside.map((beside) => beside[c].tint().difference);
      const error = Math.sqrt(usual.reduce((s, v) => s + v * v, 0) / Math.max(1, usual.length));
      const expected = this.matte.opacity * (this.matte.planes[c + 1].colour / this.scale - scene);
      return Math.abs(difference - expected) > CHROMA + 2 * error;
    });
    return off.some((v) => v) ? 'has another colour here' : undefined;
  }

  /** By what taking it off leaves. */
  private ghostly(): string | undefined {
    const usual = Math.max(0, ...this.others.map((other) => ghostIn(other, other.mean())));
    const left = this.mark.mean().map((m, i) => (m - this.alpha[i] * this.level) / (1 - Math.min(OPAQUE, this.alpha[i])));
    return ghostIn(this.mark, left) > Math.max(GHOST, 1.5 * usual) ? 'would leave a ghost here: it looks otherwise' : undefined;
  }
}

const ghostIn = (moments: Moments, left: Float32Array): number => ghostOf(left, roughOver(moments.hole, left), moments.hole);

/** The hole with the body of the known mark, moved there, as its inside. */
function withBody(hole: Hole, body: Uint8Array, box: Box): Hole {
  return { ...hole, inner: moved(body, shifted(box, hole.by), hole.box).map((v, i) => (v && hole.depth[i] ? 1 : 0)) };
}

/** Share of a mask's hidden samples where a map of `box` has nothing. */
function shareOutside(mask: Mask, map: Uint8Array, box: Box): number {
  const there = moved(map, box, mask.box);
  let [all, outside] = [0, 0];
  for (let i = 0; i < there.length; i++) {
    if (!mask.data[i]) continue;
    all++;
    if (!there[i]) outside++;
  }
  return all ? outside / all : 0;
}

function joined(a: Mask, b: Mask): Mask {
  const box = unionBox(a.box, b.box);
  const [one, other] = [moved(a.data, a.box, box), moved(b.data, b.box, box)];
  return { box, data: one.map((v, i) => (v || other[i] ? 255 : 0)) };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function wayText({ x, y }: { readonly x: number; readonly y: number }): string {
  const along = x ? [`${Math.abs(x)} ${Math.abs(x) === 1 ? 'sample' : 'samples'} farther ${x > 0 ? 'right' : 'left'}`] : [];
  const down = y ? [`${Math.abs(y)} ${Math.abs(y) === 1 ? 'sample' : 'samples'} farther ${y > 0 ? 'down' : 'up'}`] : [];
  return [...along, ...down].join(' and ');
}
