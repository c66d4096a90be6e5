import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { stat } from 'node:fs/promises';
import { TextlessError, throwIfCancelled } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import type { Rational } from '../core/time.js';
import { keepsColourTags, planCodec, type CodecPlan } from './codec.js';
import { codedPictures, PIPE_START } from './coded/transport/from-encoder.js';
import type { CodedPicture } from './coded/picture.js';
import { copiedIn, type Part } from './coded/transport/groups.js';
import { mixed } from './coded/transport/mixed.js';
import { ceilingOf, openMultiplex, planCopies, writeMultiplex, type Multiplex } from './coded/transport/multiplex.js';
import { planContainer, staysInPlace, type Carriage, type ContainerPlan } from './container.js';
import { copyDisplayMatrix } from './display-matrix.js';
import { startFfmpeg, type FfmpegJob } from './ffmpeg.js';
import { readReport } from './ffprobe.js';
import { INPUT_GUARD } from './guard.js';
import { keyInterval, packetTimes } from './packets.js';
import type { FrameTimes, Programme } from './programme.js';
import { publish, type PublishOptions } from './publish.js';
import { rawMatroska } from './raw-matroska.js';
import { encoderTimeline, measuredRate, rising, type EncoderTimeline } from './timeline.js';
import { hasEncoder } from './tools.js';
import { Watchdog } from './watchdog.js';

export interface EncodeOptions extends PublishOptions {
  /** Constant quality (CRF) for H.264, HEVC, VP8 and VP9; see {@link planCodec} for the default. */
  readonly quality?: number | undefined;
  /** Whether a frame differs from the source, by its index: groups of pictures without such a frame are taken over where that can be done. None given: all do. */
  readonly touched?: ((frame: number) => boolean) | undefined;
  /** Looks at the finished file before it gets its name; what it throws stops the delivery. */
  readonly accept?: ((partial: string, carriage: Carriage) => Promise<void>) | undefined;
}

/** What was written. */
export interface Delivered {
  /** Frames in the new file, counted in the file itself. */
  readonly frames: number;
  readonly bytes: number;
  /** What could not be carried over: sentences for a person. */
  readonly losses: readonly string[];
  readonly carriage: Carriage;
  /** Coded pictures that are those of the source, byte by byte. */
  readonly copied: number;
  /** Why none is, where {@link EncodeOptions.touched} was given: the end of a sentence for a person. */
  readonly whyNone?: string;
}

/** Seconds that writing the index of a finished file may take. */
const FINISHING = 3600;

/** Side data of frames that the encoders are not given, and how a person calls it. */
const LOST_SIDE_DATA: Readonly<Record<string, string>> = {
  'ATSC A53 Part 4 Closed Captions': 'closed captions inside the picture (CEA-608/708)',
  'Active format description': 'the active format description',
  'HDR Dynamic Metadata SMPTE2094-40 (HDR10+)': 'HDR10+ dynamic metadata',
};

function pictureLosses(programme: Programme): string[] {
  const { sideData, codec } = programme.video;
  const lost = sideData.flatMap((d) => LOST_SIDE_DATA[d.type] ?? []);
  if (codec !== 'hevc' && sideData.some((d) => d.type === 'Mastering display metadata')) lost.push('mastering display metadata');
  const { range, space, primaries, transfer } = programme.video.tags;
  if (!keepsColourTags(programme.video) && (range === 'pc' || space || primaries || transfer)) lost.push('the colour tags');
  if (codec === 'prores' && programme.video.geometry.format.depth === 12) lost.push('the two lowest of 12 bits');
  return lost.map((what) => `${what} cannot be written again`);
}

const lossesOf = (programme: Programme, container: ContainerPlan): string[] => [...container.losses, ...pictureLosses(programme)];

/**
 * Whether {@link encodeProgramme} can deliver this programme, before any work is done.
 * @param times of the frames, once they are known: some codecs cannot express a varying rate
 * @returns what will not be carried over, as sentences for a person
 * @throws TextlessError `TEXTLESS_UNSUPPORTED`, saying what is in the way
 */
