import type { Span } from '../core/area.js';
import { planeLayouts, type Frame, type Geometry } from '../core/frame.js';
import type { Crawl, Plan, Track, Waypoint } from '../plan/plan.js';
import { cornerAt } from '../plan/travel.js';
import { fieldLines } from './field-lines.js';
import { restoreFrames, type RestoreOptions } from './restore.js';

/*
 * The lines of an interlaced frame belong to two moments. Motion between them has no place in one picture: what is searched for in a woven one is found
 * nowhere, and what is copied is combed. So each field is a picture of its own, of full height, and a programme has twice as many of them as frames.
 */

/** Whether frames consist of fields, and which of them is shown first. */
export interface Interlacing {
  readonly interlaced: boolean;
  readonly topFieldFirst: boolean;
}

/** {@link restoreFrames}, field by field where the frames are interlaced and their lines can be told apart. @param options whose tracks stand still */
export const restorePictures = (
  frames: AsyncIterable<Frame>,
  { interlaced, topFieldFirst, ...options }: RestoreOptions & Interlacing,
): AsyncGenerator<Frame, void, undefined> =>
  interlaced && hasFields(options.geometry) ? restoreFields(frames, { ...options, topFieldFirst }) : restoreFrames(frames, options);

/** Whether both fields have the same number of lines in every plane. */
export const hasFields = (geometry: Geometry): boolean => planeLayouts(geometry).every(({ height }) => height % 2 === 0);

/** A plan in which each field counts as a picture. */
export const inFields = ({ shots, tracks }: Pick<Plan, 'shots' | 'tracks'>): Pick<Plan, 'shots' | 'tracks'> => {
  const twice = <T extends { readonly first: number; readonly last: number }>(span: T): T => ({
    ...span,
    first: 2 * span.first,
    last: 2 * span.last + 1,
  });
  const inBoth = (t: Track): Track => ({ ...t, spans: t.spans.map(twice), ...(t.crawl ? { crawl: crawlInFields(t.crawl, t.spans) } : {}) });
  return { shots: shots.map(twice), tracks: tracks.map(inBoth) };
};

/** Its strip was seen in woven frames, so that its odd lines are where the letters were a field later or before: both fields of a frame have it at one place. */
function crawlInFields({ strip, path }: Crawl, spans: readonly Span[]): Crawl {
  const inFrame = (frame: number): Waypoint[] => {
    const { x, y } = cornerAt(path, frame);
    return [2 * frame, 2 * frame + 1].map((field) => ({ frame: field, x, y }));
  };
  return { strip, path: spans.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, k) => inFrame(first + k)).flat()) };
}

/** Each frame twice, as its two fields; the buffer is one. */
async function* fieldsOf(frames: AsyncIterable<Frame>): AsyncGenerator<Frame, void, undefined> {
  for await (const { index, data } of frames) {
    yield { index: 2 * index, data };
    yield { index: 2 * index + 1, data };
  }
}

/**
 * {@link restoreFrames} for interlaced pictures: each field is restored from all fields around it, those of its own parity and the others.
 * @param options whose tracks stand still
 */
export async function* restoreFields(
  frames: AsyncIterable<Frame>,
  { plan, onProgress, topFieldFirst, ...options }: RestoreOptions & Pick<Interlacing, 'topFieldFirst'>,
): AsyncGenerator<Frame, void, undefined> {
  const { geometry, colour } = options;
  const fields = restoreFrames(fieldsOf(frames), {
    ...options,
    plan: inFields(plan),
    access: fieldLines(geometry, colour, topFieldFirst ? 0 : 1),
    onProgress: onProgress && ((p) => p.done % 2 || onProgress({ ...p, done: p.done / 2, total: p.total / 2 })),
  });
  for await (const { index, data } of fields) if (index & 1) yield { index: index >> 1, data };
}
