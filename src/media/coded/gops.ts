import type { Span } from '../../core/area.js';

/** What planning needs to know of a picture of the source, in decoding order. */
export interface PlannedPicture {
  /** Ticks. */
  readonly pts: number;
  /** Whether it is shown: an edit list may hide pictures that others need. */
  readonly shown: boolean;
  /** Whether nothing after it refers to anything before it (IDR). */
  readonly idr: boolean;
  /** Whether only pictures that lead it refer to anything before it (CRA of HEVC). */
  readonly open?: boolean;
  /** Whether it is shown before such a picture and refers to what comes before that (RASL of HEVC). */
  readonly leads?: boolean;
}

/** A piece of the new stream: pictures copied from the source (indices in decoding order), or frames encoded again (indices in the order they are shown). */
export type Piece =
  | {
      readonly kind: 'copied';
      readonly pictures: Span;
      /** Where it begins with an open picture behind others than in the source: how many pictures that lead it are left out. */
      readonly opened?: { readonly leading: number };
    }
  | { readonly kind: 'encoded'; readonly frames: Span };

/** Pictures that can be entered at the first: but for those that lead it, nothing in them refers to others, nor are they shown among them. */
interface Gop {
  readonly pictures: Span;
  /** Undefined where none of its pictures is shown. */
  readonly frames: Span | undefined;
  /** Whether it begins with a picture to enter at, pictures that lead it are shown before all others of it, and all of its pictures are shown. */
  readonly whole: boolean;
  /** Whether it begins with an open picture. */
  readonly open: boolean;
  /** Pictures that lead it. */
  readonly leading: number;
}

/** Where GOPs begin: at IDR pictures, or open ones, before which everything has been shown. */
function beginnings(pictures: readonly PlannedPicture[]): number[] {
  const earliestFrom = new Array<number>(pictures.length + 1).fill(Infinity);
  for (let i = pictures.length - 1; i >= 0; i--) earliestFrom[i] = Math.min(pictures[i].pts, earliestFrom[i + 1]);
  const out: number[] = [];
  let latest = -Infinity;
  pictures.forEach(({ pts, idr, open }, at) => {
    if (at === 0 || ((idr || open) && latest < earliestFrom[at])) out.push(at);
    latest = Math.max(latest, pts);
  });
  return out;
}

/** Whether pictures that lead are shown before all others. */
function isParted(pictures: readonly PlannedPicture[]): boolean {
  const times = (leads: boolean): number[] => pictures.filter((p) => (p.leads ?? false) === leads).map((p) => p.pts);
  const latest = times(true).reduce((a, b) => Math.max(a, b), -Infinity);
  return times(false).every((pts) => pts > latest);
}

function gopsOf(pictures: readonly PlannedPicture[]): Gop[] {
  const starts = beginnings(pictures);
  let frame = 0;
  return starts.map((first, i) => {
    const last = (starts[i + 1] ?? pictures.length) - 1;
    const own = pictures.slice(first, last + 1);
    const shown = own.filter((p) => p.shown).length;
    const frames = shown > 0 ? { first: frame, last: frame + shown - 1 } : undefined;
    frame += shown;
    const [{ idr, open = false }] = own;
    const whole = (idr || open) && shown === own.length && isParted(own);
    return { pictures: { first, last }, frames, whole, open, leading: own.filter((p) => p.leads).length };
  });
}

const length = ({ first, last }: Span): number => last - first + 1;

function anyTouched({ first, last }: Span, touched: (frame: number) => boolean): boolean {
  for (let frame = first; frame <= last; frame++) if (touched(frame)) return true;
  return false;
}

/** Pieces as they are put one after the other. */
class Pieces {
  readonly all: Piece[] = [];

  encode(frames: Span): void {
    const before = this.all.at(-1);
    if (length(frames) === 0) return;
    if (before?.kind !== 'encoded') this.all.push({ kind: 'encoded', frames });
    else this.all[this.all.length - 1] = { kind: 'encoded', frames: { ...before.frames, last: frames.last } };
  }

  /** Whether the picture before this one is copied too. */
  follows(first: number): boolean {
    const before = this.all.at(-1);
    return before?.kind === 'copied' && before.pictures.last === first - 1;
  }

  copy(pictures: Span): void {
    const before = this.all.at(-1);
    if (before?.kind !== 'copied' || !this.follows(pictures.first)) this.all.push({ kind: 'copied', pictures });
    else this.all[this.all.length - 1] = { ...before, pictures: { ...before.pictures, last: pictures.last } };
  }

  /** Copies pictures behind others than in the source, without those that lead them. */
  open(pictures: Span, leading: number): void {
    this.all.push({ kind: 'copied', pictures, ...(this.all.length > 0 && { opened: { leading } }) });
  }
}

/**
 * Cuts a stream into GOPs that can be copied and runs of those that hold a touched frame, which are encoded again: with them what leads the GOP behind
 * a run. What is hidden for good is left out.
 */
export function planGops(pictures: readonly PlannedPicture[], touched: (frame: number) => boolean): Piece[] {
  const pieces = new Pieces();
  for (const { pictures: span, frames, whole, open, leading } of gopsOf(pictures)) {
    if (!frames) continue;
    const own = { ...frames, first: frames.first + leading };
    const lead = { ...frames, last: own.first - 1 };
    if (!whole || anyTouched(own, touched)) pieces.encode(frames);
    else if (!open || (pieces.follows(span.first) && !anyTouched(lead, touched))) pieces.copy(span);
    else {
      pieces.encode(lead);
      pieces.open(span, leading);
    }
  }
  return pieces.all;
}

/** A picture of the source in a copied piece. */
export interface CopiedPlace<P extends PlannedPicture> {
  readonly picture: P;
  /** Whether it is an open picture that follows others than in the source. */
  readonly opened: boolean;
}

/** The pictures of a copied piece, in decoding order. */
export function placesOf<P extends PlannedPicture>(piece: Piece & { kind: 'copied' }, pictures: readonly P[]): CopiedPlace<P>[] {
  const all = pictures.slice(piece.pictures.first, piece.pictures.last + 1);
  const opened = piece.opened !== undefined;
  const places = all.map((picture, i) => ({ picture, opened: opened && i === 0 }));
  if (!piece.opened?.leading) return places;
  const next = all.findIndex((p, i) => i > 0 && (p.idr || p.open));
  return places.filter(({ picture }, i) => !picture.leads || (next >= 0 && i > next));
}

/** Pictures that are copied. */
export const copiedOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, piece) => sum + (piece.kind === 'copied' ? length(piece.pictures) - (piece.opened?.leading ?? 0) : 0), 0);

/** The runs of frames that are encoded again. */
export const runsOf = (pieces: readonly Piece[]): Span[] => pieces.flatMap((piece) => (piece.kind === 'encoded' ? [piece.frames] : []));
