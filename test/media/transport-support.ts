import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ffmpeg } from '../fixtures/programmes.js';
import { picture, tone } from './support.js';

/** Options of ffmpeg: PIDs of picture and sound, and a few codecs. */
export const PIDS = ['-streamid', '0:512', '-streamid', '1:650'];
export const X264 = [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '12', '-bf', '2', '-pix_fmt', 'yuv420p'],
  ...['-x264-params', 'b-pyramid=normal'],
];
export const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-x265-params', 'log-level=error:keyint=12'];
export const MPEG2 = ['-c:v', 'mpeg2video', '-b:v', '2M', '-g', '12', '-bf', '2', '-pix_fmt', 'yuv420p'];

/** A programme of two seconds with sound. */
export function makeTransport(file: string, codec: readonly string[], more: readonly string[] = [], size = '128x96'): string {
  ffmpeg(...picture(size, '25', 2), ...tone(400, 2), ...codec, '-c:a', 'mp2', ...PIDS, ...more, file);
  return file;
}

/** One packet of a transport stream, read by these tests' own eyes. */
export interface Seen {
  /** With what a layout has around it. */
  readonly whole: Buffer;
  readonly bytes: Buffer;
  readonly pid: number;
  readonly counter: number;
  readonly payload: Buffer;
  readonly begins: boolean;
  readonly pcr: bigint | undefined;
  readonly flags: number;
}

/** All packets of a file. */
export function packetsOf(file: string, stride = 188): Seen[] {
  const data = readFileSync(file);
  const lead = stride === 192 ? 4 : 0;
  return Array.from({ length: Math.floor(data.length / stride) }, (_, n) => {
    const whole = data.subarray(n * stride, (n + 1) * stride);
    const bytes = whole.subarray(lead, lead + 188);
    if (bytes[0] !== 0x47) throw new Error(`packet ${n} has no sync byte`);
    const fieldBytes = bytes[3] & 0x20 ? 1 + bytes[4] : 0;
    const flags = fieldBytes > 1 ? bytes[5] : 0;
    const clock = flags & 0x10 ? bytes.readUIntBE(6, 6) : undefined;
    return {
      ...{ whole, bytes, flags, pid: bytes.readUInt16BE(1) & 0x1fff, counter: bytes[3] & 15, begins: (bytes[1] & 0x40) !== 0 },
      payload: bytes[3] & 0x10 ? bytes.subarray(4 + fieldBytes) : Buffer.alloc(0),
      pcr: clock === undefined ? undefined : (BigInt(clock) >> 15n) * 300n + (BigInt(clock) & 511n),
    };
  });
}

const stamp = (b: Buffer): number => {
  const text = [...b].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Number.parseInt(text.slice(4, 7) + text.slice(8, 23) + text.slice(24, 39), 2);
};

/** Stamps of the PES packets of a PID, in the order of the file. */
export function stampsOf(packets: readonly Seen[], pid: number): { readonly pts: number; readonly dts: number }[] {
  const heads = packets.filter((p) => p.pid === pid && p.begins).map((p) => p.payload);
  return heads.map((head) => {
    expectBytes(head.subarray(0, 3), [0, 0, 1]);
    const pts = stamp(head.subarray(9, 14));
    return { pts, dts: head[7] >> 6 === 3 ? stamp(head.subarray(14, 19)) : pts };
  });
}

function expectBytes(a: Buffer, b: readonly number[]): void {
  if (Buffer.compare(a, Buffer.from(b)) !== 0) throw new Error(`${a.toString('hex')} instead of ${b.join()}`);
}

/** Everything that must stay, in its order: packets of other PIDs as digests, clock references of the picture's. */
export function staying(packets: readonly Seen[], pid: number, withNulls = true): string[] {
  return packets.flatMap((p) => {
    if (p.pid === pid) return p.pcr === undefined ? [] : [`clock ${p.pcr}`];
    return p.pid === 0x1fff && !withNulls ? [] : [createHash('md5').update(p.whole).digest('hex')];
  });
}

