import { describe, expect, it } from 'vitest';
import type { CueEnd } from '../../../src/detect/cues/ends.js';
import { platesOf, withPlates, type WholeCue } from '../../../src/detect/cues/plated.js';
import { CLEAR, keptVeil, VeilEvidence } from '../../../src/detect/cues/veil.js';
import { packedBlocks, veilBlocks, type VeilBlocks } from '../../../src/detect/cues/veil-blocks.js';
import type { Box } from '../../../src/core/area.js';

const box = { x: 100, y: 200, width: 240, height: 60 };
const LINE = 24;
const plate: Box = { x: 130, y: 214, width: 170, height: 30 };
/** Strokes of letters in the middle of the plate. */
const isLetter = (x: number, y: number): boolean => x >= 142 && x < 288 && y >= 221 && y < 237 && x % 9 < 3;
const within = ({ x, y, width, height }: Box, u: number, v: number): boolean => u >= x && v >= y && u < x + width && v < y + height;
const each = (of: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: box.width * box.height }, (_, p) => of(box.x + (p % box.width), box.y + Math.floor(p / box.width)));

/** A step at one end: the scene moves a little, and a plate of this opacity and level stands in some boxes. */
function end(plates: readonly Box[], alpha: number, level: number, moved = 2): CueEnd {
  const scene = each((x, y) => 110 + 70 * Math.sin(x / 23) * Math.cos(y / 17));
  const over = each((x, y) => {
    const under = scene[(y - box.y) * box.width + x - box.x];
    const noise = moved * Math.sin(x * 1.7 + y * 2.3);
    if (isLetter(x, y)) return 235 - under;
    return plates.some((p) => within(p, x, y)) ? alpha * (level - under) + noise : noise;
  });
  return { scene, over, explained: new Uint8Array(over.length), unrest: moved, step: moved };
}

const seeds = Uint8Array.from(each((x, y) => (isLetter(x, y) && !isLetter(x + 1, y) ? 1 : 0)));
const blocks = (...ends: CueEnd[]): VeilBlocks => veilBlocks({ ends, seeds, box, lineHeight: LINE });
const evidence = (...ends: CueEnd[]): VeilEvidence => new VeilEvidence(blocks(...ends));
const apart = (a: Box, b: Box): number =>
  Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y), Math.abs(a.x + a.width - b.x - b.width), Math.abs(a.y + a.height - b.y - b.height));

describe('what the ends of a cue tell of a plate', () => {
  it.each([
    [0.5, 16],
    [0.75, 32],
    [0.25, 0],
  ])('is its opacity %f, its level %i and its place', (alpha, level) => {
    const veil = evidence(end([plate], alpha, level)).likeliest();
    expect(veil?.alpha).toBeCloseTo(alpha, 0);
    expect(Math.abs((veil?.level ?? 255) - level)).toBeLessThanOrEqual(64);
    const found = evidence(end([plate], alpha, level)).plates(veil!, CLEAR);
    expect(found).toHaveLength(1);
    expect(apart(found[0], plate)).toBeLessThanOrEqual(1);
  });

  it('is one plate a line where these are of other lengths', () => {
    const lines = [
      { x: 120, y: 206, width: 200, height: 22 },
      { x: 138, y: 228, width: 154, height: 16 },
    ];
    const one = evidence(end(lines, 0.5, 16));
    const found = one.plates({ alpha: 0.5, level: 16 }, CLEAR);
    expect(found).toHaveLength(2);
    found.forEach((b, i) => expect(apart(b, lines[i])).toBeLessThanOrEqual(1));
    expect(one.held(found)).toBe(1);
  });

  it('is nothing where text stands without one, or the scene changed as a whole', () => {
    const text = evidence(end([], 0.5, 16));
    expect(text.plates({ alpha: 0.5, level: 16 }, CLEAR)).toEqual([]);
    const dimmed = evidence(end([box], 0.5, 16));
    expect(dimmed.plates({ alpha: 0.5, level: 16 }, CLEAR)).toEqual([]);
  });
});

describe('what is kept of a cue', () => {
  it('is the same, in less room', () => {
    const whole = blocks(end([plate], 0.5, 16));
    const packed = packedBlocks(whole);
    expect(packed.glyphs).toEqual(whole.glyphs);
    expect(packed.ends.map(({ scene, over, noise }) => ({ scene, over, noise }))).toEqual(whole.ends);
    expect(new VeilEvidence(packed).plates({ alpha: 0.5, level: 16 }, CLEAR)).toEqual(
      new VeilEvidence(whole).plates({ alpha: 0.5, level: 16 }, CLEAR),
    );
  });

  it('is nothing of text that stands without a plate', () => {
    expect(keptVeil(blocks(end([], 0.5, 16)))).toBeUndefined();
  });
});

describe('the plates of a programme', () => {
  const cue = (first: number, ends: CueEnd[], parts: readonly WholeCue[] = []): WholeCue => {
    const one = { span: { first, last: first + 50 }, veil: keptVeil(blocks(...ends)) } as unknown as WholeCue['cue'];
    return { cue: one, parts: parts.map((p) => p.cue), confidence: 0.9 };
  };

  it('are looked for as others look where one shows little, also in a part of its cue', () => {
    const clear = [cue(0, [end([plate], 0.5, 16)]), cue(100, [end([plate], 0.5, 16)])];
    const part = cue(202, [end([plate], 0.5, 16)]);
    const whole = cue(200, [], [part]);
    const found = platesOf([...clear, whole]);
    expect(apart(found.get(whole.cue)?.[0] ?? box, plate)).toBeLessThanOrEqual(1);
  });

  it('are none of text without any', () => {
    const bare = [cue(0, [end([], 0.5, 16)]), cue(100, [end([], 0.5, 16)])];
    expect([...platesOf(bare).values()].flat()).toEqual([]);
  });
});

describe('a mask with plates', () => {
  const mask = { box: { x: 120, y: 205, width: 200, height: 45 }, data: Uint8Array.from({ length: 200 * 45 }, (_, p) => (isLetter(120 + (p % 200), 205 + Math.floor(p / 200)) ? 255 : 0)) }; // prettier-ignore

  it('is the plates, up to letters beside the part that shows', () => {
    const half = { ...plate, x: 150, width: 150 };
    const { box: at, data } = withPlates(mask, [half]);
    expect(at).toEqual({ x: 144, y: 214, width: 156, height: 30 });
    expect(data.every((v) => v === 255)).toBe(true);
  });

  it('keeps a line that no plate was found for', () => {
    const line = { x: 130, y: 207, width: 100, height: 6 };
    const data = mask.data.slice();
    for (let y = 2; y < 8; y++) data.fill(255, y * 200 + 10, y * 200 + 110);
    const both = withPlates({ ...mask, data }, [plate]);
    for (let x = line.x; x < line.x + line.width; x++) expect(both.data[(line.y - both.box.y) * both.box.width + x - both.box.x]).toBe(255);
  });
});
