import type { Finding } from '../../plan/plan.js';
import { isAlone } from '../logos/alone.js';
import { UNSURE } from '../logos/candidates.js';
import { logoFindings } from '../logos/logos.js';
import type { InspectedLogo } from '../logos/inspection.js';
import { overlap } from '../maps/masks.js';
import type { CueContext } from '../cues/odds.js';

/** Level of the map of text from which a region is written. */
const WRITTEN = 0.5;
/** Width of a line of text, and how far its middle may lie beside the picture's, as shares of the picture's width; of its height: where titles begin, and subtitles. */
const LINE = { width: 0.25, aside: 0.1, title: 0.18, subtitle: 0.72 };
/** Where banners with names begin. */
const BANNER = 0.5;

/** What is left of the confidence of a doubtful logo that stands in one shot of many. */
const ALONE = 0.7;

/**
 * Findings of what the perception network alone suspects, after a look at full size. What they are, the map of text and the place say; what changes in a box is a score bar.
 */
export function perceivedFindings(logos: readonly InspectedLogo[], context: CueContext): Finding[] {
  return logoFindings(logos, context).map((finding) => {
    const text = Math.max(...logos.filter((l) => overlap(l.mask, finding.mask) > WRITTEN).map((l) => l.candidate.text ?? 0));
    const kind = kindOf(finding, text, context);
    const doubt = kind === 'logo' && finding.confidence <= UNSURE && isAlone(finding, context.shots) ? ALONE : 1;
    return { ...finding, kind, confidence: doubt * finding.confidence };
  });
}

function kindOf({ kind, mask: { box } }: Finding, text: number, { width, height }: CueContext): Finding['kind'] {
  if (kind === 'score-bar' || text < WRITTEN || box.width < LINE.width * width) return kind;
  const middle = (box.y + box.height / 2) / height;
  const aside = Math.abs((box.x + box.width / 2) / width - 0.5) > LINE.aside;
  if (aside) return middle > BANNER ? 'title' : kind;
  return middle > LINE.subtitle ? 'subtitle' : middle > LINE.title ? 'title' : kind;
}
