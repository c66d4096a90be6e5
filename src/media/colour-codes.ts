import type { ColourTags } from './programme.js';

/*
 * Code points of ITU-T H.273 (ISO/IEC 23091-2) under ffmpeg's names. Encoders are given numbers, because ffprobe prints some
 * names that ffmpeg's options do not take.
 */

const PRIMARIES: Readonly<Record<string, number>> = {
  ...{ bt709: 1, bt470m: 4, bt470bg: 5, smpte170m: 6, smpte240m: 7, film: 8, bt2020: 9 },
  ...{ smpte428: 10, smpte431: 11, smpte432: 12, ebu3213: 22 },
};

const TRANSFER: Readonly<Record<string, number>> = {
  ...{ bt709: 1, bt470m: 4, bt470bg: 5, smpte170m: 6, smpte240m: 7, linear: 8, log100: 9, log316: 10 },
  ...{ 'iec61966-2-4': 11, bt1361e: 12, 'iec61966-2-1': 13, 'bt2020-10': 14, 'bt2020-12': 15 },
  ...{ smpte2084: 16, smpte428: 17, 'arib-std-b67': 18 },
};

const MATRIX: Readonly<Record<string, number>> = {
  ...{ bt709: 1, fcc: 4, bt470bg: 5, smpte170m: 6, smpte240m: 7, ycgco: 8, bt2020nc: 9, bt2020c: 10 },
  ...{ smpte2085: 11, 'chroma-derived-nc': 12, 'chroma-derived-c': 13, ictcp: 14 },
};

const CHROMA: Readonly<Record<string, number>> = { left: 1, center: 2, topleft: 3, top: 4, bottomleft: 5, bottom: 6 };

/** Options that make an encoder state the same colour tags; a tag the source does not carry stays unsaid. */
export function colourOptions(tags: ColourTags): [string, string][] {
  const pick = (option: string, codes: Readonly<Record<string, number>>, name: string | undefined): [string, string][] =>
    name !== undefined && name in codes ? [[option, String(codes[name])]] : [];
  return [
    ...pick('color_range', { tv: 1, pc: 2 }, tags.range),
    ...pick('colorspace', MATRIX, tags.space),
    ...pick('color_primaries', PRIMARIES, tags.primaries),
    ...pick('color_trc', TRANSFER, tags.transfer),
    ...pick('chroma_sample_location', CHROMA, tags.chromaLocation),
  ];
}
