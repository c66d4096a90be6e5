import { planContainer } from './container.js';
import { INPUT_GUARD } from './guard.js';
import type { Programme } from './programme.js';
import { runTool, ToolFailure } from './run-tool.js';
import { tools } from './tools.js';
import { TextlessError } from '../core/errors.js';

/** Milliseconds for reading a whole file without decoding it. */
const LIMIT = 4 * 3600_000;

/** MD5 of all bytes of each sound stream, however they are cut into packets; sorted. */
async function soundHashes(file: string, indices: readonly number[], signal?: AbortSignal): Promise<string[]> {
  if (!indices.length) return [];
  const maps = indices.flatMap((index) => ['-map', `0:${index}`]);
  const { ffmpeg } = await tools();
  try {
    const args = ['-v', 'error', '-nostdin', ...INPUT_GUARD, '-i', file, ...maps, '-c', 'copy', '-f', 'streamhash', '-hash', 'md5', '-'];
    const { stdout } = await runTool(ffmpeg, args, { signal, limit: LIMIT });
    return [...stdout.matchAll(/MD5=([0-9a-f]+)/gi)].map((m) => m[1].toLowerCase()).sort();
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    throw new TextlessError('TEXTLESS_VERIFY', 'The sound of the new version cannot be read.', error.stderr);
  }
}

/**
 * Whether all sound of a programme is in its new version, to the last byte. Both files are read whole, nothing is decoded.
 * @returns a sentence for a person where it is not
 * @throws TextlessError TEXTLESS_VERIFY when one of them cannot be read
 */
export async function soundDifference(source: Programme, delivered: Programme, signal?: AbortSignal): Promise<string | undefined> {
  const isSound = (p: Programme) => (index: number) => p.streams[index].type === 'audio' && p.streams[index].understood;
  const before = planContainer(source).streams.filter(isSound(source));
  const after = delivered.streams.map((s) => s.index).filter(isSound(delivered));
  if (before.length !== after.length) return `${after.length} sound streams instead of ${before.length}`;
  const [a, b] = [await soundHashes(source.path, before, signal), await soundHashes(delivered.path, after, signal)];
  return a.join() === b.join() ? undefined : 'the sound is not that of the source';
}