/** Packets of a PID whose counter does not follow (ISO/IEC 13818-1, 2.4.3.3). */
export function jumps(packets: readonly Seen[], pid: number): number {
  const own = packets.filter((p) => p.pid === pid);
  return own.filter((p, i) => i > 0 && p.counter !== ((own[i - 1].counter + (p.payload.length > 0 ? 1 : 0)) & 15)).length;
}

/** What a decoder says about a file; empty when it is content. */
export function complaints(file: string): string {
  const args = ['-v', 'error', '-nostdin', '-copyts', '-i', file, '-map', '0:v', '-f', 'null', '-'];
  return execFileSync('bash', ['-c', 'ffmpeg "$@" 2>&1', 'bash', ...args]).toString();
}

/** Kinds of the NAL units of H.264 on a PID, in their order (ITU-T H.264, table 7-1). */
export function nalKinds(file: string, pid: number): number[] {
  const own = packetsOf(file).filter((p) => p.pid === pid);
  const stream = Buffer.concat(own.map((p) => (p.begins ? p.payload.subarray(9 + p.payload[8]) : p.payload)));
  const kinds: number[] = [];
  for (let at = stream.indexOf('\0\0\x01'); at >= 0; at = stream.indexOf('\0\0\x01', at + 3)) kinds.push(stream[at + 3] & 31);
  return kinds;
}

/** CRC of sections, bit by bit (ISO/IEC 13818-1, annex A). */
function crc(data: Buffer): Buffer {
  let rest = 0xffffffffn;
  for (const byte of data) {
    for (let bit = 7; bit >= 0; bit--) {
      const top = ((rest >> 31n) & 1n) ^ BigInt((byte >> bit) & 1);
      rest = ((rest << 1n) & 0xffffffffn) ^ (top ? 0x04c11db7n : 0n);
    }
  }
  const out = Buffer.alloc(4);
  out.writeUInt32BE(Number(rest));
  return out;
}

/** A packet that holds one section. */
export function sectionPacket(pid: number, counter: number, section: Buffer): Buffer {
  const packet = Buffer.alloc(188, 0xff);
  packet.set([0x47, 0x40 | (pid >> 8), pid & 0xff, 0x10 | (counter & 15), 0]);
  packet.set(section, 5);
  return packet;
}

/** A section from its table id on, without its length and CRC. */
export function section(table: number, body: Buffer, flags = 0xb0): Buffer {
  const length = body.length + 4;
  const head = Buffer.concat([Buffer.from([table, flags | (length >> 8), length & 0xff]), body]);
  return Buffer.concat([head, crc(head)]);
}

/** The map table of a packet, which has no descriptors of the service yet, with some and with more streams in it. */
export function withStreams(packet: Buffer, descriptors: readonly number[], streams: readonly Buffer[]): Buffer {
  const table = packet.subarray(5 + packet[4]);
  const length = table.readUInt16BE(1) & 0xfff;
  const service = Buffer.from([0xf0, descriptors.length, ...descriptors]);
  const body = Buffer.concat([table.subarray(3, 10), service, table.subarray(12, length - 1), ...streams]);
  return sectionPacket(packet.readUInt16BE(1) & 0x1fff, packet[3], section(2, body));
}

/** The map table of a packet with a descriptor for the stream whose entry, without any yet, lies at byte `at`. */
export function withEntry(packet: Buffer, at: number, descriptor: Buffer): Buffer {
  const table = 5 + packet[4];
  const end = table + 3 + (packet.readUInt16BE(table + 1) & 0xfff) - 4;
  const entry = Buffer.from([...packet.subarray(at, at + 4), descriptor.length]);
  const body = Buffer.concat([packet.subarray(table + 3, at), entry, descriptor, packet.subarray(at + 5, end)]);
  return sectionPacket(packet.readUInt16BE(1) & 0x1fff, packet[3], section(2, body));
}

/** One stream in a map table. */
export function stream(type: number, pid: number, descriptors: readonly number[] = []): Buffer {
  return Buffer.from([type, 0xe0 | (pid >> 8), pid & 0xff, 0xf0, descriptors.length, ...descriptors]);
}
