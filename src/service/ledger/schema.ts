import type Database from 'libsql';

/** One step a version; a ledger of an older version takes the steps that it lacks. A step, once released, is never changed. */
const STEPS: readonly string[] = [
  `CREATE TABLE job (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     folder TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL,
     size INTEGER NOT NULL, mtime REAL NOT NULL, inode TEXT NOT NULL,
     sha256 TEXT, key TEXT,
     pipeline TEXT NOT NULL, priority INTEGER NOT NULL DEFAULT 0,
     state TEXT NOT NULL, stage TEXT, done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
     attempt INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0,
     code TEXT, reason TEXT, detail TEXT,
     work TEXT, target TEXT, result TEXT, same_as INTEGER, plan TEXT, held TEXT, kept INTEGER NOT NULL DEFAULT 1,
     deaths INTEGER NOT NULL DEFAULT 0, wish TEXT, worker TEXT, lease INTEGER,
     created INTEGER NOT NULL, updated INTEGER NOT NULL, finished INTEGER
   );
   CREATE UNIQUE INDEX job_live ON job (source) WHERE state IN ('queued', 'working', 'delivering', 'delivered', 'held');
   CREATE INDEX job_source ON job (source);
   CREATE INDEX job_state ON job (state, priority DESC, id);
   CREATE INDEX job_key ON job (key);
   CREATE TABLE chunk (
     job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
     first INTEGER NOT NULL, last INTEGER NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (job, first, last)
   );
   CREATE TABLE event (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
     at INTEGER NOT NULL, "from" TEXT, "to" TEXT NOT NULL, detail TEXT
   );
   CREATE INDEX event_job ON event (job);
   CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are only added'); END;
   CREATE TABLE hook (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     url TEXT NOT NULL, body TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0, at INTEGER NOT NULL
   );
   CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);`,
  `ALTER TABLE job ADD COLUMN gates TEXT;
   ALTER TABLE job ADD COLUMN accepted TEXT;`,
];

/** The version of ledgers that this program writes. */
export const LEDGER_VERSION = STEPS.length;

/** The version that a ledger was written in; 0 for one that holds nothing. */
export const versionOf = (db: Database.Database): number =>
  Number((db.pragma('user_version') as { user_version: number }[])[0].user_version);

/** Brings a ledger to this program's version. @returns the version that it had, or -1 when it is of a later program */
export function migrate(db: Database.Database): number {
  const had = versionOf(db);
  if (had > LEDGER_VERSION) return -1;
  for (let version = had; version < LEDGER_VERSION; version++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(STEPS[version]);
      db.exec(`PRAGMA user_version = ${version + 1}`);
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
  return had;
}
