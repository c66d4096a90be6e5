/*
 * Decoding times of a stream put together of others. With the times at which frames are shown in rising order and a delay of d
 * frames, the picture at place i of the stream is decoded when frame i - d is shown: that rises strictly, and no picture is
 * decoded after it is shown as long as d is the largest number of pictures that come before another and are shown after it.
 */

/** How many pictures of a closed part come before one that is shown earlier, at most. */
export function reorderOf(pts: readonly number[]): number {
  const places = new Map([...pts].sort((a, b) => a - b).map((time, place) => [time, place]));
  return pts.reduce((most, time, at) => Math.max(most, at - (places.get(time) ?? at)), 0);
}

/**
 * Decoding times.
 * @param ticks when frames are shown, rising strictly
 * @param delay in frames
 * @param lastDuration ticks that the last frame is shown; 0 where nobody knows
 * @returns one for each frame, below 0 where frames begin at 0 and are delayed
 */
export function decodingTimes(ticks: readonly number[], delay: number, lastDuration: number): number[] {
  const step = Math.max(1, ticks.length > 1 ? ticks[1] - ticks[0] : lastDuration);
  return ticks.map((_, i) => (i >= delay ? ticks[i - delay] : ticks[0] - (delay - i) * step));
}
