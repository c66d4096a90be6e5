/*
 * Where a cue begins and ends, by how much of it each frame shows: the slope of the frame's gradient on the cue's, 0 without it, 1 with it.
 */

/** What the slope is when a cue is away. */
export interface Rest {
  readonly level: number;
  readonly spread: number;
  /** The median of the lowest quarter: a long fade cannot lift it. */
  readonly floor: number;
}

/** Frames that tell what the slope is when the cue is away; fewer do only when they agree, or they may be its fade. */
const RESTING = 6;
const AGREE = 0.15;

/** What the slope is when the cue is away: median and spread of the lower half of the slopes from `first` to `last`. */
export function restLevel(shows: Map<number, number>, first: number, last: number): Rest | undefined {
  const values: number[] = [];
  for (let t = first; t <= last; t++) values.push(shows.get(t) ?? 0);
  if (values.length < 2) return undefined;
  values.sort((a, b) => a - b);
  if (values.length < RESTING && values[values.length - 1] - values[0] > AGREE) return undefined;
  const lower = values.slice(0, Math.max(2, values.length >> 1));
  const level = lower[lower.length >> 1];
  return { level, spread: lower[lower.length - 1] - lower[0], floor: values[values.length >> 3] };
}

/** Slopes above the floor with which a long fade goes on where {@link stands} ends, and with which it ends itself. */
const FADING = 0.15;
const FADED = 0.06;

/** The outermost frame of a fade that goes on from frame `t`: frames that show less and less. */
export function throughFade(shows: Map<number, number>, rest: Rest | undefined, t: number, outwards: 1 | -1): number {
  const floor = rest?.floor ?? 0;
  for (let least = FADING; ; least = FADED) {
    const next = shows.get(t + outwards);
    if (next === undefined || next - floor < least || next >= (shows.get(t) ?? 1)) return t;
    t += outwards;
  }
}

/** Whether a frame's slope is that of the cue rather than of what is there without it. */
export function stands(slope: number | undefined, rest: Rest | undefined): boolean {
  if (slope === undefined) return true;
  const level = Math.min(rest?.level ?? 0, 0.7);
  const limit = Math.max(0.08, Math.min(0.4, 2 * (rest?.spread ?? 0)));
  return (slope - level) / (1 - level) > limit;
}
