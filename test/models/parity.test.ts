import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSession, type FloatTensor } from '../../src/inference/session.js';
import { readManifest } from '../../src/restore/network/manifest.js';

const folder = path.resolve(import.meta.dirname, '../../models/restore');

interface Fixture {
  readonly file: string;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Inputs and PyTorch's output, as the export wrote them. */
async function readFixture(): Promise<Map<string, FloatTensor>> {
  const fixture = JSON.parse(await readFile(path.join(folder, 'parity.json'), 'utf8')) as Fixture;
  const bytes = await readFile(path.join(folder, fixture.file));
  const tensors = new Map<string, FloatTensor>();
  let at = 0;
  for (const { name, shape } of fixture.tensors) {
    const length = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length }, (_, i) => bytes.readFloatLE(at + 4 * i));
    tensors.set(name, { data, shape });
    at += 4 * length;
  }
  expect(at).toBe(bytes.length);
  return tensors;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

describe('the restore network', () => {
  it('is the file that its manifest names', async () => {
    const manifest = await readManifest(folder);
    expect(manifest.name).toBe('restore');
    expect(manifest.steps).toBeGreaterThan(0);
  });

  it('computes in ONNX Runtime what it computed in PyTorch', async () => {
    const manifest = await readManifest(folder);
    const tensors = await readFixture();
    const inputs = Object.fromEntries(manifest.inputs.map(({ name }) => [name, tensors.get(name)!]));
    const session = await openSession(path.join(folder, manifest.file), manifest, 1);
    const restored = await session.run(inputs);
    expect(largestDifference(restored, tensors.get('restored')!.data)).toBeLessThan(1e-4);
  });

  it('leaves visible pixels alone, and changes hidden ones', async () => {
    const tensors = await readFixture();
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
