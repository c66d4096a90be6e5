import { beforeAll, describe, expect, it } from 'vitest';
import { planesOf, type Frame } from '../../../src/core/frame.js';
import { modelFolder, pipelineFolder } from '../../../src/cli/installation.js';
import { existsSync, rmSync } from 'node:fs';
import sharp from 'sharp';
import { wipeProgramme } from '../../../src/job/wipe.js';
import { useTools } from '../../../src/media/tools.js';
import { probe } from '../../../src/media/probe.js';
import { loadPipeline } from '../../../src/plan/pipeline.js';
import type { WipeRequest } from '../../../src/job/request.js';
import { hashFile } from '../../../src/plan/subject.js';
import { temporaryFolder } from '../../fixtures/programmes.js';
import { program } from '../../service/trial.js';
import { cardPlan, failing, FRAMES, inFolder, judge, MOVING, programme, realFfmpeg, wiped, type Good } from './support.js';

const at = inFolder(temporaryFolder('gates-encode'));
let good: Good;

const interlaced = 'mandelbrot=s=320x192:r=50:end_scale=0.3,tinterlace=interleave_top';

beforeAll(async () => {
  programme(at('moving.mp4'), MOVING);
  programme(at('fields.mp4'), interlaced, '-flags', '+ilme+ildct', '-x264-params', 'tff=1');
  good = await wiped(at('moving.mp4'));
});

/** Wipes with an ffmpeg that meddles with the finished picture, or with the options of the encoder. */
async function wipe(input: string, script: string, more: Partial<WipeRequest> = {}): ReturnType<typeof wipeProgramme> {
  const encodes = '[[ " $* " == *" -fps_mode:0 "* ]]';
  useTools({ ffmpeg: program(at('meddled'), `if ${encodes}; then ${script}; fi\nexec ${realFfmpeg} "$@"`) });
  try {
    const source = await probe(input);
    const plan = cardPlan(source, await hashFile(input));
    const usual = await loadPipeline('clean-feed', { builtInFolder: pipelineFolder });
    const gates = { ...usual.deliver.gates, 'encode-quality': { limit: 0.8, fails: 'hold' as const } };
    const pipeline = { ...usual, deliver: { ...usual.deliver, gates } };
    return await wipeProgramme({ input, output: at('wiped.mp4'), pipeline, plan, modelFolder, network: false, overwrite: true, ...more });
  } finally {
    useTools({});
  }
}
/** A script that encodes as it should and then makes another picture of the result. */
const remade = (...options: string[]): string =>
  `${realFfmpeg} "$@" || exit 1; for last; do :; done; cp "$last" "$last.mp4"; ${realFfmpeg} -v error -y -i "$last.mp4" -map 0 -c copy ${options.join(' ')} -f mp4 "$last"; rm "$last.mp4"; exit 0`;
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '10'];

describe('gates on the encode', () => {
  it('frame-order: every frame one late, and each pair swapped', async () => {
    const late = await judge(good, at('out.mp4'), { give: (frames, i) => frames[Math.max(0, i - 1)] });
    expect(failing(late)).toContain('frame-order');
    const swapped = await judge(good, at('out.mp4'), { give: (frames, i) => frames[Math.min(FRAMES - 1, i ^ 1)] });
    expect(failing(swapped)).toContain('frame-order');
  });

  it('mark-back: the encoder gets the source under the masks, where what was restored should be', async () => {
    const results = await judge(good, at('out.mp4'), { give: (_, i) => good.decoded[i] });
    expect(failing(results)).toEqual(['mark-back']);
  });

  it('colour-shift: chroma four levels off', async () => {
    const { geometry } = good.source.video;
    const give = (frames: readonly Frame[], i: number): Frame => {
      const data = frames[i].data.slice();
      const plane = planesOf({ data }, geometry)[1].data;
      for (let k = 0; k < plane.length; k++) plane[k] = Math.min(255, plane[k] + 4);
      return { index: i, data };
    };
    expect(failing(await judge(good, at('out.mp4'), { give }))).toEqual(['colour-shift']);
  });

  it('encode-quality: an encoder that is told to spare bits', async () => {
    const { status, report } = await wipe(
      at('moving.mp4'),
      'args=("$@"); for k in "${!args[@]}"; do [[ ${args[k]} == -crf* ]] && args[k+1]=48; done; set -- "${args[@]}"',
    );
    expect(status).toBe('held');
    expect(failing(report.gates)).toContain('encode-quality');
  });

  it('field-order: fields that come out in the other order under the same flags', async () => {
    const honest = await wipe(at('fields.mp4'), ':');
    expect(failing(honest.report.gates)).toEqual([]);
    expect(honest.report.gates.find((g) => g.gate === 'field-order')!.value).toBeGreaterThan(0.3);
    const swapped = await wipe(at('fields.mp4'), remade(...X264, '-vf', 'phase=mode=t', '-flags', '+ilme+ildct', '-x264-params', 'tff=1')); // prettier-ignore
    expect(failing(swapped.report.gates)).toContain('field-order');
  });

  it('sound-offset: a muxer that lets the sound slip', async () => {
    const script = remade('-c:v', 'copy').replace(
      '-i "$last.mp4" -map 0',
      '-itsoffset 0.1 -i "$last.mp4" -i "$last.mp4" -map 1:v -map 0:a',
    );
    const { report } = await wipe(at('moving.mp4'), script);
    expect(failing(report.gates)).toEqual(['sound-offset']);
  });

  it('delivers nothing, draws the place and says why; accepted by name it is delivered', async () => {
    const [output, sheet] = [at('wiped.mp4'), at('held.png')];
    rmSync(output, { force: true });
    const blurred = remade(...X264, '-vf', 'boxblur=6');
    const held = await wipe(at('moving.mp4'), blurred, { sheet });
    expect(held).toMatchObject({ status: 'held', report: { output: null, sheet, network: null } });
    expect(failing(held.report.gates)).toContain('encode-quality');
    expect(existsSync(output)).toBe(false);
    expect((await sharp(sheet).metadata()).height).toBeGreaterThan(150);
    const accept = held.report.gates.flatMap((g) => (g.verdict === 'fail' ? [g.gate] : []));
    const { status, report } = await wipe(at('moving.mp4'), blurred, { accept });
    expect(status).toBe('wiped');
    expect(report.gates.filter((g) => g.verdict === 'accepted').map((g) => g.gate)).toEqual(accept);
    expect(existsSync(output)).toBe(true);
  });
});
