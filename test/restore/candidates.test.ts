import { describe, expect, it } from 'vitest';
import { makeCandidates } from '../../src/restore/candidates/candidates.js';
import { panning, psnr } from './scene.js';

const [frames, width, height] = [6, 160, 80];
const n = width * height;

/** Bars like letters over the middle of every frame, and the same frames with white paint there. */
function marked(clean: Uint8Array, hidden: (t: number) => boolean = () => true) {
  const mask = new Uint8Array(frames * n);
  const rgb = clean.slice();
  for (let i = 0; i < mask.length; i++) {
    const [t, y, x] = [Math.floor(i / n), Math.floor((i % n) / width), i % width];
    if (hidden(t) && y > 28 && y < 52 && x > 20 && x < 140 && x % 12 < 7) {
      mask[i] = 255;
      rgb.fill(255, 3 * i, 3 * i + 3);
    }
  }
  return { rgb, mask };
}
const inHole = (mask: Uint8Array) => (i: number) => mask[Math.floor(i / 3)] > 0;

describe('makeCandidates', () => {
  it('recovers a panning texture behind a fixed mark, where push-pull cannot', () => {
    const clean = panning(frames, width, height, 4, 1);
    const { rgb, mask } = marked(clean);
    const { fill, candidate, confidence } = makeCandidates({ frames, width, height, rgb, mask });
    expect(psnr(fill, clean, inHole(mask))).toBeLessThan(27);
    expect(psnr(candidate, clean, inHole(mask))).toBeGreaterThan(34);
    const trusted = confidence.filter((_, i) => mask[i]);
    expect(trusted.reduce((a, b) => a + b, 0) / trusted.length).toBeGreaterThan(200);
  });

  it('takes the very pixels from a frame without the mark when the camera is still', () => {
    const clean = panning(frames, width, height, 0, 0);
    const { rgb, mask } = marked(clean, (t) => t !== 3);
    const { candidate } = makeCandidates({ frames, width, height, rgb, mask });
    expect(psnr(candidate, clean, inHole(mask))).toBeGreaterThan(48);
  });

  /** The same mask, two samples wider to either side. */
  const feathered = (mask: Uint8Array): Uint8Array =>
    mask.map((_, i) => (mask.subarray(Math.max(0, i - 2), i + 3).some(Boolean) ? 255 : 0));

  it('copies what lies beside the marks of frames that moved on', () => {
    const clean = panning(frames, width, height, 4, 0);
    const { rgb, mask: lent } = marked(clean);
    const mask = feathered(lent);
    const [without, withIt] = [undefined, lent].map((map) => makeCandidates({ frames, width, height, rgb, mask, lent: map }));
    const gain = psnr(withIt.candidate, clean, inHole(lent)) - psnr(without.candidate, clean, inHole(lent));
    expect(gain).toBeGreaterThan(3);
  });

  it('takes nothing from beside the marks of frames that stand still: it is no view of what they hide', () => {
    const { rgb, mask: lent } = marked(panning(frames, width, height, 0, 0));
    const mask = feathered(lent);
    const [without, withIt] = [undefined, lent].map((map) => makeCandidates({ frames, width, height, rgb, mask, lent: map }));
    expect(Buffer.compare(withIt.candidate, without.candidate)).toBe(0);
  });

  it('borrows nothing from another scene, even when nobody has said that there is a cut', () => {
    const clean = panning(frames, width, height, 2, 0);
    const letters = (i: number): number => 220 * ((Math.floor((i % (3 * width)) / 15) ^ Math.floor(i / (12 * width))) & 1);
    clean.set(
      Uint8Array.from({ length: 9 * n }, (_, i) => letters(i)),
      9 * n,
    );
    const { rgb, mask } = marked(clean, (t) => t < 3);
    const { fill, candidate, confidence } = makeCandidates({ frames, width, height, rgb, mask, targets: [0] });
    // A scene that is told apart by its shot is left out altogether; one that is not must end at the same.
    const shots = [0, 0, 0, 1, 1, 1];
    const told = makeCandidates({ frames, width, height, rgb, mask, shots, targets: [0] });
    expect(candidate.slice(0, 3 * n)).toEqual(told.candidate.slice(0, 3 * n));
    expect(confidence.slice(0, n)).toEqual(told.confidence.slice(0, n));
    expect(candidate.slice(0, 3 * n)).not.toEqual(fill.slice(0, 3 * n));
  });

  it('follows a change of light', () => {
    const clean = panning(frames, width, height, 3, 0).map((v, i) => v * (0.7 + 0.06 * Math.floor(i / (3 * n))));
    const { rgb, mask } = marked(clean);
    const { candidate } = makeCandidates({ frames, width, height, rgb, mask });
    expect(psnr(candidate, clean, inHole(mask))).toBeGreaterThan(32);
  });

  it('never lets hidden pixels shine through: what is painted over the hole does not matter', () => {
    const clean = panning(frames, width, height, 2, 1);
    const { rgb, mask } = marked(clean);
    const other = rgb.map((v, i) => (mask[Math.floor(i / 3)] ? (i * 37) & 255 : v));
    const a = makeCandidates({ frames, width, height, rgb, mask });
    const b = makeCandidates({ frames, width, height, rgb: other, mask });
    for (const [p, q] of [[a.fill, b.fill], [a.candidate, b.candidate], [a.confidence, b.confidence]]) expect(Buffer.compare(p, q)).toBe(0); // prettier-ignore
  });

  it('copies nothing across a cut', () => {
    const scene = panning(frames, width, height, 0, 0);
    const { rgb, mask } = marked(scene, (t) => t < 3);
    const cut = makeCandidates({ frames, width, height, rgb, mask, shots: [0, 0, 0, 1, 1, 1] });
    const whole = makeCandidates({ frames, width, height, rgb, mask });
    expect(cut.confidence.every((v) => v === 0)).toBe(true);
    expect(Buffer.compare(cut.candidate, cut.fill)).toBe(0);
    expect(psnr(whole.candidate, scene, inHole(mask))).toBeGreaterThan(48);
  });

  it('leaves every visible pixel and every frame that is no target as it is', () => {
    const { rgb, mask } = marked(panning(frames, width, height, 3, 1));
    const { fill, candidate, confidence } = makeCandidates({ frames, width, height, rgb, mask, targets: [1, 2] });
    const all = makeCandidates({ frames, width, height, rgb, mask });
    const changed = rgb.filter((v, i) => !mask[Math.floor(i / 3)] && (fill[i] !== v || candidate[i] !== v));
    expect(changed).toHaveLength(0);
    for (let t = 0; t < frames; t++) {
      const of = (bytes: Uint8Array, k: number): Uint8Array => bytes.subarray(k * t * n, k * (t + 1) * n);
      const target = t === 1 || t === 2;
      expect(of(confidence, 1).some((v) => v > 0)).toBe(target);
      expect(Buffer.compare(of(candidate, 3), of(target ? all.candidate : fill, 3))).toBe(0);
    }
  });

  it.each([
    [1, 1, 1],
    [2, 3, 5],
    [3, 17, 9],
    [2, 9, 301],
    [2, 95, 33],
  ])('takes %i frames of any size: %i by %i', (t, h, w) => {
    // prettier-ignore
    const rgb = Uint8Array.from({ length: 3 * t * h * w }, (_, i) => (i * 73) & 255);
    const mask = Uint8Array.from({ length: t * h * w }, (_, i) => (i % 3 ? 0 : 255));
    const { candidate } = makeCandidates({ frames: t, height: h, width: w, rgb, mask });
    for (let i = 0; i < rgb.length; i++) if (!mask[Math.floor(i / 3)]) expect(candidate[i]).toBe(rgb[i]);
    expect(makeCandidates({ frames: t, height: h, width: w, rgb, mask: mask.fill(255) }).fill).toHaveLength(rgb.length);
  });
});
