import { TextlessError } from '../../core/errors.js';
import { probe } from '../../media/probe.js';

/** What may still become a programme while it is written; everything else is final. */
const MAY_BECOME = ['TEXTLESS_INCOMPLETE', 'TEXTLESS_EMPTY', 'TEXTLESS_NOT_MEDIA', 'TEXTLESS_NOT_FOUND'];

/** Whether a file is a programme to its end: what is wrong with it, and whether that may change. */
export async function wholeFile(
  file: string,
  signal?: AbortSignal,
): Promise<{ code: string; reason: string; detail: string; again: boolean } | undefined> {
  try {
    await probe(file, { signal });
    return undefined;
  } catch (error) {
    if (!(error instanceof TextlessError))
      return { code: 'TEXTLESS_NOT_MEDIA', reason: 'It cannot be opened.', detail: String(error), again: true };
    const { code, message: reason, detail } = error;
    // What is wrong with this machine is found out, and told, when the work begins.
    if (code === 'TEXTLESS_FFMPEG_MISSING' || code === 'TEXTLESS_STALLED') return undefined;
    return { code, reason, detail, again: MAY_BECOME.includes(code) };
  }
}
