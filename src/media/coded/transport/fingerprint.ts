import { createHash } from 'node:crypto';
import { counterOf, hasPayload, isBroken, NULL_PID, PACKET, payloadAt, beginsUnit, pcrOf, pesHead, pidOf } from './packet.js';
import { walk, type Layout } from './walk.js';

/** What a multiplex is besides one of its pictures. */
export interface Fingerprint {
  /** Of all bytes that are not of the picture's PID, and the clock references that are, in their order. */
  readonly others: string;
  /** Of all bytes of those of its coded pictures that are to stay, in order. */
  readonly copies: string;
  /** Times of its pictures as stamps of 33 bits, in rising order of 33 bits. */
  readonly stamps: Float64Array;
  /** Packets of the picture's PID whose counter does not follow from the one before. */
  readonly jumps: number;
}

export interface Look {
  readonly pid: number;
  readonly withNulls: boolean;
  readonly copies: ReadonlySet<number>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a file once and tells what must be the same before and after its picture was replaced.
 * @param withNulls whether null packets count among the others
 * @param copies times of the coded pictures that are to stay, as stamps of 33 bits
 */
export async function fingerprint(file: string, layout: Layout, { pid, withNulls, copies, signal }: Look): Promise<Fingerprint> {
  const others = createHash('sha256');
  const stays = createHash('sha256');
  const stamps: number[] = [];
  let [jumps, counter, isCopy] = [0, -1, false];
  const see = (p: Uint8Array): void => {
    if (counter >= 0 && counterOf(p) !== ((counter + (hasPayload(p) ? 1 : 0)) & 15)) jumps++;
    counter = counterOf(p);
    if (isBroken(p)) return;
    const pcr = pcrOf(p);
    if (pcr !== undefined) others.update(`clock ${pcr}`);
    const at = payloadAt(p);
    const head = beginsUnit(p) ? pesHead(p, at) : undefined;
    if (head?.pts !== undefined) {
      stamps.push(head.pts);
      isCopy = copies.has(head.pts);
    }
    if (isCopy) stays.update(p.subarray(head?.end ?? at));
  };
  for await (const { kind, data } of walk(file, layout, signal)) {
    let kept = 0;
    for (let at = 0; kind === 'packets' && at < data.length; at += layout.stride) {
      const p = data.subarray(at + layout.lead, at + layout.lead + PACKET);
      const isPicture = pidOf(p) === pid;
      if (!isPicture && (withNulls || pidOf(p) !== NULL_PID)) continue;
      others.update(data.subarray(kept, at));
      if (isPicture) see(p);
      kept = at + layout.stride;
    }
    others.update(data.subarray(kept));
  }
  return { others: others.digest('hex'), copies: stays.digest('hex'), stamps: Float64Array.from(stamps).sort(), jumps };
}

/** What is not as it must be in a multiplex whose picture was replaced: sentences for a person. */
export function fingerprintDifferences(source: Fingerprint, delivered: Fingerprint, stamps: Float64Array): string[] {
  const out: string[] = [];
  if (source.others !== delivered.others)
    out.push('packets besides those of the picture, or clock references, are not those of the source');
  if (source.copies !== delivered.copies) out.push('pictures that were to be taken over are not those of the source');
  if (delivered.jumps > 0) out.push(`the packets of the picture are counted wrongly in ${delivered.jumps} places`);
  const same = stamps.length === delivered.stamps.length && stamps.every((stamp, i) => stamp === delivered.stamps[i]);
  if (!same) out.push('the times of the pictures are not those of the frames');
  return out;
}
