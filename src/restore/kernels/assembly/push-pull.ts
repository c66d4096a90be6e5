// Push-pull interpolation, see restore/candidates/push-pull.ts.

/** Sweeps of relaxation on each level. */
const SWEEPS: i32 = 4;
/** How much the coarser level counts against the finer one's own average. */
const BLEND: f32 = 0.02;
/** Levels there can be: 2 to the power of these is longer than any picture. */
const MOST: usize = 24;

// A level is four i32 at the start of the scratch space: width, height, values, weight.
function widthAt(scratch: usize, l: i32): i32 { return load<i32>(scratch + (<usize>l << 4)); } // prettier-ignore
function heightAt(scratch: usize, l: i32): i32 { return load<i32>(scratch + (<usize>l << 4) + 4); } // prettier-ignore
function valuesAt(scratch: usize, l: i32): usize { return <usize>load<i32>(scratch + (<usize>l << 4) + 8); } // prettier-ignore
function weightAt(scratch: usize, l: i32): usize { return <usize>load<i32>(scratch + (<usize>l << 4) + 12); } // prettier-ignore

function setLevel(scratch: usize, l: i32, width: i32, height: i32, values: usize, weight: usize): void {
  const at = scratch + ((<usize>l) << 4);
  store<i32>(at, width);
  store<i32>(at + 4, height);
  store<i32>(at + 8, <i32>values);
  store<i32>(at + 12, <i32>weight);
}

/** Means of 2×2; the last odd column or row counts twice. */
export function halvePlane(from: usize, width: i32, height: i32, to: usize): void {
  const pairs = width >> 1;
  const quarter = f32x4.splat(0.25);
  for (let y = 0; y < height; y += 2) {
    let a = from + ((<usize>(y * width)) << 2);
    let b = y + 1 < height ? a + ((<usize>width) << 2) : a;
    let x = 0;
    for (; x + 4 <= pairs; x += 4, a += 32, b += 32, to += 16) {
      const low = f32x4.add(v128.load(a), v128.load(b));
      const high = f32x4.add(v128.load(a + 16), v128.load(b + 16));
      const even = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
      v128.store(to, f32x4.mul(quarter, f32x4.add(even, v128.shuffle<f32>(low, high, 1, 3, 5, 7))));
    }
    for (; x < pairs; x++, a += 8, b += 8, to += 4)
      store<f32>(to, <f32>0.25 * (load<f32>(a) + load<f32>(a + 4) + load<f32>(b) + load<f32>(b + 4)));
    if (width & 1) {
      store<f32>(to, <f32>0.5 * (load<f32>(a) + load<f32>(b)));
      to += 4;
    }
  }
}

/** Blends the bilinear enlargement of `coarse` into one channel of a level and divides by the weights. */
function pull(coarse: usize, cw: i32, ch: i32, width: i32, height: i32, weight: usize, values: usize): void {
  for (let y = 0; y < height; y++) {
    const ya = (y - 1) >> 1;
    const fy: f32 = y & 1 ? 0.25 : 0.75;
    const r0 = coarse + ((<usize>(max(0, ya) * cw)) << 2);
    const r1 = coarse + ((<usize>(min(ch - 1, ya + 1) * cw)) << 2);
    for (let x = 0; x < width; x++, weight += 4, values += 4) {
      const w = load<f32>(weight);
      if (w >= 1) continue;
      const xa = (x - 1) >> 1;
      const x0 = (<usize>max(0, xa)) << 2;
      const x1 = (<usize>min(cw - 1, xa + 1)) << 2;
      const fx: f32 = x & 1 ? 0.25 : 0.75;
      const a = load<f32>(r0 + x0) + (load<f32>(r0 + x1) - load<f32>(r0 + x0)) * fx;
      const b = load<f32>(r1 + x0) + (load<f32>(r1 + x1) - load<f32>(r1 + x0)) * fx;
      const f = a + (b - a) * fy;
      const sum = load<f32>(values);
      const own = (sum + BLEND * f) / (w + BLEND);
      store<f32>(values, w > 0 ? sum + (1 - w) * own : own);
    }
  }
}

