import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Watch } from '../../service/configuration/watch.js';
import { Ledger } from '../../service/ledger/ledger.js';
import { LEDGER_VERSION } from '../../service/ledger/schema.js';
import { ownerOf } from '../../service/ownership.js';
import { ledgerFile } from '../../service/service.js';
import { assertHooks, type Environment } from '../hooks/secrets.js';
import { pulseOf } from '../overview.js';
import { Advice, check, type Check } from './check.js';
import { damagedLedgers, lookAtEvents, lookAtFolder, lookAtRoom, lookAtWork } from './places.js';

/** Seconds that a service may be silent. */
const SILENT = 30;

/** Everything that watched folders need of the machine they are on. Changes nothing; files that it writes to see whether it may, it removes. */
export async function examineSetUp(watch: Watch, env: Environment): Promise<Check[]> {
  return [
    ...(await Promise.all(watch.folders.map((folder) => check(`folder ${folder.name}`, () => lookAtFolder(folder, watch))))),
    await check('work', () => lookAtWork(watch)),
    await check('room', () => lookAtRoom(watch)),
    await check('ledger', () => lookAtLedger(watch)),
    await check('service', () => lookAtService(watch)),
    await check('events', () => lookAtEvents(watch)),
    ...(watch.metrics ? [await check('metrics', () => lookAtPort(watch, watch.metrics!.port))] : []),
    ...(watch.hooks.length ? [await check('hooks', () => lookAtHooks(watch, env))] : []),
  ];
}

/** Opening it has SQLite go through all of it. */
async function lookAtLedger(watch: Watch): Promise<string | Advice> {
  const aside = await damagedLedgers(watch);
  const note = aside.length ? `; put aside as damaged: ${aside.join(', ')}` : '';
  if (!existsSync(ledgerFile(watch))) return `none yet: the service makes it${note}`;
  const ledger = Ledger.existing(ledgerFile(watch));
  try {
    const jobs = ledger.counts().reduce((sum, c) => sum + c.jobs, 0);
    const says = `version ${LEDGER_VERSION}, whole, ${jobs} jobs${note}`;
    return note ? new Advice(says) : says;
  } finally {
    ledger.close();
  }
}

/** Reads who runs the service; undefined where there is no ledger, or none that can be read. */
function running(watch: Watch): { says: string; silent: number } | undefined {
  if (!existsSync(ledgerFile(watch))) return undefined;
  const ledger = Ledger.existing(ledgerFile(watch));
  try {
    const owner = ownerOf(ledger);
    if (!owner) return undefined;
    const silent = Math.round((Date.now() - (pulseOf(ledger)?.at ?? Date.now())) / 1000);
    return { says: `runs as process ${owner.process.split('@')[0]} on ${owner.host}`, silent };
  } finally {
    ledger.close();
  }
}

function lookAtService(watch: Watch): string | Advice {
  const found = running(watch);
  if (!found) return new Advice('does not run: textless watch');
  if (found.silent > SILENT) throw new Error(`It ${found.says} and has said nothing for ${found.silent} seconds.`);
  return found.says;
}

async function lookAtPort(watch: Watch, port: number): Promise<string | Advice> {
  if (running(watch)) {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(5000) }).then((r) => r.text(), () => ''); // prettier-ignore
    if (/^textless_up 1$/m.test(answer)) return `given on port ${port}`;
    return new Advice(`the service that runs does not give them on port ${port}: a new port counts from its next start`);
  }
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return `port ${port} is free`;
  } catch (error) {
    throw new Error(`Port ${port} of 127.0.0.1 cannot be had (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  } finally {
    server.close();
  }
}

/** A service that systemd starts has variables of its own: those of this shell say little about them. */
function lookAtHooks(watch: Watch, env: Environment): string | Advice {
  assertHooks(watch.hooks, env);
  const open = watch.hooks.filter((h) => !h.secret).map((h) => new URL(h.url).host);
  if (open.length) return new Advice(`messages to ${open.join(', ')} are not signed: no secret is named`);
  return `${watch.hooks.length} with their secrets`;
}
