import { appendFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { chunkIsWhole, readChunk } from '../../src/job/checkpoint/chunk-file.js';
import { planChunks } from '../../src/job/checkpoint/chunks.js';
import type { KeptChunk } from '../../src/job/checkpoint/resume.js';
import type { WipeRequest } from '../../src/job/request.js';
import { wipeProgramme } from '../../src/job/wipe.js';
import { probe } from '../../src/media/probe.js';
import { loadPipeline } from '../../src/plan/pipeline.js';
import type { Plan, Track } from '../../src/plan/plan.js';
import { hashFile } from '../../src/plan/subject.js';
import { modelFolder, pipelineFolder } from '../../src/cli/installation.js';
import { ffmpeg, sha256, temporaryFolder } from '../fixtures/programmes.js';

const folder = temporaryFolder('checkpoint');
const source = path.join(folder, 'four-shots.mp4');
const whole = path.join(folder, 'whole.mp4');
let request: WipeRequest;
const plain = path.join(folder, 'plain.mp4');

/** A plain rectangle that is filled in some frames. */
const track = (
  id: string,
  kind: Track['kind'],
  box: { x: number; y: number; width: number; height: number },
  first: number,
  last: number,
): Track => ({
  ...{ id, kind, action: 'wipe', confidence: 1, why: 'drawn for the test', spans: [{ first, last }] },
  mask: { box, data: new Uint8Array(box.width * box.height).fill(255) },
});

beforeAll(async () => {
  // Four shots of 12 frames, each of another part of the same picture, under an opaque mark and a line of text that comes and goes.
  const shot = (k: number): string => `mandelbrot=s=320x180:r=25:start_scale=${3 - 0.7 * k},trim=end_frame=12,setpts=PTS-STARTPTS[v${k}]`;
  const graph = `${[0, 1, 2, 3].map(shot).join(';')};[v0][v1][v2][v3]concat=n=4,drawbox=x=250:y=20:w=40:h=24:c=red:t=fill,format=yuv420p`;
  ffmpeg('-f', 'lavfi', '-i', graph, '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '12', source);
  const programme = await probe(source);
  const plan: Plan = {
    version: 1,
    programme: { name: programme.name, sha256: await hashFile(source), width: 320, height: 180, frames: 48, rate: programme.video.rate },
    pipeline: 'clean-feed',
    shots: [0, 12, 24, 36].map((first) => ({ first, last: first + 11 })),
    tracks: [
      track('logo-1', 'logo', { x: 250, y: 20, width: 40, height: 24 }, 0, 47),
      track('subtitle-1', 'subtitle', { x: 61, y: 141, width: 151, height: 17 }, 9, 29),
    ],
  };
  const pipeline = await loadPipeline('clean-feed', { builtInFolder: pipelineFolder });
  // Nothing is burnt in: what is filled looks like what was there, as a mark would that was left.
  request = { input: source, output: whole, plan, pipeline, modelFolder, network: true, overwrite: true, accept: ['mark-left'] };
  await wipeProgramme(request);
  await wipeProgramme({ ...request, output: plain, network: false });
});

/** Runs until so many chunks are kept, and then on to the end if `ends`. */
async function run(
  name: string,
  after = Infinity,
  network = true,
): Promise<{ kept: KeptChunk[]; output: string; at: string; first: number }> {
  const at = path.join(folder, name);
  mkdirSync(at, { recursive: true });
  const kept: KeptChunk[] = [];
  const controller = new AbortController();
  const output = path.join(folder, `${name}.mp4`);
  let first = -1;
  const onChunk = (chunk: KeptChunk): void => {
    kept.push(chunk);
    if (kept.length >= after) controller.abort();
  };
  const onProgress = ({ done }: { done: number }): void => void (first = first < 0 ? done : first);
  const wiping = wipeProgramme({
    ...request,
    output,
    network,
    signal: controller.signal,
    onProgress,
    checkpoint: { folder: at, version: '1', chunkFrames: 10, onChunk },
  });
  if (after < Infinity) await expect(wiping).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
  else expect((await wiping).report.gates.filter((g) => g.verdict === 'fail')).toEqual([]);
  return { kept, output, at, first };
}

describe('chunks', () => {
  it('are whole shots, and cover the programme', () => {
    const shots = [3, 40, 2, 7, 90, 1].reduce<{ first: number; last: number }[]>((all, n) => {
      const first = (all.at(-1)?.last ?? -1) + 1;
      return [...all, { first, last: first + n - 1 }];
    }, []);
    expect(planChunks(shots, 10).map(({ first, last, shots: s }) => [first, last, s.length])).toEqual([
      [0, 42, 2],
      [43, 141, 3],
      [142, 142, 1],
    ]);
    expect(planChunks([])).toEqual([]);
  });
});

describe('a job with a checkpoint', () => {
  it('gives the same file as one without', async () => {
    const { kept, output } = await run('undisturbed');
    expect(kept.map(({ first, last }) => [first, last])).toEqual([[0, 11], [12, 23], [24, 35], [36, 47]]); // prettier-ignore
    expect(sha256(output)).toBe(sha256(whole));
  });

  it('goes on where it was ended, and gives the same file', async () => {
    const first = await run('ended', 2);
    expect(first.kept).toHaveLength(2);
    const second = await run('ended');
    expect(second.kept.map((c) => c.first)).toEqual([24, 36]);
    expect(sha256(second.output)).toBe(sha256(whole));
    const third = await run('ended');
    expect(third.kept).toEqual([]);
    expect(sha256(third.output)).toBe(sha256(whole));
  });

  it.each<[string, (file: string) => void]>([
    ['cut short', (file) => truncateSync(file, readFileSync(file).length - 40)],
    ['longer than it was', (file) => appendFileSync(file, 'x')],
    ['changed in one byte', (file) => { const bytes = readFileSync(file); bytes[bytes.length >> 1] ^= 1; writeFileSync(file, bytes); }], // prettier-ignore
    ['empty', (file) => writeFileSync(file, '')],
  ])('restores a chunk again whose file is %s', async (name, damage) => {
    const { at, kept } = await run(`damaged ${name}`, 2, false);
    const file = readdirSync(at).find((n) => n.startsWith(`frames-${kept[0].first}-`))!;
    damage(path.join(at, file));
    const second = await run(`damaged ${name}`, Infinity, false);
    expect(second.kept.map((c) => c.first)).toEqual([0, 24, 36]);
    expect(sha256(second.output)).toBe(sha256(plain));
  });

  it('does not take over what another version restored', async () => {
    const { at } = await run('versions', 2, false);
    const span = { first: 0, last: 11 };
    const file = readFileSync(path.join(at, 'frames-0-11.chunk'), 'latin1');
    const { key } = JSON.parse(file.slice(0, file.indexOf('\n'))) as { key: string };
    expect(await chunkIsWhole(at, span, key)).toBe(true);
    expect(
      await chunkIsWhole(
        at,
        span,
        key.replace(/^./, (c) => (c === '0' ? '1' : '0')),
      ),
    ).toBe(false);
    let patches = 0;
    for await (const { frame } of readChunk(at, span)) expect(frame).toBe(patches++);
    expect(patches).toBe(12);
  });
});
