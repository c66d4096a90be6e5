import { TextlessError } from '../core/errors.js';

/** The error of a file that has not been written to its end. */
export const incomplete = (name: string, detail: string): TextlessError =>
  new TextlessError('TEXTLESS_INCOMPLETE', `${name} is incomplete: cut off, or still being written.`, detail);

/** The error of a file of which something, `what`, is in the way of processing it. */
export const unsupported = (name: string, what: string, detail: string): TextlessError =>
  new TextlessError('TEXTLESS_UNSUPPORTED', `${name} cannot be processed: ${what}.`, detail);
