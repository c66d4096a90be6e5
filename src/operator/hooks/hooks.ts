import type { Logger } from 'pino';
import type { Hook } from '../../service/configuration/schema.js';
import type { Watch } from '../../service/configuration/watch.js';
import type { Ledger } from '../../service/ledger/ledger.js';
import { messageOf, signatureOf, type HookMessage } from './message.js';
import { post } from './post.js';
import { secretOf, type Environment } from './secrets.js';

/** Seconds until a message that was not taken is sent again; after the last one it is dropped. Eight attempts in about four hours. */
const PAUSES: readonly number[] = [10, 60, 300, 900, 1800, 3600, 7200];
/** Messages that wait for one receiver at most: the oldest give way. */
const MOST = 1000;
/** Milliseconds that a receiver has for its answer, and between two looks at what is due. */
const PATIENCE = 10_000;
const TICK = 1000;
/** Milliseconds that messages under way have when the service stops. */
const MOMENT = 2000;
/** Steps, or messages, that are seen to at once. */
const PAGE = 32;

export interface HooksOptions {
  readonly ledger: Ledger;
  readonly log: Logger;
  /** The configuration as it is now. */
  readonly watch: () => Watch;
  readonly env: Environment;
  readonly onEnd?: (what: 'delivered' | 'dropped') => void;
  readonly pauses?: readonly number[];
  readonly patience?: number;
}

/**
 * Tells receivers what became of jobs. Messages are made of the steps that the ledger holds, wait in the ledger, and outlive the process: each is sent
 * at least once, or dropped with a line in the log. One at a time goes to each receiver; nothing else waits for them.
 */
export class Hooks {
  readonly #stopping = new AbortController();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly options: HooksOptions) {
    this.#begin();
    this.#timer = setInterval(() => this.kick(), TICK);
    this.kick();
  }

  /** Something has happened: sees what is to be told, and sends what is due. Never throws. */
  kick(): void {
    if (this.#stopping.signal.aborted) return;
    try {
      this.#gather();
      this.#dropOrphans();
      for (const hook of this.#hooks) if (!this.#busy.has(hook.url)) this.#begun(hook);
    } catch (error) {
      this.options.log.error({ err: error }, 'messages could not be queued; it is tried again');
    }
  }

  /** Gives what is under way a moment, then ends it; what was not taken is sent again by the next run. */
  async stop(moment = MOMENT): Promise<void> {
    clearInterval(this.#timer);
    this.kick();
    const late = setTimeout(() => this.#stopping.abort(), moment);
    await Promise.all(this.#busy.values());
    clearTimeout(late);
    this.#stopping.abort();
  }

  get #hooks(): readonly Hook[] {
    return this.options.watch().hooks;
  }

  /** What happened before there were any receivers is not told. */
  #begin(): void {
    const { ledger } = this.options;
    const told = ledger.fact('told');
    if (!this.#hooks.length && told !== undefined) ledger.setFact('told', undefined);
    else if (this.#hooks.length && told === undefined) ledger.setFact('told', String(ledger.lastEvent()));
  }

  /** Makes messages of the steps since the last look. A crash in between makes one twice, with the same delivery. */
  #gather(): void {
    const { ledger, watch } = this.options;
    this.#begin();
    const events = this.#hooks.length ? ledger.eventsAfter(Number(ledger.fact('told')), PAGE) : [];
    for (const event of events) {
      const wanted = this.#hooks.filter((h) => (h.on as readonly string[]).includes(event.to));
      const job = wanted.length ? ledger.job(event.job) : undefined;
      if (job) for (const { url } of wanted) ledger.addHook(url, JSON.stringify(messageOf(event, job, watch())), MOST);
    }
    if (events.length) ledger.setFact('told', String(events.at(-1)!.id));
    if (events.length === PAGE) setImmediate(() => this.kick()); // others have their turn in between
  }

  #dropOrphans(): void {
    const { ledger, log } = this.options;
    for (const { id, url } of ledger.hooks(PAGE)) {
      if (this.#hooks.some((h) => h.url === url)) continue;
      ledger.dropHook(id);
      log.warn({ host: hostOf(url) }, 'a message was dropped: its receiver is no longer in the configuration');
    }
  }

  #begun(hook: Hook): void {
    const over = this.#drain(hook).finally(() => this.#busy.delete(hook.url));
    this.#busy.set(hook.url, over);
  }

  async #drain(hook: Hook): Promise<void> {
    try {
      while (!this.#stopping.signal.aborted) {
        const message = this.options.ledger.hooksTo(hook.url, 1).at(0);
        if (!message) return;
        await this.#send(hook, message);
      }
    } catch (error) {
      this.options.log.error({ err: error, host: hostOf(hook.url) }, 'messages could not be sent; it is tried again');
    }
  }

  async #send(hook: Hook, { id, body, attempt }: { id: number; body: string; attempt: number }): Promise<void> {
    const { ledger, log, env, onEnd, pauses = PAUSES, patience = PATIENCE } = this.options;
    const { delivery, event } = JSON.parse(body) as HookMessage;
    const seconds = Math.floor(Date.now() / 1000);
    const secret = secretOf(hook, env);
    const headers = {
      'user-agent': 'textless',
      'x-textless-event': event,
      'x-textless-delivery': delivery,
      'x-textless-timestamp': String(seconds),
      ...(secret ? { 'x-textless-signature': signatureOf(secret, seconds, body) } : {}),
    };
    const { taken, says } = await post(hook.url, body, headers, patience, this.#stopping.signal);
    if (this.#stopping.signal.aborted && !taken) return;
    const about = { host: hostOf(hook.url), event, delivery, attempt: attempt + 1, says };
    if (!taken && attempt < pauses.length) {
      ledger.delayHook(id, attempt + 1, Date.now() + 1000 * pauses[attempt]);
      return log.warn(about, 'a message was not taken; it is sent again');
    }
    ledger.dropHook(id);
    onEnd?.(taken ? 'delivered' : 'dropped');
    if (taken) log.debug(about, 'a message was taken');
    else log.error(about, 'a message was dropped: its receiver did not take it');
  }
}

/** An address may hold a key. */
const hostOf = (url: string): string => new URL(url).host;
