import { createRequire } from 'node:module';
import { TextlessError } from '../../core/errors.js';

/** A picture of OpenCV; lives outside of JavaScript's memory until it is deleted. */
interface Mat {
  readonly data: Uint8Array;
  readonly data32F: Float32Array;
  delete(): void;
}

/** What of OpenCV's JavaScript build is used here. */
interface OpenCv {
  readonly Mat: new (rows?: number, columns?: number, type?: number) => Mat;
  readonly CV_8UC1: number;
  readonly CV_8UC3: number;
  readonly INPAINT_NS: number;
  readonly INPAINT_TELEA: number;
  inpaint(from: Mat, mask: Mat, to: Mat, radius: number, method: number): void;
  calcOpticalFlowFarneback(
    ...args: [from: Mat, to: Mat, flow: Mat, scale: number, levels: number, window: number, rounds: number, n: number, sigma: number, flags: number] // prettier-ignore
  ): void;
  onRuntimeInitialized?: () => void;
}

let loaded: Promise<{ readonly cv: OpenCv }> | undefined;

/**
 * OpenCV as WebAssembly: an optional package, which only this benchmark asks for. In an object of its own, as the module has a `then` that never settles.
 * @throws TextlessError `TEXTLESS_USAGE` when it is not installed
 */
export const opencv = (): Promise<{ readonly cv: OpenCv }> => (loaded ??= load());

async function load(): Promise<{ readonly cv: OpenCv }> {
  const cv = required();
  if (!(cv.Mat as unknown)) await new Promise<void>((resolve) => (cv.onRuntimeInitialized = resolve));
  return { cv };
}

/** Events at which the module, as it is loaded, makes the whole process end with its own source as the message. */
const MEDDLED = ['uncaughtException', 'unhandledRejection'] as const;

function required(): OpenCv {
  const before = MEDDLED.map((event) => new Set<unknown>(process.listeners(event as 'exit')));
  try {
    const cv = createRequire(import.meta.url)('@techstark/opencv-js') as OpenCv;
    MEDDLED.forEach((event, i) => {
      for (const listener of process.listeners(event as 'exit')) if (!before[i].has(listener)) process.off(event, listener);
    });
    return cv;
  } catch (cause) {
    const sentence = 'The benchmark of filling compares with OpenCV, which is not installed: npm install @techstark/opencv-js';
    throw new TextlessError('TEXTLESS_USAGE', sentence, String(cause), { cause });
  }
}

/** Rows, columns and channels of a picture of bytes. */
export interface Bytes {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Runs `work` with pictures copied into OpenCV's memory, which are gone afterwards. */
function withMats<T>(cv: OpenCv, pictures: readonly Bytes[], work: (...mats: Mat[]) => T): T {
  const mats = pictures.map(({ width, height, data }) => {
    const mat = new cv.Mat(height, width, data.length === width * height ? cv.CV_8UC1 : cv.CV_8UC3);
    mat.data.set(data);
    return mat;
  });
  const out = new cv.Mat();
  try {
    return work(...mats, out);
  } finally {
    for (const mat of [...mats, out]) mat.delete();
  }
}

/** Radius in samples that a pixel is made from. */
const RADIUS = 4;

/** Fills what the mask hides from around it. @param picture packed RGB @param mask of its size, not 0 where hidden */
export async function inpaint(picture: Bytes, mask: Bytes, method: 'telea' | 'ns'): Promise<Uint8Array> {
  const { cv } = await opencv();
  return withMats(cv, [picture, mask], (p, m, out) => {
    cv.inpaint(p, m, out, RADIUS, method === 'telea' ? cv.INPAINT_TELEA : cv.INPAINT_NS);
    return out.data.slice();
  });
}

/** Dense optical flow (Farnebäck, SCIA 2003) between two gray pictures: where each sample of `from` is in `to`, as x, y pairs of displacements. */
export async function opticalFlow(from: Bytes, to: Bytes): Promise<Float32Array> {
  const { cv } = await opencv();
  return withMats(cv, [from, to], (a, b, out) => {
    cv.calcOpticalFlowFarneback(a, b, out, 0.5, 4, 15, 3, 5, 1.2, 0);
    return out.data32F.slice();
  });
}
