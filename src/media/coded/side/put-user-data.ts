import { type GroupTime, later, withGroupTime } from './group-time.js';
import { MPEG2, placeInGroup } from './mpeg2-reader.js';
import type { SidePayload } from './side-data.js';
import { startCodeUnits } from './units.js';

const userData = ({ bytes }: SidePayload): Buffer => Buffer.concat([Buffer.from([0, 0, 1, MPEG2.userData]), bytes]);

/** The place in its group of the first picture that is coded here. */
const firstPlace = (picture: Uint8Array, bodies: readonly number[]): number => {
  const body = bodies.find((at) => picture[at] === MPEG2.picture);
  return body === undefined ? 0 : placeInGroup(picture, body);
};

/** A time code for the group that begins with a picture: that of this very picture, in a group that counts so many frames a second, or one that is not to be counted. */
export interface GroupStart {
  readonly time: GroupTime;
  /** Undefined where the time code is taken as it is. */
  readonly rate?: number;
}

/**
 * The picture with this user data behind its headers and before its first slice (ISO/IEC 13818-2, 6.2.3.6), in place of any of its encoder,
 * and with the time code in the header of a group where one begins here.
 */
export function putUserData(picture: Uint8Array, payloads: readonly SidePayload[], start?: GroupStart): Uint8Array {
  const units = startCodeUnits(picture);
  const isSlice = (code: number): boolean => code > MPEG2.picture && code <= MPEG2.lastSlice;
  const slice = units.find(({ body }) => isSlice(picture[body]));
  if (!slice) return picture;
  const bodies = units.map(({ body }) => body);
  const out: Uint8Array[] = [picture.subarray(0, units[0].start)];
  let inPicture = false;
  for (const unit of units) {
    const code = picture[unit.body];
    inPicture ||= code === MPEG2.picture;
    if (unit === slice) out.push(...payloads.map(userData));
    if (code === MPEG2.userData && inPicture) continue;
    const bytes = picture.subarray(unit.start, unit.end);
    out.push(code === MPEG2.group && start ? timed(bytes, start, firstPlace(picture, bodies)) : bytes);
  }
  return Buffer.concat(out);
}

/** A group's header with the time of its picture that is shown first: so many before the one whose time is known. */
function timed(header: Uint8Array, { time, rate }: GroupStart, place: number): Uint8Array {
  if (header.length < 8) return header;
  const first = rate === undefined ? time : later(time, -place, rate);
  return Buffer.concat([header.subarray(0, 4), withGroupTime(header.subarray(4), first), header.subarray(8)]);
}
