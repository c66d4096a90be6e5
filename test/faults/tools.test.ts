import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { liveChildren } from '../../src/media/children.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { assertEncoder, encodeProgramme } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import type { FrameTimes, Programme } from '../../src/media/programme.js';
import { ToolFailure, runTool } from '../../src/media/run-tool.js';
import { describeTools, useTools } from '../../src/media/tools.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { frameDigests, leftovers, program, small } from '../media/support.js';

const folder = temporaryFolder('tools');
const file = (name: string): string => path.join(folder, name);
const source = file('source.mp4');
let programme: Programme;
let times: FrameTimes;

beforeAll(async () => {
  small(source);
  programme = await probe(source);
  times = await frameTimes(programme);
});

afterEach(() => {
  useTools({});
  expect(liveChildren()).toBe(0);
  expect(leftovers(folder)).toEqual([]);
});

/** A tool that answers what it is asked about itself, and else writes down its process id and does as `script` says. */
const fake = (name: 'ffmpeg' | 'ffprobe', script: string): string =>
  program(
    file(`fake-${name}`),
    `case " $* " in *" -version "*|*" -encoders "*) exec ${name} "$@";; esac\necho $$ > ${file('pid')}\n${script}`,
  );

/** The process that wrote its id down is gone. */
const expectGone = (): void => {
  const pid = Number(readFileSync(file('pid'), 'utf8'));
  rmSync(file('pid'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
};

/** Most memory in bytes that this process held while something ran, above what it held before. */
async function growth(task: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
  try {
    await task();
  } finally {
    clearInterval(timer);
  }
  return Math.max(peak, process.memoryUsage().rss) - before;
}

const LINES = `exec yes "$(printf 'x%.0s' {1..150})"`;
const NO_LINES = `exec tr '\\0' x < /dev/zero`;

describe('case 40: a flood of messages takes no memory, and ends the process', () => {
  it.each([LINES, NO_LINES])('of ffprobe (%s)', async (flood) => {
    useTools({ ffprobe: fake('ffprobe', `${flood} >&2`) });
    const grown = await growth(() => expect(probe(source)).rejects.toMatchObject({ code: 'TEXTLESS_NOT_MEDIA' }));
    expect(grown).toBeLessThan(150 << 20);
    expectGone();
  });

  it('of ffprobe on its output', async () => {
    useTools({ ffprobe: fake('ffprobe', LINES) });
    await expect(probe(source)).rejects.toMatchObject({
      code: 'TEXTLESS_NOT_MEDIA',
      detail: expect.stringContaining('without end') as string,
    });
    expectGone();
  });

  it('and its first and last words are kept', async () => {
    const at = program(file('talker'), `echo first >&2; head -c 3000000 /dev/zero | tr '\\0' '\\n' >&2; echo last >&2; exit 1`);
    const failure = await runTool(at, []).catch((error: unknown) => error as ToolFailure);
    expect(failure).toBeInstanceOf(ToolFailure);
    expect((failure as ToolFailure).stderr).toMatch(/^first\n+last\n$/);
    expect((failure as ToolFailure).stderr.length).toBeLessThan(70_000);
  });

  it.each([LINES, NO_LINES])('of ffmpeg while it decodes (%s)', async (flood) => {
    useTools({ ffmpeg: fake('ffmpeg', `${flood} >&2`) });
    for (const task of [() => frameTimes(programme), () => frameDigests(programme)]) {
      const grown = await growth(() =>
        expect(task()).rejects.toMatchObject({ code: 'TEXTLESS_DECODE', detail: expect.stringContaining('without end') as string }),
      );
      expect(grown).toBeLessThan(150 << 20);
      expectGone();
    }
  });

  it.each(['>&2', ''])('of ffmpeg while it encodes (no line breaks, %s)', async (where) => {
    useTools({ ffmpeg: fake('ffmpeg', `case " $* " in *libx264*) ${NO_LINES} ${where};; *) exec ffmpeg "$@";; esac`) });
    const task = encodeProgramme(programme, decodeFrames(programme), times, file('out.mp4'));
    await expect(task).rejects.toMatchObject({ code: 'TEXTLESS_ENCODE' });
    expectGone();
  });
});

describe('case 37: an ffprobe that hangs is ended', () => {
  it('when its time is over', async () => {
    const at = fake('ffprobe', 'exec sleep 1000');
    await expect(runTool(at, ['-i', source], { limit: 200 })).rejects.toMatchObject({ code: 'TEXTLESS_STALLED' });
    expectGone();
  });

  it('also when something that it started holds on to its output', async () => {
    const at = fake('ffprobe', 'sleep 100 & wait');
    const from = performance.now();
    await expect(runTool(at, [], { limit: 200 })).rejects.toMatchObject({ code: 'TEXTLESS_STALLED' });
    expect(performance.now() - from).toBeLessThan(50_000);
    expectGone();
  });

  it('in a probe after a minute', async () => {
    useTools({ ffprobe: fake('ffprobe', 'exec sleep 1000') });
    await describeTools();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const task = probe(source);
      task.catch(() => {});
      await vi.waitFor(() => expect(readFileSync(file('pid'), 'utf8')).not.toBe(''), { timeout: 120_000, interval: 0 });
      await vi.advanceTimersByTimeAsync(61_000);
      await expect(task).rejects.toMatchObject({ code: 'TEXTLESS_STALLED', message: expect.stringContaining('did not answer') as string });
      expectGone();
    } finally {
      vi.useRealTimers();
    }
  });

  it('or when nobody wants to know any more', async () => {
    useTools({ ffprobe: fake('ffprobe', 'exec sleep 1000') });
    const controller = new AbortController();
    const task = probe(source, { signal: controller.signal });
    await vi.waitFor(() => readFileSync(file('pid'), 'utf8'), { timeout: 120_000 });
    controller.abort();
    await expect(task).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    expectGone();
  });
});

describe('children run under limits', () => {
  const limits = (): Record<string, string> => {
    const lines = readFileSync(file('limits'), 'utf8').matchAll(/^(Max [a-z ]+?) {2,}(\S+)/gm);
    return Object.fromEntries([...lines].map(([, name, soft]) => [name, soft]));
  };

  it('ffprobe of memory, core dumps and processor time, from its first instruction', async () => {
    useTools({ ffprobe: fake('ffprobe', `cat /proc/$$/limits > ${file('limits')}; exec ffprobe "$@"`) });
    await probe(source);
    expect(limits()).toMatchObject({ 'Max core file size': '0', 'Max cpu time': '60', 'Max address space': String(12 * 2 ** 30) });
  });

  it('ffmpeg of memory and core dumps', async () => {
    useTools({ ffmpeg: fake('ffmpeg', `sleep 0.5; cat /proc/$$/limits > ${file('limits')}; exec ffmpeg "$@"`) });
    await frameTimes(programme);
    expect(limits()).toMatchObject({ 'Max core file size': '0', 'Max cpu time': 'unlimited' });
    expect(Number(limits()['Max address space'])).toBeGreaterThanOrEqual(64 * 2 ** 30);
  });

  it('one that uses up its processor time is ended as one that hangs', async () => {
    const at = program(file('busy'), 'ulimit -S -t 1; while :; do :; done');
    await expect(runTool(at, [])).rejects.toMatchObject({ code: 'TEXTLESS_STALLED' });
  });
});

describe('what is wrong with ffmpeg is said before any work', () => {
  it('case 39: an encoder that is needed and missing', async () => {
    const without = program(file('without'), `case " $* " in *" -encoders "*) ffmpeg "$@" | grep -v libx264;; *) exec ffmpeg "$@";; esac`);
    useTools({ ffmpeg: without });
    const [tool] = await describeTools();
    expect(tool).toMatchObject({ name: 'ffmpeg', warnings: ['was built without libx264: programmes in h264 cannot be delivered'] });
    expect(tool.problem).toBeUndefined();
    const missing = { code: 'TEXTLESS_FFMPEG_MISSING', message: expect.stringContaining('libx264') as string };
    await expect(assertEncoder(programme)).rejects.toMatchObject(missing);
    await expect(encodeProgramme(programme, decodeFrames(programme), times, file('out.mp4'))).rejects.toMatchObject(missing);
    useTools({});
    await assertEncoder(programme);
  });

  it('case 39: an ffmpeg that cannot be run', async () => {
    useTools({ ffmpeg: '/dev/null' });
    expect(await describeTools()).toMatchObject([{ name: 'ffmpeg', problem: expect.stringContaining('cannot be run') as string }, {}]);
    await expect(probe(source)).rejects.toMatchObject({ code: 'TEXTLESS_FFMPEG_MISSING' });
  });

  it('case 65: an ffprobe of another version than ffmpeg is used, and said to be', async () => {
    useTools({
      ffprobe: program(file('newer'), 'if [ "$1" = -version ]; then echo "ffprobe version 9.0.1 Copyright"; else exec ffprobe "$@"; fi'),
    });
    const [, tool] = await describeTools();
    expect(tool).toMatchObject({
      name: 'ffprobe',
      version: '9.0.1',
      warnings: [expect.stringMatching(/is version 9\.0\.1, but ffmpeg is/)],
    });
    expect((await probe(source)).video.codec).toBe('h264');
    useTools({});
    for (const own of await describeTools()) expect(own.warnings).toBeUndefined();
  });

  it('case 65: an ffprobe that vanishes before it is started', async () => {
    const vanishing = program(file('vanishing'), 'exec ffprobe "$@"');
    useTools({ ffprobe: vanishing });
    await probe(source);
    rmSync(vanishing);
    await expect(probe(source)).rejects.toMatchObject({
      code: 'TEXTLESS_FFMPEG_MISSING',
      message: expect.stringContaining('cannot be started') as string,
    });
  });
});
