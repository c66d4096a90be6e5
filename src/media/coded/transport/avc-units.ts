import { open } from 'node:fs/promises';
import { throwIfCancelled } from '../../../core/errors.js';
import { readPps, readSps } from '../avc-sps.js';
import { isStrange, NAL, nalKind, unitsIn } from '../nal.js';
import { ParameterSets, type SliceHead } from '../side/h264-sets.js';
import { readSets, Unfit } from '../unfit.js';
import type { SourceUnit, Survey } from './survey.js';
import { unitData } from './unit-data.js';

/** A coded picture of H.264 in a transport stream: one frame, perhaps as two fields, which may have a PES packet each. */
export interface AvcUnit extends SourceUnit {
  /** Times of its PES packets as they are stated. */
  readonly stamps: readonly number[];
  /** Whether it is an IDR picture that brings all parameter sets of the stream with it. */
  readonly anew: boolean;
  /** Whether nothing that is no frame stands between it and the next. */
  readonly whole: boolean;
}

/** The coded pictures of a stream, in decoding order, and all parameter sets that they bring along. */
export interface AvcStream {
  readonly units: readonly AvcUnit[];
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/** What is in a PES packet. */
interface Content {
  readonly idr: boolean;
  /** Names of the parameter sets in it. */
  readonly sets: ReadonlySet<string>;
  /** Its first slice, where that can be read. */
  readonly first: SliceHead | undefined;
}

/** Looks into coded pictures one after the other. */
class AvcLook {
  readonly sets = new Map<string, Uint8Array>();
  readonly #heads = new ParameterSets();

  /** @throws Unfit when it is not as it must be for copying */
  take(data: Uint8Array): Content {
    const sets = new Set<string>();
    let slice: Uint8Array | undefined;
    for (const unit of unitsIn(data, 'annexb')) {
      const kind = nalKind(unit);
      if (isStrange(kind)) throw new Unfit('its pictures are coded in layers or partitions');
      if (kind === NAL.sps || kind === NAL.pps) sets.add(this.#set(unit));
      if (kind === NAL.slice || kind === NAL.idr) slice ??= unit;
    }
    const idr = slice !== undefined && nalKind(slice) === NAL.idr;
    return { idr, sets, first: slice && this.#heads.slice(slice) };
  }

  /** Keeps a parameter set. @returns its name */
  #set(nal: Uint8Array): string {
    const name = readSets(() => (nalKind(nal) === NAL.sps ? `sps ${readSps(nal).id}` : `pps ${readPps(nal).id}`));
    const known = this.sets.get(name);
    if (known && Buffer.compare(known, nal) !== 0) throw new Unfit('its parameter sets change on the way');
    if (!known) this.sets.set(name, Uint8Array.from(nal));
    this.#heads.take(nal);
    return name;
  }
}

/** Whether these are the two fields of one frame. */
const isPair = (a: SliceHead | undefined, b: SliceHead | undefined): boolean =>
  a?.field !== undefined && b?.field !== undefined && a.field !== b.field && a.frameNumber === b.frameNumber;

/**
 * Reads all coded pictures of H.264 in a transport stream.
 * @param frames the PES packets in which frames begin, in decoding order
 * @throws Unfit; TextlessError `TEXTLESS_CANCELLED`
 */
export async function avcStream(file: string, survey: Survey, frames: readonly SourceUnit[], signal?: AbortSignal): Promise<AvcStream> {
  const handle = await open(file, 'r');
  const look = new AvcLook();
  const found: (AvcUnit & { readonly sets: ReadonlySet<string> })[] = [];
  try {
    for (const [i, unit] of frames.entries()) {
      throwIfCancelled(signal);
      const { idr, sets, first } = look.take(await unitData(handle, survey, unit));
      const others = survey.units.slice(unit.index + 1, frames[i + 1]?.index ?? survey.units.length);
      const second = others.length === 1 ? look.take(await unitData(handle, survey, others[0])) : undefined;
      const paired = isPair(first, second?.first);
      const { end } = paired ? others[0] : unit;
      const stamps = [unit, ...(paired ? others : [])].map((u) => u.pts);
      found.push({ ...unit, end, stamps, sets, anew: idr, whole: first !== undefined && (others.length === 0 || paired) });
    }
  } finally {
    await handle.close();
  }
  const names = [...look.sets.keys()];
  const all = (kind: string): Uint8Array[] => names.filter((name) => name.startsWith(kind)).map((name) => look.sets.get(name)!);
  const units = found.map(({ sets, anew, ...unit }) => ({ ...unit, anew: anew && names.every((name) => sets.has(name)) }));
  return { units, sps: all('sps'), pps: all('pps') };
}
