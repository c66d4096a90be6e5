import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { FloatTensor } from '../../src/inference/session.js';

interface Fixture {
  readonly file: string;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Inputs of a network and PyTorch's output, as the export wrote them into the model folder. */
export async function readFixture(folder: string): Promise<Map<string, FloatTensor>> {
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

export function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}
