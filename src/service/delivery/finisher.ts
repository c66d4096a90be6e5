import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { WipeReport } from '../../job/outcome.js';
import { writeWhole } from '../../plan/mask-file.js';
import type { Pipeline } from '../../plan/pipeline.js';
import { loadPipeline } from '../../plan/pipeline.js';
import type { WatchFolder } from '../configuration/watch.js';
import type { Installation } from '../engine/messages.js';
import type { Job } from '../ledger/job.js';
import type { Ledger } from '../ledger/ledger.js';
import { chooseTarget, deliverResult, linkResult, putAway, reasonOf, reportFile, resultFile, wantedTarget } from './deliver.js';
import type { Aside } from './aside.js';
import { hashOrNone } from './place.js';

export interface FinisherOptions {
  readonly aside: Aside;
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly installation: Installation;
  readonly folderOf: (name: string) => WatchFolder | undefined;
  /** Told when a file has left its place. */
  readonly onGone: (job: Job, file: string) => void;
}

/** Milliseconds until a delivery that met a full or missing disk is tried again; names tried until a taken one is given up. */
const AGAIN = 15_000;
const NAMES = 20;

/** Delivers what is whole, and puts its source away. Each step may be the last one of this process; the next one goes on from it. */
export class Finisher {
  readonly #one = pLimit(1);
  readonly #later = new Map<number, number>();

  constructor(private readonly options: FinisherOptions) {}

  /** A result is whole: it gets a name, then its place. */
  async finish(job: Job, folder: WatchFolder, pipeline: Pipeline, report: WipeReport): Promise<void> {
    const result = await hashOrNone(resultFile(job));
    await this.#one(async () => {
      const target = await this.#target(job, folder, pipeline, path.extname(report.output ?? job.name));
      if (!target) return;
      await writeWhole(reportFile(job), reportText(job, pipeline, report, target, result, this.options.installation.version));
      this.options.ledger.move(job.id, 'delivering', { target, result: result ?? null });
    });
    await this.deliver(job.id);
  }

  /** The result of the same work done before, under another name; false where there is none. */
  async linkTwin(job: Job, folder: WatchFolder, pipeline: Pipeline): Promise<boolean> {
    const { ledger, log } = this.options;
    for (const other of ledger.withKey(job.key ?? '')) {
      if (other.id === job.id || !(await linkResult(other, job))) continue;
      log.info({ job: job.id, same_as: other.id }, 'the same content was done before');
      const same = ledger.job(job.id)!;
      await this.#one(async () => {
        const target = await this.#target(same, folder, pipeline, path.extname(other.target ?? job.name));
        if (target) ledger.move(job.id, 'delivering', { target, result: other.result, same_as: other.id });
      });
      await this.deliver(job.id);
      return true;
    }
    return false;
  }

  /** Whether the very result that this work would have lies in its place already: a ledger may be lost, what it led to is not. */
  async recognise(job: Job, folder: WatchFolder, pipeline: Pipeline): Promise<boolean> {
    const { suffix, mezzanine } = pipeline.deliver;
    const plain = wantedTarget(job, folder, suffix);
    const target = mezzanine === 'matroska' && !existsSync(plain) ? wantedTarget(job, folder, suffix, '.mkv') : plain;
    const report = await readFile(`${target}.report.json`, 'utf8').then((text) => JSON.parse(text) as DeliveryReport, () => undefined); // prettier-ignore
    if (report?.key !== job.key || !report?.sha256?.output || (await hashOrNone(target)) !== report.sha256.output) return false;
    this.options.ledger.move(job.id, 'delivering', { target, result: report.sha256.output });
    await this.deliver(job.id);
    return true;
  }

  async #target(job: Job, folder: WatchFolder, pipeline: Pipeline, extension?: string): Promise<string | undefined> {
    const { ledger } = this.options;
    const target = await chooseTarget(job, folder, { suffix: pipeline.deliver.suffix, extension, ledger });
    if (!target)
      await this.options.aside.refuse(job, 'rejected', {
        code: 'TEXTLESS_OUTPUT',
        reason: 'A file of its name has been delivered already.',
        detail: folder.out,
      });
    return target;
  }

  /** Puts a finished job into its places, or goes on with that; what stands in the way now is tried again later. */
  async deliver(id: number): Promise<void> {
    const { ledger, log } = this.options;
    try {
      await this.#one(() => this.#deliver(id));
      this.#later.delete(id);
    } catch (error) {
      const failure = reasonOf(error);
      this.#later.set(id, Date.now() + AGAIN);
      ledger.change(id, { code: failure.code, reason: failure.reason, detail: failure.detail });
      log.error({ job: id, ...failure }, 'a result could not be delivered; it is tried again');
    }
  }

  async #deliver(id: number): Promise<void> {
    const { ledger, log, folderOf, aside, onGone } = this.options;
    for (let n = 0; n < NAMES; n++) {
      const job = ledger.job(id)!;
      const folder = folderOf(job.folder);
      if (!folder || (job.state !== 'delivering' && job.state !== 'delivered')) return;
      const says = job.state === 'delivered' ? 'delivered' : await deliverResult(job, folder);
      if (says === 'lost')
        return void ledger.move(id, 'queued', { target: null, result: null, reason: 'The result was lost before it was delivered.' });
      if (says === 'taken') {
        const pipeline = await loadPipeline(folder.pipeline, { builtInFolder: this.options.installation.pipelineFolder });
        const target = await this.#target(job, folder, pipeline);
        if (!target) return;
        ledger.change(id, { target });
        continue;
      }
      if (job.state === 'delivering') ledger.move(id, 'delivered', { code: null, reason: null, detail: null });
      const source = await putAway(job, folder, 'archive');
      await aside.sidecarAway(job, source);
      if (source !== job.source) onGone(job, job.source);
      ledger.move(id, 'done', {
        source: source ?? job.source,
        kept: source === job.source ? 1 : 0,
        reason: job.same_as ? `Its content is that of job ${job.same_as}.` : null,
      });
      log.info({ job: id, file: job.name, target: job.target }, 'delivered');
      await aside.clean(job);
      return;
    }
  }

  /** Goes on with deliveries that an earlier process, or a full disk, left in the middle. */
  async resume(): Promise<void> {
    const now = Date.now();
    const { ledger } = this.options;
    for (const job of ledger.in(['delivering', 'delivered'])) if ((this.#later.get(job.id) ?? 0) <= now) await this.deliver(job.id);
  }

  /** Whether a delivery waits to be tried again. */
  get waiting(): number {
    return this.#later.size;
  }
}

/** What a report is asked for when it is met again. */
interface DeliveryReport {
  readonly key?: string;
  readonly sha256?: { readonly output?: string };
}

/** What is delivered beside a programme: what was found and done, by what, on what ground. Names only, no paths of this machine. */
function reportText(job: Job, pipeline: Pipeline, report: WipeReport, target: string, result: string | undefined, version: string): string {
  const { subtitles, status, seconds, frames, network, tracks, damage, losses, pictures, library, gates } = report;
  const words = {
    textless: version,
    job: job.id,
    input: job.name,
    output: path.basename(target),
    sha256: { source: job.sha256, output: result ?? null },
    key: job.key,
    pipeline: pipeline.name,
    rights: pipeline.rights ?? null,
    ...{ status, frames, seconds, network, tracks, damage, losses, pictures, library, gates },
    subtitles: subtitles.map((file) => path.basename(target, path.extname(target)) + path.extname(file)),
  };
  return `${JSON.stringify(words, null, 2)}\n`;
}
