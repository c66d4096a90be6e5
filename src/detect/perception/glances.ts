import type { Span } from '../../core/area.js';
import { readFusion, type Fusion } from '../logos/fusion.js';
import { windowOf } from './glance-frames.js';
import { logosInStretch, type LogoCandidate } from '../logos/candidates.js';
import { LogoSightings } from '../logos/places.js';
import type { KeyFrame } from '../survey/key-frames.js';
import { openPerceiver, type Perceiver } from './perception.js';
import { readPerceptionManifest } from './manifest.js';
import type { Stretch } from '../survey/stretches.js';
import type { StretchWatcher } from '../survey/survey.js';

/** Stretches that are always looked at, and seconds after which another is. */
const FIRST_LOOKS = 4;
const LOOK_AGAIN = 3;

/** What weighs a stretch's suspects: a network, and what its evidence is worth. */
export interface Eyes {
  readonly perceiver: Perceiver;
  readonly fusion: Fusion;
}

/**
 * Starts the network of a folder, with the weights that were fitted for it. Dispose of it, or its process stays. Undefined where the weights belong to another network:
 * then statistics alone decide.
 * @throws TextlessError TEXTLESS_MODEL, TEXTLESS_INFERENCE, TEXTLESS_CANCELLED
 */
export async function openEyes(folder: string, signal?: AbortSignal): Promise<(Eyes & AsyncDisposable) | undefined> {
  const fusion = await readFusion(folder, (await readPerceptionManifest(folder)).sha256);
  if (!fusion) return undefined;
  const perceiver = await openPerceiver(folder, { signal });
  return { perceiver, fusion, [Symbol.asyncDispose]: () => perceiver.close() };
}

/** Has the perception network look at stretches of the programme, and weighs what statistics suspect there together with what it sees. */
export class Glances implements StretchWatcher {
  private readonly found = new LogoSightings();
  private looks = 0;
  /** Settles when the last stretch has been weighed, fails when one could not be. */
  private weighed: Promise<void> = Promise.resolve();
  private last: Span | undefined;

  constructor(
    private readonly eyes: Eyes,
    private readonly rate: number,
  ) {}

  /** Resolves when another stretch may be taken; at once when few wait. Their statistics wait with them. */
  room(): Promise<void> {
    return this.eyes.perceiver.room();
  }

  take({ statistics, span }: Stretch, keys: readonly KeyFrame[]): boolean {
    const frames = windowOf(keys);
    if (!frames || !this.isDue(span)) return false;
    this.last = span;
    const { perceiver, fusion } = this.eyes;
    const [{ width, height }] = frames;
    const look = perceiver.look(frames.map((k) => k.luma), width, height); // prettier-ignore
    const { threshold } = perceiver.manifest;
    this.looks++;
    this.weighed = Promise.all([look, this.weighed]).then(([maps]) =>
      this.found.add(logosInStretch(statistics, span, fusion, { maps, threshold })),
    );
    this.weighed.catch(() => undefined); // finish() reports it
    return true;
  }

  /**
   * The candidates of all stretches taken.
   * @throws TextlessError TEXTLESS_INFERENCE when the network's process is gone, TEXTLESS_CANCELLED
   */
  async finish(): Promise<readonly LogoCandidate[]> {
    await this.weighed;
    return this.found.all;
  }

  private isDue({ first }: Span): boolean {
    return !this.last || this.looks < FIRST_LOOKS || first - this.last.first >= LOOK_AGAIN * this.rate;
  }
}
