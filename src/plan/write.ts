import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Span } from '../core/area.js';
import { TextlessError } from '../core/errors.js';
import { clockMs, toNumber, type Rational } from '../core/time.js';
import { MASKS_AT_ONCE, maskName, maskPng, writeWhole } from './mask-file.js';
import type { Plan, Track } from './plan.js';
import { checkedPlan, type PlanFile } from './schema.js';

const OUR_MASK = /^[A-Za-z0-9][A-Za-z0-9_-]*-[0-9a-f]{8}\.png$/;

/** The folder beside a plan that holds its masks: `news.plan.json` has `news.plan.masks`. */
export const masksFolder = (planFile: string): string => planFile.replace(/\.json$/i, '') + '.masks';

const firstFrame = (track: Track): number => track.spans[0]?.first ?? 0;

/**
 * Writes a plan and its masks. Tracks are put in order of their first frame. The JSON file changes last and at once,
 * so a reader finds the old plan or the new one; masks that no longer belong to it are removed after that.
 * @throws TEXTLESS_PLAN when the plan would not be readable again; TEXTLESS_OUTPUT, TEXTLESS_NO_SPACE
 */
export async function writePlan(file: string, plan: Plan): Promise<void> {
  const folder = masksFolder(file);
  const tracks = [...plan.tracks].sort((a, b) => firstFrame(a) - firstFrame(b));
  const limit = pLimit(MASKS_AT_ONCE);
  const pngs = await limit.map(tracks, (track) => maskPng(track.mask));
  const names = tracks.map((track, i) => maskName(track.id, pngs[i]));
  const content: PlanFile = {
    version: 1,
    programme: programmeOf(plan),
    pipeline: plan.pipeline,
    shots: plan.shots.map(({ first, last }) => [first, last]),
    tracks: tracks.map((track, i) => entryOf(track, `${path.basename(folder)}/${names[i]}`, plan.programme.rate)),
  };
  checkedPlan(file, content);
  await mkdir(tracks.length ? folder : path.dirname(file), { recursive: true }).catch((cause: unknown) => {
    throw new TextlessError('TEXTLESS_OUTPUT', `${folder} cannot be made.`, String(cause), { cause });
  });
  await limit.map(pngs, (png, i) => writeWhole(path.join(folder, names[i]), png));
  await writeWhole(file, printed(content, 0) + '\n');
  await removeOthers(folder, new Set(names));
}

function programmeOf({ programme: { name, sha256, width, height, frames, rate } }: Plan): PlanFile['programme'] {
  return { name, sha256, width, height, frames, ...(rate ? { rate: `${rate.num}/${rate.den}` } : {}) };
}

function entryOf(track: Track, file: string, rate: Rational | undefined): PlanFile['tracks'][number] {
  const { id, kind, action, confidence, why, reason, text } = track;
  const { x, y, width, height } = track.mask.box;
  const spans = track.spans.map(({ first, last }) => ({ first, last, ...(rate ? { time: spanText({ first, last }, rate) } : {}) }));
  const path = track.path?.map((p): [number, number, number] => [p.frame, tenths(p.x), tenths(p.y)]);
  const optional = { ...(reason === undefined ? {} : { reason }), ...(text === undefined ? {} : { text }) };
  return { id, kind, action, confidence, why, ...optional, spans, mask: { file, x, y, width, height }, ...(path ? { path } : {}) };
}

const tenths = (v: number): number => Math.round(10 * v) / 10;

/** `0:00:03.480 - 0:00:05.000`: from the start of the first frame to the end of the last. */
export function spanText(span: Span, rate: Rational): string {
  return `${clockMs(span.first / toNumber(rate))} - ${clockMs((span.last + 1) / toNumber(rate))}`;
}

/** JSON for people: what fits on a line stays on it. */
function printed(value: unknown, indent: number): string {
  const flat = JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
  if (value === null || typeof value !== 'object' || (flat.length + indent <= 120 && indent > 0)) return flat;
  const pad = ' '.repeat(indent + 2);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts = Array.isArray(value)
    ? value.map((v) => pad + printed(v, indent + 2))
    : Object.entries(value).map(([k, v]) => `${pad}${JSON.stringify(k)}: ${printed(v, indent + 2)}`);
  return parts.length ? `${open}\n${parts.join(',\n')}\n${' '.repeat(indent)}${close}` : open + close;
}

async function removeOthers(folder: string, wanted: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder).catch(() => []))
    if (OUR_MASK.test(name) && !wanted.has(name)) await rm(path.join(folder, name), { force: true });
}
