import { inSpans } from '../../core/area.js';
import type { Frame, Geometry } from '../../core/frame.js';
import type { Plan, Track } from '../../plan/plan.js';
import { atRest } from '../../plan/travel.js';
import type { Matte } from '../../restore/matte/matte.js';
import { BesideGauge, type Beside } from './beside.js';
import { FlickerGauge, type Flicker } from './flicker.js';
import { nothing, type Measured } from './gate.js';
import { ResidualGauge, type Residual } from './residual.js';

/** Marks whose look changes, and those that cover the picture: nothing beside them tells. */
const CHANGING: readonly Track['kind'][] = ['ticker', 'watermark'];

interface Open {
  readonly track: Track;
  readonly last: number;
  readonly wanted: ReadonlySet<number>;
  readonly residual: ResidualGauge;
  /** None for marks that travel. */
  readonly flicker: FlickerGauge | undefined;
  readonly beside: BesideGauge | undefined;
}

/** Looks at the place of every wiped mark, before and after. Only marks of the present hold maps: a film has a thousand cues. */
export class MarkGauges {
  readonly #waiting: Track[];
  #open: Open[] = [];
  readonly residuals: Residual[] = [];
  readonly flickers: Flicker[] = [];
  readonly besides: Beside[] = [];

  constructor(
    private readonly plan: Pick<Plan, 'tracks' | 'shots'>,
    private readonly mattes: ReadonlyMap<string, Matte>,
    private readonly geometry: Geometry,
  ) {
    const wiped = plan.tracks.filter((t) => t.action === 'wipe' && t.spans.length).map(atRest);
    this.#waiting = wiped.sort((a, b) => b.spans[0].first - a.spans[0].first);
  }

  /** Takes a frame as it was decoded; in order. */
  before(frame: Frame): void {
    for (let next = this.#waiting.at(-1); next && next.spans[0].first <= frame.index; next = this.#waiting.at(-1)) {
      this.#open.push(this.#opened(next));
      this.#waiting.pop();
    }
    for (const { wanted, residual } of this.#open) if (wanted.has(frame.index)) residual.before(frame);
  }

  /** Takes the same frame restored; in order. */
  after(frame: Frame): void {
    for (const { track, wanted, residual, flicker, beside } of this.#open) {
      if (wanted.has(frame.index)) {
        residual.after(frame);
        beside?.take(frame);
      }
      if (flicker && inSpans(track.spans, frame.index)) flicker.take(frame);
    }
    const over = this.#open.filter((o) => o.last <= frame.index);
    for (const one of over) this.#close(one);
    if (over.length) this.#open = this.#open.filter((o) => !over.includes(o));
  }

  measured(): Measured[] {
    for (const one of this.#open.splice(0)) this.#close(one);
    return [this.#left(), this.#beside(), this.#flicker(), this.#variance()];
  }

  #opened(track: Track): Open {
    const matte = this.mattes.get(track.id);
    const residual = new ResidualGauge(track, matte, this.geometry);
    const flicker = track.path ? undefined : new FlickerGauge(track, this.plan.shots, this.geometry);
    const beside = track.path || CHANGING.includes(track.kind) ? undefined : new BesideGauge(track, this.geometry);
    return { beside, track, last: track.spans[track.spans.length - 1].last, wanted: new Set(residual.frames), residual, flicker };
  }

  #close({ residual, flicker, beside }: Open): void {
    const [left, flickers, edges] = [residual.result(), flicker?.result(), beside?.result()];
    if (edges) this.besides.push(edges);
    if (left) this.residuals.push(left);
    if (flickers) this.flickers.push(flickers);
  }

  #left(): Measured {
    const worst = highest(this.residuals, (r) => r.left);
    if (!worst) return nothing('mark-left', 'No mark is large enough to look for its rest.');
    const { left, strength, likeness, track } = worst;
    const says = `Of ${this.residuals.length} marks ${track} has most left: its edges are there to ${percent(strength)}, with a correlation of ${likeness.toFixed(2)}.`;
    return { gate: 'mark-left', value: left, says, worst: worst.worst };
  }

  #beside(): Measured {
    const worst = highest(this.besides, (b) => b.ratio);
    if (!worst) return nothing('mark-beside', 'No mark stands for long enough over a scene that moves.');
    const says = `Beside the mask of ${worst.track} ${worst.ratio.toFixed(2)} times as much stands still as farther away.`;
    return { gate: 'mark-beside', value: worst.ratio, says, worst: worst.worst };
  }

  #flicker(): Measured {
    const worst = highest(this.flickers, (f) => f.inside - f.beside);
    if (!worst) return nothing('flicker', 'No mark stands in a shot that stands still.');
    const { inside, beside, track, pairs } = worst;
    const says = `The place of ${track} changes by ${inside.toFixed(2)} levels from frame to frame where the shot stands still, what is beside it by ${beside.toFixed(2)} (${pairs} pairs of frames).`;
    return { gate: 'flicker', value: Math.max(0, inside - beside), says, worst: worst.worst };
  }

  #variance(): Measured {
    const worst = highest(this.residuals, (r) => r.variance ?? -1);
    if (worst?.variance === undefined) return nothing('logo-variance', 'No mark was there for long enough.');
    const says = `Under ${worst.track} what was changed comes and goes with a variance of ${worst.variance.toFixed(2)}.`;
    return { gate: 'logo-variance', value: worst.variance, says, worst: worst.worst };
  }
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function highest<T>(all: readonly T[], value: (one: T) => number): T | undefined {
  return all.reduce<T | undefined>((best, one) => (best === undefined || value(one) > value(best) ? one : best), undefined);
}
