import { hash } from '../grain.js';
import type { HiddenPicture } from './hidden-picture.js';

/** Half the side of a patch, in samples. */
export const PATCH = 3;
/** How much nearer to the best place known each random guess is than the one before it. */
const NEARER = 0.5;
/** Random places tried for a patch to begin with, until one is far enough away. */
const TRIES = 20;

/** Patches of a picture that are visible as a whole, and which of them looks most like each. */
interface PatchField extends Pick<HiddenPicture, 'width' | 'height' | 'planes'> {
  /** Centres of the patches. */
  readonly centres: Int32Array;
  /** [height, width]: place of a sample among the centres, or -1. */
  readonly place: Int32Array;
  /** For each patch the centre of the one found, and their squared difference. */
  readonly match: Int32Array;
  readonly error: Float32Array;
  /** Samples that a match must be away, so that a patch does not find its own neighbour. */
  readonly away: number;
}

/**
 * For each visible patch of a picture, the visible one at least `away` samples from it that looks most like it, by PatchMatch (Barnes et al., SIGGRAPH 2009).
 * @returns centres of the patches and of what was found for them, row-major indices. Same arguments, same result.
 */
export function selfSimilar(
  picture: HiddenPicture,
  away: number,
  passes: number,
): { readonly centres: Int32Array; readonly match: Int32Array } {
  const { width, height, planes } = picture;
  const centres = visibleCentres(picture);
  const place = new Int32Array(width * height).fill(-1);
  centres.forEach((at, k) => (place[at] = k));
  const field: PatchField = {
    width,
    height,
    planes,
    centres,
    place,
    match: centres.slice(),
    error: new Float32Array(centres.length),
    away,
  };
  field.error.fill(Infinity);
  centres.forEach((at, k) => {
    for (let r = 0; r < TRIES && field.match[k] === at; r++) attempt(field, k, centres[hash(r, at, k) % centres.length]);
  });
  for (let pass = 0; pass < passes; pass++) searchOnce(field, pass);
  return field;
}

/** Centres of patches that lie in the picture and are visible as a whole. */
function visibleCentres({ width, height, hidden }: HiddenPicture): Int32Array {
  // Sums of hidden samples over all that is above and to the left (Crow, 1984).
  const sums = new Int32Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++)
    for (let x = 0, row = 0, i = (y + 1) * (width + 1) + 1; x < width; x++, i++)
      sums[i] = sums[i - width - 1] + (row += hidden[y * width + x]);
  const centres: number[] = [];
  for (let y = PATCH; y < height - PATCH; y++) {
    const [top, bottom] = [(y - PATCH) * (width + 1), (y + PATCH + 1) * (width + 1)];
    for (let x = PATCH; x < width - PATCH; x++) {
      const [left, right] = [x - PATCH, x + PATCH + 1];
      if (sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left] === 0) centres.push(y * width + x);
    }
  }
  return Int32Array.from(centres);
}

/** One pass: each patch tries what its neighbours found, moved along, and random places round its best; odd passes go backwards. */
function searchOnce(field: PatchField, pass: number): void {
  const { width, height, centres, match, place } = field;
  const step = pass % 2 ? 1 : -1;
  for (let i = 0; i < centres.length; i++) {
    const k = pass % 2 ? centres.length - 1 - i : i;
    const at = centres[k];
    for (const beside of [step, step * width]) {
      const other = place[at + beside]; // a patch lies in the picture: so do the samples beside its centre
      const moved = other < 0 ? -1 : match[other] - beside;
      if (moved >= 0 && place[moved] >= 0) attempt(field, k, moved);
    }
    for (let radius = Math.max(width, height), r = 0; radius >= 1; radius *= NEARER, r++) {
      const h = hash(pass, at, r);
      const x = (match[k] % width) + Math.round((((h & 0xffff) / 0xffff) * 2 - 1) * radius);
      const y = Math.floor(match[k] / width) + Math.round((((h >>> 16) / 0xffff) * 2 - 1) * radius);
      if (x >= 0 && y >= 0 && x < width && y < height && place[y * width + x] >= 0) attempt(field, k, y * width + x);
    }
  }
}

/** Takes another place for a patch where it is far enough away and looks more like it. */
function attempt(field: PatchField, k: number, other: number): void {
  const { width, centres, match, error, away } = field;
  if (other === match[k]) return;
  const [dx, dy] = [(other % width) - (centres[k] % width), Math.floor(other / width) - Math.floor(centres[k] / width)];
  if (dx * dx + dy * dy < away * away) return;
  const found = difference(field, centres[k], other, error[k]);
  if (found < error[k]) [match[k], error[k]] = [other, found];
}

/** Squared difference of two patches, given up beyond `most`. */
function difference({ width, height, planes }: PatchField, one: number, other: number, most: number): number {
  const n = width * height;
  let sum = 0;
  for (let dy = -PATCH; dy <= PATCH; dy++) {
    let [p, q] = [one + dy * width - PATCH, other + dy * width - PATCH];
    for (let dx = -PATCH; dx <= PATCH; dx++, p++, q++) {
      const r = planes[p] - planes[q];
      const g = planes[n + p] - planes[n + q];
      const b = planes[2 * n + p] - planes[2 * n + q];
      sum += r * r + g * g + b * b;
    }
    if (sum >= most) return Infinity;
  }
  return sum;
}
