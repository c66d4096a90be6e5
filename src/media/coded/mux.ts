import { INPUT_GUARD } from '../guard.js';
import { feedFfmpeg } from '../feed.js';
import type { Programme } from '../programme.js';
import { fileOptions, keepsTag, muxerOptions, type Plans } from '../stream-options.js';
import { writeFragments, type TimedPicture } from './fragments-out.js';

/** Coded pictures on their way into a file. */
export interface CodedStream {
  /** The head of a fragmented file, with the record for the decoder. */
  readonly head: Buffer;
  /** In decoding order. */
  readonly pictures: AsyncIterable<TimedPicture>;
  /** The first time of decoding, which may be below 0. */
  readonly begins: number;
}

async function* moved(pictures: AsyncIterable<TimedPicture>, by: number): AsyncGenerator<TimedPicture, void, undefined> {
  for await (const picture of pictures) yield { ...picture, pts: picture.pts + by, dts: picture.dts + by };
}

/**
 * Puts coded pictures into a file with everything else of the source: container, order of streams, metadata and copied streams as where one
 * ffmpeg encodes and muxes.
 * @throws TextlessError `TEXTLESS_ENCODE`, `TEXTLESS_NO_SPACE`, `TEXTLESS_STALLED`, `TEXTLESS_CANCELLED`, and whatever `pictures` throws
 */
export async function muxPictures(
  programme: Programme,
  plans: Plans,
  { head, pictures, begins }: CodedStream,
  partial: string,
  signal?: AbortSignal,
): Promise<void> {
  const at = plans.container.streams.indexOf(programme.video.index);
  const shift = Math.max(0, -begins); // fragments know no time below 0
  const back = shift > 0 ? [`-bsf:${at}`, `setts=pts=PTS-${shift}:dts=DTS-${shift}`] : [];
  const tag = keepsTag(programme) ? [`-tag:${at}`, programme.video.codecTag] : [];
  const options = [...fileOptions(programme, plans), ...back, ...tag, ...muxerOptions(plans)];
  await feedFfmpeg(writeFragments(head, moved(pictures, shift)), {
    what: `Writing ${programme.name}`,
    job: (source) => ({
      inputs: [
        { at: source, options: ['-copyts', '-f', 'mov', '-probesize', '64M'] },
        { at: programme.path, options: INPUT_GUARD },
      ],
      outputs: [{ at: partial, options }],
      failure: { code: 'TEXTLESS_ENCODE', sentence: `The new version of ${programme.name} could not be written.` },
      signal,
    }),
    signal,
  });
}
