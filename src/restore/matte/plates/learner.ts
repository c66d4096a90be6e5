import type { Box, Mask } from '../../../core/area.js';
import { chromaShift, planesOf, type ColourSpace, type Frame, type Geometry } from '../../../core/frame.js';
import { rankOf } from '../../../detect/maps/rank.js';
import { chromaBox, chromaMap } from '../chroma-map.js';
import { holeOf, type Hole } from '../hole.js';
import { endsOf, type Matte } from '../matte.js';
import { packedPlane } from '../packed-plane.js';
import { levelsIn } from '../membrane.js';
import { OPAQUE, opacityOf, UNSURE, type Ends, type Tint } from '../opacity.js';
import { againstBeside, CONTRAST } from './border.js';
import type { PlateFrames } from './frames.js';
import { glyphsOn } from './glyphs.js';
import { comparedTo, lineThrough, type Pair } from './line.js';
import { plateShape, type PlateLine } from './shape.js';
import type { PlateLook } from './style.js';

/** Share of the plate that may be missing at its end. */
const FADES = 0.15;
/** How far the scene under the plate may be off that of the frame without it, against the scene beside: times and levels. */
const TIMES = 2;
const LEVELS = 6;
/** Chroma of what is grey, and levels that a plate may seem to be off it, and off black and white. */
const GREY = 128;
const TINGE = 4;
const NEARLY = 2;
/** How far α may seem to be off where only the scene beside tells it. */
const ABOUT = 0.15;
/** Share of a plate's height by which letters may stand beside its middle. */
const UNEVEN = 0.15;

/** A plate that can be taken off, and how high its lines' are, if it tells that by itself. */
export interface PlateMatte {
  readonly matte: Matte;
  readonly heights: readonly number[];
}

/** A plate's look, grey, black or white where it is nearly so: nobody sets text on what is off these by a level. Before the `ground` it stays as it is. */
function plainly({ opacity, level, chroma }: PlateLook, ground: number, { black, white }: Ends): PlateLook {
  const end = [black, white].find((e) => Math.abs(level - e) <= NEARLY) ?? level;
  return {
    opacity: (opacity * (level - ground)) / (end - ground),
    level: end,
    chroma: chroma.every((c) => Math.abs(c - GREY) <= TINGE) ? chroma.map(() => GREY) : chroma,
  };
}

const heightOf = ({ top, bottom }: PlateLine): number => bottom - top;

/** Whether a plate that no end tells about is as high as others, and reaches as far beyond its letters at the left as at the right. Of two lines nothing tells how they overlap. */
function isLikely([line, ...others]: readonly PlateLine[], height: number | undefined): boolean {
  if (height === undefined || others.length) return false;
  const aside = [line.letters.left - line.left, line.right - line.letters.right];
  const isEven = Math.min(...aside) > 0 && Math.abs(aside[0] - aside[1]) <= UNEVEN * height;
  return isEven && Math.abs(heightOf(line) - height) <= 1;
}

/**
 * Learns the plate behind a subtitle from the two frames at either end of it: the scene a moment before the plate came, or after it
 * went, is the scene under it but for what moved meanwhile. Where both ends are cuts, or the scene moves too much, it is as the programme's other plates
 * are. The glyphs on it are left to be filled.
 */
export class PlateLearner {
  private readonly hole: Hole;
  /** Of the frames at its ends, the planes of the hole's box; of those in which it stands, luma in whole levels. */
  private readonly seen = new Map<number, Float32Array[]>();
  private readonly standing: Uint8Array[] = [];
  private readonly boxes: readonly Box[];

  constructor(
    mask: Mask,
    private readonly frames: PlateFrames,
    private readonly geometry: Geometry,
    private readonly colour: ColourSpace,
  ) {
    this.hole = holeOf(mask, geometry);
    const shift = chromaShift(geometry.format.chroma);
    const chroma = chromaBox(this.hole.box, shift);
    this.boxes = geometry.format.chroma === 'gray' ? [this.hole.box] : [this.hole.box, chroma, chroma];
  }

  /** Takes one of the frames asked for. */
  take(frame: Frame): void {
    const planes = planesOf(frame, this.geometry);
    const { depth } = this.geometry.format;
    const levels = (p: number): Float32Array => levelsIn(planes[p], this.boxes[p], depth);
    const { ends, standing } = this.frames;
    if (ends.some((e) => [e.away, e.shown, e.whole].includes(frame.index)))
      this.seen.set(
        frame.index,
        this.boxes.map((_, p) => levels(p)),
      );
    if (standing.includes(frame.index)) this.standing.push(Uint8Array.from(levels(0), Math.round));
  }

