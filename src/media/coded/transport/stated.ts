import type { PictureEntry } from './tables.js';

/** Profile and level in the codes of a codec. */
export interface ProfileLevel {
  readonly profile: number;
  readonly level: number;
}

/** Bytes behind the first start code whose next byte fits, without emulation prevention; none where there is no such unit. */
function unit(data: Uint8Array, fits: (byte: number) => boolean): number[] {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const start = Buffer.from([0, 0, 1]);
  for (let at = bytes.indexOf(start); at >= 0; at = bytes.indexOf(start, at + 3)) {
    if (!fits(bytes[at + 3])) continue;
    const raw = [...bytes.subarray(at + 3, at + 40)];
    return raw.filter((byte, i) => !(byte === 3 && i > 1 && raw[i - 1] === 0 && raw[i - 2] === 0));
  }
  return [];
}

/** What a picture with its parameter sets says of itself; undefined where it has none. */
function said(codec: string, data: Uint8Array): ProfileLevel | undefined {
  if (codec === 'h264') {
    const sps = unit(data, (byte) => (byte & 0x1f) === 7);
    return sps.length < 4 ? undefined : { profile: sps[1], level: sps[3] };
  }
  if (codec === 'hevc') {
    const sps = unit(data, (byte) => ((byte >> 1) & 0x3f) === 33);
    return sps.length < 15 ? undefined : { profile: sps[3] & 0x1f, level: sps[14] + (sps[3] & 0x20 ? 256 : 0) };
  }
  const extension = unit(data, (byte) => byte === 0xb5);
  // Levels of MPEG-2 count downwards.
  return extension.length < 3 ? undefined : { profile: extension[1] & 7, level: 15 - (extension[2] >> 4) };
}

/** What the tables of the multiplex say: AVC, HEVC and video stream descriptors (ISO/IEC 13818-1, 2.6.64, 2.6.95, 2.6.2). */
function stated(codec: string, { descriptors }: PictureEntry): ProfileLevel | undefined {
  const d = descriptors.get({ h264: 0x28, hevc: 0x38 }[codec] ?? 0x02);
  if (!d) return undefined;
  if (codec === 'h264') return d.length < 3 ? undefined : { profile: d[0], level: d[2] };
  if (codec === 'hevc') return d.length < 12 ? undefined : { profile: d[0] & 0x1f, level: d[11] + (d[0] & 0x20 ? 256 : 0) };
  return d.length < 2 || d[0] & 4 ? undefined : { profile: (d[1] >> 4) & 7, level: 15 - (d[1] & 0xf) };
}

/**
 * Whether new pictures are what the tables of their multiplex promise: of the same profile, and of no higher level.
 * @param first picture, with its parameter sets
 * @returns a sentence for a person where they are not
 */
export function brokenPromise(codec: string, entries: readonly PictureEntry[], first: Uint8Array): string | undefined {
  const own = said(codec, first);
  const promised = entries.map((e) => stated(codec, e)).find((s) => s && own && (s.profile !== own.profile || s.level < own.level));
  if (!promised || !own) return undefined;
  const name = ({ profile, level }: ProfileLevel): string => `profile ${profile}, level ${level}`;
  return `the tables state ${name(promised)} for the picture, which now has ${name(own)}`;
}
