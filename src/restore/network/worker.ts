/** The process in which windows are restored. It ends with its parent. */
import { serve } from '../../inference/serve.js';
import { openSession } from '../../inference/session.js';
import { steady } from '../candidates/steady.js';
import { learnTexture } from '../texture/texture.js';
import { Filler } from './filler.js';
import type { Answer, Setup, Task } from './messages.js';

let filler = new Filler();

serve<Setup, Task, Answer>({
  failure: 'A window could not be restored.',
  async answer({ kind, window }) {
    if (kind === 'texture') return learnTexture(window);
    return kind === 'restore' ? filler.restore(window) : steady(window);
  },
  async open(setup) {
    if (!setup.network) return;
    const { file, manifest } = setup.network;
    filler = new Filler({ session: await openSession(file, manifest, setup.threads, setup.device), manifest });
  },
});
