import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second, as Linux states times in /proc. */
const TICKS = 100;

interface Stat {
  readonly group: number;
  /** Seconds of processor time, its own and of children that have ended. */
  readonly cpu: number;
  readonly startTicks: number;
}

/** /proc/PID/stat; undefined where there is none. */
function statOf(pid: number | string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name may hold spaces and brackets
    const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number);
    return { group: Number(fields[2]), cpu: (utime + stime + cutime + cstime) / TICKS, startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

/** Seconds of processor time that a process group has used; 0 where the system does not tell. */
export function cpuOfGroup(group: number): number {
  let sum = 0;
  try {
    for (const pid of readdirSync('/proc')) {
      const stat = /^\d+$/.test(pid) ? statOf(pid) : undefined;
      if (stat?.group === group) sum += stat.cpu;
    }
  } catch {
    return 0;
  }
  return sum;
}

/** Names a process for good: numbers are used again, start times are not. Undefined when it is not running. */
export function processIdentity(pid: number): string | undefined {
  const stat = statOf(pid);
  if (stat) return `${pid}@${stat.startTicks}`;
  try {
    process.kill(pid, 0);
    return `${pid}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? `${pid}` : undefined;
  }
}
