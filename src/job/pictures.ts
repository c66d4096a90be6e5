import type { Box, Span } from '../core/area.js';
import { growBox, spanLength } from '../core/area.js';
import type { ColourSpace, Frame, Geometry } from '../core/frame.js';
import type { Track } from '../plan/plan.js';
import { boxAt } from '../plan/travel.js';
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

const longest = (spans: readonly Span[]): Span => spans.reduce((best, s) => (spanLength(s) > spanLength(best) ? s : best));

/** One picture a track, in the middle of its longest span, for at most `limit` tracks spread evenly over the list. */
export function choosePictures(tracks: readonly Track[], { width, height }: Geometry, limit = 24): Shot[] {
  const step = Math.max(1, tracks.length / limit);
  const chosen = tracks.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step)).slice(0, limit);
  return chosen.map((track) => {
    const span = longest(track.spans);
    const frame = (span.first + span.last) >> 1;
    const grown = growBox(boxAt(track, frame), CONTEXT, width, height);
    const x = grown.x & ~1;
    const y = grown.y & ~1;
    const box = { x, y, width: grown.x + grown.width - x, height: grown.y + grown.height - y };
    return { track: { ...track, mask: { ...track.mask, box: boxAt(track, frame) } }, frame, box };
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
