import { Kernels } from './kernels.js';

/** Samples that there is room for at first. */
const SAMPLES = 1 << 18;

/** Three maps of a place, and two that are made of them. */
class Room {
  readonly kernels: Kernels;
  readonly maps: readonly Uint8Array[];

  constructor(readonly samples: number) {
    this.kernels = new Kernels(5 * samples, 5);
    this.maps = Array.from({ length: 5 }, () => this.kernels.place(Uint8Array, samples));
  }
}

let room: Room | undefined;

function roomFor(samples: number): Room {
  if (!room || room.samples < samples) room = new Room(Math.max(SAMPLES, samples));
  return room;
}

/**
 * The darkest and the brightest of the nine samples around each of a row-major picture; of no meaning at its border. Both maps are used again by whatever
 * is called next here.
 */
export function rangesIn(picture: Uint8Array, width: number): { readonly low: Uint8Array; readonly high: Uint8Array } {
  const { kernels, maps } = roomFor(picture.length);
  const [placed, , , low, high] = maps;
  placed.set(picture);
  const first = width + 1;
  const count = Math.max(0, picture.length - 2 * first);
  kernels.loops.findRange(placed.byteOffset + first, width, count, low.byteOffset + first, high.byteOffset + first);
  return { low, high };
}

/** Sum of the absolute differences over `rows` rows of `columns` samples, the first of them at `first` and `step` samples apart, from the sample `by` further of the other picture. */
export type Comparison = (first: number, by: number, columns: number, rows: number, step: number) => number;

/** Compares two pictures where a map is 0, until something else is called here. All places that are compared lie in both. */
export function comparing(a: Uint8Array, b: Uint8Array, hidden: Uint8Array): Comparison {
  const { kernels, maps } = roomFor(a.length);
  const [one, other, mask] = maps;
  one.set(a);
  other.set(b);
  for (let p = 0; p < hidden.length; p++) mask[p] = hidden[p] ? 0 : 255;
  const [from, to, where] = [one.byteOffset, other.byteOffset, mask.byteOffset];
  return (first, by, columns, rows, step) =>
    kernels.loops.maskedDifference(from + first, to + first + by, where + first, columns, rows, step);
}
