import { Kernels } from './kernels.js';

/** Numbers that there is room for at first. */
const NUMBERS = 1 << 18;

/** Many numbers, and some of them. */
class Picker {
  private readonly kernels: Kernels;
  private readonly values: Float32Array;
  private readonly picked: Float32Array;
  private readonly below: Int32Array;

  constructor(readonly numbers: number) {
    this.kernels = new Kernels(8 * numbers + 32, 3);
    this.values = this.kernels.place(Float32Array, numbers + 4);
    this.picked = this.kernels.place(Float32Array, numbers);
    this.below = this.kernels.place(Int32Array, 1);
  }

  pick(values: Float32Array, low: number, high: number): { readonly picked: Float32Array; readonly below: number } {
    this.values.set(values);
    this.values.fill(NaN, values.length, values.length + 4);
    const [from, to, below] = [this.values.byteOffset, this.picked.byteOffset, this.below.byteOffset];
    const count = this.kernels.loops.pickBetween(from, values.length, low, high, to, below);
    return { picked: this.picked.subarray(0, count), below: this.below[0] };
  }
}

let picker: Picker | undefined;

/** The numbers from `low` to `high`, in their order, and how many lie below. They stay until this is called again; they may be changed. */
export function numbersBetween(values: Float32Array, low: number, high: number): { readonly picked: Float32Array; readonly below: number } {
  if (!picker || picker.numbers < values.length) picker = new Picker(Math.max(NUMBERS, 2 * values.length));
  return picker.pick(values, low, high);
}
