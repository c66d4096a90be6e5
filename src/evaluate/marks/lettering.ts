import { hanGlyph, LATIN_HEIGHT, latinGlyph } from './glyphs.js';

/** A line of text as SVG paths: strokes without colour, baseline at y = 0, from x = 0 to `width`; lengths in pixels. */
export interface Lettering {
  readonly width: number;
  readonly svg: string;
}

/** Sets a line; `size` is the height of a capital or of a Han character in pixels, `stroke` the width of the pen. */
export function letter(text: string, size: number, stroke: number): Lettering {
  let x = 0;
  let svg = '';
  const latin = size / LATIN_HEIGHT;
  for (const character of text) {
    const han = hanGlyph(character);
    if (character === ' ') x += size * 0.36;
    else if (han) {
      svg += placed(han.path, x, -size * 0.88, size / 100, stroke);
      x += size * 1.08;
    } else {
      const glyph = latinGlyph(character);
      svg += placed(glyph.path, x + stroke / 2, 0, latin, stroke);
      x += glyph.width * latin + stroke + size * 0.13;
    }
  }
  return { width: x, svg };
}

function placed(path: string, x: number, y: number, scale: number, stroke: number): string {
  return `<path d="${path}" transform="translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${scale.toFixed(4)})" stroke-width="${(stroke / scale).toFixed(3)}"/>`;
}
