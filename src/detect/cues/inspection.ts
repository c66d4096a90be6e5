import type { Box, Mask, Span } from '../../core/area.js';
import { Packed, packedMask } from '../../core/packed-mask.js';
import type { CueCandidate } from './candidates.js';
import type { SurveySize } from '../survey/luma-source.js';
import type { Appointment, Crop, Inspector } from '../survey/crops.js';
import { cueEnd, type CueEnd } from './ends.js';
import { restLevel, stands, throughFade, type Rest } from './fades.js';
import { isPlate } from './plates.js';
import { tellingEnds } from './changes.js';
import { takePlate } from './carried.js';
import { slideBeyond } from './slides.js';
import type { Standing } from './standing.js';
import { awayFrom, longer, type Slides } from './slid.js';
import { keptVeil, type KeptVeil } from './veil.js';
import { veilBlocks } from './veil-blocks.js';
import { lookAround } from './look-around.js';
import { cueMask, nearCue } from './mask.js';
import { riseOf } from './rise.js';
import { LevelSums } from '../maps/level-sums.js';
import { boxAround, fillBox } from '../logos/box.js';
import type { CueImage } from '../reading/glyph-ink.js';
import { growMap } from '../maps/regions.js';

/** What the full-size frames say about a cue. */
export interface CueLook {
  readonly candidate: CueCandidate;
  /** Frames that carry it, fades included. */
  readonly span: Span;
  readonly mask: Mask;
  /** Height of its lines as a share of the picture's. */
  readonly lineShare: number;
  /** How much of it shows in the frames well before and after, where there are any: 0 = nothing, 1 = all. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /**
   * Edge energy at its glyphs while it stands, over that in the frames around it. Below 1 it is the gap between two cues,
   * seen through the holes that their glyphs would fill.
   */
  readonly rise: number;
  /** Noise of its pixels over time as a share of its contrast. */
  readonly unrest: number;
  /** What its ends tell of a plate behind it, where they tell of any. */
  readonly veil?: KeptVeil | undefined;
  /** How it slides in before the span and out after it. */
  readonly slides?: Slides | undefined;
}

/** A cue that was looked at. */
export interface InspectedCue extends CueLook {
  /** How it stands in the mask's box, for who reads it or follows it; of one that nobody will, nothing: it takes more room than all else. */
  readonly picture?: CueImage;
}

/** Frames looked at on either side of a cue, for its fades and for what lies under it. */
export const MARGIN = 16;
/** Seconds looked at instead beyond an end that lies at a cut: through a plate that lets the scene shine, levels change with it while the text goes on. */
const BEYOND_CUT = 4;
/** Frames by which an end may lie beside a cut. */
const AT_CUT = 2;
/** Frames kept on the inner side of either end. */
const INSIDE = 8;
/** Share of what a frame at full strength shows that another one shows which is, too. */
const FULL = 0.93;
/** Frames that are summed up for the mask: more add nothing. */
const ENOUGH = 120;
/** Share of the picture's height that one line is at most: two that touch look like one. */
const LINE = 0.067;
/** Samples between columns or rows of a gradient that must differ for an edge, in levels. */
const EDGE = 24;

/** The programme that a cue stands in. */
interface Shown extends SurveySize {
  readonly frames: number;
  /** Frames a second. */
  readonly rate: number;
  readonly shots: readonly Span[];
  /** Of which cues the pictures are kept. */
  readonly keepsPicture: (cue: CueLook) => boolean;
}

/** Frames looked at before a candidate begins and after it ends. */
interface Margins {
  readonly before: number;
  readonly after: number;
}

function marginsOf({ start, end, score = -1 }: CueCandidate, { rate, shots }: Shown): Margins {
  const atCut = (frame: number): boolean => score > 0 && shots.some(({ first }) => first > 0 && Math.abs(first - frame) <= AT_CUT);
  const of = (frame: number): number => (atCut(frame) ? Math.max(MARGIN, Math.round(BEYOND_CUT * rate)) : MARGIN);
  return { before: of(start), after: of(end + 1) };
}

/** An appointment for a {@link CueInspector}. */
export const cueAppointment = (candidate: CueCandidate, survey: SurveySize, picture: Shown): Appointment<InspectedCue> => ({
  first: Math.max(0, candidate.start - marginsOf(candidate, picture).before),
  box: lookAround(candidate, survey, picture),
  open: () => new CueInspector(candidate, survey, picture),
});

/**
 * Looks at a cue at full size: sums over the frames where it surely stands, and copies of the frames around both ends.
 * The frames at the ends are projected on the cue's mean gradient; the slope is 0 without the cue and 1 with it, and
 * in between while it fades.
 */
class CueInspector implements Inspector<InspectedCue> {
  readonly box: Box;
  readonly span: Span;
  private readonly plateau: Span;
  private readonly stride: number;
  private readonly seeds: Uint8Array;
  private readonly levels: LevelSums;
  private readonly kept = new Map<number, Uint8Array>();
  private readonly margins: Margins;

