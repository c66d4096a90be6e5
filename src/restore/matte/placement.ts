import type { Box } from '../../core/area.js';
import { displaced, fitEdges, softened, type Displacement, type EdgeFit, type EdgeView } from './edges.js';
import { FLAT } from './estimate.js';
import { moved, type Hole, type Shift } from './hole.js';
import { roughness, spanned } from './membrane.js';
import type { Moments } from './moments.js';

/** α from which a sample shows the mark. */
export const SHOWS = 0.02;
/** Samples at which edges are compared, at most. */
const SAMPLES = 12_000;
/** Ways in which a mark is displaced on trial: samples, also with another size, and sizes. */
const REACH = 3;
const REACH_SIZED = 2;
const SIZES = [0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.99, 1.01, 1.02, 1.03, 1.04, 1.05, 1.07, 1.1];
/** Strength from which a place is one at all; parts, from left to right, whose strengths are compared; and the least error. */
const THERE = 0.35;
const PARTS = 8;
const LEAST = 0.01;

/** A mark in one colour, luma in 8-bit levels. */
interface Look {
  /** α, of the hole's box. */
  readonly alpha: Float32Array;
  readonly level: number;
  /** α of the body. */
  readonly opacity: number;
}

/** How a known mark stands in a programme's mean picture. */
export interface Placement {
  /** Where its edges explain the picture best. */
  readonly best: Displacement & EdgeFit;
  /** How strong they are in place, 1 as expected, and the standard error of that. */
  readonly strength: number;
  readonly error: number;
}

/** Looks for the edges of a known mark in a programme's mean picture: in place, displaced, and larger or smaller. */
export function placementOf(mark: Moments, others: readonly Moments[], look: Look): Placement {
  const { alpha } = look;
  const view = viewOf(mark, alpha);
  const scene = sceneIn(mark);
  const fit = (map: Float32Array): EdgeFit => fitEdges(view, added(look, map, scene));
  const { width } = mark.hole.box;
  // Displacing softens a little, so a softer mark in place is tried too: the codec may have made it so.
  const here = [fit(alpha), fit(softened(alpha, width))].reduce((a, b) => (b.cost < a.cost ? b : a));
  let best: Displacement & EdgeFit = { x: 0, y: 0, scale: 1, ...here };
  const attempt = (by: Displacement): void => {
    const found = fit(displaced(alpha, width, by));
    if (found.strength > THERE && found.cost < best.cost) best = { ...by, ...found };
  };
  for (const by of shifts(REACH)) attempt({ ...by, scale: 1 });
  for (const scale of SIZES) for (const by of shifts(REACH_SIZED)) attempt({ ...by, scale });
  const error = Math.max(errorBeside(mark, others, look), unevenness(view, added(look, alpha, scene), here.strength));
  return { best, strength: here.strength, error };
}

/** Standard error of a strength: what the same edges seem to be where they are not. */
function errorBeside(mark: Moments, others: readonly Moments[], look: Look): number {
  const strengths = others.map((other) => {
    const { box, by } = other.hole;
    const alpha = moved(look.alpha, shifted(mark.hole.box, by), box);
    // Under the mark the scene's edges are fainter than beside it.
    return (1 - look.opacity / 2) * fitEdges(viewOf(other, alpha), added(look, alpha, sceneIn(other)), 0).strength;
  });
  return strengths.length ? Math.max(LEAST, Math.sqrt(strengths.reduce((s, v) => s + v * v, 0) / strengths.length)) : 1;
}

/** Standard error of a strength: how far it differs from part to part of the mark. */
function unevenness(view: EdgeView, edges: Float32Array, strength: number): number {
  const { at, width } = view;
  const parts = Array.from({ length: PARTS }, (_, part) => at.filter((i) => Math.floor((PARTS * (i % width)) / width) === part));
  let [sum, all] = [0, 0];
  for (const part of parts) {
    const power = part.reduce((s, i) => s + (edges[i + 1] - edges[i - 1]) ** 2 + (edges[i + width] - edges[i - width]) ** 2, 0);
    if (power) sum += (power * (fitEdges({ ...view, at: part }, edges, strength).strength - strength)) ** 2;
    all += power;
  }
  return all ? Math.sqrt(sum) / all : 1;
}

/** Levels that a mark adds to a scene. */
const added = ({ level }: Look, alpha: Float32Array, scene: Float32Array): Float32Array => alpha.map((a, i) => a * (level - scene[i]));

const sceneIn = (moments: Moments): Float32Array => {
  const { box, unknown } = moments.hole;
  return spanned(moments.mean(), unknown, box.width, box.height);
};

/** Squared gradient of a picture round a hole, spanned over it. */
export const roughOver = ({ box, unknown }: Hole, levels: Float32Array): Float32Array => roughness(levels, unknown, box.width, box.height);

/** The mean picture at the samples where the mark may have edges. */
function viewOf(moments: Moments, alpha: Float32Array): EdgeView {
  const { hole } = moments;
  const levels = moments.mean();
  const { width, height } = hole.box;
  const at: number[] = [];
  for (let y = 1; y < height - 1; y++)
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) if (hole.depth[i] > 0 || alpha[i] > SHOWS) at.push(i);
  const stride = Math.max(1, Math.ceil(at.length / SAMPLES));
  return { levels, rough: roughOver(hole, levels).map((r) => r + FLAT), width, at: at.filter((_, k) => k % stride === 0) };
}

/** A box elsewhere. */
export const shifted = (box: Box, by: Shift): Box => ({ ...box, x: box.x + by.x, y: box.y + by.y });

function shifts(reach: number): Shift[] {
  const steps = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  return steps.flatMap((y) => steps.map((x) => ({ x, y })));
}
