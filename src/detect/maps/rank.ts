/** The value below which the given share of some numbers lies, by Hoare's selection (Algorithm 65, CACM 1961); of none, undefined. NaN is not expected. */
export function rankOf(values: ArrayLike<number>, share: number): number | undefined {
  return rankIn(Float32Array.from(values), share);
}

/** {@link rankOf}, which puts the array into another order. */
export function rankIn(values: Float32Array, share: number): number | undefined {
  if (!values.length) return undefined;
  const at = Math.min(values.length - 1, Math.floor(values.length * share));
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
