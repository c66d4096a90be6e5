import { z } from 'zod';
import { count, modelSchema, readModel } from '../../inference/model.js';

const tensor = (name: string, channels: number) =>
  z.object({ name: z.literal(name), shape: z.tuple([z.literal('T'), z.literal(channels), z.literal('H'), z.literal('W')]) });

/** `manifest.json` of the restore network: what it is and how it wants to be fed. */
const manifestSchema = modelSchema.extend({
  inputs: z.tuple([tensor('fill', 3), tensor('candidate', 3), tensor('confidence', 1), tensor('mask', 1)]),
  output: tensor('restored', 3),
  colour: z.literal('rgb'),
  /** Frames of a window as in training: targets first. */
  window: z.object({ targets: count, references: z.int().min(0) }),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** @throws TextlessError TEXTLESS_MODEL as {@link readModel} */
export const readManifest = (folder: string): Promise<Manifest> => readModel(folder, manifestSchema);
