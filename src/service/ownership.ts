import os from 'node:os';
import { TextlessError } from '../core/errors.js';
import { processIdentity } from './engine/process-group.js';
import type { Ledger } from './ledger/ledger.js';

/** Milliseconds that a service on another host is believed to run without another word; and between two words. */
const BELIEVED = 60_000;
export const RENEW = 10_000;

interface Owner {
  readonly host: string;
  readonly process: string;
  readonly until: number;
}

/** Who runs the service on a ledger; undefined when nobody does. */
export function ownerOf(ledger: Ledger): Owner | undefined {
  const text = ledger.fact('owner');
  if (!text) return undefined;
  const owner = JSON.parse(text) as Owner;
  const here = owner.host === os.hostname();
  const alive = here ? processIdentity(Number(owner.process.split('@')[0])) === owner.process : owner.until > Date.now();
  return alive ? owner : undefined;
}

/** Makes this process the one that runs the service. @throws TEXTLESS_RUNNING where another one does */
export function own(ledger: Ledger): void {
  const owner = ownerOf(ledger);
  const self = processIdentity(process.pid) ?? `${process.pid}`;
  if (owner && !(owner.host === os.hostname() && owner.process === self))
    throw new TextlessError(
      'TEXTLESS_RUNNING',
      `These folders are watched already, by process ${owner.process.split('@')[0]} on ${owner.host}.`,
    );
  ledger.setFact('owner', JSON.stringify({ host: os.hostname(), process: self, until: Date.now() + BELIEVED } satisfies Owner));
}
