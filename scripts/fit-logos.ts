/**
 * Fits how much what statistics and the perception network say of a place is worth:
 * `npx tsx scripts/fit-logos.ts [--model models/perceive] [--features FILE] PROGRAMME...`
 *
 * A programme is a folder with `marked.mp4` and `truth.json` (`kind`, `size: [width, height]`, `tracks: [{ kind, spans: [[first, last]], box: [x, y, width, height] }]`)
 * or a clip without marks. Of each, the survey and the network's looks give suspects; one is right when more than half of its box lies in that of a logo
 * or score bar which shows meanwhile, and left out when it touches a mark otherwise. Logistic regressions with signed weights are fitted to them, the suspects of
 * one mark in one stretch counting as one: with the network's maps, written beside the network as fusion.json, and on statistics alone, printed for src/detect/logos/fusion.ts.
 * What is printed of either comes from fits that did not see the recording they judge. To be run again whenever the network changes.
 * With --features the evidence is kept in a file, and programmes that are in it are not scanned again.
 */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Box, Span } from '../src/core/area.js';
import { toNumber } from '../src/core/time.js';
import { confidenceOf, NAMES, SIGNS, STATISTICS_NAMES, type EvidenceName, type Fusion, type Odds } from '../src/detect/logos/fusion.js';
import { windowOf } from '../src/detect/perception/glance-frames.js';
import { suspectsIn, type Evidence, type Suspect } from '../src/detect/logos/suspects.js';
import { LUMA_STAYS, surveyLines } from '../src/detect/survey/luma-source.js';
import { openPerceiver, type Perceiver } from '../src/detect/perception/perception.js';
import { Survey } from '../src/detect/survey/survey.js';
import { decodeLuma, lumaSize } from '../src/media/decode.js';
import { probe } from '../src/media/probe.js';

interface Truth {
  readonly kind: string;
  readonly size: readonly [number, number];
  readonly tracks: readonly {
    readonly kind: string;
    readonly spans: readonly [number, number][];
    readonly box?: readonly [number, number, number, number];
  }[];
}

/** A suspect. `mark`: which of the programme's marks it is, -1 for none. */
interface Example {
  readonly programme: string;
  /** The recording that the programme was made from. */
  readonly recording: string;
  readonly stretch: number;
  readonly mark: number;
  readonly evidence: Evidence;
}

/** Pulls weights in units of their evidence's deviation towards 0. */
const RIDGE = 0.0005;
const STEPS = 3_000;
const RATE = 0.5;
const FOLDS = 8;
/** Share of a suspect's box in that of a mark from which it is the mark, and from which it is not certainly something else. */
const RIGHT = 0.5;
const TOUCHES = 0.05;
const STANDING = /^(logo|animated-logo|score)/;

const nameOf = (programme: string): string => path.basename(programme).replace(/\.\w+$/, '');

/** Programmes from pieces of one recording are called KIND-RECORDING_PIECE. */
function recordingOf(programme: string, kind = ''): string {
  const name = nameOf(programme);
  return (name.startsWith(`${kind}-`) ? name.slice(kind.length + 1) : name).replace(/_\d+$/, '');
}

/** Which mark a suspect is, -1 for none; undefined when it is not certain. */
function markAt(box: Box, span: Span, { size, tracks }: Truth, width: number): number | undefined {
  const scale = width / size[0];
  const shares = tracks.map(({ spans, box: at }) => {
    if (!at || !spans.some(([first, last]) => first <= span.last && last >= span.first)) return 0;
    const [x, y, w, h] = at.map((v) => v * scale);
    const across = Math.min(x + w, box.x + box.width) - Math.max(x, box.x);
    const down = Math.min(y + h, box.y + box.height) - Math.max(y, box.y);
    return across > 0 && down > 0 ? (across * down) / (box.width * box.height) : 0;
  });
  const mark = shares.findIndex((share, i) => share > RIGHT && STANDING.test(tracks[i].kind));
  return mark < 0 && shares.some((share) => share > TOUCHES) ? undefined : mark;
}

async function examplesOf(programme: string, perceiver: Perceiver): Promise<Example[]> {
  const isClip = programme.endsWith('.mp4');
  const truth = isClip ? undefined : (JSON.parse(await readFile(path.join(programme, 'truth.json'), 'utf8')) as Truth);
  const source = await probe(isClip ? programme : path.join(programme, 'marked.mp4'), {});
  const { geometry, rate } = source.video;
  const lines = surveyLines(geometry.width, geometry.height);
  const { width, height } = lumaSize(source, lines);
  const { threshold } = perceiver.manifest;
  const looks: Promise<{ suspects: Suspect[]; span: Span }>[] = [];
  const survey = new Survey(width, height, toNumber(rate), {
    take({ statistics, span }, keys) {
      const frames = windowOf(keys);
      if (!frames) return false;
      const look = perceiver.look(frames.map((k) => k.luma), frames[0].width, frames[0].height); // prettier-ignore
      looks.push(look.then((maps) => ({ span, suspects: suspectsIn(statistics, { maps, threshold }) })));
      return true;
    },
  });
  for await (const { luma } of decodeLuma(source, { lines, stays: LUMA_STAYS })) {
    await perceiver.room();
    survey.push(luma);
  }
  survey.finish();
  const recording = recordingOf(programme, truth?.kind);
  return (await Promise.all(looks)).flatMap(({ span, suspects }, stretch) =>
    suspects.flatMap(({ box, evidence }) => {
      const mark = truth ? markAt(box, span, truth, width) : -1;
      return mark === undefined ? [] : [{ programme, recording, stretch, mark, evidence }];
    }),
  );
}

