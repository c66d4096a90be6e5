import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiddenTogether, longestJump } from '../../src/plan/crowding.js';
import { pipelineSchema } from '../../src/plan/pipeline-schema.js';
import type { Track } from '../../src/plan/plan.js';
import { applyRules } from '../../src/plan/rules.js';
import { parseClock, splitByTimes } from '../../src/plan/times.js';

describe('times', () => {
  it.each([
    ['90', 90],
    ['1:30', 90],
    ['0:01:30.5', 90.5],
    ['2:00:00', 7200],
    ['1:60', undefined],
    ['-1', undefined],
    ['1:2:3:4', undefined],
    ['', undefined],
  ])('%j is %j seconds', (text, seconds) => expect(parseClock(text)).toBe(seconds));

  it('cut spans at the frames at which they begin and end', () => {
    const times = { include: [], exclude: [{ from: 0, to: 2 }, { from: 10 }] }; // prettier-ignore
    expect(splitByTimes([{ first: 0, last: 299 }], times, 25)).toEqual({
      treated: [{ first: 50, last: 249 }],
      left: [
        { first: 0, last: 49 },
        { first: 250, last: 299 },
      ],
    });
  });

  it('lose no frame and put none on both sides', () => {
    const range = fc.tuple(fc.nat(40), fc.nat(40)).map(([from, more]) => ({ from: from / 7, to: (from + more + 1) / 7 }));
    const spans = fc.tuple(fc.nat(50), fc.nat(90)).map(([first, more]) => [{ first, last: first + more }]);
    fc.assert(
      fc.property(spans, fc.array(range, { maxLength: 3 }), fc.array(range, { maxLength: 3 }), (list, include, exclude) => {
        const { treated, left } = splitByTimes(list, { include, exclude }, 30000 / 1001);
        const frames = [...treated, ...left].flatMap((s) => Array.from({ length: s.last - s.first + 1 }, (_, k) => s.first + k));
        expect(frames.sort((a, b) => a - b)).toEqual(Array.from({ length: list[0].last - list[0].first + 1 }, (_, k) => list[0].first + k));
      }),
    );
  });

  it('make two tracks of a mark that shows longer', () => {
    const rules = pipelineSchema.parse({
      version: 1,
      name: 'mine',
      description: 'A test.',
      marks: { logo: { action: 'wipe' } },
      times: { exclude: [{ from: '0:00', to: 1 }] },
    });
    const mask = { box: { x: 0, y: 0, width: 1, height: 1 }, data: Uint8Array.of(255) };
    const tracks = applyRules([{ kind: 'logo', spans: [{ first: 0, last: 99 }], mask, confidence: 1, why: '' }], rules, {
      width: 9,
      height: 9,
      rate: 25,
    });
    expect(tracks.map((t) => [t.id, t.action, t.spans])).toEqual([
      ['logo-1', 'wipe', [{ first: 25, last: 99 }]],
      ['logo-2', 'keep', [{ first: 0, last: 24 }]],
    ]);
  });
});

describe('crowding', () => {
  const track = (first: number, last: number, extra: Partial<Track> = {}): Track => {
    const mask = { box: { x: 0, y: 0, width: 1, height: 1 }, data: Uint8Array.of(255) };
    return { id: `t${first}`, kind: 'logo', action: 'wipe', confidence: 1, why: '', spans: [{ first, last }], mask, ...extra };
  };

  it('adds up what is wiped in the same frame only', () => {
    const tracks = [track(0, 9), track(5, 20), track(21, 30), track(8, 8, { action: 'keep' })];
    const together = hiddenTogether(tracks, () => 0.3);
    expect(tracks.slice(0, 3).map((t) => Math.round(100 * together(t)))).toEqual([60, 60, 30]);
  });

  it('knows a jump from a quick movement', () => {
    const path = [0, 10, 11].map((frame, i) => ({ frame, x: [0, 50, 90][i], y: 0 }));
    expect(longestJump({ path }, 100)).toBeCloseTo(0.4);
    expect(longestJump({}, 100)).toBe(0);
  });
});
