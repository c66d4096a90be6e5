import type { ColourSpace, Geometry } from '../core/frame.js';
import type { Rational } from '../core/time.js';

/** Metadata of a file or stream as ffprobe gives it. */
export type Tags = Readonly<Record<string, string>>;

/** Colour tags verbatim, in ffmpeg's names; a tag the file does not carry is absent. */
export interface ColourTags {
  readonly range?: string;
  readonly space?: string;
  readonly primaries?: string;
  readonly transfer?: string;
  readonly chromaLocation?: string;
}

/** `progressive`, or the order of coded and displayed fields: `tt`, `bb`, `tb`, `bt`; `unknown` where nobody says. */
export type FieldOrder = 'progressive' | 'tt' | 'bb' | 'tb' | 'bt' | 'unknown';

/** One stream of a programme, whatever its type. */
export interface StreamInfo {
  /** Position in the file, from 0. */
  readonly index: number;
  /** `video`, `audio`, `subtitle`, `data`, `attachment` or `unknown`. */
  readonly type: string;
  /** ffmpeg's codec name; `unknown` where it has none. */
  readonly codec: string;
  readonly codecTag: string;
  readonly profile?: string;
  /** Identifier in the container: PID in MPEG-TS, track id in MP4. */
  readonly id?: number;
  readonly timeBase?: Rational;
  /** First time in {@link timeBase} ticks. */
  readonly startTicks?: number;
  readonly language?: string;
  /** Of sound. */
  readonly channels?: number;
  readonly tags: Tags;
  /** Dispositions that are set, in ffmpeg's names. */
  readonly dispositions: readonly string[];
  /** Whether this is a cover picture, which ffmpeg calls video. */
  readonly attachedPicture: boolean;
  /** Whether enough of it was found to know its sample rate or size; nothing can be written without. */
  readonly understood: boolean;
}

/** The picture stream that is looked at and restored. */
export interface VideoStream {
  readonly index: number;
  readonly codec: string;
  readonly codecTag: string;
  readonly profile?: string;
  readonly level?: number;
  /** Coded picture size and the planar layout in which frames are decoded. Rotation is not applied. */
  readonly geometry: Geometry;
  /** ffmpeg's own name of the coded layout; differs from `geometry.format.name` for packed layouts. */
  readonly pixFmt: string;
  /** Resolved for conversion; see {@link tags} for what the file says. */
  readonly colour: ColourSpace;
  readonly tags: ColourTags;
  /** Nominal frame rate: `r_frame_rate`, or the average where that is not plausible. */
  readonly rate: Rational;
  readonly averageRate?: Rational;
  /** Unit of frame times, in seconds. */
  readonly timeBase: Rational;
  readonly startTicks: number;
  /** Sample aspect ratio; undefined where the file has none. */
  readonly sar?: Rational;
  readonly fieldOrder: FieldOrder;
  /** Whether frames at the start are flagged interlaced, and with the top field first. */
  readonly interlaced: boolean;
  readonly topFieldFirst: boolean;
  /** Whether some of these frames repeat a field, as where film is broadcast without coding fields twice (soft telecine). */
  readonly repeatsFields: boolean;
  /** Bits a second, where the file says. */
  readonly bitRate?: number;
  /** Frames as the container states them: an estimate. */
  readonly frames?: number;
  /** Degrees counter-clockwise that a player must turn the picture, as ffprobe gives it; 0 where none. */
  readonly rotation: number;
  /** Largest number of consecutive B-frames the decoder expects (`has_b_frames`). */
  readonly reorder: number;
  /** Side data of the stream and of its first frames, in ffprobe's names. */
  readonly sideData: readonly SideData[];
}

/** One piece of side data with its fields as ffprobe prints them. */
export interface SideData {
  readonly type: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** A service of a transport stream. */
export interface ServiceInfo {
  readonly number: number;
  readonly pmtPid?: number;
  readonly tags: Tags;
  /** Stream indices. */
  readonly streams: readonly number[];
}

/** A media file as it is before anything is done to it. */
export interface Programme {
  /** Absolute. */
  readonly path: string;
  /** File name without the folder. */
  readonly name: string;
  /** ffmpeg's demuxer: `mov,mp4,m4a,3gp,3g2,mj2`, `matroska,webm`, `mpegts`, `mxf`, … */
  readonly container: string;
  readonly bytes: number;
  readonly durationSeconds?: number;
  /** Time of the first sample of any stream. */
  readonly startSeconds: number;
  readonly tags: Tags;
  readonly video: VideoStream;
  /** All streams in the file's order, the picture stream among them. */
  readonly streams: readonly StreamInfo[];
  readonly services: readonly ServiceInfo[];
  readonly chapters: number;
  /** Set where it is to come out as another kind of file, with the reason; see mezzanine.ts. */
  readonly mezzanine?: { readonly extension: string; readonly because: string };
}

/** Times of the frames of one decode, in presentation order, one a frame. */
export interface FrameTimes {
  /** Seconds in a tick: the picture stream's time base. */
  readonly base: Rational;
  /** Presentation times in ticks, as in the file: a start offset is part of them. */
  readonly ticks: readonly number[];
  /** Ticks that the last frame is shown; 0 where the file does not say. */
  readonly lastDuration: number;
}
