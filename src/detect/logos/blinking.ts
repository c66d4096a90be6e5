import { tight, type Box, type Mask, type Span } from '../../core/area.js';
import { spanLength } from '../../core/area.js';
import type { Finding } from '../../plan/plan.js';
import { AreaScaler } from '../survey/area-scaler.js';
import type { CueLook, InspectedCue } from '../cues/inspection.js';
import type { SurveySize } from '../survey/luma-source.js';
import type { LogoCandidate } from './candidates.js';
import type { InspectedLogo } from './inspection.js';
import { inBoth, overlap, united } from '../maps/masks.js';
import { rankOf } from '../maps/rank.js';

/** Edge energy with the mark over that without, from which it is seen to come and go; and how much of it may show elsewhere. */
const RISES = 1.2;
const GONE = 0.5;
/** Share of the picture, and width over height, that a logo's box may have; and how far from the middle it stands. */
const LARGEST = 0.05;
const LONGEST = 6;
const ASIDE = 0.12;
/** The same of a mark whose letters look like a poor text, and noise of its pixels as a share of its contrast. */
const RISES_CLEARLY = 4;
const QUIET = 0.03;
/** Places looked at again over the whole programme. */
const MOST = 8;
/** Levels a sample of an edge that is followed. */
const EDGE = 5;

/** A place at which something came and went, to be followed over the whole programme. */
export interface BlinkingPlace {
  readonly candidate: LogoCandidate;
  /** The masks of its sightings: made from what changed when it came and went. */
  readonly masks: readonly Mask[];
  /** The frames of its sightings. */
  readonly spans: readonly Span[];
  /** The middle one of the rises of its sightings: {@link InspectedCue.rise}. */
  readonly rise: number;
}

/**
 * Cues that may be sightings of a logo that comes and goes: compact, aside from the middle, where no subtitle stands. One
 * candidate a place, to be followed over the whole programme.
 */
export function blinkingCandidates(cues: readonly InspectedCue[], survey: SurveySize, picture: SurveySize): BlinkingPlace[] {
  const places: InspectedCue[][] = [];
  for (const cue of [...cues].sort((a, b) => a.unrest - b.unrest)) {
    if (!mayBeLogo(cue, picture)) continue;
    const known = places.find(([first]) => overlap(first.mask, cue.mask) > 0.5);
    if (known) known.push(cue);
    else places.push([cue]);
  }
  const likely = places.filter((sightings) => sightings.length > 1 || !isPoorText(sightings[0])).sort((a, b) => b.length - a.length);
  return likely.slice(0, MOST).flatMap((sightings) => {
    const candidate = edgesOf(sightings[0], survey, picture);
    const rise = rankOf(sightings.map((c) => c.rise), 0.5) ?? 1; // prettier-ignore
    return candidate ? [{ candidate, masks: sightings.map((c) => c.mask), spans: sightings.map((c) => c.span), rise }] : [];
  });
}

/** Whether a cue may be a sighting of a logo: of those that are the picture is looked at. */
export function mayBeLogo(cue: CueLook, { width, height }: SurveySize): boolean {
  const { mask, rise, unrest, before, after } = cue;
  const box = tight(mask)?.box;
  if (!box || rise < RISES || (before ?? 0) > GONE || (after ?? 0) > GONE || (before === undefined && after === undefined)) return false;
  if (box.width * box.height > LARGEST * width * height || box.width > LONGEST * box.height) return false;
  const aside = Math.abs((box.x + box.width / 2) / width - 0.5) > ASIDE;
  return aside && (!isPoorText(cue) || (rise >= RISES_CLEARLY && unrest <= QUIET));
}

/** Whether it is text rather than a shape, but not much of one: mostly the scene, unless it comes again. */
const isPoorText = ({ candidate: { score = Infinity } }: CueLook): boolean => score <= 0;

/** The gradient of a cue's mean picture at its edges, in samples of the surveyed size. */
function edgesOf(cue: InspectedCue, survey: SurveySize, picture: SurveySize): LogoCandidate | undefined {
  if (!cue.picture) return undefined;
  const scaler = new AreaScaler(inside(cue.candidate.box, survey), survey, picture);
  const { box } = cue.mask;
  const { from, to } = scaler;
  const crop = new Uint8Array(from.width * from.height);
  const { mean } = cue.picture;
  for (let y = 0, i = 0; y < from.height; y++)
    for (let x = 0; x < from.width; x++, i++) crop[i] = mean[(from.y - box.y + y) * box.width + from.x - box.x + x] ?? 0;
  const small = scaler.shrink(crop);
  const edges: [pixel: number, gx: number, gy: number][] = [];
  for (const pixel of cue.candidate.pixel) {
    const p = scaler.place(pixel);
    const column = p % to.width;
    if (p < to.width || p >= small.length - to.width || column === 0 || column === to.width - 1) continue;
    const gx = (small[p + 1] - small[p - 1]) / 2;
    const gy = (small[p + to.width] - small[p - to.width]) / 2;
    if (Math.hypot(gx, gy) > EDGE) edges.push([pixel, gx, gy]);
  }
  if (edges.length < 20) return undefined;
  const [pixel, gx, gy] = [0, 1, 2].map((k) => edges.map((e) => e[k]));
  return {
    box: cue.candidate.box,
    pixel: Int32Array.from(pixel),
    gx: Float32Array.from(gx),
    gy: Float32Array.from(gy),
    seen: [cue.span],
    confidence: 0.5,
    asBar: 0.5,
    why: '',
  };
}

