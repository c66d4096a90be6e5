import type { Box, Span } from '../core/area.js';
import { growBox, spanLength } from '../core/area.js';
import type { ColourSpace, Frame, Geometry } from '../core/frame.js';
import type { Track } from '../plan/plan.js';
import { boxAt, maskAt } from '../plan/travel.js';
import { cropToRgb } from '../restore/colour.js';

/** Packed RGB, row-major: byte of (x, y, c) is `(y * width + x) * 3 + c`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A place and a frame that shows a track at its clearest. */
export interface Shot {
  readonly track: Track;
  readonly frame: number;
  readonly box: Box;
}

/** How many samples around a mark a picture shows. */
const CONTEXT = 40;

const middleOf = ({ first, last }: Span): number => (first + last) >> 1;

/** How far from the middle of a span a picture may lie, as a share of its length: towards its ends marks fade. */
const ASIDE = 3 / 8;

/** The one of some frames that lies in a span, nearest to its middle. */
function stillIn(span: Span, stills: readonly number[]): number | undefined {
  const off = (frame: number): number => Math.abs(frame - middleOf(span));
  const inside = stills.filter((frame) => off(frame) <= ASIDE * spanLength(span));
  return inside.length ? inside.reduce((best, frame) => (off(frame) < off(best) ? frame : best)) : undefined;
}

const longest = (spans: readonly Span[]): Span => spans.reduce((best, s) => (spanLength(s) > spanLength(best) ? s : best));

/** Tracks of which pictures are chosen. */
export const PICTURES = 24;

/**
 * One picture a track, in the middle of its longest span, for at most {@link PICTURES} tracks spread evenly over the list.
 * @param stills frames that cost nothing: one of them is taken where it lies in the span, and tracks that have one come before their neighbours
 */
export function choosePictures(tracks: readonly Track[], { width, height }: Geometry, stills: readonly number[] = []): Shot[] {
  const step = Math.max(1, tracks.length / PICTURES);
  const groups = Array.from({ length: Math.min(PICTURES, tracks.length) }, (_, i) =>
    tracks.slice(Math.ceil(i * step), Math.ceil((i + 1) * step)),
  );
  const chosen = groups.map((group) => group.find((track) => stillIn(longest(track.spans), stills) !== undefined) ?? group[0]);
  return chosen.map((track) => {
    const span = longest(track.spans);
    const frame = stillIn(span, stills) ?? middleOf(span);
    const grown = growBox(boxAt(track, frame), CONTEXT, width, height);
    const x = grown.x & ~1;
    const y = grown.y & ~1;
    const box = { x, y, width: grown.x + grown.width - x, height: grown.y + grown.height - y };
    return { track: { ...track, mask: maskAt(track, frame) }, frame, box };
  });
}

/** Passes frames on and keeps the wanted places of them as RGB, by track id, in `kept`. */
export async function* keepPictures(
  frames: AsyncIterable<Frame>,
  shots: readonly Shot[],
  stream: { geometry: Geometry; colour: ColourSpace },
  kept: Map<string, Picture>,
): AsyncGenerator<Frame> {
  const byFrame = new Map<number, Shot[]>();
  for (const shot of shots) byFrame.set(shot.frame, [...(byFrame.get(shot.frame) ?? []), shot]);
  for await (const frame of frames) {
    for (const { track, box } of byFrame.get(frame.index) ?? [])
      kept.set(track.id, { width: box.width, height: box.height, data: cropToRgb(frame, stream.geometry, stream.colour, box) });
    yield frame;
  }
}
