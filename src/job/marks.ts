import { TextlessError } from '../core/errors.js';
import type { Programme } from '../media/programme.js';
import { dateOf } from '../marks/dates.js';
import { keepMarks, type Kept } from '../marks/keep.js';
import { knownMattes, pictureOf } from '../marks/known.js';
import { listMarks, type Damaged } from '../marks/library.js';
import type { MarkSource } from '../marks/mark.js';
import type { Pipeline } from '../plan/pipeline.js';
import type { Plan } from '../plan/plan.js';
import type { Refusal } from '../restore/matte/fixed-lesson.js';
import type { Known, Learning } from '../restore/matte/lessons.js';

/** Where the mark library lies, and whose marks are meant. */
export interface LibraryAccess {
  readonly folder: string;
  /** Instead of the pipeline's. */
  readonly channel?: string | undefined;
}

/** What the mark library had to do with a job. */
export interface LibraryReport {
  /** Marks of about the right place that do not fit the programme, and why. */
  readonly refused: readonly Refusal[];
  /** What became of the programme's own marks; empty where nothing is to be learnt. */
  readonly kept: readonly Kept[];
  /** Entries that could not be read. */
  readonly damaged: readonly Damaged[];
}

/** What a library knows about a programme, before its frames are seen. */
export interface Consulted {
  readonly folder: string;
  /** Undefined where nothing is to be kept. */
  readonly channel: string | undefined;
  readonly known: Known;
  readonly damaged: readonly Damaged[];
  readonly shown: Pick<MarkSource, 'date' | 'dated'>;
}

/** Looks up the marks of a plan in the library; undefined where none is used. @throws TEXTLESS_LIBRARY */
export async function consult(
  access: LibraryAccess | undefined,
  source: Programme,
  plan: Pick<Plan, 'tracks'>,
  pipeline: Pipeline,
): Promise<Consulted | undefined> {
  const { use, learn, channel: usual } = pipeline.library;
  if (!access || !use) return undefined;
  const channel = access.channel ?? usual;
  const [{ marks, damaged }, shown] = await Promise.all([listMarks(access.folder), dateOf(source)]);
  const own = channel === undefined ? marks : marks.filter((m) => m.channel === channel);
  const mattes = knownMattes(own, plan.tracks, { geometry: source.video.geometry, picture: pictureOf(source), date: shown.date });
  const keeps = learn ? channel : undefined;
  return { folder: access.folder, channel: keeps, known: { mattes, whole: keeps !== undefined }, damaged, shown };
}

/** Keeps what a programme told about its marks, where a channel is named; a library that cannot be written is told, and stops nothing. */
export async function keepLearnt(
  { folder, channel, damaged, shown }: Consulted,
  source: Programme,
  { tracks, programme }: Pick<Plan, 'tracks' | 'programme'>,
  { own, fitting, refused }: Learning,
): Promise<LibraryReport> {
  if (channel === undefined) return { refused, kept: [], damaged };
  const lessons = tracks.flatMap((track) => {
    const learnt = own.get(track.id);
    const not = refused.filter((r) => r.track === track.id).map((r) => r.mark);
    return learnt ? [{ track, learnt, mark: fitting.get(track.id), refused: not }] : [];
  });
  const { geometry } = source.video;
  const origin = {
    channel,
    picture: pictureOf(source),
    geometry,
    source: { sha256: programme.sha256, format: geometry.format.name, ...shown },
  };
  try {
    return { refused, kept: await keepMarks(folder, lessons, origin), damaged };
  } catch (error) {
    if (!(error instanceof TextlessError)) throw error;
    return { refused, kept: lessons.map(({ track }) => ({ track: track.id, says: `not kept: ${error.message}` })), damaged };
  }
}
