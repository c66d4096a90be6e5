import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { throwIfCancelled } from '../../core/errors.js';
import { h264, rawInput, withWriters } from '../programmes/pictures.js';
import { dice } from '../dice.js';
import { Camera, type Picture } from './film.js';
import { drawSign, makeSign } from './sign.js';
import { alps, bay, desert, dusk, mist, sunrise, type Movement, type Take } from './shots.js';

/** How the camera is held. */
export const MOTIONS = ['still', 'pan', 'handheld'] as const;
export type Motion = (typeof MOTIONS)[number];

/** A scene filmed in one way: the raw material of programmes. */
export interface BenchTake {
  readonly name: string;
  readonly motion: Motion;
  readonly take: Take;
  /** Whether a board with writing stands in the scene. */
  readonly sign: boolean;
}

export const TAKE_WIDTH = 640;
export const TAKE_HEIGHT = 360;
export const TAKE_FRAMES = 150;
export const RATE = 25;

/** Changes when the scenes change, so that takes rendered before are not used again. */
const EDITION = 1;

const MOVEMENTS: Record<Motion, Movement> = {
  still: { travel: 0, shake: 0 },
  pan: { travel: 1.2, shake: 0 },
  handheld: { travel: 0.2, shake: 2.5 },
};

const SCENES = { alps, desert, mist, sunrise, bay, dusk };

/** Scenes for each motion; the same scene looks different with another seed. */
const CAST: readonly (readonly [scene: keyof typeof SCENES, motion: Motion, seed: number])[] = [
  ['alps', 'still', 31],
  ['mist', 'still', 14],
  ['bay', 'still', 8],
  ['dusk', 'still', 21],
  ['desert', 'pan', 61],
  ['sunrise', 'pan', 52],
  ['bay', 'pan', 17],
  ['mist', 'pan', 96],
  ['alps', 'handheld', 44],
  ['sunrise', 'handheld', 73],
  ['dusk', 'handheld', 36],
  ['desert', 'handheld', 82],
];

/** The same with a board in the scene. */
const WITH_SIGN: typeof CAST = [
  ['mist', 'still', 105],
  ['bay', 'still', 111],
  ['dusk', 'pan', 123],
  ['sunrise', 'pan', 134],
  ['mist', 'handheld', 145],
  ['bay', 'handheld', 156],
];

const toTake =
  (sign: boolean) =>
  ([scene, motion, seed]: (typeof CAST)[number]): BenchTake => ({
    name: `${scene}-${motion}${sign ? '-sign' : ''}`,
    motion,
    take: SCENES[scene](seed, MOVEMENTS[motion]),
    sign,
  });

export const TAKES: readonly BenchTake[] = [...CAST.map(toTake(false)), ...WITH_SIGN.map(toTake(true))];

/** Where a take lies in a cache folder. */
export const takeFile = (folder: string, name: string): string => path.join(folder, `${name}-${EDITION}.mp4`);

/** Whether a take has been rendered. */
export const isRendered = (folder: string, name: string): Promise<boolean> =>
  stat(takeFile(folder, name)).then(
    () => true,
    () => false,
  );

/** Renders a take into the cache folder, at a quality at which its grain survives. Slow: a fifth of a second a frame. */
export async function renderTake({ name, take, sign }: BenchTake, folder: string, signal?: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true });
  const partial = `${takeFile(folder, name)}.${process.pid}.partial`;
  const command = [...rawInput('rgb24', TAKE_WIDTH, TAKE_HEIGHT, RATE), ...h264('veryfast', 6), '-f', 'mp4', partial];
  const board = sign ? await makeSign(dice('sign', name)) : undefined;
  try {
    await withWriters([command], signal, async ([writer]) => {
      const picture: Picture = { width: TAKE_WIDTH, height: TAKE_HEIGHT, data: new Float32Array(TAKE_WIDTH * TAKE_HEIGHT * 3) };
      const draw = take.begin(picture);
      const camera = new Camera(TAKE_WIDTH, TAKE_HEIGHT, take.stock);
      for (let frame = 0; frame < TAKE_FRAMES; frame++) {
        throwIfCancelled(signal);
        draw(frame / RATE);
        if (board && take.view) drawSign(picture, board, take.view(frame / RATE, TAKE_WIDTH, TAKE_HEIGHT));
        await writer.write(camera.develop(picture, frame));
      }
    });
    await rename(partial, takeFile(folder, name));
  } finally {
    await rm(partial, { force: true });
  }
}
