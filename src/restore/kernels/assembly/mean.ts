// The mean that leaves outliers out, see restore/candidates/fuse.ts.

/** Distance from the others, in levels, at which a source's colour counts half. */
const OUTLIER: f32 = 6;

/** R, G, B of what the sources offer, weight in the last lane; `spread` is left behind. */
let spread: f32 = 0;

function plainMean(offers: usize, sources: i32, stride: usize): v128 {
  let sum = f32x4.splat(0);
  for (let s = 0; s < sources; s++, offers += stride) {
    const o = v128.load(offers);
    const w = f32x4.splat(f32x4.extract_lane(o, 3));
    sum = f32x4.add(sum, f32x4.mul(w, f32x4.replace_lane(o, 3, 1)));
  }
  return sum;
}

function robust(offers: usize, sources: i32, stride: usize, mean: v128): v128 {
  let sum = f32x4.splat(0);
  let plain: f32 = 0;
  let squares: f32 = 0;
  for (let s = 0; s < sources; s++, offers += stride) {
    const o = v128.load(offers);
    const w = f32x4.extract_lane(o, 3);
    if (w == 0) continue;
    const d = f32x4.sub(o, mean);
    const dd = f32x4.mul(d, d);
    const d2 = (f32x4.extract_lane(dd, 0) + f32x4.extract_lane(dd, 1) + f32x4.extract_lane(dd, 2)) * (<f32>1 / 3);
    plain += w;
    squares += w * d2;
    sum = f32x4.add(sum, f32x4.mul(f32x4.splat(w / (1 + d2 * (1 / (OUTLIER * OUTLIER)))), f32x4.replace_lane(o, 3, 1)));
  }
  spread = sqrt<f32>(squares / plain);
  return sum;
}

function divided(sum: v128): v128 {
  return f32x4.div(sum, f32x4.splat(f32x4.extract_lane(sum, 3)));
}

/**
 * @param offers f32, R, G, B and weight of `count` pixels, source after source, `stride` bytes apart
 * @param means f32 of each pixel: R, G, B, weight of all offers, spread about the mean; weight 0 where nothing is offered
 */
export function robustMeans(offers: usize, sources: i32, stride: usize, count: i32, means: usize): void {
  for (let h = 0; h < count; h++, offers += 16, means += 20) {
    const first = plainMean(offers, sources, stride);
    const given = f32x4.extract_lane(first, 3);
    store<f32>(means + 12, 0);
    if (given < 1e-4) continue;
    const second = robust(offers, sources, stride, divided(first));
    v128.store(means, f32x4.replace_lane(divided(robust(offers, sources, stride, divided(second))), 3, given));
    store<f32>(means + 16, spread);
  }
}
