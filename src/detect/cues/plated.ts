import { spanLength, unionBox, type Box, type Mask } from '../../core/area.js';
import { fillBox } from '../logos/box.js';
import { inBoth, united } from '../maps/masks.js';
import type { InspectedCue } from './inspection.js';
import { CLEAR, FAMILIAR, VeilEvidence, type Veil } from './veil.js';

/** A cue, and what was dropped because it claims the same place and time. */
export interface WholeCue {
  readonly cue: InspectedCue;
  readonly parts: readonly InspectedCue[];
  readonly confidence: number;
}

/** Confidence from which a cue tells what plates look like; plates that are clear by themselves from which on others are looked for that are less so. */
const SURE = 0.75;
const STYLE = 2;
/** Share of its letters that a clear plate holds; opacity and levels by which two of one programme may differ. */
const HELD = 0.75;
const OPACITY = 0.13;
const LEVEL = 32;
/** Frames by which a part may begin or end beside its cue, and share of the cue's frames that it has. */
const BESIDE = 4;
const LONG = 0.4;
/** Share by which plates of one programme differ in height, or one plate's rows as two looks tell them. */
const ALIKE = 0.2;
/** Share of their rows that a plate and one whose rows it takes have in common. */
const ROWS = 0.7;
/** Share of a cue's mask in its plates from which on the rest is the scene's: less may be letters on a part of a plate that nothing shows. */
const WHOLE = 0.95;
/** Share of a plate's height by which letters may stand beside the part of it that shows: before a scene of its own level nothing does. */
const ASIDE = 0.5;

/** What is known of a programme's plates. */
interface Style {
  readonly veil: Veil;
  /** Those that were clear. */
  readonly plates: readonly Box[];
}

/**
 * The plates behind a programme's cues that let the scene shine through. They are of one opacity and level and of few heights, so those that are clear speak for the
 * others; and of one cue a part that is bounded by a cut may show them better than the whole.
 */
export function platesOf(cues: readonly WholeCue[]): ReadonlyMap<InspectedCue, Box[]> {
  const sure = cues.filter(({ confidence }) => confidence >= SURE);
  const clear = alike(sure.flatMap((one) => clearPlates(one) ?? []));
  if (clear.length < STYLE) return new Map(clear.map(({ cue, boxes }) => [cue, boxes]));
  const style = { veil: commonest(clear), plates: clear.flatMap(({ boxes }) => boxes) };
  return new Map(sure.map((one) => [one.cue, joined(familiar(one, style))]));
}

interface Clear {
  readonly cue: InspectedCue;
  readonly veil: Veil;
  readonly boxes: Box[];
}

/** The plates that a cue shows by itself. */
function clearPlates({ cue }: WholeCue): Clear | undefined {
  if (!cue.veil) return undefined;
  const { likeliest: veil, blocks } = cue.veil;
  const evidence = new VeilEvidence(blocks);
  const boxes = evidence.plates(veil, CLEAR);
  return evidence.held(boxes) >= HELD ? { cue, veil, boxes } : undefined;
}

/** The largest number of cues whose plates look alike. */
function alike(clear: readonly Clear[]): Clear[] {
  const like = ({ veil: a }: Clear): Clear[] =>
    clear.filter(({ veil: b }) => Math.abs(a.alpha - b.alpha) <= OPACITY && Math.abs(a.level - b.level) <= LEVEL);
  return clear.map(like).reduce((a, b) => (b.length > a.length ? b : a), []);
}

/** The veil of some cues that explains all of them together best. */
function commonest(clear: readonly Clear[]): Veil {
  const veils = clear.map(({ veil }) => veil);
  const different = veils.filter((v, i) => veils.findIndex((o) => o.alpha === v.alpha && o.level === v.level) === i);
  const explained = (veil: Veil): number =>
    clear.reduce((sum, { cue }) => sum + (cue.veil ? new VeilEvidence(cue.veil.blocks).explains(veil) : 0), 0);
  return different.map((veil) => ({ veil, by: explained(veil) })).reduce((a, b) => (b.by > a.by ? b : a)).veil;
}

/** The plates of a known style behind a cue, as it and its parts show them. */
function familiar({ cue, parts }: WholeCue, { veil, plates }: Style): Box[] {
  const { first, last } = cue.span;
  const isPart = ({ span }: InspectedCue): boolean =>
    spanLength(span) >= LONG * spanLength(cue.span) &&
    span.first >= first - BESIDE &&
    span.last <= last + BESIDE &&
    (span.first <= first + BESIDE || span.last >= last - BESIDE);
  return [cue, ...parts.filter(isPart)]
    .flatMap((part) => (part.veil ? new VeilEvidence(part.veil.blocks).plates(veil, FAMILIAR) : []))
    .filter(({ height }) => plates.some((p) => Math.abs(p.height - height) <= ALIKE * p.height))
    .map((box) => inRows(box, plates));
}

/** A plate in the commonest rows of others that are nearly its own: where the scene is of its level its sides do not show. */
function inRows(box: Box, plates: readonly Box[]): Box {
  const near = plates.filter((p) => sharedRows(p, box) >= ROWS * Math.max(p.height, box.height));
  const count = ({ y, height }: Box): number => near.filter((p) => p.y === y && p.height === height).length;
  const [first, ...others] = near;
  if (!first) return box;
  const { y, height } = others.reduce((a, b) => (count(b) > count(a) ? b : a), first);
  return { ...box, y, height };
}

/** Boxes that have their rows in common are one plate. What lies half in another's rows is nothing: each line has one. */
function joined(boxes: readonly Box[]): Box[] {
  const out: Box[] = [];
  for (const box of boxes) {
    const met = out.findIndex((o) => sharedRows(o, box) > Math.min(o.height, box.height) / 2);
    if (met < 0) out.push(box);
    else if (sharedRows(out[met], box) >= (1 - ALIKE) * Math.max(out[met].height, box.height)) out[met] = unionBox(out[met], box);
  }
  return out;
}

const sharedRows = (a: Box, b: Box): number => Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);

/** A mask that hides plates as well; nothing else, where they hold nearly all of it. */
export function withPlates(mask: Mask, plates: readonly Box[]): Mask {
  if (!plates.length) return mask;
  const whole = maskOf(plates.map((plate) => reaching(plate, mask)));
  return hiddenIn(inBoth(mask, whole)) >= WHOLE * hiddenIn(mask) ? whole : united([mask, whole]);
}

/** A plate up to the letters that stand beside it. */
function reaching(plate: Box, { box, data }: Mask): Box {
  const aside = Math.round(ASIDE * plate.height);
  let [left, right] = [plate.x, plate.x + plate.width];
  for (let y = Math.max(plate.y, box.y); y < Math.min(plate.y + plate.height, box.y + box.height); y++)
    for (let x = Math.max(plate.x - aside, box.x); x < Math.min(plate.x + plate.width + aside, box.x + box.width); x++) {
      if (!data[(y - box.y) * box.width + x - box.x]) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
    }
  return { ...plate, x: left, width: right - left };
}

const hiddenIn = ({ data }: Mask): number => data.reduce((sum, v) => sum + Number(v > 0), 0);

function maskOf(boxes: readonly Box[]): Mask {
  const box = boxes.reduce(unionBox);
  const data = new Uint8Array(box.width * box.height);
  for (const { x, y, ...size } of boxes) fillBox(data, box.width, { x: x - box.x, y: y - box.y, ...size });
  return { box, data };
}
