import { z } from 'zod';
import { parseRational } from '../core/time.js';
import { TextlessError } from '../core/errors.js';
import { issuesOf, pathText } from './issues.js';
import { ACTIONS, TRACK_KINDS } from './plan.js';

/** Columns of a strip that PNG readers take. */
const LONGEST_STRIP = 1_000_000;

const frame = z.int().min(0);
const samples = z.int().min(1);

const spanSchema = z.strictObject({ first: frame, last: frame, time: z.string().optional() });

const fileSchema = z
  .string()
  .min(1)
  .refine(staysInside, { message: 'must be a relative path inside the folder of the plan, with / between its parts' });

const maskSchema = z.strictObject({
  file: fileSchema,
  x: frame,
  y: frame,
  width: samples,
  height: samples,
});

const trackSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, { message: 'must be 1 to 64 letters, digits, - or _' }),
  kind: z.enum(TRACK_KINDS),
  action: z.enum(ACTIONS),
  confidence: z.number().min(0).max(1),
  why: z.string(),
  reason: z.string().optional(),
  text: z.string().optional(),
  spans: z.array(spanSchema).min(1),
  mask: maskSchema,
  path: z
    .array(z.tuple([frame, z.number().min(0), z.number().min(0)]))
    .min(1)
    .optional(),
  crawl: z
    .strictObject({ file: fileSchema, width: samples, height: samples, path: z.array(z.tuple([frame, z.number(), z.number()])).min(1) })
    .optional(),
});

const programmeSchema = z.strictObject({
  name: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { message: 'must be 64 hexadecimal digits in lower case' }),
  width: samples,
  height: samples,
  frames: samples,
  rate: z
    .string()
    .refine((text) => parseRational(text) !== undefined, { message: 'must be frames a second as a fraction, such as 25/1 or 30000/1001' })
    .optional(),
});

/** The plan as it lies in its JSON file: masks are named, not held; docs/plan-format.md describes it. */
export const planSchema = z
  .strictObject({
    version: z.literal(1),
    programme: programmeSchema,
    pipeline: z.string(),
    shots: z.array(z.tuple([frame, frame])),
    tracks: z.array(trackSchema),
  })
  .superRefine((plan, context) => {
    const refuse = (path: (string | number)[], message: string): void => context.addIssue({ code: 'custom', path, message });
    checkShots(plan.shots, plan.programme.frames, refuse);
    const seen = new Set<string>();
    plan.tracks.forEach((track, i) => {
      if (seen.has(track.id)) refuse(['tracks', i, 'id'], `${JSON.stringify(track.id)} is already the id of another track`);
      seen.add(track.id);
      checkSpans(track.spans, plan.programme.frames, ['tracks', i, 'spans'], refuse);
      const { x, y, width, height } = track.mask;
      if (x + width > plan.programme.width || y + height > plan.programme.height)
        refuse(['tracks', i, 'mask'], `must lie inside the picture of ${plan.programme.width} x ${plan.programme.height}`);
      if (track.path) checkOrder(track.path, ['tracks', i, 'path'], refuse);
      if (track.crawl) checkCrawl(track, plan.programme.height, ['tracks', i, 'crawl'], refuse);
      track.path?.forEach(([, left, top], k) => {
        if (left + width > plan.programme.width || top + height > plan.programme.height)
          refuse(['tracks', i, 'path', k], `must keep the mask inside the picture of ${plan.programme.width} x ${plan.programme.height}`);
      });
    });
  });

/** A plan as its JSON file holds it. */
export type PlanFile = z.infer<typeof planSchema>;

type Refuse = (path: (string | number)[], message: string) => void;

/** Relative, POSIX, without `.` and `..`: such a path cannot leave the folder it is resolved in. */
function staysInside(file: string): boolean {
  if (file.includes('\\') || file.includes('\0') || /^[A-Za-z]:/.test(file)) return false;
  return file.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function checkOrder(path: readonly (readonly [number, number, number])[], where: (string | number)[], refuse: Refuse): void {
  path.forEach(([frame], k) => {
    if (k > 0 && frame <= path[k - 1][0])
      refuse([...where, k, 0], `must be after frame ${path[k - 1][0]}: a path is in order, not ${frame}`);
  });
}

function checkCrawl({ path, crawl }: PlanFile['tracks'][number], height: number, where: (string | number)[], refuse: Refuse): void {
  checkOrder(crawl!.path, [...where, 'path'], refuse);
  if (path) refuse(where, 'must not be there where the mask has a path of its own');
  if (crawl!.width > LONGEST_STRIP) refuse([...where, 'width'], `must be at most ${LONGEST_STRIP}, not ${crawl!.width}`);
  if (crawl!.height > height) refuse([...where, 'height'], `must be at most that of the picture, ${height}, not ${crawl!.height}`);
}

function checkSpans(spans: PlanFile['tracks'][number]['spans'], frames: number, path: (string | number)[], refuse: Refuse): void {
  spans.forEach(({ first, last }, i) => {
    if (last < first) refuse([...path, i, 'last'], `must be ${first} or later, the first frame of the span, not ${last}`);
    if (last >= frames) refuse([...path, i, 'last'], `must be at most ${frames - 1}, the last frame of the programme, not ${last}`);
    if (i > 0 && first <= spans[i - 1].last + 1)
      refuse([...path, i, 'first'], `must be at least ${spans[i - 1].last + 2}: spans are in order and do not touch, not ${first}`);
  });
}

function checkShots(shots: PlanFile['shots'], frames: number, refuse: Refuse): void {
  let next = 0;
  shots.forEach(([first, last], i) => {
    if (first !== next) refuse(['shots', i, 0], `must be ${next}: shots follow each other without gaps, not ${first}`);
    if (last < first) refuse(['shots', i, 1], `must be ${first} or later, the first frame of the shot, not ${last}`);
    next = last + 1;
  });
  if (next !== frames) refuse(['shots'], `must cover all ${frames} frames of the programme; they end before frame ${next}`);
}

/**
 * Content that keeps the format and the rules of a plan.
 * @throws TEXTLESS_PLAN with one line a fault: the file, the place in it, what was expected there
 */
export function checkedPlan(file: string, content: unknown): PlanFile {
  const result = planSchema.safeParse(content, { reportInput: true });
  if (result.success) return result.data;
  const lines = issuesOf(result.error).map(
    (issue) => `${file}: ${pathText(issue.path) || 'the plan'} ${issue.key ? 'has the ' : ''}${issue.message}`,
  );
  throw new TextlessError('TEXTLESS_PLAN', lines.join('\n'));
}
