import sharp, { type OverlayOptions } from 'sharp';
import { TextlessError } from '../../core/errors.js';
import type { Picture } from '../pictures.js';

/** Something with a size that is put on a sheet: its parts with places relative to its own corner. */
export interface Block {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly {
    readonly left: number;
    readonly top: number;
    readonly input: Buffer;
    readonly raw?: { width: number; height: number; channels: 3 };
  }[];
}

export const GAP = 8;
const LINE = 18;
const SIZE = 13;
/** Mean width of a letter of DejaVu Sans at {@link SIZE}, a little generous. */
const LETTER = 7.9;
const BACKGROUND = '#f4f3f0';

/** A picture as a block at 100 %. */
export function pictureBlock({ width, height, data }: Picture): Block {
  const input = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { width, height, parts: [{ left: 0, top: 0, input, raw: { width, height, channels: 3 } }] };
}

/**
 * Text, broken into lines of about `width` pixels; the first paragraph is bold and coloured. SVG drawn by librsvg: without any font
 * on the machine the block stays empty, with the same size.
 */
export function textBlock(paragraphs: readonly string[], width: number, colour: string): Block {
  const letters = Math.max(8, Math.floor(width / LETTER));
  const lines = paragraphs.flatMap((text, i) => broken(text, letters).map((line) => ({ line, head: i === 0 })));
  const spans = lines.map(({ line, head }, i) => {
    const look = head ? `font-weight="bold" fill="${colour}"` : 'fill="#333"';
    return `<text x="0" y="${i * LINE + SIZE}" ${look}>${escaped(line)}</text>`;
  });
  const height = Math.max(1, lines.length * LINE);
  const font = `font-family="DejaVu Sans, Liberation Sans, sans-serif" font-size="${SIZE}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ${font}>${spans.join('')}</svg>`;
  return { width, height, parts: [{ left: 0, top: 0, input: Buffer.from(svg) }] };
}

/** Blocks beside each other, or below each other, with a gap between them. */
export function stack(blocks: readonly Block[], way: 'across' | 'down'): Block {
  let at = 0;
  const parts = blocks.flatMap((block) => {
    const start = at;
    at += (way === 'across' ? block.width : block.height) + GAP;
    return block.parts.map((part) => (way === 'across' ? { ...part, left: part.left + start } : { ...part, top: part.top + start }));
  });
  const across = Math.max(0, ...blocks.map((b) => (way === 'across' ? b.height : b.width)));
  const along = Math.max(0, at - GAP);
  return way === 'across' ? { width: along, height: across, parts } : { width: across, height: along, parts };
}

/** Writes a block with a margin as PNG. @throws TEXTLESS_OUTPUT */
export async function writeBlock(path: string, block: Block): Promise<void> {
  const size = { width: block.width + 2 * GAP, height: block.height + 2 * GAP };
  const layers = block.parts.map(({ left, top, input, raw }): OverlayOptions => ({
    input,
    left: left + GAP,
    top: top + GAP,
    ...(raw ? { raw } : {}),
  }));
  try {
    await sharp({ create: { ...size, channels: 3, background: BACKGROUND } })
      .composite(layers)
      .removeAlpha()
      .png()
      .toFile(path);
  } catch (cause) {
    throw new TextlessError(
      'TEXTLESS_OUTPUT',
      `The sheet ${path} cannot be written.`,
      cause instanceof Error ? cause.message : String(cause),
      { cause },
    );
  }
}

/** Lines of at most `letters` letters, broken at spaces where there are any. */
function broken(text: string, letters: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    let rest = word;
    if (line && line.length + 1 + rest.length > letters) {
      lines.push(line);
      line = '';
    }
    for (; rest.length > letters; rest = rest.slice(letters)) lines.push(rest.slice(0, letters));
    line = line ? `${line} ${rest}` : rest;
  }
  return [...lines, line];
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for XML: markup escaped; control characters and lone surrogates, which XML forbids, replaced. */
function escaped(text: string): string {
  return text.replace(/\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd').replace(/[&<>"]/g, (c) => ENTITIES[c]);
}
