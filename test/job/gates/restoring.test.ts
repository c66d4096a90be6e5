import { beforeAll, describe, expect, it } from 'vitest';
import { planesOf, type Frame } from '../../../src/core/frame.js';
import type { Geometry } from '../../../src/core/frame.js';
import { MARGIN } from '../../../src/job/gates/reach.js';
import { GATE_NAMES, type GateRules } from '../../../src/plan/gates.js';
import { temporaryFolder } from '../../fixtures/programmes.js';
import { CARD, failing, inFolder, judge, judgeRestored, MOVING, programme, usual, wiped, type Good } from './support.js';

const at = inFolder(temporaryFolder('gates'));
let moving: Good;
let still: Good;

beforeAll(async () => {
  programme(at('moving.mp4'), MOVING);
  programme(at('still.mp4'), 'mandelbrot=s=320x192:r=25:start_scale=0.4:end_scale=0.4,loop=loop=60:size=1,noise=alls=3:allf=t:all_seed=5');
  moving = await wiped(at('moving.mp4'));
  still = await wiped(at('still.mp4'));
});

/** Changes luma under the card. */
const under = (geometry: Geometry, frame: Frame, level: (old: number, x: number, y: number) => number): void => {
  const [{ data, width }] = planesOf(frame, geometry);
  for (let y = CARD.y; y < CARD.y + CARD.height; y++)
    for (let x = CARD.x; x < CARD.x + CARD.width; x++) data[y * width + x] = Math.max(0, Math.min(255, level(data[y * width + x], x, y)));
};
const holding = (gate: 'flicker' | 'logo-variance' | 'mark-beside'): GateRules => ({ ...usual, [gate]: { ...usual[gate], fails: 'hold' } });

describe('gates on what was restored', () => {
  it('let an honest wipe pass, and measure all there is to measure', async () => {
    const results = await judge(moving, at('out.mp4'));
    const stands = judgeRestored(still);
    for (const all of [results, stands]) expect([...all.values()].filter((r) => !['pass', 'none'].includes(r.verdict))).toEqual([]);
    expect([...results.keys()]).toEqual(GATE_NAMES);
    expect([...results.values()].filter((r) => r.value === null).map((r) => r.gate)).toEqual(['field-order', 'text-left', 'flicker']);
    expect(stands.get('flicker')!.value).not.toBeNull();
  });

  it.each<[string, number, number, number]>([
    ['luma far away', 0, 10, 150],
    ['chroma far away', 1, 5, 90],
    ['luma in the box of a mark that its mask does not reach', 0, CARD.x - 12, CARD.y + 10],
    ['chroma there', 2, (CARD.x - 12) >> 1, (CARD.y + 10) >> 1],
  ])('outside-identical: one sample of %s', (_, plane, x, y) => {
    const { geometry } = moving.source.video;
    const spoil = (frame: Frame): void => {
      const { data, width } = planesOf(frame, geometry)[plane];
      if (frame.index === 7) data[y * width + x] ^= 1;
    };
    const results = judgeRestored(moving, { spoil });
    expect(failing(results)).toEqual(['outside-identical']);
    expect(results.get('outside-identical')).toMatchObject({ value: 1, worst: { frame: 7 } });
  });

  it('outside-identical allows the halo and the feather, and not a sample more', () => {
    const { geometry } = moving.source.video;
    const touch = (by: number) => (frame: Frame) => {
      const [{ data, width }] = planesOf(frame, geometry);
      data[(CARD.y + 5) * width + CARD.x - by] ^= 1;
    };
    expect(failing(judgeRestored(moving, { spoil: touch(MARGIN) }))).toEqual([]);
    expect(failing(judgeRestored(moving, { spoil: touch(MARGIN + 1) }))).toEqual(['outside-identical']);
  });

  it('mark-left: a mark that was not wiped, and a third of one', () => {
    const { geometry } = moving.source.video;
    const left = judgeRestored(moving, { spoil: (frame, decoded) => frame.data.set(decoded.data) });
    expect(failing(left)).toEqual(['mark-left']);
    expect(left.get('mark-left')!.value).toBeGreaterThan(0.95);
    const ghost = (frame: Frame, decoded: Frame): void => {
      const [{ data, width }] = planesOf(decoded, geometry);
      under(geometry, frame, (old, x, y) => Math.round(old + 0.4 * (data[y * width + x] - old)));
    };
    expect(failing(judgeRestored(moving, { spoil: ghost }))).toEqual(['mark-left']);
  });

  it('flicker: a fill that pulses on a shot that stands still', () => {
    const { geometry } = still.source.video;
    const spoil = (frame: Frame): void => under(geometry, frame, (old) => old + (frame.index % 2 ? 4 : -4));
    const results = judgeRestored(still, { spoil, options: { rules: holding('flicker') } });
    expect(failing(results)).toEqual(['flicker']);
    expect(results.get('flicker')!.value).toBeGreaterThan(5);
    expect(judgeRestored(still, { spoil }).get('flicker')!.verdict).toBe('warn');
  });

  it('logo-variance: a mark that is wiped in every other frame only', () => {
    const spoil = (frame: Frame, decoded: Frame): void => void ((frame.index >> 2) % 2 && frame.data.set(decoded.data));
    const results = judgeRestored(moving, { spoil, options: { rules: holding('logo-variance') } });
    expect(failing(results)).toContain('logo-variance');
  });

  it('mark-beside: a mask that is 12 samples off its mark', () => {
    const [track] = moving.plan.tracks;
    const box = { ...CARD, x: CARD.x - 12, y: CARD.y - 12 };
    const off = { ...track, mask: { box, data: new Uint8Array(CARD.width * CARD.height).fill(255) } };
    const missed = { ...moving, plan: { ...moving.plan, tracks: [off] }, restored: moving.decoded }; // what is under the mask is not looked at
    const results = judgeRestored(missed, { options: { rules: holding('mark-beside') } });
    expect(failing(results)).toContain('mark-beside');
    expect(results.get('mark-beside')).toMatchObject({ worst: { box } });
    expect(judgeRestored(missed).get('mark-beside')!.verdict).toBe('warn');
    expect(judgeRestored(moving).get('mark-beside')!.value).toBeLessThan(2);
  });

  it('a gate that is off or accepted holds nothing', () => {
    const spoil = (frame: Frame, decoded: Frame): void => void frame.data.set(decoded.data);
    const off: GateRules = { ...usual, 'mark-left': { limit: 0, fails: 'off' } };
    expect(judgeRestored(moving, { spoil, options: { rules: off } }).get('mark-left')!.verdict).toBe('none');
    const accepted = judgeRestored(moving, { spoil, options: { accepted: ['mark-left'] } });
    expect(failing(accepted)).toEqual([]);
    expect(accepted.get('mark-left')!.verdict).toBe('accepted');
  });
});
