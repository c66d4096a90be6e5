import { describe, expect, it } from 'vitest';
import { cueAppointment } from '../../../src/detect/cues/inspection.js';
import { cuesOf, withoutEchoes, type CueCandidate } from '../../../src/detect/cues/candidates.js';
import { withPlates } from '../../../src/detect/cues/plates.js';
import { ClusterFinder } from '../../../src/detect/cues/seeds.js';
import { inspect } from '../../../src/detect/survey/crops.js';
import type { LumaSource } from '../../../src/detect/survey/luma-source.js';
import { StableRuns } from '../../../src/detect/cues/runs.js';
import { subtitleFindings } from '../../../src/detect/cues/subtitles.js';
import type { Finding } from '../../../src/plan/plan.js';
import { cue, drawing, frame, HEIGHT, painted, WIDTH, type Cue } from './drawn-scene.js';

/** The cues of a programme of drawn frames, as the survey and the second pass see them. */
async function cuesIn(pictures: readonly Uint8Array[]): Promise<Finding[]> {
  const runs = new StableRuns({ width: WIDTH, height: HEIGHT, minLength: 9 });
  const clusters = new ClusterFinder(50);
  const found: CueCandidate[] = [];
  const take = (some: ReturnType<ClusterFinder['push']>): void => {
    for (const cluster of some) found.push(...cuesOf(cluster, WIDTH, HEIGHT));
  };
  for (const luma of pictures) take(clusters.push(runs.push(luma)));
  take(clusters.push(runs.finish()));
  take(clusters.finish());
  const size = { width: WIDTH, height: HEIGHT };
  const source: LumaSource = {
    ...size,
    rate: 25,
    size: () => size,
    async *frames() {
      for (const [index, luma] of pictures.entries()) {
        await Promise.resolve();
        yield { index, luma };
      }
    },
  };
  const looks = withoutEchoes(found).map((candidate) =>
    cueAppointment(candidate, size, { ...size, frames: pictures.length, rate: 25, shots: [], keepsPicture: () => true }),
  );
  const cues = looks.length ? await inspect(source, looks, () => undefined) : [];
  const findings = subtitleFindings(cues, { shots: [], frames: pictures.length, rate: 25, ...size });
  return findings.sort((a, b) => b.confidence - a.confidence);
}

/** Share of a cue's samples that a mask hides, and share of the mask that lies on them or within two samples. */
function quality({ mask: { box, data } }: Finding, text: Cue): { recall: number; precision: number } {
  let [all, hit, hidden, right] = [0, 0, 0, 0];
  for (let y = 2; y < HEIGHT - 2; y++)
    for (let x = 2, p = y * WIDTH + x; x < WIDTH - 2; x++, p++) {
      const inside = x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
      const masked = inside && data[(y - box.y) * box.width + x - box.x] > 0;
      if (text[p] >= 0) {
        all++;
        if (masked) hit++;
      }
      if (!masked) continue;
      hidden++;
      let near = false;
      for (let v = -2; v <= 2; v++) for (let u = -2; u <= 2; u++) near ||= text[p + v * WIDTH + u] >= 0;
      if (near) right++;
    }
  return { recall: hit / all, precision: hidden ? right / hidden : 0 };
}

const still = painted((x, y) => drawing(x, y));

describe('the mask of a cue', { timeout: 60_000 }, () => {
  it('leaves out contours of a drawing that stand under it, and is found though the drawing moves when it ends', async () => {
    const text = cue();
    // The camera begins to tilt two frames before the cue ends, by two samples and then slowly, on every third frame.
    const moved = [1, 2, 3, 4, 5].map((down) => painted((x, y) => drawing(x, y, 2 + 0.2 * down)));
    const pictures = Array.from({ length: 76 }, (_, t) =>
      frame(t < 58 ? still : moved[Math.min(4, Math.floor((t - 58) / 3))], t, t <= 60 ? text : undefined),
    );
    const [found] = await cuesIn(pictures);
    expect(found?.spans).toEqual([{ first: 0, last: 60 }]);
    const { recall, precision } = quality(found, text);
    expect(recall).toBeGreaterThan(0.95);
    expect(precision).toBeGreaterThan(0.95);
  });

  it('leaves out what only the cut after it has changed', async () => {
    const text = cue();
    // As light as the first scene on the whole, and not in the same places.
    const other = painted(
      (x, y) => drawing(x, y, 31) + (x > 120 && x < 380 ? 0 : (Math.floor(x / 15) % 3) * 25 - 25) - (x % 90 < 30 && y > 215 ? 55 : 0),
    );
    const pictures = Array.from({ length: 70 }, (_, t) => frame(t < 46 ? still : other, t, t >= 12 && t <= 44 ? text : undefined));
    const [found] = await cuesIn(pictures);
    expect(found?.spans).toEqual([{ first: 12, last: 44 }]);
    const { recall, precision } = quality(found, text);
    expect(recall).toBeGreaterThan(0.95);
    expect(precision).toBeGreaterThan(0.95);
  });

  it("takes text that is hardly lighter than the scene, to the programme's end", async () => {
    const text = cue(188, 60);
    const pictures = Array.from({ length: 60 }, (_, t) => frame(still, t, t >= 14 ? text : undefined));
    const [found] = await cuesIn(pictures);
    const { recall, precision } = quality(found, text);
    expect(recall).toBeGreaterThan(0.97);
    expect(precision).toBeGreaterThan(0.95);
  });

  it('takes text that was sung, in both colours, and leaves out the drawing', async () => {
    const [plain, sung] = [cue(235, 20), cue(110, 20)];
    const pictures = Array.from({ length: 80 }, (_, t) => {
      if (t < 10 || t > 65) return frame(still, t);
      const end = 92 + (296 * (t - 10)) / 55;
      return frame(
        still,
        t,
        plain.map((v, p) => (p % WIDTH < end ? sung[p] : v)),
      );
    });
    const [found] = await cuesIn(pictures);
    const { recall, precision } = quality(found, plain);
    expect(recall).toBeGreaterThan(0.95);
    expect(precision).toBeGreaterThan(0.9);
  });
});

describe('withPlates', () => {
  const [width, height] = [60, 30];
  const map = (inside: (x: number, y: number) => boolean): Uint8Array =>
    Uint8Array.from({ length: width * height }, (_, p) => Number(inside(p % width, Math.floor(p / width))));
  const plate = (x: number, y: number): boolean => x >= 4 && x < 56 && y >= 6 && y < 22;

  it('fills what a dark scene left open in a plate, at its border too', () => {
    const holes = (x: number, y: number): boolean => (x > 10 && x < 15 && y > 9 && y < 14) || (x > 30 && x < 34 && y < 10);
    expect(
      withPlates(
        map((x, y) => plate(x, y) && !holes(x, y)),
        width,
        height,
        12,
      ),
    ).toEqual(map(plate));
  });

  it('leaves letters as they are', () => {
    const letters = map((x, y) => plate(x, y) && (x % 8 < 5 || y === 21));
    expect(withPlates(letters, width, height, 12)).toEqual(letters);
  });
});
