import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { scanToFiles } from '../../src/job/scan.js';
import { wipeProgramme } from '../../src/job/wipe.js';
import { loadPipeline, type Pipeline } from '../../src/plan/pipeline.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';

const folder = temporaryFolder('reading');
const input = path.join(folder, 'film.mkv');
let pipeline: Pipeline;

/** White on black, transparent elsewhere, where subtitles stand. */
async function caption(file: string, lines: readonly string[]): Promise<void> {
  const text = (paint: string): string =>
    lines.map((line, i) => `<text x="320" y="${340 - 34 * (lines.length - 1 - i)}" text-anchor="middle" ${paint}>${line}</text>`).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360" font-family="Liberation Sans, DejaVu Sans, sans-serif" font-size="26">
    ${text('fill="#000" stroke="#000" stroke-width="5" stroke-linejoin="round"')}${text('fill="#fff"')}</svg>`;
  await sharp(Buffer.from(svg)).png().toFile(file);
}

beforeAll(async () => {
  pipeline = await loadPipeline('strip-subtitles', { builtInFolder: path.resolve('pipelines') });
  const [one, two] = [path.join(folder, 'one.png'), path.join(folder, 'two.png')];
  await caption(one, ['Where were you', 'when it happened?']);
  await caption(two, ['I was at home.']);
  const show = "[0][1]overlay=enable='between(n,15,44)'[a];[a][2]overlay=enable='between(n,55,84)',setpts=PTS+2/TB[v]";
  const ground = 'mandelbrot=s=640x360:r=25:start_scale=2:end_scale=0.3:end_pts=100';
  const inputs = ['-f', 'lavfi', '-i', ground, '-i', one, '-i', two, '-f', 'lavfi', '-i', 'sine=440'];
  const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '16', '-pix_fmt', 'yuv420p', '-c:a', 'flac', '-t', '6'];
  ffmpeg(...inputs, '-filter_complex', show, '-map', '[v]', '-map', '3:a', ...encode, '-frames:v', '100', input);
});

describe('reading a programme', () => {
  it('writes what the subtitles say beside the plan, at the times of the frames that show it', async () => {
    const both: Pipeline = { ...pipeline, read: { languages: ['eng'], subtitles: 'both' } };
    const { report } = await scanToFiles({ input, pipeline: both, planFile: path.join(folder, 'film.plan.json') });
    expect(report.subtitles).toEqual([path.join(folder, 'film.plan.srt'), path.join(folder, 'film.plan.vtt')]);
    expect(report.tracks.map((t) => t.text)).toEqual(['Where were you\nwhen it happened?', 'I was at home.']);
    // The sound begins at 0 and the picture at 2 s: its frame 15 is shown at 2.6 s.
    expect(readFileSync(report.subtitles[0], 'utf8')).toBe(
      '1\n00:00:02,600 --> 00:00:03,800\nWhere were you\nwhen it happened?\n\n2\n00:00:04,200 --> 00:00:05,400\nI was at home.\n\n',
    );
    const read = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', report.subtitles[1]]);
    expect(read.toString().trim().split(/\s+/)).toEqual(['2.600000', '4.200000']);
  });

  it('does not read, and says nothing of texts, without a read block', async () => {
    const silent = { ...pipeline };
    delete silent.read;
    const { report } = await scanToFiles({ input, pipeline: silent, planFile: path.join(folder, 'silent.plan.json') });
    expect(report.subtitles).toEqual([]);
    expect(report.tracks.map((t) => t.text)).toEqual([undefined, undefined]);
    expect(existsSync(path.join(folder, 'silent.plan.srt'))).toBe(false);
  });

  it('refuses before any work when a cue file is there already or a language is not', async () => {
    const output = path.join(folder, 'film.textless.mkv');
    const request = { input, output, modelFolder: path.resolve('models/restore'), network: false, overwrite: false };
    const elsewhere: Pipeline = { ...pipeline, read: { languages: ['eng', 'xyz'], subtitles: 'srt' } };
    await expect(wipeProgramme({ ...request, pipeline: elsewhere })).rejects.toMatchObject({ code: 'TEXTLESS_LANGUAGE' });
    writeFileSync(path.join(folder, 'film.textless.srt'), 'mine');
    await expect(wipeProgramme({ ...request, pipeline })).rejects.toMatchObject({ code: 'TEXTLESS_OUTPUT' });
    expect(readFileSync(path.join(folder, 'film.textless.srt'), 'utf8')).toBe('mine');
    expect(existsSync(output)).toBe(false);
  });
});
