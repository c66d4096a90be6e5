/** The process in which windows are restored: candidates first, then the network over them. It ends with its parent. */
import { serve } from '../../inference/serve.js';
import { openSession, type Session } from '../../inference/session.js';
import { paddingFor, toPlanes } from '../../inference/tensors.js';
import { makeCandidates } from '../candidates/candidates.js';
import type { Manifest } from './manifest.js';
import { steady } from '../candidates/steady.js';
import type { RestoreWindow, Setup, Task } from './messages.js';
import { fromPlanes } from './pixels.js';

let network: { session: Session; manifest: Manifest } | undefined;

/** Restored targets, [targets, height, width, 3]. */
async function restore(window: RestoreWindow): Promise<Uint8Array> {
  const { targets, height, width, mask } = window;
  const { fill, candidate, confidence } = makeCandidates({ ...window, targets: Array.from({ length: targets }, (_, t) => t) });
  if (!network) return candidate.slice(0, targets * height * width * 3);
  // References do not go there: what they show is in the candidates, and seeing them too doubles the time and changes nothing that can be measured.
  const padding = paddingFor(height, width, network.manifest.multipleOf);
  const tensor = (bytes: Uint8Array, channels: number): { data: Float32Array; shape: number[] } => ({
    data: toPlanes(bytes, targets, channels, padding),
    shape: [targets, channels, padding.paddedHeight, padding.paddedWidth],
  });
  const inputs = { fill: tensor(fill, 3), candidate: tensor(candidate, 3), confidence: tensor(confidence, 1), mask: tensor(mask, 1) };
  return fromPlanes(await network.session.run(inputs), targets, padding);
}

serve<Setup, Task, Uint8Array>({
  failure: 'A window could not be restored.',
  answer: async ({ kind, window }) => (kind === 'restore' ? restore(window) : steady(window)),
  async open(setup) {
    if (!setup.network) return;
    const { file, manifest } = setup.network;
    network = { session: await openSession(file, manifest, setup.threads, setup.device), manifest };
  },
});
