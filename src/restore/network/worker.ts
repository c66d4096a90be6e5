/** The process in which windows are restored: candidates first, then the network over them. It ends with its parent. */
import { TextlessError } from '../../core/errors.js';
import { makeCandidates } from '../candidates/candidates.js';
import type { Manifest } from './manifest.js';
import type { FromWorker, RestoreWindow, ToWorker } from './messages.js';
import { openSession, type Session } from './session.js';
import { fromPlanes, paddingFor, toPlanes } from './tensors.js';

let network: { session: Session; manifest: Manifest } | undefined;

/** Restored targets, [targets, height, width, 3]. */
async function restore(window: RestoreWindow): Promise<Uint8Array> {
  const { targets, height, width, mask } = window;
  // References go to the network with their fill alone: their own candidates cost as much again and change nothing that can be measured.
  const { fill, candidate, confidence } = makeCandidates({ ...window, targets: Array.from({ length: targets }, (_, t) => t) });
  if (!network) return candidate.slice(0, targets * height * width * 3);
  const seen = Math.min(window.frames, targets + network.manifest.window.references);
  const padding = paddingFor(height, width, network.manifest.multipleOf);
  const tensor = (bytes: Uint8Array, channels: number): { data: Float32Array; shape: number[] } => ({
    data: toPlanes(bytes, seen, channels, padding),
    shape: [seen, channels, padding.paddedHeight, padding.paddedWidth],
  });
  const inputs = { fill: tensor(fill, 3), candidate: tensor(candidate, 3), confidence: tensor(confidence, 1), mask: tensor(mask, 1) };
  return fromPlanes(await network.session.run(inputs), targets, padding);
}

const say = (message: FromWorker): void => void process.send?.(message);

async function answer(message: ToWorker): Promise<void> {
  if (message.kind === 'restore') {
    say({ kind: 'restored', id: message.id, rgb: await restore(message.window) });
    return;
  }
  if (message.network) {
    const { file, manifest } = message.network;
    network = { session: await openSession(file, manifest, message.threads), manifest };
  }
  say({ kind: 'ready' });
}

/** One after the other: a window waits for the network to be open, and for the window before it. */
let queue = Promise.resolve();

process.on('message', (message: ToWorker) => {
  queue = queue
    .then(() => answer(message))
    .catch((error: unknown) => {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const known = error instanceof TextlessError && error.code === 'TEXTLESS_MODEL';
      const about = message.kind === 'restore' ? { id: message.id } : {};
      say({
        kind: 'failed',
        ...about,
        code: known ? 'TEXTLESS_MODEL' : 'TEXTLESS_INFERENCE',
        message: known ? error.message : 'A window could not be restored.',
        detail: known ? error.detail : detail,
      });
    });
});
process.on('disconnect', () => process.exit(0));
// An interrupt from the terminal reaches the whole process group; the parent decides when this process ends.
process.on('SIGINT', () => undefined);
