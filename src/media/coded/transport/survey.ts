import {
  beginsUnit,
  adaptationFlags,
  DISCONTINUITY,
  HAS_SPLICE,
  isBroken,
  NULL_PID,
  PACKET,
  payloadAt,
  pcrOf,
  pesHead,
  pidOf,
  RANDOM_ACCESS,
  unwrapped,
  type PesHead,
} from './packet.js';
import { PictureTables, type PictureEntry } from './tables.js';
import { walk, type Layout } from './walk.js';

/** A PES packet of the source's picture that says when it is decoded. */
export interface SourceUnit {
  /** Among all of them, from 0. */
  readonly index: number;
  /** Where in the file its first packet begins, and where the next one's does. */
  readonly byte: number;
  readonly end: number;
  /** Whether it begins with a sequence header of MPEG-2. */
  readonly sequence: boolean;
  /** Whether its first packet says that decoding can begin with it. */
  readonly marked: boolean;
  /** Number of its first packet among those of the picture's PID. */
  readonly at: number;
  /** Ticks of 90 kHz, without wraps. */
  readonly pts: number;
  readonly dts: number;
}

/** What one look at all packets of a multiplex tells. */
export interface Survey {
  readonly layout: Layout;
  readonly pid: number;
  readonly pes: Pick<PesHead, 'streamId' | 'flags'>;
  readonly units: readonly SourceUnit[];
  /** Packets of the picture's PID, null packets, and all. */
  readonly packets: number;
  readonly nulls: number;
  readonly total: number;
  /** Bytes in a tick of 27 MHz where the multiplex has a constant rate; else undefined. */
  readonly rate: number | undefined;
  readonly entries: readonly PictureEntry[];
  /** Whether packets of the picture count down to a splice. */
  readonly countsDown: boolean;
  /** By how many ticks of 90 kHz the source's own pictures come after their time of decoding, at most; negative when all are early. */
  readonly latest: number;
  /** Ticks of 90 kHz from the place where a picture begins to its time of decoding: what nine of ten pictures have; undefined without a clock. */
  readonly lead: number | undefined;
}

/** sequence_header_code of MPEG-2. */
const SEQUENCE = [0, 0, 1, 0xb3];

/** Longest distance of clock references that is believed, in ticks of 27 MHz (ISO/IEC 13818-1 demands a tenth of a second). */
const FARTHEST = 27_000_000;
/** How exactly, and how often, a constant rate must show. */
const EXACT = 0.005;
const MOSTLY = 0.95;
const FEWEST = 4;

/** The clock of a service between its references. */
export class Clock {
  readonly rates: number[] = [];
  #at = -1;
  #pcr = 0;

  /** Takes a packet that begins at byte `at`. */
  take(p: Uint8Array, at: number): void {
    const pcr = pcrOf(p);
    if (pcr === undefined) return;
    const ticks = pcr - this.#pcr;
    const steady = this.#at >= 0 && (adaptationFlags(p) & DISCONTINUITY) === 0 && ticks > 0 && ticks < FARTHEST;
    if (steady) this.rates.push((at - this.#at) / ticks);
    [this.#at, this.#pcr] = [at, pcr];
  }

  /** The time at byte `at` in ticks of 90 kHz, by the rate of the last interval or the one given; wraps stay. */
  time(at: number, rate = this.rates.at(-1)): number | undefined {
    return this.#at < 0 || rate === undefined ? undefined : (this.#pcr + (at - this.#at) / rate) / 300;
  }
}

/** The rate that nearly all intervals have. */
function constantRate(rates: readonly number[]): number | undefined {
  if (rates.length < FEWEST) return undefined;
  const median = rates.toSorted((a, b) => a - b)[rates.length >> 1];
  const same = rates.filter((r) => Math.abs(r / median - 1) <= EXACT).length;
  return same >= rates.length * MOSTLY ? median : undefined;
}

class Surveyor {
  readonly tables: PictureTables;
  readonly units: SourceUnit[] = [];
  readonly clocks = new Map<number, Clock>();
  readonly count = { packets: 0, nulls: 0, total: 0 };
  pes: Survey['pes'] | undefined;
  countsDown = false;
  latest = -Infinity;
  readonly leads: number[] = [];
  #around: number;

  constructor(
    private readonly pid: number,
    firstTime: number,
  ) {
    this.tables = new PictureTables(pid);
    this.#around = firstTime;
  }

  get clock(): Clock | undefined {
    return this.clocks.get(this.tables.entries.at(-1)?.pcrPid ?? this.pid);
  }

  take(p: Uint8Array, at: number): void {
    const pid = pidOf(p);
    this.count.total++;
    if (pid === NULL_PID) this.count.nulls++;
    if (isBroken(p)) {
      if (pid === this.pid) this.count.packets++;
      return;
    }
    this.tables.take(p);
    if (pcrOf(p) !== undefined) this.#clockOf(pid).take(p, at);
    if (pid === this.pid) this.#takePicture(p, at);
  }

  #clockOf(pid: number): Clock {
    const clock = this.clocks.get(pid) ?? new Clock();
    this.clocks.set(pid, clock);
    return clock;
  }

  #takePicture(p: Uint8Array, byte: number): void {
    const at = this.count.packets++;
    if (adaptationFlags(p) & HAS_SPLICE) this.countsDown = true;
    const head = beginsUnit(p) ? pesHead(p, payloadAt(p)) : undefined;
    if (!head) return;
    this.pes ??= head;
    if (head.pts === undefined || head.dts === undefined) return;
    const clock = this.clock?.time(byte);
    // The picture before has ended here.
    if (clock !== undefined && this.units.length > 0) this.latest = Math.max(this.latest, unwrapped(clock, this.#around) - this.#around);
    const dts = unwrapped(head.dts, this.#around);
    this.#around = dts;
    if (clock !== undefined) this.leads.push(dts - unwrapped(clock, dts));
    const before = this.units.at(-1);
    if (before) this.units[this.units.length - 1] = { ...before, end: byte };
    const sequence = SEQUENCE.every((code, i) => p[head.end + i] === code);
    const marked = (adaptationFlags(p) & RANDOM_ACCESS) !== 0;
    this.units.push({ ...{ at, byte, sequence, marked, dts }, index: this.units.length, end: Infinity, pts: unwrapped(head.pts, dts) });
  }
}

/**
 * Looks at every packet of a file once.
 * @param firstTime of the first frame, in ticks of 90 kHz: the times of packets are told in the same wrap
 * @returns undefined when no picture begins in it
 */
export async function survey(
  file: string,
  layout: Layout,
  pid: number,
  firstTime: number,
  signal?: AbortSignal,
): Promise<Survey | undefined> {
  const surveyor = new Surveyor(pid, firstTime);
  const { stride, lead: ahead } = layout;
  let from = 0;
  for await (const { kind, data } of walk(file, layout, signal)) {
    for (let at = 0; kind === 'packets' && at < data.length; at += stride) {
      surveyor.take(data.subarray(at + ahead, at + ahead + PACKET), from + at);
    }
    from += data.length;
  }
  const { pes, units, tables, countsDown, latest, leads, count } = surveyor;
  if (!pes || units.length === 0) return undefined;
  const rate = constantRate(surveyor.clock?.rates ?? []);
  const lead = leads.toSorted((a, b) => a - b).at(leads.length / 10);
  return { layout, pid, pes, units, ...count, rate, entries: tables.entries, countsDown, latest, lead };
}
