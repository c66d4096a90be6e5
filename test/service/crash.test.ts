import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/programmes.js';
import { crashRun } from './crash-run.js';

const folder = temporaryFolder('crash');

// The long form, with hundreds of kills: scripts/crash.ts.
it(
  'case 31: a service that is killed at random moments, on a disk that fails now and then, loses nothing, delivers nothing twice, shows nothing half, and gives the same files',
  { timeout: 400_000 },
  async () => {
    const at = path.join(folder, 'run');
    mkdirSync(at);
    const report = await crashRun({ folder: at, programmes: 2, kills: 6, faults: 0.005, seed: 3, longest: 9 });
    expect(report.wrong).toEqual([]);
    expect(report).toMatchObject({ delivered: 2, again: 0 });
  },
);