  /** What its own ends say of the plate; undefined where they say nothing, where it hides the scene, fades, or is none. */
  look(): PlateLook | undefined {
    const { hole, geometry, colour } = this;
    const pairs = this.pairs(0);
    if (!pairs.length || pairs.some((pair) => this.fades(pair))) return undefined;
    const line = lineThrough(pairs, hole);
    if (!line) return undefined;
    const tints = this.boxes.slice(1).map((_, c) => this.tint(c + 1));
    const whole = opacityOf(line.through, line.body, tints, endsOf(geometry, colour));
    if (whole.opaque > UNSURE || whole.opacity > OPAQUE || !this.explains(pairs, whole)) return undefined;
    const ground = line.body.reduce((sum, { scene }) => sum + scene, 0) / line.body.length;
    const chroma = tints.map(({ scene, difference }) => scene + difference / whole.opacity);
    return plainly({ opacity: whole.opacity, level: whole.level, chroma }, ground, endsOf(geometry, colour));
  }

  /**
   * The plate with α 1 where glyphs stand; undefined where it does not look so.
   * @param height of one line's plate, as others have it
   */
  matte(look: PlateLook, height?: number): PlateMatte | undefined {
    const { hole, geometry, colour, standing } = this;
    const pairs = this.pairs(0);
    const told = this.told(pairs, look);
    const steady = pairs.every((pair) => told.includes(pair) || !this.fades(pair));
    const glyphs = glyphsOn({ hole, look, ends: endsOf(geometry, colour), pairs: told, standing, steady });
    if (!glyphs) return undefined;
    const rate = this.rate(told, standing, look.level).map((r, i) => (glyphs[i] ? NaN : r));
    const silent = !told.length;
    const shape = plateShape({ rate, glyphs, hole, opacity: look.opacity });
    if (silent && !(this.seems(rate, look.opacity) && isLikely(shape.lines, height))) return undefined;
    const alpha = shape.alpha.map((a, i) => (glyphs[i] && hole.depth[i] ? 1 : a));
    const scale = 2 ** (geometry.format.depth - 8);
    const planes = [alpha, ...look.chroma.map(() => this.shrunk(alpha))].map((map, p) =>
      packedPlane(this.boxes[p], map, scale * (p ? look.chroma[p - 1] : look.level)),
    );
    return { matte: { planes, opacity: look.opacity, fades: false }, heights: silent ? [] : shape.lines.map(heightOf) };
  }

  /** Whether neither of its ends tells anything of a plate that looks so. */
  isSilent(look: PlateLook): boolean {
    return !this.told(this.pairs(0), look).length;
  }

  /** The ends that a plate explains which looks so. */
  private told(pairs: readonly Pair[], look: PlateLook): Pair[] {
    return pairs.filter((pair) => this.explains([pair], look));
  }

  private pairs(plane: number): Pair[] {
    return this.frames.ends.flatMap(({ away, shown, whole }) => {
      const [a, b, c] = [away, shown, whole].map((f) => this.seen.get(f)?.[plane]);
      return a && b && c ? [{ scene: a, shown: b, whole: c }] : [];
    });
  }

  /** Whether the scene under a plate, taken off, is as near to that without it as the scene beside is to itself. */
  private explains(pairs: readonly Pair[], look: Pick<PlateLook, 'opacity' | 'level'>): boolean {
    const { scene, plate } = comparedTo(pairs, this.hole, look);
    return plate <= TIMES * scene + LEVELS;
  }

  /** Whether the outermost frame shows less of the plate than one farther inside. */
  private fades({ scene, shown, whole }: Pair): boolean {
    let [there, all] = [0, 0];
    for (let i = 0; i < scene.length; i++) {
      if (!this.hole.inner[i]) continue;
      there += shown[i] - scene[i];
      all += whole[i] - scene[i];
    }
    return there / all < 1 - FADES;
  }

  /** What the plate does to a chroma plane on the whole. */
  private tint(plane: number): Tint {
    const at = this.shrunk(this.hole.inner);
    let [n, difference, under] = [0, 0, 0];
    for (const { scene, shown } of this.pairs(plane)) {
      for (let i = 0; i < at.length; i++) {
        if (at[i] < 1) continue;
        n++;
        difference += shown[i] - scene[i];
        under += scene[i];
      }
    }
    return { difference: difference / Math.max(1, n), scene: under / Math.max(1, n) };
  }

  /** α as the pixels say by the pairs that tell; where none does, near the border by what is beside it. */
  private rate(pairs: readonly Pair[], standing: readonly Uint8Array[], level: number): Float32Array {
    if (!pairs.length) return againstBeside(standing, this.hole, level);
    return this.hole.depth.map((_, i) => {
      const contrast = level - pairs.reduce((sum, { scene }) => sum + scene[i], 0) / pairs.length;
      return Math.abs(contrast) < CONTRAST
        ? NaN
        : pairs.reduce((sum, { scene, shown }) => sum + shown[i] - scene[i], 0) / pairs.length / contrast;
    });
  }

  /** Whether the pixels inside, all together, say that the plate is so opaque. */
  private seems(rate: Float32Array, opacity: number): boolean {
    const inside = rankOf(rate.filter((r, i) => this.hole.inner[i] && !Number.isNaN(r)), 0.5); // prettier-ignore
    return inside !== undefined && Math.abs(inside - opacity) <= ABOUT;
  }

  private shrunk(map: ArrayLike<number>): Float32Array {
    return chromaMap(map, this.hole.box, chromaShift(this.geometry.format.chroma));
  }
}
