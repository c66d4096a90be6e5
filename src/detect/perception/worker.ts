/** The process in which windows are looked at. It ends with its parent. */
import { serve } from '../../inference/serve.js';
import { openSession, type Session } from '../../inference/session.js';
import { paddingFor, toPlanes, type Padding } from '../../inference/tensors.js';
import { CLASSES, FRAMES, type PerceptionManifest } from './manifest.js';
import type { PerceptionWindow, RawMaps, Setup } from './messages.js';

let network: { readonly session: Session; readonly manifest: PerceptionManifest } | undefined;

async function look({ luma, width, height }: PerceptionWindow): Promise<RawMaps> {
  if (!network) throw new Error('a window came before the network');
  const padding = paddingFor(height, width, network.manifest.multipleOf);
  const shape = [1, FRAMES, padding.paddedHeight, padding.paddedWidth];
  return toBytes(await network.session.run({ frames: { data: toPlanes(luma, FRAMES, 1, padding), shape } }), padding);
}

/** float32 [7, paddedHeight / 2, paddedWidth / 2] in 0 … 1 to bytes, without the padding. */
function toBytes(maps: Float32Array, { height, width, paddedHeight, paddedWidth }: Padding): RawMaps {
  const stride = paddedWidth / 2;
  const size = (paddedHeight / 2) * stride;
  const w = Math.ceil(width / 2);
  const h = Math.ceil(height / 2);
  const values = new Uint8Array(CLASSES.length * h * w);
  for (let c = 0, o = 0; c < CLASSES.length; c++)
    for (let y = 0; y < h; y++) for (let x = 0, i = c * size + y * stride; x < w; x++) values[o++] = Math.round(maps[i + x] * 255);
  return { values, width: w, height: h };
}

serve<Setup, PerceptionWindow, RawMaps>({
  failure: 'A window could not be looked at.',
  answer: look,
  async open({ file, manifest, threads }) {
    network = { session: await openSession(file, manifest, threads), manifest };
  },
});
