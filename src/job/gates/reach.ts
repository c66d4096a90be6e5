import { boxesMeet, growBox, inSpans, unionBox, type Box } from '../../core/area.js';
import { chromaShift, type Geometry } from '../../core/frame.js';
import { growMap } from '../../detect/maps/regions.js';
import type { Crawl, Plan, Track } from '../../plan/plan.js';
import { boxAt, maskAt, standing } from '../../plan/travel.js';
import type { VideoStream } from '../../media/programme.js';
import { FEATHER } from '../../restore/compose.js';
import { hasFields } from '../../restore/fields.js';
import { grownCrawl, HALO } from '../../restore/halo.js';
import type { Matte } from '../../restore/matte/matte.js';

/** Samples beside a mask that restoring may write: what compression has mixed, and the soft edge. */
export const MARGIN = HALO + FEATHER;
/** The same where fields are restored: a line shares its chroma with the next but one, of its own field. */
const FIELD_MARGIN = MARGIN + 3;
/** α below which taking a mark off changes nothing; a little less than the least that does. */
const NONE = 0.003;
/** Combinations of marks whose reach is kept: cues follow each other, marks that travel never come again. */
const KEPT = 4;

/** A part of the picture in which samples may be written. Even coordinates; parts of one frame do not meet. */
export interface Reachable {
  readonly box: Box;
  /** Row-major in luma samples of `box`: 1 where restoring may write luma, or chroma that covers it. */
  readonly map: Uint8Array;
}

interface Shape {
  readonly box: Box;
  readonly map: Uint8Array;
}

/** Where restoring may write in a frame, by the plan and the mattes alone: the restorer is not asked. */
export class Reach {
  private readonly geometry: Geometry;
  readonly #margin: number;
  readonly #tracks: readonly Track[];
  readonly #shapes = new Map<string, Shape[]>();
  /** Tracks of letters that travel, with their margin. */
  readonly #crawls = new Map<string, Track>();
  readonly #recent = new Map<string, readonly Reachable[]>();

  constructor(
    tracks: Plan['tracks'],
    private readonly mattes: ReadonlyMap<string, Matte>,
    video: Pick<VideoStream, 'geometry' | 'interlaced'>,
  ) {
    this.geometry = video.geometry;
    this.#margin = video.interlaced && hasFields(video.geometry) ? FIELD_MARGIN : MARGIN;
    this.#tracks = tracks.filter((t) => t.action === 'wipe').flatMap((t) => (t.path ? [t] : standing(t)));
  }

