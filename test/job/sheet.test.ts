import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Box, Mask } from '../../src/core/area.js';
import type { Picture } from '../../src/job/pictures.js';
import { writeBeforeAfterSheet, writeContactSheet, type BeforeAfterRow, type ContactEntry } from '../../src/job/sheet.js';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'textless-sheet-'));
  file = path.join(folder, 'sheet.png');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const GAP = 8;
const LINE = 18;
const box: Box = { x: 100, y: 50, width: 60, height: 40 };
/** 10 x 6 pixels, 20 to the right and 15 down in the picture at `box`. */
const mask: Mask = { box: { x: 120, y: 65, width: 10, height: 6 }, data: new Uint8Array(60).fill(255) };

function plain(level: number, { width, height }: { width: number; height: number } = box): Picture {
  return { width, height, data: new Uint8Array(width * height * 3).fill(level) };
}

interface Sheet {
  readonly width: number;
  readonly height: number;
  pixel(x: number, y: number): number[];
}

async function read(): Promise<Sheet> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(3);
  return { ...info, pixel: (x, y) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)] };
}

describe('a before / mask / after sheet', () => {
  const row = (extra: Partial<BeforeAfterRow> = {}): BeforeAfterRow => {
    return { track: { id: 'logo-1', kind: 'logo', mask }, box, before: plain(100), after: plain(200), ...extra };
  };

  it('shows three pictures at 100 % beside each other, the mask in red on the middle one', async () => {
    await writeBeforeAfterSheet({ path: file, rows: [row()] });
    const sheet = await read();
    expect([sheet.width, sheet.height]).toEqual([2 * GAP + 360, 2 * GAP + LINE + GAP + box.height]);
    const top = 2 * GAP + LINE;
    const middle = GAP + box.width + GAP;
    expect(sheet.pixel(GAP, top)).toEqual([100, 100, 100]);
    expect(sheet.pixel(GAP + 25, top + 18)).toEqual([100, 100, 100]);
    expect(sheet.pixel(middle + 20, top + 15)).toEqual([162, 79, 74]);
    expect(sheet.pixel(middle + 29, top + 20)).toEqual([162, 79, 74]);
    expect(sheet.pixel(middle + 19, top + 15)).toEqual([224, 58, 48]);
    expect(sheet.pixel(middle + 30, top + 21)).toEqual([224, 58, 48]);
    expect(sheet.pixel(middle + 18, top + 15)).toEqual([100, 100, 100]);
    expect(sheet.pixel(middle + 31, top + 15)).toEqual([100, 100, 100]);
    expect(sheet.pixel(middle + box.width + GAP, top + 39)).toEqual([200, 200, 200]);
    expect(sheet.pixel(middle + box.width + GAP - 1, top)).toEqual([244, 243, 240]);
  });

  it('puts wide places below each other', async () => {
    const wide = { x: 0, y: 0, width: 900, height: 30 };
    await writeBeforeAfterSheet({ path: file, rows: [row({ box: wide, before: plain(1, wide), after: plain(2, wide) })] });
    const sheet = await read();
    expect([sheet.width, sheet.height]).toEqual([900 + 2 * GAP, 2 * GAP + LINE + GAP + 3 * 30 + 2 * GAP]);
    expect(sheet.pixel(GAP + 450, 2 * GAP + LINE + 2 * (30 + GAP))).toEqual([2, 2, 2]);
  });

  it('counts rows beyond its limit and rows without pictures in a last line', async () => {
    const rows = [row(), row({ after: undefined }), row(), row()];
    await writeBeforeAfterSheet({ path: file, rows, limit: 3 });
    const each = LINE + GAP + box.height + GAP;
    expect((await read()).height).toBe(2 * GAP + 2 * each + LINE);
    await writeBeforeAfterSheet({ path: file, rows, more: 5 });
    expect((await read()).height).toBe(2 * GAP + 3 * each + LINE);
  });

  it('never grows too tall', async () => {
    const high = { ...box, height: 900 };
    const rows = Array.from({ length: 30 }, () => row({ box: high, before: plain(1, high), after: plain(2, high) }));
    await writeBeforeAfterSheet({ path: file, rows });
    expect((await read()).height).toBeLessThan(12_100);
  });

  it('is a picture even when there is nothing to show', async () => {
    await writeBeforeAfterSheet({ path: file, rows: [] });
    expect((await read()).height).toBe(2 * GAP + LINE);
  });

  it('cuts a mask at the edges of the picture', async () => {
    const beyond = { ...mask, box: { ...mask.box, x: 95, y: 47 } };
    await writeBeforeAfterSheet({ path: file, rows: [row({ track: { id: 'logo-1', kind: 'logo', mask: beyond } })] });
    const sheet = await read();
    const middle = GAP + box.width + GAP;
    expect(sheet.pixel(middle + 4, 2 * GAP + LINE + 2)).toEqual([162, 79, 74]);
    expect(sheet.pixel(middle + 5, 2 * GAP + LINE + 3)).toEqual([224, 58, 48]);
    expect(sheet.pixel(middle + 6, 2 * GAP + LINE + 4)).toEqual([100, 100, 100]);
  });

  it('refuses pictures that are not of the size of their place, and says when it cannot write', async () => {
    await expect(writeBeforeAfterSheet({ path: file, rows: [row({ after: plain(1, { width: 59, height: 40 }) })] })).rejects.toThrow(
      RangeError,
    );
    const nowhere = path.join(folder, 'none', 'sheet.png');
    await expect(writeBeforeAfterSheet({ path: nowhere, rows: [row()] })).rejects.toMatchObject({ code: 'TEXTLESS_OUTPUT' });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a contact sheet', () => {
  const entry = (extra: Partial<ContactEntry> = {}): ContactEntry => ({
    id: 'logo-1',
    kind: 'logo',
    action: 'wipe',
    confidence: 0.934,
    why: 'It does not move.',
    spanText: '0:00:01.000 - 0:00:02.000',
    box,
    picture: plain(100),
    mask,
    ...extra,
  });
  const TOP = GAP + 2 * LINE + GAP;

  it.each([
    ['wipe', [224, 58, 48]],
    ['keep', [40, 150, 80]],
    ['hold', [224, 150, 10]],
  ] as const)('outlines what it will %s in its colour and leaves the mark to be seen', async (action, colour) => {
    await writeContactSheet({ path: file, title: 'news.mp4', tracks: [entry({ action })] });
    const sheet = await read();
    expect(sheet.width).toBe(2 * GAP + 460 + GAP + 400);
    expect(sheet.pixel(GAP + 19, TOP + 15)).toEqual(colour);
    expect(sheet.pixel(GAP + 20, TOP + 15)).toEqual([100, 100, 100]);
    expect(sheet.pixel(GAP + 18, TOP + 15)).toEqual([100, 100, 100]);
  });

  it('shows large places smaller, with a line that stays visible', async () => {
    const large = { x: 0, y: 0, width: 920, height: 300 };
    const middle = { box: { x: 400, y: 100, width: 100, height: 100 }, data: new Uint8Array(10_000).fill(255) };
    await writeContactSheet({ path: file, title: 'news.mp4', tracks: [entry({ box: large, picture: plain(100, large), mask: middle })] });
    const sheet = await read();
    expect(sheet.height).toBe(TOP + 150 + GAP);
    const [red, green] = sheet.pixel(GAP + 199, TOP + 75);
    expect(red - green).toBeGreaterThan(60);
  });

  it('takes any text', async () => {
    const why = 'a < b & "c" \u0007 \ud800 山上 ' + 'x'.repeat(300);
    await writeContactSheet({ path: file, title: '<&>.mp4', tracks: [entry({ why, reason: '' })] });
    const sheet = await read();
    expect(sheet.height).toBeGreaterThan(TOP + 9 * LINE);
  });

  it('counts what it does not show', async () => {
    const tracks = Array.from({ length: 6 }, () => entry());
    const heightOf = async (limit: number, more: number): Promise<number> => {
      await writeContactSheet({ path: file, title: 'news.mp4', tracks, limit, more });
      return (await read()).height;
    };
    const each = (await heightOf(5, 0)) - (await heightOf(4, 0));
    expect(await heightOf(6, 0)).toBe(2 * GAP + 2 * LINE + 6 * (each - GAP + GAP));
    expect((await heightOf(6, 120)) - (await heightOf(6, 0))).toBe(LINE + GAP);
  });

  it('writes its captions where there is a font', async () => {
    const dark = async (): Promise<number> => {
      const { data } = await sharp(file)
        .extract({ left: GAP + 460 + GAP, top: TOP, width: 400, height: 4 * LINE })
        .raw()
        .toBuffer({ resolveWithObject: true });
      return data.filter((value) => value < 120).length;
    };
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><text y="15" font-family="sans-serif">abc</text></svg>';
    const alpha = (await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer()).filter((_, i) => i % 4 === 3);
    const hasFont = alpha.some((value) => value > 0);
    await writeContactSheet({ path: file, title: 'news.mp4', tracks: [entry()] });
    expect((await dark()) > 200).toBe(hasFont);
  });
});
