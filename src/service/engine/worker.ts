/** The program of a working process: wipes the one programme that it is told to, and ends. */
import { rename, rm } from 'node:fs/promises';
import { TextlessError } from '../../core/errors.js';
import { calmCollector } from '../../media/collector.js';
import { useTools } from '../../media/tools.js';
import { wipeProgramme } from '../../job/wipe.js';
import { readPlan } from '../../plan/read.js';
import type { FromWorker, Task, ToWorker } from './messages.js';

/** Milliseconds between two messages about progress. */
const PACE = 500;

const stopping = new AbortController();

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => process.send!(message, () => resolve()));
}

/** Says how far it is, not more often than somebody can read. */
function paced(): (progress: Extract<FromWorker, { kind: 'progress' }>['progress']) => void {
  let [at, stage] = [0, ''];
  return (progress) => {
    const now = Date.now();
    if (now - at < PACE && progress.stage === stage) return;
    [at, stage] = [now, progress.stage];
    void tell({ kind: 'progress', progress });
  };
}

async function work(task: Task): Promise<void> {
  const { installation, input, output, sheet, pipeline, channel, checkpoint, chunkFrames } = task;
  const { modelFolder, perceptionFolder, libraryFolder, version } = installation;
  useTools(installation.tools);
  const { signal } = stopping;
  const { report } = await wipeProgramme({
    ...{ input, output, sheet, pipeline, modelFolder, perceptionFolder, signal },
    ...(task.plan === undefined ? {} : { plan: await readPlan(task.plan) }),
    ...(task.held === undefined ? {} : { held: task.held }),
    accept: task.accept,
    network: pipeline.restore.network,
    workers: task.workers,
    overwrite: true, // of an earlier attempt, in a folder of our own
    library: { folder: libraryFolder, channel },
    checkpoint: { folder: checkpoint, version, chunkFrames, onChunk: (chunk) => void tell({ kind: 'chunk', chunk }) },
    onLosses: (losses) => void tell({ kind: 'losses', losses }),
    onProgress: paced(),
  });
  if (report.status === 'held') await rm(output, { force: true });
  else if (report.output && report.output !== output) await rename(report.output, output); // another kind of file: its name is chosen with its place
  await tell({ kind: 'finished', report });
}

async function run(task: Task): Promise<void> {
  try {
    await work(task);
  } catch (error) {
    const known = error instanceof TextlessError ? error : undefined;
    const { message, detail = '' } = known ?? { message: 'Something unexpected went wrong.', detail: String(error instanceof Error ? (error.stack ?? error) : error) }; // prettier-ignore
    await tell({ kind: 'failed', code: known?.code ?? null, message, detail });
  }
  process.exit(0);
}

calmCollector();
process.on('message', (message: ToWorker) => {
  if (message.kind === 'task') void run(message.task);
  else stopping.abort(new TextlessError('TEXTLESS_CANCELLED', 'Stopped; what has been restored is kept.'));
});
// Without the service nobody would take the result, and the next service begins this again.
process.on('disconnect', () => process.exit(1));
// Ctrl-C reaches the whole group of a terminal; the service decides.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
