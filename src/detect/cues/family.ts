import { boxesMeet, tight, type Box, type Span } from '../../core/area.js';
import type { InspectedCue } from './inspection.js';

/** Log-odds that relatives add: one, and two or more. Subtitles of a programme stand in the same rows, in letters of one size; accidents do not. */
const BY_RELATIVES = [0, 0.8, 1.5];
/** The same of what a sure cue has uncovered: the scene at its place, from its end to the next cut, or from a cut to its beginning; and frames by which one may miss the other. */
const UNCOVERED = -3;
const NEXT = 4;
/** Confidence from which a cue speaks for others. */
const SURE = 0.9;
/** How far the rows of two cues may be apart, in heights of a line; how much the heights may differ, and what two lines that are taken for one have; and how far their middles or their left sides may be apart, in widths of the picture. */
const ROWS = 0.35;
const HEIGHTS = 1.3;
const STACKED = 2.2;
const ASIDE = 0.05;

interface Standing {
  readonly cue: InspectedCue;
  readonly box: Box;
}

/** Tells how much the sure cues of a programme speak for each of its others. */
export class Family {
  private readonly sure: readonly Standing[];

  constructor(
    judged: readonly { readonly cue: InspectedCue; readonly confidence: number }[],
    private readonly programme: { readonly shots: readonly Span[]; readonly width: number; readonly height: number },
  ) {
    this.sure = judged.flatMap(({ cue, confidence }) => (confidence >= SURE ? standing(cue) : []));
  }

  /** Log-odds to add to those of a cue. */
  speaksFor(cue: InspectedCue): number {
    const [one] = standing(cue);
    if (!one) return 0;
    if (this.sure.some((other) => other.cue !== cue && this.isUncovered(one, other))) return UNCOVERED;
    const relatives = this.sure.filter((other) => other.cue !== cue && !atOnce(other.cue, cue) && this.isRelative(one, other)).length;
    return BY_RELATIVES[Math.min(relatives, BY_RELATIVES.length - 1)];
  }

  /** Whether something stands in the gap that a cue leaves to a cut, at its place. */
  private isUncovered({ cue: { span }, box }: Standing, other: Standing): boolean {
    const { first, last } = other.cue.span;
    const isCut = (frame: number): boolean => this.programme.shots.some((s) => s.first > 0 && Math.abs(s.first - frame) <= 1);
    const after = Math.abs(span.first - last - 1) <= NEXT && isCut(span.last + 1);
    const before = Math.abs(first - span.last - 1) <= NEXT && isCut(span.first);
    return (after || before) && boxesMeet(box, other.box);
  }

  private isRelative(a: Standing, b: Standing): boolean {
    const line = Math.min(a.cue.lineShare, b.cue.lineShare);
    const ratio = Math.max(a.cue.lineShare, b.cue.lineShare) / line;
    if (ratio > HEIGHTS && Math.abs(ratio - STACKED) > HEIGHTS - 1) return false;
    const rows = Math.min(Math.abs(a.box.y - b.box.y), Math.abs(a.box.y + a.box.height - b.box.y - b.box.height));
    const middles = Math.abs(a.box.x + a.box.width / 2 - b.box.x - b.box.width / 2);
    const columns = Math.min(middles, Math.abs(a.box.x - b.box.x));
    return rows <= ROWS * line * this.programme.height && columns <= ASIDE * this.programme.width;
  }
}

function standing(cue: InspectedCue): Standing[] {
  const box = tight(cue.mask)?.box;
  return box ? [{ cue, box }] : [];
}

const atOnce = (a: InspectedCue, b: InspectedCue): boolean => a.span.first <= b.span.last && b.span.first <= a.span.last;
