import { spanLength, type Span } from '../../core/area.js';

/** How much of a logo must show for it to be there, and from where on a frame at the end of a span still belongs to it, as it fades. */
const SHOWS = 0.4;
const FADES = 0.12;
/** Frames without it that do not interrupt a span, and of which a span has more; and those that do not interrupt two spans as long as `LONG`. */
const BLINK = 4;
const GAP = 8;
const LONG = 25;
/** What of it can show at all, below which a frame says nothing about it. */
const TELLS = 0.15;
/** Frames, deviation of the picture's level in them, and correlation with what shows, from which on the scene is known to take from it. */
const ENOUGH = 50;
const VARIED = 8;
const CORRELATED = 0.8;
/** What shows of it at most for a frame to count: more is the scene's. And by how much what shows in the frames before and after differs where it fades: its own fading changes the level, too. */
const MOST = 2;
const FADING = 0.08;

/**
 * In which frames a logo shows. Its edges stand out by α(c − x), where x is the scene: a white one hardly does before a
 * bright sky, and is there all the same. How what shows depends on the level of the picture is therefore read from the
 * frames that surely have it, as a straight line, and in each frame it is held against what can show there. Where next
 * to nothing can, the frames before and after decide.
 */
export class Presence {
  private readonly shows: Float32Array;
  private readonly level: Uint8Array;

  constructor(frames: number) {
    this.shows = new Float32Array(frames);
    this.level = new Uint8Array(frames);
  }

  get frames(): number {
    return this.shows.length;
  }

  /** What was noted of a frame; of one before the first nothing shows. */
  at(index: number): number {
    return this.shows[index] ?? 0;
  }

  /** Notes a frame. @param shows 0 without the logo, about 1 with it @param level mean luma at its edges, 0 … 255 */
  note(index: number, shows: number, level: number): void {
    this.shows[index] = shows;
    this.level[index] = level;
  }

  /** Stretches of frames in which it shows; gaps of a few frames are bridged. */
  spans(): Span[] {
    const share = this.shares();
    const spans: { first: number; last: number }[] = [];
    for (let t = 0; t < share.length; t++) {
      if (!(share[t] >= SHOWS)) continue;
      const open = spans.at(-1);
      if (open && (t - open.last <= BLINK + 1 || isUnknown(share, open.last + 1, t))) open.last = t;
      else spans.push({ first: t, last: t });
    }
    for (const span of spans) this.withEnds(span, share);
    return joined(spans).filter((s) => s.last - s.first >= BLINK);
  }

  /** What of the logo shows in each frame, of what can show there; NaN where nothing can. */
  private shares(): Float32Array {
    const most = this.expectation();
    return this.shows.map((shows, t) => {
      const can = Math.min(1, most(this.level[t]));
      return can < TELLS ? NaN : shows / can;
    });
  }

  /** What shows of it at a level of the picture: a straight line by least squares; 1 where the frames do not tell. */
  private expectation(): (level: number) => number {
    const { shows, level } = this;
    let [n, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
    for (let t = 0; t < shows.length; t++) {
      if (!(shows[t] >= SHOWS && shows[t] <= MOST) || Math.abs((shows[t + 1] ?? shows[t]) - (shows[t - 1] ?? shows[t])) > FADING) continue;
      const [a, b] = [level[t], shows[t]];
      n++;
      x += a;
      y += b;
      xx += a * a;
      yy += b * b;
      xy += a * b;
    }
    const [vx, vy, cov] = [n * xx - x * x, n * yy - y * y, n * xy - x * y];
    if (n < ENOUGH || vx < (VARIED * n) ** 2 || cov * cov < CORRELATED ** 2 * vx * vy) return () => 1;
    const slope = cov / vx;
    return (at) => y / n + slope * (at - x / n);
  }

  /** Lengthens a span to where it fades, and over frames at the programme's own ends that say nothing. */
  private withEnds(span: { first: number; last: number }, share: Float32Array): void {
    const { shows } = this;
    while (span.first > 0 && shows[span.first - 1] > FADES && shows[span.first - 1] < shows[span.first]) span.first--;
    while (span.last < shows.length - 1 && shows[span.last + 1] > FADES && shows[span.last + 1] < shows[span.last]) span.last++;
    if (isUnknown(share, 0, span.first)) span.first = 0;
    if (isUnknown(share, span.last + 1, share.length)) span.last = share.length - 1;
  }
}

/** Whether no frame from one up to another tells whether the logo is there, but for those that a fade may take. */
function isUnknown(share: Float32Array, from: number, to: number): boolean {
  let known = 0;
  for (let t = from; t < to; t++) if (share[t] < SHOWS && ++known > BLINK) return false;
  return true;
}

function joined(spans: readonly Span[]): Span[] {
  const out: { first: number; last: number }[] = [];
  for (const span of spans) {
    const before = out.at(-1);
    const gap = before && Math.min(spanLength(before), spanLength(span)) >= LONG ? GAP : 0;
    if (before && span.first <= before.last + 1 + gap) before.last = Math.max(before.last, span.last);
    else out.push({ ...span });
  }
  return out;
}
