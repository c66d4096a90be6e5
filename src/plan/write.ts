import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Span } from '../core/area.js';
import { TextlessError } from '../core/errors.js';
import { clockMs, toNumber, type Rational } from '../core/time.js';
import { MASKS_AT_ONCE, maskName, maskPng, writeWhole } from './mask-file.js';
import type { Crawl, Plan, Track, Waypoint } from './plan.js';
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
  const strips = await limit.map(tracks, ({ crawl }) => crawl && maskPng(crawl.strip));
  const crawls = tracks.map(({ id }, i) => strips[i] && maskName(`${id}-crawl`, strips[i]));
  const content: PlanFile = {
    version: 1,
    programme: programmeOf(plan),
    pipeline: plan.pipeline,
    shots: plan.shots.map(({ first, last }) => [first, last]),
    tracks: tracks.map((track, i) => {
      const inFolder = (name: string): string => `${path.basename(folder)}/${name}`;
      return entryOf(track, { mask: inFolder(names[i]), strip: inFolder(crawls[i] ?? '') }, plan.programme.rate);
    }),
  };
  checkedPlan(file, content);
  await mkdir(tracks.length ? folder : path.dirname(file), { recursive: true }).catch((cause: unknown) => {
    throw new TextlessError('TEXTLESS_OUTPUT', `${folder} cannot be made.`, String(cause), { cause });
  });
  const files = [
    ...names.map((name, i) => ({ name, png: pngs[i] })),
    ...crawls.flatMap((name, i) => (name ? { name, png: strips[i]! } : [])),
  ];
  await limit.map(files, ({ name, png }) => writeWhole(path.join(folder, name), png));
  await writeWhole(file, printed(content, 0) + '\n');
  await removeOthers(folder, new Set(files.map(({ name }) => name)));
}

function programmeOf({ programme: { name, sha256, width, height, frames, rate } }: Plan): PlanFile['programme'] {
  return { name, sha256, width, height, frames, ...(rate ? { rate: `${rate.num}/${rate.den}` } : {}) };
}

function entryOf(
  track: Track,
  files: { readonly mask: string; readonly strip: string },
  rate: Rational | undefined,
): PlanFile['tracks'][number] {
  const { id, kind, action, confidence, why, reason, text } = track;
  const { x, y, width, height } = track.mask.box;
  const spans = track.spans.map(({ first, last }) => ({ first, last, ...(rate ? { time: spanText({ first, last }, rate) } : {}) }));
  const optional = {
    ...(track.path ? { path: track.path.map(waypoint) } : {}),
    ...(track.crawl ? { crawl: crawlOf(track.crawl, files.strip) } : {}),
  };
  const said = { ...(reason === undefined ? {} : { reason }), ...(text === undefined ? {} : { text }) };
  return { id, kind, action, confidence, why, ...said, spans, mask: { file: files.mask, x, y, width, height }, ...optional };
}

function crawlOf({ strip: { box }, path }: Crawl, file: string): PlanFile['tracks'][number]['crawl'] {
  return { file, width: box.width, height: box.height, path: path.map(waypoint) };
}

const waypoint = ({ frame, x, y }: Waypoint): [number, number, number] => [frame, tenths(x), tenths(y)];

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
