import { open } from 'node:fs/promises';
import type { FrameTimes, Programme } from '../../programme.js';
import type { Plans } from '../../stream-options.js';
import { Unfit } from '../unfit.js';
import { planAvcParts } from './avc-groups.js';
import { avcSeams } from './avc-seams.js';
import { avcStream, type AvcUnit } from './avc-units.js';
import { copiedIn, planParts, unchangedIn, type Entries, type Part } from './groups.js';
import { entryOf } from './mpeg2.js';
import type { Multiplex } from './multiplex.js';
import { MPEG2_SEAMS, type Seams } from './seams.js';
import type { Survey } from './survey.js';
import { unitData } from './unit-data.js';

/** How a stream is put together of pictures of the source and new ones. */
export interface Copies {
  readonly parts: readonly Part[];
  readonly seams: Seams;
  /** With the encoder's options for new pictures that stand beside those of the source. */
  readonly plans: Plans;
  /** Times of the PES packets of the source of which not a byte changes. */
  readonly unchanged: readonly number[];
}

/** Share of pictures that must be worth taking over. */
const LEAST_SHARE = 0.05;

/** How the groups of pictures of an MPEG-2 stream begin. */
async function entriesOf(file: string, survey: Survey): Promise<Entries> {
  const handle = await open(file, 'r');
  try {
    const entries = new Map<number, 'closed' | 'open'>();
    for (const unit of survey.units.filter((u) => u.sequence)) {
      const entry = entryOf(await unitData(handle, survey, unit));
      if (entry !== undefined) entries.set(unit.index, entry);
    }
    return entries;
  } finally {
    await handle.close();
  }
}

/** @throws Unfit when it is not worth it */
function worthwhile(parts: readonly Part[] | undefined, frames: number, where: string): readonly Part[] {
  if (!parts) throw new Unfit('its packets and its frames are not one to one');
  const copied = copiedIn(parts);
  if (copied < LEAST_SHARE * frames) throw new Unfit(`only ${copied} of ${frames} pictures ${where}`);
  return parts;
}

type Touched = (frame: number) => boolean;

async function mpeg2Copies(programme: Programme, { survey, order, shown }: Multiplex, plans: Plans, touched: Touched): Promise<Copies> {
  const planned = planParts(order, await entriesOf(programme.path, survey), shown, touched);
  const parts = worthwhile(planned, shown.length, 'are in groups that nothing touches');
  return { parts, plans, seams: MPEG2_SEAMS, unchanged: unchangedIn(parts) };
}

async function avcCopies(
  programme: Programme,
  { survey, order, shown }: Multiplex,
  plans: Plans,
  { times, touched, signal }: Asked,
): Promise<Copies> {
  if (plans.codec.encoder !== 'libx264') throw new Unfit('pictures coded as h264 cannot be copied beside new ones');
  const stream = await avcStream(programme.path, survey, order.units, signal);
  const anew = stream.units.filter((u) => u.anew).length;
  const where = `come before what is touched or from its next IDR picture on, of which there ${anew === 1 ? 'is one' : `are ${anew || 'none'}`}`;
  const parts = worthwhile(planAvcParts(stream.units, shown, touched), shown.length, where);
  const made = parts.find((part) => part.kind === 'encoded');
  if (!made) throw new Unfit('no frame is touched');
  const stamps = new Map(stream.units.map((unit: AvcUnit) => [unit.pts, unit.stamps]));
  const kept = parts.flatMap((part) => (part.kind === 'copied' ? part.units : []));
  const unchanged = kept.flatMap((unit) => stamps.get(unit.pts) ?? []);
  return { ...(await avcSeams(programme, plans, times, stream, signal)), parts, unchanged };
}

/** What is asked of a copy. */
interface Asked {
  readonly times: FrameTimes;
  /** Whether a frame differs from the source, by its index. */
  readonly touched: Touched;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Plans which pictures of the source are taken over as they are.
 * @returns why none is, as the end of a sentence
 * @throws TextlessError as reading the source and the encoder do
 */
export async function planCopies(programme: Programme, multiplex: Multiplex, plans: Plans, asked: Asked): Promise<Copies | string> {
  const { codec } = programme.video;
  try {
    if (codec === 'mpeg2video') return await mpeg2Copies(programme, multiplex, plans, asked.touched);
    if (codec === 'h264') return await avcCopies(programme, multiplex, plans, asked);
    return `groups of pictures of ${codec} are not copied in transport streams`;
  } catch (error) {
    if (error instanceof Unfit) return error.message;
    throw error;
  }
}
