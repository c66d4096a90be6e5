import { z } from 'zod';
import type { Box } from '../core/area.js';
import { FIXED } from '../restore/matte/lessons.js';

const level = z.number().min(-64).max(320);
const sample = z.int().min(0).max(16_384);
const day = z.iso.datetime();

/** How a date was found: from the air date that the file carries, from its creation time, or from the time at which the file was last changed. */
export const DATED = ['broadcast', 'creation', 'file'] as const;

const source = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  date: day,
  dated: z.enum(DATED),
  frames: z.int().min(1),
  format: z.string(),
});

/** `mark.json`, version 1; docs/mark-library.md describes it. */
export const markSchema = z
  .strictObject({
    version: z.literal(1),
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,79}$/),
    channel: z.string().min(1).max(80),
    kind: z.enum(FIXED),
    picture: z.strictObject({
      width: sample.min(1),
      height: sample.min(1),
      sar: z.string().regex(/^\d+\/\d+$/),
      matrix: z.enum(['bt601', 'bt709', 'bt2020']),
      range: z.enum(['limited', 'full']),
    }),
    box: z.strictObject({ x: sample, y: sample, width: sample.min(1), height: sample.min(1) }),
    matte: z.string().regex(/^[0-9a-f]{16}$/),
    opacity: z.number().gt(0).max(1),
    error: z.number().gt(0).max(1),
    levels: z.union([z.tuple([level]), z.tuple([level, level, level])]),
    dates: z.strictObject({ first: day, last: day, closed: z.boolean() }),
    learnt: z.strictObject({ programmes: z.int().min(1), frames: z.int().min(1), weight: z.number().gt(0) }),
    sources: z.array(source).min(1),
  })
  .refine(({ box, picture }) => box.x + box.width <= picture.width && box.y + box.height <= picture.height, {
    path: ['box'],
    message: 'must lie inside the picture',
  });

/** What is written about a mark: levels are 8-bit code values whatever the depth of its programmes. */
export type MarkRecord = z.infer<typeof markSchema>;
/** The pictures that a mark belongs to. */
export type MarkPicture = MarkRecord['picture'];
/** A programme that a mark was learnt from. */
export type MarkSource = MarkRecord['sources'][number];

/** A mark of the library: its record and its matte. */
export interface Mark extends MarkRecord {
  /** α of luma, 0 … 1, row-major over `box`. Chroma's is its mean over the luma samples of each chroma sample. */
  readonly alpha: Float32Array;
  /** How much of the mark's weight looked at each sample, 0 … 1: where nothing did, α 0 means nothing. */
  readonly seen: Float32Array;
}

/** The samples of a mark that show, as a box of the picture. */
export function placeOf({ alpha, box, opacity }: Pick<Mark, 'alpha' | 'box' | 'opacity'>): Box {
  let [x0, y0, x1, y1] = [box.width, box.height, -1, -1];
  alpha.forEach((a, i) => {
    if (a < opacity / 4) return;
    const [x, y] = [i % box.width, Math.floor(i / box.width)];
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
  });
  return x1 < 0 ? box : { x: box.x + x0, y: box.y + y0, width: x1 - x0 + 1, height: y1 - y0 + 1 };
}
