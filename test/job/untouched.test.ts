import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KeptChunk } from '../../src/job/checkpoint/resume.js';
import type { WipeRequest } from '../../src/job/request.js';
import { wipeProgramme } from '../../src/job/wipe.js';
import { decodeFrames } from '../../src/media/decode.js';
import { probe } from '../../src/media/probe.js';
import { loadPipeline } from '../../src/plan/pipeline.js';
import type { Plan } from '../../src/plan/plan.js';
import { hashFile } from '../../src/plan/subject.js';
import { modelFolder, pipelineFolder } from '../../src/cli/installation.js';
import { ffmpeg, sha256, temporaryFolder } from '../fixtures/programmes.js';
import { packetDigests } from '../media/support.js';

const folder = temporaryFolder('untouched');
const source = path.join(folder, 'subtitled.mp4');
const whole = path.join(folder, 'whole.mp4');
let request: WipeRequest;

beforeAll(async () => {
  // Four shots of 12 frames, each a GOP; a line of text in frames 15 to 29, so in the second and the third.
  const shot = (k: number): string => `mandelbrot=s=320x180:r=25:start_scale=${3 - 0.7 * k},trim=end_frame=12,setpts=PTS-STARTPTS[v${k}]`;
  const text = `drawbox=x=61:y=141:w=151:h=17:c=white:t=fill:enable='between(n,15,29)'`;
  const graph = `${[0, 1, 2, 3].map(shot).join(';')};[v0][v1][v2][v3]concat=n=4,${text},format=yuv420p`;
  ffmpeg('-f', 'lavfi', '-i', graph, '-c:v', 'libx264', '-preset', 'fast', '-crf', '12', '-g', '12', '-sc_threshold', '0', source);
  const programme = await probe(source);
  const plan: Plan = {
    version: 1,
    programme: { name: programme.name, sha256: await hashFile(source), width: 320, height: 180, frames: 48, rate: programme.video.rate },
    pipeline: 'strip-subtitles',
    shots: [0, 12, 24, 36].map((first) => ({ first, last: first + 11 })),
    tracks: [
      {
        ...{
          id: 'subtitle-1',
          kind: 'subtitle',
          action: 'wipe',
          confidence: 1,
          why: 'drawn for the test',
          spans: [{ first: 15, last: 29 }],
        },
        mask: { box: { x: 61, y: 141, width: 151, height: 17 }, data: new Uint8Array(151 * 17).fill(255) },
      },
    ],
  };
  const pipeline = await loadPipeline('strip-subtitles', { builtInFolder: pipelineFolder });
  request = { input: source, output: whole, plan, pipeline, modelFolder, network: false, overwrite: true };
});

describe('a programme with subtitles only', () => {
  it('keeps the coded pictures of GOPs without one, and the report says how many', async () => {
    const { report } = await wipeProgramme(request);
    expect(report.pictures).toEqual({ copied: 24, encoded: 24, whyNoneCopied: null });
    const [before, after] = [packetDigests(source, 0), packetDigests(whole, 0)];
    expect(after.slice(0, 12)).toEqual(before.slice(0, 12));
    expect(after.slice(36)).toEqual(before.slice(36));
    expect(after.slice(12, 36).filter((digest) => before.includes(digest))).toEqual([]);
  });

  it('is wiped as it would be without copying', async () => {
    const output = path.join(folder, 'encoded.mp4');
    const pipeline = { ...request.pipeline, deliver: { ...request.pipeline.deliver, copyUntouched: false } };
    const { report } = await wipeProgramme({ ...request, output, pipeline });
    expect(report.pictures).toEqual({ copied: 0, encoded: 48, whyNoneCopied: 'the pipeline does not allow copying' });
    const planes = async (file: string): Promise<Uint8Array[]> => {
      const out: Uint8Array[] = [];
      for await (const frame of decodeFrames(await probe(file))) out.push(frame.data);
      return out;
    };
    const [a, b] = [await planes(whole), await planes(output)];
    a.forEach((data, i) => {
      const error = data.reduce((sum, v, at) => sum + Math.abs(v - b[i][at]), 0) / data.length;
      expect(error, `frame ${i}`).toBeLessThan(2);
    });
  });

  it('is encoded whole for a preview', async () => {
    const pipeline = { ...request.pipeline, deliver: { ...request.pipeline.deliver, quality: 'preview' as const } };
    const { report } = await wipeProgramme({ ...request, output: path.join(folder, 'preview.mp4'), pipeline });
    expect(report.pictures).toMatchObject({ copied: 0, whyNoneCopied: 'a preview is small throughout' });
  });

  it('is the same file when the work was ended and went on', async () => {
    const at = path.join(folder, 'kept');
    mkdirSync(at);
    const output = path.join(folder, 'resumed.mp4');
    const controller = new AbortController();
    const kept: KeptChunk[] = [];
    const onChunk = (chunk: KeptChunk): void => {
      kept.push(chunk);
      if (kept.length === 2) controller.abort();
    };
    const checkpoint = { folder: at, version: 'test', chunkFrames: 12, onChunk };
    const ended = wipeProgramme({ ...request, output, signal: controller.signal, checkpoint });
    await expect(ended).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    const before = kept.length;
    await wipeProgramme({ ...request, output, checkpoint });
    expect(before).toBeLessThan(4);
    expect(sha256(output)).toBe(sha256(whole));
  });
});
