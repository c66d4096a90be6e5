import { z } from 'zod';
import { DEVICES } from '../core/device.js';
import { MEZZANINES } from '../media/mezzanine.js';
import { gatesSchema } from './gates.js';
import type { MarkKind } from './plan.js';
import { parseClock } from './times.js';

const share = z.number().min(0).max(1);

const area = z
  .strictObject({
    x: share.describe('Left edge as a share of the picture’s width: 0 is the left edge of the picture, 1 the right.'),
    y: share.describe('Upper edge as a share of the picture’s height: 0 is the top.'),
    width: z.number().gt(0).max(1).describe('Width as a share of the picture’s width.'),
    height: z.number().gt(0).max(1).describe('Height as a share of the picture’s height.'),
  })
  .superRefine((a, context) => {
    // A hair of tolerance: 0.7 + 0.3 is more than 1 in binary.
    if (a.x + a.width > 1 + 1e-9)
      context.addIssue({ code: 'custom', path: ['width'], message: `must be at most ${1 - a.x}: x + width may not pass 1` });
    if (a.y + a.height > 1 + 1e-9)
      context.addIssue({ code: 'custom', path: ['height'], message: `must be at most ${1 - a.y}: y + height may not pass 1` });
  });

const mark = z
  .strictObject({
    action: z.enum(['wipe', 'keep']).describe('What becomes of a mark of this kind that the detector is sure of.'),
    minConfidence: share.default(0.3).describe('Findings below this confidence (0 … 1) are kept: too doubtful to bother anybody.'),
    holdConfidence: share
      .default(0.6)
      .describe('Findings from minConfidence up to this are held for a person; from here on the action applies.'),
  })
  .superRefine((m, context) => {
    if (m.minConfidence > m.holdConfidence)
      context.addIssue({ code: 'custom', path: ['minConfidence'], message: `must be at most ${m.holdConfidence}, the holdConfidence` });
  });

const marks = z.strictObject({
  logo: mark.optional().describe('Station logos and other marks that stay in one place for long, animated in place or not.'),
  'blinking-logo': mark.optional().describe('Logos that come and go in one place.'),
  'moving-logo': mark.optional().describe('Logos that travel over the picture.'),
  subtitle: mark.optional().describe('Subtitles: text that comes and goes with what is said.'),
  'score-bar': mark.optional().describe('Score bars, clocks and other fixed boxes with changing figures.'),
  ticker: mark.optional().describe('Bands of scrolling text.'),
  title: mark.optional().describe('Titles, credits and lower thirds. Distributors ask for masters that still have them.'),
  watermark: mark.optional().describe('Faint text or patterns tiled over the picture.'),
} satisfies Record<MarkKind, z.ZodType>);

const areas = z.strictObject({
  include: z
    .array(area)
    .max(64)
    .default([])
    .describe('Only marks that lie mostly inside one of these are treated; none given: the whole picture.'),
  exclude: z.array(area).max(64).default([]).describe('Marks that lie mostly inside these are kept, whatever else applies.'),
});

const moment = z
  .union([z.number().min(0), z.string()])
  .refine((at) => typeof at === 'number' || parseClock(at) !== undefined, {
    message: 'must be seconds, or a clock such as 1:30 or 0:01:30.5',
  })
  .transform((at) => (typeof at === 'number' ? at : (parseClock(at) ?? 0)));

const range = z
  .strictObject({
    from: moment.describe('Begin, in seconds or as a clock.'),
    to: moment.optional().describe('End; none given: the end of the programme.'),
  })
  .refine(({ from, to }) => to === undefined || to > from, { path: ['to'], message: 'must be later than from' });

const times = z.strictObject({
  include: z.array(range).max(64).default([]).describe('Marks are treated only at these times; none given: all the time.'),
  exclude: z.array(range).max(64).default([]).describe('Marks are kept at these times, such as the opening titles.'),
});

const limits = z.strictObject({
  maxTogether: z.number().gt(0).max(1).default(0.5).describe('Marks that hide more of a frame than this share together are held.'),
  maxArea: z
    .number()
    .gt(0)
    .max(1)
    .default(0.25)
    .describe('A mark that hides a larger share of the picture than this is held: it may be a graphic that is the picture.'),
});

