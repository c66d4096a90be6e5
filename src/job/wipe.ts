import path from 'node:path';
import { assertDeliverable } from '../media/encode.js';
import { asDelivered } from '../media/mezzanine.js';
import { probe } from '../media/probe.js';
import { assertTargetFree, copyProgramme } from '../media/publish.js';
import type { Plan, Track } from '../plan/plan.js';
import { reportTracks, type WipeOutcome, type WipeStatus } from './outcome.js';
import { cueTargets, writeCueFiles } from './cue-files.js';
import { GateFailure } from './gates/gates.js';
import { withExtension } from './naming.js';
import { givenPlan } from './given-plan.js';
import { deliver, type Delivered } from './deliver.js';
import type { WipeRequest } from './request.js';
import { scanOnce } from './checkpoint/scan-once.js';
import { drawContactSheet } from './scan.js';

/**
 * One programme from file to file: probe, scan (or the given plan), wipe, judge, deliver. The source is only read; the output appears under its name
 * when it is whole and has passed verification. Without anything to wipe the output is an identical copy.
 *
 * @throws TextlessError; whatever fails, no partial output remains and no child process runs on
 */
export async function wipeProgramme(request: WipeRequest): Promise<WipeOutcome> {
  const { signal } = request;
  const source = asDelivered(await probe(request.input, { signal }), request.pipeline.deliver.mezzanine);
  const losses = assertDeliverable(source);
  const copy = path.resolve(request.output);
  const output = source.mezzanine ? withExtension(copy, source.mezzanine.extension) : copy;
  const cueFiles = cueTargets(output, request.pipeline);
  for (const file of new Set([copy, output, ...cueFiles.map((c) => c.file)])) await assertTargetFree(source, file, request.overwrite);
  if (losses.length) request.onLosses?.(losses);
  const began = performance.now();
  const scan = request.plan ? await givenPlan(request.plan, source, signal) : await scanOnce(source, request);
  const plan = decideHeld(scan, request.held);
  const scanned = performance.now();
  request.onPlan?.(plan, (scanned - began) / 1000);
  const found = statusOf(plan);
  const done = found === 'wiped' ? await delivered(source, plan, output, request) : NOTHING;
  const status = done.gates.some((g) => g.verdict === 'fail') ? 'held' : found;
  if (status === 'clean') await copyProgramme(source, copy, { overwrite: request.overwrite, signal });
  const { overwrite } = request;
  const sheet = status === found ? request.sheet : (request.gatePicture ?? request.sheet);
  const subtitles = status === 'held' ? [] : await writeCueFiles(source, plan, cueFiles, { overwrite, times: done.times, signal });
  if (found === 'held' && request.sheet) await drawContactSheet(source, plan, request.sheet, { signal });
  return {
    status,
    plan,
    report: {
      input: source.path,
      output: status === 'held' ? null : status === 'clean' ? copy : output,
      status,
      pipeline: plan.pipeline,
      sourceSha256: plan.programme.sha256,
      network: done.network,
      frames: plan.programme.frames,
      seconds: { scan: (scanned - began) / 1000, wipe: (performance.now() - scanned) / 1000 },
      tracks: reportTracks(plan, status === 'wiped' ? done : undefined),
      damage: done.damage,
      pictures: done.pictures,
      losses: done.losses,
      library: done.library,
      gates: done.gates,
      sheet: sheet && status !== 'clean' ? path.resolve(sheet) : null,
      subtitles,
    },
  };
}

const NOTHING: Delivered = {
  network: null,
  unblended: [],
  marks: new Map(),
  library: null,
  damage: [],
  losses: [],
  times: undefined,
  pictures: null,
  gates: [],
};

/** A result that did not pass is no fault of the program: it is reported, and a person decides. */
async function delivered(...[source, plan, output, request]: Parameters<typeof deliver>): Promise<Delivered> {
  try {
    return await deliver(source, plan, output, request);
  } catch (error) {
    if (error instanceof GateFailure) return { ...NOTHING, gates: error.gates };
    throw error;
  }
}

/** The plan with its tracks on hold decided, where somebody decided. */
function decideHeld(plan: Plan, held: 'wipe' | 'keep' | undefined): Plan {
  if (!held) return plan;
  const decide = (t: Track): Track => (t.action === 'hold' ? { ...t, action: held } : t);
  return { ...plan, tracks: plan.tracks.map(decide) };
}

function statusOf({ tracks }: Plan): WipeStatus {
  if (tracks.some((t) => t.action === 'hold')) return 'held';
  return tracks.some((t) => t.action === 'wipe') ? 'wiped' : 'clean';
}
