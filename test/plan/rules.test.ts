import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mask } from '../../src/core/area.js';
import type { Finding, MarkKind } from '../../src/plan/plan.js';
import { pipelineSchema, type Pipeline } from '../../src/plan/pipeline-schema.js';
import { applyRules, hiddenShare, judge, shareInside } from '../../src/plan/rules.js';

const size = { width: 100, height: 50 };

function pipeline(extra: Record<string, unknown> = {}): Pipeline {
  const marks = { logo: { action: 'wipe' }, subtitle: { action: 'wipe' } };
  return pipelineSchema.parse({ version: 1, name: 'mine', description: 'A test.', marks, ...extra });
}

function full(x: number, y: number, width: number, height: number): Mask {
  return { box: { x, y, width, height }, data: new Uint8Array(width * height).fill(255) };
}

function finding(extra: Partial<Finding> = {}): Finding {
  return { kind: 'logo', spans: [{ first: 0, last: 9 }], mask: full(2, 2, 10, 5), confidence: 0.9, why: 'It does not move.', ...extra };
}

const findings = fc.array(
  fc.record({
    kind: fc.constantFrom('logo' as const, 'subtitle' as const),
    spans: fc.tuple(fc.nat(5), fc.nat(20)).map(([first, length]) => [{ first, last: first + length }]),
    mask: fc.tuple(fc.nat(60), fc.nat(30), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 })).map((box) => full(...box)),
    confidence: fc.integer({ min: 0, max: 20 }).map((n) => n / 20),
    why: fc.constantFrom('a', 'b'),
  }),
  { maxLength: 12 },
);
const anyPipeline = fc
  .record({
    logo: fc.option(fc.constantFrom('wipe', 'keep')),
    subtitle: fc.option(fc.constantFrom('wipe', 'keep')),
    low: fc.integer({ min: 0, max: 10 }),
    more: fc.integer({ min: 0, max: 10 }),
    maxArea: fc.integer({ min: 1, max: 20 }),
    exclude: fc.boolean(),
    include: fc.boolean(),
  })
  .map((p) => {
    const rule = (action: string | null): object | undefined =>
      action ? { action, minConfidence: p.low / 20, holdConfidence: (p.low + p.more) / 20 } : undefined;
    const left = [{ x: 0, y: 0, width: 0.4, height: 1 }];
    const low = [{ x: 0, y: 0.3, width: 1, height: 0.7 }];
    return pipeline({
      marks: { logo: rule(p.logo), subtitle: rule(p.subtitle) },
      limits: { maxArea: p.maxArea / 40 },
      areas: { exclude: p.exclude ? left : [], include: p.include ? low : [] },
    });
  });

describe('the rules of a pipeline', () => {
  it('wipe only what they may', () => {
    fc.assert(
      fc.property(findings, anyPipeline, (list, rules) => {
        for (const track of applyRules(list, rules, size)) {
          const rule = rules.marks[track.kind as MarkKind];
          const allowed =
            rule?.action === 'wipe' &&
            track.confidence >= rule.holdConfidence &&
            hiddenShare(track.mask, size) <= rules.limits.maxArea &&
            shareInside(track.mask, rules.areas.exclude, size) <= 0.5 &&
            (!rules.areas.include.length || shareInside(track.mask, rules.areas.include, size) > 0.5);
          expect(track.action === 'wipe').toBe(allowed);
          expect(track.reason).toMatch(/^[A-Za-z].*\.$/);
        }
      }),
    );
  });

  it('make one track a finding, in order, with ids that count from one in each kind', () => {
    fc.assert(
      fc.property(findings, anyPipeline, (list, rules) => {
        const tracks = applyRules(list, rules, size);
        expect(tracks).toHaveLength(list.length);
        for (let i = 1; i < tracks.length; i++) expect(tracks[i].spans[0].first).toBeGreaterThanOrEqual(tracks[i - 1].spans[0].first);
        for (const kind of ['logo', 'subtitle']) {
          const ids = tracks.filter((t) => t.kind === kind).map((t) => t.id);
          expect(ids).toEqual(ids.map((_, i) => `${kind}-${i + 1}`));
        }
      }),
    );
  });

  it('do not depend on the order of the findings, and leave them as they were', () => {
    const shuffled = findings.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(shuffled, anyPipeline, ([list, other], rules) => {
        const before = structuredClone(list);
        expect(applyRules(other, rules, size)).toEqual(applyRules(list, rules, size));
        expect(list).toEqual(before);
      }),
    );
  });

  it('never do more when they are less sure', () => {
    const rank = { keep: 0, hold: 1, wipe: 2 };
    fc.assert(
      fc.property(findings, anyPipeline, fc.double({ min: 0, max: 1, noNaN: true }), (list, rules, factor) => {
        for (const f of list) {
          const doubtful = judge({ ...f, confidence: f.confidence * factor }, rules, size);
          expect(rank[doubtful.action]).toBeLessThanOrEqual(rank[judge(f, rules, size).action]);
        }
      }),
    );
  });
});

describe('a verdict', () => {
  const corner = { areas: { exclude: [{ x: 0, y: 0, width: 0.07, height: 1 }] } };
  const lower = { areas: { include: [{ x: 0, y: 0.5, width: 1, height: 0.5 }] } };
  it.each([
    ['wipe', {}, {}, 'mine wipes logo marks.'],
    ['keep', {}, { marks: {} }, 'mine says nothing about logo marks.'],
    ['keep', {}, { marks: { logo: { action: 'keep' } } }, 'mine keeps logo marks.'],
    ['keep', { confidence: 0.299 }, {}, 'Confidence 29.9 % is below 30 %.'],
    ['hold', { confidence: 0.3 }, {}, 'Confidence 30 % is below 60 %: a person decides.'],
    ['wipe', { confidence: 0.6 }, {}, 'mine wipes logo marks.'],
    ['hold', { mask: full(0, 0, 100, 13) }, {}, 'It hides 26 % of the picture, more than 25 %: a person decides.'],
    ['wipe', {}, corner, 'mine wipes logo marks.'],
    ['keep', { mask: full(1, 2, 10, 5) }, corner, 'It lies in an area that is excluded.'],
    ['keep', {}, lower, 'It lies outside the areas that are treated.'],
    ['wipe', { mask: full(2, 24, 10, 5) }, lower, 'mine wipes logo marks.'],
  ])('is %s for %j with %j', (action, what, rules, reason) => {
    expect(judge(finding(what), pipeline(rules), size)).toEqual({ action, reason });
  });

  it('counts hidden samples, not boxes, and overlapping areas once', () => {
    const mask = { box: { x: 0, y: 0, width: 4, height: 1 }, data: Uint8Array.from([255, 0, 0, 255]) };
    const half = { x: 0, y: 0, width: 0.02, height: 1 };
    expect(shareInside(mask, [half, half], size)).toBe(0.5);
    expect(hiddenShare(mask, size)).toBe(2 / 5000);
    expect(shareInside({ ...mask, data: new Uint8Array(4) }, [half], size)).toBe(0);
  });
});
