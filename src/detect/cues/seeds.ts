import type { EndedRuns } from './runs.js';

/** Edge pixels whose stable runs share a first and a last frame: what a subtitle leaves behind. */
export interface RunCluster {
  /** Whether it stands beside a larger one: then only what is nearer to it than to that one is in it. */
  readonly aside: boolean;
  /** The commonest first and last frame of the runs. */
  readonly start: number;
  readonly end: number;
  /** Runs within {@link REACH} frames of both. */
  readonly pixel: Int32Array;
  readonly level: Uint8Array;
  /** 2 = the run is within one frame of both, 1 = further away. */
  readonly nearness: Uint8Array;
  /** Runs within one frame of both. */
  readonly sharp: number;
  /** All edge runs that ended within one frame of `end`. */
  readonly endedThen: number;
  /** Pixels whose runs began with the cluster's and ended well before it: text that was recoloured while it stood. Valid until the next frame. */
  early(): { readonly pixel: Int32Array; readonly level: Uint8Array };
}

/** Frames a fade or the codec may spread the runs of one cue at either end. */
export const REACH = 4;

/** Runs that a cluster beside a larger one needs, over those of any other: a lone cue has some hundred, chance less. */
const ASIDE = 4;

/** Frames for which ended runs are remembered: karaoke lines stand for a few seconds. */
const REMEMBERED = 250;

/** Finds peaks in the (start, end) plane of runs as they end. Holds the runs of the last seconds only. */
export class ClusterFinder {
  private readonly buckets: { runs: EndedRuns; counts: Map<number, number> }[] = [];
  private readonly past: EndedRuns[] = [];

  /** @param least runs within a frame of the peak that make a cluster. */
  constructor(private readonly least: number) {}

  /** Takes the runs of the next end frame; returns the clusters that ended {@link REACH} frames before. */
  push(runs: EndedRuns): RunCluster[] {
    const counts = new Map<number, number>();
    for (let i = 0; i < runs.count; i++) counts.set(runs.start[i], (counts.get(runs.start[i]) ?? 0) + 1);
    this.buckets.push({ runs, counts });
    if (this.buckets.length > 3 * REACH + 1) this.past.push((this.buckets.shift() as { runs: EndedRuns }).runs);
    if (this.past.length > REMEMBERED) this.past.shift();
    return this.clusters(this.buckets.length - 1 - REACH);
  }

  /** The clusters that ended in the last frames. */
  finish(): RunCluster[] {
    const out: RunCluster[] = [];
    for (let at = Math.max(0, this.buckets.length - REACH); at < this.buckets.length; at++) out.push(...this.clusters(at));
    return out;
  }

  private clusters(at: number): RunCluster[] {
    if (at < 0) return [];
    const out: RunCluster[] = [];
    for (const start of this.buckets[at].counts.keys()) {
      const sum = this.sumAround(at, start);
      if (sum < this.least) continue;
      if (this.isPeak(at, start, sum)) out.push(this.gather(at, start, sum, REACH));
      else if (sum >= ASIDE * this.least && this.isAside(at, start)) out.push(this.gather(at, start, sum, 1));
    }
    return out;
  }

  private sumAround(at: number, start: number): number {
    let sum = 0;
    for (let b = Math.max(0, at - 1); b <= at + 1 && b < this.buckets.length; b++) {
      const c = this.buckets[b].counts;
      sum += (c.get(start - 1) ?? 0) + (c.get(start) ?? 0) + (c.get(start + 1) ?? 0);
    }
    return sum;
  }

  private here(at: number, start: number): number {
    return this.buckets[at].counts.get(start) ?? 0;
  }

  /** Counts its own frames above all: the neighbours may be a shot's still background, which begins or ends frames away. */
  private isPeak(at: number, start: number, sum: number): boolean {
    const own = sum + 4 * this.here(at, start);
    for (let b = Math.max(0, at - REACH); b <= at + REACH && b < this.buckets.length; b++) {
      for (let s = start - REACH; s <= start + REACH; s++) {
        if (b === at && s === start) continue;
        const other = this.sumAround(b, s) + 4 * this.here(b, s);
        if (other > own || (other === own && (b < at || (b === at && s < start)))) return false;
      }
    }
    return true;
  }

  /**
   * Whether it is a peak of its own beside a larger one. A drawn scene that moves on every third frame ends thousands of runs at once, a few frames
   * before or after a cue ends its own.
   */
  private isAside(at: number, start: number): boolean {
    const own = this.here(at, start);
    for (let b = Math.max(0, at - 1); b <= at + 1 && b < this.buckets.length; b++)
      for (let s = start - 1; s <= start + 1; s++) if ((b !== at || s !== start) && this.here(b, s) > own) return false;
    return true;
  }

  /** @param reach frames by which a run may begin and end beside the cluster's */
  private gather(at: number, start: number, sharp: number, reach: number): RunCluster {
    const pixel: number[] = [];
    const level: number[] = [];
    const nearness: number[] = [];
    let endedThen = 0;
    for (let b = Math.max(0, at - reach); b <= at + reach && b < this.buckets.length; b++) {
      const { runs } = this.buckets[b];
      if (Math.abs(b - at) <= 1) endedThen += runs.count;
      for (let i = 0; i < runs.count; i++) {
        if (Math.abs(runs.start[i] - start) > reach) continue;
        pixel.push(runs.pixel[i]);
        level.push(runs.level[i]);
        nearness.push(Math.abs(b - at) <= 1 && Math.abs(runs.start[i] - start) <= 1 ? 2 : 1);
      }
    }
    const end = this.buckets[at].runs.end;
    return {
      aside: reach < REACH,
      start,
      end,
      pixel: Int32Array.from(pixel),
      level: Uint8Array.from(level),
      nearness: Uint8Array.from(nearness),
      sharp,
      endedThen,
      early: () => this.begunThen(start, end - 2 * REACH),
    };
  }

  private begunThen(start: number, before: number): { pixel: Int32Array; level: Uint8Array } {
    const pixel: number[] = [];
    const level: number[] = [];
    for (const runs of [...this.past, ...this.buckets.map((b) => b.runs)]) {
      if (runs.end < start || runs.end >= before) continue;
      for (let i = 0; i < runs.count; i++) {
        if (Math.abs(runs.start[i] - start) > 1) continue;
        pixel.push(runs.pixel[i]);
        level.push(runs.level[i]);
      }
    }
    return { pixel: Int32Array.from(pixel), level: Uint8Array.from(level) };
  }
}
