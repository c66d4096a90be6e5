import sharp from 'sharp';

/** Rows of a picture, both inclusive. */
export interface Band {
  readonly top: number;
  readonly bottom: number;
}

/** Ink from which a pixel counts as set. */
const SET = 96;
/** Height of the tallest line in the pictures that are read, in pixels: that for which the recogniser's networks are trained. */
const LINE = 36;
/** White around it. */
const MARGIN = 10;

/** The lines of text of an ink map, from top to bottom. Accents and dots belong to their line. */
export function lineBands(ink: Uint8Array, width: number, height: number): Band[] {
  const runs: { top: number; bottom: number }[] = [];
  for (let y = 0, open = false; y < height; y++) {
    const set = ink.subarray(y * width, (y + 1) * width).some((v) => v > SET);
    if (set && open) runs[runs.length - 1].bottom = y;
    else if (set) runs.push({ top: y, bottom: y });
    open = set;
  }
  const tall = (r: Band): number => r.bottom - r.top + 1;
  const line = Math.max(0, ...runs.map(tall));
  const bands: { top: number; bottom: number }[] = [];
  for (const run of runs) {
    const last = bands.at(-1);
    const joined = last && { top: last.top, bottom: run.bottom };
    const part = last && Math.min(tall(run), tall(last)) < 0.5 * line && run.top - last.bottom <= 0.35 * line;
    if (joined && part && tall(joined) < 1.6 * line) last.bottom = run.bottom;
    else bands.push({ ...run });
  }
  return bands.filter((b) => tall(b) >= 0.35 * line);
}

/** One PNG a line: dark glyphs on white, the tallest line {@link LINE} pixels high. Empty when there is no ink. */
export async function linePictures(ink: Uint8Array, width: number, height: number): Promise<Buffer[]> {
  const bands = lineBands(ink, width, height);
  if (!bands.length) return [];
  const scale = LINE / Math.max(...bands.map((b) => b.bottom - b.top + 1));
  const paper = { width, height, channels: 1 as const };
  const margins = { top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, background: '#fff' };
  return Promise.all(
    bands.map(async (band) => {
      const { top, bottom } = band;
      const [left, right] = columns(ink, width, band);
      const y = Math.max(0, top - 2);
      const box = { left, top: y, width: right - left + 1, height: Math.min(height - 1, bottom + 2) - y + 1 };
      const { data, info } = await sharp(ink, { raw: paper }).extract(box).negate().raw().toBuffer({ resolveWithObject: true });
      const size = { width: Math.max(1, Math.round(info.width * scale)), height: Math.max(1, Math.round(info.height * scale)) };
      return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
        .resize({ ...size, fit: 'fill', kernel: 'cubic' })
        .extend(margins)
        .toColourspace('b-w')
        .png({ compressionLevel: 1 })
        .toBuffer();
    }),
  );
}

/** First and last column with ink in these rows, with two columns of air. */
function columns(ink: Uint8Array, width: number, { top, bottom }: Band): [number, number] {
  let [first, last] = [width - 1, 0];
  for (let i = top * width; i < (bottom + 1) * width; i++) {
    if (ink[i] <= SET) continue;
    const x = i % width;
    if (x < first) first = x;
    if (x > last) last = x;
  }
  return [Math.max(0, first - 2), Math.min(width - 1, last + 2)];
}
