/** The process in which one take is rendered, or one programme made, worked on and scored. It ends with its parent. */
import { TextlessError } from '../core/errors.js';
import { calmCollector } from '../media/collector.js';
import { useTools } from '../media/tools.js';
import { fillProgramme } from './filling/fill-programme.js';
import type { Answer, Job, Results } from './messages.js';
import { runCase } from './run-case.js';
import { renderTake, TAKES } from './scenes/takes.js';

/** Milliseconds that tidying up may take. */
const PATIENCE = 5000;

const say = (answer: Answer): Promise<void> => new Promise((resolve) => void process.send?.(answer, () => resolve()));

const stopped = new AbortController();

async function work(job: Job): Promise<Results[Job['kind']]> {
  useTools(job.tools);
  if (job.kind === 'case') {
    const { programme, ...options } = job;
    return runCase(programme, { ...options, signal: stopped.signal, onProgress: (progress) => void say({ kind: 'progress', progress }) });
  }
  if (job.kind === 'fill') {
    const { programme, ...options } = job;
    return fillProgramme(programme, { ...options, signal: stopped.signal });
  }
  const take = TAKES.find(({ name }) => name === job.name);
  if (!take) throw new RangeError(`no take ${job.name}`);
  await renderTake(take, job.takes, stopped.signal);
  return null;
}

calmCollector();
process.once('message', (job: Job) => {
  void work(job)
    .then(
      (result) => say({ kind: 'done', result }),
      (error: unknown) => {
        const known = error instanceof TextlessError ? error : undefined;
        const detail = known?.detail ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
        return say({
          kind: 'failed',
          code: known?.code ?? 'TEXTLESS_OUTPUT',
          message: known?.message ?? 'A programme of the benchmark failed.',
          detail,
        });
      },
    )
    .then(() => process.exit(0));
});
/** Ends the work where it is: what is half made is removed. Leaving by exit() ends the ffmpeg processes of this one too. */
function stop(): void {
  stopped.abort();
  setTimeout(() => process.exit(1), PATIENCE).unref();
}

process.on('disconnect', stop);
process.on('SIGTERM', stop);
// Ctrl-C reaches the whole group; the parent decides.
process.on('SIGINT', () => undefined);
