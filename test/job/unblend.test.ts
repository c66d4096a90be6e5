import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { wipeProgramme } from '../../src/job/wipe.js';
import { loadPipeline, type Pipeline } from '../../src/plan/pipeline.js';
import type { Plan } from '../../src/plan/plan.js';
import { hashFile } from '../../src/plan/subject.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { psnr } from '../restore/scene.js';

const folder = temporaryFolder('unblend');
const [clean, input, output] = ['clean.mkv', 'bug.mkv', 'out.mkv'].map((name) => path.join(folder, name));
const FRAMES = 60;
const box = { x: 540, y: 30, width: 60, height: 28 };
let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await loadPipeline('station-logo', { builtInFolder: path.resolve('pipelines') });
  const ground = [
    '-f',
    'lavfi',
    '-i',
    'mandelbrot=s=640x360:r=25:start_scale=2:end_scale=0.1:end_pts=60',
    '-frames:v',
    `${FRAMES}`,
    '-pix_fmt',
    'yuv420p',
  ];
  ffmpeg(...ground, '-c:v', 'libx264', '-crf', '14', clean);
  const bug = `drawbox=x=${box.x}:y=${box.y}:w=${box.width}:h=${box.height}:color=white@0.5:t=fill`;
  ffmpeg(...ground, '-vf', `format=yuv420p,${bug}`, '-c:v', 'libx264', '-crf', '14', input);
});

async function plan(): Promise<Plan> {
  const programme = { name: 'bug.mkv', sha256: await hashFile(input), width: 640, height: 360, frames: FRAMES };
  const span = { first: 0, last: FRAMES - 1 };
  const mask = { box, data: new Uint8Array(box.width * box.height).fill(255) };
  const logo = { id: 'logo-1', kind: 'logo', action: 'wipe', spans: [span], mask, confidence: 1, why: 'drawn' } as const;
  return { version: 1, programme, pipeline: 'station-logo', shots: [span], tracks: [logo] };
}

/** Luma of the place of the mark in all frames. */
const placeIn = (file: string): Buffer =>
  execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-vf', `extractplanes=y,crop=${box.width}:${box.height}:${box.x}:${box.y}`, '-f', 'rawvideo', '-']); // prettier-ignore

describe('wiping a mark that the scene shines through', () => {
  it('takes it off, says so, and asks no network', async () => {
    const request = { input, output, pipeline, modelFolder: path.join(folder, 'there is none'), network: true, overwrite: false };
    const { report, status } = await wipeProgramme({ ...request, plan: await plan() });
    expect(status).toBe('wiped');
    expect(report.tracks.map((t) => t.restored)).toEqual(['unblended']);
    expect(report.network).toBeNull();
    const gates = new Map(report.gates.map((g) => [g.gate, g]));
    expect([...gates.values()].filter((g) => g.verdict !== 'pass' && g.verdict !== 'none')).toEqual([]);
    expect(gates.get('mark-left')!.value).toBeLessThan(0.1);
    const [truth, before, after] = [clean, input, output].map(placeIn);
    expect(after.length).toBe(FRAMES * box.width * box.height);
    expect(psnr(before, truth, () => true)).toBeLessThan(16);
    expect(psnr(after, truth, () => true)).toBeGreaterThan(33);
  });
});
