/** What a look at a file sees. */
export interface Look {
  readonly size: number;
  /** Time of the last change, milliseconds. */
  readonly mtime: number;
  readonly inode: string;
}

/** What is to be done with a file after a look. `open`: it has held still, so see whether it is whole. `stale`: it never will be. */
export type Verdict = 'wait' | 'open' | 'stale';

export interface ReadinessOptions {
  /** Seconds that size and time must hold. */
  readonly quiet: number;
  /** Seconds without change after which a file that is not whole is given up. */
  readonly stale: number;
}

/** Looks that must agree, at least. */
const LOOKS = 3;
/** Seconds until a file that held still but was not whole is opened again; doubled each time up to the second figure. */
const AGAIN = { first: 5, most: 120 };

interface Waiting {
  look: Look;
  since: number;
  looks: number;
  again: number;
  pause: number;
}

/**
 * Tells when files have stopped changing. Knows nothing but what it is shown; the clock must not jump, so that it is not the time of day.
 * A file whose size stands from the start is not told from a whole one here: whoever opens it says so by {@link notWhole}.
 */
export class Readiness {
  readonly #waiting = new Map<string, Waiting>();

  constructor(private readonly options: ReadinessOptions) {}

  /** @param now seconds of a steady clock */
  see(file: string, look: Look, now: number): Verdict {
    const known = this.#waiting.get(file);
    if (!known || known.look.size !== look.size || known.look.mtime !== look.mtime || known.look.inode !== look.inode) {
      this.#waiting.set(file, { look, since: now, looks: 1, again: 0, pause: AGAIN.first });
      return 'wait';
    }
    known.looks++;
    const still = now - known.since;
    if (known.looks < LOOKS || still < this.options.quiet || now < known.again) return 'wait';
    return 'open';
  }

  /** A file that held still is not whole. @returns `stale` when it has had time enough */
  notWhole(file: string, now: number): 'wait' | 'stale' {
    const known = this.#waiting.get(file);
    if (!known) return 'wait';
    if (now - known.since >= this.options.stale) return 'stale';
    known.again = now + known.pause;
    known.pause = Math.min(AGAIN.most, 2 * known.pause);
    return 'wait';
  }

  /** How long a file has not changed, in seconds. */
  stillFor(file: string, now: number): number {
    const known = this.#waiting.get(file);
    return known ? now - known.since : 0;
  }

  forget(file: string): void {
    this.#waiting.delete(file);
  }

  /** Forgets all but these: files that have gone away. */
  keepOnly(files: ReadonlySet<string>): void {
    for (const file of this.#waiting.keys()) if (!files.has(file)) this.#waiting.delete(file);
  }

  get size(): number {
    return this.#waiting.size;
  }

  files(): IterableIterator<string> {
    return this.#waiting.keys();
  }
}
