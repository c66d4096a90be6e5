// Fourier transforms.

/**
 * The steps of a radix-2 transform of `n` numbers, a power of two, which lie in bit-reversed order.
 *
 * @param a f64, real parts @param b f64, imaginary parts @param cos f64, from `half` on those of the step that joins parts of `half` numbers @param sin f64, the same
 */
export function joinParts(a: usize, b: usize, n: i32, cos: usize, sin: usize): void {
  for (let i = 0; i + 1 < n; i += 2) {
    join(a + 8 * i);
    join(b + 8 * i);
  }
  for (let half = 2; half < n; half *= 2) {
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k += 2) {
        const i = 8 * (start + k);
        const j = i + 8 * half;
        const c = v128.load(cos + 8 * (half + k));
        const s = v128.load(sin + 8 * (half + k));
        const u = v128.load(a + j);
        const v = v128.load(b + j);
        const x = f64x2.sub(f64x2.mul(u, c), f64x2.mul(v, s));
        const y = f64x2.add(f64x2.mul(u, s), f64x2.mul(v, c));
        const p = v128.load(a + i);
        const q = v128.load(b + i);
        v128.store(a + j, f64x2.sub(p, x));
        v128.store(b + j, f64x2.sub(q, y));
        v128.store(a + i, f64x2.add(p, x));
        v128.store(b + i, f64x2.add(q, y));
      }
    }
  }
}

function join(at: usize): void {
  const first = load<f64>(at);
  const second = load<f64>(at + 8);
  store<f64>(at, first + second);
  store<f64>(at + 8, first - second);
}
