import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { TextlessError } from '../core/errors.js';
import { nearest } from './nearest.js';
import { pipelineJsonSchema, pipelineSchema, type Pipeline } from './pipeline-schema.js';
import { parseYamlFile } from './yaml-file.js';

export type { AreaShare, MarkRule, Pipeline } from './pipeline-schema.js';

const MAX_BYTES = 2 ** 18;
const NAME = /^[a-z0-9][a-z0-9-]*$/;

/**
 * Reads a pipeline: by name from the built-in folder (`station-logo`), otherwise by path (`./mine.yaml`).
 * @throws TEXTLESS_CONFIG with one line `file:line:column message` for every fault
 */
export async function loadPipeline(nameOrPath: string, { builtInFolder }: { readonly builtInFolder: string }): Promise<Pipeline> {
  const builtIn = NAME.test(nameOrPath);
  const file = builtIn ? path.join(builtInFolder, `${nameOrPath}.yaml`) : nameOrPath;
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES)
      throw new TextlessError('TEXTLESS_CONFIG', `${file} is too large for a pipeline: ${size} bytes, at most ${MAX_BYTES}.`);
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof TextlessError) throw cause;
    throw new TextlessError(
      'TEXTLESS_CONFIG',
      builtIn ? await unknownName(nameOrPath, builtInFolder) : `${file} cannot be read.`,
      String(cause),
      { cause },
    );
  }
  return parsePipeline(text, file);
}

/** Reads a pipeline from YAML; `file` is only named in messages. @throws TEXTLESS_CONFIG */
export function parsePipeline(text: string, file: string): Pipeline {
  return parseYamlFile(text, file, pipelineSchema, pipelineJsonSchema());
}

async function unknownName(name: string, folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter((n) => n.endsWith('.yaml')).map((n) => n.slice(0, -'.yaml'.length));
  const near = nearest(name, names);
  return `There is no pipeline ${name}${near ? `: did you mean ${near}?` : `; there are ${names.sort().join(', ')}.`} A file of your own is given by its path.`;
}
