import type { GroupTime } from './group-time.js';
import type { ClockStamps } from './picture-timing.js';
import type { SidePayload } from './side-data.js';

/** A group of MPEG-2 pictures as its header tells it. */
export interface Group {
  readonly time: GroupTime;
  /** Frames that a second of its time codes counts: 24, 25, 30, 50 or 60. */
  readonly rate: number;
  readonly place: number;
}

/** What one frame carries besides its picture, of one coded frame or of the two coded fields of one. */
export interface Carried {
  /** In their order; empty when there is nothing. */
  readonly payloads: readonly SidePayload[];
  /** H.264: clock time stamps, where there are any. */
  readonly clock?: ClockStamps;
  /** MPEG-2: the group it belongs to, and its place in the group in order of presentation. */
  readonly group?: Group;
  /** MPEG-2: whether captions stand with its group, as on a DVD, once for all pictures of the group. */
  readonly groupCaptions?: boolean;
}

/** One packet of a source as its reader sees it. */
export interface ReadPicture extends Carried {
  /** A coded field that lacks the other of its frame in this packet. */
  readonly field?: { readonly parity: 'top' | 'bottom'; readonly frameNumber: number };
}

/** Reads what coded pictures carry, in decoding order: each may depend on those before it. */
export interface SideDataReader {
  read(picture: Uint8Array): ReadPicture;
}
