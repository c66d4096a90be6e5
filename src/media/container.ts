import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { TextlessError } from '../core/errors.js';
import { isD10 } from './codec.js';
import type { Programme, StreamInfo } from './programme.js';

/** How everything but the picture is carried over: packets of a multiplex stay in their places, or streams are muxed anew. */
export type Carriage = 'in place' | 'anew';

/** How a programme is put into a file again, in the container it came in. */
export interface ContainerPlan {
  /** ffmpeg's muxer. */
  readonly muxer: string;
  readonly options: readonly string[];
  /** Indices of the source streams that are written, in order; the picture stream among them. */
  readonly streams: readonly number[];
  /** What this container, as ffmpeg writes it, cannot carry over: sentences for a person. */
  readonly losses: readonly string[];
}

const MOV = 'mov,mp4,m4a,3gp,3g2,mj2';

/** QuickTime brands (ISO/IEC 14496-12 `ftyp`) and the muxer that writes each. */
function movMuxer(programme: Programme): string {
  const brand = programme.tags['major_brand'];
  if (brand === undefined || brand.startsWith('qt')) return 'mov';
  if (brand.startsWith('3gp')) return '3gp';
  if (brand.startsWith('3g2')) return '3g2';
  return 'mp4';
}

const isChapterTrack = (p: Programme, s: StreamInfo): boolean => p.chapters > 0 && s.type === 'data' && s.codecTag === 'text';

/** Streams that the muxer makes anew from metadata: time code and chapter tracks. */
export const remade = (p: Programme, s: StreamInfo): boolean => p.container === MOV && (s.codecTag === 'tmcd' || isChapterTrack(p, s));

/** Codecs whose pictures can be replaced in place in a transport stream. */
const IN_PLACE = ['h264', 'hevc', 'mpeg2video'];

/** Whether only the packets of the picture are replaced, where nothing is found that speaks against it, and no muxer is needed. */
export const staysInPlace = (p: Programme): boolean =>
  p.container === 'mpegts' && IN_PLACE.includes(p.video.codec) && p.streams[p.video.index].id !== undefined;

/** Whether the muxer takes a stream of this kind at all. */
function takes(p: Programme, s: StreamInfo): boolean {
  if (!s.understood) return false;
  const timed = s.type === 'video' || s.type === 'audio' || s.type === 'subtitle';
  // Guide tables and splice markers are sections, which ffmpeg would write as packets of no known kind.
  if (p.container === 'mpegts') return s.codec !== 'epg' && s.codec !== 'scte_35';
  if (p.container === 'matroska,webm') return timed || s.type === 'attachment';
  // A track of closed captions (c608) is QuickTime's; in MP4 ffmpeg has no tag for it.
  if (p.container === MOV && s.codec === 'eia_608') return movMuxer(p) === 'mov';
  if (p.container === 'mxf') return s.type === 'video' || s.type === 'audio';
  return timed && s.codec !== 'unknown';
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** A movie unit in which the start of every track is exact; ffmpeg's thousandth of a second would move pictures. */
function movieTimescale(programme: Programme): number {
  const scales = programme.streams.flatMap((s) => (s.timeBase ? [Math.round(s.timeBase.den / s.timeBase.num)] : []));
  const common = scales.reduce((a, b) => (a / gcd(a, b)) * b, 1);
  return common <= 20_000_000 ? common : Math.round(programme.video.timeBase.den / programme.video.timeBase.num);
}

function movOptions(programme: Programme): string[] {
  const { timeBase } = programme.video;
  const flags = ['faststart'];
  if (Object.keys(programme.tags).some((key) => key.includes('.'))) flags.push('use_metadata_tags');
  const options = ['-movflags', `+${flags.join('+')}`, '-video_track_timescale', String(Math.round(timeBase.den / timeBase.num))];
  options.push('-movie_timescale', String(movieTimescale(programme)));
  // A time code track is written from metadata; without that there must be none.
  if (!programme.streams.some((s) => s.codecTag === 'tmcd')) options.push('-write_tmcd', '0');
  return options;
}

/** Whether packets carry the four-byte arrival time of Blu-ray and AVCHD (192 bytes a packet). */
function isM2ts(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const head = Buffer.alloc(200);
    return readSync(handle, head, 0, 200, 0) === 200 && head[4] === 0x47 && head[196] === 0x47;
  } finally {
    closeSync(handle);
  }
}

