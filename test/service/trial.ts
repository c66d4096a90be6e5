import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, beforeAll } from 'vitest';
import { modelFolder, packageVersion, perceptionFolder, pipelineFolder } from '../../src/cli/installation.js';
import { loadWatch } from '../../src/service/configuration/watch.js';
import type { Installation } from '../../src/service/engine/messages.js';
import type { Job } from '../../src/service/ledger/job.js';
import type { State } from '../../src/service/ledger/states.js';
import { Service, type ServiceOptions } from '../../src/service/service.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';

/** Looks for nothing, so that every programme is delivered as it is: quick. */
const QUICK = 'version: 1\nname: quick\ndescription: Looks for no mark.\nmarks: {}\n';

export interface TrialOptions {
  /** More of the folder's settings, as YAML in braces: `, existing: refuse`. */
  readonly folder?: string;
  /** More of the file, as YAML. */
  readonly more?: string;
  readonly input?: string;
  readonly out?: string;
  readonly pipeline?: string;
  readonly installation?: Partial<Installation>;
}

/** A watch folder of its own, run in this process. */
export class Trial {
  service: Service | undefined;
  readonly words: string[] = [];
  #stop = new AbortController();

  constructor(
    readonly base: string,
    private readonly options: TrialOptions = {},
  ) {
    mkdirSync(path.join(base, 'in'), { recursive: true });
    writeFileSync(path.join(base, 'quick.yaml'), QUICK);
    this.configure(options);
  }

  configure({ folder = '', more = '', input = 'in', out = 'out', pipeline = './quick.yaml' }: TrialOptions): void {
    const ready = 'ready: { every: 0.1s, quiet: 0.3s, stale: 3s }';
    const places = 'hold: hold, failed: failed, archive: archive';
    writeFileSync(
      path.join(this.base, 'watch.yaml'),
      `version: 1\nfolders:\n  - { name: all, in: ${JSON.stringify(input)}, out: ${JSON.stringify(out)}, ${places}, pipeline: ${pipeline}, ${ready}${folder} }\njobs: { together: 2, pause: 0.1s, stall: 60s, grace: 5s }\ndisk: { reserve: 0 }\n${more}`,
    );
  }

  async start(options: Partial<ServiceOptions> = {}): Promise<Service> {
    this.#stop = new AbortController();
    const watch = await loadWatch(path.join(this.base, 'watch.yaml'), { builtInFolder: pipelineFolder });
    const log = pino({ level: 'debug', base: null }, { write: (line: string) => void this.words.push(line) });
    const installation = { version: packageVersion(), pipelineFolder, modelFolder, perceptionFolder, libraryFolder: path.join(this.base, 'marks'), tools: {}, ...this.options.installation }; // prettier-ignore
    return (this.service = await Service.start(watch, { installation, log, signal: this.#stop.signal, ...options }));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    const service = this.service;
    this.service = undefined;
    await service?.stop();
  }

  /** Puts a copy of a file into the in-folder. */
  drop(name: string, from: string): void {
    copyFileSync(from, this.path('in', name));
  }

  path(...parts: string[]): string {
    return path.join(this.base, ...parts);
  }

  /** Names in a folder of the trial; hidden ones too. */
  names(...parts: string[]): string[] {
    const at = this.path(...parts);
    return existsSync(at) ? readdirSync(at).sort() : [];
  }

  jobs(): Job[] {
    return this.service!.ledger.in(['queued', 'working', 'delivering', 'delivered', 'done', 'held', 'failed', 'rejected', 'cancelled']);
  }

  /** Waits until a job of a name is in a state. */
  async until(name: string, ...states: State[]): Promise<Job> {
    return this.when(`${name} is ${states.join(' or ')}`, () => this.service!.ledger.find(name).find((j) => states.includes(j.state)));
  }

  async when<T>(what: string, found: () => T | undefined | false, seconds = 120): Promise<T> {
    for (const end = performance.now() + 1000 * seconds; performance.now() < end; await wait(30)) {
      const value = found();
      if (value) return value;
    }
    const jobs = this.jobs().map((j) => `${j.id} ${j.name} ${j.state} ${j.code ?? ''} ${j.reason ?? ''} ${j.detail ?? ''}`);
    throw new Error(`not in ${seconds} s: ${what}\n${jobs.join('\n')}\n${this.words.slice(-10).join('')}`);
  }
}

/** The real ffmpeg, for programs that stand in for it. */
export const realFfmpeg = execFileSync('which', ['ffmpeg']).toString().trim();

/** Trials of one file of tests, one a test, each stopped after it; and two short programmes without a mark. */
export function trials(name: string): {
  readonly folder: string;
  readonly good: string;
  readonly other: string;
  readonly begin: (options?: TrialOptions) => Trial;
} {
  const folder = temporaryFolder(name);
  const [good, other] = [1, 2].map((seconds) => path.join(folder, `${seconds}-s.mp4`));
  const begun: Trial[] = [];
  beforeAll(() => {
    [good, other].forEach((file, n) =>
      ffmpeg('-f', 'lavfi', '-i', `testsrc2=s=64x48:r=25:d=${n + 1}`, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file),
    );
  });
  afterEach(() => begun.at(-1)?.stop());
  const begin = (options?: TrialOptions): Trial => {
    const trial = new Trial(path.join(folder, `${begun.length}`), options);
    begun.push(trial);
    return trial;
  };
  return { folder, good, other, begin };
}

/** Finds what a test card in the corner is, and wipes it without the network and without asking. */
export const WIPE = `version: 1
name: wipe
description: Wipes a logo without asking.
marks: { logo: { action: wipe, minConfidence: 0, holdConfidence: 0 }, score-bar: { action: wipe, minConfidence: 0, holdConfidence: 0 } }
restore: { network: false }
library: { use: false }
limits: { maxArea: 1, maxTogether: 1 }
`;

/** The same, but everything found needs a person. */
export const HOLD = WIPE.replaceAll('holdConfidence: 0', 'holdConfidence: 1');

/** Two seconds of a picture that moves, under a test card in the corner, and a tone. */
export function marked(file: string): void {
  const graph = '[0][1]overlay=W-w-16:12,format=yuv420p';
  const inputs = [
    '-f',
    'lavfi',
    '-i',
    'mandelbrot=s=320x180:r=25:end_scale=0.05',
    '-f',
    'lavfi',
    '-i',
    'smptebars=s=48x32:r=25',
    '-f',
    'lavfi',
    '-i',
    'sine=440',
  ];
  ffmpeg(
    ...inputs,
    '-filter_complex',
    `${graph}[v]`,
    '-map',
    '[v]',
    '-map',
    '2',
    '-t',
    '2',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-crf',
    '14',
    '-c:a',
    'aac',
    file,
  );
}

/** The parts of the program as they are here, with another ffmpeg. */
export const installationWith = (ffmpegPath: string, libraryFolder: string): Installation => ({
  ...{ version: packageVersion(), pipelineFolder, modelFolder, perceptionFolder, libraryFolder },
  tools: { ffmpeg: ffmpegPath },
});

/** A program of a test that stands in for another. */
export function program(file: string, script: string): string {
  writeFileSync(file, `#!/bin/bash\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}
