import type { AvcUnit } from './avc-units.js';
import type { CopiedUnit, Part } from './groups.js';

/*
 * H.264 in broadcasts seldom begins anew: its groups are open, and a decoder that is handed one without the group before lacks the pictures that
 * lead it, and the numbers by which its references are counted. So new pictures, which begin with an IDR picture, may take over wherever everything
 * before has been shown; but the source's own may only go on with an IDR picture.
 */

/** Pictures that a head must have: the new IDR picture behind it costs about as much as so many others. */
const LEAST_HEAD = 12;

/** A stretch of a stream in decoding order, from one IDR picture to before the next. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Places before which exactly the frames are decoded that are shown first. */
function bordersOf(numbers: readonly number[]): boolean[] {
  let latest = -1;
  return numbers.map((number, at) => {
    const isBorder = latest === at - 1;
    latest = Math.max(latest, number);
    return isBorder;
  });
}

function stretchesOf(units: readonly AvcUnit[], borders: readonly boolean[]): Stretch[] {
  const starts = units.flatMap((u, at) => (at === 0 || (u.anew && borders[at]) ? [at] : []));
  return starts.map((from, i) => ({ from, to: starts[i + 1] ?? units.length }));
}

const copy = (unit: AvcUnit): CopiedUnit => ({ ...unit, dropped: 0, key: unit.marked });

function append(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (last?.kind === 'copied' && part.kind === 'copied') parts[parts.length - 1] = { ...last, units: [...last.units, ...part.units] };
  else if (last?.kind === 'encoded' && part.kind === 'encoded') parts[parts.length - 1] = { ...last, count: last.count + part.count };
  else if (part.kind === 'encoded' ? part.count > 0 : part.units.length > 0) parts.push(part);
}

/**
 * Plans which pictures of an H.264 stream are taken over: from each IDR picture up to the last place before a touched frame at which everything
 * that was decoded has been shown.
 * @param touched by index in the order frames are shown
 * @param shown times of all frames, rising
 * @returns undefined when packets and frames are not one to one
 */
export function planAvcParts(units: readonly AvcUnit[], shown: readonly number[], touched: (frame: number) => boolean): Part[] | undefined {
  if (units.length !== shown.length) return undefined;
  const places = new Map(shown.map((time, n) => [time, n]));
  const numbers = units.map((u) => places.get(u.pts) ?? -1);
  const borders = bordersOf(numbers);
  const stays = (at: number): boolean => units[at].whole && !touched(numbers[at]);
  const parts: Part[] = [];
  for (const { from, to } of stretchesOf(units, borders)) {
    let end = from;
    while (end < to && stays(end)) end++;
    while (end < to && end > from && !borders[end]) end--;
    if (end < to && end - from < LEAST_HEAD) end = from;
    append(parts, { kind: 'copied', units: units.slice(from, end).map(copy) });
    append(parts, { kind: 'encoded', first: end, count: to - end });
  }
  return parts;
}
