import { expect, it } from 'vitest';
import type { Box, Span } from '../../../src/core/area.js';
import { tickersIn, type TickerCandidate } from '../../../src/detect/tickers/tickers.js';

const size = { width: 640, height: 360, rate: 25 };
const ROWS = { x: 0, y: 300, width: 640, height: 30 };

const shot = (n: number): Span => ({ first: 50 * n, last: 50 * n + 49 });

function seen(
  n: number,
  { box = ROWS, speed = -3, doubtful = false, plate = true }: { box?: Box; speed?: number; doubtful?: boolean; plate?: boolean } = {},
): TickerCandidate {
  const { x, y, width, height } = box;
  return { box, span: shot(n), band: { top: y, bottom: y + height, left: x, right: x + width, speed, purity: 1, doubtful }, plate };
}

const found = (...candidates: TickerCandidate[]): { spans: readonly Span[]; box: Box }[] =>
  tickersIn(candidates, size, size).map(({ finding: { spans, mask } }) => ({ spans, box: mask.box }));

it('a band in a shot that pans at its speed counts where other shots have it for certain', () => {
  const doubtful = seen(0, { doubtful: true });
  expect(found(doubtful)).toEqual([]);
  expect(found(doubtful, seen(1), seen(2))).toEqual([{ spans: [{ first: 0, last: 149 }], box: ROWS }]);
  expect(found(seen(0, { doubtful: true, speed: -6 }), seen(1), seen(2))[0].spans).toEqual([{ first: 50, last: 149 }]);
  expect(found(seen(0, { doubtful: true, box: { ...ROWS, y: 100 } }), seen(1), seen(2))).toHaveLength(1);
});

it('hides what a quarter of the shots show of it, at least two', () => {
  const part = seen(0, { box: { ...ROWS, x: 80, width: 560, y: 308, height: 12 } }).box;
  const few = [0, 1, 2, 3, 4, 5].map((n) => seen(n, { box: n < 2 ? ROWS : part }));
  expect(found(...few)[0].box).toEqual(ROWS);
  const once = [0, 1, 2, 3, 4, 5].map((n) => seen(n, { box: n < 1 ? ROWS : part }));
  expect(found(...once)[0].box).toEqual(part);
});
