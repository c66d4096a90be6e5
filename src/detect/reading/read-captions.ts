import type { Finding } from '../../plan/plan.js';
import { isReadable } from '../cues/subtitles.js';
import type { InspectedLogo } from '../logos/inspection.js';
import { overlap } from '../maps/masks.js';
import type { CueImage } from './glyph-ink.js';
import { readCues, type ReadOptions } from './read-cues.js';

/** Share of a finding's mask that a logo's has where it was made of that logo. */
const MADE_OF = 0.5;

/**
 * Reads subtitles that were found as what stands, not as cues that come and go.
 * @param logos what findings were made of
 * @throws TextlessError as {@link readCues}
 */
export async function withCaptionsRead(
  findings: readonly Finding[],
  logos: readonly InspectedLogo[],
  options: ReadOptions,
): Promise<Finding[]> {
  const pictures = new Map<Finding, CueImage>();
  for (const finding of findings) {
    if (finding.kind !== 'subtitle' || finding.text !== undefined) continue;
    const of = logos.find((l) => overlap(l.mask, finding.mask) > MADE_OF && l.spans[0]?.first === finding.spans[0].first);
    if (of) pictures.set(finding, pictureOf(of));
  }
  const readings = await readCues([...pictures.values()], options);
  const texts = new Map([...pictures.keys()].map((finding, i) => [finding, readings[i]]));
  return findings.map((finding) => {
    const reading = texts.get(finding);
    return reading && isReadable(reading) ? { ...finding, text: reading.text } : finding;
  });
}

function pictureOf({ mean, mask: { box, data } }: InspectedLogo): CueImage {
  return { mean: mean.map(Math.round), glyphs: data.map((v) => (v ? 1 : 0)), width: box.width, height: box.height };
}
