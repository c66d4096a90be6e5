import type { Rational } from '../core/time.js';
import type { CodecPlan } from './codec.js';
import type { ContainerPlan } from './container.js';
import type { Programme } from './programme.js';
import type { EncoderTimeline } from './timeline.js';

/** Everything that is settled before a programme is written. */
export interface Plans {
  readonly codec: CodecPlan;
  readonly container: ContainerPlan;
  readonly timeline: EncoderTimeline;
  readonly rate: Rational;
  /** Ticks to be put back on the times of copied streams, by stream of the source. */
  readonly delays: ReadonlyMap<number, number>;
}

/** How raw pictures arrive: a pipe of `rawMatroska`. */
export const RAW_INPUT: readonly string[] = ['-copyts', '-f', 'matroska', '-probesize', '1M', '-analyzeduration', '0'];

/** Streams in their order: the picture from the pipe (input 0), everything else from the source (input 1). */
function mapping(programme: Programme, { container, delays }: Plans): string[] {
  return container.streams.flatMap((index, at) => {
    const from = index === programme.video.index ? '0:0' : `1:${index}`;
    const { dispositions, tags } = programme.streams[index];
    const delay = delays.get(index);
    return [
      ...['-map', from, `-map_metadata:s:${at}`, `1:s:${index}`],
      ...[`-disposition:${at}`, dispositions.length > 0 ? dispositions.join('+') : '0'],
      // What the muxer writes by itself for pictures; given by name it would write it for the time code track too.
      ...(tags['handler_name'] === 'VideoHandler' ? [`-metadata:s:${at}`, 'handler_name='] : []),
      ...(delay && from !== '0:0' ? [`-bsf:${at}`, `setts=pts=PTS+${delay}:dts=DTS+${delay}`] : []),
    ];
  });
}

/** What belongs to the whole file. */
export const fileOptions = (programme: Programme, plans: Plans): string[] => [
  ...mapping(programme, plans),
  ...['-map_metadata', '1', '-map_chapters', '1', '-c', 'copy', '-copy_unknown'],
];

/** What belongs to the muxer. */
export const muxerOptions = ({ container }: Plans): string[] => [
  ...['-max_muxing_queue_size', '9999', ...container.options, '-f', container.muxer],
];

/** Codes that say which flavour of a codec it is; elsewhere the muxer knows the right one. */
export const keepsTag = ({ container, video }: Programme): boolean =>
  (video.codec === 'hevc' && /^h(vc|ev)1$/.test(video.codecTag)) || (container === 'avi' && /^[A-Za-z0-9]{4}$/.test(video.codecTag));

/** Unless it is told how large the numbers are, the filter rounds them to fractions of numbers up to 100. */
const setSar = (sar: Rational | undefined): string => (sar ? `setsar=${sar.num}/${sar.den}:max=${Math.max(sar.num, sar.den)}` : 'setsar=0');

/**
 * How the picture is encoded.
 * @param at its place among the streams of the output
 */
export function pictureOptions(programme: Programme, { codec, timeline }: Plans, at: number): string[] {
  const { video } = programme;
  const filters = [
    'copy', // into ffmpeg's own padded buffers: the DNxHD encoder reads beyond the last line and crashes on a tight one
    timeline.filter,
    `setparams=range=${video.colour.range === 'full' ? 'pc' : video.tags.range === 'tv' ? 'tv' : 'unknown'}`,
    video.interlaced ? `setfield=${video.topFieldFirst ? 'tff' : 'bff'}` : 'setfield=prog',
    setSar(video.sar),
  ];
  const { base } = timeline;
  const options = [
    ...[`-c:${at}`, codec.encoder, `-pix_fmt:${at}`, codec.pixFmt, `-filter:${at}`, filters.join(',')],
    ...[`-fps_mode:${at}`, 'passthrough', `-enc_time_base:${at}`, `${base.num}:${base.den}`],
    ...codec.options.flatMap(([name, value]) => [`-${name}:${at}`, value]),
  ];
  if (timeline.restore) options.push(`-bsf:${at}`, timeline.restore);
  if (keepsTag(programme)) options.push(`-tag:${at}`, video.codecTag);
  return options;
}
