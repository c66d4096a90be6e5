/**
 * Makes a file of each kind that the tests know, wipes a mark off it, compares it with what it was, and writes the table in docs/conformance.md.
 *
 *   npx tsx scripts/conformance.ts                    # writes the table
 *   npx tsx scripts/conformance.ts --files FOLDER     # real files instead: prints the table
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { TextlessError } from '../src/core/errors.js';
import { differences, factsOf } from '../test/conformance/facts.js';
import { ROWS } from '../test/conformance/rows.js';
import { heldBy, make, wipe } from '../test/conformance/wiping.js';

const { values } = parseArgs({ options: { files: { type: 'string' } } });
const folder = mkdtempSync(path.join(tmpdir(), 'textless-conformance-'));

/** What becomes of a file, in a cell. */
async function verdict(file: string): Promise<string> {
  const output = path.join(folder, `out-${path.basename(file)}`);
  try {
    // Real files show no mark there, and what a scene shows may look the same when it is restored.
    const { losses, status, gates, damage } = await wipe(file, output, { accept: values.files === undefined ? [] : ['mark-left'] });
    if (status === 'held') return `held: ${heldBy(gates).join('; ')}`;
    const told = differences(factsOf(file), factsOf(output)).map((d) => d.says);
    const said = [
      ...damage.slice(0, 1).map((d) => `the source is damaged: ${d}`),
      ...losses.map((loss) => `said in the report: ${loss}`),
      ...told,
    ];
    return said.length ? said.join('; ') : 'as it was';
  } catch (error) {
    if (error instanceof TextlessError) return `refused: ${error.message} (${error.code})`;
    throw error;
  } finally {
    rmSync(output, { force: true });
  }
}

const row = (...cells: string[]): string => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
const lines = [row('file', 'what it is', 'what came back'), row('---', '---', '---')];
try {
  if (values.files === undefined)
    for (const entry of ROWS) {
      const file = path.join(folder, entry.name);
      make(entry, file);
      lines.push(row(`\`${entry.name}\``, entry.what, await verdict(file)));
    }
  else for (const name of readdirSync(values.files).filter((n) => !n.endsWith('.tsv'))) lines.push(row(`\`${name}\``, '', await verdict(path.join(values.files, name)))); // prettier-ignore
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (values.files !== undefined) console.log(lines.join('\n'));
else
  writeFileSync(
    new URL('../docs/conformance.md', import.meta.url),
    `# What comes back as it was

Each of these files was made by ffmpeg with a mark in its corner, wiped by a given plan, and compared with what it was by ffprobe: the container; codec, profile, tag, size, sample aspect,
pixel format, colour tags, chroma place, field order, rates, time base, start, identifiers and tags of the picture, and the time of every frame of it; of every other stream the same and
each packet, byte by byte, with its time; chapters, services with their PIDs, side data such as HDR10's. Outside the mark pictures agree to better than 40 dB after encoding. "As it was"
means that none of this differs. Rates, levels and the name of the program that wrote the file may.

The table is written by \`npx tsx scripts/conformance.ts\`; the tests (\`test/conformance/\`) hold every row to it.

Not in the table, because ffmpeg cannot make such files: pictures coded as two fields (PAFF, H.264) come back as MBAFF frames, all of them, at their times, with their order of fields. What repeats fields
(soft telecine, MPEG-2 of films for 60 fields a second) is refused, because the encoder cannot be told to repeat them: before the scan where the first pictures do it, else as soon as the times of all frames are known.

${lines.join('\n')}
`,
  );
