import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { growBox } from '../../core/area.js';
import { TextlessError, cancelled } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { adopt } from '../../media/children.js';
import { decodeFrames } from '../../media/decode.js';
import { INPUT_GUARD } from '../../media/guard.js';
import { probe } from '../../media/probe.js';
import type { Programme } from '../../media/programme.js';
import { tools } from '../../media/tools.js';
import type { Track } from '../../plan/plan.js';
import { GROWN } from './classic.js';

/** One `delogo` a track, switched on in its spans; the filter wants a sample of picture on each side of its box. */
export function delogoFilter(tracks: readonly Track[], { width, height }: { readonly width: number; readonly height: number }): string {
  const filters = tracks.map(({ mask, spans }) => {
    const box = growBox(mask.box, GROWN, width, height);
    const x = Math.max(1, box.x);
    const y = Math.max(1, box.y);
    const w = Math.min(width - 1, box.x + box.width) - x;
    const h = Math.min(height - 1, box.y + box.height) - y;
    return `delogo=x=${x}:y=${y}:w=${w}:h=${h}:enable='${spans.map((s) => `between(n,${s.first},${s.last})`).join('+')}'`;
  });
  return filters.join(',') || 'null';
}

/** The frames as ffmpeg's delogo leaves them, given the true boxes and times. @throws TextlessError `TEXTLESS_DECODE` */
export async function* delogoFrames(
  marked: Programme,
  tracks: readonly Track[],
  { work, signal }: { readonly work: string; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Frame, void, undefined> {
  const file = path.join(work, 'delogo.mkv');
  const { ffmpeg } = await tools();
  const filter = ['-map', '0:v:0', '-vf', delogoFilter(tracks, marked.video.geometry), '-fps_mode', 'passthrough', '-c:v', 'ffv1'];
  const child = spawn(ffmpeg, ['-hide_banner', '-v', 'error', '-nostdin', '-y', ...INPUT_GUARD, '-i', marked.path, ...filter, file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  adopt(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  try {
    const [status] = (await once(child, 'close').catch((cause: unknown) => {
      throw signal?.aborted ? cancelled(signal) : cause;
    })) as [number | null];
    if (status !== 0) throw new TextlessError('TEXTLESS_DECODE', 'ffmpeg could not apply delogo.', said.trim());
    yield* decodeFrames(await probe(file, { signal }), { signal });
  } finally {
    await rm(file, { force: true });
  }
}
