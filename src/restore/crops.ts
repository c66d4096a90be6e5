import { boxesMeet, inSpans, type Box } from '../core/area.js';
import type { Frame } from '../core/frame.js';
import type { Plan, Track } from '../plan/plan.js';
import { maskAt } from '../plan/travel.js';
import type { Access } from './access.js';
import { feather } from './compose.js';
import type { RestoreWindow } from './network/network.js';
import type { Region } from './regions.js';
import type { Window } from './windows.js';

/** What marks hide of a region in one frame, 255 = hidden. */
interface Holes {
  /** With the feather: what is filled. */
  readonly filled: Uint8Array;
  /** Without: what cannot be lent to a frame in which other marks stand, or elsewhere. Where the same stand at the same place of the scene, their feather is no view of what is under them. */
  readonly covered: Uint8Array;
  /** The marks, and those that travel with the frame. */
  readonly marks: string;
}

interface Crop {
  readonly rgb: Uint8Array;
  readonly holes: Holes;
  /** Windows that still want it. */
  uses: number;
}

/**
 * The places cut out of frames before anything is written into them, kept from the frame's arrival until the last window
 * that wants them: a subtitle's background may have been seen long ago.
 */
export class CropStore {
  /** By frame: the regions that want it and how often. */
  readonly #wanted = new Map<number, Map<Region, number>>();
  readonly #crops = new Map<Region, Map<number, Crop>>();
  readonly #holes = new Map<Region, Map<string, Holes>>();
  readonly #weights = new Map<Region, Uint8Array>();
  readonly #wiped: readonly Track[];

  constructor(
    plan: Pick<Plan, 'tracks'>,
    windows: readonly Window[],
    private readonly access: Access,
  ) {
    this.#wiped = plan.tracks.filter((t) => t.action === 'wipe');
    for (const { region, targets, references } of windows) {
      for (const f of [...targets, ...references]) {
        const regions = this.#wanted.get(f) ?? new Map<Region, number>();
        this.#wanted.set(f, regions.set(region, (regions.get(region) ?? 0) + 1));
      }
    }
  }

  /** Cuts out of a frame what windows will want of it. */
  take(frame: Frame): void {
    for (const [region, uses] of this.#wanted.get(frame.index) ?? []) {
      const crops = this.#crops.get(region) ?? new Map<number, Crop>();
      this.#crops.set(region, crops);
      crops.set(frame.index, {
        rgb: this.access.crop(frame, region.box),
        holes: this.#holesIn(region, frame.index),
        uses,
      });
    }
    this.#wanted.delete(frame.index);
  }

  /** The frames of a window that have arrived, ready to be restored, and its targets among them; gives its crops up. */
  gather({ region, targets, references }: Window): { readonly window: RestoreWindow; readonly targets: readonly number[] } | undefined {
    const crops = this.#crops.get(region);
    const there = (f: number): boolean => crops?.has(f) ?? false;
    const found = targets.filter(there);
    const frames = [...found, ...references.filter(there)];
    if (!crops || !found.length) return undefined;
    const { width, height } = region.box;
    const n = width * height;
    const rgb = new Uint8Array(3 * n * frames.length);
    const [mask, lent] = [new Uint8Array(n * frames.length), new Uint8Array(n * frames.length)];
    const here = new Set(found.map((f) => crops.get(f)!.holes.marks));
    frames.forEach((f, t) => {
      const crop = crops.get(f)!;
      rgb.set(crop.rgb, 3 * n * t);
      mask.set(here.has(crop.holes.marks) ? crop.holes.filled : crop.holes.covered, n * t);
      lent.set(crop.holes.covered, n * t);
      if (--crop.uses === 0) crops.delete(f);
    });
    if (!crops.size) this.#crops.delete(region);
    return { window: { targets: found.length, frames: frames.length, height, width, rgb, mask, lent }, targets: found };
  }

  /** How much of a region's restored pixels is written in a frame: nothing outside its core. */
  weightOf(region: Region, frame: number): Uint8Array {
    const known = this.#weights.get(region);
    if (known) return known;
    const weight = feather(unite(region.tracks, region.box, frame), region.box.width, region.box.height);
    const { box, core } = region;
    for (let y = 0, i = 0; y < box.height; y++) {
      const outside = box.y + y < core.y || box.y + y >= core.y + core.height;
      for (let x = 0; x < box.width; x++, i++) if (outside || box.x + x < core.x || box.x + x >= core.x + core.width) weight[i] = 0;
    }
    if (!region.tracks.some((t) => t.crawl)) this.#weights.set(region, weight);
    return weight;
  }

  /** Forgets what belongs to a region whose last window is done. */
  forget(region: Region): void {
    this.#weights.delete(region);
    this.#holes.delete(region);
    this.#crops.delete(region);
  }

  /** What any wiped mark hides of a region in one frame. */
  #holesIn(region: Region, frame: number): Holes {
    const tracks = this.#wiped.filter((t) => boxesMeet(t.mask.box, region.box) && inSpans(t.spans, frame));
    const parity = this.access.parity(frame);
    const marks = tracks.map((t) => (t.crawl ? `${t.id}@${frame}` : t.id)).join('\n');
    const key = `${parity}\n${marks}`;
    const known = this.#holes.get(region) ?? new Map<string, Holes>();
    this.#holes.set(region, known);
    let holes = known.get(key);
    if (!holes) {
      const { width, height } = region.box;
      const covered = unite(tracks, region.box, frame);
      const filled = feather(covered, width, height).map((v) => (v ? 255 : 0));
      const blind = (map: Uint8Array): Uint8Array => this.access.blind(map, region.box, parity);
      holes = { filled: blind(filled), covered: blind(covered), marks };
      if (!tracks.some((t) => t.crawl)) known.set(key, holes);
    }
    return holes;
  }
}

/** What some tracks hide of a box in a frame. */
function unite(tracks: readonly Track[], box: Box, frame: number): Uint8Array {
  const out = new Uint8Array(box.width * box.height);
  for (const track of tracks) {
    const mask = maskAt(track, frame);
    const { data } = mask;
    const x0 = Math.max(box.x, mask.box.x);
    const x1 = Math.min(box.x + box.width, mask.box.x + mask.box.width);
    const y1 = Math.min(box.y + box.height, mask.box.y + mask.box.height);
    for (let y = Math.max(box.y, mask.box.y); y < y1; y++) {
      let from = (y - mask.box.y) * mask.box.width + x0 - mask.box.x;
      for (let x = x0, o = (y - box.y) * box.width + x0 - box.x; x < x1; x++, from++, o++) if (data[from]) out[o] = 255;
    }
  }
  return out;
}
