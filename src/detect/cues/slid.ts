import { boxesMeet, unionBox, type Box, type Mask, type Span } from '../../core/area.js';
import { packedMask } from '../../core/packed-mask.js';
import type { Finding, Waypoint } from '../../plan/plan.js';
import type { Slide, SlideStep } from './slides.js';

/** How a cue comes and goes, where it slides. */
export interface Slides {
  readonly before?: Slide;
  readonly after?: Slide;
}

/** A span with the frames in which what stands in it slides in and out. */
export function awayFrom({ first, last }: Span, slides: Slides | undefined): Span {
  const outermost = (steps: readonly SlideStep[] = []): number | undefined => steps.at(-1)?.frame;
  return { first: outermost(slides?.before?.steps) ?? first, last: outermost(slides?.after?.steps) ?? last };
}

/** Of two looks at the same ends the one that followed each further. */
export function longer(a: Slides, b: Slides = {}): Slides {
  const of = (one: Slide | undefined, other: Slide | undefined): Slide | undefined =>
    one && other ? (other.steps.length >= one.steps.length ? other : one) : (one ?? other);
  const [before, after] = [of(a.before, b.before), of(a.after, b.after)];
  return { ...(before && { before }), ...(after && { after }) };
}

/** The picture and the shot in which something slides. */
interface Room {
  readonly width: number;
  readonly height: number;
  readonly shot: Span;
}

/**
 * A cue that stands, with the frames in which it slides in and out: its mask becomes a strip that moves, of which what comes out from behind a line shows in its
 * place only, and what comes from the picture's edge all the way.
 */
export function slidFinding(finding: Finding, { before, after }: Slides, room: Room): Finding {
  const { mask, spans } = finding;
  const { box } = mask;
  const rest = { first: before ? before.steps[0].frame + 1 : spans[0].first, last: after ? after.steps[0].frame - 1 : spans[0].last };
  const moving = [before, after].flatMap((slide) => (slide ? whole(slide, box, room) : []));
  const standing = [rest.first, rest.last].map((frame) => ({ frame, x: 0, y: 0 }));
  const path = [...standing, ...moving].sort((a, b) => a.frame - b.frame).map(({ frame, x, y }) => ({ frame, x: box.x + x, y: box.y + y }));
  const strip = packedMask({ box: { ...box, x: 0, y: 0 }, data: mask.data });
  const way = [before, after].some((slide) => slide?.open) ? packedMask(filled(wayOf(path, box, room))) : mask;
  return { ...finding, spans: [{ first: path[0].frame, last: path[path.length - 1].frame }], mask: way, crawl: { strip, path } };
}

/** All steps of a slide. What comes from the picture's edge goes on, as it did last and as much faster as it became, until it is out, within its shot. */
function whole({ steps, open }: Slide, box: Box, { width, height, shot }: Room): Waypoint[] {
  const all = [...steps];
  if (!open) return all;
  const picture = { x: 0, y: 0, width, height };
  const [before, a, b] = [steps.at(-3), steps[steps.length - 2], steps[steps.length - 1]];
  const speed = { x: b.x - a.x, y: b.y - a.y };
  const more = before ? { x: faster(before.x, a.x, b.x), y: faster(before.y, a.y, b.y) } : { x: 0, y: 0 };
  for (let { frame, x, y } = b; ;) {
    frame += b.frame - a.frame;
    x += speed.x += more.x;
    y += speed.y += more.y;
    const out = !boxesMeet({ ...box, x: box.x + x, y: box.y + y }, picture);
    if (out || frame < shot.first || frame > shot.last) return all;
    all.push({ frame, x, y });
  }
}

/** By how much the second of two steps in one direction is the longer one. */
function faster(from: number, over: number, to: number): number {
  const more = to - over - (over - from);
  return more * (to - from) > 0 ? more : 0;
}

/** The part of the picture that a box passes on a path. */
function wayOf(path: readonly Waypoint[], box: Box, { width, height }: Room): Box {
  const all = path.map(({ x, y }) => ({ ...box, x, y })).reduce(unionBox);
  const [x, y] = [Math.max(0, all.x), Math.max(0, all.y)];
  return { x, y, width: Math.min(width, all.x + all.width) - x, height: Math.min(height, all.y + all.height) - y };
}

const filled = (box: Box): Mask => ({ box, data: new Uint8Array(box.width * box.height).fill(255) });
