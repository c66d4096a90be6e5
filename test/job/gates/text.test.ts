import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Geometry } from '../../../src/core/frame.js';
import { alike, TextGauge } from '../../../src/job/gates/text.js';
import type { Track } from '../../../src/plan/plan.js';

const geometry: Geometry = { width: 640, height: 96, format: { name: 'gray', depth: 8, chroma: 'gray' } };
const TEXT = 'Where were you when it happened?';
let written: Uint8Array;
let empty: Uint8Array;
let track: Track;

beforeAll(async () => {
  const svg = (what: string): Buffer =>
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="640" height="96" font-family="DejaVu Sans" font-size="26"><rect width="640" height="96" fill="#456"/>${what}</svg>`); // prettier-ignore
  const grey = async (what: string): Promise<Uint8Array> => new Uint8Array(await sharp(svg(what)).greyscale().raw().toBuffer());
  const line = (paint: string): string => `<text x="320" y="58" text-anchor="middle" ${paint}>${TEXT}</text>`;
  empty = await grey('');
  written = await grey(line('fill="#000" stroke="#000" stroke-width="5" stroke-linejoin="round"') + line('fill="#fff"'));
  const data = written.map((v, i) => (v === empty[i] ? 0 : 255));
  track = { id: 'subtitle-1', kind: 'subtitle', action: 'wipe', confidence: 1, why: 'drawn', text: TEXT, spans: [{ first: 0, last: 2 }], mask: { box: { x: 0, y: 0, width: 640, height: 96 }, data } }; // prettier-ignore
});

async function left(picture: Uint8Array): Promise<number | null> {
  const gauge = new TextGauge([track], ['eng'], geometry);
  for (let index = 0; index < 3; index++) gauge.after({ index, data: picture });
  return (await gauge.measured()).value;
}

describe('text-left', () => {
  it('is near 1 where a wiped text can still be read, and near 0 where it is gone', async () => {
    expect(await left(written)).toBeGreaterThan(0.9);
    expect(await left(empty)).toBeLessThan(0.1);
    const faint = written.map((v, i) => empty[i] + Math.round(0.3 * (v - empty[i])));
    expect(await left(faint)).toBeGreaterThan(0.6);
  });

  it('reads nothing where no language is given', async () => {
    const gauge = new TextGauge([track], [], geometry);
    gauge.after({ index: 0, data: written });
    expect((await gauge.measured()).value).toBeNull();
  });

  it('compares by what both have in order', () => {
    expect(alike('abcd', 'abcd')).toBe(1);
    expect(alike('abcd', '')).toBe(0);
    expect(alike('abcd', 'xaybzd')).toBeCloseTo(0.6);
  });
});
