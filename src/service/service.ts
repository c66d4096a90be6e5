import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { TextlessError } from '../core/errors.js';
import { loadWatch, type Watch, type WatchFolder } from './configuration/watch.js';
import { lackOfRoom, usualTogether } from './disk.js';
import { Engine } from './engine/engine.js';
import type { Installation } from './engine/messages.js';
import { recoverJobs } from './engine/recover.js';
import { WatchedFolder } from './intake/watched-folder.js';
import { Ledger } from './ledger/ledger.js';
import type { Job } from './ledger/job.js';
import type { State } from './ledger/states.js';
import { own, RENEW } from './ownership.js';

/** Milliseconds between two looks at what people asked for and what waits. */
const TICK = 1000;
/** Files that are opened side by side to see whether they are whole. */
const OPENED = 2;

export interface ServiceOptions {
  readonly installation: Installation;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Told of every step of every job, once it is on disk. */
  readonly onStep?: (job: Job, from: State | null) => void;
  readonly chunkFrames?: number | undefined;
}

/** Where the ledger of a configuration lies. */
export const ledgerFile = (watch: Pick<Watch, 'work'>): string => path.join(watch.work, 'ledger.sqlite');

/** The watch folder at work: what arrives is queued, what is queued is worked on, what is done is delivered. */
export class Service {
  readonly ledger: Ledger;
  readonly engine: Engine;
  readonly #folders = new Map<string, WatchedFolder>();
  readonly #opening = pLimit(OPENED);
  #watch: Watch;
  #timers: NodeJS.Timeout[] = [];

