import { Command } from 'commander';
import { detectCommand } from './bench-detect.js';
import { restoreCommand } from './bench-restore.js';
import type { Done, OpenContext } from './context.js';

/** `textless bench` */
export function benchCommand(open: OpenContext, done: Done): Command {
  return new Command('bench')
    .description('measure the program against programmes whose truth is known')
    .addCommand(detectCommand(open, done))
    .addCommand(restoreCommand(open, done));
}
