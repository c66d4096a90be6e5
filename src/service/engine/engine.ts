import { rm } from 'node:fs/promises';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { WatchFile } from '../configuration/schema.js';
import type { WatchFolder } from '../configuration/watch.js';
import { unchanged } from '../delivery/deliver.js';
import { Aside } from '../delivery/aside.js';
import { Finisher } from '../delivery/finisher.js';
import type { Job } from '../ledger/job.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Installation } from './messages.js';
import { prepare, taskOf, type Preparation } from './prepare.js';
import { processIdentity } from './process-group.js';
import { LOOK_AHEAD, Queue } from './queue.js';
import { consequenceOf, failureOf, pauseBefore } from './verdicts.js';
import { reasonOf } from '../delivery/deliver.js';
import { WorkerProcess, type Ending } from './worker-process.js';

/** Milliseconds between two words to the ledger about a running job; for so many of them it is believed to run. */
const PULSE = 2000;
const LEASE = 15 * PULSE;
/** Milliseconds until a machine that is not fit is tried again, and until a twin is looked at again. */
const LATER = 60_000;
const TWIN = 3000;

export interface EngineOptions {
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly installation: Installation;
  readonly workFolder: string;
  readonly folderOf: (name: string) => WatchFolder | undefined;
  readonly jobs: () => WatchFile['jobs'];
  readonly together: () => number;
  /** Why no work on a job can begin now: no room on a disk. */
  readonly lacking: (job: Job, folder: WatchFolder) => Promise<string | undefined>;
  /** Whether an in-folder is still the one that was opened: a share that was unmounted leaves an empty one. */
  readonly isThere: (folder: WatchFolder) => Promise<boolean>;
  /** Told when a file has left its place, or may come again. */
  readonly onGone: (job: Job, file: string) => void;
  readonly chunkFrames?: number | undefined;
}

interface Running {
  readonly job: Job;
  /** Whether the attempt before took more memory than there was. */
  readonly frugal: boolean;
  readonly over: AbortController;
  worker?: WorkerProcess;
  /** Why a person or the service ended it. */
  ended?: 'cancelled' | 'stopped' | 'changed' | 'gone';
}

/** Works on the queued jobs, so many at once, in processes of their own. The ledger knows at any moment what is to be done after an end of this process. */
export class Engine {
  readonly aside: Aside;
  readonly finisher: Finisher;
  readonly #queue = new Queue();
  readonly #slots = pLimit(1);
  readonly #running = new Map<number, Running>();
  #stopping = false;
  #lacks: string | undefined;
  #choosing: Promise<void> | undefined;
  readonly #pulse: NodeJS.Timeout;

  constructor(private readonly options: EngineOptions) {
    this.aside = new Aside(options);
    this.finisher = new Finisher({ ...options, aside: this.aside });
    this.#pulse = setInterval(() => void this.#beat(), PULSE);
  }

