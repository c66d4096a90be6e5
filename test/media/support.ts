import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compareDelivered } from '../../src/media/compare.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { encodeProgramme, type Delivered } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import type { FrameTimes, Programme } from '../../src/media/programme.js';
import { ffmpeg } from '../fixtures/programmes.js';

/** Moving picture with noise as lavfi input options. */
export const picture = (size: string, rate = '25', seconds = 0.4): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds},noise=alls=20:allf=t:all_seed=7`],
];

/** A tone as lavfi input options. */
export const tone = (hertz: number, seconds = 0.4): string[] => ['-f', 'lavfi', '-i', `sine=${hertz}:d=${seconds}`];

/** A small H.264 programme without sound. */
export function small(file: string, seconds = 0.4): void {
  ffmpeg(...picture('96x64', '25', seconds), '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-f', 'mp4', file);
}

/** One digest for each decoded frame. */
export async function frameDigests(programme: Programme): Promise<string[]> {
  const out: string[] = [];
  for await (const frame of decodeFrames(programme)) out.push(createHash('md5').update(frame.data).digest('hex'));
  return out;
}

/** The copied packets of a stream: digest of each, in order. */
export function packetDigests(file: string, index: number): string[] {
  const select = ['-select_streams', String(index), '-show_packets', '-show_data_hash', 'md5', '-show_entries', 'packet=data_hash'];
  const printed = execFileSync('ffprobe', ['-v', 'error', ...select, '-of', 'default=nk=1:nw=1', '-i', path.resolve(file)]).toString();
  return printed.split('\n').filter((line) => line.startsWith('MD5:'));
}

export interface Passage {
  readonly source: Programme;
  readonly delivered: Programme;
  readonly times: FrameTimes;
  readonly deliveredTimes: FrameTimes;
  readonly result: Delivered;
  readonly differences: string[];
}

/** Sends a file through decoder and encoder without changing a sample, and looks at what comes out. */
export async function pass(file: string, target: string): Promise<Passage> {
  const source = await probe(file);
  const times = await frameTimes(source);
  const result = await encodeProgramme(source, decodeFrames(source), times, target);
  const delivered = await probe(target, { like: source });
  const deliveredTimes = await frameTimes(delivered);
  const differences = compareDelivered(source, delivered, { source: times, delivered: deliveredTimes });
  return { source, delivered, times, deliveredTimes, result, differences };
}

/** Names of files in a folder that start with a dot: what publishing leaves behind when it goes wrong. */
export const leftovers = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('.'));

/** Command lines of running processes that mention `text`. */
export function processesNaming(text: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return /^\S*ff(mpeg|probe) /.test(line) && line.includes(text) ? [line] : [];
    } catch {
      return [];
    }
  });
}

/** A program made of a few lines of shell, such as an ffmpeg that misbehaves or does something before the real one. */
export function program(at: string, script: string): string {
  writeFileSync(at, `#!/bin/bash\n${script}\n`);
  chmodSync(at, 0o755);
  return at;
}
