import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { modelFolder, pipelineFolder } from '../../src/cli/installation.js';
import { planChunks } from '../../src/job/checkpoint/chunks.js';
import { wipeProgramme } from '../../src/job/wipe.js';
import { probe } from '../../src/media/probe.js';
import { loadPipeline } from '../../src/plan/pipeline.js';
import { hashFile } from '../../src/plan/subject.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';

const folder = temporaryFolder('long');

it(
  'case 50: a programme of 24 hours needs no more memory at its end than at its beginning, and chunks by its shots',
  { timeout: 300_000 },
  async () => {
    const source = path.join(folder, 'day.mkv');
    ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=96x64:r=1/5:d=86400',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      '100',
      '-pix_fmt',
      'yuv420p',
      source,
    );
    const { name, video, durationSeconds } = await probe(source);
    expect(durationSeconds).toBeGreaterThan(86_000);
    const frames = 17_280;
    const shots = Array.from({ length: frames / 120 }, (_, k) => ({ first: 120 * k, last: 120 * k + 119 }));
    const box = { x: 60, y: 8, width: 16, height: 10 };
    const spans = shots.filter((_, k) => k % 8 === 0).map(({ first }) => ({ first: first + 5, last: first + 24 }));
    const track = {
      id: 'subtitle-1',
      kind: 'subtitle',
      action: 'wipe',
      confidence: 1,
      why: 'drawn',
      spans,
      mask: { box, data: new Uint8Array(160).fill(255) },
    } as const;
    const plan = {
      version: 1,
      programme: { name, sha256: await hashFile(source), width: 96, height: 64, frames, rate: video.rate },
      pipeline: 'clean-feed',
      shots,
      tracks: [track],
    } as const;
    const kept = path.join(folder, 'kept');
    mkdirSync(kept);
    const chunks: number[] = [];
    const memory: { done: number; mib: number }[] = [];
    await wipeProgramme({
      ...{
        input: source,
        output: path.join(folder, 'out.mkv'),
        plan: { ...plan, tracks: [track], shots },
        modelFolder,
        network: false,
        overwrite: false,
      },
      pipeline: await loadPipeline('clean-feed', { builtInFolder: pipelineFolder }),
      checkpoint: { folder: kept, version: '1', onChunk: (chunk) => chunks.push(chunk.first) },
      onProgress: ({ stage, done }) => {
        if (stage === 'wipe' && done % 500 === 0) memory.push({ done, mib: process.memoryUsage().rss / 2 ** 20 });
      },
    });
    expect(chunks).toHaveLength(planChunks(shots).length);
    expect(chunks.length).toBeLessThan(frames / 500 + 1);
    const most = (part: typeof memory): number => Math.max(...part.map((m) => m.mib));
    const early = most(memory.filter((m) => m.done < 0.3 * frames));
    expect(most(memory.filter((m) => m.done > 0.7 * frames)) - early).toBeLessThan(100);
  },
);
