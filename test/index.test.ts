import { expect, it } from 'vitest';
import type * as library from '../src/index.js';

it('is found under its name, with what a program needs to wipe by itself', async () => {
  const name = 'textless'; // resolved by the exports in package.json, as a program that depends on it does
  const textless = (await import(/* @vite-ignore */ name)) as typeof library;
  const pipeline = await textless.loadPipeline('clean-feed', { builtInFolder: textless.pipelineFolder });
  expect(Object.keys(pipeline.marks).sort()).toEqual([...textless.MARK_KINDS].sort());
  const refused = textless.wipeProgramme({
    input: 'missing.mp4',
    output: 'never.mp4',
    pipeline,
    modelFolder: textless.modelFolder,
    network: true,
    overwrite: false,
  });
  await expect(refused).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND', exitStatus: 3 });
  expect(await textless.listMarks('there is no library')).toEqual({ marks: [], damaged: [] });
});
