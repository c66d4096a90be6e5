import { setFlagsFromString } from 'node:v8';

/** By how much, in percent, the heap may grow from one collection of all of it to the next. */
const GROWTH = 700;

/**
 * Has the garbage collector of this process wait longer. Every 64 KiB that come out of a pipe are a buffer of their own, and V8 counts them on
 * top of a heap of some 15 MB: by itself it marks all of the heap again after every few frames. The buffers themselves go with the small
 * collections in between, so hardly more memory is held. For programs to call, before their work.
 */
export function calmCollector(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
