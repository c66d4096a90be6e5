import type { Box, Mask, Span } from '../../core/area.js';
import type { Crawl } from '../../plan/plan.js';
import type { Appointment, Crop, Inspector } from '../survey/crops.js';
import { straightened } from '../maps/waypoints.js';
import { speedIn } from './speed.js';
import { Tape, type Rows } from './tape.js';

/** A ticker whose letters are to be followed. */
export interface CrawlCandidate {
  /** Its band at full size, and frames in which it was seen to scroll. */
  readonly box: Box;
  readonly span: Span;
  /** Samples of the full size a frame, to the right; and how far that may be off. */
  readonly speed: number;
  readonly within: number;
}

/** A ticker's letters, and when they show. */
export interface InspectedCrawl {
  readonly candidate: CrawlCandidate;
  readonly span: Span;
  /** Rows in which it has letters. */
  readonly box: Box;
  readonly crawl: Crawl;
}

/** Frames from which the speed is learnt. */
const LEARN = 24;
/** Share of the band's height that is looked at above and below it, and seconds before and after. */
const BESIDE = 0.3;
const LONGER = 1;
/** Samples searched round the predicted place. */
const REACH = 2;
/** Level differences, and frames that must have shown them, of edges that are followed; and how many there must be. */
const EDGE = 8;
const SEEN = 6;
const ENOUGH = 60;
/** Share of its edges from which it is found, and from which it shows at all. */
const FOUND = 0.35;
const SHOWS = 0.15;
/** Shares of a deviation from the predicted place that correct place and speed. */
const PLACE = 0.5;
const SPEED = 0.06;
/** Share of the frames in which it must be found, and of all that must have enough edges to tell. */
const STEADY = 0.9;
const TOLD = 0.5;
/** Frames that may be missing at either end of what was seen to scroll, in multiples of {@link LEARN}: the survey looks at some seconds at once. */
const TRIMMED = 3;
/** How far letters must have gone to be told from the scene, in heights of the band. */
const KNOWN = 1.5;
/** Columns of the longest strip, and samples that the straight pieces of a path may be off. */
const LONGEST = 200_000;
const STRAIGHT = 0.35;

/** An appointment for a {@link CrawlInspector}. @param longest columns of a strip, at most, but for those of the picture */
export const crawlAppointment = (
  candidate: CrawlCandidate,
  picture: { readonly width: number; readonly height: number; readonly frames: number; readonly rate: number },
  longest = LONGEST,
): Appointment<InspectedCrawl[]> => {
  const { box, span } = candidate;
  const beside = Math.round(BESIDE * box.height);
  const y = Math.max(0, box.y - beside);
  const taller = { ...box, y, height: Math.min(picture.height, box.y + box.height + beside) - y };
  const longer = Math.round(LONGER * picture.rate);
  const around = { first: Math.max(0, span.first - longer), last: Math.min(picture.frames - 1, span.last + longer) };
  return { first: around.first, box: taller, open: () => new CrawlInspector(candidate, taller, around, longest) };
};

/** Where the band's left edge lies on the tape in a frame, and the share of the edges that were found there; of too few edges, undefined. */
interface Place {
  readonly frame: number;
  readonly at: number;
  share: number | undefined;
}

/** Follows the letters of a ticker at full size: one speed, put right frame by frame, and all that moves at it side by side. */
class CrawlInspector implements Inspector<InspectedCrawl[]> {
  private tape!: Tape;
  /** Strips that were long enough. */
  private readonly done: (InspectedCrawl | undefined)[] = [];
  /** Frames from which the speed is to be learnt, and those before them. */
  private early: { readonly frame: number; readonly luma: Uint8Array }[] = [];
  /** On this tape; and the latest of all. */
  private places: Place[] = [];
  private latest!: Place;
  private speed: number | undefined;

  constructor(
    private readonly candidate: CrawlCandidate,
    readonly box: Box,
    readonly span: Span,
    private readonly longest: number,
  ) {}

  add(index: number, crop: Crop): void {
    if (this.speed === undefined) return this.learn(index, crop.samples());
    const rows = { luma: crop.luma, first: crop.first, stride: crop.stride };
    const ahead = this.latest.at - this.speed * (index - this.latest.frame);
    const { off, share } = this.look(rows, Math.round(ahead));
    const correction = share !== undefined && share >= FOUND ? Math.round(ahead) + off - ahead : 0;
    this.speed -= SPEED * correction;
    this.take(rows, { frame: index, at: ahead + PLACE * correction, share });
    if (Math.abs(this.places[0].at - ahead) > this.longest && this.span.last - index > 2 * LEARN) this.wind();
  }

  /** All strips, in order; none where one was not steady, or where much of what the survey saw to scroll is on none. */
  finish(): InspectedCrawl[] {
    const all = [...this.done, this.inspected()].filter((one) => one !== undefined);
    if (all.length < this.done.length + 1) return [];
    const [first, last] = [all[0].span.first, all[all.length - 1].span.last];
    const { span } = this.candidate;
    return Math.max(first - span.first, span.last - last) > TRIMMED * LEARN ? [] : all;
  }

