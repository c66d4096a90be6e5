import type { Dice } from '../dice.js';
import { FACES, setLine } from './text.js';

/** A station logo as SVG with its upper left corner at (0, 0). */
export interface LogoArt {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly look: string;
}

const NAMES = ['NOVA', 'TV9', 'Kanal 5', 'SPORT', 'NEWS', 'Arena', 'M6 LIVE', 'PLUS', 'Orbit', 'RTV', 'Globe', 'CINE'];
const SHAPES = ['disc', 'square', 'ring', 'hexagon', 'text', 'wave'] as const;

/** Draws a logo about `size` pixels high. With `white` all of it is of one light colour, as semi-transparent bugs are. */
export async function drawLogoArt(dice: Dice, size: number, white = false): Promise<LogoArt> {
  const shape = dice.pick(SHAPES);
  const main = white ? '#fff' : colour(dice, 35, 60);
  const second = white ? '#fff' : colour(dice, 55, 85);
  const name = shape === 'text' || dice.chance(0.6) ? dice.pick(NAMES) : '';
  const letters = name ? await setLine(name, dice.pick(FACES), size * (shape === 'text' ? 0.9 : 0.55)) : undefined;
  const badge = shape === 'text' ? '' : await drawBadge(dice, shape, size, main, white);
  const left = shape === 'text' ? size * 0.1 : size * 1.16;
  let text = '';
  if (letters) {
    const edge = white ? '' : letters.edge('#101418', Math.max(1, size * 0.05));
    text = `<g transform="translate(${left} ${size * (shape === 'text' ? 0.85 : 0.7)})">${edge}${letters.ink(second)}</g>`;
  }
  return {
    svg: badge + text,
    width: (letters ? left + letters.width : size) + size * 0.1,
    height: size * 1.15,
    look: name ? `${shape}, ${name}` : shape,
  };
}

async function drawBadge(dice: Dice, shape: string, size: number, main: string, white: boolean): Promise<string> {
  const r = size / 2;
  const letter = await setLine(dice.pick([...'ABKMNRTVX57']), FACES[0], size * 0.72);
  const over = (fill: string): string => `<g transform="translate(${r - letter.width / 2} ${size * 0.76})">${letter.ink(fill)}</g>`;
  const gradient = !white && dice.chance(0.5);
  const fill = gradient ? 'url(#badge)' : main;
  const stops = gradient
    ? `<linearGradient id="badge" x2="0.4" y2="1"><stop stop-color="${main}"/><stop offset="1" stop-color="${colour(dice, 20, 45)}"/></linearGradient>`
    : '';
  // A white badge is drawn as an outline: a white letter on a white disc would not show.
  const body = white ? `fill="none" stroke="#fff" stroke-width="${size * 0.1}"` : `fill="${fill}"`;
  const inner = r * 0.93;
  if (shape === 'disc') return `${stops}<circle cx="${r}" cy="${r}" r="${inner}" ${body}/>${over('#fff')}`;
  if (shape === 'square')
    return `${stops}<rect x="${r - inner}" y="${r - inner}" width="${2 * inner}" height="${2 * inner}" rx="${size * 0.16}" ${body}/>${over('#fff')}`;
  if (shape === 'ring')
    return `${stops}<circle cx="${r}" cy="${r}" r="${inner * 0.9}" fill="none" stroke="${fill}" stroke-width="${size * 0.15}"/>${over(white ? '#fff' : main)}`;
  if (shape === 'hexagon') {
    const points = Array.from(
      { length: 6 },
      (_, k) => `${r + inner * Math.cos((k * Math.PI) / 3)},${r + inner * Math.sin((k * Math.PI) / 3)}`,
    );
    return `${stops}<polygon points="${points.join(' ')}" ${body}/>${over('#fff')}`;
  }
  const wave = (y: number): string => `M0 ${y}C${size * 0.3} ${y - size * 0.3} ${size * 0.6} ${y + size * 0.3} ${size} ${y - size * 0.1}`;
  const pen = `fill="none" stroke-width="${size * 0.14}" stroke-linecap="round"`;
  return `<g transform="translate(${size * 0.06} 0) scale(0.9 1)"><path d="${wave(size * 0.3)}" ${pen} stroke="${main}"/><path d="${wave(size * 0.6)}" ${pen} stroke="${white ? '#fff' : '#f2f2f2'}"/><path d="${wave(size * 0.9)}" ${pen} stroke="${main}"/></g>`;
}

/** A strong colour of a lightness in percent. */
export function colour(dice: Dice, darkest: number, lightest: number): string {
  const hue = dice.between(0, 360);
  const saturation = dice.between(0.5, 0.95);
  const lightness = dice.between(darkest, lightest) / 100;
  const a = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): string => {
    const k = (n + hue / 30) % 12;
    const value = lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * value)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
