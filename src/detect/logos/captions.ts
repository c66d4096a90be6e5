import { spanLength } from '../../core/area.js';
import type { Finding } from '../../plan/plan.js';

/** Captions that follow one another before they are taken for such. */
const LEAST = 3;
/** Confidence from which a subtitle tells where subtitles stand. */
const SURE = 0.9;
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
  const isCentred = (f: Finding): boolean => Math.abs(middle(f) - width / 2) < CENTRED * width;
  const lines = findings.filter((f) => (f.kind === 'logo' || (f.kind === 'subtitle' && f.confidence >= SURE)) && isCentred(f));
  return findings.map((one) => {
    if (one.kind !== 'logo' || !isCentred(one)) return one;
    const line = lines.filter((other) => other === one || follow(one, other, width));
    return line.length >= LEAST ? { ...one, kind: 'subtitle' as const } : one;
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

/** Seconds for which a name banner stands at most, and where it begins at the highest, as a share of the picture's height. */
const BRIEF = 10;
const LOW = 0.5;

/** Bars in the lower half that come for some seconds and go again are name banners: a score stands as long as the match is shown. */
export function namedBanners(
  findings: readonly Finding[],
  { frames, rate, height }: { readonly frames: number; readonly rate: number; readonly height: number },
): Finding[] {
  const comesAndGoes = ({ spans }: Finding): boolean =>
    spans.every((s) => s.first > 0 && s.last < frames - 1 && spanLength(s) < BRIEF * rate);
  return findings.map((one) =>
    one.kind === 'score-bar' && one.mask.box.y > LOW * height && comesAndGoes(one) ? { ...one, kind: 'title' as const } : one,
  );
}
