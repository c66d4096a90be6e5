import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Mask } from '../core/area.js';
import { TextlessError } from '../core/errors.js';
import { parseRational } from '../core/time.js';
import { MASKS_AT_ONCE, readMask } from './mask-file.js';
import type { Crawl, Plan, Track, Waypoint } from './plan.js';
import { checkedPlan, type PlanFile } from './schema.js';

const MAX_BYTES = 64 * 2 ** 20;

/**
 * Reads a plan and all its masks.
 * @throws TEXTLESS_NOT_FOUND; TEXTLESS_PLAN with the file, the place in it and what was expected there
 */
export async function readPlan(file: string): Promise<Plan> {
  const content = checkedPlan(file, parsed(file, await textOf(file)));
  const folder = await realpath(path.dirname(file));
  const tracks = await pLimit(MASKS_AT_ONCE).map(content.tracks, (entry, i) => trackOf(entry, folder, `${file}: tracks[${i}]`));
  const { rate: rateText, ...subject } = content.programme;
  const rate = parseRational(rateText);
  return {
    version: 1,
    programme: rate ? { ...subject, rate } : subject,
    pipeline: content.pipeline,
    shots: content.shots.map(([first, last]) => ({ first, last })),
    tracks,
  };
}

async function trackOf(entry: PlanFile['tracks'][number], folder: string, where: string): Promise<Track> {
  const { id, kind, action, confidence, why, reason, text } = entry;
  const spans = entry.spans.map(({ first, last }) => ({ first, last }));
  const mask = await maskOf(entry.mask, folder, `${where}.mask.file`);
  const crawl = entry.crawl && (await crawlOf(entry.crawl, folder, `${where}.crawl.file`));
  const optional = {
    ...(reason === undefined ? {} : { reason }),
    ...(text === undefined ? {} : { text }),
    ...(entry.path ? { path: pathOf(entry.path) } : {}),
    ...(crawl ? { crawl } : {}),
  };
  return { id, kind, action, confidence, why, ...optional, spans, mask };
}

/** Its strip stays unpacked: a part of it is wanted for every frame. */
async function crawlOf(
  { path: waypoints, ...strip }: NonNullable<PlanFile['tracks'][number]['crawl']>,
  folder: string,
  where: string,
): Promise<Crawl> {
  const { box, data } = await maskOf({ ...strip, x: 0, y: 0 }, folder, where);
  return { strip: { box, data }, path: pathOf(waypoints) };
}

const pathOf = (path: readonly (readonly [number, number, number])[]): Waypoint[] => path.map(([frame, x, y]) => ({ frame, x, y }));

async function maskOf({ file, x, y, width, height }: PlanFile['tracks'][number]['mask'], folder: string, where: string): Promise<Mask> {
  const place = await realpath(path.join(folder, file)).catch(() => path.join(folder, file));
  if (path.relative(folder, place).startsWith('..'))
    throw new TextlessError('TEXTLESS_PLAN', `${where} leads out of the folder of the plan.`, place);
  return readMask(place, { x, y, width, height }, where);
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw new TextlessError('TEXTLESS_PLAN', `${file} is too large for a plan: ${size} bytes, at most ${MAX_BYTES}.`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof TextlessError) throw cause;
    throw new TextlessError('TEXTLESS_NOT_FOUND', `${file} cannot be read.`, String(cause), { cause });
  }
}

function parsed(file: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    const before = json.slice(0, Number(/position (\d+)/.exec(detail)?.[1] ?? json.length)).split('\n');
    throw new TextlessError('TEXTLESS_PLAN', `${file}:${before.length}:${before.at(-1)!.length + 1} is not valid JSON.`, detail, { cause });
  }
}
