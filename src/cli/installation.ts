import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package: both `src/cli` and `dist/cli` lie two levels below it. */
export const packageFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where the pipelines that come with the program lie. */
export const pipelineFolder = path.join(packageFolder, 'pipelines');

/** Where the restoring network lies. */
export const modelFolder = path.join(packageFolder, 'models', 'restore');

/** Where the package keeps its perception network. */
export const perceptionFolder = path.join(packageFolder, 'models', 'perceive');

/** The version in package.json. */
export function packageVersion(): string {
  const read: unknown = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  return (read as { version: string }).version;
}
