import { z } from 'zod';
import { TextlessError } from '../core/errors.js';
import { INPUT_GUARD } from './guard.js';
import { ToolFailure, runTool, tools } from './tools.js';

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
function refusal(name: string, stderr: string): TextlessError {
  let sentence = `${name} is not a video file, or it is damaged beyond reading.`;
  if (stderr.includes('not on whitelist')) sentence = `${name} is a playlist, text or other file that does not hold a programme.`;
  else if (stderr.includes('moov atom not found'))
    sentence = `${name} is incomplete: its index is missing (cut off, or still being written).`;
  return new TextlessError('TEXTLESS_NOT_MEDIA', sentence, stderr.trim());
}

/**
 * Container, streams, services and chapters of a file.
 * @param file absolute path
 * @throws TextlessError `TEXTLESS_NOT_MEDIA` when ffprobe cannot read it as one of the known containers
 */
export async function readReport(file: string, name: string, signal?: AbortSignal): Promise<ProbeReport> {
  try {
    return await ffprobe(report, file, ['-show_format', '-show_streams', '-show_chapters', '-show_programs'], signal);
  } catch (error) {
    if (error instanceof ToolFailure) throw refusal(name, error.stderr);
    if (error instanceof z.ZodError || error instanceof SyntaxError) throw refusal(name, error.message);
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
