import sharp from 'sharp';
import { boundsOf, type Box } from '../../src/core/area.js';
import { letter } from '../../src/evaluate/marks/lettering.js';

/** A drawn mark of the picture's size: RGBA, not premultiplied, row-major. Alpha is 0 or at least {@link FAINTEST}. */
export interface Overlay {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The truth counts a pixel as marked when alpha is above 0.02 of 255; what is fainter is not drawn at all. */
const FAINTEST = 6;

/** How subtitles look; lengths in pixels. */
export interface SubtitleStyle {
  readonly size: number;
  readonly pen: number;
  readonly fill: string;
  readonly outline: number;
  /** Offset of a soft shadow, 0 for none. */
  readonly shadow: number;
  /** Distance from the picture's lower edge to the last baseline. */
  readonly bottom: number;
}

/** Draws lines of text, centred, the last one lowest. */
export function drawSubtitle(width: number, height: number, text: string, style: SubtitleStyle): Promise<Overlay> {
  const lines = text.split('\n');
  const body = lines.map((line, i) => {
    const set = letter(line, style.size, style.pen);
    const y = height - style.bottom - (lines.length - 1 - i) * style.size * 1.55;
    return `<g transform="translate(${((width - set.width) / 2).toFixed(2)} ${y.toFixed(2)})">${set.svg}</g>`;
  });
  const strokes = `<g id="t" fill="none" stroke-linecap="round" stroke-linejoin="round">${body.join('')}</g>`;
  // Outline: the same strokes drawn with a wider pen.
  const wide = strokes.replace(
    /stroke-width="([\d.]+)"([^>]*)/g,
    (_, w: string, rest: string) => `stroke-width="${(Number(w) * (1 + (2 * style.outline) / style.pen)).toFixed(3)}"${rest}`,
  );
  const s = style.shadow;
  const shadow = s ? `<g stroke="#000" opacity="0.66" transform="translate(${s} ${s})" filter="url(#soft)">${strokes}</g>` : '';
  return render(
    width,
    height,
    `<filter id="soft"><feGaussianBlur stdDeviation="${s / 2}"/></filter>${shadow}<g stroke="#000">${wide}</g><g stroke="${style.fill}">${strokes}</g>`,
  );
}

/** An opaque station logo: a badge with a numeral and a name beside it; `size` is the badge's height, (x, y) its corner. */
export function drawLogo(width: number, height: number, x: number, y: number, size: number): Promise<Overlay> {
  const name = letter('NORD', size * 0.5, size * 0.1);
  const numeral = letter('4', size * 0.56, size * 0.11);
  const badge = `<rect width="${size}" height="${size}" rx="${size * 0.2}" fill="url(#g)"/>
    <path d="M0 ${size * 0.72}C${size * 0.35} ${size * 0.5} ${size * 0.65} ${size * 0.95} ${size} ${size * 0.66}V${size * 0.8}a${size * 0.2} ${size * 0.2} 0 0 1-${size * 0.2} ${size * 0.2}H${size * 0.2}a${size * 0.2} ${size * 0.2} 0 0 1-${size * 0.2}-${size * 0.2}Z" fill="#f2b632"/>`;
  const text = (inner: string, tx: number, ty: number): string =>
    `<g transform="translate(${tx} ${ty})" fill="none" stroke="#fff" stroke-linecap="round" stroke-linejoin="round">${inner}</g>`;
  const plate = `<rect x="${size * 0.86}" y="${size * 0.14}" width="${name.width + size * 0.5}" height="${size * 0.72}" rx="${size * 0.14}" fill="#14233f"/>`;
  const gradient =
    '<linearGradient id="g" x2="0" y2="1"><stop stop-color="#e4483b"/><stop offset="1" stop-color="#a51f2d"/></linearGradient>';
  const parts = plate + badge + text(numeral.svg, (size - numeral.width) / 2, size * 0.74) + text(name.svg, size * 1.14, size * 0.75);
  return render(width, height, `${gradient}<g transform="translate(${x} ${y})">${parts}</g>`);
}

/** A white semi-transparent bug in the manner of many channels: a ring, a wave and three letters, `alpha` 0 … 1. */
export function drawBug(width: number, height: number, x: number, y: number, size: number, alpha: number): Promise<Overlay> {
  const name = letter('KTV', size * 0.5, size * 0.1);
  const r = size / 2;
  const ring = `<circle cx="${r}" cy="${r}" r="${r * 0.9}" stroke-width="${size * 0.1}"/><path d="M${r * 0.35} ${r * 1.15}C${r * 0.8} ${r * 0.55} ${r * 1.2} ${r * 1.5} ${r * 1.65} ${r * 0.85}" stroke-width="${size * 0.1}"/>`;
  const text = `<g transform="translate(${size * 1.18} ${size * 0.75})">${name.svg}</g>`;
  // One group opacity, so that strokes that cross do not add up.
  return render(
    width,
    height,
    `<g transform="translate(${x} ${y})" fill="none" stroke="#fff" stroke-linecap="round" stroke-linejoin="round" opacity="${alpha}">${ring}${text}</g>`,
  );
}

async function render(width: number, height: number, body: string): Promise<Overlay> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`;
  const data = new Uint8Array(await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer());
  for (let i = 3; i < data.length; i += 4) if (data[i] < FAINTEST) data[i] = 0;
  return { width, height, data };
}

/** The overlay at a share of its strength, 0 … 1, for fades. */
export function faded(overlay: Overlay, strength: number): Overlay {
  if (strength >= 1) return overlay;
  const data = overlay.data.slice();
  for (let i = 3; i < data.length; i += 4) {
    const alpha = Math.round(data[i] * strength);
    data[i] = alpha < FAINTEST ? 0 : alpha;
  }
  return { ...overlay, data };
}

/** Puts an overlay over packed RGB in place, and 255 into `mask` wherever it shows at all. */
export function compose(rgb: Uint8Array, mask: Uint8Array, overlay: Overlay): void {
  const { data } = overlay;
  for (let p = 0; p < mask.length; p++) {
    const alpha = data[4 * p + 3];
    if (!alpha) continue;
    mask[p] = 255;
    for (let c = 0; c < 3; c++) {
      const i = 3 * p + c;
      rgb[i] = Math.round((rgb[i] * (255 - alpha) + data[4 * p + c] * alpha) / 255);
    }
  }
}

/** The tightest box around what an overlay shows. */
export function overlayBox({ width, height, data }: Overlay): Box {
  const alpha = new Uint8Array(width * height);
  for (let i = 0; i < alpha.length; i++) alpha[i] = data[4 * i + 3];
  const box = boundsOf(alpha, width, height);
  if (!box) throw new RangeError('an overlay that shows nothing');
  return box;
}
