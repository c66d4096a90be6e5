import { inSpans, tight, type Box, type Mask, type Span } from '../../core/area.js';
import type { Samples } from '../../core/frame.js';
import type { Plan, Track, TrackKind } from '../../plan/plan.js';
import { hidden, jaccard, overlapOf } from '../metrics/overlap.js';
import { united } from '../metrics/truth.js';
import type { Truth } from './case-folder.js';

/** Samples that make a mark. */
const LEAST = 20;
/** Share of a mask that must have been there when its stretch began, so that the mark counts as unchanged. */
const SAME = 0.7;
/** Intersection over union at which what comes again is the mark that was there before. */
const AGAIN = 0.8;

/** Collects one mark's masks, frame by frame, into tracks that stand still. */
class TrackMaker {
  readonly tracks: { spans: Span[]; mask: Mask }[] = [];
  /** Frames in which the mark stays as it is: how it began, and all that it hid. */
  #open: { readonly begins: Mask; readonly all: Mask; readonly first: number } | undefined;

  constructor(
    readonly kind: TrackKind,
    private readonly box: Box,
    private readonly spans: readonly Span[],
  ) {}

  take(frame: number, picture: Samples, width: number): void {
    const mask = inSpans(this.spans, frame) ? cut(picture, width, this.box) : undefined;
    const shown = mask ? hidden(mask) : 0;
    if (this.#open && (!mask || shown < LEAST || overlapOf(mask, this.#open.begins).both < SAME * shown)) this.close(frame - 1);
    if (!mask || shown < LEAST) return;
    this.#open ??= { begins: mask, all: { box: this.box, data: new Uint8Array(mask.data.length) }, first: frame };
    const { data } = this.#open.all;
    for (let i = 0; i < data.length; i++) if (mask.data[i]) data[i] = 255;
  }

  /** Ends the stretch that is open, which becomes a track, or a span of one that looked like it. */
  close(last: number): void {
    if (!this.#open) return;
    const { first, all } = this.#open;
    this.#open = undefined;
    const mask = tight(all);
    if (!mask) return;
    const before = this.kind === 'subtitle' ? undefined : this.tracks.find((t) => jaccard(overlapOf(t.mask, mask)) >= AGAIN);
    if (!before) return void this.tracks.push({ spans: [{ first, last }], mask });
    before.spans.push({ first, last });
    before.mask = united([before.mask, mask]) ?? mask;
  }
}

/** What a picture's mask says inside a box. */
function cut(picture: Samples, width: number, box: Box): Mask {
  const data = new Uint8Array(box.width * box.height);
  for (let y = 0, i = 0; y < box.height; y++)
    for (let x = 0, p = (box.y + y) * width + box.x; x < box.width; x++, i++, p++) if (picture[p] > 127) data[i] = 255;
  return { box, data };
}

/**
 * The plan that somebody who sees everything would write: what each mark hides, when, and the shots. A mark that moves is a track of its own
 * wherever it was a while before.
 * @param masks of every frame, see `masksOf`
 */
export async function truePlan(
  { tracks, cuts }: Truth,
  masks: AsyncIterable<Samples>,
  width: number,
): Promise<Pick<Plan, 'shots' | 'tracks'>> {
  const makers = tracks.map(({ kind, box: [x, y, w, h], spans }) => {
    const shown = spans.map(([first, last]) => ({ first, last }));
    return new TrackMaker(kind, { x, y, width: w, height: h }, shown);
  });
  let frames = 0;
  for await (const mask of masks) {
    for (const maker of makers) maker.take(frames, mask, width);
    frames++;
  }
  for (const maker of makers) maker.close(frames - 1);
  const found = makers.flatMap(({ kind, tracks: of }, m) =>
    of.map((t, i): Track => ({ ...t, id: `${kind}-${m + 1}.${i + 1}`, kind, action: 'wipe', confidence: 1, why: 'the truth' })),
  );
  const begins = [0, ...cuts];
  return { shots: begins.map((first, i) => ({ first, last: (begins[i + 1] ?? frames) - 1 })), tracks: found };
}
