import { growBox, type Box } from '../../core/area.js';
import type { Frame, Geometry } from '../../core/frame.js';
import { readCues } from '../../detect/reading/read-cues.js';
import { atRest } from '../../plan/travel.js';
import { moved } from '../../restore/matte/hole.js';
import type { Plan, Track } from '../../plan/plan.js';
import { nothing, type Measured } from './gate.js';
import { lumaOf, spreadOver } from './luma.js';

/** Cues that are read again, spread over the programme; and frames of each whose mean is read. */
const CUES = 6;
const FRAMES = 3;
/** Letters from which a text is worth comparing: short ones are found in any picture. */
const LETTERS = 6;
/** Samples around the glyphs. */
const AIR = 4;

interface Cue {
  readonly track: Track;
  readonly box: Box;
  readonly frames: readonly number[];
  readonly sum: Float32Array;
  seen: number;
}

/** Reads some wiped texts once more, in the restored pictures, where the scan has read them. */
export class TextGauge {
  readonly #cues: readonly Cue[];

  constructor(
    tracks: Plan['tracks'],
    private readonly languages: readonly string[],
    private readonly geometry: Geometry,
  ) {
    const read = languages.length ? tracks.filter((t) => t.action === 'wipe' && !t.path && letters(t.text ?? '').length >= LETTERS) : [];
    const step = Math.max(1, read.length / CUES);
    const chosen = Array.from({ length: Math.min(CUES, read.length) }, (_, k) => atRest(read[Math.floor(k * step)]));
    this.#cues = chosen.map((track) => {
      const box = growBox(track.mask.box, AIR, geometry.width, geometry.height);
      return { track, box, frames: spreadOver(track.spans, FRAMES), sum: new Float32Array(box.width * box.height), seen: 0 };
    });
  }

  /** Takes a restored frame. */
  after(frame: Frame): void {
    for (const cue of this.#cues) {
      if (!cue.frames.includes(frame.index)) continue;
      const luma = lumaOf(frame, cue.box, this.geometry);
      for (let i = 0; i < luma.length; i++) cue.sum[i] += luma[i];
      cue.seen++;
    }
  }

  /** @throws TextlessError as {@link readCues} */
  async measured(signal?: AbortSignal): Promise<Measured> {
    const cues = this.#cues.filter((c) => c.seen);
    if (!cues.length) return nothing('text-left', 'No text was read that could be read again.');
    const images = cues.map(({ track: { mask }, box, sum, seen }) => ({
      mean: sum.map((v) => v / seen),
      glyphs: Uint8Array.from(moved(mask.data, mask.box, box), (v) => (v ? 1 : 0)),
      ...{ width: box.width, height: box.height },
    }));
    const readings = await readCues(images, { languages: this.languages, signal });
    const shares = readings.map(({ text }, k) => alike(letters(cues[k].track.text!), letters(text)));
    const worst = shares.indexOf(Math.max(...shares));
    const { track, frames, box } = cues[worst];
    const says = `Of ${cues.length} texts that were read again ${track.id} can be read best: ${Math.round(100 * shares[worst])} % of it.`;
    return { gate: 'text-left', value: shares[worst], says, worst: { frame: frames[frames.length >> 1], box } };
  }
}

/** Letters and figures alone: what a recogniser makes of texture is mostly signs. */
const letters = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Twice the longest common subsequence over both lengths (Dice): 1 the same, 0 nothing in common. */
export function alike(text: string, reading: string): number {
  let row = new Uint16Array(reading.length + 1);
  for (const letter of text) {
    const next = new Uint16Array(row.length);
    for (let j = 1; j < row.length; j++) next[j] = reading[j - 1] === letter ? row[j - 1] + 1 : Math.max(row[j], next[j - 1]);
    row = next;
  }
  return (2 * row[reading.length]) / Math.max(1, text.length + reading.length);
}
