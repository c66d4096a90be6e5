/**
 * Measures reading: `npx tsx scripts/reading.ts [--languages eng,deu] [--verbose] CASE...`
 *
 * A case is a folder with `marked.mp4` and `truth.json` (`tracks: [{ kind: 'subtitle', spans: [[first, last]], text }]`). Each is scanned and
 * read; a cue is matched when a finding with text stands in the same frames, each end within one. The character error rate is the
 * edit distance between the text read and the true one over the characters of the true one; a cue that was not found counts as all
 * wrong. White space counts as one space, none in Chinese and Japanese; typographic quotes and dashes count as plain ones.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { detectMarks } from '../src/detect/detect.js';
import { tidy } from '../src/detect/reading/read-cues.js';
import { probe } from '../src/media/probe.js';

interface Truth {
  readonly tracks: readonly { readonly kind: string; readonly spans: readonly [number, number][]; readonly text?: string | null }[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { languages: { type: 'string', default: 'eng' }, verbose: { type: 'boolean', default: false } },
});

const plain = (text: string): string[] => [
  ...tidy(text.normalize('NFKC').replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/[–—]/g, '-')),
];

/** Levenshtein's distance. */
function distance(a: readonly string[], b: readonly string[]): number {
  let row = b.map((_, i) => i + 1);
  row.unshift(0);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let k = 0; k < b.length; k++) next.push(Math.min(next[k] + 1, row[k + 1] + 1, row[k] + Number(a[i] !== b[k])));
    row = next;
  }
  return row[b.length];
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const sum = { cues: 0, matched: 0, characters: 0, wrong: 0 };
for (const folder of positionals) {
  const truth = JSON.parse(await readFile(path.join(folder, 'truth.json'), 'utf8')) as Truth;
  const programme = await probe(path.join(folder, 'marked.mp4'));
  const { findings } = await detectMarks(programme, { kinds: ['subtitle'], languages: values.languages.split(',') });
  const here = { cues: 0, matched: 0, characters: 0, wrong: 0 };
  for (const { kind, spans, text } of truth.tracks) {
    if (kind !== 'subtitle' || !text) continue;
    const [first, last] = spans[0];
    const found = findings.find(({ spans: [s] }) => Math.abs(s.first - first) <= 1 && Math.abs(s.last - last) <= 1);
    const wrong = distance(plain(text), plain(found?.text ?? ''));
    here.cues++;
    here.matched += Number(found?.text !== undefined);
    here.characters += plain(text).length;
    here.wrong += Math.min(wrong, plain(text).length);
    if (values.verbose && wrong) console.log(`  ${wrong} wrong: ${JSON.stringify(text)} read as ${JSON.stringify(found?.text ?? null)}`);
  }
  for (const key of ['cues', 'matched', 'characters', 'wrong'] as const) sum[key] += here[key];
  console.log(
    `${path.basename(folder)}: ${here.matched} of ${here.cues} cues, ${percent(here.wrong / Math.max(1, here.characters))} of the characters wrong`,
  );
}
console.log(`all: ${sum.matched} of ${sum.cues} cues, ${percent(sum.wrong / Math.max(1, sum.characters))} of the characters wrong`);
