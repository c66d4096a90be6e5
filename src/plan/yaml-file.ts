import type { z } from 'zod';
import { TextlessError } from '../core/errors.js';
import { issuesOf } from './issues.js';
import { locate, parseYaml, type Problem } from './yaml-problems.js';

/**
 * Reads a YAML file that keeps a schema; `file` is only named in messages.
 * @param jsonSchema the same schema as JSON Schema, for the names of keys
 * @throws TEXTLESS_CONFIG with one line `file:line:column message` for every fault
 */
export function parseYamlFile<T>(text: string, file: string, schema: z.ZodType<T>, jsonSchema: unknown): T {
  const { source, problems } = parseYaml(text);
  if (problems.length) throw configError(file, problems);
  const result = schema.safeParse(source.document.toJS(), { reportInput: true });
  if (!result.success) throw configError(file, locate(source, issuesOf(result.error), jsonSchema));
  return result.data;
}

function configError(file: string, problems: readonly Problem[]): TextlessError {
  return new TextlessError(
    'TEXTLESS_CONFIG',
    problems.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`).join('\n'),
  );
}
