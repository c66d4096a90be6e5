import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Frame } from '../../src/core/frame.js';
import { liveChildren } from '../../src/media/children.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { encodeProgramme } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import type { FrameTimes, Programme } from '../../src/media/programme.js';
import { copyProgramme } from '../../src/media/publish.js';
import { describeTools, useTools } from '../../src/media/tools.js';
import { Watchdog } from '../../src/media/watchdog.js';
import { ffmpeg, sha256, temporaryFolder } from '../fixtures/programmes.js';
import { frameDigests, leftovers, picture, processesNaming, program, small } from './support.js';

const folder = temporaryFolder('failures');
const file = (name: string): string => path.join(folder, name);
const source = file('source-of-failures.mp4');
const out = file('out');
let programme: Programme;
let times: FrameTimes;
let digest: string;

beforeAll(async () => {
  mkdirSync(out);
  ffmpeg(...picture('320x180', '25', 4), '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', source);
  programme = await probe(source);
  times = await frameTimes(programme);
  digest = sha256(source);
});

/** After each test: the source is as it was, nothing half written lies about, no process runs on. */
afterEach(() => {
  useTools({});
  expect(sha256(source)).toBe(digest);
  expect(leftovers(out)).toEqual([]);
  expect(liveChildren()).toBe(0);
  expect(processesNaming('source-of-failures')).toEqual([]);
  for (const name of readdirSync(out)) rmSync(path.join(out, name));
});

const wrapper = (name: string, script: string): string => program(file(name), script);

/** Passes frames on and calls `then` when `count` have passed. */
async function* meddled(count: number, then: () => void): AsyncGenerator<Frame> {
  let passed = 0;
  for await (const frame of decodeFrames(programme)) {
    if (++passed === count) then();
    yield frame;
  }
}

