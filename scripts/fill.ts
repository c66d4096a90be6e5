/**
 * Measures filling: `npx tsx scripts/fill.ts [--woven] CASE...`
 *
 * A case is a folder with `marked.mp4`, `clean.mp4` and `mask.mkv`, the same frames with and without a mark, and where it is. Only the fill is judged: the
 * true masks are given. Printed for each case, by copying in time alone and with the network: luma PSNR under the mark against the clean
 * frames; steadiness, the same of the differences from frame to frame; sharpness, gradients under the mark as a share of the clean frames';
 * and milliseconds a frame with a mark, decoding of all frames included. Interlaced frames are restored field by
 * field, as everywhere, or with --woven as they are.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { planesOf, type Frame, type Samples } from '../src/core/frame.js';
import { decodeFrames } from '../src/media/decode.js';
import { probe } from '../src/media/probe.js';
import type { Programme } from '../src/media/programme.js';
import type { Track } from '../src/plan/plan.js';
import { tight } from '../src/detect/maps/masks.js';
import { withHalo } from '../src/restore/halo.js';
import { openNetwork } from '../src/restore/network/network.js';
import { restorePictures } from '../src/restore/fields.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { woven: { type: 'boolean', default: false } } });

/** Samples that make a mark; share of a mask that must be in the next for both to be one track's. */
const LEAST = 20;
const SAME = 0.7;

/** Squared errors and gradients under the mark. */
class Score {
  private errors = 0;
  private samples = 0;
  private jumps = 0;
  private pairs = 0;
  private gradients = [0, 0];
  private before: { out: Samples; clean: Samples; mask: Samples } | undefined;

  constructor(private readonly width: number) {}

  add(out: Samples, clean: Samples, mask: Samples): void {
    const { width, before, gradients } = this;
    for (let i = 0; i < mask.length - width; i++) {
      if (mask[i] < 128) continue;
      this.samples++;
      this.errors += (out[i] - clean[i]) ** 2;
      [out, clean].forEach((p, k) => (gradients[k] += Math.abs(p[i + 1] - p[i]) + Math.abs(p[i + width] - p[i])));
      if (!before || before.mask[i] < 128) continue;
      this.pairs++;
      this.jumps += (out[i] - before.out[i] - (clean[i] - before.clean[i])) ** 2;
    }
    this.before = { out: out.slice(), clean: clean.slice(), mask };
  }

  toString(): string {
    const decibel = (sum: number, n: number): string => (10 * Math.log10((65025 * n) / Math.max(1e-9, sum))).toFixed(2);
    const [out, clean] = this.gradients;
    return `${decibel(this.errors, this.samples)} dB, steady ${decibel(this.jumps, this.pairs)} dB, sharp ${(out / clean).toFixed(2)}`;
  }
}

async function lumaOf(programme: Programme): Promise<Samples[]> {
  const all: Samples[] = [];
  for await (const frame of decodeFrames(programme)) all.push(planesOf(frame, programme.video.geometry)[0].data);
  return all;
}

/** Frames in which a mark stays as it is make a track, with all that any of them hides. */
function tracksOf(masks: readonly Samples[], width: number, height: number): Track[] {
  const tracks: Track[] = [];
  let union = new Uint8Array(width * height);
  let first = -1;
  const close = (last: number): void => {
    const mask = first < 0 ? undefined : tight({ box: { x: 0, y: 0, width, height }, data: union });
    if (mask)
      tracks.push({ id: `mark-${first}`, kind: 'subtitle', action: 'wipe', confidence: 1, why: '', spans: [{ first, last }], mask });
    first = -1;
  };
  masks.forEach((mask, t) => {
    let [shown, both] = [0, 0];
    for (let i = 0; i < mask.length; i++) {
      if (mask[i] < 128) continue;
      shown++;
      if (union[i]) both++;
    }
    if (first >= 0 && (shown < LEAST || both < SAME * shown)) close(t - 1);
    if (shown < LEAST) return;
    if (first < 0) [first, union] = [t, new Uint8Array(width * height)];
    for (let i = 0; i < union.length; i++) if (mask[i] > 127) union[i] = 255;
  });
  close(masks.length - 1);
  return tracks;
}

/** Lets frames through, and counts the time in which nobody asked for the next. */
async function* timed(source: AsyncIterable<Frame>, spent: { ms: number }): AsyncGenerator<Frame> {
  for await (const frame of source) {
    const since = performance.now();
    yield frame;
    spent.ms += performance.now() - since;
  }
}

async function measure(folder: string): Promise<void> {
  const [marked, clean, hidden] = await Promise.all(['marked.mp4', 'clean.mp4', 'mask.mkv'].map((f) => probe(path.join(folder, f))));
  const { geometry, colour, interlaced, topFieldFirst } = marked.video;
  const [truth, masks] = await Promise.all([lumaOf(clean), lumaOf(hidden)]);
  const tracks = tracksOf(masks, geometry.width, geometry.height).map((t) => withHalo(t, geometry));
  const plan = { shots: [{ first: 0, last: masks.length - 1 }], tracks };
  const shown = tracks.reduce((n, { spans: [{ first, last }] }) => n + last - first + 1, 0);
  for (const network of [false, true]) {
    await using restorer = await openNetwork({ folder: 'models/restore', network });
    const score = new Score(geometry.width);
    const spent = { ms: 0 };
    const since = performance.now();
    for await (const frame of timed(
      restorePictures(decodeFrames(marked), { geometry, colour, plan, restorer, interlaced: interlaced && !values.woven, topFieldFirst }),
      spent,
    ))
      score.add(planesOf(frame, geometry)[0].data, truth[frame.index], masks[frame.index]);
    const each = (performance.now() - since - spent.ms) / Math.max(1, shown);
    console.log(
      `${path.basename(folder)} ${network ? 'with the network' : 'copying alone'}: ${String(score)}, ${each.toFixed(0)} ms/frame`,
    );
  }
}

for (const folder of positionals) await measure(folder);
