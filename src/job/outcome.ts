import type { Device } from '../core/device.js';
import type { Plan, Track } from '../plan/plan.js';
import type { GateResult } from './gates/gate.js';
import type { LibraryReport } from './marks.js';

/** One track in the report of a job. Frames are inclusive. */
export interface ReportedTrack {
  readonly id: string;
  readonly kind: Track['kind'];
  readonly action: Track['action'];
  readonly spans: Track['spans'];
  readonly box: Track['mask']['box'];
  readonly confidence: number;
  readonly why: string;
  readonly text?: string;
  /** How a wiped mark was restored: taken off the picture that shines through it (of a plate, its glyphs are filled), or filled. Only of what was delivered. */
  readonly restored?: 'unblended' | 'filled';
  /** The mark of the library that was taken off. */
  readonly mark?: string;
}

/** The network that filled, and where it computed. */
export interface UsedNetwork {
  readonly name: string;
  readonly sha256: string;
  readonly device: Device;
  /** The device that was asked for and could not be had, with the reason. */
  readonly insteadOf?: { readonly device: Device; readonly reason: string };
}

/** What became of the coded pictures. */
export interface DeliveredPictures {
  /** Byte by byte those of the source, which has been verified. */
  readonly copied: number;
  readonly encoded: number;
  /** Why every picture was encoded again: the end of a sentence; null where some are copies. */
  readonly whyNoneCopied: string | null;
}

/** What a job did, for machines; printed by `--json`. */
export interface WipeReport {
  readonly input: string;
  readonly output: string | null;
  readonly status: WipeStatus;
  readonly pipeline: string;
  readonly sourceSha256: string;
  /** Null when none filled. */
  readonly network: UsedNetwork | null;
  readonly frames: number;
  readonly seconds: { readonly scan: number; readonly wipe: number };
  readonly tracks: readonly ReportedTrack[];
  /** What ffmpeg complained about while decoding, if anything. */
  readonly damage: readonly string[];
  /** What the delivered file could not keep of the source, one sentence each. */
  readonly losses: readonly string[];
  /** Of the picture stream; null where nothing was delivered, or an identical copy of the whole file. */
  readonly pictures: DeliveredPictures | null;
  /** What the mark library had to do with it; null where none was used. */
  readonly library: LibraryReport | null;
  /** What the result was found to be, gate by gate; empty where nothing was wiped. One that failed says why the programme is held. */
  readonly gates: readonly GateResult[];
  readonly sheet: string | null;
  /** Cue files with what the subtitles say. */
  readonly subtitles: readonly string[];
}

/** `wiped` delivered with marks removed, `clean` delivered as an identical copy, `held` not delivered: marks need a decision, or the result did not pass a gate. */
export type WipeStatus = 'wiped' | 'clean' | 'held';

/** The end of a job that did not fail. */
export interface WipeOutcome {
  readonly status: WipeStatus;
  readonly plan: Plan;
  readonly report: WipeReport;
}

/**
 * The tracks of a plan as a report shows them: without masks.
 * @param done tracks that were taken off, and by which marks of the library; undefined where nothing was delivered
 */
export function reportTracks(
  plan: Plan,
  done?: { readonly unblended: readonly string[]; readonly marks: ReadonlyMap<string, string> },
): ReportedTrack[] {
  return plan.tracks.map(({ id, kind, action, spans, mask, confidence, why, text }) => ({
    id,
    kind,
    action,
    spans,
    box: mask.box,
    confidence,
    why,
    ...(text === undefined ? {} : { text }),
    ...(done && action === 'wipe' ? { restored: done.unblended.includes(id) ? ('unblended' as const) : ('filled' as const) } : {}),
    ...(done?.marks.has(id) ? { mark: done.marks.get(id)! } : {}),
  }));
}
