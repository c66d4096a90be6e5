import type { Track } from './plan.js';

/** The largest share of the picture that wiped tracks hide together in any frame, and which tracks hide it then. */
export function hiddenTogether(tracks: readonly Track[], shareOf: (track: Track) => number): (track: Track) => number {
  const changes = new Map<number, number>();
  const add = (frame: number, by: number): void => void changes.set(frame, (changes.get(frame) ?? 0) + by);
  const wiped = tracks.filter((t) => t.action === 'wipe');
  for (const track of wiped) {
    const share = shareOf(track);
    for (const { first, last } of track.spans) {
      add(first, share);
      add(last + 1, -share);
    }
  }
  const steps: { readonly frame: number; readonly sum: number }[] = [];
  let sum = 0;
  for (const frame of [...changes.keys()].sort((a, b) => a - b)) steps.push({ frame, sum: (sum += changes.get(frame) ?? 0) });
  return ({ spans }) =>
    Math.max(
      0,
      ...spans.flatMap(({ first, last }) =>
        steps.filter((s, i) => s.frame <= last && (steps[i + 1]?.frame ?? Infinity) > first).map((s) => s.sum),
      ),
    );
}

/** The longest way that a travelling track goes between two frames, as a share of the picture's width; 0 for a standing one. */
export function longestJump({ path = [] }: Pick<Track, 'path'>, width: number): number {
  return path.slice(1).reduce((most, p, i) => {
    const before = path[i];
    return Math.max(most, Math.hypot(p.x - before.x, p.y - before.y) / (p.frame - before.frame) / width);
  }, 0);
}
