import type { FillResult } from './fill-programme.js';
import { METHODS, type Method } from './run-fill.js';

/** Means over programmes; `warp` over those in which something can be followed. */
export interface MethodMeans {
  readonly psnr: number;
  readonly ssim: number;
  readonly warp: number | null;
  readonly sharp: number;
  readonly colour: number;
  /** Frames with a mark a second, on one core while another programme is worked on. */
  readonly speed: number;
}

/** Programmes of one sort. */
export interface FillSort {
  readonly sort: string;
  readonly programmes: number;
  readonly methods: Readonly<Record<Method, MethodMeans>>;
}

/** How the network's results compare with the candidates it is given. */
export interface OverCandidates {
  /** Programmes in which its PSNR is higher, of all. */
  readonly better: number;
  readonly of: number;
  /** Where it loses most, in dB; 0 where it never does. */
  readonly worst: { readonly programme: string; readonly by: number } | undefined;
}

export interface FillSummary {
  readonly all: FillSort;
  /** By kind of mark and camera. */
  readonly sorts: readonly FillSort[];
  readonly overCandidates: OverCandidates;
}

/** Counts the results of a run together. @param results at least one */
export function summariseFills(results: readonly FillResult[]): FillSummary {
  const sorts = new Map<string, FillResult[]>();
  for (const r of results) sorts.set(`${r.group}, ${r.motion}`, [...(sorts.get(`${r.group}, ${r.motion}`) ?? []), r]);
  return {
    all: sortOf('all', results),
    sorts: [...sorts.keys()].sort().map((sort) => sortOf(sort, sorts.get(sort)!)),
    overCandidates: overCandidates(results),
  };
}

function sortOf(sort: string, results: readonly FillResult[]): FillSort {
  const means = METHODS.map((method): [Method, MethodMeans] => {
    const figures = results.map((r) => r.methods[method]);
    const warps = figures.flatMap(({ warp }) => warp ?? []);
    const shown = results.reduce((sum, r) => sum + r.shown, 0);
    return [
      method,
      {
        psnr: mean(figures.map((f) => f.psnr)),
        ssim: mean(figures.map((f) => f.ssim)),
        warp: warps.length ? mean(warps) : null,
        sharp: mean(figures.map((f) => f.sharp)),
        colour: mean(figures.map((f) => f.colour)),
        speed: shown / figures.reduce((sum, f) => sum + f.seconds, 0),
      },
    ];
  });
  return { sort, programmes: results.length, methods: Object.fromEntries(means) as Record<Method, MethodMeans> };
}

function overCandidates(results: readonly FillResult[]): OverCandidates {
  const gains = results.map(({ name, methods }) => ({ programme: name, by: methods.network.psnr - methods.copy.psnr }));
  const worst = gains.reduce((a, b) => (b.by < a.by ? b : a));
  return { better: gains.filter((g) => g.by > 0).length, of: gains.length, worst: worst.by < 0 ? worst : undefined };
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
