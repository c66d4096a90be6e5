import { growBox, unionBox, type Box, type Mask, type Span } from '../../core/area.js';
import type { Finding, TrackKind } from '../../plan/plan.js';
import type { ColourFrame, LumaSource } from '../survey/luma-source.js';
import { withColours } from './colour.js';

/** Frames that a mark's colours are read from, at most, and seconds of its first appearances from which they are taken. */
const FRAMES = 12;
const SECONDS = 15;
/** How far around a mark its other parts are looked for, as a share of its shorter side, and samples at least. */
const ASIDE = 0.5;
const LEAST_ASIDE = 8;
/** Kinds of marks that have colours of their own. */
const COLOURED: readonly TrackKind[] = ['logo', 'blinking-logo'];

/** Where a mark's colours are read from: some of its first frames, evenly. */
export function colourFrames(spans: readonly Span[], rate: number): number[] {
  const shown: number[] = [];
  for (const { first, last } of spans) for (let t = first; t <= last && shown.length < SECONDS * rate; t++) shown.push(t);
  const step = Math.max(1, shown.length / FRAMES);
  return [...new Set(Array.from({ length: Math.min(FRAMES, shown.length) }, (_, i) => shown[Math.floor((i + 0.5) * step)]))];
}

/** The part of the picture in which they are read. */
function colourBox({ box }: Mask, width: number, height: number): Box {
  return growBox(box, Math.max(LEAST_ASIDE, Math.round(ASIDE * Math.min(box.width, box.height))), width, height);
}

/** {@link withColours} for each finding that it may concern, in one pass over the frames that they need. */
export async function colouredFindings(
  findings: readonly Finding[],
  { width, height, rate, colour }: Pick<LumaSource, 'width' | 'height' | 'rate' | 'colour'>,
): Promise<Finding[]> {
  const looks = findings
    .filter(({ kind, path }) => COLOURED.includes(kind) && !path)
    .map((finding) => ({
      finding,
      box: colourBox(finding.mask, width, height),
      wanted: new Set(colourFrames(finding.spans, rate)),
      frames: [] as ColourFrame[],
    }));
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
