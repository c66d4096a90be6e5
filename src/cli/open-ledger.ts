import type { Watch } from '../service/configuration/watch.js';
import { Ledger } from '../service/ledger/ledger.js';
import { ownerOf } from '../service/ownership.js';
import { ledgerFile } from '../service/service.js';
import { openConfiguration } from './watch.js';

/** Does something with the ledger of a configuration, beside the service or without one. @throws TEXTLESS_CONFIG, TEXTLESS_NOT_FOUND */
export async function withLedger<T>(config: string | undefined, work: (ledger: Ledger, watch: Watch) => Promise<T> | T): Promise<T> {
  const watch = await openConfiguration(config);
  const ledger = Ledger.existing(ledgerFile(watch));
  try {
    return await work(ledger, watch);
  } finally {
    ledger.close();
  }
}

/** When what a person asked for is done: the service looks every second. */
export const whenDone = (ledger: Ledger): string => (ownerOf(ledger) ? '' : '; no service runs: it is done when it runs next');
