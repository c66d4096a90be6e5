import type { Carried } from './carried.js';
import { frameNumber, later, type GroupTime } from './group-time.js';
import type { GroupStart } from './put-user-data.js';

/**
 * Tells whether the time codes of a source's groups count its frames. Many encoders write zeros, or what they like; it is taken as it is then.
 */
export class GroupClock {
  #time: GroupTime | undefined;
  #frames = 0;
  #counts = true;

  /** Takes the next frame of the source in decoding order. */
  take({ group }: Pick<Carried, 'group'>): void {
    if (!group) return;
    if (this.#time && group.time !== this.#time) {
      this.#counts = frameNumber(group.time, group.rate) - frameNumber(this.#time, group.rate) === this.#frames;
      this.#frames = 0;
    }
    this.#time = group.time;
    this.#frames++;
  }

  /** The time code for a group that begins with this frame of the source: counted, or that of the source's group. */
  start({ group }: Pick<Carried, 'group'>): GroupStart | undefined {
    if (!group) return undefined;
    const { time, rate, place } = group;
    return this.#counts ? { time: later(time, place, rate), rate } : { time };
  }

  /** Whether the last two groups differed by as many frames as the first had. */
  get counts(): boolean {
    return this.#counts;
  }
}
