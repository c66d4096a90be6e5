/**
 * Measures copying what nothing touches: `npx tsx scripts/untouched.ts [PROGRAMME...]`
 *
 * Each programme is delivered twice with subtitle-like spans given as touched: encoded whole, and with GOPs that nothing touches copied. Nothing is restored, only a
 * block is painted where a subtitle would be, so what is measured is the encoding step with the decoding that feeds it; a pass that only decodes is
 * measured for comparison. Spans are drawn with a fixed seed: cues of 1 to 5 s, with pauses, for each share of the time that is asked for.
 * Without a programme: how much could be copied of an hour at 25 frames a second, by the length of its GOPs; nothing is encoded.
 * Printed: pictures copied, seconds of processor time (this process and its children) and by the clock, and bytes.
 */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { tmpdir } from 'node:os';
import type { Frame } from '../src/core/frame.js';
import { toNumber } from '../src/core/time.js';
import { copiedOf, planGops } from '../src/media/coded/gops.js';
import { decodeFrames, frameTimes } from '../src/media/decode.js';
import { encodeProgramme } from '../src/media/encode.js';
import { probe } from '../src/media/probe.js';
import type { FrameTimes, Programme } from '../src/media/programme.js';

const SHARES = [0.1, 0.3, 0.6];
const TICKS_A_SECOND = 100;

/** Seconds of processor time of this process and of children that have ended (proc(5), `stat`). */
function cpu(): number {
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ')[1].split(' ').map(Number);
  return fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) / TICKS_A_SECOND;
}

/** Numbers from 0 up to 1 (a linear congruential generator modulo 2^32). */
function* dice(seed: number): Generator<number, never> {
  for (let state = seed; ;) yield (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Which frames show a cue, for a share of the time. */
function cues(frames: number, rate: number, share: number): boolean[] {
  const out = new Array<boolean>(frames).fill(false);
  const random = dice(7);
  // Speech comes in scenes: cues with short pauses for a while, then none for a while.
  for (let at = 0; at < frames;) {
    const talk = Math.round(rate * (10 + 40 * random.next().value));
    for (let t = at; t < Math.min(frames, at + talk);) {
      const shown = Math.round(rate * (1 + 4 * random.next().value));
      out.fill(true, t, Math.min(frames, at + talk, t + shown));
      t += shown + Math.round(rate * (0.1 + random.next().value));
    }
    at += talk + Math.round((talk * 0.8 * (1 - share)) / share);
  }
  return out;
}

async function* painted(programme: Programme, touched: readonly boolean[]): AsyncGenerator<Frame, void, undefined> {
  const { width, height } = programme.video.geometry;
  for await (const frame of decodeFrames(programme)) {
    if (touched[frame.index]) frame.data.fill(90, width * Math.floor(height * 0.85), width * Math.floor(height * 0.9));
    yield frame;
  }
}

async function measured(name: string, work: () => Promise<string>): Promise<void> {
  const [before, began] = [cpu(), performance.now()];
  const says = await work();
  const [used, seconds] = [cpu() - before, (performance.now() - began) / 1000];
  console.log(
    `  ${name.padEnd(28)} ${used.toFixed(1).padStart(7)} s of processor ${seconds.toFixed(1).padStart(7)} s by the clock  ${says}`,
  );
}

async function deliver(programme: Programme, times: FrameTimes, touched: readonly boolean[], copy: boolean): Promise<string> {
  const target = path.join(tmpdir(), `untouched-${process.pid}${path.extname(programme.path)}`);
  const result = await encodeProgramme(programme, painted(programme, touched), times, target, {
    overwrite: true,
    ...(copy ? { touched: (frame: number) => touched[frame] } : {}),
  });
  await rm(target);
  const { copied, frames, bytes, whyNone } = result;
  return `${copied} of ${frames} pictures copied (${((100 * copied) / frames).toFixed(1)} %), ${bytes} bytes${whyNone ? `: ${whyNone}` : ''}`;
}

/** Shares of an hour that could be copied, by length of GOPs and share of the time with cues. */
function table(): void {
  const [frames, rate] = [90_000, 25];
  console.log(
    `cues in ${SHARES.map((s) => `${Math.round((100 * cues(frames, rate, s).filter(Boolean).length) / frames)} %`).join(', ')} of the frames`,
  );
  for (const gop of [12, 25, 50, 100, 250]) {
    const pictures = Array.from({ length: frames }, (_, i) => ({ pts: i, shown: true, idr: i % gop === 0 }));
    const copied = SHARES.map((share) => {
      const touched = cues(frames, rate, share);
      return `${((100 * copiedOf(planGops(pictures, (frame) => touched[frame]))) / frames).toFixed(0)} %`;
    });
    console.log(`  GOPs of ${gop} frames: copied ${copied.join(', ')}`);
  }
}

if (process.argv.length < 3) table();
for (const file of process.argv.slice(2)) {
  const programme = await probe(file);
  const times = await frameTimes(programme);
  const { width, height } = programme.video.geometry;
  console.log(`${programme.name}: ${times.ticks.length} frames of ${width}x${height}, ${programme.bytes} bytes`);
  await measured('decoded only', async () => {
    let frames = 0;
    for await (const frame of decodeFrames(programme)) frames = frame.index + 1;
    return `${frames} frames`;
  });
  const always = new Array<boolean>(times.ticks.length).fill(true);
  await measured('encoded whole', () => deliver(programme, times, always, false));
  for (const share of SHARES) {
    const touched = cues(times.ticks.length, toNumber(programme.video.rate), share);
    const shown = (100 * touched.filter(Boolean).length) / touched.length;
    await measured(`cues in ${shown.toFixed(0)} % of the frames`, () => deliver(programme, times, touched, true));
  }
}
