import { boxesMeet, growBox, unionBox, type Box, type Span } from '../../core/area.js';
import type { LogoCandidate } from './candidates.js';

/** Candidates of one place, the surest first: their boxes mostly coincide. The surest place comes first. */
function placesOf(candidates: readonly LogoCandidate[]): LogoCandidate[][] {
  const places: { all: LogoCandidate[]; box: Box }[] = [];
  for (const one of [...candidates].sort((a, b) => b.confidence - a.confidence || b.pixel.length - a.pixel.length)) {
    const known = places.find(({ box }) => coincide(box, one.box));
    if (known) {
      known.all.push(one);
      known.box = unionBox(known.box, one.box);
    } else places.push({ all: [one], box: one.box });
  }
  return places.map(({ all }) => all);
}

/**
 * One candidate a place: those that mostly coincide are one logo; the surest stays, with the edges that enough of all have. Lines of text about the picture's middle
 * that have other edges are captions that follow one another, and stay apart.
 * @param width of the surveyed picture; without it a place has one text only
 */
export const mergeLogos = (candidates: readonly LogoCandidate[], width?: number): LogoCandidate[] =>
  placesOf(candidates).flatMap((place) => {
    const texts = width ? textsOf(place, width) : [place];
    return texts.length > 1 ? texts.map(bounded) : texts.map(joined);
  });

/** One of several texts of a place: it shows in no stretch but those in which it was seen by itself. */
function bounded(sightings: readonly LogoCandidate[]): LogoCandidate {
  const alone = sightings.flatMap(({ seen }) => (seen.length === 1 ? seen : [])).sort((a, b) => a.first - b.first);
  const within = alone.reduce<Span[]>((spans, span) => {
    const before = spans.at(-1);
    return before && span.first <= before.last + 1
      ? [...spans.slice(0, -1), { first: before.first, last: Math.max(before.last, span.last) }]
      : [...spans, span];
  }, []);
  return { ...joined(sightings), ...(within.length ? { within } : {}) };
}

/** A line of text: how much wider than high, and how far its middle lies beside the picture's at most, over its width. */
const LONG = 2.5;
const CENTRED = 0.1;
/** Share of the edges of one sighting that another one has where both are one text, and cosine between their gradients. */
const SAME = 0.7;
const ALONG = 0.7;

/** The sightings of each text at one place; all of them where it is no line of text. */
function textsOf(place: readonly LogoCandidate[], width: number): LogoCandidate[][] {
  if (!place.every(({ box }) => box.width > LONG * box.height && Math.abs(box.x + box.width / 2 - width / 2) < CENTRED * width))
    return [[...place]];
  const texts: LogoCandidate[][] = [];
  for (const one of place) {
    const known = texts.find((text) => text.some((other) => Math.max(shared(one, other, width), shared(other, one, width)) > SAME));
    if (known) known.push(one);
    else texts.push([one]);
  }
  return texts;
}

/** Share of the edges of one candidate that stand in another, or beside one of its. */
function shared(a: LogoCandidate, b: LogoCandidate, width: number): number {
  const index = new Map(Array.from(b.pixel, (p, i) => [p, i]));
  const stands = (p: number, i: number): boolean => {
    const j = index.get(p);
    if (j === undefined) return false;
    return a.gx[i] * b.gx[j] + a.gy[i] * b.gy[j] > ALONG * Math.hypot(a.gx[i], a.gy[i]) * Math.hypot(b.gx[j], b.gy[j]);
  };
  const count = a.pixel.filter((p, i) => [0, 1, -1, width, -width].some((by) => stands(p + by, i))).length;
  return count / Math.max(1, a.pixel.length);
}

/** Confidence of a piece that may belong to a surer one beside it, but is nothing by itself. */
export const PIECE = 0.3;
/** How far from a surer one a piece of the same mark may lie, as a multiple of the larger one's longer side. */
const ASIDE = 1.5;

/** Those that may become a finding, or a piece of one beside them. */
export function worthALook(candidates: readonly LogoCandidate[]): LogoCandidate[] {
  const sure = candidates.filter((c) => c.confidence >= PIECE);
  const long = ({ width, height }: Box): number => Math.max(width, height);
  return candidates.filter(({ confidence, box }) => {
    const isBeside = (other: Box): boolean => boxesMeet(growBox(other, ASIDE * Math.max(long(other), long(box)), Infinity, Infinity), box);
    return confidence >= PIECE || sure.some((s) => isBeside(s.box));
  });
}

/** Share of the sightings of a logo in which an edge must be: where it is in few, it is the scene's. */
const SHARED = 1 / 3;

function joined(sightings: readonly LogoCandidate[]): LogoCandidate {
  const [surest] = sightings;
  const least = Math.ceil(SHARED * sightings.length);
  const edges = new Map<number, { gx: number; gy: number; count: number }>();
  for (const { pixel, gx, gy } of sightings) {
    pixel.forEach((p, i) => {
      const known = edges.get(p);
      if (known) known.count++;
      else edges.set(p, { gx: gx[i], gy: gy[i], count: 1 });
    });
  }
  const shared = [...edges].filter(([, { count }]) => count >= least);
  const strokes = surest.strokes && {
    ...surest.strokes,
    pixel: Int32Array.from(new Set(sightings.flatMap((s) => [...(s.strokes?.pixel ?? [])]))),
  };
  return {
    ...surest,
    ...(strokes ? { strokes } : {}),
    asBar: Math.max(...sightings.map((s) => s.asBar)),
    box: sightings.map((s) => s.box).reduce(unionBox),
    pixel: Int32Array.from(shared, ([p]) => p),
    gx: Float32Array.from(shared, ([, e]) => e.gx),
    gy: Float32Array.from(shared, ([, e]) => e.gy),
    seen: sightings.flatMap((s) => s.seen),
  };
}

function coincide(a: Box, b: Box): boolean {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return w > 0 && h > 0 && w * h > 0.5 * Math.min(a.width * a.height, b.width * b.height);
}

/** Sightings kept of a place, places kept, and sightings from which on they are sorted out. */
const KEPT = 8;
const PLACES = 100;
const MANY = 400;

/** The candidates of a programme of any length: of places that are seen again and again the surest sightings, and the surest places. */
export class LogoSightings {
  private kept: LogoCandidate[] = [];

  add(candidates: readonly LogoCandidate[]): void {
    this.kept.push(...candidates);
    if (this.kept.length < MANY) return;
    const [network, statistics] = [this.kept.filter((c) => c.text !== undefined), this.kept.filter((c) => c.text === undefined)];
    this.kept = [network, statistics].flatMap((some) =>
      placesOf(some)
        .slice(0, PLACES)
        .flatMap((place) => place.slice(0, KEPT)),
    );
  }

  get all(): readonly LogoCandidate[] {
    return this.kept;
  }
}
