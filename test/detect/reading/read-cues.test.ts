import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { installedLanguages, languageData } from '../../../src/detect/reading/languages.js';
import type { CueImage } from '../../../src/detect/reading/glyph-ink.js';
import { withCaptionsRead } from '../../../src/detect/reading/read-captions.js';
import { readCues } from '../../../src/detect/reading/read-cues.js';
import type { Finding } from '../../../src/plan/plan.js';

const WIDTH = 640;
const HEIGHT = 110;

/** A cue as the detector hands it out: text with an outline on a background of all levels. */
async function drawn(lines: readonly string[], fill = '#f0f0f0', outline = '#101010'): Promise<CueImage> {
  const text = (paint: string): string =>
    lines.map((line, i) => `<text x="320" y="${44 + 40 * i}" text-anchor="middle" ${paint}>${line}</text>`).join('');
  const edge = text(`stroke="${outline}" stroke-width="6" stroke-linejoin="round" fill="${outline}"`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="Liberation Sans, DejaVu Sans, sans-serif"
    font-size="30">${edge}${text(`fill="${fill}"`)}</svg>`;
  const rgba = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
  const alpha = (i: number): number => rgba[4 * i + 3] / 255;
  const ground = (i: number): number => 60 + (i % WIDTH) / 4;
  const mean = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => rgba[4 * i] * alpha(i) + ground(i) * (1 - alpha(i)));
  const glyphs = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (alpha(i) > 0.5 ? 1 : 0));
  return { mean, glyphs, width: WIDTH, height: HEIGHT };
}

describe('reading', () => {
  it('reads outlined text line by line, light or dark, and finds nothing in nothing', async () => {
    const empty = { mean: new Uint8Array(WIDTH * HEIGHT), glyphs: new Uint8Array(WIDTH * HEIGHT), width: WIDTH, height: HEIGHT };
    const light = await drawn(['Nobody is coming to help us,', 'and we go on alone.']);
    const dark = await drawn(['The train leaves at 7:45.'], '#101010', '#f0f0f0');
    const readings = await readCues([light, dark, empty], { languages: ['eng'] });
    expect(readings.map((r) => r.text)).toEqual(['Nobody is coming to help us,\nand we go on alone.', 'The train leaves at 7:45.', '']);
    expect(Math.min(readings[0].confidence, readings[1].confidence)).toBeGreaterThan(0.8);
    expect(readings[2].confidence).toBe(0);
  });

  it('reads subtitles that were found as what stands, and no logos', async () => {
    const image = await drawn(['Nobody is coming to help us,']);
    const box = { x: 0, y: 200, width: WIDTH, height: HEIGHT };
    const mask = { box, data: image.glyphs.map((v) => 255 * v) };
    const spans = [{ first: 40, last: 90 }];
    const nothing = {
      box,
      pixel: new Int32Array(),
      gx: new Float32Array(),
      gy: new Float32Array(),
      seen: spans,
      confidence: 1,
      asBar: 1,
      why: '',
    };
    const logo = { candidate: nothing, spans, mask, mean: Float32Array.from(image.mean), deviation: new Float32Array(WIDTH * HEIGHT) };
    const finding = (kind: Finding['kind'], first: number): Finding => ({
      kind,
      mask,
      spans: [{ first, last: 90 }],
      confidence: 0.9,
      why: '',
    });
    const found = await withCaptionsRead([finding('subtitle', 40), finding('logo', 40), finding('subtitle', 41)], [logo], {
      languages: ['eng'],
    });
    expect(found.map((f) => f.text)).toEqual(['Nobody is coming to help us,', undefined, undefined]);
  });

  it('refuses a language that is not installed, and names its package', async () => {
    expect(await installedLanguages()).toContain('eng');
    await expect(languageData(['eng', 'xyz', '../eng'])).rejects.toMatchObject({
      code: 'TEXTLESS_LANGUAGE',
      message:
        'The data to read the languages xyz, ../eng is not installed; type: npm install @tesseract.js-data/xyz @tesseract.js-data/../eng',
    });
  });

  it('is cancelled at once, and leaves no thread that keeps the process alive', async () => {
    const program = `
      import { readCues } from ${JSON.stringify(path.resolve('src/detect/reading/read-cues.ts'))};
      const cue = { mean: Uint8Array.from({ length: 65536 }, (_, i) => (i * 2654435761) >>> 24), glyphs: new Uint8Array(65536).fill(1), width: 512, height: 128 };
      const stop = new AbortController();
      const onProgress = ({ done }) => done === 2 && stop.abort();
      const failed = await readCues(Array(40).fill(cue), { languages: ['eng'], signal: stop.signal, onProgress }).catch((e) => e);
      console.log(failed.code, process.getActiveResourcesInfo().filter((r) => r === 'MessagePort' || r === 'Worker').length);
    `;
    const argv = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (d: Buffer) => (said += d.toString()));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect([status, said.trim()]).toEqual([0, 'TEXTLESS_CANCELLED 0']);
  });

  it('says in one sentence that data is damaged, and leaves no thread', () => {
    const program = `
      import { mkdtemp, writeFile } from 'node:fs/promises';
      import { tmpdir } from 'node:os';
      import { openRecogniser } from ${JSON.stringify(path.resolve('src/detect/reading/tesseract.ts'))};
      const folder = await mkdtemp(tmpdir() + '/textless-reading-');
      await writeFile(folder + '/eng.traineddata.gz', 'no data');
      const failed = await openRecogniser([{ code: 'eng', folder }]).catch((e) => e);
      console.log(failed.code + ': ' + failed.message);
    `;
    const argv = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program];
    expect(execFileSync(process.execPath, argv, { encoding: 'utf8' }).trim()).toBe(
      'TEXTLESS_LANGUAGE: The data to read eng cannot be loaded.',
    );
  });
});