export function assertDeliverable(programme: Programme, times?: FrameTimes): readonly string[] {
  const codec = planCodec(programme, { keyInterval: 1, constantRate: true });
  if (times) encoderTimeline(programme, times, codec.gridded);
  return lossesOf(programme, planContainer(programme));
}

/**
 * Whether this ffmpeg can write the codec of a programme; {@link encodeProgramme} asks too, but that may be hours later.
 * @throws TextlessError `TEXTLESS_FFMPEG_MISSING` when it was built without the encoder, `TEXTLESS_UNSUPPORTED`
 */
export async function assertEncoder(programme: Programme): Promise<void> {
  const { encoder } = planCodec(programme, { keyInterval: 1, constantRate: true });
  if (await hasEncoder(encoder)) return;
  const sentence = `This ffmpeg was built without ${encoder}, which ${programme.name} needs: install one that has it.`;
  throw new TextlessError('TEXTLESS_FFMPEG_MISSING', sentence);
}

interface Plans {
  readonly codec: CodecPlan;
  readonly container: ContainerPlan;
  readonly timeline: EncoderTimeline;
  readonly rate: Rational;
  /** Where the picture is replaced in place. */
  readonly multiplex: Multiplex | undefined;
  readonly losses: readonly string[];
}

async function plan(programme: Programme, times: FrameTimes, options: EncodeOptions): Promise<Plans> {
  await assertEncoder(programme);
  const { rate, constant } = measuredRate(programme.video, times);
  const opened = staysInPlace(programme) ? await openMultiplex(programme, times, options.signal) : undefined;
  const multiplex = typeof opened === 'object' ? opened : undefined;
  const codec = planCodec(programme, {
    quality: options.quality,
    keyInterval: await keyInterval(programme.path, programme.video.index, options.signal),
    constantRate: constant,
    ceiling: multiplex && ceilingOf(multiplex),
  });
  const container = planContainer(programme, !multiplex);
  const losses = lossesOf(programme, container);
  if (typeof opened === 'string') losses.push(`the multiplex is built anew: ${opened}`);
  return { codec, rate, container, timeline: encoderTimeline(programme, times, codec.gridded), multiplex, losses };
}

/** Streams in their order: the picture from the pipe (input 0), everything else from the source (input 1). */
function mapping(programme: Programme, streams: readonly number[]): string[] {
  return streams.flatMap((index, at) => {
    const from = index === programme.video.index ? '0:0' : `1:${index}`;
    const { dispositions } = programme.streams[index];
    return [
      ...['-map', from, `-map_metadata:s:${at}`, `1:s:${index}`],
      ...[`-disposition:${at}`, dispositions.length > 0 ? dispositions.join('+') : '0'],
    ];
  });
}

/** Codes that say which flavour of a codec it is; elsewhere the muxer knows the right one. */
const keepsTag = ({ container, video }: Programme): boolean =>
  (video.codec === 'hevc' && /^h(vc|ev)1$/.test(video.codecTag)) || (container === 'avi' && /^[A-Za-z0-9]{4}$/.test(video.codecTag));

