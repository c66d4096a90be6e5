import sharp from 'sharp';
import type { Box } from '../core/area.js';
import type { Action, Track } from '../plan/plan.js';
import type { Picture } from './pictures.js';
import { GAP, pictureBlock, stack, textBlock, writeBlock, type Block } from './sheet/layout.js';
import { cutMask, drawMask, type Rgb } from './sheet/overlay.js';

/** One mark's place before and after. Both pictures are cut out at `box`; a row without them is only counted. */
export interface BeforeAfterRow {
  readonly track: Pick<Track, 'id' | 'kind' | 'mask'>;
  readonly box: Box;
  readonly before: Picture | undefined;
  readonly after: Picture | undefined;
  /** The row's caption instead of id and kind. */
  readonly label?: string;
}

/** One track of a contact sheet: a picture cut out at `box` around the mark, and its times as text. */
export interface ContactEntry extends Pick<Track, 'id' | 'kind' | 'action' | 'confidence' | 'why' | 'reason' | 'mask'> {
  readonly spanText: string;
  readonly box: Box;
  readonly picture: Picture;
}

/** How much a sheet shows at most. */
interface Limits {
  /** Rows at most. Default 40. */
  readonly limit?: number;
  /** Tracks that are not even given; added to the count in the last line. */
  readonly more?: number;
}

const COLOURS: Record<Action, Rgb> = { wipe: [224, 58, 48], keep: [40, 150, 80], hold: [224, 150, 10] };
const LIMIT = 40;
/** Rows of pixels that a sheet may have, and so its memory: 3 bytes each times its width. */
const TALLEST = 12_000;
/** Three pictures stand beside each other up to this width, below each other beyond. */
const WIDEST = 2400;
const PICTURE = { width: 460, height: 260 };
const TEXT = 400;
const CAPTION = 360;

/**
 * Writes a PNG with one row a place at 100 %: before, the mask in red on it, after.
 * Captions need a font that fontconfig finds (Debian: fonts-dejavu-core); without one the pictures stand alone.
 * @throws TEXTLESS_OUTPUT when it cannot be written; RangeError when pictures of a row differ in size
 */
export async function writeBeforeAfterSheet({
  path,
  rows,
  limit,
  more = 0,
}: { readonly path: string; readonly rows: readonly BeforeAfterRow[] } & Limits): Promise<void> {
  const blocks: Block[] = [];
  for (const row of rows.slice(0, limit ?? LIMIT)) {
    const { track, box, before, after } = row;
    if (!before || !after) continue;
    sameSize(box, before);
    sameSize(box, after);
    const masked = drawMask(before, cutMask(track.mask, box), COLOURS.wipe, 1, true);
    const way = 3 * box.width > WIDEST ? 'down' : 'across';
    const pictures = stack([before, masked, after].map(pictureBlock), way);
    const order = way === 'down' ? 'from the top: before, mask, after' : 'before | mask | after';
    const caption = textBlock([row.label ?? `${track.id} · ${track.kind} · ${order}`], Math.max(CAPTION, pictures.width), '#333');
    blocks.push(stack([caption, pictures], 'down'));
  }
  await writeRows(path, [], blocks, rows.length + more);
}

/**
 * Writes a PNG with a row a track: the mark in its place with its mask outlined in the colour of the action (red wipe, green keep,
 * amber hold), and beside it id, kind, action, times, confidence and reasons. Wide places are shown smaller. Text as above.
 * @throws TEXTLESS_OUTPUT when it cannot be written; RangeError when a picture is not of the size of its box
 */
export async function writeContactSheet(
  sheet: { readonly path: string; readonly title: string; readonly tracks: readonly ContactEntry[] } & Limits,
): Promise<void> {
  const { path, title, tracks, limit, more = 0 } = sheet;
  const blocks: Block[] = [];
  for (const entry of tracks.slice(0, limit ?? LIMIT)) blocks.push(await contactRow(entry));
  const total = tracks.length + more;
  const head = textBlock([title, `${total} ${total === 1 ? 'track' : 'tracks'}`], PICTURE.width + GAP + TEXT, '#111');
  await writeRows(path, [head], blocks, total);
}

async function contactRow(entry: ContactEntry): Promise<Block> {
  const { id, kind, action, confidence, why, reason, spanText, box, picture, mask } = entry;
  sameSize(box, picture);
  const colour = COLOURS[action];
  const scale = Math.max(1, box.width / PICTURE.width, box.height / PICTURE.height);
  const marked = drawMask(picture, cutMask(mask, box), colour, Math.ceil(scale), false);
  const facts = [spanText, `confidence ${Math.round(confidence * 100)} %`, why, ...(reason === undefined ? [] : [reason])];
  const text = textBlock([`${id} · ${kind} · ${action}`, ...facts], TEXT, `rgb(${colour.join(',')})`);
  const shown = pictureBlock(scale > 1 ? await smaller(marked, scale) : marked);
  return stack([{ ...shown, width: PICTURE.width }, text], 'across');
}

async function smaller({ width, height, data }: Picture, scale: number): Promise<Picture> {
  const size = { width: Math.max(1, Math.floor(width / scale)), height: Math.max(1, Math.floor(height / scale)) };
  const image = sharp(data, { raw: { width, height, channels: 3 } }).resize({ ...size, fit: 'fill' });
  return { ...size, data: new Uint8Array(await image.raw().toBuffer()) };
}

/** As many rows as fit, and a last line that counts the others. */
async function writeRows(path: string, heads: readonly Block[], rows: readonly Block[], total: number): Promise<void> {
  let room = TALLEST - heads.reduce((sum, block) => sum + block.height + GAP, 0);
  const fitting = rows.filter((block) => (room -= block.height + GAP) >= 0);
  const rest = total - fitting.length;
  const foot = rest > 0 ? [textBlock([fitting.length ? `and ${rest} more` : `${rest} tracks without a picture`], 240, '#666')] : [];
  const blocks = [...heads, ...fitting, ...foot];
  await writeBlock(path, stack(blocks.length ? blocks : [textBlock(['no tracks'], 240, '#666')], 'down'));
}

function sameSize(box: Box, { width, height, data }: Picture): void {
  if (width !== box.width || height !== box.height || data.length !== width * height * 3)
    throw new RangeError(
      `a picture of ${width} x ${height} with ${data.length} bytes is not an RGB cut-out of ${box.width} x ${box.height}`,
    );
}
