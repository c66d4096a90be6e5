import { TextlessError } from '../../../core/errors.js';
import type { CodedPicture } from '../picture.js';
import { adaptationFlags, beginsUnit, PACKET, payloadAt, pesHead, pidOf, RANDOM_ACCESS, SYNC, unwrapped } from './packet.js';

/** PID of the only stream of the encoder's pipe: what ffmpeg gives the first. */
const PIPE_PID = 256;
/** Time of the first frame on the encoder's pipe, in ticks of 90 kHz: far enough from zero for decoding times before it. */
export const PIPE_START = 900_000;
/** How far a time may come back from where it was put in: encoders that count frames round. */
const NEAR = 2;

const broken = (detail: string): TextlessError => new TextlessError('TEXTLESS_ENCODE', 'The encoder wrote what cannot be read.', detail);

/** The pipe's packets that carry pictures. */
async function* picturePackets(pipe: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of pipe) {
    const data: Uint8Array = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    for (; at + PACKET <= data.length; at += PACKET) {
      if (data[at] !== SYNC) throw broken('no packet where one must be');
      const p = data.subarray(at, at + PACKET);
      if (pidOf(p) === PIPE_PID) yield p;
    }
    rest = data.subarray(at);
  }
  if (rest.length > 0) throw broken('it ends inside a packet');
}

/** The frame time nearest to `time`, of all in rising order. */
function nearest(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time - times[low - 1] < times[low] - time ? times[low - 1] : times[low];
}

interface Open {
  readonly pts: number;
  readonly dts: number;
  readonly key: boolean;
  readonly pieces: Uint8Array[];
}

/**
 * Pictures out of a transport stream that an encoder writes, one a PES packet, with the times of the frames they were made of.
 * @param shown times of all frames, rising, ticks of 90 kHz; the first went into the encoder as {@link PIPE_START}
 * @throws TextlessError `TEXTLESS_ENCODE` when a picture has the time of no frame, or one has no time
 */
export async function* codedPictures(pipe: AsyncIterable<Uint8Array>, shown: readonly number[]): AsyncGenerator<CodedPicture> {
  const shift = shown[0] - PIPE_START;
  let around = PIPE_START;
  let open: Open | undefined;
  const finish = ({ pieces, ...rest }: Open): CodedPicture => ({ ...rest, data: Buffer.concat(pieces) });
  const begin = (p: Uint8Array): Open => {
    const head = pesHead(p, payloadAt(p));
    if (head?.pts === undefined || head.dts === undefined) throw broken('a picture has no time');
    const time = (around = unwrapped(head.pts, around)) + shift;
    const pts = nearest(shown, time);
    if (Math.abs(pts - time) > NEAR) throw broken(`a picture is shown at ${time}, the nearest frame at ${pts}`);
    const key = (adaptationFlags(p) & RANDOM_ACCESS) !== 0;
    return { pts, dts: unwrapped(head.dts, around) + shift, key, pieces: [p.subarray(head.end)] };
  };
  for await (const p of picturePackets(pipe)) {
    if (beginsUnit(p)) {
      if (open) yield finish(open);
      open = begin(p);
    } else open?.pieces.push(p.subarray(payloadAt(p)));
  }
  if (open) yield finish(open);
}
