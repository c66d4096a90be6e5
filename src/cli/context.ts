import type { Terminal } from './terminal.js';

/** What a command may use of the process it runs in. */
export interface Context {
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
}

/** Opens the context once the command's own options are known. */
export type OpenContext = (options: { quiet?: boolean; json?: boolean }) => Context;

/** Hands the exit status back to the program. */
export type Done = (status: number) => void;
