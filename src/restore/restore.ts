import { throwIfCancelled } from '../core/errors.js';
import { frameBytes, type ColourSpace, type Frame, type Geometry } from '../core/frame.js';
import type { OnProgress } from '../core/progress.js';
import type { Plan } from '../plan/plan.js';
import { composeFrame } from './compose.js';
import { CropStore } from './crops.js';
import type { Network } from './network/network.js';
import { planRegions } from './regions.js';
import { planWindows, type Window } from './windows.js';

/** Frames held while later ones are looked at: at most these, in bytes and in number, at least the last. */
const AHEAD = { bytes: 384 * 2 ** 20, most: 64, least: 12 };

export interface RestoreOptions {
  readonly geometry: Geometry;
  readonly colour: ColourSpace;
  readonly plan: Pick<Plan, 'shots' | 'tracks'>;
  /** What fills the holes, see `openNetwork`; not needed where no track is wiped. */
  readonly restorer?: Pick<Network, 'restore' | 'workers'> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** For programmes in which nothing is left to fill. */
const NOBODY = { workers: 1, restore: (): Promise<never> => Promise.reject(new Error('nobody restores windows')) };

/** A window on its way: the patches it will give, by frame. */
interface Job {
  readonly window: Window;
  readonly done: Promise<ReadonlyMap<number, Uint8Array>>;
}

/**
 * Wipes the tracks of a plan. One frame out for each frame in, in order; frames without a wiped mark are the same buffer,
 * the others are changed in place, and only under the masks and their feather. Holds a bounded number of frames; while
 * windows are restored in other processes, frames go on arriving. Same input, same output.
 * @throws TextlessError TEXTLESS_INFERENCE, TEXTLESS_CANCELLED, and whatever `frames` throws
 */
export async function* restoreFrames(frames: AsyncIterable<Frame>, options: RestoreOptions): AsyncGenerator<Frame, void, undefined> {
  const { geometry, colour, plan, signal, onProgress } = options;
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
        if (rgb) composeFrame(frame, geometry, colour, { box: region.box, rgb, weight: run.crops.weightOf(region) });
      }
      run.release(frame.index);
      onProgress?.({ stage: 'wipe', done, total });
      yield frame;
    }
  } finally {
    await run.close();
  }
}

/** The state of one pass: frames read and not yet given on, windows to come and windows under way. */
class Run {
  readonly crops: CropStore;
  readonly #source: AsyncIterator<Frame>;
  readonly #restorer: Pick<Network, 'restore' | 'workers'>;
  readonly #ahead: number;
  /** By first target. Those before `#sent` have been handed to the restorer. */
  readonly #windows: readonly Window[];
  readonly #held: Frame[] = [];
  readonly #busy = new Set<Promise<unknown>>();
  #jobs: Job[] = [];
  #sent = 0;
  #read = -1;
  #ended = false;
  #coming: Promise<IteratorResult<Frame>> | undefined;

  constructor(frames: AsyncIterable<Frame>, { geometry, colour, plan, restorer }: RestoreOptions) {
    this.#ahead = Math.max(AHEAD.least, Math.min(AHEAD.most, Math.floor(AHEAD.bytes / frameBytes(geometry))));
    const windows = planRegions(plan, geometry).flatMap((region) => planWindows(region, plan, this.#ahead >> 1));
    this.#windows = windows.sort((a, b) => a.targets[0] - b.targets[0]);
    this.crops = new CropStore(plan, this.#windows, geometry, colour);
    this.#restorer = restorer ?? NOBODY;
    this.#source = frames[Symbol.asyncIterator]();
  }

  /** The next frame, with the windows that look past it on their way. */
  async next(): Promise<Frame | undefined> {
    if (!this.#held.length) await this.#pull();
    const frame = this.#held[0];
    if (!frame) return undefined;
    this.#send();
    while (!this.#ended && this.#read < this.#need(frame.index)) {
      await this.#pull();
      this.#send();
    }
    return this.#held.shift();
  }

  /** The windows that restore a frame; waits until all of them are on their way. */
  async jobsFor(frame: number): Promise<Job[]> {
    for (this.#send(); this.#sent < this.#windows.length && this.#windows[this.#sent].targets[0] <= frame; this.#send())
      await Promise.race(this.#busy);
    return this.#jobs.filter(({ window: { targets } }) => targets[0] <= frame && targets[targets.length - 1] >= frame);
  }

  /** Lets go of what no frame after this one needs. */
  release(frame: number): void {
    const over = this.#jobs.filter(({ window }) => window.targets[window.targets.length - 1] <= frame);
    this.#jobs = this.#jobs.filter((job) => !over.includes(job));
    for (const { window } of over) if ((window.region.spans.at(-1)?.last ?? frame) <= frame) this.crops.forget(window.region);
  }

  /** Stops reading; windows still under way are left to the restorer's owner. */
  async close(): Promise<void> {
    this.#coming?.catch(() => undefined);
    await this.#source.return?.();
  }

  /** The last frame worth reading now: as far as the next few windows look, within bounds. */
  #need(frame: number): number {
    let need = frame;
    const few = this.#sent + 2 * this.#restorer.workers;
    for (let k = this.#sent; k < this.#windows.length; k++) {
      const { targets, last } = this.#windows[k];
      if (targets[0] > frame && (k >= few || targets[0] > frame + (this.#ahead >> 1))) break;
      need = Math.max(need, last);
    }
    return Math.min(need, frame + this.#ahead - 1);
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

  /** Hands windows over whose frames are all there, a bounded number at a time. */
  #send(): void {
    while (this.#sent < this.#windows.length && this.#busy.size < 2 * this.#restorer.workers) {
      const window = this.#windows[this.#sent];
      if (window.last > this.#read && !this.#ended) return;
      this.#sent++;
      const ready = this.crops.gather(window);
      if (ready) this.#jobs.push({ window, done: this.#track(this.#restore(ready)) });
    }
  }

  async #restore({ window, targets }: NonNullable<ReturnType<CropStore['gather']>>): Promise<ReadonlyMap<number, Uint8Array>> {
    const rgb = await this.#restorer.restore(window);
    const size = 3 * window.height * window.width;
    return new Map(targets.map((f, t) => [f, rgb.subarray(t * size, (t + 1) * size)]));
  }

  #track<T>(promise: Promise<T>): Promise<T> {
    this.#busy.add(promise);
    const over = (): void => void this.#busy.delete(promise);
    promise.then(over, over);
    return promise;
  }
}
