import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { makeCandidates } from '../../src/restore/candidates/candidates.js';
import { panning } from './scene.js';

/** Runs the candidate server with this on its stdin. */
function serve(input: Uint8Array): Promise<{ status: number | null; out: Buffer }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/restore/candidates/server.ts'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, out: Buffer.concat(parts) }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function request(frames: number, height: number, width: number, rgb: Uint8Array, mask: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  [frames, height, width].forEach((v, i) => head.writeUInt32LE(v, 4 * i));
  return Buffer.concat([head, rgb, mask]);
}

it('answers one request after the other with what makeCandidates returns, until stdin ends', async () => {
  const windows = [
    [3, 48, 64],
    [2, 40, 80],
  ].map(([frames, height, width]) => {
    // prettier-ignore
    const rgb = panning(frames, width, height, 2, 0);
    const mask = Uint8Array.from({ length: frames * height * width }, (_, i) => (i % 9 < 3 ? 255 : 0));
    return { frames, height, width, rgb, mask };
  });
  const { status, out } = await serve(Buffer.concat(windows.map((w) => request(w.frames, w.height, w.width, w.rgb, w.mask))));
  const expected = windows.map(makeCandidates).flatMap((c) => [c.fill, c.candidate, c.confidence]);
  expect(status).toBe(0);
  expect(Buffer.compare(out, Buffer.concat(expected))).toBe(0);
});

it('ends with an error when a request is cut off', async () => {
  const whole = request(2, 32, 32, new Uint8Array(2 * 32 * 32 * 3), new Uint8Array(2 * 32 * 32));
  expect((await serve(whole.subarray(0, whole.length - 5))).status).not.toBe(0);
});