function pictureOptions(programme: Programme, { codec, timeline }: Plans, at: number): string[] {
  const { video } = programme;
  const filters = [
    'copy', // into ffmpeg's own padded buffers: the DNxHD encoder reads beyond the last line and crashes on a tight one
    timeline.filter,
    `setparams=range=${video.colour.range === 'full' ? 'pc' : video.tags.range === 'tv' ? 'tv' : 'unknown'}`,
    video.interlaced ? `setfield=${video.topFieldFirst ? 'tff' : 'bff'}` : 'setfield=prog',
    `setsar=${video.sar ? `${video.sar.num}/${video.sar.den}` : '0'}`,
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

const failure = (programme: Programme): FfmpegJob['failure'] => ({
  code: 'TEXTLESS_ENCODE',
  sentence: `The new version of ${programme.name} could not be written.`,
});

const PIPED = ['-copyts', '-f', 'matroska', '-probesize', '1M', '-analyzeduration', '0'];

/** Encodes and puts everything into a file again. */
function muxing(programme: Programme, plans: Plans, source: Readable, partial: string, signal?: AbortSignal): FfmpegJob {
  const { container } = plans;
  const output = [
    ...mapping(programme, container.streams),
    ...['-map_metadata', '1', '-map_chapters', '1', '-c', 'copy', '-copy_unknown'],
    ...pictureOptions(programme, plans, container.streams.indexOf(programme.video.index)),
    ...['-max_muxing_queue_size', '9999', ...container.options, '-f', container.muxer],
  ];
  return {
    inputs: [
      { at: source, options: PIPED },
      { at: programme.path, options: [...INPUT_GUARD] },
    ],
    outputs: [{ at: partial, options: output }],
    failure: failure(programme),
    signal,
  };
}

/** Encodes only: pictures with their times come out of a pipe. */
function encoding(programme: Programme, plans: Plans, source: Readable, pipe: PassThrough, signal?: AbortSignal): FfmpegJob {
  const output = ['-map', '0:0', ...pictureOptions(programme, plans, 0), '-mpegts_copyts', '1', '-muxdelay', '0', '-f', 'mpegts'];
  const inputs = [{ at: source, options: PIPED }];
  return { inputs, outputs: [{ at: pipe, options: output }], failure: failure(programme), signal };
}

/** Hands pictures to ffmpeg and watches that it takes them. */
async function* watched(
  pictures: AsyncIterable<Uint8Array>,
  dog: () => Watchdog | undefined,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pictures) {
    throwIfCancelled(signal);
    try {
      dog()?.wait();
      yield piece;
    } finally {
      dog()?.rest(); // also when ffmpeg has died and nobody asks for more: a timer would keep the program alive
    }
  }
  dog()?.wait(FINISHING);
}

async function write(
  programme: Programme,
  plans: Plans,
  frames: AsyncIterable<Frame>,
  job: (source: Readable) => FfmpegJob,
  signal?: AbortSignal,
): Promise<void> {
  let dog: Watchdog | undefined;
  const pictures = watched(rawMatroska(programme.video.geometry, plans.rate, frames, plans.timeline.pipe), () => dog, signal);
  const source = Readable.from(pictures, { objectMode: false, highWaterMark: 1 << 20 });
  let fault: unknown;
  source.on('error', (error) => (fault = error));
  try {
    const run = await startFfmpeg(job(source));
    dog = new Watchdog(run.kill, `Encoding ${programme.name}`);
    // A source that ends without its last byte would leave ffmpeg waiting for ever (fault 2).
    source.on('close', () => {
      if (!source.readableEnded) run.kill();
    });
    await run.settled;
  } catch (error) {
    throwIfCancelled(signal);
    throw fault ?? error;
  } finally {
    dog?.rest();
    // ffmpeg may end first; the frames behind the pipe must be let go all the same (fault 7).
    if (!source.closed) {
      source.destroy();
      await once(source, 'close').catch(() => {});
    }
  }
}

/** Encodes frames that are shown at some times; their pictures come in decoding order. */
async function* encodedPictures(
  programme: Programme,
  plans: Plans,
  frames: AsyncIterable<Frame>,
  times: FrameTimes,
  signal?: AbortSignal,
): AsyncGenerator<CodedPicture, void, undefined> {
  const stop = new AbortController();
  const both = AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]);
  // A stream that is closed makes fluent report an error on good runs (fault 4).
  const pipe = new PassThrough({ emitClose: false, highWaterMark: 1 << 20 });
  const piped = { ...times, ticks: times.ticks.map((tick) => tick - times.ticks[0] + PIPE_START) };
  const own = { ...plans, timeline: encoderTimeline(programme, piped, plans.codec.gridded) };
  const faults: Error[] = [];
  const encoded = write(programme, own, frames, (source) => encoding(programme, own, source, pipe, both), both).catch((error: Error) => {
    faults.push(error);
    pipe.destroy(error);
  });
  try {
    yield* codedPictures(pipe, rising(times.ticks));
    await encoded;
  } finally {
    stop.abort();
    pipe.destroy();
    await encoded;
    throwIfCancelled(signal);
  }
  if (faults.length > 0) throw faults[0];
}

