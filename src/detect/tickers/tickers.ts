import type { Box, Mask, Span } from '../../core/area.js';
import { growBox, spanLength, unionBox } from '../../core/area.js';
import type { Finding } from '../../plan/plan.js';
import type { Appointment } from '../survey/crops.js';
import type { SurveySize } from '../survey/luma-source.js';
import { crawlAppointment, type InspectedCrawl } from './crawl.js';
import { cellHeight, type ScrollBand } from './scrolling.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';

/** A ticker as one stretch shows it, in samples of the surveyed size. */
export interface TickerCandidate {
  readonly box: Box;
  readonly span: Span;
  readonly band: ScrollBand;
  /** Whether a border of a plate shows. */
  readonly plate: boolean;
}

/** A band in which text scrolls, in all stretches that show it. */
export interface Ticker {
  /** With all of the band hidden. */
  readonly finding: Finding;
  /** Whether it lies on a plate. */
  readonly plate: boolean;
  /** Samples of the picture a frame, to the right. */
  readonly speed: number;
}

/** Persistence and share of a line from which the border of a plate is seen. */
const STEADY = 1.2;
const WEAKEST = 3;
const LINE = 0.6;
/** The same for upper and lower borders: they are long, and where the scene has the plate's brightness they do not show. */
const LONG_LINE = 0.22;
/** Share of a band's height that is left below it where its plate reaches the picture's end, which shows no border. */
const REST = 0.4;
/** Seconds that a band must have scrolled to be taken for certain. */
const LONG = 2;

/** Samples a frame by which two looks at one band may differ. */
const SPEEDS = 0.5;

/** The band with the plate that it lies on, if the plate's borders show. */
export function tickerOf(band: ScrollBand, statistics: StretchStatistics, span: Span): TickerCandidate {
  const { width, height } = statistics;
  const reach = Math.round(0.8 * (band.bottom - band.top));
  const text = { left: Math.max(1, band.left), right: Math.min(width - 1, band.right) };
  const top = border(rowShares(statistics, text, band.top - reach, band.top + (reach >> 1)), (at) => at - band.top, width, height);
  const bottom = border(
    rowShares(statistics, text, band.bottom - (reach >> 1), band.bottom + reach),
    (at) => band.bottom - at,
    width,
    height,
  );
  const y = top ?? Math.max(0, band.top - 2);
  const rest = height - band.bottom < REST * (band.bottom - band.top) ? height : Math.min(height, band.bottom + 2);
  const end = bottom === undefined ? rest : bottom + 1;
  const left = strongest(columnShares(statistics, y, end, 1, band.left + (width >> 3)));
  const right = strongest(columnShares(statistics, y, end, band.right - (width >> 3), width - 1));
  const x = left ?? (band.left > 0 ? Math.max(0, band.left - (width >> 4)) : 0);
  const until = right === undefined ? (band.right < width ? Math.min(width, band.right + (width >> 4)) : width) : right + 1;
  // One sample more all round: borders are soft.
  return {
    box: growBox({ x, y, width: until - x, height: end - y }, 1, width, height),
    span,
    band,
    plate: top !== undefined || bottom !== undefined,
  };
}

type Shares = { readonly at: number; readonly share: number }[];

/** For each row, the share of the columns at which a horizontal border persists. */
function rowShares(
  { width, height, gy, strength, persistence }: StretchStatistics,
  { left, right }: { left: number; right: number },
  from: number,
  to: number,
): Shares {
  const out: Shares = [];
  for (let y = Math.max(1, from); y < Math.min(height - 1, to); y++) {
    let n = 0;
    for (let p = y * width + left, end = y * width + right; p < end; p++)
      if (strength[p] > WEAKEST && persistence[p] > STEADY && Math.abs(gy[p]) > 0.8 * strength[p]) n++;
    out.push({ at: y, share: n / (right - left) });
  }
  return out;
}

function columnShares(
  { width, gx, strength, persistence }: StretchStatistics,
  top: number,
  bottom: number,
  from: number,
  to: number,
): Shares {
  const out: Shares = [];
  for (let x = Math.max(1, from); x < Math.min(width - 1, to); x++) {
    let n = 0;
    for (let y = top; y < bottom; y++) {
      const p = y * width + x;
      if (strength[p] > WEAKEST && persistence[p] > STEADY && Math.abs(gx[p]) > 0.8 * strength[p]) n++;
    }
    out.push({ at: x, share: n / (bottom - top) });
  }
  return out;
}

/** A plate's upper or lower border. Faint ones deep in the band are where letters end: descenders go on below their feet. */
function border(shares: Shares, depth: (at: number) => number, width: number, height: number): number | undefined {
  const outer = shares.filter(({ at }) => depth(at) <= cellHeight(width, height) / 2);
  return strongest(shares) ?? strongest(outer, LONG_LINE);
}

function strongest(shares: Shares, least = LINE): number | undefined {
  const best = shares.reduce((a, b) => (b.share > a.share ? b : a), { at: -1, share: 0 });
  return best.share >= least ? best.at : undefined;
}

