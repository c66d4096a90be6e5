import type { Job } from '../service/ledger/job.js';
import type { Ledger } from '../service/ledger/ledger.js';

/** Milliseconds that a speed is taken over, at most; and of looks, at least, before one is told; and after which it no longer counts. */
const OVER = 60_000;
const LEAST = 8000;
const STALE = 15_000;

interface Speed {
  readonly stage: string;
  /** Frames (in `read`: cues) a second. */
  readonly speed: number;
}

/** How fast running jobs come forward, measured beside them and told through the ledger, so that whoever looks once can say how long a step will take. */
export class Pace {
  readonly #looks = new Map<number, { stage: string; seen: { at: number; done: number }[] }>();

  #told = false;

  constructor(private readonly ledger: Ledger) {}

  /** Looks at how far the running jobs are; call it every few seconds. @param now milliseconds since 1970 */
  look(now = Date.now()): void {
    const running = this.ledger.in(['working']);
    for (const id of this.#looks.keys()) if (!running.some((job) => job.id === id)) this.#looks.delete(id);
    for (const job of running) this.#see(job, now);
    const speeds = running.flatMap(({ id }) => {
      const speed = this.#speed(id);
      return speed ? [[id, speed] as const] : [];
    });
    // Nothing is written while nothing runs: each write waits for the disk.
    if (speeds.length || this.#told) this.ledger.setFact('pace', JSON.stringify({ at: now, jobs: Object.fromEntries(speeds) }));
    this.#told = speeds.length > 0;
  }

  #see({ id, stage, done }: Job, now: number): void {
    const known = this.#looks.get(id);
    if (!stage || known?.stage !== stage || done < known.seen.at(-1)!.done) {
      this.#looks.set(id, { stage: stage ?? '', seen: [{ at: now, done }] });
      return;
    }
    known.seen.push({ at: now, done });
    while (known.seen.length > 2 && now - known.seen[1].at >= OVER) known.seen.shift();
  }

  #speed(id: number): Speed | undefined {
    const { stage, seen } = this.#looks.get(id)!;
    const [first, last] = [seen[0], seen.at(-1)!];
    if (last.at - first.at < LEAST || last.done <= first.done) return undefined;
    return { stage, speed: (1000 * (last.done - first.done)) / (last.at - first.at) };
  }
}

/** What {@link Pace} told last. */
export function paceOf(ledger: Ledger): { left: (job: Job, now: number) => number | undefined } {
  const text = ledger.fact('pace');
  const told = text === undefined ? undefined : (JSON.parse(text) as { at: number; jobs: Record<string, Speed> });
  return {
    left: ({ id, stage, done, total }, now) => {
      const known = told && now - told.at < STALE ? told.jobs[id] : undefined;
      return known && known.stage === stage && total > 0 ? Math.max(0, total - done) / known.speed : undefined;
    },
  };
}