/** Seconds after which time stamps of 33 bits at 90 kHz begin again (ISO/IEC 13818-1, 2.4.3.7). */
const WRAP = '95443.717689';

/** PIDs, services and time stamps as they were. */
function tsOptions(programme: Programme, streams: readonly number[]): string[] {
  const options = ['-mpegts_copyts', '1', '-mpegts_m2ts_mode', isM2ts(programme.path) ? '1' : '0'];
  // A recording whose time stamps begin again soon is read as one that starts below zero, which the muxer would shift.
  if (programme.startSeconds < 0) options.push('-output_ts_offset', WRAP);
  streams.forEach((index, at) => {
    const { id } = programme.streams[index];
    if (id !== undefined && id >= 16) options.push('-streamid', `${at}:${id}`);
  });
  const services = programme.services.filter((s) => s.streams.length > 0);
  if (services[0]?.pmtPid !== undefined && services[0].pmtPid >= 32) options.push('-mpegts_pmt_start_pid', String(services[0].pmtPid));
  services.forEach((service, at) => {
    const members = service.streams.filter((i) => streams.includes(i)).map((i) => `st=${streams.indexOf(i)}`);
    options.push('-program', [`program_num=${service.number}`, ...members].join(':'));
    for (const key of ['service_name', 'service_provider']) {
      if (service.tags[key]) options.push(`-metadata:p:${at}`, `${key}=${service.tags[key]}`);
    }
  });
  return options;
}

function d10Options(programme: Programme): string[] {
  const sound = programme.streams.find((s) => s.type === 'audio');
  return sound?.channels === undefined ? [] : ['-d10_channelcount', String(Math.max(4, Math.min(8, sound.channels)))];
}

function muxerOf(programme: Programme, streams: readonly number[]): { muxer: string; options: string[] } {
  switch (programme.container) {
    case MOV:
      return { muxer: movMuxer(programme), options: movOptions(programme) };
    case 'matroska,webm':
      // Sound that begins before zero by its codec delay is right there; shifting everything for it would move the picture.
      return {
        muxer: !programme.mezzanine && path.extname(programme.name).toLowerCase() === '.webm' ? 'webm' : 'matroska',
        options: ['-avoid_negative_ts', 'disabled'],
      };
    case 'mpegts':
      return { muxer: 'mpegts', options: tsOptions(programme, streams) };
    case 'mpeg':
      return { muxer: programme.video.codec === 'mpeg1video' ? 'mpeg' : 'vob', options: ['-preload', '0'] };
    case 'mxf':
      return isD10(programme) ? { muxer: 'mxf_d10', options: d10Options(programme) } : { muxer: 'mxf', options: [] };
    case 'avi':
    case 'dv':
    case 'flv':
    case 'asf':
    case 'nut':
      return { muxer: programme.container, options: [] };
    default:
      throw new TextlessError('TEXTLESS_UNSUPPORTED', `${programme.name} cannot be delivered: ${programme.container} cannot be written.`);
  }
}

const describe = (s: StreamInfo): string => `stream ${s.index} (${s.type}${s.codec === 'unknown' ? '' : `, ${s.codec}`})`;

/**
 * Chooses muxer, streams and options so that the file is what it was, but for the picture.
 * @param anew whether a transport stream is to be muxed anew although {@link staysInPlace} allows better
 * @throws TextlessError `TEXTLESS_UNSUPPORTED` when ffmpeg cannot write this container
 */
export function planContainer(programme: Programme, anew = false): ContainerPlan {
  const inPlace = staysInPlace(programme) && !anew;
  const wanted = programme.streams.filter((s) => !remade(programme, s));
  const kept = wanted.filter((s) => inPlace || takes(programme, s));
  const losses = wanted.filter((s) => !kept.includes(s)).map((s) => `${describe(s)} cannot be written and is left out`);
  const others = kept.filter((s) => s.type === 'video' && !s.attachedPicture && s.index !== programme.video.index);
  losses.push(...others.map((s) => `${describe(s)} is another picture and stays as it is`));
  if (programme.container === 'mpegts' && !inPlace) {
    losses.push(...kept.filter((s) => s.type === 'unknown').map((s) => `${describe(s)} loses its stream type`));
  }
  const streams = kept.map((s) => s.index);
  return { ...muxerOf(programme, streams), streams, losses };
}
