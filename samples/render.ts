import type { Mark, Programme } from './programmes.js';
import { lengthOf, markAt, RATE } from './programmes.js';
import { compose, overlayBox } from './marks/overlay.js';
import { Camera, type Picture } from '../src/evaluate/scenes/film.js';

/** One frame: packed RGB without and with the marks, and the truth, 255 where a mark shows. */
export interface Rendered {
  readonly clean: Uint8Array;
  readonly marked: Uint8Array;
  readonly mask: Uint8Array;
}

/** What the truth file of a case holds; the benchmark's scorer reads it. Boxes are x, y, width, height; spans are inclusive frames. */
export interface Truth {
  readonly kind: string;
  readonly fps: number;
  readonly size: readonly [number, number];
  readonly frames: number;
  readonly tracks: readonly {
    readonly kind: Mark['kind'];
    readonly box: readonly [number, number, number, number];
    readonly spans: readonly (readonly [number, number])[];
    readonly text: string | null;
  }[];
  /** First frame of every shot but the first. */
  readonly cuts: readonly number[];
}

/** Draws a programme frame by frame; the same definition and size give the same bytes. */
export async function* renderProgramme(programme: Programme, width: number, height: number): AsyncGenerator<Rendered> {
  const marks = await programme.marks(width, height);
  const picture: Picture = { width, height, data: new Float32Array(width * height * 3) };
  let index = 0;
  for (const { take, frames } of programme.shots) {
    const draw = take.begin(picture);
    const camera = new Camera(width, height, take.stock);
    for (let i = 0; i < frames; i++, index++) {
      draw(i / RATE);
      const clean = camera.develop(picture, index);
      const marked = clean.slice();
      const mask = new Uint8Array(width * height);
      for (const mark of marks) {
        const overlay = markAt(mark, index);
        if (overlay) compose(marked, mask, overlay);
      }
      yield { clean, marked, mask };
    }
  }
}

/** The truth about a programme's marks at a size. */
export async function truthOf(programme: Programme, width: number, height: number): Promise<Truth> {
  const marks = await programme.marks(width, height);
  const ends = programme.shots.map((_, i) => programme.shots.slice(0, i + 1).reduce((sum, shot) => sum + shot.frames, 0));
  return {
    kind: programme.kind,
    fps: RATE,
    size: [width, height],
    frames: lengthOf(programme),
    tracks: marks.map(({ kind, spans, text, overlay }) => {
      const box = overlayBox(overlay);
      return { kind, box: [box.x, box.y, box.width, box.height] as const, spans: spans.map((s) => [s.first, s.last] as const), text };
    }),
    cuts: ends.slice(0, -1),
  };
}
