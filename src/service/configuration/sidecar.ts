import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TextlessError } from '../../core/errors.js';
import { pipelineSchema, type Pipeline } from '../../plan/pipeline-schema.js';
import { parseYamlFile } from '../../plan/yaml-file.js';

/** Bytes of a sidecar, and brackets within brackets, at most: it comes from whoever may drop files. */
const MAX_BYTES = 2 ** 18;
const MAX_DEPTH = 32;

const parts = pipelineSchema.shape;

/** `NAME.textless.yaml`: what is different for one programme. Names and values only, no paths. */
const sidecarSchema = z.strictObject({
  version: z.literal(1),
  pipeline: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { message: 'must be the name of a pipeline that comes with the program' })
    .optional(),
  channel: z.string().trim().min(1).max(80).optional(),
  priority: z.int().min(-100).max(100).optional(),
  held: z.enum(['hold', 'wipe', 'keep']).optional(),
  marks: parts.marks.optional(),
  areas: parts.areas.unwrap().optional(),
  times: parts.times.unwrap().optional(),
  limits: parts.limits.unwrap().optional(),
  read: parts.read,
  restore: parts.restore.unwrap().optional(),
  rights: parts.rights,
  quality: z.enum(['archive', 'broadcast', 'preview']).optional(),
});

export type Sidecar = z.infer<typeof sidecarSchema>;

const JSON_SCHEMA = z.toJSONSchema(sidecarSchema, { io: 'input' });

/** What a sidecar of a file may be called: `news.ts.textless.yaml` or `news.textless.yaml`. */
export function sidecarNames(file: string): string[] {
  const { dir, name, base } = path.parse(file);
  return [...new Set([base, name])].map((n) => path.join(dir, `${n}.textless.yaml`));
}

/** Whether a name is that of a sidecar. */
export const isSidecar = (name: string): boolean => name.endsWith('.textless.yaml');

/**
 * The sidecar of a file, if there is one.
 * @throws TEXTLESS_CONFIG when it is there and is not one, in all its parts
 */
export async function readSidecar(file: string): Promise<{ file: string; sidecar: Sidecar } | undefined> {
  for (const name of sidecarNames(file)) {
    if (!(await lstat(name).catch(() => undefined))) continue;
    return { file: name, sidecar: parseSidecar(await readSmall(name), path.basename(name)) };
  }
  return undefined;
}

/** A link or a device is not followed: a sidecar says names and values, and must not make the program read other files. */
async function readSmall(file: string): Promise<string> {
  const refuse = (what: string, detail = ''): never => {
    throw new TextlessError('TEXTLESS_CONFIG', `${path.basename(file)} ${what}.`, detail);
  };
  if (!(await lstat(file)).isFile()) refuse('is not a plain file');
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await handle.stat();
    if (size > MAX_BYTES) refuse('is too large for a sidecar', `${size} bytes, at most ${MAX_BYTES}`);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** @throws TEXTLESS_CONFIG */
export function parseSidecar(text: string, file: string): Sidecar {
  if (deepest(text) > MAX_DEPTH) throw new TextlessError('TEXTLESS_CONFIG', `${file} is nested too deeply for a sidecar.`);
  return parseYamlFile(text, file, sidecarSchema, JSON_SCHEMA);
}

/** How deep brackets and indentation go: a parser that calls itself for each level would run out of stack. */
function deepest(text: string): number {
  let [depth, most] = [0, 0];
  for (const c of text) {
    if (c === '[' || c === '{') most = Math.max(most, ++depth);
    else if (c === ']' || c === '}') depth--;
  }
  const indents = text.split('\n').map((line) => /^[ \t?:-]*/.exec(line)![0].length);
  return Math.max(most, ...new Set(indents.map((n) => n >> 1)));
}

/** The pipeline with what the sidecar says instead. */
export function overridden(pipeline: Pipeline, { marks, areas, times, limits, read, restore, rights, quality }: Sidecar): Pipeline {
  const given = Object.fromEntries(Object.entries({ areas, times, limits, read, restore, rights }).filter(([, v]) => v !== undefined));
  const deliver = quality ? { ...pipeline.deliver, quality } : pipeline.deliver;
  return pipelineSchema.parse({ ...pipeline, ...given, marks: { ...pipeline.marks, ...marks }, deliver });
}
