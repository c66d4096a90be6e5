import { describe, expect, it } from 'vitest';
import { detectIn } from '../../src/detect/detect.js';
import { MARK_KINDS, type Finding } from '../../src/plan/plan.js';
import { drawn, HEIGHT, letters, over, pan, programme, scenes, SPACE, strokes, WIDTH, type Drawn } from './drawn-programme.js';

const KINDS = { kinds: [...MARK_KINDS] };

/** Share of a mark's pixels that a finding masks, and how many others it masks for each. */
function covered({ mask: { box, data } }: Finding, { alpha }: Drawn): { readonly hit: number; readonly over: number } {
  let [hit, all, over] = [0, 0, 0];
  for (let i = 0; i < alpha.length; i++) {
    const [x, y] = [(i % WIDTH) - box.x, Math.floor(i / WIDTH) - box.y];
    const masked = x >= 0 && y >= 0 && x < box.width && y < box.height && data[y * box.width + x] > 0;
    if (alpha[i] > 127) [all, hit] = [all + 1, hit + Number(masked)];
    else over += Number(masked);
  }
  return { hit: hit / all, over: over / all };
}

describe('a word across the middle of the picture', () => {
  const word = (x: number): Promise<Drawn> =>
    drawn(`<path d="${letters('03121032', x, 150, 2)}" fill="none" stroke="#fff" stroke-width="9"/>`);
  const CENTRED = (WIDTH - 8 * 32) / 2 + 6;
  const detect = async (mark: Drawn, opacity: number, camera = pan()): Promise<readonly Finding[]> =>
    (
      await detectIn(
        programme(100, (t, out) => (camera(t, out), over(out, mark, opacity))),
        KINDS,
      )
    ).findings;

  it('is a watermark where the scene shines through, with its strokes', async () => {
    const mark = await word(CENTRED);
    const found = await detect(mark, 0.3);
    expect(found.map((f) => [f.kind, f.spans])).toEqual([['watermark', [{ first: 0, last: 99 }]]]);
    const { hit, over: beside } = covered(found[0], mark);
    expect(hit).toBeGreaterThan(0.8);
    expect(beside).toBeLessThan(0.8);
  });

  it('is none where it hides the scene, as a sign does before a crowd', async () => {
    expect((await detect(await word(CENTRED), 1)).filter((f) => f.kind === 'watermark')).toEqual([]);
  });

  it('is none beside the middle', async () => {
    expect((await detect(await word(20), 0.3)).filter((f) => f.kind === 'watermark')).toEqual([]);
  });
});

describe('texts that change with the shot', () => {
  const SHOT = 40;
  const TEXTS = ['0312103202', '13201', '2310211303', '01320213'];

  /** Another still part of the scene a shot: nothing tells where the text begins. */
  const still = (t: number, out: Float32Array): void => {
    const shot = Math.floor(t / SHOT);
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++)
        out[y * WIDTH + x] = 120 + scenes[shot % 2][(y + 20) * SPACE + x + 100 * shot + Math.round(20 * Math.sin(t / 9))];
  };

  it('are subtitles, each in its own shot, though no end of one is seen', async () => {
    const texts = await Promise.all(TEXTS.map((text) => strokes(300, text)));
    const { findings } = await detectIn(
      programme(TEXTS.length * SHOT, (t, out) => (still(t, out), over(out, texts[Math.floor(t / SHOT)]))),
      KINDS,
    );
    expect(findings.map((f) => [f.kind, f.spans])).toEqual(
      TEXTS.map((_, i) => ['subtitle', [{ first: i * SHOT, last: (i + 1) * SHOT - 1 }]]),
    );
    const hits = findings.map((f, i) => covered(f, texts[i]).hit);
    expect(hits.reduce((a, b) => a + b, 0) / hits.length).toBeGreaterThan(0.85);
  });
});
