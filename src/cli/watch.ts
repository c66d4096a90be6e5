import path from 'node:path';
import { Command } from 'commander';
import pino, { type Logger } from 'pino';
import { TextlessError } from '../core/errors.js';
import { loadWatch } from '../service/configuration/watch.js';
import type { Installation } from '../service/engine/messages.js';
import { Service } from '../service/service.js';
import type { Context, Done, OpenContext } from './context.js';
import { modelFolder, packageFolder, packageVersion, perceptionFolder, pipelineFolder } from './installation.js';
import { libraryFolder } from './library-folder.js';

interface WatchFlags {
  readonly config: string;
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
