import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Box } from '../../core/area.js';
import { throwIfCancelled } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { growMap } from '../../detect/maps/regions.js';
import { decodeFrames } from '../../media/decode.js';
import { masksOf, type CaseFolder } from './case-folder.js';
import { fillPicture, type Classic } from './classic.js';
import { CropFile, cropped, inStep, rgbOf } from './crops.js';
import { FillScore, grayOf, type FillFigures } from './fill-score.js';
import { warpOf, type Warp } from './warp.js';

/** Figures of a method, and the seconds it took, reading included. */
export type MethodFigures = FillFigures & { readonly seconds: number };

/** By how much true masks are grown where results are compared, as compression mixes a mark with what is around it. */
const BLEED = 2;

/** Knows the clean frames around the marks of a case, and compares results with them. */
export class Judge {
  frames = 0;
  shown = 0;
  readonly #clean: CropFile;
  readonly #masks: CropFile;
  readonly #result: CropFile;
  readonly #warps: (Warp | undefined)[] = [];
  readonly #files: string[];
  readonly #signal: AbortSignal | undefined;

  constructor(
    private readonly folder: CaseFolder,
    private readonly box: Box,
    { work, signal }: { readonly work: string; readonly signal?: AbortSignal | undefined },
  ) {
    this.#signal = signal;
    const samples = box.width * box.height;
    this.#files = ['clean.rgb', 'mask.gray', 'result.rgb'].map((name) => path.join(work, name));
    const [clean, masks, result] = this.#files;
    this.#clean = new CropFile(clean, 3 * samples);
    this.#masks = new CropFile(masks, samples);
    this.#result = new CropFile(result, 3 * samples);
  }

  crops(frames: AsyncIterable<Frame>): AsyncGenerator<Uint8Array> {
    return rgbOf(frames, this.folder.marked.video, this.box);
  }

  async learnTruth(): Promise<void> {
    const { folder, box } = this;
    const signal = this.#signal;
    const { width, height } = box;
    await this.#clean.write(rgbOf(decodeFrames(folder.clean, { signal }), folder.clean.video, box));
    await this.#masks.write(cropped(masksOf(folder, signal), folder.hidden.video.geometry.width, box));
    const cuts = new Set(folder.truth.cuts);
    let before: Uint8Array | undefined;
    for await (const [clean, mask] of inStep(this.#clean.read(), this.#masks.read())) {
      throwIfCancelled(signal);
      const gray = Uint8Array.from(grayOf(clean), Math.round);
      const marked = mask.includes(1);
      const follows = before && marked && !cuts.has(this.frames);
      const hole = growMap(mask, width, height, BLEED);
      this.#warps.push(follows ? await warpOf({ width, height, data: gray }, { width, height, data: before! }, hole) : undefined);
      before = gray;
      this.frames++;
      if (marked) this.shown++;
    }
  }

  /** The marked frames filled one by one. */
  async *filled(method: Classic): AsyncGenerator<Uint8Array, void, undefined> {
    const { width, height } = this.box;
    const marked = this.crops(decodeFrames(this.folder.marked, { signal: this.#signal }));
    for await (const [data, mask] of inStep(marked, this.#masks.read())) yield await fillPicture(method, { width, height, data }, mask);
  }

  async measure(pictures: AsyncIterable<Uint8Array>): Promise<MethodFigures> {
    const { width, height } = this.box;
    const since = performance.now();
    await this.#result.write(pictures);
    const seconds = (performance.now() - since) / 1000;
    if (this.#result.pictures !== this.frames) throw new RangeError(`${this.#result.pictures} frames instead of ${this.frames}`);
    const score = new FillScore(width, height);
    let frame = 0;
    for await (const [out, clean, mask] of inStep(this.#result.read(), this.#clean.read(), this.#masks.read())) {
      throwIfCancelled(this.#signal);
      score.add(out, clean, growMap(mask, width, height, BLEED), this.#warps[frame++]);
    }
    const figures = score.figures();
    if (!figures) throw new RangeError('a case without a mark');
    return { ...figures, seconds };
  }

  close(): Promise<unknown> {
    return Promise.all(this.#files.map((file) => rm(file, { force: true })));
  }
}
