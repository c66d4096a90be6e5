import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TextlessError } from '../../core/errors.js';

const count = z.int().min(1);
const tensor = (name: string, channels: number) =>
  z.object({ name: z.literal(name), shape: z.tuple([z.literal('T'), z.literal(channels), z.literal('H'), z.literal('W')]) });

/** `manifest.json` of a model folder: what the network is and how it wants to be fed. Unknown keys are for people. */
const manifestSchema = z.object({
  name: z.string().min(1),
  version: count,
  /** The ONNX file, beside the manifest. */
  file: z.string().regex(/^[\w.-]+$/, { message: 'must be a plain file name' }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { message: 'must be 64 hexadecimal digits in lower case' }),
  opset: count,
  inputs: z.tuple([tensor('fill', 3), tensor('candidate', 3), tensor('confidence', 1), tensor('mask', 1)]),
  output: tensor('restored', 3),
  colour: z.literal('rgb'),
  range: z.tuple([z.literal(0), z.literal(1)]),
  /** Heights and widths that the network takes are multiples of these. */
  multipleOf: z.object({ height: count, width: count }),
  /** Frames of a window as in training: targets first. */
  window: z.object({ targets: count, references: z.int().min(0) }),
  /** Training steps behind the weights. */
  steps: z.int().min(0),
});

export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Reads a model folder's manifest and checks that the network beside it is the one it speaks of.
 * @throws TextlessError TEXTLESS_MODEL
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = path.join(folder, 'manifest.json');
  const parsed = manifestSchema.safeParse(await readJson(file));
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