  constructor(
    private readonly candidate: CueCandidate,
    private readonly survey: SurveySize,
    private readonly picture: Shown,
  ) {
    const scale = picture.height / survey.height;
    const { start, end } = candidate;
    this.box = lookAround(candidate, survey, picture);
    this.margins = marginsOf(candidate, picture);
    this.span = { first: Math.max(0, start - this.margins.before), last: Math.min(picture.frames - 1, end + this.margins.after) };
    const lead = Math.min(4, (end - start) >> 2);
    this.plateau = { first: start + lead, last: end - lead };
    this.stride = Math.ceil(Math.max(1, end - start) / ENOUGH);
    this.seeds = this.placeSeeds(scale);
    this.levels = new LevelSums(this.box.width * this.box.height);
  }

  wants(index: number): boolean {
    return this.isNearEnd(index) || this.isSummed(index);
  }

  private isNearEnd(index: number): boolean {
    return index < this.candidate.start + INSIDE || index > this.candidate.end - INSIDE;
  }

  private isSummed(index: number): boolean {
    const { first, last } = this.plateau;
    return index >= first && index <= last && (index - first) % this.stride === 0;
  }

  add(index: number, crop: Crop): void {
    const kept = this.isNearEnd(index);
    const samples = crop.samples(kept ? undefined : this.levels.input);
    if (kept) this.kept.set(index, samples);
    if (this.isSummed(index)) this.levels.add(samples);
  }

  finish(): InspectedCue {
    const { mean, deviation } = this.levels.statistics();
    this.levels.close();
    const shows = this.slopes(mean);
    const before = restLevel(shows, this.span.first, this.candidate.start - 1);
    const after = restLevel(shows, this.candidate.end + 1, this.span.last);
    const span = { first: this.firstFrame(shows, before), last: this.lastFrame(shows, after) };
    const outside = [...this.kept].filter(([i]) => i < span.first || i > span.last).map(([, crop]) => crop);
    const { width, height } = this.box;
    // In samples of the survey: outlines in large pictures are that thin; reaching as far as the picture is larger takes in more of the scene than of the text.
    const { lineHeight } = this.candidate;
    const rise = riseOf(mean, outside, this.seeds, width, height);
    const near = nearCue(this.seeds, { width, height, lineHeight });
    const letters = this.slides({ mean, mask: near }, span);
    const away = awayFrom(span, letters);
    const ends = { before: this.beyond(shows, away.first, -1, near), after: this.beyond(shows, away.last, 1, near) };
    const recoloured = this.candidate.recoloured ?? false;
    const found = cueMask({ mean, deviation, seeds: this.seeds, ...ends, width, height, lineHeight, recoloured });
    const plate = boxAround({ mean, deviation, mask: found.mask, width, height });
    if (plate && (!found.telling || isPlate(found.mask, mean, width, plate))) fillBox(found.mask, width, plate);
    const slides = letters && this.withPlate({ mean, mask: found.mask }, span, letters);
    const lineShare = this.candidate.lineHeight / this.survey.height;
    const cue: CueLook = {
      candidate: this.candidate,
      span,
      mask: packedMask({ box: this.box, data: found.mask }),
      lineShare,
      before: before?.level,
      after: after?.level,
      rise,
      unrest: found.unrest,
      veil: slides ? undefined : this.veil(ends.before, ends.after),
      slides,
    };
    return this.picture.keepsPicture(cue) ? { ...cue, picture: packedImage(mean, found.glyphs, this.box) } : cue;
  }

  private veil(before: CueEnd | undefined, after: CueEnd | undefined): KeptVeil | undefined {
    const ends = tellingEnds(before, after).filter((end) => end !== undefined);
    if (!ends.length || !((this.candidate.score ?? -2) > -1)) return undefined;
    const lineHeight = (Math.min(this.candidate.lineHeight, this.survey.height * LINE) * this.picture.height) / this.survey.height;
    return keptVeil(veilBlocks({ ends, seeds: this.seeds, box: this.box, lineHeight }));
  }

  /** How it slides in and out; nothing of what is hardly a cue. */
  private slides(look: { readonly mean: Float32Array; readonly mask: Uint8Array }, span: Span): Slides | undefined {
    if (!((this.candidate.score ?? -2) > -1)) return undefined;
    const banner = this.banner(look);
    const sure = { first: Math.max(span.first, this.plateau.first), last: Math.min(span.last, this.plateau.last) };
    const before = slideBeyond(banner, sure.first, -1);
    const after = slideBeyond(banner, sure.last, 1);
    return before || after ? { ...(before && { before }), ...(after && { after }) } : undefined;
  }

