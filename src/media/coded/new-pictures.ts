import type { Span } from '../../core/area.js';
import { TextlessError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import type { FrameTimes, Programme } from '../programme.js';
import { encodePictures } from './encoder.js';
import type { Sample } from './fragments-in.js';
import { recordOf } from './fragments-out.js';
import { runsOf } from './gops.js';
import { startsOf, timesOf, type SplicePlan } from './plan.js';

/** Frames of some runs; the others are read and dropped, to the last, so that their number is known and their decoding has ended. */
async function* framesIn(frames: AsyncIterable<Frame>, runs: readonly Span[], count: number): AsyncGenerator<Frame, void, undefined> {
  let [run, read] = [0, 0];
  for await (const frame of frames) {
    if (run < runs.length && read > runs[run].last) run++;
    if (run < runs.length && read >= runs[run].first) yield frame;
    read++;
  }
  if (read === count) return;
  throw new TextlessError('TEXTLESS_VERIFY', `The programme has ${count} frames, but ${read} were to be delivered.`);
}

/** The encoder's pictures, run by run. */
export class NewPictures {
  readonly #parts: ReturnType<typeof encodePictures>;

  constructor(
    private readonly programme: Programme,
    private readonly plan: SplicePlan,
    frames: AsyncIterable<Frame>,
    private readonly times: FrameTimes,
    signal?: AbortSignal,
  ) {
    const runs = runsOf(plan.pieces);
    const input = { frames: framesIn(frames, runs, times.ticks.length), times: timesOf(times, runs), starts: startsOf(runs) };
    this.#parts = encodePictures(programme, plan.plans, input, signal);
  }

  #fail(detail: string): never {
    throw new TextlessError('TEXTLESS_ENCODE', `New pictures of ${this.programme.name} do not fit between those that are kept.`, detail);
  }

  async #next(): Promise<Sample | undefined> {
    const next = await this.#parts.next();
    if (next.done) return undefined;
    if ('sample' in next.value) return next.value.sample;
    const [expected, own] = [recordOf(this.plan.head), recordOf(next.value.head)];
    if (!expected || !own?.equals(expected)) this.#fail('the parameter sets are not those that were announced');
    return this.#next();
  }

  /** All pictures of a run: as many as it has frames, none shown outside of it, an IDR picture first. */
  async *of({ first, last }: Span): AsyncGenerator<Sample, void, undefined> {
    const { ticks } = this.times;
    for (let frame = first; frame <= last; frame++) {
      const sample = await this.#next();
      if (!sample) this.#fail(`${last - frame + 1} pictures are missing`);
      if (sample.pts < ticks[first] || sample.pts > ticks[last])
        this.#fail(`a picture at ${sample.pts} is not of frames ${first} to ${last}`);
      if (frame === first && !sample.key) this.#fail(`frame ${first} does not begin anew`);
      yield sample;
    }
  }

  /** To be called after the last run. */
  async end(): Promise<void> {
    if (await this.#next()) this.#fail('there are more pictures than frames');
  }

  /** Lets frames and encoder go. */
  async close(): Promise<void> {
    await this.#parts.return();
  }
}
