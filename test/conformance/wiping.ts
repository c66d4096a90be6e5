import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { modelFolder, perceptionFolder } from '../../src/cli/installation.js';
import type { WipeReport } from '../../src/job/outcome.js';
import type { WipeRequest } from '../../src/job/request.js';
import { wipeProgramme } from '../../src/job/wipe.js';
import { frameTimes } from '../../src/media/decode.js';
import { probe } from '../../src/media/probe.js';
import { parsePipeline } from '../../src/plan/pipeline.js';
import type { Plan } from '../../src/plan/plan.js';
import { sha256, ffmpeg } from '../fixtures/programmes.js';
import type { Row } from './rows.js';

/** Where every row has its mark, in samples: a logo in the corner. */
export const MARK = { x: 16, y: 12, width: 40, height: 24 };

/** Makes the file of a row: pictures that move, a box as its mark, a tone. */
export function make(row: Row, file: string): void {
  const { size = '192x128', rate = '25', fields, sound, codec, format, filter, more = [] } = row;
  const seconds = Number(size.split('x')[0]) > 700 ? 0.4 : 0.8;
  const double = rate.includes('/') ? rate.replace(/^\d+/, (n) => String(2 * Number(n))) : String(2 * Number(rate));
  const source = `testsrc2=s=${size}:r=${fields ? double : rate}:d=${seconds}`;
  const weave = fields ? [`interlace=scan=${fields}:lowpass=off`] : [];
  const box = `drawbox=x=${MARK.x}:y=${MARK.y}:w=${MARK.width}:h=${MARK.height}:color=white:t=fill`;
  const filters = [...weave, box, ...(filter ? [filter] : []), `format=${format}`].join(',');
  const tone = sound ? ['-f', 'lavfi', '-i', `sine=440:r=48000:d=${seconds}`] : [];
  ffmpeg('-f', 'lavfi', '-i', source, ...tone, '-vf', filters, ...codec, ...(sound ? ['-c:a', sound] : []), ...more, '-shortest', file);
}

export const PIPELINE = parsePipeline(
  'version: 1\nname: conformance\ndescription: Wipes what the plan says.\nmarks: {}\nlibrary: { use: false }\n',
  'conformance.yaml',
);

/** A plan with the mark, all the time. */
async function planFor(file: string): Promise<Plan> {
  const programme = await probe(file);
  const { width, height } = programme.video.geometry;
  const frames = (await frameTimes(programme)).ticks.length;
  const all = [{ first: 0, last: frames - 1 }];
  const mask = { box: MARK, data: new Uint8Array(MARK.width * MARK.height).fill(255) };
  const track = { id: 'logo-1', kind: 'logo' as const, action: 'wipe' as const, spans: all, mask, confidence: 1, why: 'drawn here' };
  return {
    version: 1,
    programme: { name: path.basename(file), sha256: sha256(file), width, height, frames },
    pipeline: PIPELINE.name,
    shots: all,
    tracks: [track],
  };
}

/** What kept a result from being delivered. */
export const heldBy = (gates: WipeReport['gates']): string[] =>
  gates.filter((g) => g.verdict === 'fail').map((g) => `${g.gate} ${String(g.value)}: ${g.says}`);

/** Wipes the place of the mark. @returns the report of the job */
export async function wipe(
  file: string,
  output: string,
  { pipeline = PIPELINE, ...more }: Partial<Pick<WipeRequest, 'pipeline' | 'accept' | 'onLosses' | 'onProgress'>> = {},
): Promise<WipeReport> {
  const plan = await planFor(file);
  const { report } = await wipeProgramme({
    input: file,
    output,
    plan,
    pipeline,
    modelFolder,
    perceptionFolder,
    network: false,
    overwrite: true,
    workers: 1,
    ...more,
  });
  writeFileSync(`${output}.report.json`, JSON.stringify(report));
  return report;
}