/** Replaces the picture in its multiplex while the encoder makes the new one, or the new parts of it. */
async function writeInPlace(
  programme: Programme,
  plans: Plans & { readonly multiplex: Multiplex },
  {
    frames,
    times,
    copies,
  }: { readonly frames: AsyncIterable<Frame>; readonly times: FrameTimes; readonly copies: readonly Part[] | undefined },
  partial: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { survey, shown } = plans.multiplex;
  const encode = (some: AsyncIterable<Frame>, ticks: readonly number[]): AsyncGenerator<CodedPicture, void, undefined> =>
    encodedPictures(programme, plans, some, { ...times, ticks }, signal);
  const pictures = copies ? mixed(programme.path, survey, { parts: copies, shown, frames, encode }) : encode(frames, times.ticks);
  return writeMultiplex(programme, plans.multiplex, pictures, { partial, copies, signal });
}

/** Where the picture stream is in the new file: at its place, but in a multiplex, which is listed as it is met, by its PID. */
async function pictureIndex(programme: Programme, { streams }: ContainerPlan, partial: string, signal?: AbortSignal): Promise<number> {
  const place = streams.indexOf(programme.video.index);
  if (programme.container !== 'mpegts') return place;
  const { id } = programme.streams[programme.video.index];
  const report = await readReport(partial, programme.name, signal);
  return report.streams.find((s) => Number(s.id) === id)?.index ?? place;
}

/**
 * Writes a programme anew with other pictures: container, codec family, profile, colour tags, sample aspect, fields, times
 * of frames, stream order, metadata, chapters and dispositions as in the source; every other stream is copied packet by
 * packet. In a transport stream only the packets of the picture are replaced, where that can be. The target appears only when it is complete; see {@link publish}.
 *
 * @param frames one for each tick of `times`, in order, in the source's geometry; they are read as fast as they are encoded
 * @throws TextlessError `TEXTLESS_UNSUPPORTED`, `TEXTLESS_ENCODE`, `TEXTLESS_VERIFY` (counts differ), `TEXTLESS_NO_SPACE`,
 * `TEXTLESS_OUTPUT`, `TEXTLESS_FFMPEG_MISSING`, `TEXTLESS_STALLED`, `TEXTLESS_CANCELLED`, and whatever `frames` throws
 */
export async function encodeProgramme(
  programme: Programme,
  frames: AsyncIterable<Frame>,
  times: FrameTimes,
  target: string,
  options: EncodeOptions = {},
): Promise<Delivered> {
  const { signal } = options;
  const plans = await plan(programme, times, options);
  const { multiplex } = plans;
  const carriage = multiplex ? 'in place' : 'anew';
  const planned = multiplex && options.touched ? await planCopies(programme, multiplex, options.touched) : undefined;
  const copies = typeof planned === 'object' ? planned : undefined;
  return publish(programme, target, options, async (partial) => {
    const job = (source: Readable): FfmpegJob => muxing(programme, plans, source, partial, signal);
    const losses = multiplex
      ? await writeInPlace(programme, { ...plans, multiplex }, { frames, times, copies }, partial, signal)
      : await write(programme, plans, frames, job, signal).then(() => []);
    if (programme.video.rotation !== 0) await copyDisplayMatrix(programme.path, partial);
    const written = await packetTimes(partial, await pictureIndex(programme, plans.container, partial, signal), signal);
    if (written.length !== times.ticks.length) {
      const sentence = `${times.ticks.length} frames were encoded, but the new version of ${programme.name} holds ${written.length}.`;
      throw new TextlessError('TEXTLESS_ENCODE', sentence);
    }
    await options.accept?.(partial, carriage);
    return {
      ...{ frames: written.length, bytes: (await stat(partial)).size, losses: [...plans.losses, ...losses], carriage },
      ...{ copied: copies ? copiedIn(copies) : 0, ...(typeof planned === 'string' ? { whyNone: planned } : {}) },
    };
  });
}
