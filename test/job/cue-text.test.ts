import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cueFile, frameCues, timedCues } from '../../src/job/cue-text.js';
import type { FrameTimes } from '../../src/media/programme.js';
import type { Track } from '../../src/plan/plan.js';

let made = 0;

/** A subtitle track of which only frames, height and text matter. */
function track(first: number, last: number, text?: string, y = 300, kind: Track['kind'] = 'subtitle'): Track {
  const mask = { box: { x: 10, y, width: 2, height: 1 }, data: new Uint8Array([255, 255]) };
  const said = text === undefined ? {} : { text };
  return { id: `t-${made++}`, kind, action: 'wipe', spans: [{ first, last }], mask, confidence: 1, why: 'test', ...said };
}

const at25: FrameTimes = { base: { num: 1, den: 25 }, ticks: Array.from({ length: 1000 }, (_, i) => i), lastDuration: 1 };

describe('cue files', () => {
  it('are SubRip with commas, numbers and an end at the end of the last frame', () => {
    const cues = timedCues(frameCues([track(100, 149, 'Who is it?'), track(25, 49, 'Hello.\nIt is me.')]), at25, 0);
    expect(cueFile(cues, 'srt')).toBe(
      '1\n00:00:01,000 --> 00:00:02,000\nHello.\nIt is me.\n\n2\n00:00:04,000 --> 00:00:06,000\nWho is it?\n\n',
    );
  });

  it('are WebVTT with points and signs escaped', () => {
    const cues = timedCues(frameCues([track(90_000 - 89_999, 24, 'a < b && c --> d')]), at25, 0);
    expect(cueFile(cues, 'vtt')).toBe('WEBVTT\n\n00:00:00.040 --> 00:00:01.000\na &lt; b &amp;&amp; c --&gt; d\n\n');
  });

  it('part in SubRip what would be a tag, an override or an arrow, and leave other signs', () => {
    const said = cueFile([{ start: 0, end: 3_600_000, text: '<i>so</i> {\\an8} 1 < 2 --> 3' }], 'srt');
    expect(said).toBe('1\n00:00:00,000 --> 01:00:00,000\n<\u200bi>so<\u200b/i> {\u200b\\an8} 1 < 2 -> 3\n\n');
  });

  it('leave out blank lines, which would end the cue, other kinds and tracks without text', () => {
    const tracks = [track(0, 9, ' one \r\n\n\u2028two\u0007 '), track(20, 29), track(40, 49, 'CREDITS', 300, 'title'), track(60, 69, '\n')];
    expect(frameCues(tracks)).toEqual([{ first: 0, last: 9, text: 'one\ntwo' }]);
  });

  it('join a text that goes on after less than three frames, and only then', () => {
    expect(frameCues([track(0, 9, 'A'), track(12, 20, 'A'), track(24, 30, 'A')])).toEqual([
      { first: 0, last: 20, text: 'A' },
      { first: 24, last: 30, text: 'A' },
    ]);
  });

  it('show two texts at the same time as one cue, the upper one first', () => {
    expect(frameCues([track(0, 50, 'below', 300), track(20, 80, 'above', 20)])).toEqual([
      { first: 0, last: 19, text: 'below' },
      { first: 20, last: 50, text: 'above\nbelow' },
      { first: 51, last: 80, text: 'above' },
    ]);
  });

  it('do not show two texts together for the two frames in which the detector is unsure', () => {
    expect(frameCues([track(0, 50, 'A'), track(49, 80, 'B')])).toEqual([
      { first: 0, last: 48, text: 'A' },
      { first: 49, last: 80, text: 'B' },
    ]);
  });

  it("follow the programme's own times: start offset, varying rate, a last frame without duration", () => {
    const times: FrameTimes = { base: { num: 1, den: 90_000 }, ticks: [900_000, 903_600, 918_000, 921_600], lastDuration: 0 };
    expect(timedCues([{ first: 1, last: 1, text: 'A' }], times, 10)).toEqual([{ start: 40, end: 200, text: 'A' }]);
    expect(timedCues([{ first: 2, last: 3, text: 'A' }], times, 9.5)).toEqual([{ start: 700, end: 780, text: 'A' }]);
  });

  it('never overlap, always rise and begin and end at frame boundaries, whatever the tracks are', () => {
    const span = fc.tuple(fc.nat(300), fc.nat(60), fc.constantFrom('A', 'B', 'C\nD'), fc.nat(500));
    const steps = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 361, maxLength: 361 });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), steps, fc.nat(10 ** 7), (spans, durations, start) => {
        const ticks: number[] = [];
        durations.reduce((at, d) => (ticks.push(at), at + d), start);
        const times = { base: { num: 1, den: 90_000 }, ticks, lastDuration: durations[360] };
        const cues = frameCues(spans.map(([first, length, text, y]) => track(first, first + length, text, y)));
        const shown = new Set(cues.flatMap((c) => Array.from({ length: c.last - c.first + 1 }, (_, i) => c.first + i)));
        for (const [first] of spans) expect(shown.has(first)).toBe(true);
        cues.forEach((c, i) => {
          expect(c.last).toBeGreaterThanOrEqual(c.first);
          if (i > 0) expect(c.first).toBeGreaterThan(cues[i - 1].last);
        });
        const edges = new Set([...ticks, ticks[360] + durations[360]].map((t) => Math.round((t / 90_000 - start / 90_000) * 1000)));
        const timed = timedCues(cues, times, start / 90_000);
        timed.forEach((c, i) => {
          expect(c.end).toBeGreaterThan(c.start);
          expect(edges.has(c.start) && edges.has(c.end)).toBe(true);
          if (i > 0) expect(c.start).toBeGreaterThanOrEqual(timed[i - 1].end);
        });
      }),
      { numRuns: 300 },
    );
  });
});
