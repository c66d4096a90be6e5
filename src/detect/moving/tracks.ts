import type { Box } from '../../core/area.js';
import type { KeyFrame } from '../survey/key-frames.js';
import type { Mover } from './movers.js';
import { stableEdges, TravellingWindow, type WindowStatistics } from './travelling-window.js';

/** Where a window lay in a frame: its upper left corner, in samples, not rounded. */
export interface Step {
  readonly frame: number;
  readonly x: number;
  readonly y: number;
  readonly match: number;
}

/** Share of the template's edges from which it counts as found, and from which one that has been followed for a while does. */
const FOUND = 0.5;
const KNOWN = 0.4;
/** Samples searched round the predicted place, and at most when it was not there: it may have turned round. */
const NEAR = 2;
const FAR = 12;
/** Key frames in a row that it may be missing; one that has been followed for long may for longer. */
const PATIENCE = 4;
const LONG_PATIENCE = 14;
/** Follow-ups from which it is given up when even the calmest quarter of its edges is restless: unrest as a share of strength. */
export const TRIAL = 10;
const RESTLESS = 0.5;
/** Share of what lies round it that moves along, from which it is given up as a part of the scene: at one look, and on the whole. */
const CARRIED = 0.2;
const CARRIED_ON = 0.08;
/** Edges that must stay beside a window to be a part of the mark. */
const LEAST = 15;
/** Times that a window may be widened, and how large it may get, as shares of the picture. */
const WIDENINGS = 4;
const WIDEST = 0.75;
const HIGHEST = 0.5;
const LARGEST = 0.16;
/** Follow-ups after which the template is learnt anew at every one, and then at every few. */
const YOUNG = 8;
const RELEARN = 4;

/** Follows something that moves, from key frame to key frame, and learns what stays the same in it. */
export class MovingTrack {
  window: TravellingWindow;
  /** In order of frame. */
  readonly steps: Step[] = [];
  /** Of each look, how much of what lies round the window moved along with it: {@link MoverFinder.companionship}. */
  companions: number[] = [];
  private missing = 0;
  private restless = false;
  private widened = 0;
  private probed = false;

  /** @param mover seen between the key frames `a` and `b` */
  constructor(
    readonly mover: Mover,
    a: KeyFrame,
    b: KeyFrame,
  ) {
    const { box, dx, dy } = mover;
    const margin = Math.max(10, Math.round(0.5 * Math.min(box.width, box.height)));
    this.window = new TravellingWindow(box.width + 2 * margin, box.height + 2 * margin);
    const [x, y] = [box.x - margin, box.y - margin];
    this.window.add(a, x, y);
    this.window.add(b, x + dx, y + dy);
    this.window.learn();
    this.steps.push({ frame: a.frame, x, y, match: 1 }, { frame: b.frame, x: x + dx, y: y + dy, match: 1 });
  }

  get lost(): boolean {
    return (
      this.missing > (this.window.frames > 2 * TRIAL ? LONG_PATIENCE : PATIENCE) || this.restless || this.carried || this.window.size === 0
    );
  }

  /** Whether it moves with what lies round it. */
  private get carried(): boolean {
    const [first, ...more] = this.companions;
    return first > CARRIED || (more.length > 0 && (middle(this.companions) ?? 0) > CARRIED_ON);
  }

  /** Follows it back through the key frames before the first that shows it, as far as that goes. */
  trace(keys: readonly KeyFrame[]): void {
    const { missing } = this;
    this.missing = 0;
    for (const key of keys.filter((k) => k.frame < this.steps[0].frame).reverse()) {
      if (this.missing > PATIENCE || this.lost) break;
      this.take(key, -1);
    }
    this.missing = missing;
  }

  /** Looks for it in the next key frame. */
  follow(key: KeyFrame): void {
    this.take(key, 1);
  }

  /**
   * Widens the window at the sides at which something in it goes on, with what the key frames kept still show. What is as
   * large as half of the picture is no mark, and given up.
   */
  widen(keys: readonly KeyFrame[]): void {
    const { window } = this;
    if (window.frames < TRIAL || this.widened >= WIDENINGS || this.lost) return;
    let sides = openSides(this.learnt().edges, window, BORDER);
    if (!sides && !this.probed && window.frames >= 2 * TRIAL) {
      // A name may stand beside a badge, out of the window.
      this.probed = true;
      const by = Math.min(window.width, window.height);
      const probe = this.regrown(keys, { left: by, top: by, right: by, bottom: by });
      sides = openSides(stableEdges(probe.statistics()), probe, by);
    }
    if (!sides) return;
    this.widened++;
    const { left, top, right, bottom } = sides;
    const { width, height } = keys[0];
    const [w, h] = [window.width + left + right, window.height + top + bottom];
    if (w > WIDEST * width || h > HIGHEST * height || w * h > LARGEST * width * height) {
      this.restless = true;
      return;
    }
    const wide = this.regrown(keys, sides);
    for (const [i, step] of this.steps.entries()) this.steps[i] = { ...step, x: step.x - left, y: step.y - top };
    wide.learn();
    this.window = wide;
    // What moved along was a part of it.
    this.companions = [];
  }

