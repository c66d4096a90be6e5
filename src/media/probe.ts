import { stat } from 'node:fs/promises';
import path from 'node:path';
import { TextlessError } from '../core/errors.js';
import { parseRational, toNumber, type Rational } from '../core/time.js';
import { FASTEST, refuseAbsurd, refuseUnsupported } from './acceptance.js';
import { assertClear } from './encryption.js';
import { whyUnfinished } from './endings/ending.js';
import { readFirstFrames, readReport, type ProbedFrame, type ProbedStream, type ProbeReport } from './ffprobe.js';
import { planarFormat, resolveColour } from './pixel-format.js';
import { incomplete } from './refusal.js';
import { assertFewTracks } from './track-count.js';
import type { ColourTags, FieldOrder, Programme, ServiceInfo, SideData, StreamInfo, VideoStream } from './programme.js';

const dropUndefined = <T extends object>(o: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };

const known = (value: string | undefined): string | undefined => (value === 'unknown' || value === 'unspecified' ? undefined : value);

async function sizeOf(file: string, name: string): Promise<number> {
  let found;
  try {
    found = await stat(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const sentence = code === 'ENOENT' || code === 'ENOTDIR' ? `${name} does not exist.` : `${name} cannot be read.`;
    throw new TextlessError('TEXTLESS_NOT_FOUND', sentence, message, { cause: error });
  }
  if (!found.isFile()) throw new TextlessError('TEXTLESS_NOT_MEDIA', `${name} is not a file.`, file);
  if (found.size === 0) throw new TextlessError('TEXTLESS_EMPTY', `${name} is empty.`, file);
  return found.size;
}

const isPicture = (s: ProbedStream): boolean =>
  s.codec_type === 'video' && !s.disposition['attached_pic'] && !s.disposition['timed_thumbnails'];

function isUnderstood(s: ProbedStream): boolean {
  if (s.codec_type === 'audio') return Boolean(s.sample_rate && s.channels);
  return s.codec_type !== 'video' || Boolean(s.width && s.height);
}

function streamInfo(s: ProbedStream): StreamInfo {
  return dropUndefined({
    index: s.index,
    type: s.codec_type,
    codec: s.codec_name,
    codecTag: s.codec_tag_string,
    profile: known(s.profile),
    id: s.id === undefined ? undefined : Number(s.id),
    timeBase: parseRational(s.time_base),
    startTicks: s.start_pts,
    language: s.tags['language'] ?? s.tags['LANGUAGE'],
    channels: s.channels,
    tags: s.tags,
    dispositions: Object.keys(s.disposition).filter((k) => s.disposition[k]),
    attachedPicture: s.codec_type === 'video' && !isPicture(s),
    understood: isUnderstood(s),
  });
}

function sideDataOf(lists: ProbedStream['side_data_list'][]): SideData[] {
  const seen = new Map<string, SideData>();
  for (const { side_data_type: type, ...rest } of lists.flat()) {
    const fields = Object.entries(rest).filter((e): e is [string, string | number] => typeof e[1] === 'string' || typeof e[1] === 'number');
    if (!seen.has(type)) seen.set(type, { type, fields: Object.fromEntries(fields) });
  }
  return [...seen.values()];
}

/** The nominal rate: `r_frame_rate` unless it is beyond any camera, then the average, then 25. */
function nominalRate(s: ProbedStream): Rational {
  const nominal = parseRational(s.r_frame_rate);
  if (nominal && toNumber(nominal) <= FASTEST) return nominal;
  return parseRational(s.avg_frame_rate) ?? { num: 25, den: 1 };
}

const sarOf = (s: ProbedStream): Rational | undefined => parseRational(s.sample_aspect_ratio?.replace(':', '/'));

function colourTags(s: ProbedStream): ColourTags {
  return dropUndefined({
    range: known(s.color_range),
    space: known(s.color_space),
    primaries: known(s.color_primaries),
    transfer: known(s.color_transfer),
    chromaLocation: known(s.chroma_location),
  });
}

/** DNxHD gives every frame the same number of bytes, so one frame tells the rate. */
function constantBitRate(s: ProbedStream, frame: ProbedFrame | undefined): number | undefined {
  return s.codec_name === 'dnxhd' && frame?.pkt_size ? frame.pkt_size * 8 * toNumber(nominalRate(s)) : undefined;
}

function videoStream(s: ProbedStream, firstFrames: readonly ProbedFrame[]): VideoStream {
  const pixFmt = s.pix_fmt ?? '';
  const format = planarFormat(pixFmt);
  const height = s.height ?? 0;
  if (!format) throw new RangeError(`not a planar format: ${pixFmt}`);
  const tags = colourTags(s);
  const sideData = sideDataOf([s.side_data_list, ...firstFrames.map((f) => f.side_data_list)]);
  const fieldOrder = (s.field_order ?? 'unknown') as FieldOrder;
  const flagged = firstFrames.find((f) => f.interlaced_frame);
  const inFields = /^[tb]{2}$/.test(fieldOrder);
  return dropUndefined({
    index: s.index,
    codec: s.codec_name,
    codecTag: s.codec_tag_string,
    profile: known(s.profile),
    level: s.level !== undefined && s.level > 0 ? s.level : undefined,
    geometry: { width: s.width ?? 0, height, format },
    pixFmt,
    colour: resolveColour(tags, pixFmt, height),
    tags,
    rate: nominalRate(s),
    averageRate: parseRational(s.avg_frame_rate),
    timeBase: parseRational(s.time_base) ?? { num: 1, den: 90_000 },
    startTicks: s.start_pts ?? 0,
    sar: sarOf(s),
    fieldOrder,
    interlaced: firstFrames.length > 0 ? flagged !== undefined : inFields,
    topFieldFirst: flagged ? flagged.top_field_first === 1 : fieldOrder === 'tt' || fieldOrder === 'bt',
    repeatsFields: new Set(firstFrames.map((f) => f.repeat_pict)).size > 1,
    bitRate: s.bit_rate ?? constantBitRate(s, firstFrames[0]),
    frames: s.nb_frames,
    rotation: Number(sideData.find((d) => d.type === 'Display Matrix')?.fields['rotation'] ?? 0),
    reorder: s.has_b_frames,
    sideData,
  });
}

function services(report: ProbeReport): ServiceInfo[] {
  return report.programs.map(
    (p) => dropUndefined({ number: p.program_num, pmtPid: p.pmt_pid, tags: p.tags, streams: p.streams.map((s) => s.index) }) as ServiceInfo,
  );
}

/** The picture that is meant: in a multiplex the one with the PID that `like` says, else the first whose size is known. */
function pick(name: string, { streams }: ProbeReport, like: Programme | undefined): ProbedStream {
  const pictures = streams.filter(isPicture);
  const id = like?.container === 'mpegts' ? like.streams[like.video.index].id : undefined;
  const picture = pictures.find((s) => id !== undefined && Number(s.id) === id) ?? pictures.find((s) => s.width && s.height) ?? pictures[0];
  if (!picture) throw new TextlessError('TEXTLESS_UNSUPPORTED', `${name} has no picture.`, streams.map((s) => s.codec_type).join(', '));
  return picture;
}

/** Refuses what cannot be processed, the cause before its effects: what is encrypted or half there looks undecodable too. */
async function accept(absolute: string, name: string, report: ProbeReport, picture: ProbedStream): Promise<void> {
  await assertClear(absolute, name, report.format.format_name, picture.id === undefined ? undefined : Number(picture.id));
  if (!picture.width || !picture.height || !picture.pix_fmt) {
    const why = await whyUnfinished(absolute);
    if (why !== undefined) throw incomplete(name, why);
  }
  refuseUnsupported(name, picture);
}

export interface ProbeOptions {
  readonly signal?: AbortSignal | undefined;
  /** The programme that this file is a version of: decides which of several pictures is meant. */
  readonly like?: Programme | undefined;
}

/**
 * Looks at a file without changing it.
 *
 * The picture stream is the first video stream that is not a cover picture and whose size is known; in a multiplex, the one
 * with the PID that the picture has in `like`.
 *
 * @param file a path, absolute or relative to the working directory; any name is fine
 * @throws TextlessError `TEXTLESS_NOT_FOUND`, `TEXTLESS_NOT_MEDIA`, `TEXTLESS_EMPTY`, `TEXTLESS_INCOMPLETE` (nothing can be
 * read yet; what can be read but ends early passes, see `assertComplete`), `TEXTLESS_ENCRYPTED`, `TEXTLESS_UNSUPPORTED` (no
 * picture, one that cannot be processed, or more of something than any programme has), `TEXTLESS_STALLED`,
 * `TEXTLESS_FFMPEG_MISSING`, `TEXTLESS_CANCELLED`
 */
export async function probe(file: string, options: ProbeOptions = {}): Promise<Programme> {
  const absolute = path.resolve(file);
  const name = path.basename(absolute);
  const bytes = await sizeOf(absolute, name);
  await assertFewTracks(absolute, name);
  const report = await readReport(absolute, name, options.signal);
  refuseAbsurd(name, report);
  const picture = pick(name, report, options.like);
  await accept(absolute, name, report, picture);
  const firstFrames = await readFirstFrames(absolute, picture.index, options.signal);
  return dropUndefined({
    path: absolute,
    name,
    container: report.format.format_name,
    bytes,
    durationSeconds: report.format.duration,
    startSeconds: report.format.start_time ?? 0,
    tags: report.format.tags,
    video: videoStream(picture, firstFrames),
    streams: report.streams.map(streamInfo),
    services: services(report),
    chapters: report.chapters.length,
  });
}
