import type { Box, Mask, Span } from '../../core/area.js';
import { growBox } from '../../core/area.js';
import { Absence } from './absence.js';
import { AreaScaler } from '../survey/area-scaler.js';
import type { Appointment, Crop, Inspector } from '../survey/crops.js';
import { PlaceSums } from '../kernels/place-sums.js';
import type { SurveySize } from '../survey/luma-source.js';
import type { LogoCandidate } from './candidates.js';
import { Presence } from './presence.js';
import { rankIn } from '../maps/rank.js';
import { stepAt } from './mask.js';
import { wholeMask } from './whole-mask.js';

/** What the full-size frames say about a logo. */
export interface InspectedLogo {
  readonly candidate: LogoCandidate;
  /** Frames in which it shows. */
  readonly spans: readonly Span[];
  readonly mask: Mask;
  /** What of the mask surely comes and goes with it. */
  readonly sure?: Mask | undefined;
  /** Mean and deviation of the luma over the frames that show it, of the mask's box, row-major. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/**
 * How much of the logo a frame shows is read where four tenths of its edges show more: half of a logo's edges border on the
 * scene and change with it, or turn round. From {@link SURE} on its pixels are counted.
 */
const RANK = 0.6;
const SURE = 0.7;
/** How much of it may seem to show in frames that are taken to be without it. */
const GONE = 0.1;
/** Share of edges by which those that agree must outnumber those that turn round: texture without a logo has as many of both. */
const BALANCE = 0.15;
/** Edge pixels by which the level is read at most, and frames that are summed up for the mask: more add nothing. */
const READ = 1200;
const ENOUGH = 400;
/** Frames between those of a long programme that are looked at while nothing changes, and the change of its level that says something does. */
const LONGEST_STEP = 4;
const CHANGE = 0.2;
/** Shorter sides of a candidate, and share of the picture's shorter side at most, around it in which parts of the same mark are looked for. */
const FAR = 3;
const FARTHEST = 0.25;

/** Samples around a candidate in which weak edges of the same mark lie, which the survey did not see. */
const nearby = ({ box }: LogoCandidate): number => 4 + (Math.min(box.width, box.height) >> 1);

/** The part of the picture that a {@link LogoInspector} looks at: whole parts of a mark may lie farther away than its weak edges. */
function farAround(candidate: LogoCandidate, survey: SurveySize, picture: SurveySize): AreaScaler {
  const { box } = candidate;
  const far = Math.min(Math.round(FAR * Math.min(box.width, box.height)), Math.round(FARTHEST * Math.min(survey.width, survey.height)));
  return new AreaScaler(growBox(box, Math.max(nearby(candidate), far), survey.width, survey.height), survey, picture);
}

/** What a frame says about a logo. */
interface Look {
  /** 0 without it, about 1 with it, in between while it fades, or before a scene as light as it is. */
  readonly shows: number;
  /** Mean luma at its edges. */
  readonly level: number;
}

/** An appointment for a {@link LogoInspector}. */
export const logoAppointment = (
  candidate: LogoCandidate,
  survey: SurveySize,
  picture: SurveySize & { readonly frames: number },
): Appointment<InspectedLogo> => ({
  first: 0,
  box: farAround(candidate, survey, picture).from,
  open: () => new LogoInspector(candidate, survey, picture),
});

/** Follows a logo over the whole programme: in which frames it shows, and what its pixels are at full size. */
class LogoInspector implements Inspector<InspectedLogo> {
  readonly box: Box;
  readonly span: Span;
  private readonly presence: Presence;
  private readonly sums: PlaceSums;
  private readonly seeds: Uint8Array;
  /** The part of the box that is the mark's by all that the survey saw. */
  private readonly near: Box;
  private readonly scaler: AreaScaler;
  /** Edge pixels by which its level is read: their indices in the candidate, the places to the right and left of each, below and above, in the scaled box, and room for what they say. */
  private readonly read: Int32Array;
  private readonly places: Int32Array;
  private readonly levels: Float64Array;
  private readonly slopes: Float32Array;
  private readonly stride: number;
  /** Frames from one that is looked at to the next, and those since the last one. */
  private readonly step: number;
  private readonly skipped: Crop[] = [];
  private readonly absence: Absence;

