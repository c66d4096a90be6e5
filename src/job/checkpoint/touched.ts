import { boxesMeet, inSpans, unionBox, type Box, type Span } from '../../core/area.js';
import { chromaShift, type Geometry } from '../../core/frame.js';
import type { Plan } from '../../plan/plan.js';
import type { Matte } from '../../restore/matte/matte.js';
import { fourLines } from '../../restore/field-lines.js';
import { hasFields, inFields } from '../../restore/fields.js';
import { planRegions } from '../../restore/regions.js';

/** A part of the picture, on even coordinates, that restoring may write in some frames. */
interface Place {
  readonly box: Box;
  readonly spans: readonly Span[];
}

/**
 * The parts of each frame that restoring may write: where marks are filled, and where mattes are taken off.
 * @param filled what is left to fill
 */
export class Touched {
  readonly #places: readonly Place[];
  readonly #geometry: Geometry;

  constructor(
    filled: Pick<Plan, 'shots' | 'tracks'>,
    tracks: Plan['tracks'],
    mattes: ReadonlyMap<string, Matte>,
    { geometry, interlaced }: { readonly geometry: Geometry; readonly interlaced: boolean },
  ) {
    this.#geometry = geometry;
    const regions = interlaced && hasFields(geometry) ? fieldRegions(filled, geometry) : planRegions(filled, geometry);
    const taken = tracks.flatMap(({ id, spans }) =>
      (mattes.get(id)?.planes ?? []).map(({ box }, i) => ({ box: this.#luma(box, i > 0), spans })),
    );
    this.#places = [...regions, ...taken].map(({ box, spans }) => ({ box: this.#even(box), spans }));
  }

  /** Boxes that do not meet, in luma samples. */
  in(frame: number): Box[] {
    let apart: Box[] = [];
    for (const { box, spans } of this.#places) {
      if (!inSpans(spans, frame)) continue;
      let grown = box;
      for (let meeting; (meeting = apart.filter((b) => boxesMeet(b, grown))).length;) {
        apart = apart.filter((b) => !meeting.includes(b));
        grown = meeting.reduce(unionBox, grown);
      }
      apart.push(grown);
    }
    return apart;
  }

  #luma(box: Box, chroma: boolean): Box {
    const shift = chroma ? chromaShift(this.#geometry.format.chroma) : { x: 0, y: 0 };
    return { x: box.x << shift.x, y: box.y << shift.y, width: box.width << shift.x, height: box.height << shift.y };
  }

  /** Grown to even coordinates, so that boxes which do not meet share no sample of chroma either. */
  #even({ x, y, width, height }: Box): Box {
    const [left, top] = [x & ~1, y & ~1];
    const right = Math.min(this.#geometry.width, (x + width + 1) & ~1);
    const bottom = Math.min(this.#geometry.height, (y + height + 1) & ~1);
    return { x: left, y: top, width: right - left, height: bottom - top };
  }
}

/** Where fields are restored, as places of frames: a line shares its chroma with the next of its field. */
function fieldRegions(filled: Pick<Plan, 'shots' | 'tracks'>, geometry: Geometry): Place[] {
  return planRegions(inFields(filled), geometry).map(({ box, spans }) => ({
    box: fourLines(box, geometry),
    spans: spans.map(({ first, last }) => ({ first: first >> 1, last: last >> 1 })),
  }));
}
