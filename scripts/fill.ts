/**
 * Times filling, with every core: `npx tsx scripts/fill.ts [--woven] CASE...`
 *
 * A case is a folder with `marked.mp4`, `clean.mp4`, `mask.mkv` and `truth.json`, see samples/README.md. The true masks are given, and every mark is a hole. Printed for each
 * case, by copying in time alone and with the network: luma PSNR under the mark against the clean frames, and milliseconds a frame with a mark, decoding of all frames
 * included. `textless bench restore CASE...` compares quality with other methods; this one is for speed, and for interlaced
 * frames: they are restored field by field, as everywhere, or with --woven as they are.
 */
import { parseArgs } from 'node:util';
import { planesOf, type Frame } from '../src/core/frame.js';
import { masksOf, openCase } from '../src/evaluate/filling/case-folder.js';
import { truePlan } from '../src/evaluate/filling/true-plan.js';
import { decodeFrames } from '../src/media/decode.js';
import { restorePictures } from '../src/restore/fields.js';
import { withHalo } from '../src/restore/halo.js';
import { openNetwork } from '../src/restore/network/network.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { woven: { type: 'boolean', default: false } } });

/** Lets frames through, and counts the time in which nobody asked for the next. */
async function* timed(source: AsyncIterable<Frame>, spent: { ms: number }): AsyncGenerator<Frame> {
  for await (const frame of source) {
    const since = performance.now();
    yield frame;
    spent.ms += performance.now() - since;
  }
}

async function measure(folder: string): Promise<void> {
  const given = await openCase(folder);
  const { marked, clean, hidden, name, truth } = given;
  const { geometry, colour, interlaced, topFieldFirst } = marked.video;
  const { shots, tracks } = await truePlan(truth, masksOf(given), geometry.width);
  const plan = { shots, tracks: tracks.map((t) => withHalo(t, geometry)) };
  const shown = new Set(tracks.flatMap((t) => t.spans.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, k) => first + k)))); // prettier-ignore
  for (const network of [false, true]) {
    await using restorer = await openNetwork({ folder: 'models/restore', network });
    const [truths, masks] = [clean, hidden].map((p) => decodeFrames(p));
    const spent = { ms: 0 };
    let [errors, samples] = [0, 0];
    const since = performance.now();
    const options = { geometry, colour, plan, restorer, interlaced: interlaced && !values.woven, topFieldFirst };
    for await (const frame of timed(restorePictures(decodeFrames(marked), options), spent)) {
      const [out, truth, mask] = [frame, (await truths.next()).value!, (await masks.next()).value!].map(
        (f, i) => planesOf(f, i === 2 ? hidden.video.geometry : geometry)[0].data,
      );
      for (let i = 0; i < mask.length; i++) {
        if (mask[i] < 128) continue;
        samples++;
        errors += (out[i] - truth[i]) ** 2;
      }
    }
    const each = (performance.now() - since - spent.ms) / Math.max(1, shown.size);
    const decibel = (10 * Math.log10((65025 * samples) / Math.max(1e-9, errors))).toFixed(2);
    console.log(`${name} ${network ? 'with the network' : 'copying alone'}: ${decibel} dB, ${each.toFixed(0)} ms/frame`);
  }
}

for (const folder of positionals) await measure(folder);
