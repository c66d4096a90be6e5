import { TextlessError } from '../../core/errors.js';
import { assertComplete } from '../../media/completeness.js';
import { assertEncoder } from '../../media/encode.js';
import { probe } from '../../media/probe.js';

/** What may still become a programme while it is written; everything else is final. */
const MAY_BECOME = ['TEXTLESS_INCOMPLETE', 'TEXTLESS_EMPTY', 'TEXTLESS_NOT_MEDIA', 'TEXTLESS_NOT_FOUND'];
/** What is wrong with this machine, not with the file, is found out, and told, when the work begins. */
const MACHINE = ['TEXTLESS_FFMPEG_MISSING', 'TEXTLESS_STALLED'];

/** What is wrong with a file, and whether that may change while it is written. */
export interface Fault {
  readonly code: string;
  readonly reason: string;
  readonly detail: string;
  readonly again: boolean;
}

/** Whether a file is a programme that can be worked on, to its end. @returns undefined when it is */
export async function wholeFile(file: string, signal?: AbortSignal): Promise<Fault | undefined> {
  try {
    const programme = await probe(file, { signal });
    await assertComplete(programme, signal);
    await assertEncoder(programme);
    return undefined;
  } catch (error) {
    if (!(error instanceof TextlessError))
      return { code: 'TEXTLESS_NOT_MEDIA', reason: 'It cannot be opened.', detail: String(error), again: true };
    const { code, message: reason, detail } = error;
    return MACHINE.includes(code) ? undefined : { code, reason, detail, again: MAY_BECOME.includes(code) };
  }
}
