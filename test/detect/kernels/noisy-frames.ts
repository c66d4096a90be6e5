/** Luma that stays for some frames here, jumps there, and is noisy everywhere; the same every time. */
export function frames(count: number, width: number, height: number): Uint8Array[] {
  let state = 7;
  const random = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  const levels = Array.from({ length: width * height }, () => 255 * random());
  return Array.from({ length: count }, () => {
    for (let p = 0; p < levels.length; p++) if (random() < 0.06) levels[p] = 255 * random();
    return Uint8Array.from(levels, (v) => Math.min(255, v + 8 * random()));
  });
}
