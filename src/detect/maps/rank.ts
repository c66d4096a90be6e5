import { numbersBetween } from '../kernels/picker.js';

/** The value below which the given share of some numbers lies; of none, undefined. NaN is not expected. */
export function rankOf(values: ArrayLike<number>, share: number): number | undefined {
  return rankIn(new Float32Array(values), share);
}

/** {@link rankOf}, which may put the array into another order. */
export function rankIn(values: Float32Array, share: number): number | undefined {
  if (!values.length) return undefined;
  const at = Math.min(values.length - 1, Math.floor(values.length * share));
  return (values.length < MANY ? undefined : selectNear(values, at)) ?? select(values, at);
}

/** Numbers from which on a sample of them pays, its size, and by how many places the wanted one may lie beside its own in the sample. */
const MANY = 8192;
const SAMPLE = 512;
const BESIDE = 48;

/** The number at a place of the sorted ones, selected among those between two of a sample, between which it most probably lies (Floyd and Rivest, CACM 1975); undefined where it does not. */
function selectNear(values: Float32Array, at: number): number | undefined {
  const sample = new Float32Array(SAMPLE);
  for (let i = 0; i < SAMPLE; i++) sample[i] = values[Math.floor((i * values.length) / SAMPLE)];
  sample.sort();
  const place = Math.floor((at * SAMPLE) / values.length);
  const low = place < BESIDE ? -Infinity : sample[place - BESIDE];
  const high = place + BESIDE < SAMPLE ? sample[place + BESIDE] : Infinity;
  const { picked, below } = numbersBetween(values, low, high);
  if (at < below || at >= below + picked.length) return undefined;
  return low === high ? low : select(picked, at - below);
}

/** The number at a place of the sorted ones, by Hoare's selection (Algorithm 65, CACM 1961), which puts them into another order. */
function select(values: Float32Array, at: number): number {
  let [left, right] = [0, values.length - 1];
  while (left < right) {
    const pivot = values[(left + right) >> 1];
    let [i, k] = [left, right];
    while (i <= k) {
      while (values[i] < pivot) i++;
      while (values[k] > pivot) k--;
      if (i > k) break;
      const value = values[i];
      values[i++] = values[k];
      values[k--] = value;
    }
    if (at <= k) right = k;
    else if (at >= i) left = i;
    else break;
  }
  return values[at];
}

/** {@link rankOf} the values where a map is not 0. */
export function rankWhere(values: Float32Array, where: Uint8Array, share: number): number | undefined {
  return rankIn(chosenOf(values, where), share);
}

/** The values where a map is not 0. */
export function chosenOf(values: Float32Array, where: Uint8Array): Float32Array {
  const out = new Float32Array(values.length);
  let count = 0;
  for (let p = 0; p < values.length; p++) if (where[p]) out[count++] = values[p];
  return out.subarray(0, count);
}
