import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TextlessError } from '../core/errors.js';

export const count = z.int().min(1);

/** What every `manifest.json` of a model folder says. A network's own schema extends it. Unknown keys are for people. */
export const modelSchema = z.object({
  name: z.string().min(1),
  version: count,
  /** The ONNX file, beside the manifest. */
  file: z.string().regex(/^[\w.-]+$/, { message: 'must be a plain file name' }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { message: 'must be 64 hexadecimal digits in lower case' }),
  opset: count,
  range: z.tuple([z.literal(0), z.literal(1)]),
  /** Heights and widths that the network takes are multiples of these. */
  multipleOf: z.object({ height: count, width: count }),
  /** Training steps behind the weights. */
  steps: z.int().min(0),
});

export type Model = z.infer<typeof modelSchema>;

/**
 * Reads a model folder's manifest and checks that the network beside it is the one it speaks of.
 * @throws TextlessError TEXTLESS_MODEL
 */
export async function readModel<T extends Model>(folder: string, schema: z.ZodType<T>): Promise<T> {
  const file = path.join(folder, 'manifest.json');
  const parsed = schema.safeParse(await readJson(file));
  if (!parsed.success) {
    const detail = parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ');
    throw new TextlessError('TEXTLESS_MODEL', `${file} does not describe a network that this version can use.`, detail);
  }
  const manifest = parsed.data;
  const network = path.join(folder, manifest.file);
  const bytes = await readFile(network).catch((cause: unknown) => {
    throw new TextlessError('TEXTLESS_MODEL', `The network ${network} cannot be read.`, String(cause), { cause });
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== manifest.sha256)
    throw new TextlessError(
      'TEXTLESS_MODEL',
      `${network} is not the network that its manifest names.`,
      `sha256 ${sha256}, expected ${manifest.sha256}`,
    );
  return manifest;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new TextlessError('TEXTLESS_MODEL', `The description of the network, ${file}, cannot be read.`, String(cause), { cause });
  }
}
