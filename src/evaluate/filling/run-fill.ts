import { boundsOf, growBox, type Box } from '../../core/area.js';
import type { Frame } from '../../core/frame.js';
import { decodeFrames } from '../../media/decode.js';
import type { Plan } from '../../plan/plan.js';
import { openNetwork } from '../../restore/network/network.js';
import { masksOf, type CaseFolder } from './case-folder.js';
import { delogoFrames } from './delogo.js';
import { Judge, type MethodFigures } from './judge.js';
import { mattesOf, restored } from './product.js';
import { truePlan } from './true-plan.js';

/**
 * What is compared: the marked frames as they are, ffmpeg's delogo, OpenCV's two, our smooth fill, our copying in time, the network over both with every mark as a
 * hole, and the whole program, which takes off what shines through.
 */
export const METHODS = ['identity', 'delogo', 'telea', 'ns', 'push-pull', 'copy', 'network', 'textless'] as const;
export type Method = (typeof METHODS)[number];

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
