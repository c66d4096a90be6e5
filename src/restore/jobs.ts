import { NEIGHBOURS } from './candidates/steady.js';
import type { CropStore } from './crops.js';
import type { Restorer, RestoreWindow } from './network/network.js';
import type { Region } from './regions.js';
import type { Texture } from './texture/texture.js';
import { TARGETS, type Window } from './windows.js';

/** A window on its way: the patches it will give, by frame. */
export interface Job {
  readonly window: Window;
  readonly done: Promise<ReadonlyMap<number, Uint8Array>>;
}

/** Targets of one window, each restored for itself: [frames, height, width, 3] and [frames, height, width]. */
interface Guess {
  readonly frames: readonly number[];
  readonly rgb: Uint8Array;
  readonly mask: Uint8Array;
}

/** A promise and how it is kept. */
interface Expected<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function expected<T>(): Expected<T> {
  let [resolve, reject]: [Expected<T>['resolve'], Expected<T>['reject']] = [() => undefined, () => undefined];
  const promise = new Promise<T>((keep, fail) => ([resolve, reject] = [keep, fail]));
  promise.catch(() => undefined); // it is reported by the job that waits for it
  return { promise, resolve, reject };
}

/** Hands windows over to be restored, and then, with their neighbours, to be made steady; a bounded number at a time. */
export class Jobs {
  /** By first target. Those before `#sent` have been handed over. */
  readonly #windows: readonly Window[];
  /** What comes of each window; undefined where its frames never came. */
  readonly #guesses = new Map<Window, Expected<Guess | undefined>>();
  /** Where what is never seen takes its texture, as the first window of each region says. */
  readonly #textures = new WeakMap<Region, Promise<Texture | undefined>>();
  readonly #busy = new Set<Promise<unknown>>();
  #open: Job[] = [];
  #sent = 0;

  constructor(
    windows: readonly Window[],
    private readonly crops: CropStore,
    private readonly restorer: Restorer,
  ) {
    this.#windows = [...windows].sort((a, b) => a.targets[0] - b.targets[0]);
  }

  /**
   * The last frame that must be there for a frame to be restored, and as far as the next few windows look.
   * @param most frames from this one on within which windows are sent early
   */
  need(frame: number, most: number): number {
    let need = frame;
    const few = this.#sent + 2 * this.restorer.workers;
    for (let k = this.#sent; k < this.#windows.length; k++) {
      const { targets, last } = this.#windows[k];
      if (targets[0] > frame + TARGETS && (k >= few || targets[0] > frame + most)) break;
      need = Math.max(need, last);
    }
    return need;
  }

  /** Hands windows over whose frames are all there. @param read the last frame that is; all that will come when `ended` */
  send(read: number, ended: boolean): void {
    while (this.#sent < this.#windows.length && this.#busy.size < 2 * this.restorer.workers) {
      const window = this.#windows[this.#sent];
      if (window.last > read && !ended) return;
      this.#sent++;
      const ready = this.crops.gather(window);
      const guess = this.#guessOf(window);
      if (!ready) {
        guess.resolve(undefined);
        continue;
      }
      this.#track(this.#restore(window, ready)).then(guess.resolve, guess.reject);
      const done = this.#steady(window, ready.window);
      done.catch(() => undefined); // it is reported to whoever asks for the frame
      this.#open.push({ window, done });
    }
  }

  /** The windows that restore a frame; waits until all of them, and those that follow them, are on their way. */
  async of(frame: number, send: () => void): Promise<Job[]> {
    for (send(); this.#sent < this.#windows.length && this.#windows[this.#sent].targets[0] <= frame + TARGETS; send())
      await Promise.race(this.#busy);
    return this.#open.filter(({ window: { targets } }) => targets[0] <= frame && targets[targets.length - 1] >= frame);
  }

  /** Lets go of windows that no frame after this one needs, and returns them. */
  release(frame: number): Window[] {
    const over = this.#open.filter(({ window }) => window.targets[window.targets.length - 1] <= frame).map((job) => job.window);
    this.#open = this.#open.filter(({ window }) => !over.includes(window));
    for (const window of over) this.#guesses.delete(window);
    return over;
  }

  async #restore({ region, blind }: Window, { window, targets }: NonNullable<ReturnType<CropStore['gather']>>): Promise<Guess> {
    const n = window.height * window.width;
    const texture = blind ? await this.#textureOf(region, window) : undefined;
    const rgb = await this.restorer.restore({ ...window, texture });
    return { frames: targets, rgb, mask: window.mask.subarray(0, n * targets.length) };
  }

  async #steady(window: Window, { width, height }: RestoreWindow): Promise<ReadonlyMap<number, Uint8Array>> {
    const expect = (w: Window | undefined): Promise<Guess | undefined> => (w ? this.#guessOf(w).promise : Promise.resolve(undefined));
    const [before, own, after] = await Promise.all([window.before, window, window.after].map(expect));
    const n = width * height;
    const lead = partOf(before, -NEIGHBOURS, n);
    const tail = partOf(after, NEIGHBOURS, n);
    const all = [lead, own!, tail];
    const frames = all.flatMap((g) => g.frames);
    const [first, last] = [lead.frames.length, lead.frames.length + own!.frames.length - 1];
    const rgb = new Uint8Array(3 * n * frames.length);
    const mask = new Uint8Array(n * frames.length);
    for (let g = 0, at = 0; g < all.length; at += n * all[g++].frames.length) {
      rgb.set(all[g].rgb, 3 * at);
      mask.set(all[g].mask, at);
    }
    const steadied = await this.restorer.steady({ frames: frames.length, height, width, rgb, mask, first, last });
    return new Map(own!.frames.map((f, t) => [f, steadied.subarray(3 * n * t, 3 * n * (t + 1))]));
  }

  #textureOf(region: Region, window: RestoreWindow): Promise<Texture | undefined> {
    const known = this.#textures.get(region);
    if (known) return known;
    const learnt = this.restorer.texture(window);
    this.#textures.set(region, learnt);
    return learnt;
  }

  #guessOf(window: Window): Expected<Guess | undefined> {
    let guess = this.#guesses.get(window);
    if (!guess) this.#guesses.set(window, (guess = expected()));
    return guess;
  }

  #track<T>(promise: Promise<T>): Promise<T> {
    this.#busy.add(promise);
    const over = (): void => void this.#busy.delete(promise);
    promise.then(over, over);
    return promise;
  }
}

/** The first frames of a guess, or the last where `count` is negative. */
function partOf(guess: Guess | undefined, count: number, n: number): Guess {
  if (!guess) return { frames: [], rgb: new Uint8Array(0), mask: new Uint8Array(0) };
  const from = count < 0 ? Math.max(0, guess.frames.length + count) : 0;
  const to = count < 0 ? guess.frames.length : Math.min(count, guess.frames.length);
  return {
    frames: guess.frames.slice(from, to),
    rgb: guess.rgb.subarray(3 * n * from, 3 * n * to),
    mask: guess.mask.subarray(n * from, n * to),
  };
}
