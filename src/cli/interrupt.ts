import { TextlessError } from '../core/errors.js';

/**
 * The signal that SIGINT and SIGTERM abort. The first asks for a clean end (children killed, partial output removed);
 * a second one ends the process at once.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new TextlessError('TEXTLESS_CANCELLED', 'Cancelled; nothing was left behind.', `received ${name}`));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
