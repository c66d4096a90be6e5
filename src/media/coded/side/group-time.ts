/** Time code of an MPEG-2 group of pictures (ISO/IEC 13818-2, 6.3.8; IEC 60461): that of the picture shown first in it. */
export interface GroupTime {
  readonly dropFrame: boolean;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly pictures: number;
}

/** Reads the 25 bits behind the start code of a group of pictures. @param body at least four bytes */
export function readGroupTime(body: Uint8Array): GroupTime {
  const bits = body[0] * 2 ** 24 + body[1] * 2 ** 16 + body[2] * 2 ** 8 + body[3];
  const field = (shift: number, width: number): number => Math.floor(bits / 2 ** shift) % 2 ** width;
  return {
    dropFrame: field(31, 1) === 1,
    ...{ hours: field(26, 5), minutes: field(20, 6), seconds: field(13, 6), pictures: field(7, 6) },
  };
}

/** The four bytes behind the start code with another time code; the flags of the group stay. */
export function withGroupTime(body: Uint8Array, time: GroupTime): Buffer {
  const out = Buffer.from(body.subarray(0, 4));
  out[0] = (time.dropFrame ? 128 : 0) | (time.hours << 2) | (time.minutes >> 4);
  out[1] = ((time.minutes & 15) << 4) | 8 | (time.seconds >> 3);
  out[2] = ((time.seconds & 7) << 5) | (time.pictures >> 1);
  out[3] = ((time.pictures & 1) << 7) | (body[3] & 127);
  return out;
}

/** Numbers that drop frame leaves out each minute but the tenth: 2 at 30 frames a second, 4 at 60. */
const dropped = (rate: number): number => Math.round(rate / 15);

/**
 * The number of a frame since midnight.
 * @param rate frames that a second counts: 24, 25, 30, 50 or 60
 */
export function frameNumber(time: GroupTime, rate: number): number {
  const minutes = time.hours * 60 + time.minutes;
  const plain = (minutes * 60 + time.seconds) * rate + time.pictures;
  return time.dropFrame ? plain - dropped(rate) * (minutes - Math.floor(minutes / 10)) : plain;
}

/** The time code of a frame by its number; midnight follows the last of a day. */
export function groupTimeOf(frame: number, rate: number, dropFrame: boolean): GroupTime {
  const skip = dropFrame ? dropped(rate) : 0;
  const ten = 600 * rate - 9 * skip;
  const day = 144 * ten;
  let n = ((frame % day) + day) % day;
  const [tens, rest] = [Math.floor(n / ten), n % ten];
  // The first minute of ten is whole, the others lack their first numbers.
  n += 9 * skip * tens + (rest < 60 * rate ? 0 : skip * (1 + Math.floor((rest - 60 * rate) / (60 * rate - skip))));
  const seconds = Math.floor(n / rate);
  return {
    dropFrame,
    hours: Math.floor(seconds / 3600),
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
    pictures: n % rate,
  };
}

/** The time code `frames` later, or earlier where negative. */
export const later = (time: GroupTime, frames: number, rate: number): GroupTime =>
  frames === 0 ? time : groupTimeOf(frameNumber(time, rate) + frames, rate, time.dropFrame);