  constructor(
    private readonly candidate: LogoCandidate,
    survey: SurveySize,
    picture: { readonly width: number; readonly height: number; readonly frames: number },
  ) {
    const near = nearby(candidate);
    this.scaler = farAround(candidate, survey, picture);
    this.box = this.scaler.from;
    const { from } = new AreaScaler(growBox(candidate.box, near, survey.width, survey.height), survey, picture);
    this.near = { ...from, x: from.x - this.box.x, y: from.y - this.box.y };
    const apart = Math.ceil(candidate.pixel.length / READ);
    this.read = Int32Array.from({ length: Math.ceil(candidate.pixel.length / apart) }, (_, i) => i * apart);
    const { width } = this.scaler.to;
    this.places = new Int32Array(4 * this.read.length);
    this.read.forEach((of, i) => {
      const p = this.scaler.place(candidate.pixel[of]);
      this.places.set([p + 1, p - 1, p + width, p - width], 4 * i);
    });
    this.levels = new Float64Array(this.places.length);
    this.slopes = new Float32Array(this.read.length);
    this.span = { first: 0, last: picture.frames - 1 };
    this.stride = Math.max(1, Math.ceil(picture.frames / ENOUGH));
    this.step = Math.min(this.stride, LONGEST_STEP);
    this.presence = new Presence(picture.frames);
    const size = this.box.width * this.box.height;
    this.sums = new PlaceSums(this.box.width, size);
    this.seeds = this.scaler.spread(candidate.pixel);
    this.absence = new Absence(size);
  }

  add(index: number, crop: Crop): void {
    const { frames } = this.presence;
    if (index >= frames) return;
    if (index % this.step && index < frames - 1) {
      this.skipped.push(crop);
      return;
    }
    const now = this.look(crop);
    this.fillIn(index, now);
    this.presence.note(index, now.shows, now.level);
    this.absence.add(index, crop, now.shows >= SURE, Math.abs(now.shows) < GONE);
    if (now.shows >= SURE && now.shows <= 1.3 && index % this.stride === 0) this.sums.add(crop.samples(this.sums.input));
  }

  /** Notes the frames that were skipped before one: looks at them only where the logo came, went or faded meanwhile. */
  private fillIn(index: number, now: Look): void {
    const { presence, skipped } = this;
    const first = index - skipped.length;
    const before = presence.at(first - 1);
    const changed = before < SURE !== now.shows < SURE || Math.abs(now.shows - before) > CHANGE;
    skipped.forEach((one, i) => {
      const between = before + ((now.shows - before) * (i + 1)) / (skipped.length + 1);
      const { shows, level } = changed ? this.look(one) : { shows: between, level: now.level };
      presence.note(first + i, shows, level);
    });
    skipped.length = 0;
  }

  finish(): InspectedLogo {
    const { box, candidate } = this;
    const { count } = this.sums;
    const { mean, deviation, power } = this.sums.statistics();
    const { width, height } = box;
    const unrest = new Float32Array(mean.length);
    for (let i = width; i < unrest.length - width; i++) unrest[i] = Math.sqrt(Math.max(0, power[i] - stepAt(mean, i, width) ** 2));
    const picture = { mean, deviation, unrest, seeds: this.seeds, width, height, gone: this.absence.picture() };
    const { mask, sure } = count ? wholeMask(picture, this.near) : { mask: new Uint8Array(width * height), sure: undefined };
    return {
      candidate,
      spans: count ? this.presence.spans().flatMap((span) => inside(span, candidate.within)) : [],
      mask: { box, data: mask },
      sure: sure && { box, data: sure },
      mean,
      deviation,
    };
  }

  private look(crop: Crop): Look {
    const { scaler, read, slopes, levels } = this;
    const { gx, gy } = this.candidate;
    scaler.levelsAt(crop, this.places, levels);
    for (let i = 0; i < slopes.length; i++) {
      const k = read[i];
      const x = levels[4 * i] - levels[4 * i + 1];
      const y = levels[4 * i + 2] - levels[4 * i + 3];
      slopes[i] = (gx[k] * x + gy[k] * y) / (2 * (gx[k] * gx[k] + gy[k] * gy[k]));
    }
    const level = levels.reduce((sum, one) => sum + one, 0) / Math.max(1, levels.length);
    const most = rankIn(slopes, RANK) ?? 0;
    let [agree, against] = [0, 0];
    for (let i = 0; i < slopes.length; i++) {
      if (slopes[i] > most / 2) agree++;
      if (slopes[i] <= -most / 2) against++;
    }
    return { shows: agree - against > BALANCE * slopes.length ? most : 0, level };
  }
}

/** What of a span lies in other ones; all of it where there are none. */
function inside({ first, last }: Span, others: readonly Span[] | undefined): Span[] {
  if (!others) return [{ first, last }];
  const parts = others.map((o) => ({ first: Math.max(first, o.first), last: Math.min(last, o.last) }));
  return parts.filter((part) => part.first <= part.last).sort((a, b) => a.first - b.first);
}
