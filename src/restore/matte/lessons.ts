import type { Span } from '../../core/area.js';
import type { ColourSpace, Frame, Geometry } from '../../core/frame.js';
import type { Plan, Track, TrackKind } from '../../plan/plan.js';
import type { KnownMatte } from './fit-test.js';
import { FixedLesson, type FixedMark, type Refusal } from './fixed-lesson.js';
import type { Learnt, Matte } from './matte.js';
import { PlateLearner } from './plates/learner.js';
import { plateFrames } from './plates/frames.js';
import { PlateLessons } from './plates/lessons.js';

/** Marks that are fixed in place and keep their look. */
export const FIXED: readonly TrackKind[] = ['logo', 'watermark', 'blinking-logo'];
/** Those that may stand on a plate, for a while. */
const PLATED: readonly TrackKind[] = ['subtitle', 'title'];

/** Layout and colours of the pictures that are learnt from. */
export interface Picture {
  readonly geometry: Geometry;
  readonly colour: ColourSpace;
}

/** What is known of a programme's marks before its frames are seen. */
export interface Known {
  /** Mattes learnt from other programmes that may fit, by track, the likeliest first. */
  readonly mattes?: ReadonlyMap<string, readonly KnownMatte[]>;
  /** Whether each mark's own matte is wanted even where a known one fits. */
  readonly whole?: boolean;
}

/** What was learnt of the marks of a programme; by track. */
export interface Learning {
  /** Mattes to be taken off. */
  readonly mattes: ReadonlyMap<string, Matte>;
  /** Which of them are known ones; and which known ones fit. */
  readonly marks: ReadonlyMap<string, string>;
  readonly fitting: ReadonlyMap<string, string>;
  /** Known mattes that do not fit. */
  readonly refused: readonly Refusal[];
  /** What the programme itself says about its fixed marks. */
  readonly own: ReadonlyMap<string, Learnt>;
}

/** A mark whose matte is to be learnt. */
interface Lesson {
  readonly id: string;
  /** Frames to learn from, ascending. */
  readonly frames: readonly number[];
  /** Called when the first of them comes: a film has a thousand cues. */
  open(): Pupil;
}

interface Pupil {
  take(frame: Frame): void;
  done(): boolean;
  /** Undefined where it depends on others. */
  found(): FixedMark | undefined;
}

function lessonsOf(
  track: Track,
  shots: readonly Span[],
  picture: Picture,
  { mattes, whole = false }: Known,
  plates: PlateLessons,
): Lesson[] {
  const { id, kind, action, path, crawl, mask } = track;
  if (action !== 'wipe' || path) return [];
  if (FIXED.includes(kind)) {
    const lesson = new FixedLesson(track, mattes?.get(id) ?? [], whole, picture);
    return [{ id, frames: lesson.frames, open: () => lesson }];
  }
  // What slides in has no frames on both sides of an end that show the same scene.
  if (!PLATED.includes(kind) || crawl) return [];
  const wanted = plateFrames(track, shots);
  const frames = [...new Set([...wanted.ends.flatMap((e) => [e.away, e.shown, e.whole]), ...wanted.standing])].sort((a, b) => a - b);
  const open = (): Pupil => {
    const learner = new PlateLearner(mask, wanted, picture.geometry, picture.colour);
    const found = (): undefined => {
      plates.add(id, learner);
    };
    return { take: (frame) => learner.take(frame), done: () => false, found };
  };
  return [{ id, frames, open }];
}

/** Learns the mattes of wiped marks through which the scene shines; reads as many frames as that takes. */
export async function learnMattes(
  frames: AsyncIterable<Frame>,
  { tracks, shots }: Pick<Plan, 'tracks' | 'shots'>,
  picture: Picture,
  known: Known = {},
): Promise<Learning> {
  const found = new Map<string, FixedMark>();
  const plates = new PlateLessons();
  const lessons = tracks.flatMap((t) => lessonsOf(t, shots, picture, known, plates)).filter((l) => l.frames.length);
  const waiting = lessons.sort((a, b) => b.frames[0] - a.frames[0]);
  let open: { id: string; pupil: Pupil; wanted: Set<number>; last: number }[] = [];
  if (!waiting.length) return learning(found);
  for await (const frame of frames) {
    for (let next = waiting.at(-1); next && next.frames[0] <= frame.index; waiting.pop(), next = waiting.at(-1))
      open.push({ id: next.id, pupil: next.open(), wanted: new Set(next.frames), last: next.frames[next.frames.length - 1] });
    for (const { pupil, wanted } of open) if (wanted.has(frame.index)) pupil.take(frame);
    const over = open.filter(({ pupil, last }) => last <= frame.index || pupil.done());
    for (const { id, pupil } of over) {
      const mark = pupil.found();
      if (mark) found.set(id, mark);
    }
    open = open.filter((one) => !over.includes(one));
    if (!open.length && !waiting.length) break;
  }
  for (const [id, matte] of plates.finish()) found.set(id, { matte, refused: [] });
  return learning(found);
}

function learning(found: ReadonlyMap<string, FixedMark>): Learning {
  const pick = <T>(value: (mark: FixedMark) => T | undefined): Map<string, T> =>
    new Map([...found].flatMap(([id, mark]): [string, T][] => ((v) => (v === undefined ? [] : [[id, v]]))(value(mark))));
  return {
    mattes: pick((m) => m.matte),
    marks: pick((m) => m.mark),
    fitting: pick((m) => m.fits),
    refused: [...found.values()].flatMap((m) => m.refused),
    own: pick((m) => m.own),
  };
}
