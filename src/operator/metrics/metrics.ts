import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Watch } from '../../service/configuration/watch.js';
import { diskOf } from '../../service/disk.js';
import type { Job } from '../../service/ledger/job.js';
import type { Ledger } from '../../service/ledger/ledger.js';
import { STATES, type State } from '../../service/ledger/states.js';
import { overviewOf } from '../overview.js';
import { secondsOfWork } from './seconds.js';

const OUTCOMES: readonly State[] = ['done', 'held', 'failed', 'rejected', 'cancelled'];
/** Bounds of the histogram, in seconds: half a minute to two days. */
const SECONDS = [30, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800];
/** Milliseconds that a disk has to say how full it is: a share that hangs must not hang the answer. */
const PATIENCE = 2000;

export interface MetricsOptions {
  readonly ledger: Ledger;
  readonly watch: () => Watch;
  readonly version: string;
}

/** Milliseconds between two looks at the event loop. */
const RESOLUTION = 20;

/** What the service shows to Prometheus. Gauges are read when they are asked for; counters count since the process began, restored frames since the ledger did. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #lag = monitorEventLoopDelay({ resolution: RESOLUTION });
  readonly #jobs = this.#gauge('jobs', 'Jobs by folder and state.', 'folder', 'state');
  readonly #waiting = this.#gauge('waiting_files', 'Files seen in a folder that have not arrived yet.', 'folder');
  readonly #problem = this.#gauge('folder_problem', '1 while a folder cannot be read.', 'folder');
  readonly #blocked = this.#gauge('blocked', '1 while no work begins although there is some.');
  readonly #free = this.#gauge('disk_free_bytes', 'Free bytes of the disk of a place.', 'place', 'folder');
  readonly #size = this.#gauge('disk_size_bytes', 'Bytes of the disk of a place.', 'place', 'folder');
  readonly #oldest = this.#gauge('oldest_queued_seconds', 'Time that the job which has waited longest is in the queue; 0 without any.');
  readonly #lags = this.#gauge('event_loop_lag_seconds', 'Lag of the event loop since the last look.', 'quantile');
  readonly #messages = this.#gauge('hook_messages_waiting', 'Messages to receivers that have not been taken yet.');
  readonly #finished = this.#counter('jobs_finished_total', 'Jobs that came to an end, or to a person.', 'folder', 'outcome');
  readonly #sent = this.#counter('hook_messages_total', 'Messages delivered and dropped.', 'outcome');
  readonly #chunks = this.#counter('chunks_restored_total', 'Chunks restored and kept.');
  readonly #frames = this.#counter('frames_restored_total', 'Frames of those chunks.');
  readonly #seconds = new Histogram({
    name: 'textless_job_seconds',
    help: 'Time that was worked on a delivered job, all attempts together.',
    labelNames: ['folder'],
    buckets: SECONDS,
    registers: [this.#registry],
  });

  constructor(private readonly options: MetricsOptions) {
    this.#lag.enable();
    this.#gauge('up', '1 while the service runs.').set(1);
    this.#gauge('build_info', 'Version of the program.', 'version').set({ version: options.version }, 1);
    for (const { name: folder } of options.watch().folders) for (const outcome of OUTCOMES) this.#finished.inc({ folder, outcome }, 0);
    for (const outcome of ['delivered', 'dropped']) this.#sent.inc({ outcome }, 0);
  }

  /** A job has made a step. */
  step({ id, folder, state }: Job): void {
    if (OUTCOMES.includes(state)) this.#finished.inc({ folder, outcome: state });
    if (state === 'done') this.#seconds.observe({ folder }, secondsOfWork(this.options.ledger.events(id)));
  }

  /** A message has been taken, or given up. */
  message(outcome: 'delivered' | 'dropped'): void {
    this.#sent.inc({ outcome });
  }

  /** Everything, in Prometheus's text format. */
  async text(): Promise<string> {
    this.#lookAtLedger();
    this.#lookAtLag();
    await this.#lookAtDisks();
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  close(): void {
    this.#lag.disable();
  }

  #lookAtLedger(): void {
    const { ledger, watch } = this.options;
    const { folders, lacks } = overviewOf(ledger, watch(), { limit: 0 });
    for (const gauge of [this.#jobs, this.#waiting, this.#problem]) gauge.reset();
    for (const { folder, jobs, waiting, problem, watched } of folders) {
      for (const state of STATES) this.#jobs.set({ folder, state }, jobs[state]);
      if (waiting !== undefined) this.#waiting.set({ folder }, waiting);
      if (watched) this.#problem.set({ folder }, problem ? 1 : 0);
    }
    this.#blocked.set(lacks ? 1 : 0);
    const oldest = ledger.oldestQueued();
    this.#oldest.set(oldest === undefined ? 0 : Math.max(0, Date.now() - oldest) / 1000);
    this.#messages.set(ledger.hooksWaiting());
    const { chunks, frames } = ledger.chunkTotals();
    for (const [counter, total] of [
      [this.#chunks, chunks],
      [this.#frames, frames],
    ] as const) {
      // prettier-ignore
      counter.reset();
      counter.inc(total);
    }
  }

  #lookAtLag(): void {
    // What is recorded is the time between two looks: the lag is what exceeds the one that was asked for.
    const seconds = (ns: number): number => (Number.isFinite(ns) ? Math.max(0, ns / 1e9 - RESOLUTION / 1000) : 0);
    for (const quantile of [50, 99]) this.#lags.set({ quantile: `0.${quantile}` }, seconds(this.#lag.percentile(quantile)));
    this.#lags.set({ quantile: '1' }, this.#lag.count ? seconds(this.#lag.max) : 0);
    this.#lag.reset();
  }

  async #lookAtDisks(): Promise<void> {
    const { folders, work } = this.options.watch();
    const places = [{ place: 'work', folder: '', at: work }, ...folders.map((f) => ({ place: 'out', folder: f.name, at: f.out }))];
    const seen = await Promise.all(places.map(async (p) => ({ ...p, disk: await inTime(diskOf(p.at)) })));
    this.#free.reset();
    this.#size.reset();
    for (const { place, folder, disk } of seen) {
      if (!disk) continue;
      this.#free.set({ place, folder }, disk.free);
      this.#size.set({ place, folder }, disk.total);
    }
  }

  #gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    return new Gauge({ name: `textless_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #counter(name: string, help: string, ...labelNames: string[]): Counter {
    return new Counter({ name: `textless_${name}`, help, labelNames, registers: [this.#registry] });
  }
}

/** What is not known in time, or at all, is left out. */
async function inTime<T>(asked: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, PATIENCE, undefined)));
  return Promise.race([asked.catch(() => undefined), late]).finally(() => clearTimeout(timer));
}
