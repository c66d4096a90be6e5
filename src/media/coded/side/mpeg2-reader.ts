import { fieldsTogether } from './captions.js';
import type { ReadPicture, SideDataReader } from './carried.js';
import { readGroupTime, type GroupTime } from './group-time.js';
import { isGroupCaption, userDataKind, type SidePayload } from './side-data.js';
import { startCodeUnits } from './units.js';

/** Start codes of an MPEG-2 picture stream (ISO/IEC 13818-2, table 6-1); slices are 01 to AF. */
export const MPEG2 = { picture: 0x00, lastSlice: 0xaf, userData: 0xb2, sequence: 0xb3, group: 0xb8 } as const;

/** Frames that time codes count in a second, by `frame_rate_code` (ISO/IEC 13818-2, table 6-4). */
const RATES: readonly number[] = [0, 24, 24, 25, 30, 30, 50, 60, 60];

/** `temporal_reference` of a picture header. @param body of the unit */
export const placeInGroup = (picture: Uint8Array, body: number): number => (picture[body + 1] << 2) | (picture[body + 2] >> 6);

/** Reads user data and time codes of MPEG-2 pictures; two coded fields in one packet count as the frame they make. */
export class Mpeg2Reader implements SideDataReader {
  #time: GroupTime | undefined;
  #rate = 0;

  read(picture: Uint8Array): ReadPicture {
    const fields: SidePayload[][] = [[]];
    let pictures = 0;
    let place = 0;
    let groupCaptions = false;
    for (const { body, end } of startCodeUnits(picture)) {
      const code = picture[body];
      if (code === MPEG2.group && end - body > 4) this.#time = readGroupTime(picture.subarray(body + 1, end));
      else if (code === MPEG2.sequence && end - body > 4) this.#rate = RATES[picture[body + 4] & 15] ?? 0;
      else if (code === MPEG2.picture) {
        if (pictures++ > 0) fields.push([]);
        else place = placeInGroup(picture, body);
      } else if (code === MPEG2.userData) {
        const bytes = picture.slice(body + 1, end);
        const kind = userDataKind(bytes);
        groupCaptions ||= pictures === 0 && isGroupCaption(bytes);
        // What stands with a sequence or group and is not known describes those, or the encoder.
        if (pictures > 0 || kind !== 'unregistered') fields.at(-1)?.push({ kind, bytes });
      }
    }
    const payloads = fields.reduce(fieldsTogether);
    const [time, rate] = [this.#time, this.#rate];
    return {
      payloads,
      ...(time && rate > 0 && pictures > 0 && { group: { time, rate, place } }),
      ...(groupCaptions && { groupCaptions }),
    };
  }
}