  /** A wider window that has seen the key frames in which this was. */
  private regrown(keys: readonly KeyFrame[], { left, top, right, bottom }: Sides): TravellingWindow {
    const wide = new TravellingWindow(this.window.width + left + right, this.window.height + top + bottom);
    for (const key of keys) {
      const step = this.steps.find((s) => s.frame === key.frame);
      if (step) wide.add(key, step.x - left, step.y - top);
    }
    return wide;
  }

  /** Its box in a key frame, and how far it went until another, in whole samples; undefined unless seen in both. */
  wayFrom(first: number, last: number): { readonly box: Box; readonly dx: number; readonly dy: number } | undefined {
    const [p, q] = [first, last].map((frame) => this.steps.find((s) => s.frame === frame));
    const { width, height } = this.window;
    return p && q && { box: { x: p.x, y: p.y, width, height }, dx: Math.round(q.x - p.x), dy: Math.round(q.y - p.y) };
  }

  /** The window's box where it was seen last. */
  get place(): Box {
    const { x, y } = this.steps[this.steps.length - 1];
    return { x: Math.round(x), y: Math.round(y), width: this.window.width, height: this.window.height };
  }

  /** What the window has seen, and which pixels of it are edges that stayed. */
  learnt(): { statistics: WindowStatistics; edges: number[] } {
    const statistics = this.window.learn();
    return { statistics, edges: stableEdges(statistics) };
  }

  private take(key: KeyFrame, direction: 1 | -1): void {
    const { steps, window } = this;
    const known = direction > 0 ? steps.slice(-4).reverse() : steps.slice(0, 4);
    const [last, oldest] = [known[0], known[known.length - 1]];
    const vx = (last.x - oldest.x) / (last.frame - oldest.frame);
    const vy = (last.y - oldest.y) / (last.frame - oldest.frame);
    const since = key.frame - last.frame;
    const way = Math.max(Math.abs(vx), Math.abs(vy)) * Math.abs(since);
    // What is known well may lose what borders on the scene, as long as it goes its way.
    const least = window.frames > TRIAL ? KNOWN : FOUND;
    const ahead = window.find(key, last.x + vx * since, last.y + vy * since, NEAR);
    let seen = ahead;
    if (!seen || seen.match < least) seen = window.find(key, last.x, last.y, Math.min(FAR, Math.ceil(1.5 * way) + 2 * NEAR));
    if (!seen || seen.match < least) seen = ahead && window.frames > TRIAL && window.standsOut(key, ahead) ? ahead : undefined;
    if (!seen) {
      this.missing++;
      return;
    }
    this.missing = 0;
    const step = { frame: key.frame, ...seen };
    if (direction > 0) steps.push(step);
    else steps.unshift(step);
    window.add(key, seen.x, seen.y);
    if (window.frames >= YOUNG && window.frames % RELEARN) return;
    const statistics = window.learn();
    this.restless = window.frames >= TRIAL && unrestOf(statistics) > RESTLESS;
  }
}

/** The middle one of some numbers, the lower of two; undefined of none. */
export function middle(values: readonly number[]): number | undefined {
  return Float64Array.from(values).sort()[(values.length - 1) >> 1];
}

/** Unrest of the calmest quarter of the edges that stayed, as a share of their strength. */
function unrestOf(statistics: WindowStatistics): number {
  const { strength, unrest } = statistics;
  const shares = stableEdges(statistics).map((p) => unrest[p] / strength[p]);
  return Float64Array.from(shares).sort()[shares.length >> 2] ?? 1;
}

/** Samples at the window's border in which nothing of a mark should be. */
export const BORDER = 5;

/** Samples, of the left side and so on. */
type Sides = Readonly<Record<'left' | 'top' | 'right' | 'bottom', number>>;

/** By how much to widen each side of a window: by nothing where hardly any edges stay in its border; undefined if nowhere. */
function openSides(edges: readonly number[], { width, height }: TravellingWindow, border: number): Sides | undefined {
  const count = (at: (x: number, y: number) => boolean): number => edges.filter((p) => at(p % width, Math.floor(p / width))).length;
  const least = Math.max(border > BORDER ? LEAST : 3, 0.02 * edges.length);
  const [across, down] = border > BORDER ? [border, border] : [Math.max(12, width >> 1), Math.max(12, height >> 1)];
  const sides = {
    left: count((x) => x < border) > least ? across : 0,
    top: count((_, y) => y < border) > least ? down : 0,
    right: count((x) => x >= width - border) > least ? across : 0,
    bottom: count((_, y) => y >= height - border) > least ? down : 0,
  };
  return sides.left + sides.top + sides.right + sides.bottom ? sides : undefined;
}
