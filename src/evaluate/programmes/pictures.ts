import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { TextlessError, cancelled, throwIfCancelled } from '../../core/errors.js';
import { adopt } from '../../media/children.js';
import { INPUT_GUARD } from '../../media/guard.js';
import { tools } from '../../media/tools.js';

/** Which pictures of a file are wanted, and how. */
export interface ReadRequest {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** First frame, from 0. */
  readonly first: number;
  readonly frames: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads frames of a file as packed RGB of a size: scaled to cover it, cut at the sides. Frames are taken as they come, whatever their rate.
 * A file that ends early shows its last picture until `frames` are delivered.
 * @throws TextlessError `TEXTLESS_DECODE` when ffmpeg fails or there is no picture at all
 */
export async function* readPictures(request: ReadRequest): AsyncGenerator<Uint8Array, void, undefined> {
  const { file, width, height, first, frames, signal } = request;
  throwIfCancelled(signal);
  const { ffmpeg } = await tools();
  const filter = `trim=start_frame=${first},scale=${width}:${height}:force_original_aspect_ratio=increase:flags=lanczos,crop=${width}:${height},format=rgb24`;
  const args = [
    '-hide_banner',
    '-v',
    'error',
    '-nostdin',
    ...INPUT_GUARD,
    '-i',
    file,
    '-map',
    '0:v:0',
    '-fps_mode',
    'passthrough',
    '-vf',
    filter,
  ];
  const child = spawn(ffmpeg, [...args, '-frames:v', String(frames), '-f', 'rawvideo', 'pipe:1'], { stdio: ['ignore', 'pipe', 'pipe'] });
  adopt(child);
  const gone = once(child, 'close');
  gone.catch(() => undefined);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  let last: Uint8Array | undefined;
  let count = 0;
  try {
    for await (const picture of cut(child.stdout, width * height * 3)) {
      throwIfCancelled(signal);
      last = picture;
      count++;
      yield picture.slice();
    }
    await gone;
    if (child.exitCode !== 0 || !last) throw new TextlessError('TEXTLESS_DECODE', `${file} could not be read.`, said.trim());
    for (; count < frames; count++) yield last.slice();
  } finally {
    child.kill('SIGKILL');
    await gone.catch(() => undefined);
  }
}

/** Cuts a byte stream into blocks of `bytes`; a rest is dropped. */
async function* cut(pipe: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let block = new Uint8Array(bytes);
  let filled = 0;
  for await (const chunk of pipe) {
    for (let at = 0; at < chunk.length;) {
      const n = Math.min(bytes - filled, chunk.length - at);
      block.set(chunk.subarray(at, at + n), filled);
      filled += n;
      at += n;
      if (filled < bytes) continue;
      yield block;
      block = new Uint8Array(bytes);
      filled = 0;
    }
  }
}

/** ffmpeg's options for raw pictures on standard input. */
export const rawInput = (format: 'rgb24' | 'gray', width: number, height: number, rate: number): string[] => [
  '-f',
  'rawvideo',
  '-pix_fmt',
  format,
  '-video_size',
  `${width}x${height}`,
  '-framerate',
  String(rate),
  '-i',
  'pipe:0',
];

/** Options that make a H.264 stream tagged as BT.709; a fixed number of threads, because x264's output depends on it. */
export const h264 = (preset: string, crf: number): string[] => [
  '-vf',
  'scale=out_color_matrix=bt709:out_range=tv',
  '-c:v',
  'libx264',
  '-preset',
  preset,
  '-crf',
  String(crf),
  '-threads',
  '2',
  '-pix_fmt',
  'yuv420p',
  '-colorspace',
  'bt709',
  '-color_primaries',
  'bt709',
  '-color_trc',
  'bt709',
  '-color_range',
  'tv',
];

/** An ffmpeg that is fed raw pictures on standard input. */
export class PictureWriter {
  private said = '';
  private failure: Error | undefined;

  private constructor(
    private readonly child: ReturnType<typeof spawn>,
    private readonly ended: Promise<unknown>,
  ) {}

  /** Starts ffmpeg; `args` are inputs, options and the output. */
  static async start(args: readonly string[]): Promise<PictureWriter> {
    const { ffmpeg } = await tools();
    const child = spawn(ffmpeg, ['-hide_banner', '-v', 'error', '-y', ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
    adopt(child);
    const writer = new PictureWriter(child, new Promise((resolve) => child.once('close', resolve).once('error', resolve)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (writer.said = (writer.said + text).slice(-2000)));
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => (writer.failure = error));
    return writer;
  }

  /** Hands one picture over; waits while ffmpeg is busy. */
  async write(picture: Uint8Array): Promise<void> {
    if (this.failure || this.child.exitCode !== null) return this.end();
    const stdin = this.child.stdin!;
    if (!stdin.write(picture)) await Promise.race([once(stdin, 'drain').catch(() => undefined), this.ended]);
  }

  /** @throws TextlessError `TEXTLESS_ENCODE` when ffmpeg failed */
  async end(): Promise<void> {
    this.child.stdin!.end();
    await this.ended;
    if (this.failure || this.child.exitCode !== 0)
      throw new TextlessError('TEXTLESS_ENCODE', 'A programme could not be written.', this.failure?.message ?? this.said.trim());
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Runs `work` with writers that are killed when it fails or is cancelled, and closed when it is done. */
export async function withWriters(
  commands: readonly (readonly string[])[],
  signal: AbortSignal | undefined,
  work: (writers: PictureWriter[]) => Promise<void>,
): Promise<void> {
  const writers = await Promise.all(commands.map((args) => PictureWriter.start(args)));
  try {
    await work(writers);
    if (signal?.aborted) throw cancelled(signal);
    await Promise.all(writers.map((writer) => writer.end()));
  } catch (error) {
    await Promise.all(writers.map((writer) => writer.kill()));
    throw error;
  }
}
