import { growBox, type Box, type Mask } from '../core/area.js';
import { growMap } from '../detect/maps/regions.js';
import type { Crawl, Track } from '../plan/plan.js';

/**
 * Samples around a mark that compression has mixed with it: a plan's masks end where the mark ends, restoring goes on this far. What is further out is nearer to the truth than
 * any fill, also at crf 30: a second sample costs .2 to 1.5 dB, and none leaves letters that flicker.
 */
export const HALO = 1;

/** A track that has no path of its own, with its mask grown by {@link HALO}, as far as the picture goes. Letters that travel stay as they are: they were seen between samples, which widens their mask. */
export function withHalo(track: Track, picture: { readonly width: number; readonly height: number }): Track {
  const { mask, crawl } = track;
  return crawl ? track : { ...track, mask: grownMask(mask, growBox(mask.box, HALO, picture.width, picture.height), HALO) };
}

/** A track of letters that travel, with what they hide grown by some samples, as far as the picture goes. */
export function grownCrawl(
  track: Track & { readonly crawl: Crawl },
  picture: { readonly width: number; readonly height: number },
  by: number,
): Track {
  const { mask, crawl } = track;
  const { x, y, width, height } = crawl.strip.box;
  const strip = grownMask(crawl.strip, { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by }, by);
  return { ...track, mask: grownMask(mask, growBox(mask.box, by, picture.width, picture.height), by), crawl: { ...crawl, strip } };
}

function grownMask({ box, data }: Mask, room: Box, by: number): Mask {
  const map = new Uint8Array(room.width * room.height);
  for (let y = 0; y < box.height; y++)
    for (let x = 0, i = y * box.width, o = (box.y - room.y + y) * room.width + box.x - room.x; x < box.width; x++, i++, o++)
      if (data[i]) map[o] = 1;
  return { box: room, data: growMap(map, room.width, room.height, by).map((v) => (v ? 255 : 0)) };
}
