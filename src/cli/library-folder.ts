import os from 'node:os';
import path from 'node:path';
import type { Context } from './context.js';

/** Where the mark library lies: as the command line says, then TEXTLESS_MARKS, then where the XDG Base Directory Specification puts a person's data. */
export function libraryFolder(named: string | undefined, env: Context['env']): string {
  if (named) return path.resolve(named);
  if (env['TEXTLESS_MARKS']) return path.resolve(env['TEXTLESS_MARKS']);
  const home = env['XDG_DATA_HOME'];
  // The specification has relative paths ignored.
  const data = home && path.isAbsolute(home) ? home : path.join(env['HOME'] || os.homedir(), '.local', 'share');
  return path.join(data, 'textless', 'marks');
}
