import { growBox, inSpans, spanLength, unionBox, type Box, type Mask, type Span } from '../../core/area.js';
import type { Finding, TrackKind } from '../../plan/plan.js';
import type { ColourFrame, LumaSource } from '../survey/luma-source.js';
import { withColours } from './colour.js';

/** Frames that a mark's colours are read from, at most. */
const FRAMES = 12;
/** Frames chosen for another mark that are enough. */
const ENOUGH = 6;
/** How far around a mark its other parts are looked for, as a share of its shorter side, and samples at least. */
const ASIDE = 0.5;
const LEAST_ASIDE = 8;
/** Kinds of marks that have colours of their own. */
const COLOURED: readonly TrackKind[] = ['logo', 'blinking-logo'];

/** Where a mark's colours are read from: some of the frames that show it, evenly. */
export function colourFrames(spans: readonly Span[]): number[] {
  return spread(spans.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i)));
}

/** {@link FRAMES} of some frames, evenly. */
function spread(frames: readonly number[]): number[] {
  const step = Math.max(1, frames.length / FRAMES);
  return Array.from({ length: Math.min(FRAMES, frames.length) }, (_, i) => frames[Math.floor((i + 0.5) * step)]);
}

/**
 * {@link colourFrames} of several marks, the one that shows longest first: frames of another one, or such as are at hand anyway, serve as well, where there are enough.
 */
export function sharedFrames(marks: readonly Pick<Finding, 'spans'>[], atHand: readonly number[] = []): ReadonlySet<number>[] {
  const shown = ({ spans }: Pick<Finding, 'spans'>): number => spans.reduce((sum, s) => sum + spanLength(s), 0);
  const chosen = new Set(atHand);
  const of = new Map<Pick<Finding, 'spans'>, ReadonlySet<number>>();
  for (const mark of [...marks].sort((a, b) => shown(b) - shown(a))) {
    const known = [...chosen].filter((t) => inSpans(mark.spans, t));
    const frames = known.length >= ENOUGH ? spread(known) : colourFrames(mark.spans);
    for (const t of frames) chosen.add(t);
    of.set(mark, new Set(frames));
  }
  return marks.map((mark) => of.get(mark) ?? new Set());
}

/** The part of the picture in which they are read. */
function colourBox({ box }: Mask, width: number, height: number): Box {
  return growBox(box, Math.max(LEAST_ASIDE, Math.round(ASIDE * Math.min(box.width, box.height))), width, height);
}

/** {@link withColours} for each finding that it may concern, in one pass over the frames that they need. @param atHand frames that cost nothing */
export async function colouredFindings(
  findings: readonly Finding[],
  { width, height, colour }: Pick<LumaSource, 'width' | 'height' | 'colour'>,
  atHand: readonly number[] = [],
): Promise<Finding[]> {
  const marks = findings.filter(({ kind, path }) => COLOURED.includes(kind) && !path);
  const wanted = sharedFrames(marks, atHand);
  const looks = marks.map((finding, i) => {
    const box = colourBox(finding.mask, width, height);
    return { finding, box, wanted: wanted[i], frames: [] as ColourFrame[] };
  });
  if (!colour || !looks.length) return [...findings];
  const all = looks.map(({ box }) => box).reduce(unionBox);
  const indices = [...new Set(looks.flatMap(({ wanted }) => [...wanted]))].sort((a, b) => a - b);
  for await (const frame of colour(indices, all))
    for (const look of looks) if (look.wanted.has(frame.index)) look.frames.push(cutOut(frame, all, look.box));
  return findings.map((finding) => {
    const look = looks.find((l) => l.finding === finding);
    return look ? { ...finding, mask: withColours(finding.mask, look.frames, look.box) } : finding;
  });
}

/** A box of a frame of the box `from`. */
function cutOut({ index, ...planes }: ColourFrame, from: Box, box: Box): ColourFrame {
  const part = (plane: Uint8Array): Uint8Array => {
    const out = new Uint8Array(box.width * box.height);
    for (let y = 0, at = (box.y - from.y) * from.width + box.x - from.x; y < box.height; y++, at += from.width)
      out.set(plane.subarray(at, at + box.width), y * box.width);
    return out;
  };
  return { index, luma: part(planes.luma), cb: part(planes.cb), cr: part(planes.cr) };
}