  /** The same array for frames with the same marks in the same places. */
  at(frame: number): readonly Reachable[] {
    const here = this.#tracks.filter((t) => inSpans(t.spans, frame)).map((track) => ({ track, box: boxAt(track, frame) }));
    const key = here.map(({ track, box }) => `${track.id} ${box.x} ${box.y} ${track.crawl ? frame : ''}`).join('\n');
    const known = this.#recent.get(key);
    if (known) return known;
    const reach = this.#joined(
      here.flatMap(({ track, box }) => (isCrawl(track) ? this.#lettersOf(track, frame) : this.#shapesOf(track, box))),
    );
    const [oldest] = this.#recent.keys();
    if (this.#recent.size >= KEPT) this.#recent.delete(oldest);
    for (const id of [...this.#shapes.keys()]) if (!here.some(({ track }) => track.id === id)) this.#shapes.delete(id);
    this.#recent.set(key, reach);
    return reach;
  }

  /** A mask with its margin where it stands now; and what its matte covers. */
  #shapesOf(track: Track, box: Box): Shape[] {
    let shapes = this.#shapes.get(track.id);
    if (!shapes) {
      shapes = [grown(track.mask.data, track.mask.box, this.#margin), ...this.#covered(this.mattes.get(track.id))];
      this.#shapes.set(track.id, shapes);
    }
    const [dx, dy] = [box.x - track.mask.box.x, box.y - track.mask.box.y];
    return shapes.map(({ box: b, map }) => ({ box: { ...b, x: b.x + dx, y: b.y + dy }, map }));
  }

  #lettersOf(track: Track & { readonly crawl: Crawl }, frame: number): Shape[] {
    let grown = this.#crawls.get(track.id);
    if (!grown) this.#crawls.set(track.id, (grown = grownCrawl(track, this.geometry, this.#margin - HALO)));
    const { box, data } = maskAt(grown, frame);
    return [{ box, map: data }];
  }

  #covered(matte: Matte | undefined): Shape[] {
    const chroma = chromaShift(this.geometry.format.chroma);
    return (matte?.planes ?? []).map(({ box, alpha }, plane) => {
      const { x, y } = plane ? chroma : { x: 0, y: 0 };
      const at = { x: box.x << x, y: box.y << y, width: box.width << x, height: box.height << y };
      const values = alpha;
      const map = new Uint8Array(at.width * at.height);
      for (let v = 0, i = 0; v < at.height; v++)
        for (let u = 0; u < at.width; u++, i++) if (values[(v >> y) * box.width + (u >> x)] > NONE) map[i] = 1;
      return { box: at, map };
    });
  }

  #joined(shapes: readonly Shape[]): Reachable[] {
    let groups: { box: Box; shapes: Shape[] }[] = [];
    for (const shape of shapes) {
      const box = even(shape.box, this.geometry);
      if (box.width <= 0 || box.height <= 0) continue;
      let group = { box, shapes: [shape] };
      for (let meeting; (meeting = groups.filter((g) => boxesMeet(g.box, group.box))).length;) {
        groups = groups.filter((g) => !meeting.includes(g));
        group = {
          box: meeting.map((g) => g.box).reduce(unionBox, group.box),
          shapes: [...group.shapes, ...meeting.flatMap((g) => g.shapes)],
        };
      }
      groups.push(group);
    }
    return groups.map(({ box, shapes: all }) => {
      const map = new Uint8Array(box.width * box.height);
      for (const shape of all) draw(shape, box, map);
      return { box, map };
    });
  }
}

const isCrawl = (track: Track): track is Track & { readonly crawl: Crawl } => track.crawl !== undefined;

/** The mask grown by the margin, beyond the picture's edges too. */
function grown(mask: Uint8Array, box: Box, margin: number): Shape {
  const at = growBox({ ...box, x: margin, y: margin }, margin, Infinity, Infinity);
  const map = new Uint8Array(at.width * at.height);
  for (let y = 0; y < box.height; y++)
    for (let x = 0, i = y * box.width, o = (y + margin) * at.width + margin; x < box.width; x++, i++, o++) if (mask[i]) map[o] = 1;
  return { box: { ...at, x: box.x - margin, y: box.y - margin }, map: growMap(map, at.width, at.height, margin) };
}

function draw({ box, map }: Shape, on: Box, out: Uint8Array): void {
  const [x0, x1] = [Math.max(box.x, on.x), Math.min(box.x + box.width, on.x + on.width)];
  const [y0, y1] = [Math.max(box.y, on.y), Math.min(box.y + box.height, on.y + on.height)];
  for (let y = y0; y < y1; y++)
    for (let x = x0, i = (y - box.y) * box.width + x0 - box.x, o = (y - on.y) * on.width + x0 - on.x; x < x1; x++, i++, o++)
      if (map[i]) out[o] = 1;
}

/** Cut at the picture's edges, and grown to even coordinates, so that parts share no sample of chroma. */
function even({ x, y, width, height }: Box, picture: { readonly width: number; readonly height: number }): Box {
  const [left, top] = [Math.max(0, x) & ~1, Math.max(0, y) & ~1];
  const right = Math.min(picture.width, (x + width + 1) & ~1);
  const bottom = Math.min(picture.height, (y + height + 1) & ~1);
  return { x: left, y: top, width: right - left, height: bottom - top };
}
