import { createHash } from 'node:crypto';
import { toNumber } from '../../../core/time.js';
import { STAMPED } from '../../codec.js';
import type { FrameTimes, Programme } from '../../programme.js';
import { rising } from '../../timeline.js';
import { canCarry } from './beside.js';
import { carriedFrames, type CarriedFrame } from './carried-frames.js';
import { GroupClock } from './group-clock.js';
import { later } from './group-time.js';
import { SIDE_KINDS, type SideKind, type SidePayload } from './side-data.js';

/** 48 bits of a digest. */
function digest(parts: readonly Uint8Array[]): number {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest().readUIntBE(0, 6);
}

const told = ({ sei, bytes }: SidePayload): Uint8Array[] => [Buffer.from([sei ?? 0, ...Buffer.from(String(bytes.length))]), bytes];

/** The time code of a frame, stated or counted; undefined where there is none. */
function timeOf({ clock, group }: CarriedFrame): string | undefined {
  if (clock) return JSON.stringify(clock.stamps);
  return group && JSON.stringify(later(group.time, group.place, group.rate));
}

/** What the frames of a file carry, as numbers: for each kind the frames that carry it, with a digest of what. */
class SideDigests {
  readonly pts: number[] = [];
  readonly kinds = new Map<SideKind, { readonly pts: number[]; readonly digests: number[] }>();
  /** What holds for a sequence of pictures, each value once. */
  readonly lasting = new Set<string>();
  /** Whether the time codes of groups count the frames, all along. */
  counted = true;
  readonly #clock = new GroupClock();

  take(frame: CarriedFrame): void {
    this.pts.push(frame.pts);
    this.#clock.take(frame);
    this.counted &&= this.#clock.counts;
    const time = timeOf(frame);
    if (time !== undefined) this.#note('time', frame.pts, [Buffer.from(time)]);
    for (const kind of new Set(frame.payloads.map((p) => p.kind))) {
      const same = frame.payloads.filter((p) => p.kind === kind);
      if (kind === 'sequence') for (const { sei, bytes } of same) this.lasting.add(`${sei} ${Buffer.from(bytes).toString('hex')}`);
      else this.#note(kind, frame.pts, same.flatMap(told));
    }
  }

  #note(kind: SideKind, pts: number, parts: readonly Uint8Array[]): void {
    const known = this.kinds.get(kind) ?? { pts: [], digests: [] };
    this.kinds.set(kind, known);
    known.pts.push(pts);
    known.digests.push(digest(parts));
  }

  /** Digests of a kind by the place of their frame among `times`; frames that are not among them are left out. */
  placed(kind: SideKind, times: readonly number[], tolerance: number): Map<number, number> {
    const { pts, digests } = this.kinds.get(kind) ?? { pts: [], digests: [] };
    const places = pts.map((p) => nearest(times, p, tolerance));
    return new Map(places.flatMap((place, i) => (place === undefined ? [] : [[place, digests[i]]])));
  }
}

/** The place of a time in a rising row; undefined where none is near. */
function nearest(times: readonly number[], time: number, tolerance: number): number | undefined {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [low - 1, low].map((at) => Math.abs((times[at] ?? Infinity) - time));
  if (Math.min(before, after) > tolerance) return undefined;
  return before < after ? low - 1 : low;
}

async function digestsOf(programme: Programme, signal?: AbortSignal): Promise<SideDigests> {
  const out = new SideDigests();
  for await (const frame of carriedFrames(programme, { signal, failure: 'TEXTLESS_VERIFY' })) out.take(frame);
  return out;
}

function firstDifference(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number | undefined {
  const places = [...new Set([...a.keys(), ...b.keys()])].filter((place) => a.get(place) !== b.get(place));
  return places.length > 0 ? places.reduce((x, y) => Math.min(x, y)) : undefined;
}

/** Whether the new pictures have a place for time codes: those of H.264 have one where the source was seen to need it. */
const timed = ({ video }: Programme, before: SideDigests, after: SideDigests): boolean =>
  video.codec === 'h264' ? video.sideData.some((d) => d.type === STAMPED) : before.counted && after.counted;

/**
 * Whether what the source's pictures carry besides the picture is in the new ones, byte for byte and frame by frame. Both files are read whole,
 * nothing is decoded; the new one only where the source's pictures carry anything.
 * @param times of the source's frames that were delivered
 * @returns a sentence for a person where it is not
 * @throws TextlessError `TEXTLESS_VERIFY` when one of them cannot be read, `TEXTLESS_STALLED`, `TEXTLESS_CANCELLED`
 */
export async function sideDataDifference(
  source: Programme,
  delivered: Programme,
  { times, signal }: { readonly times: FrameTimes; readonly signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  if (!canCarry(source)) return undefined;
  const before = await digestsOf(source, signal);
  if (before.kinds.size === 0 && before.lasting.size === 0) return undefined;
  const after = await digestsOf(delivered, signal);
  const scale = toNumber(times.base) / toNumber(source.video.timeBase);
  const shown = rising(times.ticks).map((tick) => tick * scale);
  const near = 0.4 / (toNumber(source.video.rate) * toNumber(source.video.timeBase));
  const written = after.pts.toSorted((a, b) => a - b);
  for (const kind of new Set([...before.kinds.keys(), ...after.kinds.keys()])) {
    if (kind === 'time' && !timed(source, before, after)) continue;
    const place = firstDifference(before.placed(kind, shown, near), after.placed(kind, written, 0));
    if (place !== undefined) return `${SIDE_KINDS[kind]} at frame ${place} is not what the source has there`;
  }
  const lost = [...before.lasting].some((value) => !after.lasting.has(value));
  return lost ? `${SIDE_KINDS.sequence} is not that of the source` : undefined;
}
