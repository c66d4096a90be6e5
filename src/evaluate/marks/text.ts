import { drawSprite } from './sprite.js';
import { hanGlyph } from './glyphs.js';
import { letter } from './lettering.js';

/** Writing systems that subtitles come in. */
export type Script = 'latin' | 'cyrillic' | 'cjk' | 'arabic';

/** A font by its family and weight. Where the system has it not, fontconfig takes the nearest. */
export interface Face {
  readonly family: string;
  readonly weight: 400 | 700;
}

export const FACES: readonly Face[] = [
  { family: 'Liberation Sans', weight: 700 },
  { family: 'Liberation Sans', weight: 400 },
  { family: 'DejaVu Sans', weight: 700 },
  { family: 'DejaVu Serif', weight: 400 },
  { family: 'Liberation Sans Narrow', weight: 400 },
  { family: 'DejaVu Sans', weight: 400 },
];

/** A line of text set at a size: baseline at y = 0, from x = 0 to `width`; lengths in pixels. */
export interface Line {
  readonly width: number;
  /** SVG of the letters themselves. */
  ink(colour: string): string;
  /** SVG of the letters and `by` pixels around them, to lie below the ink. */
  edge(colour: string, by: number): string;
}

/** Sample letters of each script: two that look different in every font that has them, and alike where both are missing. */
const PROBES: Record<Script, readonly [string, string]> = {
  latin: ['i', 'W'],
  cyrillic: ['г', 'Ж'],
  cjk: ['一', '霸'],
  arabic: ['ا', 'ض'],
};

const known = new Map<Script, Promise<boolean>>();

/** Whether the system's fonts can draw a script; a missing letter is drawn as the same box whatever the letter. */
export function hasScript(script: Script): Promise<boolean> {
  let answer = known.get(script);
  if (!answer) known.set(script, (answer = compareProbes(PROBES[script])));
  return answer;
}

async function compareProbes(pair: readonly [string, string]): Promise<boolean> {
  const draw = (text: string): ReturnType<typeof drawSprite> =>
    drawSprite(160, 120, `<g transform="translate(40 80)">${svgText(text, FACES[5], 48)}</g>`);
  try {
    const [a, b] = await Promise.all(pair.map(draw));
    return Buffer.compare(a.data, b.data) !== 0 || a.box.width !== b.box.width;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Sets a line of text `size` pixels high (from the top of a capital to below a descender), in a font or in our own strokes. */
export async function setLine(text: string, face: Face, size: number, script: Script = 'latin'): Promise<Line> {
  if (!(await hasScript(script))) return strokes(text, size);
  const width = await measure(text, face, size);
  const colour = (name: string): string => `fill="${name}"`;
  return {
    width,
    ink: (name) => svgText(text, face, size, colour(name)),
    edge: (name, by) =>
      svgText(text, face, size, `${colour(name)} stroke="${name}" stroke-width="${(2 * by).toFixed(2)}" stroke-linejoin="round"`),
  };
}

/** The stroke alphabet instead of fonts; letters that it lacks are left out. */
function strokes(text: string, size: number): Line {
  const pen = size * 0.11;
  const known = [...text].filter((c) => c === ' ' || hanGlyph(c) || STROKES.test(c)).join('');
  const { width, svg } = letter(known || 'TEXT', size * 0.7, pen);
  const group = (colour: string, inner: string): string =>
    `<g fill="none" stroke="${colour}" stroke-linecap="round" stroke-linejoin="round">${inner}</g>`;
  const wide = (by: number): string =>
    svg.replace(/stroke-width="([\d.]+)"/g, (_, w: string) => `stroke-width="${(Number(w) * (1 + (2 * by) / pen)).toFixed(3)}"`);
  return { width, ink: (colour) => group(colour, svg), edge: (colour, by) => group(colour, wide(by)) };
}

const STROKES = /^[A-Za-z0-9éàñ.,!?'\-:]$/;

function svgText(text: string, face: Face, size: number, style = 'fill="#fff"'): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<text xml:space="preserve" font-family="${face.family}, sans-serif" font-weight="${face.weight}" font-size="${size.toFixed(2)}" ${style}>${escaped}</text>`;
}

/** Width of the ink from x = 0 on. Right-to-left text is set from its end, so it starts at 0 too. */
async function measure(text: string, face: Face, size: number): Promise<number> {
  const width = Math.ceil(size * (text.length + 2) * 1.2);
  const { box } = await drawSprite(
    width,
    Math.ceil(size * 3),
    `<g transform="translate(${size} ${size * 2})">${svgText(text, face, size)}</g>`,
  );
  return box.x + box.width - size;
}
