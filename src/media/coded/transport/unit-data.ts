import type { FileHandle } from 'node:fs/promises';
import { beginsUnit, isBroken, PACKET, payloadAt, pesHead, pidOf } from './packet.js';
import type { SourceUnit, Survey } from './survey.js';
import { packetsIn } from './walk.js';

/** What the packets of the picture carry from where a PES packet begins up to where `end` does, without heads. */
export async function unitData(
  handle: FileHandle,
  { layout, pid }: Pick<Survey, 'layout' | 'pid'>,
  { byte, end }: Pick<SourceUnit, 'byte' | 'end'>,
): Promise<Buffer> {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(Math.min(end, size) - byte);
  await handle.read(buffer, 0, buffer.length, byte);
  const pieces: Uint8Array[] = [];
  for (const p of packetsIn(buffer, layout)) {
    if (pidOf(p) !== pid || isBroken(p)) continue;
    const at = payloadAt(p);
    pieces.push(p.subarray(Math.min(PACKET, beginsUnit(p) ? (pesHead(p, at)?.end ?? at) : at)));
  }
  return Buffer.concat(pieces);
}
