import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPerceptionManifest } from '../../src/detect/perception/manifest.js';
import { openSession } from '../../src/inference/session.js';
import { largestDifference, readFixture } from './fixture.js';

const folder = path.resolve(import.meta.dirname, '../../models/perceive');

describe('the perception network', () => {
  it('is the file that its manifest names', async () => {
    const manifest = await readPerceptionManifest(folder);
    expect(manifest.name).toBe('perceive');
    expect(manifest.steps).toBeGreaterThan(0);
    expect(manifest.threshold).toBeGreaterThan(0);
    expect(manifest.threshold).toBeLessThan(1);
  });

  it('computes in ONNX Runtime what it computed in PyTorch', async () => {
    const manifest = await readPerceptionManifest(folder);
    const tensors = await readFixture(folder);
    const session = await openSession(path.join(folder, manifest.file), manifest, 1);
    const maps = await session.run({ frames: tensors.get('frames')! });
    expect(largestDifference(maps, tensors.get('maps')!.data)).toBeLessThan(1e-4);
    expect(Math.max(...maps)).toBeGreaterThan(0.05);
  });

  it('takes pictures of any multiple of its sizes', async () => {
    const manifest = await readPerceptionManifest(folder);
    const session = await openSession(path.join(folder, manifest.file), manifest, 1);
    for (const [height, width] of [
      [16, 16],
      [272, 160],
      [48, 304],
    ]) {
      const maps = await session.run({ frames: { data: new Float32Array(5 * height * width).fill(0.3), shape: [1, 5, height, width] } });
      expect(maps).toHaveLength((7 * height * width) / 4);
      expect(maps.every((v) => v >= 0 && v <= 1)).toBe(true);
    }
  });
});
