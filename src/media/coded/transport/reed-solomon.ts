/*
 * The outer code of digital broadcasts, RS(204,188): ETSI EN 300 421, 4.4.2. Field GF(256) with x^8+x^4+x^3+x^2+1; generator
 * polynomial with the roots 2^0 to 2^15.
 */

const CHECKS = 16;
const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++, x = (x << 1) ^ (x & 0x80 ? 0x11d : 0)) {
  EXP[i] = EXP[i + 255] = x;
  LOG[x] = i;
}

const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : EXP[LOG[a] + LOG[b]]);

/** Coefficients of the generator polynomial below the leading one, highest first. */
function generator(): Uint8Array {
  let g = [1];
  for (let i = 0; i < CHECKS; i++) {
    const next = [...g, 0];
    g.forEach((c, at) => (next[at + 1] ^= times(c, EXP[i])));
    g = next;
  }
  return Uint8Array.from(g.slice(1));
}
const GENERATOR = generator();

/** The 16 check bytes of a packet of 188 bytes. */
export function checkBytes(packet: Uint8Array): Uint8Array {
  const rest = new Uint8Array(CHECKS);
  for (const byte of packet) {
    const factor = byte ^ rest[0];
    rest.copyWithin(0, 1);
    rest[CHECKS - 1] = 0;
    for (let i = 0; i < CHECKS; i++) rest[i] ^= times(factor, GENERATOR[i]);
  }
  return rest;
}
