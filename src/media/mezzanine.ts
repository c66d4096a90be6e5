import { TextlessError } from '../core/errors.js';
import { planCodec } from './codec.js';
import { planContainer } from './container.js';
import type { Programme } from './programme.js';
import { unsupported } from './refusal.js';

/** What becomes of a programme of a kind that cannot be written: it is refused, or goes into Matroska. */
export const MEZZANINES = ['refuse', 'matroska'] as const;
export type Mezzanine = (typeof MEZZANINES)[number];

const refusalOf = (programme: Programme): TextlessError | undefined => {
  try {
    const { gridded } = planCodec(programme, { keyInterval: 1, constantRate: true });
    planContainer(programme);
    // Encoders that count frames get the source's own ticks back, which Matroska, with its thousandths of a second, does not keep.
    if (programme.mezzanine && gridded) return unsupported(programme.name, 'its encoder counts frames', programme.video.codec);
    return undefined;
  } catch (error) {
    if (error instanceof TextlessError && error.code === 'TEXTLESS_UNSUPPORTED') return error;
    throw error;
  }
};

const inMatroska = (programme: Programme, because: string): Programme => ({
  ...programme,
  ...{ container: 'matroska,webm', services: [] },
  mezzanine: { extension: '.mkv', because },
});

/** FFV1 loses nothing, has every layout that is decoded here, fields and colour tags. */
function losslessly(programme: Programme): Programme {
  const { video, streams } = programme;
  const coded = { codec: 'ffv1', codecTag: '[0][0][0][0]' };
  return {
    ...programme,
    streams: streams.map((s) => (s.index === video.index ? { ...s, ...coded } : s)),
    video: { ...video, ...coded },
  };
}

/**
 * The programme as it is to come out: as it is where that can be written; otherwise, where the rule allows it, in Matroska, in its own codec if that can
 * be written there with its times, else in FFV1. What it is to be compared with in the end is this, its pictures and times are the source's.
 * @throws TextlessError `TEXTLESS_UNSUPPORTED` where nothing is left
 */
export function asDelivered(programme: Programme, rule: Mezzanine): Programme {
  const refusal = refusalOf(programme);
  if (!refusal) return programme;
  if (rule === 'refuse') throw refusal;
  const because = refusal.message.replace(/^.* cannot be delivered: /, '').replace(/\.$/, '');
  const moved = inMatroska(programme, because);
  for (const candidate of [moved, losslessly(moved)]) if (!refusalOf(candidate)) return candidate;
  throw refusal;
}