/** One a band: candidates of neighbouring stretches that lie in the same rows are one ticker. */
export function tickersIn(
  candidates: readonly TickerCandidate[],
  survey: { readonly width: number; readonly height: number },
  picture: { readonly width: number; readonly height: number; readonly rate: number },
): Ticker[] {
  const groups: TickerCandidate[][] = [];
  for (const one of candidates.toSorted((a, b) => Number(a.band.doubtful) - Number(b.band.doubtful))) {
    const group = groups.find(([first]) => sameRows(first.box, one.box) && (!one.band.doubtful || sameSpeed(first.band, one.band)));
    if (group) group.push(one);
    else if (!one.band.doubtful) groups.push([one]);
  }
  return groups.map((group) => {
    const box = scaledUp(shownBox(group.map((c) => c.box)), survey, picture);
    const spans = joinSpans(group.map((c) => c.span), picture.rate); // prettier-ignore
    const shown = spans.reduce((sum, s) => sum + spanLength(s), 0);
    const confidence = shown >= LONG * picture.rate ? 0.96 : 0.8;
    const why = `Everything in this band moves sideways at ${Math.abs(group[0].band.speed).toFixed(1)} samples a frame, whatever the scene does.`;
    const sure = group.filter((c) => !c.band.doubtful);
    return {
      finding: { kind: 'ticker' as const, spans, mask: whole(box), confidence, why },
      plate: sure.filter((c) => c.plate).length > PLATED * sure.length,
      speed: (middleOf(sure.map((c) => c.band.speed)) * picture.width) / survey.width,
    };
  });
}

/** Appointments to follow the letters of tickers that lie on no plate. */
export const crawlAppointments = (
  tickers: readonly Ticker[],
  survey: SurveySize,
  picture: SurveySize & { readonly frames: number; readonly rate: number },
): Appointment<InspectedCrawl[]>[] =>
  tickers
    .filter(({ plate }) => !plate)
    .flatMap(({ finding, speed }) => {
      const { box } = finding.mask;
      const within = (SPEEDS * picture.width) / survey.width;
      return finding.spans.map((span) => crawlAppointment({ box, span, speed, within }, picture));
    });

/** What tickers hide: the letters that were followed, or the whole band. */
export function tickerFindings(tickers: readonly Ticker[], crawls: readonly InspectedCrawl[]): Finding[] {
  return tickers.flatMap(({ finding }) => {
    const own = crawls.filter((c) => c.candidate.box === finding.mask.box);
    const rest = finding.spans.filter((span) => !own.some((c) => c.candidate.span === span));
    const followed = own.map(({ span, box, crawl }): Finding => {
      const why = `${finding.why} It lies on no plate: only its letters are hidden.`;
      return { ...finding, spans: [span], mask: whole(unionBox(box, finding.mask.box)), crawl, why };
    });
    return rest.length ? [...followed, { ...finding, spans: rest }] : followed;
  });
}

const middleOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Share of a ticker's stretches that show a border of its plate: where letters end there may seem to be one. */
const PLATED = 0.5;
/** Share of a ticker's stretches that show a side of it, and how many of three and more: in others its letters are lost in the scene, or its plate has the scene's brightness. */
const SHOWN = 0.25;
const OFTEN = 2;

/** What enough of some boxes hold. */
function shownBox(boxes: readonly Box[]): Box {
  const enough = boxes.length > OFTEN ? Math.max(OFTEN, Math.ceil(SHOWN * boxes.length)) : 1;
  const outermost = (sides: readonly number[]): number => sides.toSorted((a, b) => a - b)[enough - 1];
  const x = outermost(boxes.map((b) => b.x));
  const y = outermost(boxes.map((b) => b.y));
  const right = -outermost(boxes.map((b) => -b.x - b.width));
  const bottom = -outermost(boxes.map((b) => -b.y - b.height));
  return { x, y, width: right - x, height: bottom - y };
}

const sameSpeed = (a: ScrollBand, b: ScrollBand): boolean => Math.abs(a.speed - b.speed) <= SPEEDS;

function sameRows(a: Box, b: Box): boolean {
  const shared = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return shared > 0.6 * Math.min(a.height, b.height);
}

/** Spans in order; gaps of less than a second are closed: cuts make short stretches that say nothing. */
function joinSpans(spans: readonly Span[], rate: number): Span[] {
  const out: { first: number; last: number }[] = [];
  for (const { first, last } of [...spans].sort((a, b) => a.first - b.first)) {
    const open = out.at(-1);
    if (open && first - open.last <= rate) open.last = Math.max(open.last, last);
    else out.push({ first, last });
  }
  return out;
}

function scaledUp({ x, y, width, height }: Box, from: { width: number; height: number }, to: { width: number; height: number }): Box {
  const sx = to.width / from.width;
  const sy = to.height / from.height;
  const left = Math.floor(x * sx);
  const top = Math.floor(y * sy);
  return {
    x: left,
    y: top,
    width: Math.min(to.width, Math.ceil((x + width) * sx)) - left,
    height: Math.min(to.height, Math.ceil((y + height) * sy)) - top,
  };
}

const whole = (box: Box): Mask => ({ box, data: new Uint8Array(box.width * box.height).fill(255) });
