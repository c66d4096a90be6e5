import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPerceiver, type PerceptionMaps } from '../../../src/detect/perception/perception.js';
import { HEIGHT, LOGO, logo, still, WIDTH } from './still-scene.js';

const folder = path.resolve(import.meta.dirname, '../../../models/perceive');
/** Share of samples above the threshold inside the logo's place and outside it. */
function shares({ maps, width }: PerceptionMaps, threshold: number): { inside: number; outside: number } {
  const hits = [0, 0];
  const all = [0, 0];
  maps.mark.forEach((v, p) => {
    const x = 2 * (p % width);
    const y = 2 * Math.floor(p / width);
    const near = x >= LOGO.x - 4 && x < LOGO.x + LOGO.width + 4 && y >= LOGO.y - 4 && y < LOGO.y + LOGO.height + 4;
    all[+near]++;
    if (v > 255 * threshold) hits[+near]++;
  });
  return { inside: hits[1] / all[1], outside: hits[0] / all[0] };
}

describe('openPerceiver', () => {
  it('sees a logo on a still picture, and nothing on the same picture without it', async () => {
    await using perceiver = await openPerceiver(folder);
    const [marked, clean] = await Promise.all([perceiver.look(still(logo), WIDTH, HEIGHT), perceiver.look(still(), WIDTH, HEIGHT)]);
    const threshold = 0.88; // from which the detector takes the network's word
    expect([marked.width, marked.height]).toEqual([240, 135]);
    expect(shares(marked, threshold).inside).toBeGreaterThan(0.5);
    expect(shares(marked, threshold).outside).toBeLessThan(0.001);
    expect(shares(clean, threshold).inside).toBe(0);
    expect(shares(clean, threshold).outside).toBeLessThan(0.001);
  });

  it('takes pictures of any size, and copies the frames it is given', async () => {
    await using perceiver = await openPerceiver(folder);
    const frames = still().map((f) => f.slice(0, 99 * 61));
    const look = perceiver.look(frames, 99, 61);
    frames.forEach((f) => f.fill(0));
    const again = await perceiver.look(
      still().map((f) => f.slice(0, 99 * 61)),
      99,
      61,
    );
    const first = await look;
    expect([first.width, first.height]).toEqual([50, 31]);
    for (const map of Object.values(first.maps)) expect(map).toHaveLength(50 * 31);
    expect(Buffer.compare(first.maps.mark, again.maps.mark)).toBe(0);
    expect(() => perceiver.look(frames, 99, 60)).toThrow(RangeError);
  });

  it('makes its caller wait when enough windows wait', async () => {
    await using perceiver = await openPerceiver(folder, { waiting: 2 });
    const done: number[] = [];
    const looks: Promise<unknown>[] = [];
    for (let k = 0; k < 5; k++) {
      await perceiver.room();
      expect(k - done.length).toBeLessThan(2);
      looks.push(perceiver.look(still(), WIDTH, HEIGHT).then(() => done.push(k)));
    }
    await Promise.all(looks);
    expect(done).toEqual([0, 1, 2, 3, 4]);
  });

  it('fails what waits when it is cancelled, and leaves nobody waiting for room', async () => {
    const controller = new AbortController();
    const perceiver = await openPerceiver(folder, { waiting: 1, signal: controller.signal });
    const look = perceiver.look(still(), WIDTH, HEIGHT);
    const room = perceiver.room();
    controller.abort();
    await expect(look).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    await room;
    await perceiver.close();
    expect(() => process.kill(perceiver.pid!, 0)).toThrow();
    await expect(openPerceiver(folder, { signal: controller.signal })).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
  });

  it('refuses a folder without a perception network', async () => {
    await expect(openPerceiver(path.resolve(folder, '../restore'))).rejects.toMatchObject({ code: 'TEXTLESS_MODEL' });
  });
});
