import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { TextlessError } from '../../core/errors.js';
import { hashFile } from '../../plan/subject.js';
import { isGate } from '../../plan/gates.js';
import { loadPipeline, type Pipeline } from '../../plan/pipeline.js';
import { modelSchema, readModel } from '../../inference/model.js';
import { overridden, readSidecar, type Sidecar } from '../configuration/sidecar.js';
import type { WatchFolder } from '../configuration/watch.js';
import type { Job } from '../ledger/job.js';
import type { Installation, Task } from './messages.js';

/** Everything about a job that is known before its work begins. */
export interface Preparation {
  readonly pipeline: Pipeline;
  readonly sidecar: Sidecar | undefined;
  readonly sha256: string;
  /** Content, pipeline, decision, network and version: what decides the result. */
  readonly key: string;
  /** Folder of what is not yet delivered, named by content and pipeline: it is found again even without the ledger, and what was found stays when a person decides. */
  readonly work: string;
}

const digest = (...parts: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * Reads what a job needs before it begins: its sidecar, its pipeline, its content's hash.
 * @throws TEXTLESS_CONFIG (pipeline or sidecar), TEXTLESS_MODEL, TEXTLESS_NOT_FOUND, TEXTLESS_CANCELLED
 */
export async function prepare(
  job: Job,
  folder: WatchFolder,
  { installation, workFolder, signal }: { readonly installation: Installation; readonly workFolder: string; readonly signal?: AbortSignal },
): Promise<Preparation> {
  const beside = await readSidecar(job.source);
  const { pipelineFolder: builtInFolder, modelFolder, perceptionFolder, version } = installation;
  const base = await loadPipeline(beside?.sidecar.pipeline ?? folder.pipeline, { builtInFolder });
  const pipeline = beside ? overridden(base, beside.sidecar) : base;
  const [restore, perceive] = await Promise.all([modelFolder, perceptionFolder].map((model) => readModel(model, modelSchema)));
  const sha256 = await hashFile(job.source, signal);
  const decision = [job.plan ? await hashFile(job.plan, signal) : null, job.held ?? beside?.sidecar.held ?? folder.held, job.accepted];
  const channel = beside?.sidecar.channel ?? folder.channel ?? null;
  const key = digest(sha256, pipeline, decision, channel, version, restore.sha256, perceive.sha256);
  const work = path.join(workFolder, digest(sha256, pipeline, version, perceive.sha256).slice(0, 24));
  return { pipeline, sidecar: beside?.sidecar, sha256, key, work };
}

/** The task of a working process. Makes the work folder. */
export async function taskOf(
  job: Job,
  folder: WatchFolder,
  ready: Preparation,
  limits: Pick<Task, 'installation' | 'workers' | 'chunkFrames'>,
): Promise<Task> {
  const { work, pipeline, sidecar } = ready;
  const held = job.held ?? sidecar?.held ?? folder.held;
  const checkpoint = path.join(work, 'kept');
  try {
    await mkdir(checkpoint, { recursive: true });
    await rm(path.join(work, 'sheet.png'), { force: true });
  } catch (cause) {
    throw new TextlessError('TEXTLESS_OUTPUT', `The work folder ${work} cannot be made.`, String(cause), { cause });
  }
  return {
    ...limits,
    input: job.source,
    output: path.join(work, `result${path.extname(job.name)}`),
    sheet: path.join(work, 'sheet.png'),
    checkpoint,
    pipeline,
    channel: sidecar?.channel ?? folder.channel,
    plan: job.plan ?? undefined,
    held: held === 'hold' ? undefined : held,
    accept: (job.accepted ?? '').split(' ').filter(isGate),
  };
}
