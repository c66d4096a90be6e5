import { open, type FileHandle } from 'node:fs/promises';
import { Feed } from './feed.js';
import { framed, type Trailer } from './framing.js';
import { bare, carriedBy, header, marksOfKey, nullPacket, type Carried } from './packetise.js';
import { counterOf, hasPayload, NULL_PID, PACKET, pcrOf, pidOf, RANDOM_ACCESS, unwrapped } from './packet.js';
import type { PlacedPicture } from './schedule.js';
import { Clock, type Survey } from './survey.js';
import { walk, type Stretch } from './walk.js';

/** What became of a multiplex. */
export interface Rewritten {
  /** Packets that came between, where a constant rate had no room for a picture. What follows at the end is not counted. */
  readonly added: number;
  /** By how many ticks of 90 kHz pictures come after their time of decoding, at most; negative when all are early. */
  readonly latest: number;
}

/** Bytes that are gathered before they are written. */
const GATHERED = 4 << 20;

/** Ticks of 90 kHz before its time of decoding at which a picture must have come, where the rate is constant. */
const MARGIN = 900;

class Rewriter {
  added = 0;
  latest = -Infinity;
  readonly #feed: Feed;
  readonly #clock = new Clock();
  readonly #out: Uint8Array[] = [];
  readonly #pcrPid: number;
  #bytes = 0;
  /** The last packet of the source with what is around it. */
  #last: Buffer = Buffer.alloc(256);
  #number = -1;
  #counter = -1;
  #marks = RANDOM_ACCESS;

  constructor(
    private readonly survey: Survey,
    pictures: AsyncIterator<PlacedPicture>,
    private readonly trailer: Trailer,
    private readonly handle: FileHandle,
  ) {
    this.#feed = new Feed(pictures, survey);
    this.#pcrPid = survey.entries.at(0)?.pcrPid ?? survey.pid;
  }

  /** Takes a stretch of the source that begins at byte `from`. */
  async take({ kind, data }: Stretch, from: number): Promise<void> {
    if (kind === 'other') return this.#put([data]);
    const { stride, lead } = this.survey.layout;
    this.#last = Buffer.from(data.subarray(data.length - stride));
    let kept = 0;
    for (let at = 0; at < data.length; at += stride) {
      const p = data.subarray(at + lead, at + lead + PACKET);
      const pid = pidOf(p);
      if (pid === this.#pcrPid && pcrOf(p) !== undefined) this.#clock.take(p, from + at);
      const isPicture = pid === this.survey.pid;
      if (!isPicture && !(pid === NULL_PID && this.survey.rate !== undefined)) continue;
      if (isPicture) this.#see(p);
      if (this.#feed.lacks(this.#number)) await this.#feed.fill(this.#number);
      const packets = this.survey.rate === undefined ? this.#share(p, from + at) : this.#slot(p, from + at);
      if (packets[0] === p) continue;
      await this.#put([data.subarray(kept, at), ...framed(packets, data, at, this.survey.layout, this.trailer)]);
      kept = at + stride;
    }
    await this.#put([data.subarray(kept)]);
  }

  #see(p: Uint8Array): void {
    this.#number++;
    if (this.#counter < 0) this.#counter = counterOf(p) - (hasPayload(p) ? 1 : 0) + 16;
    this.#marks = marksOfKey(p) ?? this.#marks;
  }

  /** What takes the place of a packet of the picture where the rate varies: its share of the picture that is sent there. */
  #share(p: Uint8Array, byte: number): Uint8Array[] {
    const carried = carriedBy(p);
    const packets: Uint8Array[] = [];
    while (this.#feed.owes(this.#number, this.#marks)) packets.push(this.#next(p, byte, packets.length === 0 ? carried : undefined));
    if (packets.length === 0 && carried) packets.push(this.#finish(bare(carried), p));
    return packets;
  }

  /** What takes the place of a packet of the picture, or a null packet, where the rate is constant: one packet, if it can be. */
  #slot(p: Uint8Array, byte: number): Uint8Array[] {
    const isPicture = pidOf(p) === this.survey.pid;
    const carried = isPicture ? carriedBy(p) : undefined;
    const picture = this.#feed.at(this.#number);
    if (!picture) return [carried ? this.#finish(bare(carried), p) : isPicture ? nullPacket() : p];
    const packets = [this.#next(p, byte, carried)];
    const now = this.#clock.time(byte, this.survey.rate);
    const isLate = now !== undefined && unwrapped(now, picture.dts) > picture.dts - MARGIN;
    while (isLate && this.#feed.at(this.#number) === picture) packets.push(this.#next(p, byte));
    this.added += packets.length - 1;
    return packets;
  }

  #next(p: Uint8Array, byte: number, carried?: Carried): Uint8Array {
    const { packet, ended } = this.#feed.next(this.#marks, carried);
    const now = this.#clock.time(byte, this.survey.rate);
    if (ended && now !== undefined) this.latest = Math.max(this.latest, unwrapped(now, ended.dts) - ended.dts);
    return this.#finish(packet, p);
  }

  /** PID, counter and the priority that the source's packet has. */
  #finish(packet: Uint8Array, p?: Uint8Array): Uint8Array {
    if (hasPayload(packet)) this.#counter++;
    packet[1] |= (p?.[1] ?? 0) & 0x20;
    header(packet, this.survey.pid, this.#counter);
    return packet;
  }

  async #put(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      this.#out.push(piece);
      this.#bytes += piece.length;
    }
    if (this.#bytes >= GATHERED) await this.flush();
  }

  async flush(): Promise<void> {
    const all = Buffer.concat(this.#out.splice(0));
    this.#bytes = 0;
    for (let at = 0; at < all.length;) at += (await this.handle.write(all, at)).bytesWritten;
  }

  /** Sends what is left when the source has ended. */
  async end(): Promise<void> {
    await this.#feed.fill(Infinity);
    while (this.#feed.at(Infinity)) {
      const packets = [this.#finish(this.#feed.next(this.#marks).packet)];
      await this.#put(framed(packets, this.#last, 0, this.survey.layout, this.trailer));
    }
    await this.flush();
  }
}

/**
 * Writes a multiplex anew with other pictures. Every packet that is not of the picture's PID stays byte for byte, in its order;
 * null packets too, unless the rate is constant: then each packet of the picture and each null packet gives its place to one new packet, so
 * that all clock references stay as many bytes apart as they were. Where the rate varies, packets come and go as pictures need them.
 * Clock references, signs of a discontinuity and private data of the picture's packets stay at their places in the order.
 *
 * @param survey of the source
 * @param pictures all of them, in decoding order
 * @param partial an existing file, which is filled
 */
export async function rewrite(
  source: string,
  survey: Survey,
  pictures: AsyncIterable<PlacedPicture>,
  { partial, trailer, signal }: { readonly partial: string; readonly trailer: Trailer; readonly signal?: AbortSignal | undefined },
): Promise<Rewritten> {
  const handle = await open(partial, 'r+');
  const iterator = pictures[Symbol.asyncIterator]();
  try {
    const rewriter = new Rewriter(survey, iterator, trailer, handle);
    let from = 0;
    for await (const stretch of walk(source, survey.layout, signal)) {
      await rewriter.take(stretch, from);
      from += stretch.data.length;
    }
    await rewriter.end();
    return { added: rewriter.added, latest: rewriter.latest };
  } finally {
    await iterator.return?.();
    await handle.close();
  }
}
