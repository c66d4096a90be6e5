import { rm } from 'node:fs/promises';
import path from 'node:path';
import { boundsOf, growBox, type Box } from '../../core/area.js';
import { throwIfCancelled } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { decodeFrames } from '../../media/decode.js';
import { growMap } from '../../detect/maps/regions.js';
import type { Plan } from '../../plan/plan.js';
import { openNetwork } from '../../restore/network/network.js';
import { masksOf, type CaseFolder } from './case-folder.js';
import type { CLASSIC } from './classic.js';
import { fillPicture } from './classic.js';
import { CropFile, cropped, inStep, rgbOf } from './crops.js';
import { delogoFrames } from './delogo.js';
import { FillScore, grayOf, type FillFigures } from './fill-score.js';
import { mattesOf, restored } from './product.js';
import { truePlan } from './true-plan.js';
import { warpOf, type Warp } from './warp.js';

/**
 * What is compared: the marked frames as they are, ffmpeg's delogo, OpenCV's two, our smooth fill, our copying in time, the network over both with every mark as a
 * hole, and the whole program, which takes off what shines through.
 */
export const METHODS = ['identity', 'delogo', 'telea', 'ns', 'push-pull', 'copy', 'network', 'textless'] as const;
export type Method = (typeof METHODS)[number];

/** Figures of a method, and the seconds it took, reading included. */
export type MethodFigures = FillFigures & { readonly seconds: number };

/** What came of the filling of one case. */
export interface Filled {
  readonly width: number;
  readonly height: number;
  /** Frames, and those with a mark. */
  readonly frames: number;
  readonly shown: number;
  /** Whether part of the marks was taken off by `textless`; where nothing was, its figures are the network's. */
  readonly unblended: boolean;
  readonly methods: Readonly<Record<Method, MethodFigures>>;
}

export interface FillOptions {
  /** Folder of the restoring network. */
  readonly modelFolder: string;
  /** Where results lie while they are judged; must be there. */
  readonly work: string;
  readonly signal?: AbortSignal | undefined;
}

/** Samples around the marks that methods see and results are compared in. */
const AROUND = 48;
/** By how much true masks are grown where results are compared, as compression mixes a mark with what is around it. */
const BLEED = 2;

/** Fills the marks of a case by every method, given where and when they are, and compares with the clean frames. */
export async function fillCase(folder: CaseFolder, options: FillOptions): Promise<Filled> {
  const { signal } = options;
  const { width, height } = folder.marked.video.geometry;
  const plan = await truePlan(folder.truth, masksOf(folder, signal), width);
  const box = await reachOf(folder, signal);
  const judge = new Judge(folder, box, options);
  try {
    await judge.learnTruth();
    const methods = await everyMethod(folder, plan, judge, options);
    return { width, height, frames: judge.frames, shown: judge.shown, ...methods };
  } finally {
    await judge.close();
  }
}

/** The box around all marks of a case, at even places. */
async function reachOf(folder: CaseFolder, signal?: AbortSignal): Promise<Box> {
  const { width, height } = folder.marked.video.geometry;
  const all = new Uint8Array(width * height);
  for await (const mask of masksOf(folder, signal)) for (let i = 0; i < all.length; i++) if (mask[i] > 127) all[i] = 1;
  const { x, y, width: w, height: h } = growBox(boundsOf(all, width, height) ?? { x: 0, y: 0, width, height }, AROUND, width, height);
  return { x: x & ~1, y: y & ~1, width: w + (x & 1), height: h + (y & 1) };
}

type Mattes = Parameters<typeof restored>[2]['mattes'];

async function everyMethod(
  folder: CaseFolder,
  plan: Pick<Plan, 'shots' | 'tracks'>,
  judge: Judge,
  { modelFolder, work, signal }: FillOptions,
): Promise<Pick<Filled, 'methods' | 'unblended'>> {
  const whole = (frames: AsyncIterable<Frame>): Promise<MethodFigures> => judge.measure(judge.crops(frames));
  const product = async (network: boolean, mattes: Mattes): Promise<MethodFigures> => {
    // Two cases are worked on at a time: one worker each.
    await using restorer = await openNetwork({ folder: modelFolder, network, workers: 1, threads: 1, signal });
    return await whole(restored(folder, plan, { restorer, mattes, signal }));
  };
  const identity = await whole(decodeFrames(folder.marked, { signal }));
  const delogo = await whole(delogoFrames(folder.marked, plan.tracks, { work, signal }));
  const telea = await judge.measure(judge.filled('telea'));
  const ns = await judge.measure(judge.filled('ns'));
  const smooth = await judge.measure(judge.filled('push-pull'));
  const copy = await product(false, new Map());
  const network = await product(true, new Map());
  const mattes = await mattesOf(folder, plan, signal);
  const textless = mattes.size ? await product(true, mattes) : network;
  return { unblended: mattes.size > 0, methods: { identity, delogo, telea, ns, 'push-pull': smooth, copy, network, textless } };
}

/** Knows the clean frames around the marks of a case, and compares results with them. */
class Judge {
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
    { work, signal }: FillOptions,
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
  async *filled(method: keyof typeof CLASSIC): AsyncGenerator<Uint8Array, void, undefined> {
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
