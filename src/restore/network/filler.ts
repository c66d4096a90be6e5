import type { Session } from '../../inference/session.js';
import { paddingFor, toPlanes } from '../../inference/tensors.js';
import { makeCandidates } from '../candidates/candidates.js';
import type { Candidates } from '../candidates/window.js';
import { transplant } from '../texture/transplant.js';
import { carryCorrections, correctionsDiffer } from './corrections.js';
import type { Manifest } from './manifest.js';
import type { RestoreWindow } from './messages.js';
import { fromPlanes } from './pixels.js';

/**
 * Share of a window's hidden samples that other frames must show for the network to be asked. It joins what has been seen; where nothing has, under a fixed mark on a
 * still picture, it can only guess, which is no nearer to the truth than the smooth fill and differs from window to window.
 */
const SEEN = 0.1;
/** Confidence from which a sample counts as seen, of 255. */
const SURE = 26;

/** What restores windows: candidates first, then the network over them, where there is one. */
export class Filler {
  constructor(private readonly network?: { readonly session: Session; readonly manifest: Manifest }) {}

  /** Restored targets, [targets, height, width, 3]: what other frames show, finished by the network, and texture where there is nothing to show. */
  async restore(window: RestoreWindow): Promise<Uint8Array> {
    const { targets, height, width, mask, texture } = window;
    const made = makeCandidates({ ...window, targets: Array.from({ length: targets }, (_, t) => t) });
    const filled = await this.#finish(window, made);
    const n = height * width;
    for (let t = 0; texture && t < targets; t++) {
      const [rgb, smooth] = [window.rgb, made.fill].map((frames) => frames.subarray(3 * n * t, 3 * n * (t + 1)));
      const [hidden, confidence] = [mask, made.confidence].map((maps) => maps.subarray(n * t, n * (t + 1)));
      transplant(filled.subarray(3 * n * t, 3 * n * (t + 1)), { rgb, mask: hidden, smooth, confidence }, texture);
    }
    return filled;
  }

  /**
   * Candidates as the network finishes them, where there is one and something has been seen. It sees the first and the last target, whose corrections are carried to
   * those between them; these it sees too where both corrections have little in common, because the picture moves under the mark.
   */
  async #finish(window: RestoreWindow, made: Candidates): Promise<Uint8Array> {
    const { targets, height, width, mask } = window;
    const all = Array.from({ length: targets }, (_, t) => t);
    const n = 3 * height * width;
    const filled = made.candidate.slice(0, targets * n);
    if (!this.network || seenShare(made.confidence, mask, targets * height * width) < SEEN) return filled;
    const ask = async (frames: readonly number[]): Promise<void> => {
      const rgb = await this.#see(window, made, frames);
      frames.forEach((t, k) => filled.set(rgb.subarray(k * n, (k + 1) * n), t * n));
    };
    const keys = all.filter((t) => t === 0 || t === targets - 1);
    const between = all.slice(1, -1);
    await ask(keys);
    const corrected = { filled, candidate: made.candidate, mask, n };
    if (between.length && correctionsDiffer(corrected, targets)) await ask(between);
    else carryCorrections(corrected, targets);
    return filled;
  }

  /**
   * What the network makes of some targets, [frames, height, width, 3]. References do not go there: what they show is in the candidates, and seeing them
   * too doubles the time and changes nothing that can be measured.
   */
  async #see({ height, width, mask }: RestoreWindow, made: Candidates, frames: readonly number[]): Promise<Uint8Array> {
    const { session, manifest } = this.network!;
    const padding = paddingFor(height, width, manifest.multipleOf);
    const tensor = (bytes: Uint8Array, channels: number): { data: Float32Array; shape: number[] } => {
      const n = channels * height * width;
      const some = new Uint8Array(frames.length * n);
      frames.forEach((t, k) => some.set(bytes.subarray(t * n, (t + 1) * n), k * n));
      const shape = [frames.length, channels, padding.paddedHeight, padding.paddedWidth];
      return { data: toPlanes(some, frames.length, channels, padding), shape };
    };
    const inputs = {
      fill: tensor(made.fill, 3),
      candidate: tensor(made.candidate, 3),
      confidence: tensor(made.confidence, 1),
      mask: tensor(mask, 1),
    };
    return fromPlanes(await session.run(inputs), frames.length, padding);
  }
}

/** Share of the first `n` samples that are hidden in `mask` and sure; 1 where nothing is hidden. */
function seenShare(confidence: Uint8Array, mask: Uint8Array, n: number): number {
  let [hidden, seen] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (!mask[i]) continue;
    hidden++;
    if (confidence[i] >= SURE) seen++;
  }
  return hidden ? seen / hidden : 1;
}
