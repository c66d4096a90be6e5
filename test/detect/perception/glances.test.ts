import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { detectIn } from '../../../src/detect/detect.js';
import type { LumaSource } from '../../../src/detect/survey/luma-source.js';
import { MARK_KINDS, type Finding } from '../../../src/plan/plan.js';
import { HEIGHT, LOGO, logo, still, WIDTH, windows } from './still-scene.js';

/** A process takes its time to go on a busy machine. */
const GOES = { timeout: 120_000 };
const perception = path.resolve(import.meta.dirname, '../../../models/perceive');
const kinds = [...MARK_KINDS];

const town = (frame: Float32Array): void => (windows(frame), logo(frame));

/** Child processes of this one; Node lets go of one shortly after it has ended. */
const children = (): number => process.getActiveResourcesInfo().filter((r) => r === 'ProcessWrap').length;

function programme(pictures: readonly Uint8Array[], at?: (index: number) => void): LumaSource {
  return {
    width: WIDTH,
    height: HEIGHT,
    rate: 25,
    size: () => ({ width: WIDTH, height: HEIGHT }),
    async *frames() {
      for (const [index, luma] of pictures.entries()) {
        at?.(index);
        await Promise.resolve();
        yield { index, luma };
      }
    },
  };
}

describe('the detector with the perception network', () => {
  it('finds on a still picture the logo that statistics cannot see, for a person to decide, and closes the network', async () => {
    const marked = programme(still(town, 40));
    const { findings } = await detectIn(marked, { kinds, perception });
    await vi.waitFor(() => expect(children()).toBe(0), GOES);
    const away = ({ mask: { box } }: Finding): number => Math.abs(box.x - LOGO.x) + Math.abs(box.y - LOGO.y);
    const [nearest] = [...findings].sort((a, b) => away(a) - away(b));
    expect([nearest.kind, nearest.spans, nearest.confidence]).toEqual(['logo', [{ first: 0, last: 39 }], 0.6]);
    expect(away(nearest)).toBeLessThan(20);
    expect(Math.max(...findings.map((f) => f.confidence))).toBe(0.6);
    const without = await detectIn(marked, { kinds });
    expect(without.findings.filter((f) => f.confidence > 0.65).length).toBe(0);
  });

  it('is sure of nothing on the picture without it', async () => {
    const { findings } = await detectIn(programme(still(windows, 40)), { kinds, perception });
    expect(findings.filter((f) => f.confidence > 0.65).length).toBe(0);
  });

  it('closes the network when the programme breaks off or the work is cancelled', async () => {
    const pictures = still(town, 30);
    const broken = programme(pictures, (index) => {
      if (index === 20) throw new Error('gone');
    });
    await expect(detectIn(broken, { kinds, perception })).rejects.toThrow('gone');
    await vi.waitFor(() => expect(children()).toBe(0), GOES);
    const controller = new AbortController();
    const abort = (index: number): void => void (index === 20 && controller.abort());
    const cancelled = detectIn(programme(pictures, abort), { kinds, perception, signal: controller.signal });
    await expect(cancelled).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    await vi.waitFor(() => expect(children()).toBe(0), GOES);
  });

  it('works without a network for which weights were fitted, and refuses a folder without one', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'textless-eyes-'));
    await expect(detectIn(programme([]), { kinds, perception: folder })).rejects.toMatchObject({ code: 'TEXTLESS_MODEL' });
    await cp(perception, folder, { recursive: true });
    const file = path.join(folder, 'fusion.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/"sha256": "\w+"/, `"sha256": "${'0'.repeat(64)}"`));
    const { findings } = await detectIn(programme(still(town, 30)), { kinds, perception: folder });
    expect(findings.filter((f) => f.confidence > 0.65).length).toBe(0);
  });
});
