/**
 * Fits how much the perception network's evidence is worth, and writes it beside the network:
 * `npx tsx scripts/fit-fusion.ts [--model models/perceive] [--features FILE] PROGRAMME...`
 *
 * A programme is a folder with `marked.mp4` and `truth.json` (`size: [width, height]`, `tracks: [{ kind, spans: [[first, last]], box: [x, y, width, height] }]`)
 * or a clip without marks. Of each, the survey and the network's looks give places that the network alone suspects; a place is right when more than half of its box lies
 * in that of a mark which shows meanwhile. A logistic regression with signed weights is fitted to them; the places of one mark count as one. To be run
 * again whenever the network changes: fusion.json names the one it belongs to. With --features the evidence is kept in a file, and programmes that are in it are not scanned again.
 */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Box, Span } from '../src/core/area.js';
import { toNumber } from '../src/core/time.js';
import { confidenceOf, EVIDENCE, suspectsIn, type Evidence, type EvidenceName, type Fusion, type Suspect } from '../src/detect/fusion.js';
import { windowOf } from '../src/detect/glance-frames.js';
import { LUMA_STAYS, surveyLines } from '../src/detect/luma-source.js';
import { openPerceiver, type Perceiver } from '../src/detect/perception.js';
import { Survey } from '../src/detect/survey.js';
import { decodeLuma, lumaSize } from '../src/media/decode.js';
import { probe } from '../src/media/probe.js';

interface Truth {
  readonly size: readonly [number, number];
  readonly tracks: readonly { readonly spans: readonly [number, number][]; readonly box?: readonly [number, number, number, number] }[];
}

/** A place that the network alone suspects. `mark`: which of the programme's marks it is, -1 for none. */
interface Example {
  readonly programme: string;
  readonly stretch: number;
  readonly mark: number;
  readonly evidence: Evidence;
}

/** Pulls weights in units of their evidence's deviation towards 0. */
const RIDGE = 0.005;
const STEPS = 20_000;
const RATE = 0.3;

const names = Object.keys(EVIDENCE) as EvidenceName[];

function markAt(box: Box, span: Span, { size, tracks }: Truth, width: number): number {
  const scale = width / size[0];
  return tracks.findIndex(({ spans, box: at }) => {
    if (!at || !spans.some(([first, last]) => first <= span.last && last >= span.first)) return false;
    const [x, y, w, h] = at.map((v) => v * scale);
    const across = Math.min(x + w, box.x + box.width) - Math.max(x, box.x);
    const down = Math.min(y + h, box.y + box.height) - Math.max(y, box.y);
    return across > 0 && down > 0 && across * down > 0.5 * box.width * box.height;
  });
}

async function examplesOf(programme: string, perceiver: Perceiver): Promise<Example[]> {
  const isClip = programme.endsWith('.mp4');
  const truth = isClip ? undefined : (JSON.parse(await readFile(path.join(programme, 'truth.json'), 'utf8')) as Truth);
  const source = await probe(isClip ? programme : path.join(programme, 'marked.mp4'), {});
  const { geometry, rate } = source.video;
  const lines = surveyLines(geometry.width, geometry.height);
  const { width, height } = lumaSize(source, lines);
  const looks: Promise<{ suspects: Suspect[]; span: Span }>[] = [];
  const survey = new Survey(width, height, toNumber(rate), {
    take({ statistics, span }, logos, keys) {
      const frames = windowOf(keys);
      if (!frames) return false;
      const look = perceiver.look(frames.map((k) => k.luma), frames[0].width, frames[0].height); // prettier-ignore
      looks.push(look.then((maps) => ({ span, suspects: suspectsIn(statistics, logos, maps, perceiver.manifest.threshold) })));
      return true;
    },
  });
  for await (const { luma } of decodeLuma(source, { lines, stays: LUMA_STAYS })) {
    await perceiver.room();
    survey.push(luma);
  }
  survey.finish();
  return (await Promise.all(looks)).flatMap(({ span, suspects }, stretch) =>
    suspects
      .filter(({ known }) => !known)
      .map(({ box, evidence }) => ({ programme, stretch, mark: truth ? markAt(box, span, truth, width) : -1, evidence })),
  );
}

