import { spanLength, type Span } from '../../core/area.js';
import { chromaShift, planesOf, type ColourSpace, type Frame, type Geometry } from '../../core/frame.js';
import type { Track } from '../../plan/plan.js';
import { estimateMatte } from './estimate.js';
import { holeOf, holesBeside } from './hole.js';
import { endsOf, type Learnt, type Matte, type MatteSource, type PlaneMatte } from './matte.js';
import { UNSURE } from './opacity.js';
import { Moments } from './moments.js';
import { TintSums } from './tints.js';

/** Frames looked at for one mark: at most these, and so many samples in all. */
const FRAMES = 80;
const SAMPLES = 4e7;
/** Frames from the mark's first one within which they lie: the programme need not be decoded to its end. */
const WITHIN = 15_000;
/** Frames at either end of a span in which a mark may fade, and the share of a span that they take at most. */
const FADE = 12;
const SHORT = 0.2;

/**
 * Ghost left in the mean picture from which a mark is not taken off but filled. Of marks drawn on 48 clips the ghost
 * of those that could be taken off well was below 3, that of opaque ones above 50.
 */
export const GHOST = 3;
/**
 * How much more restless a mark is than the scene at the most restless place beside it, from which it does not keep its look; and the least unrest that
 * counts. Of 17 drawn marks none was above .25, a place where captions follow one another was at 23.
 */
const CHANGES = 3;
const RESTLESS = 0.3;

/** Gathers what the frames of a programme say about the matte of one mark that is fixed in place. */
export class MatteLearner implements MatteSource {
  /** The frames to be taken, ascending. */
  readonly frames: readonly number[];
  private readonly mark: Moments;
  private readonly others: readonly Moments[];
  private readonly tints: readonly TintSums[];

  constructor(
    track: Pick<Track, 'mask' | 'spans'>,
    private readonly geometry: Geometry,
    private readonly colour: ColourSpace,
  ) {
    const mark = holeOf(track.mask, geometry);
    const others = holesBeside(track.mask, geometry);
    this.mark = new Moments(mark);
    this.others = others.map((hole) => new Moments(hole));
    const chroma = geometry.format.chroma === 'gray' ? [] : [1, 2];
    this.tints = chroma.map(() => new TintSums(mark, chromaShift(geometry.format.chroma)));
    const area = [mark, ...others].reduce((sum, { box }) => sum + box.width * box.height, 0);
    this.frames = spread(track.spans, Math.max(8, Math.min(FRAMES, Math.floor(SAMPLES / area))));
  }

  /** Takes one of the frames asked for. */
  take(frame: Frame): void {
    const [luma, ...chroma] = planesOf(frame, this.geometry);
    const { depth } = this.geometry.format;
    for (const moments of [this.mark, ...this.others]) moments.add(luma, depth);
    this.tints.forEach((sums, i) => sums.add(chroma[i], depth));
  }

  /** The matte, where the scene shines through the mark; undefined where the mark hides it, or does not have one colour. */
  matte(): Matte | undefined {
    return this.learnt().matte;
  }

  /** The matte and how sure it is, or why there is none. */
  learnt(): Learnt {
    const usual = Math.max(RESTLESS, ...this.others.map((o) => o.unrest()));
    if (this.mark.unrest() > CHANGES * usual) return { why: 'it changes its look' };
    const scale = 2 ** (this.geometry.format.depth - 8);
    const ends = endsOf(this.geometry, this.colour);
    const found = estimateMatte(this.mark, this.others, this.tints.map((t) => t.tint()), ends); // prettier-ignore
    if (!found) return { why: 'it is too thin to be looked into' };
    if (found.opaque > UNSURE) return { why: 'nothing, or too little, shines through it as far as this programme tells' };
    if (found.ghost > GHOST) return { why: 'taking it off would leave a ghost: it has several colours, or moves' };
    const { hole } = this.mark;
    const rim = found.rim && { where: found.rim.where, colour: scale * found.rim.level };
    const planes: PlaneMatte[] = [{ box: hole.box, alpha: found.alpha, colour: scale * found.level, rim }];
    for (const sums of this.tints) {
      const { alpha, level } = sums.fitted(found.alpha);
      planes.push({ box: sums.box, alpha, colour: scale * level });
    }
    const { opacity, error, seen, pixel, ghost } = found;
    const known = Uint8Array.from(hole.depth, (d) => (d ? 1 : 0));
    return { matte: { planes, opacity, fades: true }, known, error, seen, pixel, ghost, frames: this.frames.length };
  }
}

/** At most `most` frames, spread evenly over spans without their fades, within so many frames of the first. */
export function spread(spans: readonly Span[], most: number, within = WITHIN): number[] {
  const inner = spans.flatMap(({ first, last }) => {
    const fade = Math.min(FADE, Math.floor(SHORT * (last - first + 1)));
    const span = { first: first + fade, last: Math.min(last - fade, spans[0].first + within) };
    return span.last >= span.first ? [span] : [];
  });
  const all = inner.reduce((sum, s) => sum + spanLength(s), 0);
  const count = Math.min(most, all);
  const out: number[] = [];
  let [passed, at] = [0, 0];
  for (let k = 0; k < count; k++) {
    const wanted = Math.floor(((k + 0.5) * all) / count);
    while (wanted >= passed + spanLength(inner[at])) passed += spanLength(inner[at++]);
    out.push(inner[at].first + wanted - passed);
  }
  return out;
}
