import type { Finding } from '../../plan/plan.js';

/** Captions that follow one another before they are taken for such. */
const LEAST = 3;
/** How far the feet, the heights and the middles of two may differ: over the height, as a ratio, over the picture's width. */
const FOOT = 0.35;
const HEIGHTS = 1.5;
const CENTRED = 0.03;

/**
 * What stands where other marks stood before and after, on the same line about the picture's middle, is a subtitle, not a logo: one that begins and ends
 * with a shot that stands still has no onset that could be seen.
 * @param width of the picture
 */
export function namedCaptions(findings: readonly Finding[], width: number): Finding[] {
  const logos = findings.filter((f) => f.kind === 'logo' && Math.abs(middle(f) - width / 2) < CENTRED * width);
  return findings.map((one) => {
    const line = logos.filter((other) => other === one || follow(one, other, width));
    return logos.includes(one) && line.length >= LEAST ? { ...one, kind: 'subtitle' as const } : one;
  });
}

const middle = ({ mask: { box } }: Finding): number => box.x + box.width / 2;

/** Whether two stand on one line, never at once. */
function follow(a: Finding, b: Finding, width: number): boolean {
  const [m, n] = [a.mask.box, b.mask.box];
  const high = Math.min(m.height, n.height);
  const apart = a.spans.every((s) => b.spans.every((t) => s.last < t.first || t.last < s.first));
  const level = Math.abs(m.y + m.height - n.y - n.height) < FOOT * high && Math.max(m.height, n.height) < HEIGHTS * high;
  return apart && level && Math.abs(middle(a) - middle(b)) < CENTRED * width;
}
