import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { PLAN_FILE } from '../../job/checkpoint/scan-once.js';
import type { WipeReport } from '../../job/outcome.js';
import { writeWhole } from '../../plan/mask-file.js';
import { readPlan } from '../../plan/read.js';
import { masksFolder, writePlan } from '../../plan/write.js';
import { sidecarNames } from '../configuration/sidecar.js';
import type { WatchFolder } from '../configuration/watch.js';
import type { Job } from '../ledger/job.js';
import type { Ledger } from '../ledger/ledger.js';
import { LIVE } from '../ledger/states.js';
import { putAway, reasonOf, writeReason } from './deliver.js';
import { placeFile } from './place.js';

/** Milliseconds until what could not be put away is tried again. */
const AGAIN = 15_000;

/** Why a job does not go on: a stable code, a sentence for a person, the technical cause. */
export interface Failure {
  readonly code: string | null;
  readonly reason: string;
  readonly detail: string;
}

export interface AsideOptions {
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly folderOf: (name: string) => WatchFolder | undefined;
  /** Told when a file has left its place. */
  readonly onGone: (job: Job, file: string) => void;
}

/** Puts aside what is not delivered: what a person has to decide, what is refused, what nobody wants any more. Each step may be done twice. */
export class Aside {
  readonly #later = new Map<number, number>();

  constructor(private readonly options: AsideOptions) {}

  /** A person has to decide: the plan and the picture go to the hold folder, the source stays. */
  async hold(job: Job, folder: WatchFolder, report: WipeReport): Promise<void> {
    await this.#toDecide(job, folder, report);
    const failed = report.gates.filter((g) => g.verdict === 'fail');
    if (failed.length) return this.#holdForGates(job, folder, report, failed);
    const held = report.tracks.filter((t) => t.action === 'hold');
    const reason = `${held.length} of ${report.tracks.length} marks need a decision: ${[...new Set(held.map((t) => t.kind))].join(', ')}.`;
    await this.holdFor(job, folder, { code: 'TEXTLESS_HELD', reason, detail: held.map((t) => `${t.id}: ${t.why}`).join('\n') });
  }

  /** What a person decides by. */
  async #toDecide(job: Job, folder: WatchFolder, { sheet }: WipeReport): Promise<void> {
    const base = path.join(folder.hold, ...job.name.split('/'));
    await writePlan(`${base}.plan.json`, await readPlan(job.plan ?? path.join(job.work!, 'kept', PLAN_FILE)));
    if (sheet && existsSync(sheet)) await placeFile(sheet, `${base}.sheet.png`, { replace: true });
  }

  /** The result did not pass; what has been restored stays, so that a release only encodes again. */
  async #holdForGates(job: Job, folder: WatchFolder, report: WipeReport, failed: WipeReport['gates']): Promise<void> {
    const { frames, seconds, network, tracks, damage, library, gates } = report;
    const file = `${path.join(folder.hold, ...job.name.split('/'))}.report.json`;
    await writeWhole(
      file,
      `${JSON.stringify({ input: job.name, status: 'held', frames, seconds, network, gates, tracks, damage, library }, null, 2)}\n`,
    );
    this.options.ledger.change(job.id, { gates: failed.map((g) => g.gate).join(' ') });
    const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
    const reason = `The result did not pass ${failed[0].gate}${more}: ${failed[0].says}`;
    await this.holdFor(job, folder, {
      code: 'TEXTLESS_GATE',
      reason,
      detail: failed.map((g) => `${g.gate} ${g.value} (limit ${g.limit}): ${g.says}`).join('\n'),
    });
  }

  /** Held for another reason than marks. */
  async holdFor(job: Job, folder: WatchFolder, failure: Failure): Promise<void> {
    const { ledger, log } = this.options;
    await writeReason({ ...job, ...failure }, folder, `${path.join(folder.hold, ...job.name.split('/'))}.reason.json`);
    ledger.move(job.id, 'held', failure);
    log.warn({ job: job.id, file: job.name, ...failure }, 'held for a person');
  }

  /** The file cannot or must not be delivered; with the reason it goes where such files lie. */
  async refuse(job: Job, state: 'rejected' | 'failed', failure: Failure): Promise<void> {
    const { ledger, log } = this.options;
    const moved = ledger.job(job.id)?.state === state ? ledger.job(job.id)! : ledger.move(job.id, state, failure);
    log.warn({ job: job.id, file: job.name, ...failure }, state);
    const folder = this.options.folderOf(job.folder);
    if (folder) await this.#tried(moved, folder);
  }

  async #refused(job: Job, folder: WatchFolder): Promise<void> {
    const { ledger } = this.options;
    const source = await putAway(job, folder, 'failed');
    const reason = source && source !== job.source ? source : path.join(folder.failed, ...job.name.split('/'));
    await writeReason(job, folder, `${reason}.reason.json`);
    await this.sidecarAway(job, source);
    if (source !== job.source) this.options.onGone(job, job.source);
    ledger.change(job.id, { source: source ?? job.source, kept: source === job.source ? 1 : 0 });
    await this.clean(job);
  }

  /** Nothing more is done for a job; its file stays where it is. */
  async drop(job: Job): Promise<void> {
    await this.clean(job);
  }

  /** What cannot be put away now is put away later: the job is refused all the same. */
  async #tried(job: Job, folder: WatchFolder): Promise<void> {
    try {
      await this.#refused(job, folder);
      this.#later.delete(job.id);
    } catch (error) {
      this.#later.set(job.id, Date.now() + AGAIN);
      this.options.log.error({ job: job.id, ...reasonOf(error) }, 'a source could not be put away; it is tried again');
    }
  }

  /**
   * Goes on with sources that could not be put away.
   * @param all also those that an earlier process left
   */
  async resume(all = false): Promise<void> {
    const { ledger, folderOf } = this.options;
    const now = Date.now();
    const due = [...this.#later].flatMap(([id, at]) => (at <= now ? (ledger.job(id) ?? []) : []));
    for (const job of all ? ledger.in(['rejected', 'failed']) : due) {
      const folder = folderOf(job.folder);
      const again = job.kept && folder && folder.source !== 'keep' && existsSync(job.source);
      // Where it is worked on again, it is needed where it is.
      if (again && !LIVE.includes(ledger.latestOf(job.source)!.state)) await this.#tried(job, folder);
      else this.#later.delete(job.id);
    }
  }

  /** The sidecar goes where its programme went. */
  async sidecarAway(job: Job, source: string | undefined): Promise<void> {
    if (source === job.source) return;
    for (const name of sidecarNames(job.source)) {
      if (!existsSync(name)) continue;
      if (source === undefined) await rm(name, { force: true });
      else await placeFile(name, path.join(path.dirname(source), path.basename(name)), { replace: true });
    }
  }

  /** Removes what was kept for a job, and what a person has decided on. */
  async clean(job: Job): Promise<void> {
    const { ledger, folderOf } = this.options;
    const shared = ledger.in(LIVE).some((other) => other.id !== job.id && other.work === job.work);
    if (job.work && !shared) await rm(job.work, { recursive: true, force: true });
    const folder = folderOf(job.folder);
    if (!folder) return;
    const base = path.join(folder.hold, ...job.name.split('/'));
    for (const file of [`${base}.plan.json`, `${base}.sheet.png`, `${base}.reason.json`, `${base}.report.json`])
      await rm(file, { force: true });
    await rm(masksFolder(`${base}.plan.json`), { recursive: true, force: true });
  }
}