  /** Why nothing begins, if that is so. */
  get lacks(): string | undefined {
    return this.#lacks;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Begins what may begin. Cheap; call it when anything has changed. */
  pump(): Promise<void> {
    return (this.#choosing ??= this.#fill().finally(() => (this.#choosing = undefined)));
  }

  async #fill(): Promise<void> {
    const { ledger, folderOf, together } = this.options;
    this.#slots.concurrency = together();
    while (!this.#stopping && this.#running.size < this.#slots.concurrency) {
      const job = this.#queue.choose(ledger.next(LOOK_AHEAD), folderOf, new Date());
      if (!job) return;
      const folder = folderOf(job.folder)!;
      const lacks = await this.options.lacking(job, folder);
      if (lacks && lacks !== this.#lacks) this.options.log.warn({ job: job.id }, lacks);
      this.#lacks = lacks;
      if (lacks || this.#stopping || ledger.job(job.id)?.state !== 'queued') return;
      const lease = Date.now() + LEASE;
      const running: Running = {
        frugal: job.code === 'TEXTLESS_KILLED',
        job: ledger.move(job.id, 'working', { lease, stage: 'prepare', code: null, reason: null, detail: null }),
        over: new AbortController(),
      };
      this.#running.set(job.id, running);
      void this.#slots(() => this.#run(running, folder));
    }
  }

  /** Does what people have asked for since. */
  async grant(): Promise<void> {
    const { ledger } = this.options;
    for (const job of ledger.wishes()) {
      ledger.change(job.id, { wish: null });
      const running = this.#running.get(job.id);
      if (running) this.#end(running, 'cancelled');
      else if (job.wish === 'reject' && job.state === 'held')
        await this.aside.refuse(job, 'rejected', { code: 'TEXTLESS_REJECTED', reason: 'A person rejected it.', detail: '' }); // prettier-ignore
      else if (job.state === 'queued' || job.state === 'held')
        await this.aside.drop(ledger.move(job.id, 'cancelled', { reason: 'A person cancelled it.' }));
    }
  }

  /** Begins nothing more, and ends what runs; what is kept stays kept. */
  async stop(grace: number): Promise<void> {
    this.#stopping = true;
    for (const running of this.#running.values()) {
      running.ended ??= 'stopped';
      running.over.abort();
    }
    await Promise.all([...this.#running.values()].flatMap(({ worker }) => (worker ? [worker.stop(grace)] : [])));
    await this.#choosing;
    while (this.#running.size) await new Promise((resolve) => setTimeout(resolve, 20));
    clearInterval(this.#pulse);
  }

  #end(running: Running, why: NonNullable<Running['ended']>): void {
    running.ended ??= why;
    running.over.abort();
    running.worker?.kill();
  }

  async #run(running: Running, folder: WatchFolder): Promise<void> {
    const { job } = running;
    try {
      await this.#work(running, folder);
    } catch (error) {
      await this.#judge(running, folder, reasonOf(error)).catch((fault: unknown) =>
        this.options.log.error({ job: job.id, err: fault }, 'a job could not be put aside'),
      );
    } finally {
      this.#running.delete(job.id);
      if (!this.#stopping) void this.pump();
    }
  }

  async #work(running: Running, folder: WatchFolder): Promise<void> {
    const { ledger, log, installation, workFolder, chunkFrames } = this.options;
    const { job, over } = running;
    const state = await unchanged(job);
    if (state !== 'same') return this.#changed(job, folder, state);
    const ready = await prepare(job, folder, { installation, workFolder, signal: over.signal });
    const { sha256, key, work } = ready;
    if (job.work && job.work !== work) await rm(job.work, { recursive: true, force: true });
    ledger.change(job.id, { sha256, key, work, priority: ready.sidecar?.priority ?? job.priority });
    if (this.#twin(job, work)) return void ledger.move(job.id, 'queued', { not_before: Date.now() + TWIN });
    const limits = { installation, chunkFrames, workers: running.frugal ? 1 : undefined };
    const task = await taskOf(job, folder, ready, limits);
    const same = { ...job, sha256, key, work };
    if (await this.finisher.linkTwin(same, folder, ready.pipeline)) return;
    if (await this.finisher.recognise(same, folder, ready.pipeline)) return;
    over.signal.throwIfAborted();
    log.info({ job: job.id, file: job.name, attempt: job.attempt, workers: task.workers }, 'work begins');
    const worker = (running.worker = new WorkerProcess(task, {
      stall: this.options.jobs().stall,
      onProgress: ({ stage, done, total }) => {
        if (stage === 'wipe' && this.#news.get(job.id)?.stage !== stage) ledger.change(job.id, { deaths: 0 }); // its plan is kept
        this.#news.set(job.id, { stage, done, total });
      },
      onLosses: (losses) => log.warn({ job: job.id, file: job.name, losses }, 'not everything can be kept'),
      onChunk: (chunk) => {
        ledger.addChunk(job.id, chunk);
        log.debug({ job: job.id, chunk: chunk.first }, 'restored and kept');
        ledger.change(job.id, { deaths: 0 });
      },
    }));
    if (worker.pid !== undefined) ledger.change(job.id, { worker: processIdentity(worker.pid) ?? null, stage: 'scan' });
    if (running.ended) worker.kill();
    await this.#conclude(running, folder, ready, await worker.ended);
  }
  readonly #news = new Map<number, { stage: string; done: number; total: number }>();

  async #conclude(running: Running, folder: WatchFolder, ready: Preparation, ending: Ending): Promise<void> {
    const { ledger, log } = this.options;
    const { job } = running;
    this.#news.delete(job.id);
    if (ending.kind !== 'finished') return this.#judge(running, folder, failureOf(ending));
    const state = await unchanged(job);
    if (state !== 'same') return this.#changed(job, folder, state);
    const current = ledger.job(job.id)!;
    log.info({ job: job.id, file: job.name, status: ending.report.status }, 'work is done');
    if (ending.report.status === 'held') await this.aside.hold(current, folder, ending.report);
    else await this.finisher.finish(current, folder, ready.pipeline, ending.report);
  }

  /** What becomes of a job whose work ended badly. */
  async #judge(running: Running, folder: WatchFolder, failure: { code: string | null; reason: string; detail: string }): Promise<void> {
    const { ledger, log, jobs } = this.options;
    const { job, ended } = running;
    if (ledger.job(job.id)?.state !== 'working') return;
    if (ended === 'stopped') return void ledger.move(job.id, 'queued', { reason: 'The service stopped.' });
    if (ended === 'cancelled') return this.aside.drop(ledger.move(job.id, 'cancelled', { reason: 'A person cancelled it.' }));
    const state = ended ?? (await unchanged(job));
    if (state !== 'same') return this.#changed(job, folder, state);
    const consequence = consequenceOf(failure.code);
    const attempt = job.attempt + 1;
    log.warn({ job: job.id, file: job.name, attempt, ...failure }, 'work failed');
    if (consequence === 'rejected') return this.aside.refuse(job, 'rejected', failure);
    if (consequence === 'held') return this.aside.holdFor(job, folder, failure);
    if (consequence === 'later') return void ledger.move(job.id, 'queued', { ...failure, not_before: Date.now() + LATER });
    const { attempts, pause } = jobs();
    if (attempt < attempts)
      return void ledger.move(job.id, 'queued', { ...failure, attempt, not_before: Date.now() + 1000 * pauseBefore(attempt, pause) });
    ledger.change(job.id, { attempt });
    if (failure.code === 'TEXTLESS_KILLED') return this.aside.holdFor({ ...job, attempt }, folder, failure);
    return this.aside.refuse({ ...job, attempt }, 'failed', failure);
  }

  /** The file is not what it was: whatever lies there now is looked at as new. */
  async #changed(job: Job, folder: WatchFolder, state: 'changed' | 'gone'): Promise<void> {
    const away = state === 'gone' && !(await this.options.isThere(folder));
    if (away) return void this.options.ledger.move(job.id, 'queued', { code: 'TEXTLESS_NOT_FOUND', reason: 'Its folder is not there: is the share mounted?', not_before: Date.now() + LATER }); // prettier-ignore
    const reason = state === 'gone' ? 'Its file was taken away while it was worked on.' : 'Its file was changed while it was worked on.';
    await this.aside.drop(this.options.ledger.move(job.id, 'cancelled', { code: 'TEXTLESS_CHANGED', reason }));
    this.options.onGone(job, job.source);
  }

  /** Whether the same content is being worked on for another job, in the same folder; that is waited for. */
  #twin(job: Job, work: string): boolean {
    return this.options.ledger
      .in(['working', 'delivering', 'delivered'])
      .some((o) => o.work === work && o.id !== job.id && (o.id < job.id || o.worker !== null || o.state !== 'working'));
  }

  /** Says to the ledger how far running jobs are, and ends those whose files have changed. */
  async #beat(): Promise<void> {
    const { ledger, log } = this.options;
    try {
      for (const running of [...this.#running.values()]) {
        ledger.change(running.job.id, { lease: Date.now() + LEASE, ...this.#news.get(running.job.id) });
        const state = await unchanged(running.job);
        if (state !== 'same' && ledger.job(running.job.id)?.state === 'working') this.#end(running, state);
      }
    } catch (error) {
      log.error({ err: error }, 'the ledger could not be told of progress');
    }
  }
}
