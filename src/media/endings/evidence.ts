import type { FileBytes } from '../file-bytes.js';

/**
 * How far a file's own structure vouches for its end: `whole` when what is written last is found, `open` when nothing
 * contradicts, `stream` when the file is of a kind that may end anywhere, and what speaks against it when it has been cut off or is still being written.
 */
export type Ending = 'whole' | 'open' | 'stream' | { readonly cut: string };

/** Elements that are stepped over at most; a file with more is not followed to its end. */
export const MOST_STEPS = 200_000;

/** The file ends before something that it announces. */
export const missing = (bytes: FileBytes, what: string, end: number): Ending => ({
  cut: `${what} reaches to byte ${end}, the file to ${bytes.size}`,
});
