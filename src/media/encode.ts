import { stat } from 'node:fs/promises';
import { TextlessError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import { codecDelays } from './codec-delay.js';
import { keepsColourTags, planCodec } from './codec.js';
import { writeEncoded, type Edit } from './coded/encoded.js';
import type { CopiedPicture } from './coded/proof.js';
import { canCarry, lookBeside } from './coded/side/beside.js';
import { carriedParts, carrySideData } from './coded/side/carrying.js';
import { copiedBy, planUntouched, writeSpliced } from './coded/untouched.js';
import { copiedIn } from './coded/transport/groups.js';
import { planCopies } from './coded/transport/copies.js';
import type { CodedPictures } from './coded/transport/encoder.js';
import { writeInPlace } from './coded/transport/in-place.js';
import { ceilingOf, openMultiplex, type Multiplex } from './coded/transport/multiplex.js';
import { planContainer, staysInPlace, type Carriage, type ContainerPlan } from './container.js';
import { copyDisplayMatrix } from './display-matrix.js';
import { feedFfmpeg } from './feed.js';
import { readReport } from './ffprobe.js';
import { INPUT_GUARD } from './guard.js';
import { keyInterval, packetTimes } from './packets.js';
import type { FrameTimes, Programme } from './programme.js';
import { publish, type PublishOptions } from './publish.js';
import { rawMatroska } from './raw-matroska.js';
import { RAW_INPUT, fileOptions, muxerOptions, pictureOptions, type Plans } from './stream-options.js';
import { encoderTimeline, softTelecine, measuredRate } from './timeline.js';
import { hasEncoder } from './tools.js';

export interface EncodeOptions extends PublishOptions {
  /** Constant quality (CRF) for H.264, HEVC, VP8 and VP9; see {@link planCodec} for the default. */
  readonly quality?: number | undefined;
  /** Whether a frame differs from the source, by its index: closed GOPs without such a frame are copied where that can be done. None given: all do. */
  readonly touched?: ((frame: number) => boolean) | undefined;
  /** Looks at the finished file before it gets its name, knowing which pictures were copied; what it throws stops the delivery. */
  readonly accept?: ((partial: string, copied: readonly CopiedPicture[], carriage: Carriage) => Promise<void>) | undefined;
}

/** What was written. */
export interface Delivered {
  /** Frames in the new file, counted in the file itself. */
  readonly frames: number;
  readonly bytes: number;
  /** Coded pictures that are those of the source, byte by byte. */
  readonly copied: number;
  /** Why none is, where {@link EncodeOptions.touched} was given: the end of a sentence for a person. */
  readonly whyNone?: string;
  /** What could not be carried over: sentences for a person. */
  readonly losses: readonly string[];
  readonly carriage: Carriage;
}

/** Side data of frames that the encoders are not given, and how a person calls it; lost where it cannot be put into coded pictures. */
const LOST_SIDE_DATA: Readonly<Record<string, string>> = {
  'ATSC A53 Part 4 Closed Captions': 'closed captions inside the picture (CEA-608/708)',
  'Active format description': 'the active format description',
  'HDR Dynamic Metadata SMPTE2094-40 (HDR10+)': 'HDR10+ dynamic metadata',
};

const notWritten = (what: string): string => `${what} cannot be written again`;

function pictureLosses(programme: Programme): string[] {
  const { sideData, codec } = programme.video;
  const lost = canCarry(programme) ? [] : sideData.flatMap((d) => LOST_SIDE_DATA[d.type] ?? []);
  if (codec !== 'hevc' && sideData.some((d) => d.type === 'Mastering display metadata')) lost.push('mastering display metadata');
  const { range, space, primaries, transfer } = programme.video.tags;
  if (!keepsColourTags(programme.video) && (range === 'pc' || space || primaries || transfer)) lost.push('the colour tags');
  if (codec === 'prores' && programme.video.geometry.format.depth === 12) lost.push('the two lowest of 12 bits');
  return lost.map(notWritten);
}

/** Said before the work: another kind of file, and whom that concerns. */
function mezzanineLosses({ mezzanine, video }: Programme): string[] {
  return mezzanine ? [`it is delivered in Matroska (${video.codec}), because ${mezzanine.because}`] : [];
}

const lossesOf = (programme: Programme, container: ContainerPlan): string[] => [
  ...mezzanineLosses(programme),
  ...container.losses,
  ...pictureLosses(programme),
];

/**
 * Whether {@link encodeProgramme} can deliver this programme, before any work is done.
 * @param times of the frames, once they are known: some codecs cannot express a varying rate
 * @returns what will not be carried over, as sentences for a person
 * @throws TextlessError `TEXTLESS_UNSUPPORTED`, saying what is in the way
 */
export function assertDeliverable(programme: Programme, times?: FrameTimes): readonly string[] {
  const codec = planCodec(programme, { keyInterval: 1, constantRate: true });
  if (codec.gridded && programme.video.repeatsFields) throw softTelecine(programme);
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

interface Settled extends Plans {
  /** Where the picture is replaced in its multiplex. */
  readonly multiplex: Multiplex | undefined;
  readonly losses: readonly string[];
}

async function plan(programme: Programme, times: FrameTimes, options: EncodeOptions): Promise<Settled> {
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
  const delays = await codecDelays(programme);
  return { codec, rate, delays, container, timeline: encoderTimeline(programme, times, codec.gridded), multiplex, losses };
}

function write(programme: Programme, plans: Plans, frames: AsyncIterable<Frame>, partial: string, signal?: AbortSignal): Promise<void> {
  const picture = pictureOptions(programme, plans, plans.container.streams.indexOf(programme.video.index));
  const options = [...fileOptions(programme, plans), ...picture, ...muxerOptions(plans)];
  return feedFfmpeg(rawMatroska(programme.video.geometry, plans.rate, frames, plans.timeline.pipe), {
    what: `Encoding ${programme.name}`,
    job: (source) => ({
      inputs: [
        { at: source, options: RAW_INPUT },
        { at: programme.path, options: INPUT_GUARD },
      ],
      outputs: [{ at: partial, options }],
      failure: { code: 'TEXTLESS_ENCODE', sentence: `The new version of ${programme.name} could not be written.` },
      signal,
    }),
    signal,
  });
}

/** What became of the pictures. */
interface Written {
  readonly copied: number;
  /** Those that are to be held against the source before delivery. */
  readonly proof: readonly CopiedPicture[];
  readonly whyNone?: string;
  readonly losses: readonly string[];
}

type Writing = readonly [programme: Programme, frames: AsyncIterable<Frame>, times: FrameTimes, partial: string];

async function writeTransport(
  [programme, frames, times, partial]: Writing,
  plans: Plans,
  multiplex: Multiplex,
  { touched, signal }: EncodeOptions,
): Promise<Written> {
  const beside = await lookBeside(programme, signal);
  const planned = touched && (await planCopies(programme, multiplex, plans, { times, touched, signal }));
  const copies = typeof planned === 'object' ? planned : undefined;
  const edit = beside.carries
    ? (pictures: CodedPictures): CodedPictures => carrySideData(pictures, programme, { framing: 'annexb' }, signal)
    : undefined;
  const losses = await writeInPlace(programme, plans, multiplex, { frames, times, copies, edit }, { partial, signal });
  const lost = [...losses, ...beside.lost.map(notWritten)];
  return { copied: copiedIn(copies?.parts ?? []), proof: [], ...(typeof planned === 'string' ? { whyNone: planned } : {}), losses: lost };
}

async function writeFile([programme, frames, times, partial]: Writing, plans: Plans, { touched, signal }: EncodeOptions): Promise<Written> {
  const untouched = touched && !programme.mezzanine ? await planUntouched(programme, plans, times, touched, signal) : undefined;
  const splice = untouched?.splice;
  const beside = await lookBeside(programme, signal);
  const edit: Edit = (parts) => carriedParts(parts, programme, signal);
  if (splice) await writeSpliced(programme, splice, frames, times, edit, partial, signal);
  else if (beside.carries) await writeEncoded(programme, plans, frames, times, edit, partial, signal);
  else await write(programme, plans, frames, partial, signal);
  const proof = splice ? await copiedBy(programme, splice) : [];
  return {
    copied: proof.length,
    proof,
    ...(untouched && !untouched.splice ? { whyNone: untouched.reason } : {}),
    losses: beside.lost.map(notWritten),
  };
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
  return publish(programme, target, options, async (partial) => {
    const writing = [programme, frames, times, partial] as const;
    const { proof, losses, ...told } = await (multiplex
      ? writeTransport(writing, plans, multiplex, options)
      : writeFile(writing, plans, options));
    if (programme.video.rotation !== 0) await copyDisplayMatrix(programme.path, partial);
    const written = await packetTimes(partial, await pictureIndex(programme, plans.container, partial, signal), signal);
    if (written.length !== times.ticks.length) {
      const sentence = `${times.ticks.length} frames were encoded, but the new version of ${programme.name} holds ${written.length}.`;
      throw new TextlessError('TEXTLESS_ENCODE', sentence);
    }
    await options.accept?.(partial, proof, carriage);
    return { frames: written.length, bytes: (await stat(partial)).size, ...told, losses: [...plans.losses, ...losses], carriage };
  });
}
