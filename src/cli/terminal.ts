import { styleText } from 'node:util';
import type { Progress } from '../core/progress.js';
import { clock } from '../core/time.js';

type Style = Parameters<typeof styleText>[0];

/** Where the program speaks: results on stdout, everything else on stderr. */
export interface Terminal {
  /** One line of result. */
  say(line: string): void;
  /** One line for the person, not part of the result. */
  note(line: string): void;
  /** Styled text when stderr is a terminal that wants colour (NO_COLOR is honoured), else as it is. */
  style(style: Style, text: string): string;
  /** Shows progress of a step on one line that rewrites itself; nothing in a pipe. */
  progress(name: string, progress: Progress): void;
  /** Removes the progress line. */
  clear(): void;
}

export interface TerminalOptions {
  readonly quiet: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the steps of a job are called. */
export const STAGES: Record<Progress['stage'], string> = {
  scan: 'looking for marks',
  mask: 'drawing masks',
  read: 'reading text',
  wipe: 'wiping',
  verify: 'checking',
};

/** Frames per second over the last few seconds, so that the time left follows what the machine does now. */
class Pace {
  readonly #marks: { at: number; done: number }[] = [];
  #stage = '';

  update(progress: Progress, now: number): number {
    if (progress.stage !== this.#stage || progress.done < (this.#marks.at(-1)?.done ?? 0)) {
      this.#stage = progress.stage;
      this.#marks.length = 0;
    }
    this.#marks.push({ at: now, done: progress.done });
    while (this.#marks.length > 2 && now - this.#marks[0].at > 8000) this.#marks.shift();
    const first = this.#marks[0];
    return now > first.at ? ((progress.done - first.done) * 1000) / (now - first.at) : 0;
  }
}

/** One progress line: `wiping news.ts  42 %  31.0 frames/s  0:12 left`. Pure, for tests. */
export function progressLine(name: string, progress: Progress, framesPerSecond: number): string {
  const parts = [`${STAGES[progress.stage]} ${name}`];
  const unit = progress.stage === 'read' ? 'cues' : 'frames';
  if (progress.total > 0) parts.push(`${Math.min(100, Math.floor((100 * progress.done) / progress.total))} %`);
  else parts.push(`${progress.done} ${unit}`);
  if (framesPerSecond > 0) {
    parts.push(`${framesPerSecond.toFixed(1)} ${unit}/s`);
    if (progress.total > progress.done) parts.push(`${clock((progress.total - progress.done) / framesPerSecond)} left`);
  }
  return parts.join('  ');
}

/** The process's own terminal. */
export function openTerminal({ quiet, env }: TerminalOptions): Terminal {
  const live = Boolean(process.stderr.isTTY) && !quiet;
  const colour = live && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const pace = new Pace();
  let shownAt = 0;
  let shown = false;
  const clear = (): void => {
    if (shown) process.stderr.write('\r\x1b[2K');
    shown = false;
  };
  return {
    say: (line) => {
      clear();
      process.stdout.write(`${line}\n`);
    },
    note: (line) => {
      clear();
      if (!quiet) process.stderr.write(`${line}\n`);
    },
    style: (style, text) => (colour ? styleText(style, text) : text),
    progress: (name, progress) => {
      if (!live) return;
      const now = Date.now();
      const speed = pace.update(progress, now);
      if (now - shownAt < 200) return;
      shownAt = now;
      const line = progressLine(name, progress, speed).slice(0, Math.max(20, (process.stderr.columns || 80) - 1));
      process.stderr.write(`\r\x1b[2K${line}`);
      shown = true;
    },
    clear,
  };
}
