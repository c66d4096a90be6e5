/** What the chroma planes say about the mark: mean difference from the scene, and the scene, in 8-bit levels. */
export interface Tint {
  readonly difference: number;
  readonly scene: number;
}

/** α from which too little of the scene is left in a pixel. */
export const OPAQUE = 0.85;
/** Chance of being opaque from which a mark is not taken off but filled. */
export const UNSURE = 0.2;
/** Levels of white and black, 8 bits. */
export interface Ends {
  readonly white: number;
  readonly black: number;
}

/** A number and its error. */
export interface Level {
  readonly value: number;
  readonly error: number;
}

/** A pixel of the mark's body: the scene that is likely there, what the mark adds to it, and how sure that is. */
export interface Pixel {
  readonly scene: number;
  readonly difference: number;
  readonly weight: number;
}

/** How likely a grey mark is white or black, and how exactly, in levels; how far it may seem to be beyond. */
const PLAIN = 0.9;
const EXACT = 7;
const BEYOND = 3;
/** Levels of chroma that a grey mark may be off. */
const GREY = 6;

/** How likely a mark has a level and a tint: most that shine through are white or black. */
function likelihood(level: number, brighter: boolean, chroma: readonly number[], { white, black }: Ends): number {
  const beyond = Math.max(0, level - white, black - level);
  const off = beyond ? beyond / BEYOND : (level - (brighter ? white : black)) / EXACT;
  const grey = Math.exp(-0.5 * chroma.reduce((s, c) => s + ((c - 128) / GREY) ** 2, 0));
  const plain = (PLAIN * grey * 0.4 * Math.exp(-0.5 * off ** 2)) / EXACT;
  return plain + (beyond > BEYOND ? 0 : (1 - PLAIN * grey) / (white - black));
}

/** The level of a mark that is so opaque: of half of the body, by weight, it is lower. */
function levelAt(opacity: number, body: readonly Pixel[]): number {
  const levels = body.map(({ scene, difference, weight }) => ({ level: scene + difference / opacity, weight }));
  levels.sort((a, b) => a.level - b.level);
  let half = levels.reduce((sum, { weight }) => sum + weight, 0) / 2;
  return (levels.find(({ weight }) => (half -= weight) <= 0) ?? levels[0]).level;
}

/** What a mark's body is like. */
export interface Whole {
  /** α. */
  readonly opacity: number;
  /** Level of the mark, 8 bits. */
  readonly level: number;
  /** Chance that the mark is too opaque to be taken off. */
  readonly opaque: number;
  /** Standard error of the opacity. */
  readonly error: number;
}

/** The likeliest opacity of the mark's body, the level that goes with it, and the chance that it is beyond {@link OPAQUE}. */
export function opacityOf(through: Level, body: readonly Pixel[], tints: readonly Tint[], ends: Ends): Whole {
  const brighter = levelAt(1, body.map((p) => ({ ...p, scene: 0 }))) > 0; // prettier-ignore
  let best = { chance: -1, opacity: 1, level: 0 };
  let [all, beyond, sum, squares] = [0, 0, 0, 0];
  for (let opacity = 0.04; opacity <= 1; opacity += 0.005) {
    const level = levelAt(opacity, body);
    const chroma = tints.map((t) => t.scene + t.difference / opacity);
    const fits = Math.exp(-0.5 * ((1 - opacity - through.value) / through.error) ** 2);
    const chance = fits * likelihood(level, brighter, chroma, ends);
    all += chance;
    sum += chance * opacity;
    squares += chance * opacity ** 2;
    if (opacity > OPAQUE) beyond += chance;
    if (chance > best.chance) best = { chance, opacity, level };
  }
  const error = all ? Math.sqrt(Math.max(0, squares / all - (sum / all) ** 2)) : 1;
  return { opacity: best.opacity, level: best.level, opaque: all ? beyond / all : 1, error };
}
