import type { FileBytes } from '../file-bytes.js';

/**
 * How far a file's own structure vouches for its end: `whole` when a mark is found that is written last, `open` when nothing
 * contradicts, and what speaks against it when it has been cut off or is still being written.
 */
export type Ending = 'whole' | 'open' | { readonly cut: string };

/** Elements that are stepped over at most; a file with more is not followed to its end. */
export const MOST_STEPS = 200_000;

/** The file ends before something that it announces. */
export const missing = (bytes: FileBytes, what: string, end: number): Ending => ({
  cut: `${what} reaches to byte ${end}, the file to ${bytes.size}`,
});
