import { throwIfCancelled } from '../core/errors.js';
import { frameBytes, type ColourSpace, type Frame, type Geometry } from '../core/frame.js';
import type { OnProgress } from '../core/progress.js';
import type { Plan } from '../plan/plan.js';
import { wholeFrames, type Access } from './access.js';
import { CropStore } from './crops.js';
import { Jobs, type Job } from './jobs.js';
import type { Restorer } from './network/network.js';
import { planRegions } from './regions.js';
import { planWindows } from './windows.js';

/** Frames held while later ones are looked at: at most these, in bytes and in number, at least the last, which two windows need with half of it to look ahead. */
const AHEAD = { bytes: 384 * 2 ** 20, most: 64, least: 16 };

export interface RestoreOptions {
  readonly geometry: Geometry;
  readonly colour: ColourSpace;
  readonly plan: Pick<Plan, 'shots' | 'tracks'>;
  /** How the pictures are read and written, by default as whole frames. */
  readonly access?: Access | undefined;
  /** What fills the holes, see `openNetwork`; not needed where no track is wiped. */
  readonly restorer?: Restorer | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** For programmes in which nothing is left to fill. */
const nobody = (): Promise<never> => Promise.reject(new Error('nobody restores windows'));
const NOBODY: Restorer = { workers: 1, restore: nobody, steady: nobody, texture: nobody };

/**
 * Wipes the tracks of a plan. One frame out for each frame in, in order; frames without a wiped mark are the same buffer,
 * the others are changed in place, and only under the masks and their feather. Holds a bounded number of frames; while
 * windows are restored in other processes, frames go on arriving. Same input, same output.
 * @throws TextlessError TEXTLESS_INFERENCE, TEXTLESS_CANCELLED, and whatever `frames` throws
 */
export async function* restoreFrames(frames: AsyncIterable<Frame>, options: RestoreOptions): AsyncGenerator<Frame, void, undefined> {
  const { plan, signal, onProgress } = options;
  const run = new Run(frames, options);
  const total = (plan.shots.at(-1)?.last ?? -1) + 1;
  try {
    for (let done = 1; ; done++) {
      throwIfCancelled(signal);
      const frame = await run.next();
      if (!frame) return;
      for (const job of await run.jobsFor(frame.index)) {
        const rgb = (await job.done).get(frame.index);
        const { region } = job.window;
        if (rgb) run.access.write(frame, { box: region.box, rgb, weight: run.crops.weightOf(region, frame.index) });
      }
      run.release(frame.index);
      onProgress?.({ stage: 'wipe', done, total });
      yield frame;
    }
  } finally {
    await run.close();
  }
}

/** The state of one pass: frames read and not yet given on, and the windows that restore them. */
class Run {
  readonly access: Access;
  readonly crops: CropStore;
  readonly #source: AsyncIterator<Frame>;
  readonly #jobs: Jobs;
  readonly #ahead: number;
  readonly #held: Frame[] = [];
  #read = -1;
  #ended = false;
  #coming: Promise<IteratorResult<Frame>> | undefined;

  constructor(frames: AsyncIterable<Frame>, { geometry, colour, plan, restorer, access }: RestoreOptions) {
    this.access = access ?? wholeFrames(geometry, colour);
    this.#ahead = Math.max(AHEAD.least, Math.min(AHEAD.most, Math.floor(AHEAD.bytes / frameBytes(geometry))));
    const windows = planRegions(plan, geometry).flatMap((region) => planWindows(region, plan, this.#ahead >> 1, this.access.references));
    this.crops = new CropStore(plan, windows, this.access);
    this.#jobs = new Jobs(windows, this.crops, restorer ?? NOBODY);
    this.#source = frames[Symbol.asyncIterator]();
  }

  /** The next frame, with the windows that look past it on their way. */
  async next(): Promise<Frame | undefined> {
    if (!this.#held.length) await this.#pull();
    const frame = this.#held[0];
    if (!frame) return undefined;
    this.#send();
    while (!this.#ended && this.#read < Math.min(this.#jobs.need(frame.index, this.#ahead >> 1), frame.index + this.#ahead - 1)) {
      await this.#pull();
      this.#send();
    }
    return this.#held.shift();
  }

  /** The windows that restore a frame. */
  jobsFor(frame: number): Promise<Job[]> {
    return this.#jobs.of(frame, () => this.#send());
  }

  /** Lets go of what no frame after this one needs. */
  release(frame: number): void {
    for (const { region } of this.#jobs.release(frame)) if ((region.spans.at(-1)?.last ?? frame) <= frame) this.crops.forget(region);
  }

  /** Stops reading; windows still under way are left to the restorer's owner. */
  async close(): Promise<void> {
    this.#coming?.catch(() => undefined);
    await this.#source.return?.();
  }

  /** Reads one frame, and asks for the one after it. */
  async #pull(): Promise<void> {
    const result = await (this.#coming ?? this.#source.next());
    this.#coming = undefined;
    if (result.done) {
      this.#ended = true;
      return;
    }
    this.#coming = this.#source.next();
    this.#coming.catch(() => undefined); // it is reported by the pull that awaits it
    this.#read = result.value.index;
    this.crops.take(result.value);
    this.#held.push(result.value);
  }

  #send(): void {
    this.#jobs.send(this.#read, this.#ended);
  }
}
