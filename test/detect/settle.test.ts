import { expect, it } from 'vitest';
import { isOutdone, settle as settleAt } from '../../src/detect/settle.js';
import type { Finding } from '../../src/plan/plan.js';

function finding(kind: Finding['kind'], x: number, spans: [number, number][], confidence = 0.9): Finding {
  const mask = { box: { x, y: 0, width: 10, height: 4 }, data: new Uint8Array(40).fill(255) };
  return { kind, confidence, why: '', mask, spans: spans.map(([first, last]) => ({ first, last })) };
}
const settle = (findings: Finding[]): Finding[] => settleAt(findings, 25);
const kinds = (findings: Finding[]): string[] => findings.map((f) => f.kind).sort();

it('gives a place to one kind only', () => {
  expect(kinds(settle([finding('subtitle', 0, [[0, 30]]), finding('ticker', 2, [[0, 99]])]))).toEqual(['ticker']);
  expect(kinds(settle([finding('logo', 0, [[0, 99]]), finding('watermark', 2, [[0, 99]])]))).toEqual(['watermark']);
});

it('leaves what is elsewhere, at another time, or claimed in doubt only', () => {
  expect(kinds(settle([finding('subtitle', 0, [[0, 30]]), finding('ticker', 8, [[0, 99]])]))).toEqual(['subtitle', 'ticker']);
  expect(kinds(settle([finding('subtitle', 0, [[0, 30]]), finding('ticker', 0, [[40, 99]])]))).toEqual(['subtitle', 'ticker']);
  expect(kinds(settle([finding('subtitle', 0, [[0, 30]]), finding('logo', 0, [[0, 99]], 0.3)]))).toEqual(['logo', 'subtitle']);
});

it('takes a logo that shows with the cues that lie on it for those cues', () => {
  const cues = [finding('subtitle', 0, [[5, 30]]), finding('subtitle', 0, [[40, 70]])];
  expect(kinds(settle([...cues, finding('logo', 0, [[5, 30], [40, 71]])]))).toEqual(['subtitle', 'subtitle']); // prettier-ignore
  expect(kinds(settle([...cues, finding('logo', 0, [[0, 35], [50, 99]])]))).toEqual(['logo']); // prettier-ignore
  const twice = [finding('subtitle', 0, [[5, 30]]), finding('subtitle', 0, [[5, 30]])];
  expect(kinds(settle([...twice, finding('logo', 0, [[5, 60]])]))).toContain('logo');
});

it('takes very long cues at one place for a logo that was away in between', () => {
  const cues = [finding('subtitle', 0, [[0, 310]], 0.7), finding('subtitle', 0, [[392, 805]], 0.7)];
  expect(kinds(settle([...cues, finding('logo', 0, [[0, 310], [392, 805]])]))).toEqual(['logo']); // prettier-ignore
});

it('takes a logo for cues in whose boxes it lies, though they share few of its pixels', () => {
  const thin = (cue: Finding): Finding => ({ ...cue, mask: { ...cue.mask, data: cue.mask.data.map((v, i) => (i % 4 ? 0 : v)) } });
  const cues = [thin(finding('subtitle', 0, [[5, 30]])), thin(finding('subtitle', 3, [[40, 70]]))];
  expect(kinds(settle([...cues, finding('logo', 0, [[5, 30], [40, 70]])]))).toEqual(['subtitle', 'subtitle']); // prettier-ignore
  const beside = thin(finding('subtitle', 7, [[40, 70]]));
  expect(kinds(settle([cues[0], beside, finding('logo', 0, [[5, 30], [40, 70]])]))).toContain('logo'); // prettier-ignore
});

it('takes what travels inside a ticker for its text', () => {
  const path = [0, 9].map((frame) => ({ frame, x: 9 - frame, y: 0 }));
  const ticker = finding('ticker', 0, [[0, 99]]);
  expect(kinds(settle([{ ...finding('moving-logo', 0, [[0, 9]]), path }, ticker]))).toEqual(['ticker']);
  const falling = path.map((p) => ({ ...p, y: 3 * p.frame }));
  expect(kinds(settle([{ ...finding('moving-logo', 0, [[0, 9]]), path: falling }, ticker]))).toEqual(['moving-logo', 'ticker']);
});

it('lets a logo that takes a sure cue show in all of its frames', () => {
  const longer = [finding('subtitle', 0, [[50, 100]], 0.95)];
  const [logo, ...others] = settle([...longer, finding('logo', 0, [[0, 10], [40, 80], [200, 300]])]); // prettier-ignore
  expect(others).toEqual([]);
  expect(logo.spans).toEqual([{ first: 0, last: 10 }, { first: 40, last: 100 }, { first: 200, last: 300 }]); // prettier-ignore
});

it('lets a doubtful logo give way to what the network surely sees standing there', () => {
  const doubtful = finding('logo', 0, [[0, 99]], 0.3);
  const seen = (kind: Finding['kind'], confidence = 0.95, x = 2, last = 99): Finding[] => [finding(kind, x, [[0, last]], confidence)];
  expect([isOutdone(doubtful, seen('logo')), isOutdone(doubtful, seen('score-bar'))]).toEqual([true, true]);
  expect(isOutdone(finding('logo', 0, [[0, 99]], 0.7), seen('logo'))).toBe(false);
  expect(isOutdone(finding('subtitle', 0, [[0, 99]], 0.3), seen('logo'))).toBe(false);
  const others = [seen('logo', 0.8), seen('subtitle'), seen('logo', 0.95, 8), [finding('logo', 2, [[200, 299]], 0.95)]];
  expect(others.map((one) => isOutdone(doubtful, one))).toEqual([false, false, false, false]);
});