  /** Gives a mask the plate that slides with its letters, and follows both. */
  private withPlate(look: { readonly mean: Float32Array; readonly mask: Uint8Array }, span: Span, letters: Slides): Slides {
    const slides = longer(letters, this.slides(look, span));
    const ways = [slides.before, slides.after].filter((slide) => slide !== undefined);
    return takePlate(this.banner(look), ways) ? longer(slides, this.slides(look, span)) : slides;
  }

  private banner(look: { readonly mean: Float32Array; readonly mask: Uint8Array }): Standing {
    const { width, height } = this.box;
    return { ...look, width, height, samples: (frame: number) => this.kept.get(frame) };
  }

  private placeSeeds(scale: number): Uint8Array {
    const { box } = this;
    const seeds = new Uint8Array(box.width * box.height);
    for (const p of this.candidate.pixel) {
      const y = Math.floor(p / this.survey.width);
      const x = p - y * this.survey.width;
      for (let v = Math.floor(y * scale); v < (y + 1) * scale; v++) {
        for (let u = Math.floor(x * scale); u < (x + 1) * scale; u++) {
          if (u >= box.x && v >= box.y && u < box.x + box.width && v < box.y + box.height) seeds[(v - box.y) * box.width + u - box.x] = 1;
        }
      }
    }
    return seeds;
  }

  /** How much of the cue each kept frame shows. */
  private slopes(mean: Float32Array): Map<number, number> {
    const { width, height } = this.box;
    const near = growMap(this.seeds, width, height, 2);
    const at = new Int32Array(near.length);
    let [count, power] = [0, 0];
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1, p = y * width + 1; x < width - 1; x++, p++) {
        const gx = mean[p + 1] - mean[p - 1];
        const gy = mean[p + width] - mean[p - width];
        if (!near[p] || Math.abs(gx) + Math.abs(gy) < EDGE) continue;
        at[count++] = p;
        power += gx * gx + gy * gy;
      }
    }
    const shows = new Map<number, number>();
    for (const [index, crop] of this.kept) {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const p = at[i];
        sum += (mean[p + 1] - mean[p - 1]) * (crop[p + 1] - crop[p - 1]);
        sum += (mean[p + width] - mean[p - width]) * (crop[p + width] - crop[p - width]);
      }
      shows.set(index, power ? sum / power : 0);
    }
    return shows;
  }

  /** What lies beyond one end of the cue at full strength: frames as near to the end as the fade allows. */
  private beyond(shows: Map<number, number>, end: number, outwards: 1 | -1, near: Uint8Array): CueEnd | undefined {
    const sure = this.sureFrame(end, outwards);
    const full = FULL * (shows.get(sure) ?? 1);
    let from = end;
    while (from !== sure && (shows.get(from) ?? 0) < full) from -= outwards;
    const inside = this.three(from, -outwards as 1 | -1);
    return cueEnd({ inside, beyond: this.three(end + outwards, outwards), near, width: this.box.width, height: this.box.height });
  }

  /** The frame beside an end that is surely at full strength: in the same shot, where the cue goes on over a cut. */
  private sureFrame(end: number, outwards: 1 | -1): number {
    const { start, end: last } = this.candidate;
    const [own, margin] = outwards < 0 ? [start, this.margins.before] : [last, this.margins.after];
    const further = outwards * (end - own);
    if (margin > MARGIN && further > INSIDE / 2) return end - outwards * Math.min(INSIDE, further - INSIDE / 2);
    return outwards < 0 ? Math.max(own, end) : Math.min(own, end);
  }

  private three(from: number, direction: 1 | -1): Uint8Array[] {
    return [0, 1, 2].flatMap((i) => this.kept.get(from + i * direction) ?? []);
  }

  private firstFrame(shows: Map<number, number>, rest: Rest | undefined): number {
    let t = this.plateau.first;
    while (t > this.span.first && stands(shows.get(t - 1), rest)) t--;
    const atCut = this.margins.before > MARGIN && t >= this.candidate.start - AT_CUT;
    return atCut ? t : throughFade(shows, rest, t, -1);
  }

  private lastFrame(shows: Map<number, number>, rest: Rest | undefined): number {
    let t = this.plateau.last;
    while (t < this.span.last && stands(shows.get(t + 1), rest)) t++;
    const atCut = this.margins.after > MARGIN && t <= this.candidate.end + AT_CUT;
    return atCut ? t : throughFade(shows, rest, t, 1);
  }
}

/** A cue's picture, packed: its maps are unpacked at each access. */
function packedImage(mean: Float32Array, glyphs: Uint8Array, { width, height }: Box): CueImage {
  const levels = new Uint8Array(mean.length);
  for (let p = 0; p < levels.length; p++) levels[p] = mean[p] + 0.5;
  const level = new Packed(levels);
  const ink = new Packed(glyphs);
  return {
    width,
    height,
    get mean() {
      return level.unpacked();
    },
    get glyphs() {
      return ink.unpacked();
    },
  };
}
