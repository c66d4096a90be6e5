import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeProgramme } from '../../samples/encode.js';
import { faded, overlayBox, type Overlay } from '../../samples/marks/overlay.js';
import { lengthOf, markAt, PROGRAMMES, type Programme } from '../../samples/programmes.js';
import { renderProgramme, truthOf, type Truth } from '../../samples/render.js';

const WIDTH = 160;
const HEIGHT = 90;

const sail = PROGRAMMES.find((p) => p.name === 'cjk-subtitles')!;

/** Its first shot and first subtitle alone: quick to draw. */
const short: Programme = {
  ...sail,
  shots: [{ ...sail.shots[0], frames: 56 }],
  marks: async (width, height) => (await sail.marks(width, height)).slice(0, 1),
};

/** Checks one frame: pixels differ only inside the mask, the mask only inside the boxes of marks that are on. Returns the marked pixels. */
function checkFrame(clean: Uint8Array, marked: Uint8Array, mask: Uint8Array, boxes: Truth['tracks'][number]['box'][]): number {
  let hidden = 0;
  for (let p = 0; p < mask.length; p++) {
    const differs = clean[3 * p] !== marked[3 * p] || clean[3 * p + 1] !== marked[3 * p + 1] || clean[3 * p + 2] !== marked[3 * p + 2];
    if (differs && mask[p] !== 255) throw new Error(`pixel ${p} differs outside the mask`);
    if (!mask[p]) continue;
    hidden++;
    const x = p % WIDTH;
    const y = (p - x) / WIDTH;
    if (!boxes.some(([bx, by, w, h]) => x >= bx && x < bx + w && y >= by && y < by + h))
      throw new Error(`the mask is set at ${x}, ${y}, outside every box`);
  }
  return hidden;
}

describe.each(PROGRAMMES.map((programme) => [programme.name, programme] as const))('%s', (_name, programme) => {
  it('differs from its clean picture only where and when the truth says so, and is the same at every making', async () => {
    const truth = await truthOf(programme, WIDTH, HEIGHT);
    let frame = 0;
    let before: Uint8Array | undefined;
    let opening = '';
    const jumps: number[] = [];
    for await (const { clean, marked, mask } of renderProgramme(programme, WIDTH, HEIGHT)) {
      const on = truth.tracks.filter(({ spans }) => spans.some(([first, last]) => frame >= first && frame <= last));
      expect(
        checkFrame(
          clean,
          marked,
          mask,
          on.map(({ box }) => box),
        ) > 0,
      ).toBe(on.length > 0);
      if (before) jumps.push(clean.reduce((sum, value, i) => sum + Math.abs(value - before![i]), 0) / clean.length);
      before = clean;
      if (frame++ === 0) opening = hash(clean);
    }
    expect(frame).toBe(truth.frames);
    const largest = [...jumps.keys()].sort((a, b) => jumps[b] - jumps[a]).slice(0, truth.cuts.length);
    expect(largest.map((i) => i + 1).sort((a, b) => a - b)).toEqual(truth.cuts);
    for await (const { clean } of renderProgramme(programme, WIDTH, HEIGHT)) {
      expect(hash(clean)).toBe(opening);
      break;
    }
  });

  it('tells spans that lie inside the programme, in order, and boxes that lie inside the picture', async () => {
    const truth = await truthOf(programme, 640, 360);
    expect(truth.tracks.length).toBeGreaterThan(0);
    for (const { box, spans } of truth.tracks) {
      const [x, y, width, height] = box;
      expect([x >= 0, y >= 0, x + width <= 640, y + height <= 360]).toEqual([true, true, true, true]);
      for (const [first, last] of spans) expect([first >= 0, last >= first, last < lengthOf(programme)]).toEqual([true, true, true]);
    }
  });
});

describe('a mark', () => {
  it('fades in and out inside its span, and never below what the truth counts', async () => {
    const [mark] = await sail.marks(640, 360);
    const { first, last } = mark.spans[0];
    const alphas = (overlay?: Overlay): number[] => Array.from(overlay?.data ?? []).filter((_, i) => i % 4 === 3);
    const strength = (frame: number): number => alphas(markAt(mark, frame)).reduce((most, alpha) => Math.max(most, alpha), 0);
    expect([first - 1, first, first + 3, last - 3, last, last + 1].map(strength)).toEqual([0, 64, 255, 255, 64, 0]);
    expect(alphas(faded(mark.overlay, 0.05)).filter((alpha) => alpha > 0 && alpha / 255 <= 0.02)).toEqual([]);
    expect(overlayBox(markAt(mark, first + 10)!)).toEqual(overlayBox(mark.overlay));
  });
});

describe('a programme that is made', () => {
  it('is a folder of files that agree with each other', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'textless-samples-'));
    try {
      const made = await makeProgramme(short, folder, WIDTH, HEIGHT);
      expect(await readdir(folder)).toEqual([short.name]);
      expect((await readdir(made)).sort()).toEqual(['clean.mp4', 'marked.mp4', 'mask.mkv', 'truth.json']);
      const truth = JSON.parse(await readFile(path.join(made, 'truth.json'), 'utf8')) as Truth;
      expect([truth.frames, truth.fps, truth.size]).toEqual([56, 25, [WIDTH, HEIGHT]]);
      const masks: Buffer[] = [];
      for await (const { mask } of renderProgramme(short, WIDTH, HEIGHT)) masks.push(Buffer.from(mask));
      expect(decoded(path.join(made, 'mask.mkv'), 'gray').equals(Buffer.concat(masks))).toBe(true);
      expect(decoded(path.join(made, 'clean.mp4'), 'gray')).toHaveLength(56 * WIDTH * HEIGHT);
      const probe = probed(path.join(made, 'marked.mp4'));
      // MP4 keeps chapter titles in a text stream of its own.
      expect(probe.streams.map((s) => s.codec_name)).toEqual(['h264', 'aac', 'bin_data']);
      expect(probe.format.tags['title']).toBe('Evening sail');
      expect(probe.chapters.map((c) => c.tags['title'])).toEqual(['Dusk']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('leaves nothing when it fails or is stopped', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'textless-samples-'));
    try {
      const broken: Programme = { ...short, marks: () => Promise.reject(new Error('no marks')) };
      await expect(makeProgramme(broken, folder, WIDTH, HEIGHT)).rejects.toThrow('no marks');
      const stop = AbortSignal.abort(new Error('enough'));
      await expect(makeProgramme(short, folder, WIDTH, HEIGHT, stop)).rejects.toThrow('enough');
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

function decoded(file: string, format: string): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 'rawvideo', '-pix_fmt', format, '-'], { maxBuffer: 2 ** 28 });
}

interface Probe {
  streams: { codec_name: string }[];
  format: { tags: Record<string, string> };
  chapters: { tags: Record<string, string> }[];
}

function probed(file: string): Probe {
  return JSON.parse(
    execFileSync('ffprobe', ['-v', 'error', '-of', 'json', '-show_streams', '-show_format', '-show_chapters', file], { encoding: 'utf8' }),
  ) as Probe;
}
