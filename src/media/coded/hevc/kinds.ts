import { Unfit } from '../unfit.js';
import type { PlannedPicture } from '../gops.js';
import { sizedUnits } from '../nal.js';

/** Kinds of HEVC NAL units (ITU-T H.265, table 7-1) that matter here. */
export const HEVC_NAL = {
  raslN: 8,
  raslR: 9,
  firstEntry: 16,
  blaRadl: 17,
  idrRadl: 19,
  idr: 20,
  cra: 21,
  lastEntry: 23,
  vps: 32,
  sps: 33,
  pps: 34,
} as const;

export const hevcKind = (unit: Uint8Array): number => (unit[0] >> 1) & 63;
export const isSlice = (kind: number): boolean => kind < HEVC_NAL.vps;

/** Slices of kinds that nobody uses yet. */
const isReserved = (kind: number): boolean =>
  (kind > HEVC_NAL.raslR && kind < HEVC_NAL.firstEntry) || (kind > HEVC_NAL.cra && kind < HEVC_NAL.vps);
/** Kinds from here on belong to who makes them, such as the metadata of Dolby Vision. */
const OWN = 48;

const layerOf = (unit: Uint8Array): number => ((unit[0] & 1) << 5) | (unit[1] >> 3);

/** Whether a slice of a picture to enter at asks for what was not shown yet to be dropped (no_output_of_prior_pics_flag). */
const drops = (slice: Uint8Array): boolean => (slice[2] & 0x40) !== 0;

/**
 * Looks into a picture of sized NAL units.
 * @param sets the NAL units of all known parameter sets, as Latin-1
 * @throws Unfit when it is not as it must be for copying
 */
export function hevcStanding(data: Uint8Array, sets: ReadonlySet<string>): Pick<PlannedPicture, 'idr' | 'open' | 'leads'> {
  const units = sizedUnits(data);
  if (!units) throw new Unfit('its pictures are not made of whole NAL units');
  let slice: Uint8Array | undefined;
  for (const unit of units) {
    const kind = hevcKind(unit);
    if (layerOf(unit) > 0 || isReserved(kind)) throw new Unfit('its pictures are coded in layers or partitions');
    if (kind >= OWN) throw new Unfit('its pictures have metadata beside them that new ones would lack, such as that of Dolby Vision');
    const isSet = kind >= HEVC_NAL.vps && kind <= HEVC_NAL.pps;
    if (isSet && !sets.has(Buffer.from(unit).toString('latin1'))) throw new Unfit('its parameter sets change on the way');
    if (isSlice(kind)) slice ??= unit;
  }
  if (!slice) throw new Unfit('one of its packets holds no picture');
  const first = hevcKind(slice);
  const leads = first === HEVC_NAL.raslN || first === HEVC_NAL.raslR;
  return { idr: first >= HEVC_NAL.firstEntry && first < HEVC_NAL.cra, open: first === HEVC_NAL.cra && !drops(slice), leads };
}

/**
 * A picture that can be entered at, as the first of a sequence: a decoder would drop what it still has to show before a CRA picture that begins one
 * (ITU-T H.265, C.5.2.2), not before a BLA picture, which differs in nothing but its name.
 */
export function asBroken(picture: Uint8Array): Buffer {
  const out = Buffer.from(picture);
  for (const unit of sizedUnits(out) ?? []) if (hevcKind(unit) === HEVC_NAL.cra) unit[0] = (unit[0] & 0x81) | (HEVC_NAL.blaRadl << 1);
  return out;
}
