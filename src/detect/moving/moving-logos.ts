import { tight, type Box, type Span } from '../../core/area.js';
import type { Finding } from '../../plan/plan.js';
import type { Appointment, Crop, Inspector } from '../survey/crops.js';
import type { SurveySize } from '../survey/luma-source.js';
import { oddsOf, placeIn, type MovingCandidate, type Place } from './candidates.js';
import { movingMask } from './mask.js';
import { growMap } from '../maps/regions.js';
import { straightened } from '../maps/waypoints.js';
import { stableEdges, TravellingWindow, type Picture, type Sighting, type WindowStatistics } from './travelling-window.js';

/** Edges followed at full size, and share of them from which it counts as found. */
const FOLLOWED = 600;
const FOUND = 0.4;
/** Margin round the survey's window, in samples of the survey; and beyond, as a share of its shorter side, for parts without edges. */
const MARGIN = 2;
const BESIDE = 0.8;
/** Seconds without it after which it is over. */
const GONE = 0.7;
/** Frames after which the template is learnt anew at every frame, and then at every few. */
const YOUNG = 6;
const RELEARN = 8;
/** Frames summed up one by one, and then one of how many is. */
const ENOUGH = 100;
const SPARSE = 4;
/** Confidence below which nothing is reported. */
const LEAST = 0.3;
/** Log-odds that edges beyond the survey's window cost, if all were there: a mark ends within it, a part of the scene goes on. */
const GOES_ON = 10;
/** Log-odds that it costs to come or go in the middle of the programme and of the picture; seconds from its ends, and samples from the border, that count as at them. */
const LOOSE_END = 1.5;
const AT_END = 0.35;
const AT_BORDER = 4;
/** Samples that the straight pieces of a path may be off; their ends are whole samples. */
const STRAIGHT = 0.7;

/** The whole picture: it may go anywhere. */
const anywhere = ({ width, height }: SurveySize): Box => ({ x: 0, y: 0, width, height });

/** An appointment for a {@link MovingLogoInspector}. */
export const movingAppointment = (
  candidate: MovingCandidate,
  picture: SurveySize & { readonly frames: number },
  rate: number,
): Appointment<Finding | undefined> => ({
  first: candidate.path[0].frame,
  box: anywhere(picture),
  open: () => new MovingLogoInspector(candidate, picture, rate),
});

/** Follows a mark that travels frame by frame at full size, from where the survey saw it first until it is gone. */
class MovingLogoInspector implements Inspector<Finding | undefined> {
  readonly box: Box;
  readonly span: Span;
  private readonly window: TravellingWindow;
  private readonly own: Uint8Array;
  /** The survey's path, at full size. */
  private readonly known: readonly Place[];
  private readonly places: Place[] = [];
  private readonly reach: number;
  /** Samples of the window, at each side, that lie beyond the survey's. */
  private readonly beside: number;
  over = false;

  constructor(
    private readonly candidate: MovingCandidate,
    private readonly picture: { readonly width: number; readonly height: number; readonly frames: number },
    private readonly rate: number,
  ) {
    const { window, survey, path, edges } = candidate;
    const [sx, sy] = [picture.width / survey.width, picture.height / survey.height];
    this.beside = Math.round(BESIDE * Math.min(window.width * sx, window.height * sy));
    const margin = Math.round(MARGIN * Math.max(sx, sy)) + this.beside;
    this.known = path.map(({ frame, x, y }) => ({ frame, x: x * sx - margin, y: y * sy - margin }));
    this.window = new TravellingWindow(Math.ceil(window.width * sx) + 2 * margin, Math.ceil(window.height * sy) + 2 * margin, FOLLOWED);
    this.own = spread(edges, window.width, this.window, { sx, sy, margin });
    this.reach = Math.ceil(Math.max(sx, sy)) + 1;
    this.box = anywhere(picture);
    this.span = { first: path[0].frame, last: picture.frames - 1 };
  }

  add(index: number, { luma }: Crop): void {
    const { places, window, picture } = this;
    const shot: Picture = { luma, width: picture.width, height: picture.height };
    const place = places.length ? this.look(shot, index) : this.known[0];
    if (!place) {
      const last = places[places.length - 1].frame;
      this.over = index - last > GONE * this.rate && index > this.known[this.known.length - 1].frame;
      return;
    }
    places.push({ frame: index, x: place.x, y: place.y });
    if (window.frames > ENOUGH && index % SPARSE) return;
    window.add(shot, place.x, place.y);
    if (window.frames < YOUNG || window.frames % RELEARN === 0) window.learn(this.own);
  }

