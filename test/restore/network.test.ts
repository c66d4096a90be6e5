import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCandidates } from '../../src/restore/candidates/candidates.js';
import { readManifest } from '../../src/restore/network/manifest.js';
import { openNetwork } from '../../src/restore/network/network.js';
import { panning } from './scene.js';

const folder = fileURLToPath(new URL('fixtures/blend', import.meta.url));
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const until = async (done: () => boolean): Promise<void> => {
  for (let k = 0; k < 400 && !done(); k++) await new Promise((resolve) => setTimeout(resolve, 25));
};

/** A window of odd sizes, so that it must be padded. */
function someWindow(frames = 5, height = 51, width = 90) {
  const rgb = panning(frames, width, height, 2, 0);
  const mask = Uint8Array.from({ length: frames * height * width }, (_, i) => (i % width > 30 && i % width < 50 && i % 7 < 4 ? 255 : 0));
  return { targets: 3, frames, height, width, rgb, mask };
}

describe('openNetwork', () => {
  it('gives what the network makes of the first and last candidates and carries it between them, whatever the size, and outside the mask what went in', async () => {
    const window = someWindow();
    await using network = await openNetwork({ folder, workers: 1 });
    const restored = await network.restore(window);
    const { fill, candidate, confidence } = makeCandidates({ ...window, targets: [0, 1, 2] });
    expect(restored).toHaveLength(3 * window.height * window.width * 3);
    const n = 3 * window.height * window.width;
    restored.forEach((v, i) => {
      const p = Math.floor(i / 3);
      const seen = fill[i] + ((candidate[i] - fill[i]) * confidence[p]) / 255;
      const carried = candidate[i] + (restored[i - n] - candidate[i - n] + restored[i + n] - candidate[i + n]) / 2;
      const expected = window.mask[p] ? (i >= n && i < 2 * n ? Math.max(0, Math.min(255, carried)) : seen) : window.rgb[i];
      expect(Math.abs(v - expected)).toBeLessThanOrEqual(window.mask[p] ? 0.51 : 0);
    });
  });

  it('is asked only where other frames show part of what is hidden', async () => {
    const [frames, height, width] = [5, 64, 120];
    const hidden = (x: number, y: number): boolean => x > 50 && x < 62 && y > 20 && y < 40;
    const mask = Uint8Array.from({ length: frames * height * width }, (_, i) =>
      hidden(i % width, Math.floor(i / width) % height) ? 255 : 0,
    );
    const window = { targets: 3, frames, height, width, mask };
    const model = path.resolve('models/restore');
    await using network = await openNetwork({ folder: model, workers: 1 });
    await using copying = await openNetwork({ folder: model, network: false, workers: 1 });
    for (const speed of [0, 4]) {
      const seen = { ...window, rgb: panning(frames, width, height, speed, 0) };
      expect(Buffer.compare(await network.restore(seen), await copying.restore(seen)) === 0).toBe(speed === 0);
    }
  });

  it('restores without a network by copying in time', async () => {
    const window = someWindow();
    await using network = await openNetwork({ folder, network: false, workers: 2 });
    const [a, b] = await Promise.all([network.restore(window), network.restore(window)]);
    expect(network.manifest).toBeUndefined();
    expect(Buffer.compare(a, b)).toBe(0);
    expect(Buffer.compare(a, makeCandidates({ ...window, targets: [0, 1, 2] }).candidate.subarray(0, a.length))).toBe(0);
  });

  it('case 42: computes on the CPU where a device cannot be had, says so, or refuses where it is required', async () => {
    const device = 'cuda'; // its libraries come with no package that is installed here
    const window = someWindow();
    await using other = await openNetwork({ folder, workers: 2, device });
    expect(other).toMatchObject({ device: 'cpu', insteadOf: { device, reason: expect.stringMatching(/./) as string } });
    await using network = await openNetwork({ folder, workers: 1 });
    expect(network).toMatchObject({ device: 'cpu', insteadOf: undefined });
    expect(Buffer.compare(await other.restore(window), await network.restore(window))).toBe(0);
    await expect(openNetwork({ folder, device, requireDevice: true })).rejects.toMatchObject({ code: 'TEXTLESS_DEVICE' });
  });

  it('fails what waits when a worker is killed, and what comes later', async () => {
    await using network = await openNetwork({ folder, workers: 1 });
    const waiting = network.restore(someWindow(12, 200, 400));
    process.kill(network.pids[0], 'SIGKILL');
    await expect(waiting).rejects.toMatchObject({ code: 'TEXTLESS_INFERENCE', detail: expect.stringContaining('SIGKILL') as string });
    await expect(network.restore(someWindow())).rejects.toMatchObject({ code: 'TEXTLESS_INFERENCE' });
  });

  it('kills its workers when cancelled', async () => {
    const controller = new AbortController();
    await using network = await openNetwork({ folder, workers: 1, signal: controller.signal });
    const waiting = network.restore(someWindow(12, 200, 400));
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    await until(() => !alive(network.pids[0]));
    expect(alive(network.pids[0])).toBe(false);
    await expect(openNetwork({ folder, signal: controller.signal })).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
  });

  it('leaves no process behind when it is closed', async () => {
    const network = await openNetwork({ folder, workers: 2 });
    expect(network.pids.every(alive)).toBe(true);
    await network[Symbol.asyncDispose]();
    expect(network.pids.some(alive)).toBe(false);
  });

  it('leaves no process behind when its own process is killed', async () => {
    const url = new URL('../../src/restore/network/network.ts', import.meta.url).href;
    const program = `import(${JSON.stringify(url)}).then(async ({ openNetwork }) => { const n = await openNetwork({ folder: ${JSON.stringify(folder)}, workers: 1 }); console.log(n.pids[0]); setInterval(() => {}, 1000); });`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', (text) => resolve(String(text)))));
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !alive(pid));
    expect(alive(pid)).toBe(false);
  });
});

describe('readManifest', () => {
  let broken: string;
  beforeAll(async () => {
    broken = await mkdtemp(path.join(os.tmpdir(), 'textless-model-'));
  });
  afterAll(() => rm(broken, { recursive: true }));
  const write = async (change: (manifest: Record<string, unknown>) => void): Promise<void> => {
    const manifest = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')) as Record<string, unknown>;
    change(manifest);
    await writeFile(path.join(broken, 'manifest.json'), JSON.stringify(manifest));
    await copyFile(path.join(folder, 'model.onnx'), path.join(broken, 'model.onnx'));
  };

  it('reads what is there', async () => {
    expect(await readManifest(folder)).toMatchObject({
      name: 'blend',
      multipleOf: { height: 32, width: 64 },
      window: { targets: 4, references: 4 },
    });
  });

  it.each([
    ['another file than the manifest names', (m: Record<string, unknown>) => (m['sha256'] = 'a'.repeat(64)), 'not the network'],
    ['other inputs', (m: Record<string, unknown>) => (m['inputs'] = []), 'does not describe'],
    ['a path out of the folder', (m: Record<string, unknown>) => (m['file'] = '../model.onnx'), 'does not describe'],
  ])('refuses %s', async (_, change, message) => {
    await write(change);
    await expect(readManifest(broken)).rejects.toMatchObject({
      code: 'TEXTLESS_MODEL',
      message: expect.stringContaining(message) as string,
    });
    await expect(openNetwork({ folder: broken })).rejects.toMatchObject({ code: 'TEXTLESS_MODEL' });
  });

  it('refuses an empty folder', async () => {
    await expect(readManifest(path.join(broken, 'nowhere'))).rejects.toMatchObject({ code: 'TEXTLESS_MODEL' });
  });
});