/** A box with a sample of room on each side, where the picture has it. */
function inside({ x, y, width, height }: Box, survey: SurveySize): Box {
  const left = Math.max(0, x - 1);
  const top = Math.max(0, y - 1);
  return { x: left, y: top, width: Math.min(survey.width, x + width + 1) - left, height: Math.min(survey.height, y + height + 1) - top };
}

/** Log-odds of two ends; what is in the scene itself has about as many edges as what covers it, so `rise` tells, too. */
const TWO = 0.5;
const USUAL = 2.2;
const MOST_BY_RISE = 1;
/** The most that flicker has, however often it comes. */
const FLICKER = -1;

/** Log-odds of being a mark, with weights set by hand: 17 drawn marks, and the only thing in 101 clean clips that seems to blink. */
function oddsOf(ends: number, rise: number): number {
  const byRise = Math.max(-MOST_BY_RISE, Math.min(MOST_BY_RISE, Math.log(rise / USUAL)));
  return TWO + ends - 2 + (ends >= 2 ? byRise : 0);
}

/** The programme that a mark may blink in. */
export interface Blinked {
  readonly shots: readonly Span[];
  readonly frames: number;
  /** Frames a second. */
  readonly rate: number;
}

/** Whether a frame is where a shot begins, or where the programme is over: what a scene shows comes and goes with its shots. */
const isCut = ({ shots, frames }: Blinked, frame: number): boolean => frame === frames || shots.some((s) => s.first === frame);

/** Ends of spans that are no cuts, nor the programme's own. */
const endsOf = (spans: readonly Span[], programme: Blinked): number =>
  spans.filter((s) => !isCut(programme, s.first)).length + spans.filter((s) => !isCut(programme, s.last + 1)).length;

/** Seconds of a programme from which on a mark that blinks is sighted more than once. */
const LONG = 60;

/**
 * Whether a place may hold a mark that blinks, so that another pass over the programme is worth it: it was sighted again, unless the programme is short,
 * and something else than a cut began or ended it.
 */
export const mayBlink = ({ spans }: BlinkingPlace, programme: Blinked): boolean =>
  (spans.length > 1 || programme.frames < LONG * programme.rate) && endsOf(spans, programme) > 0;

/** Share of the frames from which on a mark is there all the time; and confidence in one from which it explains what seems to come and go at its place. */
const ALWAYS = 0.95;
const LIKELY = 0.5;

const shownIn = (spans: readonly Span[]): number => spans.reduce((sum, s) => sum + spanLength(s), 0);

/** Whether a logo that stands there all the time has been seen at a place: what came and went was the contrast of the scene behind it. */
export const isSteady = ({ masks: [mask] }: BlinkingPlace, logos: readonly InspectedLogo[], { frames }: Blinked): boolean =>
  logos.some(
    ({ candidate, spans, mask: steady }) =>
      candidate.confidence >= LIKELY && shownIn(spans) > ALWAYS * frames && overlap(steady, mask) > 0.5,
  );

/** Seconds that the longest sighting takes at least; below which sightings come by a clock; and how much longer than the shortest the longest is then. */
const BRIEF = 0.4;
const CLOCKED = 2;
const ALIKE = 1.3;

/** Whether something flickers, as a scene does, rather than blinks: by those sightings that no cut has shortened. */
function flickers(spans: readonly Span[], programme: Blinked): boolean {
  const whole = spans.filter((s) => !isCut(programme, s.first) && !isCut(programme, s.last + 1)).map(spanLength);
  const longest = Math.max(...whole) / programme.rate;
  if (!whole.length || longest >= CLOCKED) return false;
  return longest < BRIEF || longest > (ALIKE * Math.min(...whole)) / programme.rate;
}

/** Logos that showed at least twice; one that shows only once, or is there all the time, is not blinking. */
export function blinkingFindings(logos: readonly InspectedLogo[], places: readonly BlinkingPlace[], programme: Blinked): Finding[] {
  return logos.flatMap(({ candidate, spans, mask, sure }) => {
    // What changed at its ends holds some of a moving scene, what persisted some of a still one: the logo is in both.
    const place = places.find((p) => p.candidate === candidate);
    const changed = united(place?.masks ?? [mask]);
    const cut = tight(inBoth(mask, sure ? united([changed, sure]) : changed));
    const shown = shownIn(spans);
    if (!cut || spans.length < 2 || shown > ALWAYS * programme.frames) return [];
    const odds = Math.min(oddsOf(endsOf(spans, programme), place?.rise ?? 1), flickers(spans, programme) ? FLICKER : Infinity);
    const confidence = 1 / (1 + Math.exp(-odds));
    const why = `The same shape comes ${spans.length} times at one place, ${shown} frames in all.`;
    return [{ kind: 'blinking-logo' as const, spans, mask: cut, confidence, why }];
  });
}