  finish(): Finding | undefined {
    const { window, places, candidate, picture } = this;
    if (window.frames < YOUNG) return undefined;
    const statistics = window.statistics();
    const { width, height } = statistics;
    const mask = tight({ box: { x: 0, y: 0, width, height }, data: movingMask(statistics) });
    if (!mask) return undefined;
    const path = straightened(places, STRAIGHT, whole).map(({ frame, x, y }) => ({
      frame,
      x: within(x + mask.box.x, picture.width - mask.box.width),
      y: within(y + mask.box.y, picture.height - mask.box.height),
    }));
    const span = { first: places[0].frame, last: places[places.length - 1].frame };
    const box = { ...mask.box, x: path[0].x, y: path[0].y };
    const { company, carried } = candidate;
    const whereabouts = { company, carried, width: picture.width, height: picture.height, rate: this.rate };
    const odds = oddsOf(inner(statistics, this.beside), places, whereabouts) - GOES_ON * outside(statistics, this.beside);
    const confidence = 1 / (1 + Math.exp(LOOSE_END * this.looseEnds(path, box) - odds));
    if (confidence < LEAST) return undefined;
    const why = `It travels over the picture from frame ${span.first} to ${span.last}, and stays the same while what is under it changes.`;
    return { kind: 'moving-logo', spans: [span], mask: { box, data: mask.data }, path, confidence, why };
  }

  /** How many ends of its way lie in the middle: what a scene shows turns away, is hidden or cut off, a mark goes on. */
  private looseEnds(path: readonly Place[], { width, height }: Box): number {
    const near = AT_END * this.rate;
    const leaves = ({ x, y }: Place): boolean =>
      Math.min(x, y, this.picture.width - x - width, this.picture.height - y - height) <= AT_BORDER;
    const [begins, ends] = [path[0], path[path.length - 1]];
    const loose = [begins.frame > near && !leaves(begins), ends.frame < this.picture.frames - 1 - near && !leaves(ends)];
    return loose.filter(Boolean).length;
  }

  /** Where it is in a frame: where its way leads, where the survey saw it, or round there, if it has turned. */
  private look(shot: Picture, index: number): { x: number; y: number } | undefined {
    const { window, places, reach } = this;
    const last = places[places.length - 1];
    const earlier = places[Math.max(0, places.length - 5)];
    const ahead = (index - last.frame) / Math.max(1, last.frame - earlier.frame);
    const way = { x: (last.x - earlier.x) * ahead, y: (last.y - earlier.y) * ahead };
    const guesses = [{ x: last.x + way.x, y: last.y + way.y, reach: places.length < YOUNG ? reach : 2 }];
    const seen = placeIn(this.known, index);
    if (seen) guesses.push({ ...seen, reach });
    else guesses.push({ x: last.x, y: last.y, reach: Math.min(24, Math.ceil(1.2 * Math.max(Math.abs(way.x), Math.abs(way.y))) + 2) });
    if (places.length < YOUNG) guesses.reverse();
    let best: Sighting | undefined;
    for (const guess of guesses) {
      const found = window.find(shot, guess.x, guess.y, guess.reach);
      if (found && found.match >= FOUND) return found;
      if (found && found.match > (best?.match ?? 0)) best = found;
    }
    return best && places.length >= YOUNG && window.standsOut(shot, best) ? best : undefined;
  }
}

/** Share of the edges that stay in the margin at each side. */
function outside(statistics: WindowStatistics, margin: number): number {
  const { width, height } = statistics;
  const edges = stableEdges(statistics);
  const beyond = edges.filter((p) => {
    const [x, y] = [p % width, Math.floor(p / width)];
    return x < margin || y < margin || x >= width - margin || y >= height - margin;
  });
  return beyond.length / Math.max(1, edges.length);
}

/** The maps without a margin at each side. */
function inner({ width, height, ...maps }: WindowStatistics, margin: number): WindowStatistics {
  const [w, h] = [width - 2 * margin, height - 2 * margin];
  const cut = (map: Float32Array): Float32Array => {
    const out = new Float32Array(w * h);
    for (let y = 0, from = margin * width + margin; y < h; y++, from += width) out.set(map.subarray(from, from + w), y * w);
    return out;
  };
  const { mean, deviation, gx, gy, strength, unrest } = maps;
  const [m, d, x, y, s, u] = [mean, deviation, gx, gy, strength, unrest].map(cut);
  return { mean: m, deviation: d, gx: x, gy: y, strength: s, unrest: u, width: w, height: h };
}

/** A map of the window at full size in which what lies under or beside the survey's edges is 1. */
function spread(
  edges: Int32Array,
  columns: number,
  { width, height }: TravellingWindow,
  { sx, sy, margin }: { readonly sx: number; readonly sy: number; readonly margin: number },
): Uint8Array {
  const out = new Uint8Array(width * height);
  for (const p of edges) {
    const row = Math.floor(p / columns);
    const column = p - row * columns;
    const [left, right] = [margin + Math.floor(column * sx), margin + Math.ceil((column + 1) * sx)];
    for (let y = margin + Math.floor(row * sy); y < margin + Math.ceil((row + 1) * sy); y++)
      out.fill(1, y * width + left, y * width + right);
  }
  return growMap(out, width, height, 1);
}

const whole = ({ frame, x, y }: Place): Place => ({ frame, x: Math.round(x), y: Math.round(y) });

const within = (at: number, last: number): number => Math.max(0, Math.min(last, at));
