import { Kernels, bySize } from './kernels.js';

/** Bytes that the push-pull of a picture works in, besides its planes. */
export function scratchFor(width: number, height: number, channels: number): number {
  const samples = (width + 64) * (height + 64); // each level rounds up
  return 384 + 2 * (channels + 1) * samples + 8 * samples;
}

/** Planes, their weights, and what is needed to complete them. */
class PushPull {
  readonly #kernels: Kernels;
  readonly #values: Float32Array;
  readonly #weight: Float32Array;
  readonly #scratch: Uint8Array;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly channels: number,
  ) {
    const n = width * height;
    const scratch = scratchFor(width, height, channels);
    this.#kernels = new Kernels(4 * (channels + 1) * n + scratch, 3);
    this.#values = this.#kernels.place(Float32Array, channels * n);
    this.#weight = this.#kernels.place(Float32Array, n);
    this.#scratch = this.#kernels.place(Uint8Array, scratch);
  }

  complete(values: Float32Array, weight: Float32Array): void {
    this.#values.set(values);
    this.#weight.set(weight);
    const places = [this.#values, this.#weight].map((array) => array.byteOffset) as [number, number];
    this.#kernels.loops.pushPull(...places, this.width, this.height, this.channels, this.#scratch.byteOffset);
    values.set(this.#values);
  }
}

const pushPulls = bySize((width, height, channels) => new PushPull(width, height, channels));

/** See `pushPull` in candidates/push-pull.ts. */
export const completePlanes = (values: Float32Array, weight: Float32Array, width: number, height: number, channels: number): void =>
  pushPulls(width, height, channels).complete(values, weight);
