/**
 * Kills the watch service with SIGKILL at random moments while it works on a batch of programmes, then lets it finish, and counts what was lost, delivered
 * twice, visible when it was not whole, or other than in an undisturbed run.
 *
 *   npm run build && npx tsx scripts/crash.ts --programmes 20 --kills 200 [--faults 0.002] [--longest 12] [--seed 1] [--out FOLDER] [--folder FOLDER --full]
 *
 * With --faults, that share of the writes of the service and its workers fails with EIO or ENOSPC. With --full, the file system of --folder, which must be a
 * small one of its own (`mount -t tmpfs -o size=300m none FOLDER`), is filled to its end in every third life. Exit status 1 when anything is wrong.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { crashRun } from '../test/service/crash-run.js';

const { values } = parseArgs({
  options: {
    programmes: { type: 'string', default: '20' },
    kills: { type: 'string', default: '200' },
    faults: { type: 'string', default: '0' },
    out: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    full: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    longest: { type: 'string', default: '12' },
  },
});
const report = await crashRun({
  folder: mkdtempSync(path.join(values.folder, 'textless-crash-')),
  programmes: Number(values.programmes),
  kills: Number(values.kills),
  faults: Number(values.faults),
  out: values.out,
  seed: Number(values.seed),
  longest: Number(values.longest),
  full: values.full,
  say: (line) => console.error(line),
});
console.log(JSON.stringify(report, null, 2));
process.exitCode = report.wrong.length ? 1 : 0;