/** Descends along the gradient of the weighted cross-entropy; weights that leave their sign's side are put back to 0. */
function fit(examples: readonly Example[]): Pick<Fusion, 'bias' | 'weights'> {
  const placeOf = ({ programme, stretch, mark }: Example): string => `${programme}:${stretch}:${mark}`;
  const count = new Map<string, number>();
  for (const e of examples) count.set(placeOf(e), (count.get(placeOf(e)) ?? 0) + 1);
  const worth = examples.map((e) => (e.mark < 0 ? 1 : 1 / (count.get(placeOf(e)) ?? 1)));
  const total = worth.reduce((a, b) => a + b, 0);
  const mean = names.map((n) => examples.reduce((sum, e) => sum + e.evidence[n], 0) / examples.length);
  const unit = names.map(
    (n, k) => Math.sqrt(examples.reduce((sum, e) => sum + (e.evidence[n] - mean[k]) ** 2, 0) / examples.length) + 1e-6,
  );
  const rows = examples.map((e) => names.map((n, k) => (e.evidence[n] - mean[k]) / unit[k]));
  const weights = names.map(() => 0);
  let bias = 0;
  for (let step = 0; step < STEPS; step++) {
    const slope = names.map((_, k) => RIDGE * weights[k]);
    let lift = 0;
    rows.forEach((row, i) => {
      const odds = row.reduce((sum, v, k) => sum + v * weights[k], bias);
      const off = (worth[i] / total) * (1 / (1 + Math.exp(-odds)) - (examples[i].mark < 0 ? 0 : 1));
      lift += off;
      row.forEach((v, k) => (slope[k] += off * v));
    });
    bias -= RATE * lift;
    names.forEach((n, k) => {
      weights[k] -= RATE * slope[k];
      if (EVIDENCE[n] * weights[k] < 0) weights[k] = 0;
    });
  }
  const plain = weights.map((w, k) => w / unit[k]);
  const round = (v: number): number => Number(v.toFixed(3));
  return {
    bias: round(plain.reduce((sum, w, k) => sum - w * mean[k], bias)),
    weights: Object.fromEntries(names.map((n, k) => [n, round(plain[k])])) as Fusion['weights'],
  };
}

/** Shares of places that are right, by how sure the fusion is of them. */
function calibration(examples: readonly Example[], fusion: Pick<Fusion, 'bias' | 'weights'>): string[] {
  const sure = examples.map((e) => confidenceOf(fusion, { evidence: e.evidence, still: 1 }));
  return [0, 0.1, 0.3, 0.5, 0.65, 0.8, 0.9].map((from, i, all) => {
    const to = all[i + 1] ?? 1.001;
    const here = examples.filter((_, k) => sure[k] >= from && sure[k] < to);
    return `${from.toFixed(2)} … ${Math.min(1, to).toFixed(2)}: ${here.filter((e) => e.mark >= 0).length} of ${here.length} right`;
  });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { model: { type: 'string', default: 'models/perceive' }, features: { type: 'string' } },
});
await using perceiver = await openPerceiver(values.model);
const kept = values.features ? await readFile(values.features, 'utf8').catch(() => '') : '';
const seen = kept.split('\n').filter(Boolean).map((line) => JSON.parse(line) as { programme: string; examples: Example[] }); // prettier-ignore
const known = new Set(seen.map((s) => s.programme));
const examples = seen.filter((s) => positionals.includes(s.programme)).flatMap((s) => s.examples);
for (const programme of positionals.filter((p) => !known.has(p))) {
  const fresh = await examplesOf(programme, perceiver);
  if (values.features) await appendFile(values.features, JSON.stringify({ programme, examples: fresh }) + '\n');
  examples.push(...fresh);
}
const fusion: Fusion = { sha256: perceiver.manifest.sha256, ...fit(examples) };
await writeFile(path.join(values.model, 'fusion.json'), JSON.stringify(fusion, null, 2) + '\n');
console.log(`${examples.length} places in ${positionals.length} programmes`);
for (const line of calibration(examples, fusion)) console.log(line);
