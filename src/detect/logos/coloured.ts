import { growBox, type Box } from '../../core/area.js';
import type { Finding, TrackKind } from '../../plan/plan.js';
import { overlap } from '../maps/masks.js';
import type { ColourFrame } from '../survey/crops.js';
import { withColours } from './colour.js';
import type { InspectedLogo } from './inspection.js';

/** How far around a mark its other parts are looked for, as a share of its shorter side, and samples at least. */
const ASIDE = 0.5;
const LEAST_ASIDE = 8;
/** Kinds of marks that have colours of their own. */
const COLOURED: readonly TrackKind[] = ['logo', 'blinking-logo'];

/** {@link withColours} for each finding that it may concern, by what was seen of the logo that it was made of. */
export function colouredFindings(findings: readonly Finding[], logos: readonly Pick<InspectedLogo, 'mask' | 'colours'>[]): Finding[] {
  return findings.map((finding) => {
    const { kind, path, mask } = finding;
    if (!COLOURED.includes(kind) || path) return finding;
    const own = logos.map(({ mask: seen, colours }) => ({ colours, share: overlap(seen, mask) })).sort((a, b) => b.share - a.share)[0];
    if (!own?.share) return finding;
    const { box, frames } = own.colours;
    const near = common(aroundMask(mask.box), box);
    if (!near) return finding;
    return { ...finding, mask: withColours(mask, frames.map((frame) => cutOut(frame, box, near)), near) }; // prettier-ignore
  });
}

const aroundMask = (box: Box): Box =>
  growBox(box, Math.max(LEAST_ASIDE, Math.round(ASIDE * Math.min(box.width, box.height))), Infinity, Infinity);

/** What two boxes have in common. */
function common(a: Box, b: Box): Box | undefined {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** A box of a frame of the box `from`. */
function cutOut(planes: ColourFrame, from: Box, box: Box): ColourFrame {
  const part = (plane: Uint8Array): Uint8Array => {
    const out = new Uint8Array(box.width * box.height);
    for (let y = 0, at = (box.y - from.y) * from.width + box.x - from.x; y < box.height; y++, at += from.width)
      out.set(plane.subarray(at, at + box.width), y * box.width);
    return out;
  };
  return { luma: part(planes.luma), cb: part(planes.cb), cr: part(planes.cr) };
}
