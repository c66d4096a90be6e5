import { beginsUnit, payloadAt, pidOf } from './packet.js';

/** What the programme map table of a service says about its picture (ISO/IEC 13818-1, 2.4.4.8). */
export interface PictureEntry {
  /** PID of the clock references of the service. */
  readonly pcrPid: number;
  readonly streamType: number;
  /** Descriptors of the picture's stream, by tag. */
  readonly descriptors: ReadonlyMap<number, Uint8Array>;
}

/** CRC of sections (ISO/IEC 13818-1, annex A): 0 over a whole section that is not damaged. */
function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

/** Puts the sections of one PID together. */
class Sections {
  #data: number[] = [];
  #open = false;

  /** Sections that end in a packet. */
  take(p: Uint8Array): Uint8Array[] {
    const at = payloadAt(p);
    const done: Uint8Array[] = [];
    if (!beginsUnit(p)) {
      if (this.#open) this.#data.push(...p.subarray(at));
    } else if (at < p.length) {
      const start = at + 1 + p[at];
      if (this.#open) this.#data.push(...p.subarray(at + 1, start));
      this.#finish(done);
      this.#data = [...p.subarray(start)];
      this.#open = true;
    }
    this.#finish(done);
    return done;
  }

  #finish(done: Uint8Array[]): void {
    while (this.#data.length >= 3 && this.#data[0] !== 0xff) {
      const length = 3 + (((this.#data[1] & 0x0f) << 8) | this.#data[2]);
      if (this.#data.length < length) return;
      const section = Uint8Array.from(this.#data.splice(0, length));
      if (length >= 12 && crc32(section) === 0 && (section[5] & 1) === 1) done.push(section);
    }
    if (this.#data[0] === 0xff) this.#open = false;
  }
}

function descriptorsOf(data: Uint8Array): Map<number, Uint8Array> {
  const out = new Map<number, Uint8Array>();
  for (let at = 0; at + 2 <= data.length; at += 2 + data[at + 1]) out.set(data[at], data.subarray(at + 2, at + 2 + data[at + 1]));
  return out;
}

/** Follows the tables of a multiplex and keeps every different thing that they say about one PID. */
export class PictureTables {
  readonly entries: PictureEntry[] = [];
  readonly #sections = new Map([[0, new Sections()]]);
  #last = '';

  constructor(private readonly pid: number) {}

  take(p: Uint8Array): void {
    const sections = this.#sections.get(pidOf(p));
    if (!sections) return;
    for (const section of sections.take(p)) {
      if (section[0] === 0) this.#takeAssociation(section);
      else if (section[0] === 2) this.#takeMap(section);
    }
  }

  #takeAssociation(section: Uint8Array): void {
    for (let at = 8; at + 4 <= section.length - 4; at += 4) {
      const pid = ((section[at + 2] & 0x1f) << 8) | section[at + 3];
      const isService = section[at] !== 0 || section[at + 1] !== 0;
      if (isService && !this.#sections.has(pid)) this.#sections.set(pid, new Sections());
    }
  }

  #takeMap(section: Uint8Array): void {
    const pcrPid = ((section[8] & 0x1f) << 8) | section[9];
    const end = section.length - 4;
    for (let at = 12 + (((section[10] & 0x0f) << 8) | section[11]); at + 5 <= end;) {
      const length = ((section[at + 3] & 0x0f) << 8) | section[at + 4];
      const said = section.subarray(at, at + 5 + length);
      if ((((said[1] & 0x1f) << 8) | said[2]) === this.pid) this.#note(pcrPid, said);
      at += 5 + length;
    }
  }

  #note(pcrPid: number, said: Uint8Array): void {
    const text = `${pcrPid} ${said.join()}`;
    if (text === this.#last) return;
    this.#last = text;
    this.entries.push({ pcrPid, streamType: said[0], descriptors: descriptorsOf(said.subarray(5)) });
  }
}