  private constructor(
    watch: Watch,
    ledger: Ledger,
    private readonly options: ServiceOptions,
  ) {
    this.#watch = watch;
    this.ledger = ledger;
    ledger.onStep = (job, from) => options.onStep?.(job, from);
    const { installation, log, chunkFrames } = options;
    this.engine = new Engine({
      ...{ ledger, log, installation, chunkFrames },
      workFolder: path.join(watch.work, 'jobs'),
      folderOf: (name) => this.#watch.folders.find((f) => f.name === name),
      jobs: () => this.#watch.jobs,
      together: () => this.#watch.jobs.together ?? usualTogether(),
      lacking: (job, folder) => lackOfRoom(job, folder, this.#watch.work, this.#watch.disk.reserve),
      isThere: async (folder) => (await this.#folders.get(folder.name)?.isThere()) ?? false,
      onGone: (job, file) => this.#folders.get(job.folder)?.gone(file),
    });
  }

  /**
   * Opens the ledger, takes up what an earlier run left, and begins to look at the folders.
   * @throws TEXTLESS_RUNNING, TEXTLESS_CONFIG, TEXTLESS_OUTPUT
   */
  static async start(watch: Watch, options: ServiceOptions): Promise<Service> {
    const ledger = Ledger.open(ledgerFile(watch));
    try {
      own(ledger);
      if (ledger.damaged)
        options.log.error({ file: ledger.damaged }, 'the ledger was damaged and has been put aside; work is found again in the folders');
      const service = new Service(watch, ledger, options);
      await service.#begin();
      return service;
    } catch (error) {
      ledger.close();
      throw error;
    }
  }

  get watch(): Watch {
    return this.#watch;
  }

  /** Files that have been seen and have not arrived, and folders that cannot be read, by folder. */
  intake(): { folder: string; waiting: number; problem: string | undefined }[] {
    return [...this.#folders].map(([folder, { waiting, problem }]) => ({ folder, waiting, problem }));
  }

  async #begin(): Promise<void> {
    await mkdir(path.join(this.#watch.work, 'jobs'), { recursive: true });
    await recoverJobs({ ledger: this.ledger, log: this.options.log, aside: this.engine.aside });
    await this.engine.finisher.resume();
    await this.engine.aside.resume(true);
    await this.#sweep();
    for (const folder of this.#watch.folders) await this.#open(folder);
    this.#timers = [setInterval(() => void this.#tick(), TICK), setInterval(() => own(this.ledger), RENEW)];
    void this.engine.pump();
  }

  async #tick(): Promise<void> {
    try {
      await this.engine.grant();
      await this.engine.finisher.resume();
      await this.engine.aside.resume();
      await this.engine.pump();
      this.ledger.setFact('intake', JSON.stringify({ at: Date.now(), lacks: this.engine.lacks ?? null, folders: this.intake() }));
    } catch (error) {
      this.options.log.error({ err: error }, 'the service met something unexpected');
    }
  }

  async #open(folder: WatchFolder): Promise<void> {
    const { log, signal } = this.options;
    const base = path.dirname(this.#watch.file);
    // Folders beside the configuration are ours to make; a share that is not mounted must not be replaced by an empty folder.
    for (const place of [folder.in, folder.out, folder.hold, folder.failed, folder.archive])
      if (place.startsWith(base + path.sep)) await mkdir(place, { recursive: true });
    const known = this.ledger.known(folder.name);
    const watched = new WatchedFolder(folder, {
      known,
      log,
      signal,
      opening: this.#opening,
      onArrival: (arrival) => this.#arrived(folder, arrival),
    });
    this.#folders.set(folder.name, watched);
    watched.start();
  }

  #arrived(folder: WatchFolder, { file, name, look, refused }: Parameters<WatchedFolder['options']['onArrival']>[0]): void {
    const { ledger, log } = { ledger: this.ledger, log: this.options.log };
    const job = { folder: folder.name, name, source: file, ...look, pipeline: folder.pipeline, priority: folder.priority };
    if (!refused) {
      const added = ledger.add(job);
      if (added) log.info({ job: added.id, file: name, folder: folder.name }, 'arrived');
      else this.#folders.get(folder.name)?.gone(file); // its former content is still being dealt with
      return void this.engine.pump();
    }
    const added = ledger.add(job, 'rejected', refused);
    if (added) void this.engine.aside.refuse(added, 'rejected', { detail: '', ...refused });
  }

  /** Removes what an earlier process left half copied in the folders, and work that belongs to no job. */
  async #sweep(): Promise<void> {
    const alive = new Set(this.ledger.in(['queued', 'working', 'held', 'delivering', 'delivered']).map((j) => j.work));
    const jobs = path.join(this.#watch.work, 'jobs');
    const fresh = this.ledger.damaged !== undefined; // then the ledger knows of none, and what was restored is found by its name
    for (const name of await readdir(jobs)) {
      const folder = path.join(jobs, name);
      if (!fresh && !alive.has(folder)) await rm(folder, { recursive: true, force: true });
      else for (const file of await readdir(folder)) if (OURS.test(file)) await rm(path.join(folder, file), { force: true });
    }
    const places = new Set(this.#watch.folders.flatMap((f) => [f.out, f.archive, f.failed, f.hold]));
    for (const place of places) await sweepPartials(place);
  }

  /**
   * Reads the configuration again. A faulty one is told and changes nothing; folders that are gone are no longer looked at, their jobs stay.
   * @throws TEXTLESS_CONFIG
   */
  async reload(): Promise<void> {
    const watch = await loadWatch(this.#watch.file, { builtInFolder: this.options.installation.pipelineFolder });
    if (watch.work !== this.#watch.work)
      throw new TextlessError('TEXTLESS_CONFIG', 'The work folder cannot be changed while the service runs.');
    const before = this.#watch;
    this.#watch = watch;
    const same = (a: WatchFolder, b: WatchFolder | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
    for (const folder of before.folders) {
      if (
        same(
          folder,
          watch.folders.find((f) => f.name === folder.name),
        )
      )
        continue;
      await this.#folders.get(folder.name)?.close();
      this.#folders.delete(folder.name);
    }
    for (const folder of watch.folders) if (!this.#folders.has(folder.name)) await this.#open(folder);
    this.options.log.info({ folders: watch.folders.length }, 'the configuration was read again');
    void this.engine.pump();
  }

  /** Whether every file that is there has been done, as far as no person is needed; for a run that is to end. */
  async idle(): Promise<boolean> {
    await Promise.all([...this.#folders.values()].map((folder) => folder.looked()));
    const waiting = this.intake().some((f) => f.waiting > 0 && !f.problem);
    return !waiting && !this.ledger.in(['queued', 'working', 'delivering', 'delivered'], 1).length;
  }

  /** Ends all work so that it can go on later, and lets the ledger go. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const folder of this.#folders.values()) await folder.close();
    await this.engine.stop(this.#watch.jobs.grace);
    this.ledger.setFact('owner', undefined);
    this.ledger.close();
  }
}

/** Hidden files that this program writes before it gives them their names. */
const OURS = /^\..+\.[0-9a-f]{12}\.partial$/;

async function sweepPartials(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if (OURS.test(path.basename(name)) && (await lstat(file).catch(() => undefined))?.isFile()) await rm(file, { force: true });
  }
}
