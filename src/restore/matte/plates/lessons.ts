import type { Matte } from '../matte.js';
import type { PlateLearner } from './learner.js';
import { isAlike, PlateStyle, type PlateLook } from './style.js';

/** Cues that wait until it is known what the programme's plates look like, at most: each holds its frames. */
const WAITING = 6;

interface Learnt {
  readonly id: string;
  readonly learner: PlateLearner;
  /** What it says by itself. */
  readonly own: PlateLook | undefined;
}

/** Learns the plates of a programme together: what some of them show well holds for those that show little. */
export class PlateLessons {
  private readonly style = new PlateStyle();
  private waiting: Learnt[] = [];
  private readonly found = new Map<string, Matte>();

  /** Takes a cue's learner that has seen all of its frames. */
  add(id: string, learner: PlateLearner): void {
    const own = learner.look();
    if (own) this.style.add(own);
    this.waiting.push({ id, learner, own });
    this.waiting = this.waiting.filter((one) => !this.settledIfReady(one));
    while (this.waiting.length > WAITING) this.settle(this.waiting.shift() as Learnt);
  }

  /** The plates that can be taken off, by track. */
  finish(): ReadonlyMap<string, Matte> {
    for (const one of this.waiting.splice(0)) this.settle(one);
    return this.found;
  }

  /** Settles one when the others have said all that it takes; whether they have. */
  private settledIfReady(one: Learnt): boolean {
    const common = this.style.common();
    const isReady = common !== undefined && (this.style.height() !== undefined || !one.learner.isSilent(common));
    if (isReady) this.settle(one);
    return isReady;
  }

  /** One that looks different by itself is of another style. */
  private settle({ id, learner, own }: Learnt): void {
    const common = this.style.common();
    const look = common && (!own || isAlike(own, common)) ? common : own;
    const plate = look && learner.matte(look, this.style.height());
    if (!plate) return;
    this.style.addHeights(plate.heights);
    this.found.set(id, plate.matte);
  }
}
