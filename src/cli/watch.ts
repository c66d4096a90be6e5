import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import pino, { type Logger } from 'pino';
import { TextlessError } from '../core/errors.js';
import { Operator } from '../operator/operator.js';
import { loadWatch, type Watch } from '../service/configuration/watch.js';
import type { Installation } from '../service/engine/messages.js';
import { Service } from '../service/service.js';
import type { Context, Done, OpenContext } from './context.js';
import { modelFolder, packageFolder, packageVersion, perceptionFolder, pipelineFolder } from './installation.js';
import { libraryFolder } from './library-folder.js';

interface WatchFlags {
  readonly config?: string;
  readonly once?: boolean;
  readonly library?: string;
  readonly logLevel: string;
}

const HELP = `
Folders, pipelines and policies are in watch.yaml (docs/watch-folder.md). Without --config it is ./watch.yaml, ./watch/watch.yaml, or the one that comes with the program.
The log is one JSON object a line on stderr. SIGHUP reads watch.yaml again; SIGTERM or Ctrl-C ends the work so that it goes on from there next time; a second one ends it at once.

Examples:
  $ textless watch
  $ textless watch --config /srv/textless/watch.yaml
  $ textless watch --once                              do what is there, then end`;

/** The configuration that is meant: named, in this folder, or the one of the package. */
export function watchFile(named: string | undefined): string[] {
  return named ? [named] : ['watch.yaml', path.join('watch', 'watch.yaml'), path.join(packageFolder, 'watch', 'watch.yaml')];
}

/** Where the parts of the program lie. */
export function installation(env: Context['env'], library?: string): Installation {
  const tools = { ffmpeg: env['FFMPEG_PATH'], ffprobe: env['FFPROBE_PATH'] };
  return { version: packageVersion(), pipelineFolder, modelFolder, perceptionFolder, libraryFolder: libraryFolder(library, env), tools };
}

/** Reads the first configuration that is there. @throws TEXTLESS_CONFIG */
export async function openConfiguration(named: string | undefined): Promise<Watch> {
  const files = watchFile(named);
  const file = files.find((f) => existsSync(f));
  if (!file) throw new TextlessError('TEXTLESS_CONFIG', `There is no ${files[0]}; see watch --help.`);
  return loadWatch(file, { builtInFolder: pipelineFolder });
}

/** `textless watch` */
export function watchCommand(open: OpenContext, done: Done): Command {
  return new Command('watch')
    .description('watch folders: wipe what is dropped in, deliver what comes out, hold what needs a person')
    .option('-c, --config <watch.yaml>', 'the configuration')
    .option('--once', 'end when everything that is there has been done')
    .option('--library <folder>', 'the mark library, instead of the usual one')
    .addOption(new Option('--log-level <level>', 'what is logged').choices(['debug', 'info', 'warn', 'error']).default('info'))
    .addHelpText('after', HELP)
    .action(async (flags: WatchFlags) => {
      const { signal, env } = open({ quiet: true });
      const watch = await openConfiguration(flags.config);
      const log = pino(
        { level: flags.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
        pino.destination({ fd: 2, sync: true }),
      );
      await serve(watch, { log, signal, env, flags });
      done(0);
    });
}

interface Serving {
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly env: Context['env'];
  readonly flags: WatchFlags;
}

/** Runs the service until the signal, or with --once until nothing is left to do. */
async function serve(watch: Watch, { log, signal, env, flags }: Serving): Promise<void> {
  const operator = new Operator(watch, { log, env, version: packageVersion() });
  const service = await Service.start(watch, {
    log,
    signal,
    installation: installation(env, flags.library),
    onStep: operator.onStep,
    chunkFrames: chunkFrames(env),
  });
  const reload = (): void =>
    void reloaded(service, operator).catch((error: unknown) =>
      log.error({ err: error }, 'the new configuration is faulty; the old one stays'),
    );
  try {
    await operator.start(service.ledger, () => service.watch);
    process.on('SIGHUP', reload);
    log.info({ config: watch.file, folders: watch.folders.map((f) => f.name) }, 'watching');
    while (!signal.aborted && !(flags.once && (await service.idle()))) await wait(signal);
    log.info('stopping');
  } finally {
    process.off('SIGHUP', reload);
    await operator.close();
    await service.stop();
  }
}

async function reloaded(service: Service, operator: Operator): Promise<void> {
  operator.check(await loadWatch(service.watch.file, { builtInFolder: pipelineFolder }));
  await service.reload();
}

/** For trials with programmes of a few seconds: shots are restored and kept one by one. */
const chunkFrames = (env: Context['env']): number | undefined => Number(env['TEXTLESS_CHUNK_FRAMES']) || undefined;

const wait = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(over, 500);
    function over(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    }
    signal.addEventListener('abort', over, { once: true });
  });
