import type { CarriedFrame } from './carried-frames.js';
import type { SidePayload } from './side-data.js';

interface Since {
  readonly pts: number;
  readonly payload: SidePayload;
}

/**
 * Messages that hold from the picture with which they come: each new picture that can be entered at gets those that hold at its time, and so
 * does the first after a change.
 */
export class LastingMessages {
  readonly #since = new Map<number, Since[]>();
  readonly #written = new Map<number, Uint8Array>();

  /** Takes the next frame of the source in decoding order. */
  take({ pts, payloads }: Pick<CarriedFrame, 'pts' | 'payloads'>): void {
    for (const payload of payloads) {
      if (payload.kind !== 'sequence' || payload.sei === undefined) continue;
      const known = this.#since.get(payload.sei) ?? [];
      const last = known.at(-1)?.payload.bytes;
      if (!last || Buffer.compare(last, payload.bytes) !== 0) this.#since.set(payload.sei, [...known, { pts, payload }]);
    }
  }

  /** What a new picture shown at `pts` must say; in decoding order. */
  at(pts: number, key: boolean): SidePayload[] {
    return [...this.#since].flatMap(([type, since]) => {
      const { payload } = since.findLast((s) => s.pts <= pts) ?? since[0];
      const before = this.#written.get(type);
      if (!key && before && Buffer.compare(before, payload.bytes) === 0) return [];
      this.#written.set(type, payload.bytes);
      return [payload];
    });
  }
}
