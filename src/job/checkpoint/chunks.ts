import type { Span } from '../../core/area.js';

/** Frames that a chunk holds at least: so few that little is lost, so many that the restoring processes are seldom idle between two. */
const LEAST = 500;

/** A part of a programme that is restored for itself: whole shots, because nothing is copied across a cut. */
export interface Chunk extends Span {
  readonly shots: readonly Span[];
}

/** Cuts a programme at its shots. The chunks cover all of them, in order; a shot is never cut. */
export function planChunks(shots: readonly Span[], least = LEAST): Chunk[] {
  const chunks: { first: number; last: number; shots: Span[] }[] = [];
  for (const shot of shots) {
    const open = chunks.at(-1);
    if (open && open.last - open.first + 1 < least) {
      open.shots.push(shot);
      open.last = shot.last;
    } else chunks.push({ ...shot, shots: [shot] });
  }
  return chunks;
}
