import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../src/inference/session.js';
import { readManifest } from '../../src/restore/network/manifest.js';
import { largestDifference, readFixture } from './fixture.js';

const folder = path.resolve(import.meta.dirname, '../../models/restore');

describe('the restore network', () => {
  it('is the file that its manifest names', async () => {
    const manifest = await readManifest(folder);
    expect(manifest.name).toBe('restore');
    expect(manifest.steps).toBeGreaterThan(0);
  });

  it('computes in ONNX Runtime what it computed in PyTorch', async () => {
    const manifest = await readManifest(folder);
    const tensors = await readFixture(folder);
    const inputs = Object.fromEntries(manifest.inputs.map(({ name }) => [name, tensors.get(name)!]));
    const session = await openSession(path.join(folder, manifest.file), manifest, 1);
    const restored = await session.run(inputs);
    expect(largestDifference(restored, tensors.get('restored')!.data)).toBeLessThan(1e-4);
  });

  it('leaves visible pixels alone, and changes hidden ones', async () => {
    const tensors = await readFixture(folder);
    const [fill, mask, restored] = ['fill', 'mask', 'restored'].map((name) => tensors.get(name)!);
    const [frames, , height, width] = mask.shape;
    const size = height * width;
    let outside = 0;
    let inside = 0;
    for (let t = 0; t < frames; t++) {
      for (let c = 0; c < 3; c++) {
        for (let i = 0; i < size; i++) {
          const change = Math.abs(restored.data[(3 * t + c) * size + i] - fill.data[(3 * t + c) * size + i]);
          if (mask.data[t * size + i]) inside = Math.max(inside, change);
          else outside = Math.max(outside, change);
        }
      }
    }
    expect(outside).toBe(0);
    expect(inside).toBeGreaterThan(0.01);
  });
});
