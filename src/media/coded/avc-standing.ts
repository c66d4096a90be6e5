import type { PlannedPicture } from './gops.js';
import { isStrange, NAL, nalKind, sizedUnits } from './nal.js';
import { Unfit } from './unfit.js';

/**
 * Looks into a picture of sized NAL units.
 * @param sets the NAL units of all known parameter sets, as Latin-1
 * @throws Unfit when it is not as it must be for copying
 */
export function avcStanding(data: Uint8Array, sets: ReadonlySet<string>): Pick<PlannedPicture, 'idr'> {
  const units = sizedUnits(data);
  if (!units) throw new Unfit('its pictures are not made of whole NAL units');
  let first: number | undefined;
  for (const unit of units) {
    const kind = nalKind(unit);
    if (isStrange(kind)) throw new Unfit('its pictures are coded in layers or partitions');
    if ((kind === NAL.sps || kind === NAL.pps) && !sets.has(Buffer.from(unit).toString('latin1'))) {
      throw new Unfit('its parameter sets change on the way');
    }
    if (kind === NAL.slice || kind === NAL.idr) first ??= kind;
  }
  if (first === undefined) throw new Unfit('one of its packets holds no picture');
  return { idr: first === NAL.idr };
}
