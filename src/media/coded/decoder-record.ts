import { z } from 'zod';
import { boxes, boxesAt } from '../boxes.js';
import { FileBytes } from '../file-bytes.js';
import { INPUT_GUARD } from '../guard.js';
import type { Programme } from '../programme.js';
import { runTool, ToolFailure } from '../run-tool.js';
import { tools } from '../tools.js';
import { Unfit } from './unfit.js';

const report = z.object({ streams: z.array(z.object({ extradata: z.string().optional() })) });

/** Bytes of a dump as ffprobe prints it: an offset, eight groups of two bytes, the same as text. */
const bytesOf = (dump: string): Buffer =>
  Buffer.concat(dump.split('\n').map((line) => Buffer.from((/^[0-9a-f]{8}: (.{40})/.exec(line)?.[1] ?? '').replaceAll(' ', ''), 'hex')));

/**
 * What a container keeps for the decoder of the picture stream.
 * @throws Unfit when it keeps nothing; TextlessError `TEXTLESS_CANCELLED`, `TEXTLESS_STALLED`
 */
export async function decoderRecord({ path, video }: Programme, signal?: AbortSignal): Promise<Buffer> {
  const { ffprobe } = await tools();
  const select = ['-v', 'error', ...INPUT_GUARD, '-select_streams', String(video.index), '-show_data', '-show_entries', 'stream=extradata'];
  try {
    const { stdout } = await runTool(ffprobe, [...select, '-of', 'json', '-i', path], { signal });
    const dump = report.parse(JSON.parse(stdout)).streams[0]?.extradata;
    if (dump !== undefined) return bytesOf(dump);
  } catch (error) {
    if (!(error instanceof ToolFailure || error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
  }
  throw new Unfit('its parameter sets are not kept apart from the pictures');
}

/** Whether a picture track of an MP4 or MOV file is described more than once: its parameter sets change on the way. */
export function describedTwice(file: string): Promise<boolean> {
  return FileBytes.with(file, async (bytes) => {
    for await (const media of boxesAt(bytes, ['moov', 'trak', 'mdia'])) {
      for await (const { type, body } of boxes(bytes, media.body, media.end)) {
        if (type !== 'hdlr' || (await bytes.read(body + 8, 4)).toString('latin1') !== 'vide') continue;
        for await (const stsd of boxesAt(bytes, ['minf', 'stbl', 'stsd'], media.body, media.end)) {
          if ((await bytes.read(stsd.body + 4, 4)).readUInt32BE(0) > 1) return true;
        }
      }
    }
    return false;
  });
}
