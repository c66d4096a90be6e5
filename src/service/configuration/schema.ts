import { z } from 'zod';
import { duration } from './duration.js';

const folderName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, { message: 'must be 1 to 40 letters, digits, - or _, beginning with a letter or digit' });
const place = z.string().min(1).max(1000);
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const timeOfDay = z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/, { message: 'must be a time of day such as 22:00' });

const schedule = z.strictObject({
  days: z.array(z.enum(DAYS)).min(1).optional().describe('Days on which work may begin; none given: every day.'),
  from: timeOfDay.default('00:00').describe('Local time of day from which work may begin.'),
  to: timeOfDay.default('24:00').describe('Local time of day until which it may; earlier than from means the next morning.'),
});

const ready = z.strictObject({
  every: duration.default(5).describe('Time between two looks at a folder.'),
  quiet: duration.default(10).describe('Size and time of a file must hold for so long, over three looks at least, before it is opened.'),
  stale: duration.default(1800).describe('A file that has not changed for so long and is still not whole is refused.'),
  companion: z
    .enum(['none', 'done', 'md5'])
    .default('none')
    .describe('Wait for NAME.done, or for NAME.md5, whose sum the file must have; both may also lack the file’s extension.'),
});

const folder = z.strictObject({
  name: folderName.describe('How status and reports call it.'),
  in: place.describe('Where programmes are dropped. Places are relative to the folder of this file.'),
  out: place.describe('Where clean ones come out.'),
  hold: place
    .optional()
    .describe('Plans and contact sheets of what needs a person; by default hold/NAME beside this file, and so for the next two.'),
  failed: place.optional().describe('Files that were refused or could not be done, with the reason.'),
  archive: place.optional().describe('Sources of what has been delivered.'),
  pipeline: z.string().min(1).default('clean-feed').describe('Pipeline by name or path.'),
  channel: z.string().trim().min(1).max(80).optional().describe('The channel, for the mark library.'),
  priority: z.int().min(-100).max(100).default(0).describe('Higher ones go first.'),
  schedule: schedule.optional().describe('When work may begin; what has begun goes on.'),
  source: z
    .enum(['keep', 'archive', 'delete'])
    .default('archive')
    .describe('What becomes of a source that has been delivered: it stays in its place, is moved to the archive, or is deleted.'),
  existing: z
    .enum(['refuse', 'suffix', 'replace'])
    .default('suffix')
    .describe('When the name is taken in out: refuse the file, deliver as NAME-2, or replace what is there.'),
  held: z.enum(['hold', 'wipe', 'keep']).default('hold').describe('What becomes of marks that need a decision.'),
  subfolders: z.boolean().default(true).describe('Whether folders inside in are looked into; they come out the same.'),
  polling: z.enum(['auto', 'always']).default('auto').describe('always: no events are asked for, as on network shares.'),
  ready: ready.prefault({}).describe('When a file counts as arrived.'),
});

const hook = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Where messages are posted as JSON.'),
  secret: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, { message: 'must be the name of an environment variable, in capitals' })
    .optional()
    .describe('Environment variable with the key that messages are signed with.'),
  on: z.array(z.enum(['done', 'held', 'failed', 'rejected', 'cancelled'])).default(['done', 'held', 'failed', 'rejected']),
});

/** `watch.yaml`, version 1. */
export const watchSchema = z.strictObject({
  version: z.literal(1).describe('Version of this format.'),
  folders: z.array(folder).min(1).max(200),
  work: place.default('work').describe('Where the ledger and unfinished work lie, on a disk of this machine.'),
  jobs: z
    .strictObject({
      together: z
        .int()
        .min(1)
        .max(64)
        .optional()
        .describe('Programmes worked on at once; by default one for four cores, as memory allows.'),
      attempts: z.int().min(1).max(20).default(3).describe('Times that a job is begun before it counts as failed.'),
      stall: duration.default(900).describe('A job that makes no progress for so long is ended, and tried again.'),
      pause: duration.default(30).describe('Wait before the second attempt; doubled for each further one.'),
      grace: duration.default(20).describe('Time that running jobs have to stop when the service stops.'),
    })
    .prefault({}),
  disk: z
    .strictObject({
      reserve: z
        .number()
        .min(0)
        .max(0.9)
        .default(0.05)
        .describe('No work begins while a smaller share of the disk of work or out is free.'),
    })
    .prefault({}),
  metrics: z
    .strictObject({ port: z.int().min(1).max(65_535) })
    .optional()
    .describe('Prometheus metrics on this port of 127.0.0.1.'),
  hooks: z.array(hook).max(16).default([]),
});

export type WatchFile = z.infer<typeof watchSchema>;
export type Schedule = z.infer<typeof schedule>;
export type Hook = z.infer<typeof hook>;

/** JSON Schema (draft 2020-12) of the file, for editors. */
export function watchJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(watchSchema, { io: 'input' }), title: 'textless watch folders' };
}

/** Whether work may begin at a moment of local time. */
export function mayBegin({ days, from, to }: Schedule, at: Date): boolean {
  const minutes = (clock: string): number => 60 * Number(clock.slice(0, 2)) + Number(clock.slice(3));
  const now = 60 * at.getHours() + at.getMinutes();
  const [begin, end] = [minutes(from), minutes(to)];
  const late = begin > end && now < end; // after midnight, in a night that began the day before
  const day = DAYS[(at.getDay() + (late ? 6 : 0)) % 7];
  if (days && !days.includes(day)) return false;
  return begin <= end ? now >= begin && now < end : now >= begin || now < end;
}
