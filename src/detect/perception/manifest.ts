import { z } from 'zod';
import { modelSchema, readModel } from '../../inference/model.js';

/** What a map says of a pixel. `mark` is any mark; `scene` is writing that belongs to the scene: signs, pages, screens, jerseys. */
export const CLASSES = ['mark', 'logo', 'text', 'band', 'watermark', 'moving', 'scene'] as const;
export type PerceptionClass = (typeof CLASSES)[number];

/** Frames of a window. */
export const FRAMES = 5;

const axes = (channels: number, height: string, width: string) =>
  z.tuple([z.literal('N'), z.literal(channels), z.literal(height), z.literal(width)]);

const manifestSchema = modelSchema.extend({
  inputs: z.tuple([z.object({ name: z.literal('frames'), shape: axes(FRAMES, 'H', 'W') })]),
  output: z.object({ name: z.literal('maps'), shape: axes(CLASSES.length, 'H/2', 'W/2') }),
  colour: z.literal('luma'),
  classes: z.tuple(CLASSES.map((name) => z.literal(name)) as [z.ZodLiteral<PerceptionClass>, ...z.ZodLiteral<PerceptionClass>[]]),
  /** Lines that the network was trained on, and at which `mark` calls 1 in 10,000 pixels of clean pictures marked (0 … 1). */
  lines: z.object({ least: z.int(), best: z.int(), most: z.int() }),
  threshold: z.number().min(0).max(1),
});

export type PerceptionManifest = z.infer<typeof manifestSchema>;

/** @throws TextlessError TEXTLESS_MODEL as {@link readModel} */
export const readPerceptionManifest = (folder: string): Promise<PerceptionManifest> => readModel(folder, manifestSchema);
