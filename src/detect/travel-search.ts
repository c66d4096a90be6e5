import { boxesMeet, type Span } from '../core/area.js';
import { Halver } from './kernels/halver.js';
import { likeliest, movingCandidate, wayOf, type MovingCandidate } from './moving-candidates.js';
import { MovingTrack, TRIAL, type KeyFrame } from './moving-tracks.js';
import { MoverFinder, type Mover } from './movers.js';

/** Shorter side, in samples, of the pictures searched: about half of the surveyed size. */
const SIDE = 270;
/** Key frames a second, looks for movers a second, and seconds of key frames kept to follow a mover back. */
const KEYS = 13;
const LOOKS = 4;
const MEMORY = 2.5;
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

/** Looks for marks that travel, on pictures scaled to about half of the surveyed size. */
export class TravelSearch {
  readonly width: number;
  readonly height: number;
  private readonly factor: number;
  private readonly halver: Halver | undefined;
  private readonly step: number;
  private readonly every: number;
  private readonly finder: MoverFinder;
  private readonly keys: KeyFrame[] = [];
  private live: MovingTrack[] = [];
  private readonly candidates: MovingCandidate[] = [];
  private frame = 0;
  private looks = 0;
  /** The first picture of the look before. */
  private before: (KeyFrame & { readonly blocks: readonly number[] }) | undefined;

  constructor(
    private readonly from: { readonly width: number; readonly height: number },
    private readonly rate: number,
  ) {
    this.factor = Math.max(1, Math.round(Math.min(from.width, from.height) / SIDE));
    if (this.factor === 2) this.halver = new Halver(from.width, from.height);
    this.width = Math.floor(from.width / this.factor);
    this.height = Math.floor(from.height / this.factor);
    this.step = Math.max(1, Math.round(rate / KEYS));
    this.every = Math.max(1, Math.round(rate / this.step / LOOKS));
    this.finder = new MoverFinder(this.width, this.height);
  }

  /** Takes the next frame's luma at the surveyed size. */
  push(luma: Uint8Array): void {
    const frame = this.frame++;
    if (frame % this.step) return;
    const key: KeyFrame = { frame, luma: this.shrink(luma), width: this.width, height: this.height };
    for (const track of this.live) track.follow(key);
    for (const track of this.live) if (track.lost) this.end(track);
    this.live = this.live.filter((track) => !track.lost);
    this.keys.push(key);
    if (this.keys.length > (MEMORY * this.rate) / this.step) this.keys.shift();
    if ((frame / this.step) % this.every === 0) this.look();
  }

  /** The key frames of a span that are still kept, in order. */
  within({ first, last }: Span): readonly KeyFrame[] {
    return this.keys.filter(({ frame }) => frame >= first && frame <= last);
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
    if (wayOf(steps) < LEAST_WAY * this.width) return;
    const candidate = movingCandidate(track, { width: this.width, height: this.height }, this.rate);
    if (candidate) this.candidates.push(candidate);
  }

  private shrink(luma: Uint8Array): Uint8Array {
    const { factor, width, height, from } = this;
    if (factor === 1) return luma.slice();
    if (this.halver) return this.halver.halve(luma);
    const out = new Uint8Array(width * height);
    const share = 1 / (factor * factor);
    for (let y = 0, k = 0; y < height; y++) {
      for (let x = 0, at = y * factor * from.width; x < width; x++, k++, at += factor) {
        let sum = 0;
        for (let r = 0, p = at; r < factor; r++, p += from.width) for (let c = 0; c < factor; c++) sum += luma[p + c];
        out[k] = sum * share + 0.5;
      }
    }
    return out;
  }
}
