import type { Span } from '../../core/area.js';

/** What planning needs to know of a picture of the source, in decoding order. */
export interface PlannedPicture {
  /** Ticks. */
  readonly pts: number;
  /** Whether it is shown: an edit list may hide pictures that others need. */
  readonly shown: boolean;
  /** Whether nothing after it refers to anything before it (IDR). */
  readonly idr: boolean;
}

/** A piece of the new stream: pictures copied from the source (indices in decoding order), or frames encoded again (indices in the order they are shown). */
export type Piece = { readonly kind: 'copied'; readonly pictures: Span } | { readonly kind: 'encoded'; readonly frames: Span };

/** Pictures that stand for themselves: nothing in them refers to others, nor are they shown among them. */
interface ClosedGop {
  readonly pictures: Span;
  /** Undefined where none of its pictures is shown. */
  readonly frames: Span | undefined;
  /** Whether it begins with an IDR picture and all of its pictures are shown. */
  readonly whole: boolean;
}

/** Where closed GOPs begin: at IDR pictures before which everything has been shown. */
function beginnings(pictures: readonly PlannedPicture[]): number[] {
  const earliestFrom = new Array<number>(pictures.length + 1).fill(Infinity);
  for (let i = pictures.length - 1; i >= 0; i--) earliestFrom[i] = Math.min(pictures[i].pts, earliestFrom[i + 1]);
  const out: number[] = [];
  let latest = -Infinity;
  pictures.forEach(({ pts, idr }, at) => {
    if (at === 0 || (idr && latest < earliestFrom[at])) out.push(at);
    latest = Math.max(latest, pts);
  });
  return out;
}

function closedGops(pictures: readonly PlannedPicture[]): ClosedGop[] {
  const starts = beginnings(pictures);
  let frame = 0;
  return starts.map((first, i) => {
    const last = (starts[i + 1] ?? pictures.length) - 1;
    const shown = pictures.slice(first, last + 1).filter((p) => p.shown).length;
    const frames = shown > 0 ? { first: frame, last: frame + shown - 1 } : undefined;
    frame += shown;
    return { pictures: { first, last }, frames, whole: pictures[first].idr && shown === last - first + 1 };
  });
}

function anyTouched({ first, last }: Span, touched: (frame: number) => boolean): boolean {
  for (let frame = first; frame <= last; frame++) if (touched(frame)) return true;
  return false;
}

const length = ({ first, last }: Span): number => last - first + 1;

/**
 * Cuts a stream into closed GOPs that can be copied and runs of those that hold a touched frame, which are encoded again. What is hidden for good
 * is left out. A GOP of a single picture before a run is encoded again too: two IDR pictures in a row must differ in
 * `idr_pic_id` (ITU-T H.264, 7.4.3).
 */
export function planGops(pictures: readonly PlannedPicture[], touched: (frame: number) => boolean): Piece[] {
  const gops = closedGops(pictures);
  const again = gops.map(({ frames, whole }) => frames !== undefined && (!whole || anyTouched(frames, touched)));
  for (let i = gops.length - 2; i >= 0; i--) if (again[i + 1] && length(gops[i].pictures) === 1) again[i] = true;
  const pieces: Piece[] = [];
  gops.forEach(({ pictures: span, frames }, i) => {
    if (!frames) return;
    const before = pieces.at(-1);
    if (again[i]) {
      if (before?.kind === 'encoded') pieces[pieces.length - 1] = { kind: 'encoded', frames: { ...before.frames, last: frames.last } };
      else pieces.push({ kind: 'encoded', frames });
    } else if (before?.kind === 'copied' && before.pictures.last === span.first - 1) {
      pieces[pieces.length - 1] = { kind: 'copied', pictures: { ...before.pictures, last: span.last } };
    } else pieces.push({ kind: 'copied', pictures: span });
  });
  return pieces;
}

/** Pictures that are copied. */
export const copiedOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, piece) => sum + (piece.kind === 'copied' ? length(piece.pictures) : 0), 0);

/** The runs of frames that are encoded again. */
export const runsOf = (pieces: readonly Piece[]): Span[] => pieces.flatMap((piece) => (piece.kind === 'encoded' ? [piece.frames] : []));
