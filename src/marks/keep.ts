import { randomBytes } from 'node:crypto';
import { boxesMeet, unionBox, type Box } from '../core/area.js';
import type { Geometry } from '../core/frame.js';
import { moved } from '../restore/matte/hole.js';
import type { Learnt } from '../restore/matte/matte.js';
import type { Track } from '../plan/plan.js';
import { samePicture, samePlace } from './known.js';
import { changeLibrary, listMarks, writeMark } from './library.js';
import { placeOf, type Mark, type MarkPicture, type MarkRecord, type MarkSource } from './mark.js';

/**
 * What a programme must tell for its matte to be kept: the error of the opacity, that of the frames alone, and what is left in the mean picture, at most; frames at
 * least. On 14 programmes with one mark, those within were off by .015 at most, the others by up to .07.
 */
const ERROR = 0.035;
const SEEN = 0.12;
const GHOST = 2;
const FRAMES = 24;
/** Weight, one over the squared error of α, of what is known from long ago at most: a mark may change a little. */
const WEIGHTIEST = 4e4;
/** Mean difference of α and difference of level up to which two mattes are of one mark. */
const ALPHA = 0.06;
const LEVEL = 12;
/** Programmes that are remembered one by one. */
const REMEMBERED = 200;

/** A fixed mark of a programme that was learnt from it. */
export interface Lesson {
  readonly track: Track;
  readonly learnt: Learnt;
  /** The mark of the library that fitted, and those that did not. */
  readonly mark?: string | undefined;
  readonly refused: readonly string[];
}

/** Where lessons come from. */
export interface Origin {
  readonly channel: string;
  readonly picture: MarkPicture;
  readonly geometry: Geometry;
  readonly source: Omit<MarkSource, 'frames'>;
}

/** What became of a lesson: kept in a new or a known mark, or not. */
export interface Kept {
  readonly track: string;
  readonly mark?: string;
  /** One sentence for a person. */
  readonly says: string;
}

/** Why a lesson is not sure enough to be kept; undefined where it is. */
export function unsure(learnt: Learnt): string | undefined {
  if (!learnt.matte) return learnt.why;
  const { frames, seen, error, ghost } = learnt;
  if (learnt.matte.planes[0].rim) return 'it has two colours, and the library keeps marks of one';
  if (frames < FRAMES) return `it shows in ${frames} frames to learn from, fewer than ${FRAMES}`;
  if (seen > SEEN || error > ERROR) return 'the scene under it varies too little to tell exactly how opaque it is';
  return ghost > GHOST ? 'taking it off leaves a trace' : undefined;
}

/** Keeps what is sure in a library; other processes may do the same meanwhile. @throws TEXTLESS_LIBRARY, TEXTLESS_OUTPUT, TEXTLESS_NO_SPACE */
export async function keepMarks(folder: string, lessons: readonly Lesson[], origin: Origin): Promise<Kept[]> {
  const reasons = lessons.map(({ learnt }) => unsure(learnt));
  if (reasons.every((r) => r !== undefined)) return lessons.map(({ track }, i) => ({ track: track.id, says: `not kept: ${reasons[i]}` }));
  return changeLibrary(folder, async () => {
    const kept: Kept[] = [];
    for (const [i, lesson] of lessons.entries())
      kept.push(
        reasons[i] === undefined ? await keepOne(folder, lesson, origin) : { track: lesson.track.id, says: `not kept: ${reasons[i]}` },
      );
    return kept;
  });
}

async function keepOne(folder: string, lesson: Lesson, origin: Origin): Promise<Kept> {
  const fresh = markOf(lesson, origin);
  const track = lesson.track.id;
  // Read again: another process may have learnt the same mark since.
  const { marks } = await listMarks(folder);
  const here = marks.filter(
    (m) => m.channel === origin.channel && samePicture(m.picture, origin.picture) && samePlace(placeOf(m), placeOf(fresh)),
  );
  const same = here.find((m) => m.id === lesson.mark) ?? here.find((m) => !lesson.refused.includes(m.id) && alike(m, fresh));
  if (same?.sources.some((s) => s.sha256 === origin.source.sha256))
    return { track, mark: same.id, says: `${same.id} knew this programme already` };
  if (same) {
    await writeMark(folder, merged(same, fresh));
    return { track, mark: same.id, says: `${same.id} was refined` };
  }
  const { latest, closed } = inOrder(fresh, here);
  for (const mark of closed) await writeMark(folder, mark);
  await writeMark(folder, latest);
  return {
    track,
    mark: latest.id,
    says: `${latest.id} is new${closed.length ? ` and follows ${closed.map((m) => m.id).join(', ')}` : ''}`,
  };
}