describe('cancelling', () => {
  it.each([0, 1, 40])('an encode after %i frames leaves nothing', async (count) => {
    const controller = new AbortController();
    if (count === 0) controller.abort();
    const frames = meddled(count, () => controller.abort());
    const task = encodeProgramme(programme, frames, times, path.join(out, 'a.mp4'), { signal: controller.signal });
    await expect(task).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    expect(existsSync(path.join(out, 'a.mp4'))).toBe(false);
  });

  it.each([0, 3, 40, 200])('a decode after %i ms ends its process (faults 3 and 8)', async (delay) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), delay);
    const read = async (): Promise<void> => {
      for await (const frame of decodeFrames(programme, { signal: controller.signal })) if (frame.index > 2) await wait(50);
    };
    await expect(read()).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    clearTimeout(timer);
  });

  it('by leaving the loop is no error and ends the process (fault 8)', async () => {
    for await (const frame of decodeFrames(programme)) if (frame.index === 2) break;
    expect(liveChildren()).toBe(0);
  });

  it('kills ffmpeg when the whole program ends', async () => {
    const module = new URL('../../src/media/', import.meta.url).href;
    const script = `
      const { probe } = await import('${module}probe.ts'); const { decodeFrames } = await import('${module}decode.ts');
      const { encodeProgramme } = await import('${module}encode.ts'); const { frameTimes } = await import('${module}decode.ts');
      const p = await probe(process.argv[1]); const times = await frameTimes(p); let n = 0;
      const frames = async function* () { for await (const f of decodeFrames(p)) { if (++n === 30) process.exit(7); yield f; } };
      await encodeProgramme(p, frames(), times, process.argv[2]);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, source, path.join(out, 'x.mp4')], {
      stdio: 'ignore',
    });
    const [status] = (await once(child, 'exit')) as [number];
    expect(status).toBe(7);
    await vi.waitFor(() => expect(processesNaming('source-of-failures')).toEqual([]), 5000);
  });
});

describe('frames that fail', () => {
  const cases: [string, () => AsyncGenerator<Frame>, object][] = [
    [
      'an error of their maker comes through as it is',
      () =>
        meddled(20, () => {
          throw new RangeError('no more film');
        }),
      { name: 'RangeError', message: 'no more film' },
    ],
    [
      'too few are noticed (faults 2 and 7)',
      async function* () {
        for await (const frame of decodeFrames(programme)) {
          if (frame.index === 60) return;
          yield frame;
        }
      },
      { code: 'TEXTLESS_VERIFY' },
    ],
    [
      'too many are noticed',
      async function* () {
        for await (const frame of decodeFrames(programme)) {
          yield frame;
          if (frame.index === 99) yield { index: 100, data: frame.data };
        }
      },
      { code: 'TEXTLESS_VERIFY' },
    ],
  ];
  it.each(cases)('%s', async (_, frames, error) => {
    await expect(encodeProgramme(programme, frames(), times, path.join(out, 'a.mp4'))).rejects.toMatchObject(error);
    expect(existsSync(path.join(out, 'a.mp4'))).toBe(false);
  });

  it('are let go when ffmpeg dies first (fault 7)', async () => {
    useTools({
      ffmpeg: wrapper(
        'dying',
        'if [[ " $* " == *libx264* ]]; then head -c 4000000 >/dev/null; echo "lens cap on" >&2; exit 3; fi; exec ffmpeg "$@"',
      ),
    });
    let closed = false;
    const frames = async function* (): AsyncGenerator<Frame> {
      try {
        yield* decodeFrames(programme);
      } finally {
        closed = true;
      }
    };
    const task = encodeProgramme(programme, frames(), times, path.join(out, 'a.mp4'));
    await expect(task).rejects.toMatchObject({ code: 'TEXTLESS_ENCODE', detail: expect.stringContaining('lens cap on') as string });
    expect(closed).toBe(true);
  });
});

describe('the target', () => {
  it('is never the source, whatever it is called', async () => {
    linkSync(source, path.join(out, 'linked.mp4'));
    symlinkSync(source, path.join(out, 'symbolic.mp4'));
    for (const target of [source, path.join(out, 'linked.mp4'), path.join(out, 'symbolic.mp4')]) {
      const task = encodeProgramme(programme, decodeFrames(programme), times, target, { overwrite: true });
      await expect(task).rejects.toMatchObject({ code: 'TEXTLESS_OUTPUT', message: expect.stringContaining('source itself') as string });
    }
  });

  it('that exists is replaced only when asked, and only by a whole file (fault 5)', async () => {
    small(file('small.mp4'));
    const clip = await probe(file('small.mp4'));
    const target = path.join(out, 'there.mp4');
    writeFileSync(target, 'old');
    await expect(copyProgramme(clip, target)).rejects.toMatchObject({ code: 'TEXTLESS_OUTPUT' });
    const broken = encodeProgramme(clip, decodeFrames(programme), await frameTimes(clip), target, { overwrite: true });
    await expect(broken).rejects.toThrow();
    expect(readFileSync(target, 'utf8')).toBe('old');
    await encodeProgramme(clip, decodeFrames(clip), await frameTimes(clip), target, { overwrite: true });
    expect(await frameDigests(await probe(target))).toHaveLength(10);
  });

  it('that appears meanwhile is not replaced', async () => {
    const target = path.join(out, 'late.mp4');
    const frames = meddled(5, () => writeFileSync(target, 'somebody else'));
    await expect(encodeProgramme(programme, frames, times, target)).rejects.toMatchObject({ code: 'TEXTLESS_OUTPUT' });
    expect(readFileSync(target, 'utf8')).toBe('somebody else');
  });

  it('in a folder that is missing is refused', async () => {
    const task = copyProgramme(programme, path.join(out, 'no', 'such.mp4'));
    await expect(task).rejects.toMatchObject({ code: 'TEXTLESS_OUTPUT', message: expect.stringContaining('does not exist') as string });
  });

  it('that is not accepted does not appear', async () => {
    const target = path.join(out, 'held.mp4');
    let seen = '';
    const accept = (partial: string): Promise<void> => {
      seen = partial;
      expect(existsSync(partial)).toBe(true);
      return Promise.reject(new Error('not like this'));
    };
    await expect(encodeProgramme(programme, decodeFrames(programme), times, target, { accept })).rejects.toThrow();
    expect(path.dirname(seen)).toBe(out);
    expect(existsSync(target)).toBe(false);
  });
});

describe('a full disk', () => {
  it('is recognised when ffmpeg meets it', async () => {
    useTools({ ffmpeg: wrapper('limited', 'if [[ " $* " == *libx264* ]]; then ulimit -f 100; fi; exec ffmpeg "$@"') });
    const task = encodeProgramme(programme, decodeFrames(programme), times, path.join(out, 'a.mp4'));
    await expect(task).rejects.toMatchObject({ code: 'TEXTLESS_NO_SPACE' });
  });

  it('is recognised on a real file system, by encode and copy alike', async (context) => {
    const disk = file('disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a small file system is not allowed here');
    }
    try {
      const encoded = encodeProgramme(programme, decodeFrames(programme), times, path.join(disk, 'a.mp4'));
      await expect(encoded).rejects.toMatchObject({ code: 'TEXTLESS_NO_SPACE' });
      await expect(copyProgramme(programme, path.join(disk, 'b.mp4'))).rejects.toMatchObject({ code: 'TEXTLESS_NO_SPACE' });
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('ffmpeg itself', () => {
  it('case 39 and 65: that is missing or too old is said plainly', async () => {
    useTools({ ffmpeg: file('nowhere'), ffprobe: wrapper('old', 'echo "ffprobe version 4.4.2 Copyright"') });
    expect(await describeTools()).toMatchObject([
      { name: 'ffmpeg', problem: 'was not found' },
      { name: 'ffprobe', version: '4.4.2', problem: 'is older than 5.1' },
    ]);
    await expect(probe(source)).rejects.toMatchObject({
      code: 'TEXTLESS_FFMPEG_MISSING',
      message: expect.stringContaining('4.4.2') as string,
    });
  });

  it('that vanishes before it is started is an error, not a crash (fault 1)', async () => {
    const vanishing = wrapper('vanishing', 'exec ffmpeg "$@"');
    useTools({ ffmpeg: vanishing });
    expect(await frameDigests(programme)).toHaveLength(100);
    rmSync(vanishing);
    await expect(frameDigests(programme)).rejects.toMatchObject({ code: 'TEXTLESS_DECODE' });
    await expect(encodeProgramme(programme, decodeFrames(programme), times, path.join(out, 'a.mp4'))).rejects.toMatchObject({
      code: 'TEXTLESS_ENCODE',
    });
  });

  it('that takes its time to end delivers all the same (fault 4)', async () => {
    useTools({ ffmpeg: wrapper('slow', 'ffmpeg "$@"; status=$?; exec 1>&-; sleep 0.4; exit $status') });
    expect(await frameDigests(programme)).toHaveLength(100);
  });

  it('that is killed from outside is an error', async () => {
    useTools({ ffmpeg: wrapper('killed', 'if [[ " $* " == *framecrc* ]]; then kill -9 $$; fi; exec ffmpeg "$@"') });
    await expect(frameTimes(programme)).rejects.toMatchObject({
      code: 'TEXTLESS_DECODE',
      detail: expect.stringContaining('SIGKILL') as string,
    });
  });

  it('case 37: that stalls is ended', () => {
    vi.useFakeTimers();
    try {
      const reasons: string[] = [];
      const dog = new Watchdog((reason) => reasons.push(reason.code), 'Decoding');
      dog.wait();
      vi.advanceTimersByTime(179_000);
      dog.rest();
      vi.advanceTimersByTime(1_000_000);
      expect(reasons).toEqual([]);
      dog.wait();
      vi.advanceTimersByTime(181_000);
      expect(reasons).toEqual(['TEXTLESS_STALLED']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a copy', () => {
  it('is the same file byte for byte, and is cancelled like everything else', async () => {
    const target = path.join(out, 'copy.mp4');
    await copyProgramme(programme, target);
    expect(sha256(target)).toBe(digest);
    const aborted = copyProgramme(programme, path.join(out, 'no.mp4'), { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    expect(existsSync(path.join(out, 'no.mp4'))).toBe(false);
  });
});
