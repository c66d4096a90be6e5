import type { Logger } from 'pino';
import type { Watch } from '../service/configuration/watch.js';
import type { Job } from '../service/ledger/job.js';
import type { Ledger } from '../service/ledger/ledger.js';
import { Hooks } from './hooks/hooks.js';
import { assertHooks, type Environment } from './hooks/secrets.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsServer } from './metrics/server.js';
import { Pace } from './pace.js';
import { sweepPlans } from './plans.js';

/** Milliseconds between two looks at how fast work goes, and between two at plans that nobody needs any more. */
const LOOK = 2000;
const SWEEP = 3_600_000;

export interface OperatorOptions {
  readonly log: Logger;
  readonly env: Environment;
  readonly version: string;
}

/** What a running service shows and tells to those who run it. Nothing of it is needed for the work, and nothing of it holds the work up. */
export class Operator {
  #metrics: Metrics | undefined;
  #server: MetricsServer | undefined;
  #hooks: Hooks | undefined;
  #timers: NodeJS.Timeout[] = [];

  /** @throws TEXTLESS_CONFIG when a hook cannot be used */
  constructor(
    watch: Watch,
    private readonly options: OperatorOptions,
  ) {
    this.check(watch);
  }

  /** Begins, once the service has its ledger. @throws TEXTLESS_CONFIG when the port of the metrics is taken */
  async start(ledger: Ledger, watch: () => Watch): Promise<void> {
    const { log, version, env } = this.options;
    const { metrics } = watch();
    if (metrics) {
      const shown = (this.#metrics = new Metrics({ ledger, watch, version }));
      const onError = (err: unknown): void => log.error({ err }, 'metrics could not be given');
      this.#server = await MetricsServer.open(metrics.port, { contentType: shown.contentType, text: () => shown.text() }, onError);
    }
    this.#hooks = new Hooks({ ledger, log, watch, env, onEnd: (what) => this.#metrics?.message(what) });
    const pace = new Pace(ledger);
    const sweep = (): void => void sweepPlans(ledger, watch()).catch((err: unknown) => log.warn({ err }, 'old plans could not be removed'));
    sweep();
    this.#timers = [setInterval(() => this.#safely(() => pace.look()), LOOK), setInterval(sweep, SWEEP)];
  }

  /** For ServiceOptions.onStep. Never throws: the job has made its step whatever becomes of the news. */
  readonly onStep = (job: Job): void => {
    this.#safely(() => this.#metrics?.step(job));
    if (this.#hooks) setImmediate(() => this.#hooks?.kick());
  };

  /** Whether a configuration can be taken. @throws TEXTLESS_CONFIG when a hook of it cannot be used */
  check(watch: Watch): void {
    assertHooks(watch.hooks, this.options.env);
  }

  /** Call it before the ledger is closed. */
  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await this.#hooks?.stop();
    this.#hooks = undefined;
    await this.#server?.close();
    this.#metrics?.close();
    this.#metrics = undefined;
  }

  #safely(act: () => void): void {
    try {
      act();
    } catch (err) {
      this.options.log.warn({ err }, 'what happens could not be shown');
    }
  }
}