/** A new mark among those of its place: the older one is in use no more. */
function inOrder(fresh: Mark, here: readonly Mark[]): { latest: Mark; closed: Mark[] } {
  const closing = (mark: Mark): Mark => ({ ...mark, dates: { ...mark.dates, closed: true } });
  const older = here.filter((m) => !m.dates.closed && m.dates.last <= fresh.dates.first);
  const outlived = here.some((m) => m.dates.first > fresh.dates.last);
  return { latest: outlived ? closing(fresh) : fresh, closed: older.map(closing) };
}

function markOf({ track, learnt }: Lesson, { channel, picture, geometry, source }: Origin): Mark {
  if (!learnt.matte) throw new RangeError('nothing was learnt');
  const { matte, known, error, pixel, frames } = learnt;
  const [{ box, alpha }] = matte.planes;
  const [luma, ...chroma] = matte.planes.map((p) => p.colour / 2 ** (geometry.format.depth - 8));
  const slug = channel.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 40) || 'mark'; // prettier-ignore
  const kind = track.kind === 'watermark' || track.kind === 'blinking-logo' ? track.kind : 'logo';
  return {
    version: 1,
    id: `${slug}-${randomBytes(4).toString('hex')}`,
    channel,
    kind,
    picture,
    box,
    matte: '',
    opacity: matte.opacity,
    error,
    levels: chroma.length === 2 ? [luma, chroma[0], chroma[1]] : [luma],
    dates: { first: source.date, last: source.date, closed: false },
    learnt: { programmes: 1, frames, weight: Math.min(WEIGHTIEST, 1 / (error ** 2 + pixel ** 2)) },
    sources: [{ ...source, frames }],
    alpha,
    seen: Float32Array.from(known),
  };
}

/** Both mattes on one box. */
function together(
  a: Mark,
  b: Mark,
): { readonly box: Box; readonly a: Pick<Mark, 'alpha' | 'seen'>; readonly b: Pick<Mark, 'alpha' | 'seen'> } {
  const box = unionBox(a.box, b.box);
  const on = (m: Mark): Pick<Mark, 'alpha' | 'seen'> => ({ alpha: moved(m.alpha, m.box, box), seen: moved(m.seen, m.box, box) });
  return { box, a: on(a), b: on(b) };
}

/** Whether two mattes differ by no more than their errors. */
function alike(one: Mark, other: Mark): boolean {
  if (!boxesMeet(one.box, other.box) || one.levels.length !== other.levels.length) return false;
  if (one.levels.some((level, p) => Math.abs(level - other.levels[p]) > LEVEL)) return false;
  const { a, b } = together(one, other);
  let [off, n] = [0, 0];
  for (let i = 0; i < a.alpha.length; i++) {
    if (Math.max(a.alpha[i], b.alpha[i]) < 0.02 || !a.seen[i] || !b.seen[i]) continue;
    off += Math.abs(a.alpha[i] - b.alpha[i]);
    n++;
  }
  return n > 0 && off / n <= ALPHA;
}

/** A mark refined by what another programme tells, each counting by what it knew; where only one looked, that one tells. */
export function merged(old: Mark, fresh: Mark): Mark {
  const { box, a, b } = together(old, fresh);
  const [v, w] = [old.learnt.weight, fresh.learnt.weight];
  const mean = (p: number, q: number): number => (v * p + w * q) / (v + w);
  const alpha = a.alpha.map((p, i) => {
    const weight = v * a.seen[i] + w * b.seen[i];
    return weight ? (v * a.seen[i] * p + w * b.seen[i] * b.alpha[i]) / weight : 0;
  });
  const dates = [old.dates.first, old.dates.last, fresh.dates.first].sort();
  return {
    ...old,
    box,
    alpha,
    seen: a.seen.map((s, i) => mean(s, b.seen[i])),
    opacity: mean(old.opacity, fresh.opacity),
    error: Math.sqrt(1 / (1 / old.error ** 2 + 1 / fresh.error ** 2)),
    levels: mergedLevels(old.levels, fresh.levels, mean),
    dates: { first: dates[0], last: dates[2], closed: old.dates.closed },
    learnt: {
      programmes: old.learnt.programmes + 1,
      frames: old.learnt.frames + fresh.learnt.frames,
      weight: Math.min(WEIGHTIEST, v + w),
    },
    sources: [...old.sources, ...fresh.sources].slice(-REMEMBERED),
  };
}

/** A gray programme says nothing of chroma. */
function mergedLevels(
  old: MarkRecord['levels'],
  fresh: MarkRecord['levels'],
  mean: (p: number, q: number) => number,
): MarkRecord['levels'] {
  const luma = mean(old[0], fresh[0]);
  if (old.length === 1) return fresh.length === 1 ? [luma] : [luma, fresh[1], fresh[2]];
  return fresh.length === 1 ? [luma, old[1], old[2]] : [luma, mean(old[1], fresh[1]), mean(old[2], fresh[2])];
}
