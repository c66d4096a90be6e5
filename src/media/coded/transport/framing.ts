import { PACKET } from './packet.js';
import { checkBytes } from './reed-solomon.js';
import type { Layout } from './walk.js';

/** What stands behind each packet of 204 bytes: true check bytes, or nothing. */
export type Trailer = 'checks' | 'zeros';

/** What stands behind a packet of 204 bytes; undefined when it is neither check bytes nor zeros, as in ISDB-T. */
export function trailerOf(packet: Uint8Array): Trailer | undefined {
  const tail = packet.subarray(PACKET);
  if (tail.every((byte) => byte === 0)) return 'zeros';
  return checkBytes(packet.subarray(0, PACKET)).every((byte, i) => byte === tail[i]) ? 'checks' : undefined;
}

/** Ticks of 27 MHz between packets of 192 bytes at 48 Mbit/s, the most that recordings with arrival times have. */
const CLOSEST = 846;
/** Arrival times have 30 bits; above them are two of copy permission. */
const ARRIVAL = 2 ** 30;

const arrivalOf = (data: Buffer, at: number): number => data.readUInt32BE(at) % ARRIVAL;

/**
 * Puts what a layout has around packets around new ones that take the place of the one at byte `at` of a stretch: arrival times
 * spread until the next packet, or check bytes.
 */
export function framed(packets: readonly Uint8Array[], data: Buffer, at: number, layout: Layout, trailer: Trailer): Uint8Array[] {
  if (layout.stride === 188) return [...packets];
  if (layout.stride === 204) {
    return packets.flatMap((p) => [p, trailer === 'checks' ? checkBytes(p) : new Uint8Array(layout.stride - PACKET)]);
  }
  const next = at + layout.stride;
  const [copy, from] = [data.readUInt32BE(at) - arrivalOf(data, at), arrivalOf(data, at)];
  const gap = next + 4 <= data.length ? (arrivalOf(data, next) - from + ARRIVAL) % ARRIVAL : CLOSEST * packets.length;
  const step = Math.min(gap / packets.length, CLOSEST);
  return packets.flatMap((p, i) => {
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(copy + ((from + Math.floor(i * step)) % ARRIVAL));
    return [prefix, p];
  });
}
