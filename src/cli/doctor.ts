import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { Command } from 'commander';
import sharp from 'sharp';
import { TextlessError } from '../core/errors.js';
import { installedLanguages } from '../detect/reading/languages.js';
import { describeTools } from '../media/tools.js';
import { Advice, check, type Check } from '../operator/setup/check.js';
import { examineSetUp } from '../operator/setup/set-up.js';
import { readManifest } from '../restore/network/manifest.js';
import type { Watch } from '../service/configuration/watch.js';
import type { Context, Done, OpenContext } from './context.js';
import { modelFolder, packageVersion } from './installation.js';
import { openConfiguration } from './watch.js';

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

async function tool(name: string): Promise<string | Advice> {
  const found = (await describeTools()).find((t) => t.name === name);
  if (!found?.version || found.problem) throw new TextlessError('TEXTLESS_FFMPEG_MISSING', found?.problem ?? `${name} was not found.`);
  const says = `${found.version} (${found.path})`;
  return found.warnings ? new Advice(`${says}; it ${found.warnings.join('; it ')}`) : says;
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

/** The configuration, and what it needs; without one that can be read nothing more can be said. */
async function examineWatch(config: string, env: Context['env']): Promise<Check[]> {
  let watch: Watch | undefined;
  const read = await check('watch', async () => {
    watch = await openConfiguration(config);
    return `${watch.file}: ${watch.folders.length} ${watch.folders.length === 1 ? 'folder' : 'folders'}, pipelines readable, in and out apart`;
  });
  return watch ? [read, ...(await examineSetUp(watch, env))] : [read];
}

const HELP = `
Examples:
  $ textless doctor
  $ textless doctor --config watch.yaml                and whether the watched folders can be served
  $ textless doctor --json`;

/** `textless doctor` */
export function doctorCommand(open: OpenContext, done: Done): Command {
  return new Command('doctor')
    .description('say whether everything is here that is needed')
    .option('-c, --config <watch.yaml>', 'look at watched folders too')
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (flags: { json?: boolean; config?: string }) => {
      const { terminal, env } = open(flags);
      const checks = [...(await examine()), ...(flags.config ? await examineWatch(flags.config, env) : [])];
      const width = Math.max(...checks.map((c) => c.name.length));
      if (flags.json) terminal.say(JSON.stringify({ ok: checks.every((c) => c.ok), checks }));
      else for (const c of checks) terminal.say(`${mark(c, terminal)} ${c.name.padEnd(width)} ${c.says}`);
      done(checks.every((c) => c.ok) ? 0 : 4);
    });
}

const mark = ({ ok, advice }: Check, terminal: Context['terminal']): string =>
  advice ? terminal.style('yellow', 'note  ') : ok ? terminal.style('green', 'ok    ') : terminal.style('red', 'wrong ');
