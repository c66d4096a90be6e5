import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/core/area.js';
import type { Mark } from '../../src/evaluate/marks/mark.js';
import { scoreProgramme } from '../../src/evaluate/metrics/score.js';
import type { CaseResult } from '../../src/evaluate/run-case.js';
import { summarise } from '../../src/evaluate/summary.js';
import { summaryText } from '../../src/evaluate/summary-text.js';
import type { Track, TrackKind } from '../../src/plan/plan.js';

const PICTURE = { width: 100, height: 60, frames: 50 };
const wiped = (kind: TrackKind): boolean => kind !== 'title' && kind !== 'scene-text';

function mark(kind: Mark['kind'], group: Mark['group'], box: Box, first: number, last: number): Mark {
  const data = new Uint8Array(box.width * box.height * 4).fill(255);
  return { group, kind, look: 'block', text: null, spans: [{ first, last }], opaque: true, at: () => ({ box, data }) };
}

function track(kind: TrackKind, action: Track['action'], box: Box, first: number, last: number): Track {
  const data = new Uint8Array(box.width * box.height).fill(255);
  return { id: `${kind}-1`, kind, action, confidence: 0.9, why: '', spans: [{ first, last }], mask: { box, data } };
}

const LOGO: Box = { x: 5, y: 5, width: 20, height: 10 };
const TEXT: Box = { x: 30, y: 45, width: 40, height: 8 };

describe('a programme', () => {
  it('in which all is found as it is scores full marks', () => {
    const marks = [mark('logo', 'logo', LOGO, 0, 49), mark('subtitle', 'subtitle', TEXT, 10, 30)];
    const score = scoreProgramme(marks, [track('subtitle', 'wipe', TEXT, 10, 30), track('logo', 'wipe', LOGO, 0, 49)], PICTURE, wiped);
    expect(score.falseShare).toBe(0);
    expect(score.tracks.every((t) => t.right && t.inside === 1)).toBe(true);
    expect(score.marks.map((m) => [m.track, m.kindRight, m.jaccard, m.boundary, m.covered, m.ends])).toEqual([
      ['logo-1', true, 1, 1, 1, []],
      ['subtitle-1', true, 1, 1, 1, [0, 0]],
    ]);
  });

  it('in which half of a logo is found in half of its frames has masks of a quarter', () => {
    const half = { ...LOGO, width: 10 };
    const [found] = scoreProgramme([mark('logo', 'logo', LOGO, 0, 49)], [track('subtitle', 'hold', half, 25, 49)], PICTURE, wiped).marks;
    expect(found).toMatchObject({ action: 'hold', kindRight: false, jaccard: 0.25, covered: 0.25, parts: 0 });
  });

  it('counts pieces of a mark as its parts and not as alarms', () => {
    const [left, right] = [
      { ...LOGO, width: 12 },
      { ...LOGO, x: 17, width: 8 },
    ];
    const pieces = [track('logo', 'wipe', left, 0, 49), track('logo', 'wipe', right, 0, 49)];
    const score = scoreProgramme([mark('logo', 'logo', LOGO, 0, 49)], pieces, PICTURE, wiped);
    expect(score.marks[0]).toMatchObject({ parts: 1, jaccard: 1 });
    expect(score.tracks.map((t) => t.right)).toEqual([true, true]);
  });

  it('tells when a mark was found in pieces only, and counts it as missed', () => {
    const truth = [mark('logo', 'logo', LOGO, 0, 49)];
    const [first, second] = [track('subtitle', 'wipe', LOGO, 0, 22), track('subtitle', 'wipe', LOGO, 26, 49)];
    const score = scoreProgramme(truth, [first, { ...second, id: 'subtitle-2' }], PICTURE, wiped);
    expect(score.marks[0]).toMatchObject({ pieces: ['subtitle-1', 'subtitle-2'] });
    expect([score.marks[0].track, score.tracks[0].right]).toEqual([undefined, true]);
    expect(scoreProgramme(truth, [first], PICTURE, wiped).marks[0].pieces).toBeUndefined();
  });

  it('takes neither kept tracks nor tracks at another time for a find', () => {
    const truth = [mark('logo', 'logo', LOGO, 0, 49)];
    for (const other of [track('logo', 'keep', LOGO, 0, 49), track('logo', 'wipe', LOGO, 0, 20), track('scene-text', 'keep', LOGO, 0, 49)])
      expect(scoreProgramme(truth, [other], PICTURE, wiped).marks[0].track).toBeUndefined();
  });

  it('wants titles kept: found as a title is right, wiped as a subtitle is wrong and touches what it should not', () => {
    const truth = [mark('title', 'title', TEXT, 10, 30)];
    const kept = scoreProgramme(truth, [track('title', 'keep', TEXT, 10, 30)], PICTURE, wiped);
    expect([kept.marks[0].kindRight, kept.tracks[0].right, kept.falseShare]).toEqual([true, true, 0]);
    const lost = scoreProgramme(truth, [track('subtitle', 'wipe', TEXT, 10, 30)], PICTURE, wiped);
    expect([lost.marks[0].kindRight, lost.tracks[0].right]).toEqual([false, false]);
    expect(lost.falseShare).toBeCloseTo((320 * 21) / (6000 * 50), 12);
  });
});

describe('a summary', () => {
  const about = { motion: 'pan' as const, shots: 1, crf: 16, ...PICTURE, seconds: 2 };
  const results: CaseResult[] = [
    {
      name: 'one',
      group: 'subtitle',
      ...about,
      ...scoreProgramme(
        [mark('subtitle', 'subtitle', TEXT, 10, 30), mark('subtitle', 'subtitle', LOGO, 10, 30)],
        [track('subtitle', 'wipe', TEXT, 9, 33)],
        PICTURE,
        wiped,
      ),
    },
    { name: 'two', group: 'clean', ...about, ...scoreProgramme([], [track('logo', 'wipe', LOGO, 0, 49)], PICTURE, wiped) },
  ];

  it('adds up', () => {
    const { groups, programmes, calibration, misses, alarms } = summarise(results);
    expect(groups.map((g) => [g.group, g.marks, g.recall, g.ends, g.endsWithinOne, g.endError])).toEqual([
      ['subtitle', 2, 0.5, 2, 0.5, 2],
      ['all', 2, 0.5, 2, 0.5, 2],
    ]);
    expect(programmes[0]).toMatchObject({ sort: 'all', programmes: 2, tracks: 2, precision: 0.5, speed: 25 });
    expect(programmes.find((p) => p.sort === 'clean')).toMatchObject({ precision: 0, falseShare: 200 / 6000 });
    expect(calibration.at(-1)).toEqual({ from: 0.9, to: 1, findings: 2, right: 1 });
    expect([misses.map((m) => m.programme), alarms.map((a) => a.programme)]).toEqual([['one'], ['two']]);
  });

  it('is told in tables whose rows are all of one width', () => {
    const lines = summaryText(summarise(results));
    const tables = lines.join('\n').split(/\n\n/);
    for (const table of tables.slice(0, 3)) {
      const widths = new Set(table.split('\n').map((line) => line.length));
      expect(widths.size).toBe(1);
    }
    expect(lines.some((line) => line.includes('one: subtitle (block) frames 10-30: subtitle-1 wipe 90 %'))).toBe(true);
  });
});
