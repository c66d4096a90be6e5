import { growBox, scaledBox, type Box } from '../../core/area.js';
import type { Finding } from '../../plan/plan.js';
import type { Strokes } from '../logos/candidates.js';
import type { InspectedLogo } from '../logos/inspection.js';
import { logoFindings } from '../logos/logos.js';
import { rank } from '../logos/mask.js';
import { growMap, regionsOf, shrinkMap } from '../maps/regions.js';
import type { SurveySize } from '../survey/luma-source.js';
import { ridges, strokeMap, type Gradients } from './strokes.js';

/** Share of its usual step down to which a stamp's edges are looked for, and how much its strokes' widths differ from those that the survey saw. */
const WEAKER = 0.35;
const SAME = 1.35;
/** Pixels of the smallest piece of a letter, over the square of its strokes' width. */
const LEAST = 2;
/** How far a letter may stand out of the line that the survey saw, over its height. */
const ASIDE = 0.2;

/** Findings of the stamps among inspected logos. @param survey size of the surveyed picture */
export function stampFindings(
  logos: readonly InspectedLogo[],
  survey: SurveySize,
  context: { readonly rate: number; readonly frames: number; readonly height: number },
): Finding[] {
  const scale = context.height / survey.height;
  const stamps = logos.flatMap((logo) => {
    const { strokes, box } = logo.candidate;
    return strokes
      ? [{ ...logo, mask: { ...logo.mask, data: strokeMask(logo, strokes, { line: scaledBox(box, scale), survey, scale }) } }]
      : [];
  });
  return logoFindings(stamps, context).map((f) => ({ ...f, kind: 'watermark' as const }));
}

/**
 * The strokes that the survey saw, and others of the stamp's width in its mean picture at full size: the scene has moved away there, however much it shines through. Light and dark ones, for a grey stamp is
 * lighter than one part of the scene and darker than another.
 */
function strokeMask(
  { mean, mask: { box: at } }: InspectedLogo,
  { thick: seen, pixel }: Strokes,
  { line, survey, scale }: { readonly line: Box; readonly survey: SurveySize; readonly scale: number },
): Uint8Array {
  const thick = seen * scale;
  const gradients = gradientsOf(mean, at.width, at.height);
  const own = growBox({ ...line, x: line.x - at.x, y: line.y - at.y }, Math.round(ASIDE * line.height), at.width, at.height);
  const inside = (p: number): boolean => {
    const [x, y] = [p % at.width, Math.floor(p / at.width)];
    return x >= own.x && x < own.x + own.width && y >= own.y && y < own.y + own.height;
  };
  const steps = Array.from(gradients.strength.keys()).filter((p) => inside(p)).map((p) => gradients.strength[p]); // prettier-ignore
  const least = WEAKER * rank(steps, 0.9);
  const edges = ridges(gradients, (p) => gradients.strength[p] > least && inside(p));
  const strokes = strokeMap(gradients, edges, thick, SAME);
  addSeen(strokes, at, pixel, survey, scale);
  const close = Math.round(thick / 3);
  const closed = shrinkMap(growMap(strokes, at.width, at.height, close + 1), at.width, at.height, close);
  const out = new Uint8Array(mean.length);
  for (const { pixels } of regionsOf(closed, at.width, at.height, LEAST * thick * thick)) for (const p of pixels) out[p] = 255;
  return out;
}

/** Puts what the survey saw into a map of the box `at` of the picture. */
function addSeen(map: Uint8Array, at: Box, pixel: Int32Array, survey: SurveySize, scale: number): void {
  const seen = new Set(pixel);
  for (let y = 0, p = 0; y < at.height; y++) {
    const row = Math.floor((at.y + y + 0.5) / scale) * survey.width;
    for (let x = 0; x < at.width; x++, p++) if (seen.has(row + Math.floor((at.x + x + 0.5) / scale))) map[p] = 1;
  }
}

/** Central differences of a picture, levels a sample; 0 at its border. */
function gradientsOf(mean: Float32Array, width: number, height: number): Gradients {
  const [gx, gy, strength] = [new Float32Array(mean.length), new Float32Array(mean.length), new Float32Array(mean.length)];
  for (let y = 1; y < height - 1; y++) {
    for (let p = y * width + 1, end = p + width - 2; p < end; p++) {
      gx[p] = (mean[p + 1] - mean[p - 1]) / 2;
      gy[p] = (mean[p + width] - mean[p - width]) / 2;
      strength[p] = Math.hypot(gx[p], gy[p]);
    }
  }
  return { width, height, gx, gy, strength };
}
