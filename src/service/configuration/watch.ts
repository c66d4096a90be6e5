import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { TextlessError } from '../../core/errors.js';
import { loadPipeline } from '../../plan/pipeline.js';
import { parseYamlFile } from '../../plan/yaml-file.js';
import { watchJsonSchema, watchSchema, type WatchFile } from './schema.js';

const MAX_BYTES = 2 ** 18;

/** A watched folder with absolute places. */
export interface WatchFolder extends Omit<WatchFile['folders'][number], 'hold' | 'failed' | 'archive'> {
  readonly hold: string;
  readonly failed: string;
  readonly archive: string;
}

/** A whole configuration with absolute places. */
export interface Watch extends Omit<WatchFile, 'folders' | 'work'> {
  /** The file that it was read from. */
  readonly file: string;
  readonly folders: readonly WatchFolder[];
  readonly work: string;
}

/**
 * Reads `watch.yaml` and checks that its places and pipelines can be used.
 * @throws TEXTLESS_CONFIG
 */
export async function loadWatch(file: string, { builtInFolder }: { readonly builtInFolder: string }): Promise<Watch> {
  const absolute = path.resolve(file);
  let text: string;
  try {
    if (statSync(absolute).size > MAX_BYTES) throw new TextlessError('TEXTLESS_CONFIG', `${file} is too large for a configuration.`);
    text = readFileSync(absolute, 'utf8');
  } catch (cause) {
    if (cause instanceof TextlessError) throw cause;
    throw new TextlessError('TEXTLESS_CONFIG', `${file} cannot be read.`, String(cause), { cause });
  }
  const base = path.dirname(absolute);
  const read = parseYamlFile(text, file, watchSchema, watchJsonSchema());
  const at = (place: string): string => path.resolve(base, place);
  const folders = read.folders.map((f): WatchFolder => ({
    ...f,
    in: at(f.in),
    out: at(f.out),
    hold: at(f.hold ?? path.join('hold', f.name)),
    failed: at(f.failed ?? path.join('failed', f.name)),
    archive: at(f.archive ?? path.join('archive', f.name)),
    // Paths of pipelines are relative to the file that names them.
    pipeline: /[./\\]/.test(f.pipeline) ? at(f.pipeline) : f.pipeline,
  }));
  const watch: Watch = { ...read, file: absolute, folders, work: at(read.work) };
  assertApart(watch);
  for (const { pipeline } of folders) await loadPipeline(pipeline, { builtInFolder });
  return watch;
}

/** The place as the file system knows it, links resolved as far as it exists. */
function real(place: string): string {
  if (existsSync(place)) return realpathSync(place);
  const parent = path.dirname(place);
  return parent === place ? place : path.join(real(parent), path.basename(place));
}

const inside = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep);

/** What is written must never be found again as a new programme. */
function assertApart({ file, folders, work }: Watch): void {
  const refuse = (what: string): never => {
    throw new TextlessError('TEXTLESS_CONFIG', `${file}: ${what}`);
  };
  const names = new Set<string>();
  for (const { name } of folders) {
    if (names.has(name.toLowerCase())) refuse(`two folders are called ${name}.`);
    names.add(name.toLowerCase());
  }
  const intakes = folders.map((f) => ({ name: f.name, at: real(f.in) }));
  for (const a of intakes)
    for (const b of intakes) if (a !== b && inside(a.at, b.at)) refuse(`the in-folder of ${a.name} lies inside that of ${b.name}.`);
  const written = folders.flatMap((f) =>
    (['out', 'hold', 'failed', 'archive'] as const).map((k) => ({ what: `${k} of ${f.name}`, at: real(f[k]) })),
  );
  for (const { what, at } of [...written, { what: 'work', at: real(work) }])
    for (const a of intakes) {
      if (inside(at, a.at)) refuse(`${what} lies inside the in-folder of ${a.name}: what is delivered would be taken in again.`);
      if (inside(a.at, at)) refuse(`the in-folder of ${a.name} lies inside ${what}: what is delivered would be taken in again.`);
    }
}
