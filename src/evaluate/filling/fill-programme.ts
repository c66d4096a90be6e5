import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Case } from '../programmes/case.js';
import { makeProgramme, marksOf } from '../programmes/make.js';
import { openCase } from './case-folder.js';
import { fillCase, type Filled } from './run-fill.js';

/** What came of the filling of one programme. */
export interface FillResult extends Filled {
  readonly name: string;
  /** The kind of mark; for a case that was given, what its truth calls it. */
  readonly group: string;
  readonly motion: Case['motion'] | 'given';
  readonly shots: number;
}

export interface FillProgrammeOptions {
  /** Folder of the restoring network. */
  readonly modelFolder: string;
  /** The folder of rendered takes. */
  readonly takes: string;
  /** Where the programme is made. */
  readonly work: string;
  /** Leaves the programme there. */
  readonly keep: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Makes a programme with its truth, or opens one that is there, and fills its marks by every method. What was made is removed. */
export async function fillProgramme(programme: Case | { readonly folder: string }, options: FillProgrammeOptions): Promise<FillResult> {
  const { modelFolder, takes, work, keep, signal } = options;
  const made = 'name' in programme ? programme : undefined;
  const folder = 'folder' in programme ? programme.folder : path.join(work, programme.name);
  const aside = await mkdtemp(path.join(work, 'results-'));
  let complete = false;
  try {
    if (made) await makeProgramme(made, await marksOf(made), { folder, takes, keep: true, signal });
    const { name, truth, ...files } = await openCase(folder, signal);
    const filled = await fillCase({ name, truth, ...files }, { modelFolder, work: aside, signal });
    complete = true;
    return { name, group: truth.kind, motion: made?.motion ?? 'given', shots: truth.cuts.length + 1, ...filled };
  } finally {
    await rm(aside, { recursive: true, force: true });
    if (made && !(keep && complete)) await rm(folder, { recursive: true, force: true });
  }
}
