import type { ChildProcess } from 'node:child_process';

const live = new Set<ChildProcess>();
let watching = false;

function killAll(): void {
  for (const child of live) child.kill('SIGKILL');
}

/** Remembers a child until it is gone, so that no ffmpeg outlives this process. */
export function adopt(child: ChildProcess): void {
  if (!watching) process.on('exit', killAll);
  watching = true;
  live.add(child);
  const forget = (): void => void live.delete(child);
  child.once('exit', forget); // 'close' comes later, when its pipes are empty
  child.once('error', forget);
}

/** Children of this process that are still running. */
export const liveChildren = (): number => live.size;
