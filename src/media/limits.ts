import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';

/*
 * What a hostile file may cost is bounded by the system, not by the good will of a demuxer: address space, core dumps (which
 * would hold pictures of the programme) and, for programs that look and do not work, processor time, which also ends one that
 * outlives us. `prlimit` of util-linux sets them without a shell; where it is missing (other systems), there are none.
 */

const GIBIBYTE = 2 ** 30;

/** Bytes and seconds that a child may use. */
export interface Limits {
  readonly addressSpace: number;
  readonly cpuSeconds?: number;
}

/** ffprobe decodes a few frames on one thread; 8192 × 8192 samples of 4:4:4 at 12 bits are 0.4 GiB, of which a decoder keeps up to 17. */
export const PROBE_MEMORY = 12 * GIBIBYTE;

/**
 * For ffmpeg: decoders and encoders keep frames for each thread and for looking ahead, and every thread takes address space
 * that it never fills. As much as the machine has where that is more.
 */
export const WORK_MEMORY = Math.max(64 * GIBIBYTE, os.totalmem());

const PRLIMIT = ['/usr/bin/prlimit', '/bin/prlimit'].find((file) => process.platform === 'linux' && existsSync(file));

const options = ({ addressSpace, cpuSeconds }: Limits): string[] => [
  `--as=${addressSpace}`,
  '--core=0',
  ...(cpuSeconds === undefined ? [] : [`--cpu=${Math.ceil(cpuSeconds)}`]),
];

/** The command that runs a program under limits: `prlimit` sets them on itself and becomes the program, with the same process id. */
export function limited(file: string, args: readonly string[], limits: Limits): readonly [file: string, args: readonly string[]] {
  return PRLIMIT === undefined ? [file, args] : [PRLIMIT, [...options(limits), '--', file, ...args]];
}

/** Whether a child that failed is a `prlimit` that could not become the program. */
export const couldNotStart = (exitCode: number | null): boolean => PRLIMIT !== undefined && (exitCode === 126 || exitCode === 127);

/**
 * Sets limits on a child that has just been started and whose end has not been waited for. Blocks for the few milliseconds
 * that it takes: while we are not waiting for the child, nobody else can get its process id.
 */
export function limitChild(pid: number, limits: Limits): void {
  if (PRLIMIT === undefined) return;
  try {
    execFileSync(PRLIMIT, ['--pid', String(pid), ...options(limits)], { stdio: 'ignore', timeout: 5000 });
  } catch {
    // it has ended already, or this system does not allow it: it runs without
  }
}