/** The suspects of one mark in one stretch count as one. */
function worthOf(examples: readonly Example[]): number[] {
  const placeOf = ({ programme, stretch, mark }: Example): string => `${programme}:${stretch}:${mark}`;
  const count = new Map<string, number>();
  for (const e of examples) count.set(placeOf(e), (count.get(placeOf(e)) ?? 0) + 1);
  return examples.map((e) => (e.mark < 0 ? 1 : 1 / (count.get(placeOf(e)) ?? 1)));
}

/** Descends along the gradient of the weighted cross-entropy; weights that leave their sign's side are put back to 0. */
function fit(examples: readonly Example[], names: readonly EvidenceName[]): Odds {
  const worth = worthOf(examples);
  const total = worth.reduce((a, b) => a + b, 0);
  const of = (e: Example, n: EvidenceName): number => e.evidence[n] ?? 0;
  const mean = names.map((n) => examples.reduce((sum, e) => sum + of(e, n), 0) / examples.length);
  const unit = names.map((n, k) => Math.sqrt(examples.reduce((sum, e) => sum + (of(e, n) - mean[k]) ** 2, 0) / examples.length) + 1e-6);
  const rows = examples.map((e) => Float64Array.from(names, (n, k) => (of(e, n) - mean[k]) / unit[k]));
  const weights = new Float64Array(names.length);
  let bias = 0;
  for (let step = 0; step < STEPS; step++) {
    const slope = weights.map((w) => RIDGE * w);
    let lift = 0;
    rows.forEach((row, i) => {
      let odds = bias;
      for (let k = 0; k < row.length; k++) odds += row[k] * weights[k];
      const off = (worth[i] / total) * (1 / (1 + Math.exp(-odds)) - (examples[i].mark < 0 ? 0 : 1));
      lift += off;
      for (let k = 0; k < row.length; k++) slope[k] += off * row[k];
    });
    bias -= RATE * lift;
    names.forEach((n, k) => {
      weights[k] -= RATE * slope[k];
      if (SIGNS[n] * weights[k] < 0) weights[k] = 0;
    });
  }
  const round = (v: number): number => Number(v.toFixed(3));
  const plain = Array.from(weights, (w, k) => w / unit[k]);
  return {
    bias: round(plain.reduce((sum, w, k) => sum - w * mean[k], bias)),
    weights: Object.fromEntries(names.map((n, k) => [n, round(plain[k])])),
  };
}

/** Confidences by fits that did not see the same recording. */
function unseen(examples: readonly Example[], names: readonly EvidenceName[]): number[] {
  const recordings = [...new Set(examples.map((e) => e.recording))].sort();
  const fold = (e: Example): number => recordings.indexOf(e.recording) % FOLDS;
  const fits = Array.from({ length: FOLDS }, (_, f) => fit(examples.filter((e) => fold(e) !== f), names)); // prettier-ignore
  return examples.map((e) => confidenceOf(fits[fold(e)], e.evidence));
}

/** The surest suspect of each mark, and of what is none in each programme: how many are how sure. */
function report(examples: readonly Example[], sure: readonly number[]): string[] {
  const best = new Map<string, number>();
  examples.forEach((e, i) => {
    const place = `${e.mark >= 0}:${e.programme}:${e.mark}`;
    best.set(place, Math.max(best.get(place) ?? 0, sure[i]));
  });
  const all = [...best].map(([place, confidence]) => ({ right: place.startsWith('true'), programme: place.split(':')[1], confidence }));
  const bins = [0, 0.12, 0.3, 0.5, 0.65, 0.8, 0.9, 0.95].map((from, i, froms) => {
    const here = all.filter((a) => a.confidence >= from && a.confidence < (froms[i + 1] ?? 1.001));
    return `  ${from.toFixed(2)} … ${(froms[i + 1] ?? 1).toFixed(2)}: ${here.filter((a) => a.right).length} marks, ${here.filter((a) => !a.right).length} programmes' surest other thing`;
  });
  const worst = all
    .filter((a) => !a.right)
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, 6);
  return [...bins, ...worst.map((a) => `  other thing: ${a.confidence.toFixed(2)} ${a.programme}`)];
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
if (!examples.length) throw new Error('nothing to fit to: no programme given, or nothing suspected in them');
console.log(`${examples.length} suspects in ${positionals.length} programmes`);
for (const [title, names] of [
  ['statistics alone', STATISTICS_NAMES],
  ['with the network', NAMES],
] as const) {
  console.log(title);
  for (const line of report(examples, unseen(examples, names))) console.log(line);
}
console.log(JSON.stringify(fit(examples, STATISTICS_NAMES)));
const fusion: Fusion = { sha256: perceiver.manifest.sha256, ...(fit(examples, NAMES) as Omit<Fusion, 'sha256'>) };
await writeFile(path.join(values.model, 'fusion.json'), JSON.stringify(fusion, null, 2) + '\n');
