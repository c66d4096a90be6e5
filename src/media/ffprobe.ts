import { z } from 'zod';
import { TextlessError } from '../core/errors.js';
import { whyUnfinished } from './endings/ending.js';
import { INPUT_GUARD, LARGEST_SIDE, MOST_STREAMS } from './guard.js';
import { incomplete, unsupported } from './refusal.js';
import { ToolFailure, runTool } from './run-tool.js';
import { tools } from './tools.js';

const text = z.string().optional();
const count = z.coerce.number().optional();
const tags = z.record(z.string(), z.string()).default({});
const sideData = z.array(z.looseObject({ side_data_type: z.string() })).default([]);

const stream = z.looseObject({
  index: z.number(),
  codec_type: z.string().default('unknown'),
  codec_name: z.string().default('unknown'),
  codec_tag_string: z.string().default(''),
  profile: z.coerce.string().optional(),
  level: z.number().optional(),
  id: text,
  width: count,
  height: count,
  sample_rate: count,
  channels: count,
  pix_fmt: text,
  sample_aspect_ratio: text,
  field_order: text,
  color_range: text,
  color_space: text,
  color_primaries: text,
  color_transfer: text,
  chroma_location: text,
  r_frame_rate: text,
  avg_frame_rate: text,
  time_base: text,
  start_pts: count,
  bit_rate: count,
  nb_frames: count,
  has_b_frames: z.number().default(0),
  disposition: z.record(z.string(), z.number()).default({}),
  tags,
  side_data_list: sideData,
});

const report = z.looseObject({
  format: z.looseObject({
    format_name: z.string(),
    start_time: count,
    duration: count,
    tags,
  }),
  streams: z.array(stream).default([]),
  chapters: z.array(z.looseObject({})).default([]),
  programs: z
    .array(
      z.looseObject({
        program_num: z.number(),
        pmt_pid: z.number().optional(),
        tags,
        streams: z.array(z.looseObject({ index: z.number() })),
      }),
    )
    .default([]),
});

const firstFrames = z.looseObject({
  frames: z
    .array(
      z.looseObject({
        interlaced_frame: z.number().default(0),
        top_field_first: z.number().default(0),
        repeat_pict: z.number().default(0),
        pkt_size: count,
        side_data_list: sideData,
      }),
    )
    .default([]),
});

/** What ffprobe says about a file. */
export type ProbeReport = z.infer<typeof report>;
export type ProbedStream = ProbeReport['streams'][number];
export type ProbedFrame = z.infer<typeof firstFrames>['frames'][number];

/** Packets of the picture stream that are decoded to see fields and side data of its first frames. */
const FIRST_PACKETS = 12;

async function ffprobe<T>(schema: z.ZodType<T>, file: string, args: readonly string[], signal?: AbortSignal): Promise<T> {
  const { ffprobe: tool } = await tools();
  const { stdout } = await runTool(tool, ['-v', 'error', ...INPUT_GUARD, '-of', 'json', ...args, '-i', file], { signal });
  return schema.parse(JSON.parse(stdout));
}

/** Why ffprobe could not read a file, as one sentence. */
async function refusal(file: string, name: string, stderr: string): Promise<TextlessError> {
  const detail = stderr.trim();
  const not = (sentence: string): TextlessError => new TextlessError('TEXTLESS_NOT_MEDIA', `${name} is ${sentence}.`, detail);
  if (stderr.includes('not on whitelist')) return not('a playlist, text or other file that does not hold a programme');
  const [, width, height] = /Picture size (\d+)x(\d+) exceeds specified max pixel count/.exec(stderr) ?? [];
  if (height !== undefined) return unsupported(name, `its picture of ${width}×${height} is larger than ${LARGEST_SIDE} samples`, detail);
  if (stderr.includes('exceeds max_streams')) return unsupported(name, `it has more than ${MOST_STREAMS} streams`, detail);
  if (stderr.includes('Cannot allocate memory')) return unsupported(name, 'it demands more memory than any programme', detail);
  const why = await whyUnfinished(file, stderr.includes('moov atom not found') ? 'its index is missing' : undefined);
  return why === undefined ? not('not a video file, or it is damaged beyond reading') : incomplete(name, `${why}\n${detail}`);
}

/**
 * Container, streams, services and chapters of a file.
 * @param file absolute path
 * @throws TextlessError `TEXTLESS_NOT_MEDIA` when ffprobe cannot read it as one of the known containers, `TEXTLESS_INCOMPLETE` when
 * that seems to be because only its beginning is there, `TEXTLESS_UNSUPPORTED` when it takes too much
 */
export async function readReport(file: string, name: string, signal?: AbortSignal): Promise<ProbeReport> {
  try {
    return await ffprobe(report, file, ['-show_format', '-show_streams', '-show_chapters', '-show_programs'], signal);
  } catch (error) {
    if (error instanceof ToolFailure) throw await refusal(file, name, error.stderr);
    if (error instanceof z.ZodError || error instanceof SyntaxError) throw await refusal(file, name, error.message);
    throw error;
  }
}

/** The first frames of a stream; empty when none of its first packets can be decoded. */
export async function readFirstFrames(file: string, index: number, signal?: AbortSignal): Promise<ProbedFrame[]> {
  try {
    const args = ['-select_streams', String(index), '-read_intervals', `%+#${FIRST_PACKETS}`, '-show_frames'];
    return (await ffprobe(firstFrames, file, args, signal)).frames;
  } catch (error) {
    if (error instanceof ToolFailure || error instanceof z.ZodError || error instanceof SyntaxError) return [];
    throw error;
  }
}
