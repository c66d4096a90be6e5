/** The process that looks for marks that travel. It ends with its parent. */
import { serve } from '../../../inference/serve.js';
import type { Answer, Setup, Task } from './messages.js';
import { TravelSearch } from './search.js';

let search: TravelSearch | undefined;

serve<Setup, Task, Answer>({
  failure: 'A frame could not be searched for marks that travel.',
  open({ width, height, rate }) {
    search = new TravelSearch({ width, height }, rate);
    return Promise.resolve();
  },
  answer(task) {
    if (!search) throw new Error('a frame came before its size');
    if (task === 'end') return Promise.resolve(search.finish());
    search.push(task);
    return Promise.resolve([]);
  },
});
