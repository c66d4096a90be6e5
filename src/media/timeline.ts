import { TextlessError } from '../core/errors.js';
import type { Rational } from '../core/time.js';
import type { FrameTimes, Programme, VideoStream } from './programme.js';
import type { Timeline } from './raw-matroska.js';

/** How the times of a programme travel through an encoder and come out as they were. */
export interface EncoderTimeline {
  /** Times on the pipe, never negative. */
  readonly pipe: Timeline;
  /** Unit of the encoder's times. */
  readonly base: Rational;
  /** Filters that give frames their times in {@link base}. */
  readonly filter: string;
  /** Bitstream filter that gives packets their own times back; for encoders that count frames. */
  readonly restore?: string;
}

const fraction = (r: Rational): string => `${r.num}/${r.den}`;

/** Times must rise for an encoder; broken files repeat or turn back, and get the next tick instead. */
export function rising(ticks: readonly number[]): number[] {
  const out = ticks.slice();
  for (let i = 1; i < out.length; i++) if (out[i] <= out[i - 1]) out[i] = out[i - 1] + 1;
  return out;
}

/** Times for encoders that take any unit: H.264, HEVC, VP8, VP9, and those without motion. */
function free(times: FrameTimes): EncoderTimeline {
  const ticks = rising(times.ticks);
  const shift = Math.max(0, -ticks[0]);
  const back = shift ? `,setpts=PTS-${shift}` : '';
  return {
    pipe: { base: times.base, ticks: shift ? ticks.map((t) => t + shift) : ticks, lastDuration: times.lastDuration },
    base: times.base,
    filter: `settb=${fraction(times.base)}${back}`,
  };
}

/**
 * Frame numbers on the grid of the nominal rate; missing frames leave gaps.
 * @returns undefined when a time is further from the grid than `tolerance` ticks
 */
export function gridNumbers(times: FrameTimes, rate: Rational, tolerance = 1): number[] | undefined {
  const perFrame = (rate.den * times.base.den) / (rate.num * times.base.num);
  const numbers = times.ticks.map((t) => Math.round((t - times.ticks[0]) / perFrame));
  for (let i = 0; i < numbers.length; i++) {
    if (Math.abs(numbers[i] * perFrame + times.ticks[0] - times.ticks[i]) > tolerance) return undefined;
    if (i > 0 && numbers[i] <= numbers[i - 1]) return undefined;
  }
  return numbers;
}

/**
 * The rate at which frames follow each other, for encoders: the stated rates are sometimes those of fields.
 * `constant` when no frame is missing or late.
 */
export function measuredRate(video: Pick<VideoStream, 'rate' | 'averageRate'>, times: FrameTimes): { rate: Rational; constant: boolean } {
  const half = { num: video.rate.num, den: video.rate.den * 2 };
  for (const rate of [video.rate, half, video.averageRate ?? video.rate]) {
    const numbers = gridNumbers(times, rate);
    if (numbers && numbers.at(-1) === numbers.length - 1) return { rate, constant: true };
  }
  return { rate: video.rate, constant: false };
}

/** Fields a second of broadcast systems. */
const FIELD_RATES: readonly Rational[] = [{ num: 60_000, den: 1001 }, { num: 60, den: 1 }, { num: 50, den: 1 }]; // prettier-ignore

/** Whether frames are shown for two fields or for three, as where film is broadcast by repeating fields instead of coding them again (soft telecine). */
function repeatsFields({ ticks, base }: FrameTimes): boolean {
  return FIELD_RATES.some((rate) => {
    const field = (rate.den * base.den) / (rate.num * base.num);
    const shown = ticks.slice(1).map((t, i) => (t - ticks[i]) / field);
    const whole = shown.every((fields) => [2, 3].some((n) => Math.abs(fields - n) * field <= 1));
    return whole && shown.some((fields) => fields > 2.5);
  });
}

export function softTelecine({ name, video: { codec } }: Programme): TextlessError {
  const reason = `some of its frames are shown for three fields (soft telecine), which the encoder of ${codec} cannot write`;
  return new TextlessError('TEXTLESS_UNSUPPORTED', `${name} cannot be delivered: ${reason}.`);
}

/** Times for encoders of the MPEG family, which count frames of a constant rate (MPEG-1, MPEG-2, MPEG-4 part 2). */
function gridded(programme: Programme, times: FrameTimes): EncoderTimeline {
  const { rate } = measuredRate(programme.video, times);
  const numbers = gridNumbers(times, rate);
  if (!numbers) {
    if (repeatsFields(times)) throw softTelecine(programme);
    const reason = `its frame rate varies, which ${programme.video.codec} cannot express`;
    throw new TextlessError('TEXTLESS_UNSUPPORTED', `${programme.name} cannot be delivered: ${reason}.`);
  }
  const base = { num: rate.den, den: rate.num };
  const [start] = times.ticks;
  return {
    pipe: { base, ticks: numbers, lastDuration: 1 },
    base,
    filter: `settb=${fraction(base)}`,
    // The first changes the unit, the second puts the start back.
    restore: `setts=pts=PTS:dts=DTS:time_base=${fraction(times.base)},setts=pts=PTS+${start}:dts=DTS+${start}`,
  };
}

/** @throws TextlessError `TEXTLESS_UNSUPPORTED` when the encoder needs a constant rate and the programme has none */
export function encoderTimeline(programme: Programme, times: FrameTimes, grid: boolean): EncoderTimeline {
  if (times.ticks.length === 0) throw new TextlessError('TEXTLESS_VERIFY', `${programme.name} has no frames to deliver.`);
  const back = times.ticks.findIndex((t, i) => i > 0 && t <= times.ticks[i - 1]);
  const risen = rising(times.ticks).filter((t, i) => t !== times.ticks[i]).length;
  if (risen > Math.max(2, times.ticks.length / 100)) {
    throw new TextlessError('TEXTLESS_UNSUPPORTED', `${programme.name} cannot be delivered: its time stamps jump back at frame ${back}.`);
  }
  return grid ? gridded(programme, times) : free(times);
}
