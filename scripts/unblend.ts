/**
 * Measures taking marks off: `npx tsx scripts/unblend.ts CASE...`
 *
 * A case is a folder with `marked.mp4` and `clean.mp4`, the same frames with and without a mark. Each is scanned; the mattes of what is found are
 * learnt and taken off. Printed for each matte: α of its body, the colour of its planes, luma PSNR against the clean frames at the samples that it covers
 * (α above .02 and up to .85) as marked, as taken off, and as the matte that fits the clean frames best would do it; then milliseconds spent on a frame that is learnt from.
 */
import path from 'node:path';
import { planesOf, type Frame } from '../src/core/frame.js';
import { detectMarks } from '../src/detect/detect.js';
import { decodeFrames } from '../src/media/decode.js';
import { probe } from '../src/media/probe.js';
import type { Programme } from '../src/media/programme.js';
import type { Track } from '../src/plan/plan.js';
import type { Matte } from '../src/restore/matte/matte.js';
import { OPAQUE } from '../src/restore/matte/opacity.js';
import { learnMattes } from '../src/restore/matte/lessons.js';
import { unblendFrames } from '../src/restore/matte/unblend.js';

const KINDS = ['logo', 'blinking-logo', 'watermark', 'score-bar', 'subtitle', 'title'] as const;
const LEAST = 0.02;

/** Sums over frames under one matte: squared errors as marked and as taken off, and what the best matte is fitted with. */
class Score {
  private readonly at: readonly number[];
  private readonly xy: Float64Array;
  private readonly xx: Float64Array;
  private readonly yy: Float64Array;
  private frames = 0;
  private before = 0;
  private after = 0;

  constructor(
    private readonly matte: Matte,
    private readonly width: number,
  ) {
    const { alpha } = matte.planes[0];
    this.at = Array.from(alpha.keys()).filter((i) => alpha[i] > LEAST && alpha[i] <= OPAQUE);
    [this.xy, this.xx, this.yy] = Array.from({ length: 3 }, () => new Float64Array(this.at.length));
  }

  add(clean: ArrayLike<number>, marked: ArrayLike<number>, out: ArrayLike<number>): void {
    const { box, colour } = this.matte.planes[0];
    this.frames++;
    this.at.forEach((i, k) => {
      const p = (box.y + Math.floor(i / box.width)) * this.width + box.x + (i % box.width);
      const [x, y] = [colour - clean[p], marked[p] - clean[p]];
      this.xy[k] += x * y;
      this.xx[k] += x * x;
      this.yy[k] += y * y;
      this.before += y * y;
      this.after += (out[p] - clean[p]) ** 2;
    });
  }

  toString(): string {
    const n = this.frames * this.at.length;
    // What the best α leaves of y - x = α(c - x), raised by 1 / (1 - α).
    let best = 0;
    for (let k = 0; k < this.at.length; k++) {
      const a = Math.max(0, Math.min(OPAQUE, this.xy[k] / Math.max(1, this.xx[k])));
      best += (this.yy[k] - 2 * a * this.xy[k] + a * a * this.xx[k]) / (1 - a) ** 2;
    }
    const decibel = (sum: number): string => (10 * Math.log10((65025 * n) / Math.max(1e-9, sum))).toFixed(1);
    return `marked ${decibel(this.before)} dB, taken off ${decibel(this.after)}, best matte ${decibel(best)}`;
  }
}

async function* timed<T>(source: AsyncIterable<T>, spent: { ms: number; count: number }): AsyncGenerator<T> {
  for await (const one of source) {
    spent.count++;
    const since = performance.now();
    yield one;
    spent.ms += performance.now() - since;
  }
}

async function measure(folder: string): Promise<void> {
  const [marked, clean] = await Promise.all(['marked.mp4', 'clean.mp4'].map((name) => probe(path.join(folder, name))));
  const { shots, findings } = await detectMarks(marked, { kinds: KINDS, perception: 'models/perceive' });
  const tracks = findings.map((f, i): Track => ({ ...f, id: `${f.kind}-${i + 1}`, action: 'wipe' }));
  const { geometry, colour } = marked.video;
  const learning = { ms: 0, count: 0 };
  const { mattes } = await learnMattes(timed(decodeFrames(marked), learning), { tracks, shots }, { geometry, colour });
  const open = tracks.filter((t) => mattes.has(t.id)).map((track) => ({ track, score: new Score(mattes.get(track.id)!, geometry.width) }));
  const [truth, before] = [frames(clean), frames(marked)];
  for await (const out of unblendFrames(decodeFrames(marked), tracks, mattes, { geometry, colour })) {
    const planes = [await truth(), await before(), out].map((f) => planesOf(f, geometry)[0].data);
    for (const { track, score } of open)
      if (track.spans.some((s) => out.index >= s.first && out.index <= s.last)) score.add(planes[0], planes[1], planes[2]);
  }
  const name = path.basename(folder);
  if (!tracks.length) console.log(`${name}: nothing found`);
  for (const { id } of tracks.filter((t) => !mattes.has(t.id))) console.log(`${name} ${id}: not taken off`);
  for (const { track, score } of open) {
    const { opacity, planes } = mattes.get(track.id)!;
    console.log(
      `${name} ${track.id}: α ${opacity.toFixed(3)}, colour ${planes.map((p) => p.colour.toFixed(0)).join('/')}, ${String(score)}`,
    );
  }
  console.log(`${name}: learning ${(learning.ms / Math.max(1, learning.count)).toFixed(1)} ms/frame read`);
}

/** One frame after the other. */
function frames(programme: Programme): () => Promise<Frame> {
  const source = decodeFrames(programme);
  return async () => {
    const next = await source.next();
    if (next.done) throw new Error(`${programme.name} has fewer frames`);
    return next.value;
  };
}

for (const folder of process.argv.slice(2)) await measure(folder);
