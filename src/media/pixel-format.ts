import type { Chroma, ColourSpace, PixelFormat } from '../core/frame.js';

/** Packed and semi-planar layouts that ffmpeg rearranges into a planar one without touching a sample. */
const TWINS: Readonly<Record<string, string>> = {
  nv12: 'yuv420p',
  nv21: 'yuv420p',
  nv16: 'yuv422p',
  yuyv422: 'yuv422p',
  uyvy422: 'yuv422p',
  nv20le: 'yuv422p10le',
  p010le: 'yuv420p10le',
  p210le: 'yuv422p10le',
};

/**
 * The planar layout in which frames of a stream with this `pix_fmt` are decoded, without loss;
 * undefined for layouts that are not Y'CbCr 4:2:0, 4:2:2, 4:4:4, with or without alpha, or gray at 8, 10 or 12 bits.
 */
export function planarFormat(pixFmt: string): PixelFormat | undefined {
  const name = TWINS[pixFmt] ?? pixFmt;
  const m = /^(?:yuv([ja]?)(420|422|444)p|(gray))(?:(10|12)le)?$/.exec(name);
  if (!m || (m[1] === 'j' && m[4])) return undefined;
  const alpha = m[1] === 'a' ? { alpha: true as const } : {};
  return { name, chroma: (m[2] ?? 'gray') as Chroma, depth: Number(m[4] ?? 8) as PixelFormat['depth'], ...alpha };
}

/** Whether the `pix_fmt` itself says full range. */
export const saysFullRange = (pixFmt: string): boolean => pixFmt.startsWith('yuvj');

const MATRICES: Readonly<Record<string, ColourSpace['matrix']>> = {
  bt709: 'bt709',
  smpte240m: 'bt709',
  bt470bg: 'bt601',
  smpte170m: 'bt601',
  fcc: 'bt601',
  bt2020nc: 'bt2020',
  bt2020c: 'bt2020',
};

/**
 * What to assume when converting: the tags where they say something, else BT.709 from 720 lines on and BT.601 below,
 * as ITU-R BT.1700 and BT.709 have it for SD and HD; limited range unless full is stated.
 */
export function resolveColour(tags: { space?: string; range?: string; primaries?: string }, pixFmt: string, height: number): ColourSpace {
  const guess = tags.primaries === 'bt2020' ? 'bt2020' : height >= 720 ? 'bt709' : 'bt601';
  return {
    matrix: MATRICES[tags.space ?? ''] ?? guess,
    range: tags.range === 'pc' || saysFullRange(pixFmt) ? 'full' : 'limited',
  };
}
