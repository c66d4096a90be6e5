import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanToFiles } from '../../src/job/scan.js';
import type { Pipeline } from '../../src/plan/pipeline.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { factsOf } from './facts.js';
import type { Row } from './rows.js';
import { make, PIPELINE, wipe } from './wiping.js';

const folder = temporaryFolder('mezzanine');
const pipeline = { ...PIPELINE, deliver: { ...PIPELINE.deliver, mezzanine: 'matroska' as const } };

describe('a programme of a kind that cannot be written comes in Matroska, where the pipeline says so', () => {
  it.each<[Row, string, string]>([
    [
      { name: 'wmv2.wmv', what: '', codec: ['-c:v', 'wmv2', '-q:v', '3'], format: 'yuv420p', sound: 'wmav2' },
      'ffv1',
      'there is no encoder here for wmv2',
    ],
    [{ name: 'h264.wtv', what: '', codec: ['-c:v', 'libx264'], format: 'yuv420p', sound: 'mp2' }, 'h264', 'wtv cannot be written'],
    [
      { name: 'mpeg2.wtv', what: '', codec: ['-c:v', 'mpeg2video', '-q:v', '3'], format: 'yuv420p', sound: 'mp2' },
      'ffv1',
      'wtv cannot be written',
    ],
  ])('$name', async (row, codec, because) => {
    const file = path.join(folder, row.name);
    make(row, file);
    await expect(wipe(file, path.join(folder, `a-${row.name}`))).rejects.toMatchObject({ code: 'TEXTLESS_UNSUPPORTED' });
    const said: string[] = [];
    const report = await wipe(file, path.join(folder, `out-${row.name}`), {
      pipeline,
      onLosses: (losses) => said.push(...losses),
      onProgress: () => said.includes('work') || said.push('work'),
    });
    expect(said).toEqual([...report.losses, 'work']); // before the work starts
    const output = path.join(folder, `out-${path.parse(row.name).name}.mkv`);
    expect(report).toMatchObject({ output, losses: [`it is delivered in Matroska (${codec}), because ${because}`] });
    expect(existsSync(path.join(folder, `out-${row.name}`))).toBe(false);
    const [a, b] = [factsOf(file), factsOf(output)];
    expect(b).toMatchObject({ container: 'matroska,webm', 'picture.codec_name': codec, 'audio 1.codec_name': a['audio 1.codec_name'] });
    for (const same of ['picture.packets', 'audio 1.packets', 'picture.width', 'picture.height', 'audio 1.sample_rate'])
      expect([same, b[same]]).toEqual([same, a[same]]);
  });

  it('which a scan says before it looks, as it says what would be refused', { timeout: 60_000 }, async () => {
    const row: Row = { name: 'scan.wmv', what: '', codec: ['-c:v', 'wmv2', '-q:v', '3'], format: 'yuv420p' };
    const file = path.join(folder, row.name);
    make(row, file);
    const scan = async (rules: Pipeline): Promise<readonly string[]> => {
      let said: readonly string[] = [];
      const planFile = path.join(folder, 'scan.plan.json');
      const { report } = await scanToFiles({ input: file, planFile, pipeline: rules, onLosses: (losses) => (said = losses) });
      expect(report.losses).toEqual(said);
      return said;
    };
    expect(await scan(pipeline)).toEqual(['it is delivered in Matroska (ffv1), because there is no encoder here for wmv2']);
    expect(await scan({ ...pipeline, deliver: { ...pipeline.deliver, mezzanine: 'refuse' } })).toEqual([
      'scan.wmv cannot be delivered: there is no encoder here for wmv2',
    ]);
  });
});
