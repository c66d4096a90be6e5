import { createHash } from 'node:crypto';
import type { Plan } from '../../plan/plan.js';
import type { UsedNetwork } from '../outcome.js';
import type { Matte } from '../../restore/matte/matte.js';

/** Everything that decides what frames become: 64 hexadecimal digits. */
export function restoringKey(
  plan: Plan,
  mattes: ReadonlyMap<string, Matte>,
  made: { readonly version: string; readonly network: UsedNetwork | null },
): string {
  const hash = createHash('sha256');
  const { programme, shots } = plan;
  hash.update(JSON.stringify([made.version, made.network?.sha256, made.network?.device, programme.sha256, programme.frames, shots]));
  for (const { mask, ...track } of plan.tracks) {
    hash.update(JSON.stringify([track.id, track.kind, track.action, track.spans, track.path ?? null, mask.box]));
    if (track.action === 'wipe') hash.update(mask.data);
    if (track.action === 'wipe' && track.crawl) hash.update(JSON.stringify(track.crawl.path)).update(track.crawl.strip.data);
  }
  for (const [id, { planes, opacity, fades }] of [...mattes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([id, opacity, fades]));
    for (const { box, alpha, colour } of planes) {
      hash.update(JSON.stringify([box, colour]));
      hash.update(new Uint8Array(alpha.buffer, alpha.byteOffset, alpha.byteLength));
    }
  }
  return hash.digest('hex');
}
