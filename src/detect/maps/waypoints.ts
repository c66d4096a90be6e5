import type { Waypoint } from '../../plan/plan.js';

/**
 * Fewer waypoints, of which the straight lines between stay within `off` samples of all places.
 * @param end makes a waypoint of a place
 */
export function straightened(places: readonly Waypoint[], off: number, end = (place: Waypoint): Waypoint => place): Waypoint[] {
  const out = [end(places[0])];
  for (let from = 0; from < places.length - 1;) {
    from = farthest(places, from, off, end);
    out.push(end(places[from]));
  }
  return out;
}

/** The last place up to which a straight line from one passes all by: by doubling steps and halving, as a path may have a hundred thousand. */
function farthest(places: readonly Waypoint[], from: number, off: number, end: (place: Waypoint) => Waypoint): number {
  const isStraight = (to: number): boolean => passes(places, { from, to, a: end(places[from]), b: end(places[to]) }, off);
  let [good, step] = [from + 1, 1];
  while (good + step < places.length && isStraight(good + step)) {
    good += step;
    step *= 2;
  }
  for (; step >= 1; step >>= 1) if (good + step < places.length && isStraight(good + step)) good += step;
  return good;
}

/** Whether the line from a to b passes by all places between two. */
function passes(
  places: readonly Waypoint[],
  { from, to, a, b }: { readonly from: number; readonly to: number; readonly a: Waypoint; readonly b: Waypoint },
  off: number,
): boolean {
  for (let i = from + 1; i < to; i++) {
    const share = (places[i].frame - a.frame) / (b.frame - a.frame);
    const [x, y] = [a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)];
    if (Math.max(Math.abs(x - places[i].x), Math.abs(y - places[i].y)) > off) return false;
  }
  return true;
}
