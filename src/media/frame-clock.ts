import { TextlessError } from '../core/errors.js';
import { parseRational, type Rational } from '../core/time.js';
import type { FrameTimes, Programme } from './programme.js';

/*
 * The decoding process itself says when each of its frames is shown, so times and frames cannot drift apart, whatever is
 * damaged: a second output of the same decode, reduced to a corner of the picture, goes through the `framecrc` muxer, which
 * writes a line for each frame to stderr. The corner's size follows the picture's, so a change of size shows in it.
 */

/** Options of the second output; its target is `pipe:2`. */
export function clockOptions(index: number): string[] {
  return [
    ...['-map', `0:${index}`, '-fps_mode', 'passthrough', '-enc_time_base', '-1', '-autoscale', '0'],
    ...['-filter:v', 'crop=w=max(16\\,iw/8):h=max(16\\,ih/8):x=0:y=0', '-c:v', 'rawvideo'],
    ...['-flush_packets', '1', '-f', 'framecrc'],
  ];
}

// Not anchored: the decoder's threads print the head of a message and its text separately, and our line may fall between.
const LINE = /(?:^|\s)0,\s*(-?\d+),\s*(-?\d+),\s*(-?\d+),\s*(\d+), 0x[0-9a-f]{8}/;
const BASE = /#tb 0: (\d+\/\d+)/;

/** Reads the lines that {@link clockOptions} makes ffmpeg write. */
export class FrameClock {
  readonly #ticks: number[] = [];
  #base: Rational | undefined;
  #duration = 0;
  #bytes = 0;
  #resizedAt = -1;

  /** Takes a line of stderr; false when it is not one of the clock's. */
  take(line: string): boolean {
    this.#base ??= parseRational(BASE.exec(line)?.[1]);
    if (line.startsWith('#')) return true;
    const m = LINE.exec(line);
    if (!m) return false;
    const bytes = Number(m[4]);
    if (this.#bytes && bytes !== this.#bytes && this.#resizedAt < 0) this.#resizedAt = this.#ticks.length;
    this.#bytes = bytes;
    this.#ticks.push(Number(m[2]));
    this.#duration = Number(m[3]);
    return true;
  }

  /** The error of a picture that changes its size, if it does. */
  resized(name: string): TextlessError | undefined {
    if (this.#resizedAt < 0) return undefined;
    const sentence = `${name} cannot be processed: its picture changes size at frame ${this.#resizedAt}.`;
    return new TextlessError('TEXTLESS_UNSUPPORTED', sentence);
  }

  times(programme: Programme): FrameTimes {
    return { base: this.#base ?? programme.video.timeBase, ticks: this.#ticks, lastDuration: Math.max(0, this.#duration) };
  }
}
