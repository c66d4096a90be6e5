import { open, type FileHandle } from 'node:fs/promises';
import { throwIfCancelled } from '../../../core/errors.js';
import { PACKET, SYNC } from './packet.js';

/** How packets lie in a file. */
export interface Layout {
  /** Bytes from packet to packet: 188, 192 (with an arrival time before each) or 204 (with 16 check bytes behind each). */
  readonly stride: 188 | 192 | 204;
  /** Bytes before the sync byte. */
  readonly lead: 0 | 4;
}

/** A stretch of a file: whole packets, or bytes that are none (what was lost or added between packets). */
export type Stretch = { readonly kind: 'packets'; readonly data: Buffer } | { readonly kind: 'other'; readonly data: Buffer };

const LAYOUTS: readonly Layout[] = [
  { stride: 188, lead: 0 },
  { stride: 192, lead: 4 },
  { stride: 204, lead: 0 },
];
/** Packets in a row whose sync bytes must be in their places. */
const SURE = 5;
const CHUNK = 1 << 20;
const LOOK = 1 << 16;

/** Whether packets begin at `at`: as many sync bytes as there is room for, up to {@link SURE}. */
function isSure(data: Buffer, at: number, { stride, lead }: Layout): boolean {
  let seen = 0;
  for (let p = at + lead; seen < SURE && p < data.length; p += stride, seen++) if (data[p] !== SYNC) return false;
  return seen > 0;
}

/** How packets lie in a file; undefined when no packets are found near its start. */
export async function layoutOf(file: string): Promise<Layout | undefined> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(LOOK);
    const { bytesRead } = await handle.read(buffer, 0, LOOK, 0);
    const data = buffer.subarray(0, bytesRead);
    for (let at = 0; at + SURE * 204 < data.length; at++) {
      const layout = LAYOUTS.find((l) => isSure(data, at, l));
      if (layout) return layout;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

/** Cuts bytes into stretches, as far as it is certain; what is not is left for the next time. */
class Cutter {
  #inStep = false;

  constructor(private readonly layout: Layout) {}

  *cut(data: Buffer, last: boolean): Generator<Stretch, Buffer> {
    const { stride } = this.layout;
    const reach = last ? data.length : data.length - SURE * 204;
    let at = 0;
    while (at < reach) {
      const from = at;
      while (at < reach && this.#isPacket(data, at)) at += stride;
      if (at > from) yield { kind: 'packets', data: data.subarray(from, at) };
      if (at >= reach) break;
      const lost = at++;
      this.#inStep = false;
      while (at < reach && !this.#isPacket(data, at)) at++;
      yield { kind: 'other', data: data.subarray(lost, at) };
    }
    return data.subarray(at);
  }

  #isPacket(data: Buffer, at: number): boolean {
    const { stride, lead } = this.layout;
    if (at + stride > data.length) return false;
    return (this.#inStep = this.#inStep ? data[at + lead] === SYNC : isSure(data, at, this.layout));
  }
}

/** The packets, from their sync bytes on, of bytes that begin with one. */
export function* packetsIn(data: Buffer, layout: Layout): Generator<Buffer> {
  for (const { kind, data: piece } of new Cutter(layout).cut(data, true)) {
    for (let at = layout.lead; kind === 'packets' && at < piece.length; at += layout.stride) yield piece.subarray(at, at + PACKET);
  }
}

async function* chunks(handle: FileHandle, signal?: AbortSignal): AsyncGenerator<Buffer> {
  for (;;) {
    throwIfCancelled(signal);
    const buffer = Buffer.allocUnsafe(CHUNK);
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * All bytes of a file in order, packets told from what is none. Where packets are out of step, they are taken up again at the
 * next five that follow each other.
 */
export async function* walk(file: string, layout: Layout, signal?: AbortSignal): AsyncGenerator<Stretch> {
  const handle = await open(file, 'r');
  try {
    const cutter = new Cutter(layout);
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of chunks(handle, signal)) {
      rest = yield* cutter.cut(rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk, false);
    }
    yield* cutter.cut(rest, true);
  } finally {
    await handle.close();
  }
}