/** Lists what a level does not know: byte offset and how far the neighbours are to the left, right, above and below, 0 at an edge. */
function listUnknown(width: i32, height: i32, weight: usize, list: usize): usize {
  const row = width << 2;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      if (load<f32>(weight + at) != 0) continue;
      store<i32>(list, at);
      store<i8>(list + 4, x > 0 ? 4 : 0);
      store<i8>(list + 5, x < width - 1 ? 4 : 0);
      store<i8>(list + 6, y > 0 ? 1 : 0);
      store<i8>(list + 7, y < height - 1 ? 1 : 0);
      list += 8;
    }
  }
  return list;
}

function relaxOne(entry: usize, values: usize, end: usize, plane: usize, row: usize): void {
  const left = <usize>load<i8>(entry + 4);
  const right = <usize>load<i8>(entry + 5);
  const up = <usize>load<i8>(entry + 6) * row;
  const down = <usize>load<i8>(entry + 7) * row;
  // Channel by channel each value would wait for the one before it; side by side they do not wait for each other.
  for (let at = values + <usize>load<i32>(entry); at < end; at += plane)
    store<f32>(at, <f32>0.25 * (load<f32>(at - left) + load<f32>(at + right) + load<f32>(at - up) + load<f32>(at + down)));
}

/** Gauss-Seidel sweeps forwards and backwards over a list. @param plane bytes from channel to channel @param row from line to line */
function relax(list: usize, listEnd: usize, values: usize, end: usize, plane: usize, row: usize): void {
  for (let sweep = 0; sweep < SWEEPS; sweep += 2) {
    for (let entry = list; entry < listEnd; entry += 8) relaxOne(entry, values, end, plane, row);
    for (let entry = listEnd; entry > list; entry -= 8) relaxOne(entry - 8, values, end, plane, row);
  }
}

/**
 * Completes `values` where `weight` is below 1, in place.
 * @param values f32, channel planes one after the other @param weight f32
 * @param scratch room for 384 bytes, the coarser levels, which take half as much as values and weight, and 8 bytes a sample
 */
export function pushPull(values: usize, weight: usize, width: i32, height: i32, channels: i32, scratch: usize): void {
  const n = (<usize>(width * height)) << 2;
  for (let c = 0, plane = values; c < channels; c++, plane += n)
    for (let at: usize = 0; at < n; at += 4) {
      const w = load<f32>(weight + at);
      if (w < 1) store<f32>(plane + at, load<f32>(plane + at) * w);
    }
  setLevel(scratch, 0, width, height, values, weight);
  let top = 0;
  let free = scratch + 16 * MOST;
  while (max(widthAt(scratch, top), heightAt(scratch, top)) > 2) {
    const w = widthAt(scratch, top);
    const h = heightAt(scratch, top);
    const w2 = (w + 1) >> 1;
    const h2 = (h + 1) >> 1;
    const size = (<usize>(w2 * h2)) << 2;
    setLevel(scratch, top + 1, w2, h2, free, free + size * <usize>channels);
    for (let c = 0; c < channels; c++) halvePlane(valuesAt(scratch, top) + ((<usize>(c * w * h)) << 2), w, h, free + <usize>c * size);
    halvePlane(weightAt(scratch, top), w, h, free + size * <usize>channels);
    free += size * <usize>(channels + 1);
    top++;
  }
  const area = widthAt(scratch, top) * heightAt(scratch, top);
  for (let i = 0; i < area * channels; i++) {
    const at = valuesAt(scratch, top) + ((<usize>i) << 2);
    store<f32>(at, load<f32>(at) / (load<f32>(weightAt(scratch, top) + ((<usize>(i % area)) << 2)) + <f32>1e-6));
  }
  for (let l = top - 1; l >= 0; l--) {
    const w = widthAt(scratch, l);
    const h = heightAt(scratch, l);
    const cw = widthAt(scratch, l + 1);
    const ch = heightAt(scratch, l + 1);
    const plane = (<usize>(w * h)) << 2;
    const values = valuesAt(scratch, l);
    for (let c = 0; c < channels; c++)
      pull(valuesAt(scratch, l + 1) + ((<usize>(c * cw * ch)) << 2), cw, ch, w, h, weightAt(scratch, l), values + <usize>c * plane);
    relax(free, listUnknown(w, h, weightAt(scratch, l), free), values, values + <usize>channels * plane, plane, (<usize>w) << 2);
  }
}