const read = z.strictObject({
  languages: z
    .array(z.string().regex(/^[a-z]{3}(_[a-z]{2,5})*$/, { message: 'must be a language as tesseract names it, such as eng or chi_sim' }))
    .min(1)
    .max(8)
    .default(['eng'])
    .describe('Languages of the subtitles, read together. Each needs its package @tesseract.js-data/LANGUAGE.'),
  subtitles: z
    .enum(['none', 'srt', 'vtt', 'both'])
    .default('srt')
    .describe('Cue files with what the subtitles say, beside the delivered file or the plan: SubRip, WebVTT.'),
});

const restore = z.strictObject({
  network: z
    .boolean()
    .default(true)
    .describe('Whether the network fills what no other frame shows. Without it filling is quicker and plainer.'),
  device: z
    .enum(DEVICES)
    .default('cpu')
    .describe('Where the filling network computes. Files differ in single levels from device to device; the report names it.'),
  requireDevice: z
    .boolean()
    .default(false)
    .describe(
      'Whether a programme waits, or fails, where that device cannot be had. Otherwise the CPU takes its place, and the report says why.',
    ),
});

const library = z.strictObject({
  use: z.boolean().default(true).describe('Whether mattes that were learnt from other programmes are tried, and used where they fit.'),
  channel: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .optional()
    .describe('The channel of these programmes: only its marks are tried, and new ones are kept for it.'),
  learn: z.boolean().default(true).describe('Whether what these programmes tell for certain is kept. Nothing is kept without a channel.'),
});

const deliver = z.strictObject({
  suffix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,40}$/, { message: 'must be 1 to 40 letters, digits, dots, - or _' })
    .refine((text) => !text.includes('..'), { message: 'must not hold two dots in a row' })
    .default('.textless')
    .describe('Put before the extension of the delivered file: news.ts becomes news.textless.ts.'),
  existing: z.enum(['refuse', 'replace']).default('refuse').describe('What to do when the delivered file is already there.'),
  mezzanine: z
    .enum(MEZZANINES)
    .default('refuse')
    .describe(
      'What becomes of a programme whose codec or container cannot be written: refused, or delivered in Matroska, losslessly (FFV1) where its codec cannot be written.',
    ),
  quality: z
    .enum(['archive', 'broadcast', 'preview'])
    .default('broadcast')
    .describe('Of the encode, where the picture must be encoded again: archive nearly without loss, preview small and quick.'),
  copyUntouched: z
    .boolean()
    .default(true)
    .describe('Whether closed GOPs in which nothing is wiped are copied as they are, where codec and container allow it.'),
  gates: gatesSchema
    .prefault({})
    .describe('What the result has to pass before it is delivered: limits, and what becomes of a programme beyond them.'),
});

/** The pipeline file, version 1. docs/pipeline-format.md and pipelines/README.md describe it. */
export const pipelineSchema = z.strictObject({
  version: z.literal(1).describe('Version of this format.'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { message: 'must be 1 to 40 small letters, digits or -, and not begin with -' })
    .describe('How plans and reports call it.'),
  description: z.string().min(1).max(300).describe('One sentence: what it is for.'),
  rights: z.string().min(1).max(500).optional().describe('Free text: on what ground these programmes may be changed. Nothing checks it.'),
  marks: marks.describe('What becomes of each kind of mark. A kind that is not named is kept.'),
  areas: areas.prefault({}).describe('Where marks are treated. Lengths are shares of the picture, so that they fit every size.'),
  times: times.prefault({}).describe('When marks are treated.'),
  limits: limits.prefault({}).describe('What is never done without a person.'),
  read: read.optional().describe('Reads the text of subtitles, which makes their detection surer. Without this block nothing is read.'),
  restore: restore.prefault({}).describe('How hidden pixels are restored.'),
  library: library.prefault({}).describe('The mark library: mattes of semi-transparent marks, kept from programme to programme.'),
  deliver: deliver.prefault({}).describe('How the result is written.'),
});

/** A pipeline with all defaults filled in. */
export type Pipeline = z.infer<typeof pipelineSchema>;

/** A part of the picture; all four are shares of its width or height, 0 … 1. */
export type AreaShare = z.infer<typeof area>;

/** What becomes of one kind of mark. */
export type MarkRule = z.infer<typeof mark>;

/** JSON Schema (draft 2020-12) of the file, for editors: what a person writes, so defaults are not required. */
export function pipelineJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(pipelineSchema, { io: 'input' });
  return { ...schema, title: 'textless pipeline' };
}
