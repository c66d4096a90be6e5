import { parseRational, toNumber } from '../core/time.js';
import type { ProbedStream, ProbeReport } from './ffprobe.js';
import { LARGEST_SIDE, MOST_STREAMS } from './guard.js';
import { planarFormat } from './pixel-format.js';
import { unsupported } from './refusal.js';

/** A nominal rate above this is a time base in disguise (screen captures state 57600/1). */
export const FASTEST = 300;
/** Above any day of broadcast with its margins, and above what time stamps of MPEG can express (26.5 hours). */
const LONGEST_HOURS = 30;
/** As many as a master with objects has at most. */
const MOST_CHANNELS = 128;

const refuse = (name: string, what: string, detail: string): never => {
  throw unsupported(name, what, detail);
};

/**
 * Refuses, by what it declares and before anything is decoded, a file that would take more than any programme does.
 * @throws TextlessError `TEXTLESS_UNSUPPORTED`
 */
export function refuseAbsurd(name: string, { format, streams }: ProbeReport): void {
  if (streams.length > MOST_STREAMS) refuse(name, `it has more than ${MOST_STREAMS} streams`, String(streams.length));
  const hours = (format.duration ?? 0) / 3600;
  if (hours > LONGEST_HOURS) refuse(name, `it declares a duration of ${Math.round(hours)} hours`, String(format.duration));
  const crowd = streams.find((s) => s.codec_type === 'audio' && (s.channels ?? 0) > MOST_CHANNELS);
  if (crowd) refuse(name, `it declares sound of ${crowd.channels} channels`, `stream ${crowd.index}`);
}

const isTooFast = (rate: string | undefined): boolean => {
  const parsed = parseRational(rate);
  return parsed !== undefined && toNumber(parsed) > FASTEST;
};

/**
 * Refuses a picture that cannot be wiped without harm, naming what is in the way.
 * @throws TextlessError `TEXTLESS_UNSUPPORTED`
 */
export function refuseUnsupported(name: string, s: ProbedStream): void {
  const no = (what: string): never => refuse(name, what, `stream ${s.index}: ${s.codec_name} ${s.pix_fmt ?? ''}`);
  if (s.side_data_list.some((d) => d.side_data_type.startsWith('DOVI')))
    no('Dolby Vision is not supported, its metadata would no longer fit the picture');
  if (s.tags['alpha_mode'] === '1' && s.codec_name?.startsWith('vp')) no('the transparency beside its pictures cannot be written again');
  if (!s.width || !s.height) no('the size of its picture cannot be determined');
  if ((s.width ?? 0) > LARGEST_SIDE || (s.height ?? 0) > LARGEST_SIDE)
    no(`its picture of ${s.width}×${s.height} is larger than ${LARGEST_SIDE} samples`);
  if (isTooFast(s.r_frame_rate) && isTooFast(s.avg_frame_rate)) no(`it has more than ${FASTEST} pictures a second`);
  if (!s.pix_fmt) no(`its pictures (${s.codec_name}) cannot be decoded here`);
  else if (!planarFormat(s.pix_fmt))
    no(`pixel format ${s.pix_fmt} is not supported (Y'CbCr 4:2:0, 4:2:2, 4:4:4, with or without alpha, or gray at 8, 10 or 12 bits is)`);
}
