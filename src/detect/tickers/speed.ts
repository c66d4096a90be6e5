import type { SurveySize } from '../survey/luma-source.js';

/** Samples a frame between two speeds that are tried, and between those near the best. */
const COARSE = 0.05;
const FINE = 0.01;
/** Share of the edges that must move along. */
const LEAST = 0.08;

/**
 * The speed, in samples a frame to the right, at which the edges of some frames agree best with each other; undefined where none does.
 *
 * @param frames luma of one box in frames that follow each other
 * @param about where to look, and how far round it
 */
export function speedIn(frames: readonly Uint8Array[], size: SurveySize, about: number, within: number): number | undefined {
  const edges = frames.map((luma) => slopes(luma, size));
  const own = edges.reduce((sum, e) => sum + energy(e), 0);
  const columns = { width: size.width, rows: size.height >> 1 };
  const agreement = (speed: number): number => (energy(aligned(edges, columns, speed)) - own) / (own * (frames.length - 1));
  const coarse = best(about, within, COARSE, agreement);
  const fine = best(coarse.speed, COARSE, FINE, agreement);
  return fine.agreement >= LEAST ? fine.speed : undefined;
}

function best(about: number, within: number, step: number, agreement: (speed: number) => number): { speed: number; agreement: number } {
  const count = Math.ceil(within / step);
  return Array.from({ length: 2 * count + 1 }, (_, i) => about + (i - count) * step)
    .map((speed) => ({ speed, agreement: agreement(speed) }))
    .reduce((a, b) => (b.agreement > a.agreement ? b : a));
}

/** Horizontal differences of every second row. */
function slopes(luma: Uint8Array, { width, height }: SurveySize): Int16Array {
  const out = new Int16Array(width * (height >> 1));
  for (let r = 0; r < height >> 1; r++)
    for (let x = 1, i = r * width + 1, p = 2 * r * width + 1; x < width - 1; x++, i++, p++) out[i] = luma[p + 1] - luma[p - 1];
  return out;
}

/** Sum of the frames' edges, each moved back by the way that it has gone. */
function aligned(edges: readonly Int16Array[], { width, rows }: { width: number; rows: number }, speed: number): Int32Array {
  const sum = new Int32Array(width * rows);
  edges.forEach((edge, t) => {
    const by = Math.round(speed * t);
    const [from, to] = [Math.max(0, -by), Math.min(width, width - by)];
    for (let r = 0; r < rows; r++) for (let i = r * width + from, end = r * width + to; i < end; i++) sum[i] += edge[i + by];
  });
  return sum;
}

function energy(values: Int16Array | Int32Array): number {
  let sum = 0;
  for (const v of values) sum += v * v;
  return sum;
}
