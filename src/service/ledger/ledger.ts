import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { TextlessError } from '../../core/errors.js';
import type { Job, JobChange, JobEvent, NewJob } from './job.js';
import { LEDGER_VERSION, migrate, versionOf } from './schema.js';
import { IllegalTransition, LIVE, TRANSITIONS, type State } from './states.js';

/*
 * libsql speaks better-sqlite3's language and comes with its binary inside the registry's packages; better-sqlite3 would have to be compiled, or
 * fetched from elsewhere. One of its ways: a statement that is read with get() stays open and keeps a transaction from ending, so all() is used.
 */

/** Milliseconds that another process may hold the ledger. */
const PATIENCE = 10_000;

type Row = Record<string, unknown>;
type Value = string | number | null;

/** The truth about jobs: an SQLite file that survives the end of the process at any moment. Every call is one transaction, on disk when it returns. */
export class Ledger {
  readonly #db: Database.Database;
  /** Told of every step, after it is on disk. */
  onStep: ((job: Job, from: State | null) => void) | undefined;

  private constructor(
    db: Database.Database,
    /** Where a damaged ledger was put aside, if that had to be done. */
    readonly damaged: string | undefined,
    private readonly now: () => number,
  ) {
    this.#db = db;
  }

  /**
   * Opens a ledger, or makes one. A damaged one is put aside, never used: work is found again in the folders.
   * @throws TEXTLESS_OUTPUT when the place cannot be written; TEXTLESS_CONFIG when it was written by a later version
   */
  static open(file: string, { now = Date.now }: { readonly now?: () => number } = {}): Ledger {
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      let damaged: string | undefined;
      let db = opened(file);
      if (!db) {
        damaged = `${file}.damaged-${now()}`;
        for (const end of ['', '-wal', '-shm']) if (existsSync(file + end)) renameSync(file + end, damaged + end);
        db = opened(file);
      }
      if (!db) throw new Error('a new ledger is damaged at once');
      if (migrate(db) < 0) throw new TextlessError('TEXTLESS_CONFIG', `${file} was written by a later version of textless.`);
      return new Ledger(db, damaged, now);
    } catch (error) {
      if (error instanceof TextlessError) throw error;
      throw new TextlessError('TEXTLESS_OUTPUT', `The ledger ${file} cannot be opened.`, String(error), { cause: error });
    }
  }

  /**
   * Opens a ledger for those who look and ask beside the service: nothing is made, put aside or brought to another version.
   * @throws TEXTLESS_NOT_FOUND when there is none; TEXTLESS_OUTPUT when it is damaged or may not be opened; TEXTLESS_CONFIG when it is of another version
   */
  static existing(file: string, { now = Date.now }: { readonly now?: () => number } = {}): Ledger {
    if (!existsSync(file)) throw new TextlessError('TEXTLESS_NOT_FOUND', `There is no ledger ${file}: the service has not run yet.`);
    let db: Database.Database | undefined;
    try {
      db = opened(file);
    } catch (cause) {
      throw new TextlessError('TEXTLESS_OUTPUT', `The ledger ${file} cannot be opened.`, String(cause), { cause });
    }
    if (!db) throw new TextlessError('TEXTLESS_OUTPUT', `The ledger ${file} is damaged; the service puts it aside when it starts next.`);
    const version = versionOf(db);
    if (version === LEDGER_VERSION) return new Ledger(db, undefined, now);
    db.close();
    const by = version > LEDGER_VERSION ? 'a later' : 'an earlier';
    throw new TextlessError(
      'TEXTLESS_CONFIG',
      `${file} was written by ${by} version of textless.`,
      `version ${version}, not ${LEDGER_VERSION}`,
    );
  }

  close(): void {
    this.#db.close();
  }

  /** Takes a file in. @returns undefined where a job of this file is still alive */
  add(job: NewJob, state: 'queued' | 'rejected' = 'queued', why: JobChange = {}): Job | undefined {
    return this.#atOnce(() => {
      if (this.#rows(`SELECT id FROM job WHERE source = ? AND state IN (${LIVE.map(() => '?').join()})`, job.source, ...LIVE).length)
        return undefined;
      const at = this.now();
      const row: Record<string, Value> = { ...job, ...why, state, created: at, updated: at };
      const names = Object.keys(row);
      this.#run(`INSERT INTO job (${names.join()}) VALUES (${names.map(() => '?').join()})`, ...Object.values(row));
      const id = Number(this.#rows('SELECT last_insert_rowid() AS id')[0]['id']);
      this.#run('INSERT INTO event (job, at, "from", "to", detail) VALUES (?, ?, NULL, ?, ?)', id, at, state, why.reason ?? null);
      return this.#told(this.job(id)!, null);
    });
  }

  /**
   * Moves a job on and changes what else is to change.
   * @throws IllegalTransition where the table does not lead there
   */
  move(id: number, to: State, change: JobChange = {}): Job {
    return this.#atOnce(() => {
      const { state: from } = this.#get(id);
      if (!TRANSITIONS[from].includes(to)) throw new IllegalTransition(id, from, to);
      const at = this.now();
      const over = !LIVE.includes(to);
      const lease = to === 'working' ? {} : { worker: null, lease: null, stage: null };
      this.#update(id, { ...lease, finished: over ? at : null, ...change, state: to, updated: at });
      this.#run('INSERT INTO event (job, at, "from", "to", detail) VALUES (?, ?, ?, ?, ?)', id, at, from, to, change.reason ?? null);
      return this.#told(this.#get(id), from);
    });
  }

  /** Changes a job where it is. */
  change(id: number, change: JobChange): void {
    this.#atOnce(() => this.#update(id, { ...change, updated: this.now() }));
  }

  /** The queued jobs that may begin now, in order: by priority, then as they came. */
  next(limit: number): Job[] {
    return this.#jobs("SELECT * FROM job WHERE state = 'queued' AND not_before <= ? ORDER BY priority DESC, id LIMIT ?", this.now(), limit);
  }

  job(id: number): Job | undefined {
    return this.#jobs('SELECT * FROM job WHERE id = ?', id).at(0);
  }

  /** The latest job of a file. */
  latestOf(source: string): Job | undefined {
    return this.#jobs('SELECT * FROM job WHERE source = ? ORDER BY id DESC LIMIT 1', source).at(0);
  }

  /** Jobs that a person means by a number, a path or a name; the latest first. */
  find(words: string): Job[] {
    if (/^\d+$/.test(words)) return this.#jobs('SELECT * FROM job WHERE id = ?', Number(words));
    const same = this.#jobs('SELECT * FROM job WHERE source = ? OR name = ? ORDER BY id DESC', words, words);
    return same.length
      ? same
      : this.#jobs("SELECT * FROM job WHERE name LIKE ? ESCAPE '\\' ORDER BY id DESC", `%/${words.replace(/[\\%_]/g, '\\$&')}`);
  }

  /** The jobs in some states, the latest last. */
  in(states: readonly State[], limit = -1): Job[] {
    const all = this.#jobs(`SELECT * FROM job WHERE state IN (${states.map(() => '?').join()}) ORDER BY id DESC LIMIT ?`, ...states, limit);
    return all.reverse();
  }

  /** Jobs that a person has asked something of. */
  wishes(): Job[] {
    return this.#jobs('SELECT * FROM job WHERE wish IS NOT NULL ORDER BY id');
  }

  /** Finished and delivered jobs of the same content, pipeline and network. */
  withKey(key: string): Job[] {
    return this.#jobs("SELECT * FROM job WHERE key = ? AND state IN ('done', 'delivered') ORDER BY id", key);
  }

  /** How many jobs are in each state that has any, by folder. */
  counts(): { folder: string; state: State; jobs: number }[] {
    return this.#rows('SELECT folder, state, count(*) AS jobs FROM job GROUP BY folder, state') as {
      folder: string;
      state: State;
      jobs: number;
    }[];
  }

  /** Size and time of every file of a folder that became a job and still lies in its place, by path: the latest job counts. */
  known(folder: string): Map<string, { size: number; mtime: number; state: State }> {
    const rows = this.#rows('SELECT source, size, mtime, state FROM job WHERE folder = ? AND kept = 1 ORDER BY id', folder);
    return new Map(
      rows.map((r) => [String(r['source']), { size: Number(r['size']), mtime: Number(r['mtime']), state: r['state'] as State }]),
    );
  }

  events(id: number): JobEvent[] {
    return this.#rows('SELECT id, job, at, "from", "to", detail FROM event WHERE job = ? ORDER BY id', id) as unknown as JobEvent[];
  }

  addChunk(id: number, chunk: { readonly first: number; readonly last: number; readonly bytes: number; readonly sha256: string }): void {
    this.#run('INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?)', id, chunk.first, chunk.last, chunk.bytes, chunk.sha256, this.now());
  }

  chunks(id: number): { first: number; last: number; bytes: number; sha256: string }[] {
    return this.#rows('SELECT first, last, bytes, sha256 FROM chunk WHERE job = ? ORDER BY first', id) as never;
  }

  /** Chunks of all jobs that have been restored and kept, and the frames in them. */
  chunkTotals(): { chunks: number; frames: number } {
    return this.#rows('SELECT count(*) AS chunks, coalesce(sum(last - first + 1), 0) AS frames FROM chunk')[0] as never;
  }

  /** When the job that has waited longest in the queue came into it: as it arrived, or by a person; attempts in between do not count. */
  oldestQueued(): number | undefined {
    const [{ at }] = this.#rows(
      `SELECT min(at) AS at FROM (SELECT max(event.at) AS at FROM job JOIN event ON event.job = job.id
       WHERE job.state = 'queued' AND event."to" = 'queued' AND coalesce(event."from", '') NOT IN ('working', 'delivering') GROUP BY job.id)`,
    );
    return at === null ? undefined : Number(at);
  }

  /** Steps of all jobs after one of them, in order. */
  eventsAfter(id: number, limit: number): JobEvent[] {
    return this.#rows('SELECT id, job, at, "from", "to", detail FROM event WHERE id > ? ORDER BY id LIMIT ?', id, limit) as never;
  }

  /** The number of the latest step; 0 where there is none. */
  lastEvent(): number {
    return Number(this.#rows('SELECT coalesce(max(id), 0) AS id FROM event')[0]['id']);
  }

  /** Messages to one receiver that are due, the oldest first. */
  hooksTo(url: string, limit: number): { id: number; body: string; attempt: number }[] {
    const due = 'SELECT id, body, attempt FROM hook WHERE url = ? AND not_before <= ? ORDER BY id LIMIT ?';
    return this.#rows(due, url, this.now(), limit) as never;
  }

  /** How many messages wait, due or not. */
  hooksWaiting(): number {
    return Number(this.#rows('SELECT count(*) AS n FROM hook')[0]['n']);
  }

  /** A fact about the service: who runs it, what it waits for. */
  fact(name: string): string | undefined {
    return this.#rows('SELECT value FROM fact WHERE name = ?', name).map((r) => String(r['value'])).at(0); // prettier-ignore
  }

  setFact(name: string, value: string | undefined): void {
    if (value === undefined) this.#run('DELETE FROM fact WHERE name = ?', name);
    else this.#run('INSERT OR REPLACE INTO fact VALUES (?, ?)', name, value);
  }

  /** Messages to be sent, the oldest first; `limit` keeps a dead receiver from filling the ledger. */
  addHook(url: string, body: string, limit: number): void {
    this.#run('INSERT INTO hook (url, body, at) VALUES (?, ?, ?)', url, body, this.now());
    this.#run('DELETE FROM hook WHERE url = ? AND id NOT IN (SELECT id FROM hook WHERE url = ? ORDER BY id DESC LIMIT ?)', url, url, limit);
  }

  hooks(limit: number): { id: number; url: string; body: string; attempt: number }[] {
    return this.#rows('SELECT id, url, body, attempt FROM hook WHERE not_before <= ? ORDER BY id LIMIT ?', this.now(), limit) as never;
  }

  delayHook(id: number, attempt: number, until: number): void {
    this.#run('UPDATE hook SET attempt = ?, not_before = ? WHERE id = ?', attempt, until, id);
  }

  dropHook(id: number): void {
    this.#run('DELETE FROM hook WHERE id = ?', id);
  }

  /** Does some calls as one transaction. */
  #atOnce<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      for (const tell of this.#untold.splice(0)) tell();
      return result;
    } catch (error) {
      this.#untold.length = 0;
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
  readonly #untold: (() => void)[] = [];

  #told(job: Job, from: State | null): Job {
    this.#untold.push(() => this.onStep?.(job, from));
    return job;
  }

  #get(id: number): Job {
    const job = this.job(id);
    if (!job) throw new RangeError(`there is no job ${id}`);
    return job;
  }

  #update(id: number, change: Record<string, Value | undefined>): void {
    const entries = Object.entries(change).filter((e): e is [string, Value] => e[1] !== undefined);
    this.#run(`UPDATE job SET ${entries.map(([name]) => `"${name}" = ?`).join()} WHERE id = ?`, ...entries.map(([, v]) => v), id);
  }

  #jobs(sql: string, ...values: Value[]): Job[] {
    return this.#rows(sql, ...values) as unknown as Job[];
  }

  #rows(sql: string, ...values: Value[]): Row[] {
    return this.#db.prepare(sql).all(...values) as Row[];
  }

  #run(sql: string, ...values: Value[]): void {
    this.#db.prepare(sql).run(...values);
  }
}

/** Undefined where the file is no ledger, or a damaged one. */
function opened(file: string): Database.Database | undefined {
  const db = new Database(file, { timeout: PATIENCE });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    const [check] = db.pragma('quick_check') as { quick_check: string }[];
    if (check.quick_check === 'ok') return db;
  } catch (error) {
    if (!/not a database|malformed|corrupt/i.test(String(error))) {
      db.close();
      throw error;
    }
  }
  db.close();
  return undefined;
}
