import { TextlessError } from '../../core/errors.js';
import { growBox, type Box } from '../../core/area.js';
import type { Geometry } from '../../core/frame.js';
import { decodeChosen } from '../../media/decode.js';
import type { Programme } from '../../media/programme.js';
import { cropToRgb } from '../../restore/colour.js';
import type { Picture } from '../pictures.js';
import { pictureBlock, stack, textBlock, writeBlock, type Block } from '../sheet/layout.js';
import { cutMask, drawMask } from '../sheet/overlay.js';
import type { GateResult } from './gate.js';
import type { Reach } from './reach.js';

/** Samples shown around the place that is meant, and what is shown of a place at most. */
const CONTEXT = 48;
const MOST = { width: 720, height: 400 };
const CAPTION = 720;
const RED = [224, 58, 48] as const;

interface Row {
  readonly gate: GateResult;
  readonly frame: number;
  readonly box: Box;
}

/**
 * Writes a PNG that says why a programme is held: every gate that it did not pass with its sentence, and where a frame shows it, that place at 100 %:
 * source, masks, result.
 * @throws TEXTLESS_OUTPUT, and as `decodeChosen`
 */
export async function writeGatePicture(
  file: string,
  failed: readonly GateResult[],
  {
    source,
    delivered,
    reach,
    signal,
  }: { readonly source: Programme; readonly delivered: Programme; readonly reach: Reach; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { geometry } = source.video;
  const rows = failed.flatMap((gate): Row[] =>
    gate.worst ? [{ gate, frame: gate.worst.frame, box: shown(gate.worst.box, geometry) }] : [],
  );
  const before = await picturesOf(source, rows, source, signal);
  const after = await picturesOf(delivered, rows, source, signal);
  const blocks = failed.flatMap((gate): Block[] => {
    const at = rows.findIndex((row) => row.gate === gate);
    const text = textBlock([`${gate.gate}: ${gate.value} (limit ${gate.limit})`, gate.says], CAPTION, '#b03020');
    const [old, result] = [before.get(at), after.get(at)];
    if (!old || !result) return [text];
    const { frame, box } = rows[at];
    const masked = reach.at(frame).reduce((picture, { box: place, map }) => drawMask(picture, cutMask({ box: place, data: map }, box), RED, 1, true), old); // prettier-ignore
    const way = box.width > MOST.width / 2 ? 'down' : 'across';
    const caption = textBlock([`frame ${frame}: source, masks, result`], CAPTION, '#333');
    return [text, caption, stack([old, masked, result].map(pictureBlock), way)];
  });
  const head = textBlock([source.name, 'Not delivered: it did not pass these gates.'], CAPTION, '#111');
  await writeBlock(file, stack([head, ...blocks], 'down'));
}

/** The places of some frames of a file, by row; those that it has. */
async function picturesOf(file: Programme, rows: readonly Row[], source: Programme, signal?: AbortSignal): Promise<Map<number, Picture>> {
  const found = new Map<number, Picture>();
  const { geometry, colour } = source.video;
  if (!rows.length || file.video.geometry.width !== geometry.width || file.video.geometry.height !== geometry.height) return found;
  const wanted = rows.map((r) => r.frame);
  try {
    for await (const frame of decodeChosen(file, wanted, { signal }))
      rows.forEach(({ frame: index, box: { width, height, ...corner } }, i) => {
        if (index !== frame.index) return;
        const data = cropToRgb(frame, file.video.geometry, colour, { ...corner, width, height });
        found.set(i, { width, height, data });
      });
  } catch (error) {
    // What is held may be too broken to be shown: then the sentences alone say why.
    if (!(error instanceof TextlessError) || error.code !== 'TEXTLESS_DECODE') throw error;
  }
  return found;
}

/** A place with what is around it, on even coordinates; of a large one its middle. */
function shown(box: Box, { width, height }: Geometry): Box {
  const grown = growBox(box, CONTEXT, width, height);
  const [w, h] = [Math.min(grown.width, MOST.width, width), Math.min(grown.height, MOST.height, height)];
  const x = Math.max(0, grown.x + ((grown.width - w) >> 1)) & ~1;
  const y = Math.max(0, grown.y + ((grown.height - h) >> 1)) & ~1;
  return { x, y, width: w, height: h };
}