  /** Takes a new tape. */
  private wind(): void {
    this.done.push(this.inspected());
    this.tape = this.newTape();
    this.places = [];
  }

  private inspected(): InspectedCrawl | undefined {
    const told = this.places.filter((p) => p.share !== undefined);
    const shown = told.filter((p) => p.share! >= SHOWS);
    const found = told.filter((p) => p.share! >= FOUND);
    if (!shown.length) return undefined;
    const [first, last] = [this.firstShown(), this.lastShown()];
    const within = (list: readonly Place[]): number => list.filter(({ frame }) => frame >= first && frame <= last).length;
    if (within(found) < STEADY * within(told) || within(told) < TOLD * (last - first + 1)) return undefined;
    const letters = this.tape.finish();
    return letters && !this.tape.isPlated ? this.stripOf(letters, { first, last }) : undefined;
  }

  private stripOf({ box: strip, data }: Mask, span: Span): InspectedCrawl {
    const { candidate, box, places } = this;
    const y = box.y + strip.y;
    const corners = places
      .filter(({ frame }) => frame >= span.first && frame <= span.last)
      .map(({ frame, at }) => ({ frame, x: box.x + strip.x - at, y }));
    const crawl = { strip: { box: { ...strip, x: 0, y: 0 }, data }, path: straightened(corners, STRAIGHT) };
    return { candidate, span, box: { ...box, y, height: strip.height }, crawl };
  }

  /** Waits for enough frames to learn the speed from; where they have none, for more. */
  private learn(frame: number, luma: Uint8Array): void {
    this.early.push({ frame, luma });
    const { early, candidate, box } = this;
    const latest = early.slice(-LEARN);
    if (early.length % LEARN || !early.length) return;
    this.speed = speedIn(
      latest.map((e) => e.luma),
      box,
      candidate.speed,
      candidate.within,
    );
    this.early = latest;
    if (this.speed === undefined) return;
    this.tape = this.newTape();
    const rowsOf = (samples: Uint8Array): Rows => ({ luma: samples, first: 0, stride: box.width });
    for (const e of early) this.take(rowsOf(e.luma), { frame: e.frame, at: -this.speed * (e.frame - early[0].frame), share: undefined });
    early.forEach((e, i) => (this.places[i].share = this.look(rowsOf(e.luma), Math.round(this.places[i].at)).share));
    this.early = [];
  }

  private newTape(): Tape {
    const { box, candidate, speed } = this;
    const [top, bottom] = [candidate.box.y - box.y, candidate.box.y + candidate.box.height - box.y];
    const beside = Array.from({ length: box.height }, (_, r) => r).filter((r) => r < top || r >= bottom);
    return new Tape(box.width, box.height, Math.ceil((KNOWN * candidate.box.height) / Math.abs(speed!)), beside);
  }

  private take(rows: Rows, place: Place): void {
    this.places.push(place);
    this.latest = place;
    this.tape.add(rows, Math.round(place.at));
  }

  /** The first frame that shows it: where nothing can be told, the first of all. */
  private firstShown(): number {
    const i = this.places.findIndex(({ share }) => share === undefined || share >= SHOWS);
    return this.places[Math.max(0, i)].frame;
  }

  private lastShown(): number {
    const i = this.places.findLastIndex(({ share }) => share === undefined || share >= SHOWS);
    return this.places[i].frame;
  }

  /** How far from a column of the tape the band's left edge is, by the edges that have stayed on the tape; and the share of them that a frame shows there. */
  private look({ luma, first, stride }: Rows, at: number): { off: number; share: number | undefined } {
    const { width } = this.box;
    const columns = width + 2 * REACH + 2;
    const means = this.tape.means(at - REACH - 1, columns, SEEN);
    const both = new Float64Array(2 * REACH + 1);
    const own = new Float64Array(2 * REACH + 1);
    let edges = 0;
    for (let i = 1; i < means.length - 1; i++) {
      const x = (i % columns) - REACH - 1;
      const known = means[i + 1] - means[i - 1];
      if (!(Math.abs(known) >= EDGE) || x < REACH + 1 || x >= width - REACH - 1) continue;
      edges++;
      const p = first + 2 * Math.floor(i / columns) * stride + x;
      for (let d = -REACH; d <= REACH; d++) {
        both[d + REACH] += known * (luma[p - d + 1] - luma[p - d - 1]);
        own[d + REACH] += known * known;
      }
    }
    if (edges < ENOUGH) return { off: 0, share: undefined };
    const shares = both.map((v, k) => v / own[k]);
    const k = shares.indexOf(Math.max(...shares));
    return { off: k - REACH + peak(shares, k), share: shares[k] };
  }
}

/** How far the peak of a parabola through three numbers lies from the middle one. */
function peak(values: Float64Array, k: number): number {
  if (k === 0 || k === values.length - 1) return 0;
  const [a, b, c] = [values[k - 1], values[k], values[k + 1]];
  const bend = a - 2 * b + c;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (a - c) / (2 * bend))) : 0;
}
