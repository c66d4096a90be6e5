import { boxesMeet } from '../../../core/area.js';
import { keysKept, keyStep, type KeyFrame } from '../../survey/key-frames.js';
import { likeliest, movingCandidate, wayOf, type MovingCandidate } from '../candidates.js';
import { MovingTrack, TRIAL } from '../tracks.js';
import { MoverFinder, type Mover } from '../movers.js';

/** Looks for movers a second. */
const LOOKS = 4;
/** Key frames between the two pictures of a look, in turns: the longer one shows what is slow. */
const APART = [1, 2];
/** Movers followed at a time, and new ones a look. */
const MOST = 6;
const NEW = 3;
/** Share of the textured blocks elsewhere that may shift alike: more is the camera. */
const COMPANY = 0.12;
/** Samples that a track must have moved to tell what moves along with it. */
const APPRECIABLE = 4;
/** Seconds and share of the picture's width that a mover must have been followed for. */
const LEAST_TIME = 0.9;
const LEAST_WAY = 0.035;

/** Looks for marks that travel through key frames, and keeps the latest of those to follow a mover back. */
export class TravelSearch {
  private readonly every: number;
  private readonly finder: MoverFinder;
  private readonly keys: KeyFrame[] = [];
  private live: MovingTrack[] = [];
  private readonly candidates: MovingCandidate[] = [];
  private pushed = 0;
  private looks = 0;
  /** The first picture of the look before. */
  private before: (KeyFrame & { readonly blocks: readonly number[] }) | undefined;

  /** @param size of the key frames */
  constructor(
    private readonly size: { readonly width: number; readonly height: number },
    private readonly rate: number,
  ) {
    this.every = Math.max(1, Math.round(rate / keyStep(rate) / LOOKS));
    this.finder = new MoverFinder(size.width, size.height);
  }

  /** Takes the next key frame, whose buffer is kept. */
  push(key: KeyFrame): void {
    for (const track of this.live) track.follow(key);
    for (const track of this.live) if (track.lost) this.end(track);
    this.live = this.live.filter((track) => !track.lost);
    this.keys.push(key);
    if (this.keys.length > keysKept(this.rate)) this.keys.shift();
    if (this.pushed++ % this.every === 0) this.look();
  }

  /** What may be a mark, the likeliest first. */
  finish(): MovingCandidate[] {
    for (const track of this.live) this.end(track);
    this.live = [];
    return likeliest(this.candidates);
  }

  private look(): void {
    const { keys } = this;
    const apart = APART[this.looks++ % APART.length];
    const [a, b] = [keys[keys.length - 1 - apart], keys[keys.length - 1]];
    if (!a) return;
    for (const track of this.live) {
      track.widen(keys);
      // What is known better by now may be seen further back.
      if (track.window.frames > 2 * TRIAL && track.window.frames < 5 * TRIAL) track.trace(keys);
    }
    this.accompany(b);
    this.before = { ...a, blocks: this.finder.textured(a.luma) };
    let fresh = 0;
    for (const mover of this.finder.look(a.luma, b.luma)) {
      if (fresh >= NEW || this.live.length >= MOST) break;
      if (mover.company > COMPANY || this.known(mover)) continue;
      const track = new MovingTrack(mover, a, b);
      track.trace(keys);
      fresh++;
      if (!track.lost) this.live.push(track);
    }
  }

  /** Sees what moves along with each track, from the first picture of the look before to this one. */
  private accompany(now: KeyFrame): void {
    const { before, finder } = this;
    if (!before) return;
    for (const track of this.live) {
      const way = track.wayFrom(before.frame, now.frame);
      if (!way || Math.max(Math.abs(way.dx), Math.abs(way.dy)) < APPRECIABLE) continue;
      const share = finder.companionship(before.luma, now.luma, before.blocks, way.box, way.dx, way.dy);
      if (share !== undefined) track.companions.push(share);
    }
  }

  private known({ box, dx, dy }: Mover): boolean {
    const there = { ...box, x: box.x + dx, y: box.y + dy };
    return this.live.some((track) => boxesMeet(track.place, there) && track.steps.length > 3);
  }

  private end(track: MovingTrack): void {
    const { steps } = track;
    if (steps[steps.length - 1].frame - steps[0].frame < LEAST_TIME * this.rate) return;
    if (wayOf(steps) < LEAST_WAY * this.size.width) return;
    const candidate = movingCandidate(track, this.size, this.rate);
    if (candidate) this.candidates.push(candidate);
  }
}
