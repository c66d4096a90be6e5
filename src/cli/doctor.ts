import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { Command } from 'commander';
import sharp from 'sharp';
import { TextlessError } from '../core/errors.js';
import { installedLanguages } from '../detect/reading/languages.js';
import { describeTools } from '../media/tools.js';
import { readManifest } from '../restore/network/manifest.js';
import type { Done, OpenContext } from './context.js';
import { modelFolder, packageVersion } from './installation.js';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly says: string;
}

/** Runs a check; a thrown error is its answer. */
async function check(name: string, look: () => Promise<string> | string): Promise<Check> {
  try {
    return { name, ok: true, says: await look() };
  } catch (error) {
    const says = error instanceof TextlessError ? error.message : String(error instanceof Error ? error.message : error);
    return { name, ok: false, says };
  }
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

async function tool(name: string): Promise<string> {
  const found = (await describeTools()).find((t) => t.name === name);
  if (!found?.version || found.problem) throw new TextlessError('TEXTLESS_FFMPEG_MISSING', found?.problem ?? `${name} was not found.`);
  return `${found.version} (${found.path})`;
}

async function freeSpace(): Promise<string> {
  const { bavail, bsize } = await statfs('.');
  return `${gibibytes(bavail * bsize)} free in this folder`;
}

/** Everything the program needs of the machine it is on. */
async function examine(): Promise<Check[]> {
  return Promise.all([
    check('textless', () => packageVersion()),
    check('node', () => process.version),
    ...['ffmpeg', 'ffprobe'].map((name) => check(name, () => tool(name))),
    check('network', async () => {
      const { name, version, sha256, steps } = await readManifest(modelFolder);
      return `${name} ${version}, ${steps} steps, sha256 ${sha256.slice(0, 12)}…`;
    }),
    check('languages', async () => {
      const installed = await installedLanguages();
      if (!installed.length)
        throw new TextlessError('TEXTLESS_LANGUAGE', 'No language is installed: type: npm install @tesseract.js-data/eng');
      return `text is read in ${installed.join(', ')}`;
    }),
    check('pictures', () => `sharp with libvips ${sharp.versions.vips}`),
    check('machine', () => `${os.availableParallelism()} cores, ${gibibytes(os.totalmem())} memory`),
    check('disk', freeSpace),
  ]);
}

/** `textless doctor` */
export function doctorCommand(open: OpenContext, done: Done): Command {
  return new Command('doctor')
    .description('say whether everything is here that is needed')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExamples:\n  $ textless doctor\n  $ textless doctor --json')
    .action(async (flags: { json?: boolean }) => {
      const { terminal } = open(flags);
      const checks = await examine();
      if (flags.json) terminal.say(JSON.stringify({ ok: checks.every((c) => c.ok), checks }));
      else
        for (const c of checks)
          terminal.say(`${c.ok ? terminal.style('green', 'ok    ') : terminal.style('red', 'wrong ')} ${c.name.padEnd(10)} ${c.says}`);
      done(checks.every((c) => c.ok) ? 0 : 4);
    });
}
