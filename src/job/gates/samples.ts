import type { Frame, Geometry } from '../../core/frame.js';
import type { Reach } from './reach.js';
import { cutTiles, placeTiles, type TilePlaces, type Tiles } from './tiles.js';

/** Frames of a programme whose encode is looked at. */
const SAMPLES = 32;

/** A frame as it went to the encoder, with those beside it. */
export interface Sample {
  readonly frame: number;
  readonly places: TilePlaces;
  /** Outside of the masks: of the frame before, the frame itself and the frame after; as far as there are such. */
  readonly before: Tiles | undefined;
  readonly own: Tiles;
  readonly after: Tiles | undefined;
  /** Under the masks, of the frame itself: restored, and as it was decoded. */
  readonly inside: Tiles;
  readonly decoded: Tiles | undefined;
}

/** Keeps tiles of some frames, spread over the programme, and of their neighbours: about 2 MB a frame. */
export class Samples {
  /** Sampled frames, ascending. */
  readonly frames: readonly number[];
  readonly #open = new Map<number, { -readonly [K in keyof Sample]?: Sample[K] }>();
  readonly #decoded = new Map<number, { readonly places: TilePlaces; readonly tiles: Tiles }>();
  readonly #kept: Sample[] = [];

  constructor(
    frames: number,
    private readonly reach: Reach,
    private readonly geometry: Geometry,
  ) {
    const count = Math.min(SAMPLES, frames);
    this.frames = Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * frames) / count));
  }

  /** Takes a frame as it was decoded; all of them, in order. */
  before(frame: Frame): void {
    if (!this.frames.includes(frame.index)) return;
    const places = placeTiles(this.reach.at(frame.index), this.geometry);
    this.#decoded.set(frame.index, { places, tiles: cutTiles(frame, places.inside, this.geometry) });
  }

  /** Takes the same frame as it goes to the encoder; all of them, in order. */
  after(frame: Frame): void {
    const { index } = frame;
    const next = this.#decoded.get(index + 1)?.places;
    if (this.frames.includes(index + 1)) {
      const places = next ?? placeTiles(this.reach.at(index + 1), this.geometry);
      this.#open.set(index + 1, { frame: index + 1, places, before: this.#cut(frame, places) });
    }
    if (this.frames.includes(index)) {
      const before = this.#decoded.get(index);
      this.#decoded.delete(index);
      const places = this.#open.get(index)?.places ?? before?.places ?? placeTiles(this.reach.at(index), this.geometry);
      const inside = cutTiles(frame, places.inside, this.geometry);
      this.#open.set(index, {
        ...this.#open.get(index),
        frame: index,
        places,
        own: this.#cut(frame, places),
        inside,
        decoded: before?.tiles,
      });
    }
    const last = this.#open.get(index - 1);
    if (!last?.places) return;
    this.#open.delete(index - 1);
    this.#kept.push({ ...last, after: this.#cut(frame, last.places) } as Sample);
  }

  /** What was kept, once all frames were taken. */
  kept(): readonly Sample[] {
    const last = [...this.#open.values()].filter((s) => s.own).map((s) => ({ after: undefined, ...s }) as Sample);
    this.#open.clear();
    this.#kept.push(...last);
    return this.#kept;
  }

  #cut(frame: Frame, places: TilePlaces): Tiles {
    return cutTiles(frame, places.outside, this.geometry);
  }
}
