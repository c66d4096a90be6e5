import { takeFile } from '../scenes/takes.js';
import { DISSOLVE, FADE, type Case, type Shot } from './case.js';
import { readPictures } from './pictures.js';

/** Delivers a programme's pictures without marks, packed RGB; the receiver may change them. */
export async function* assemble(programme: Case, takes: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const { shots, width, height } = programme;
  let tail: Uint8Array[] = [];
  for (const [n, shot] of shots.entries()) {
    const file = 'take' in shot.source ? takeFile(takes, shot.source.take) : shot.source.clip;
    const next = shots.at(n + 1);
    const kept = next?.join === 'dissolve' ? DISSOLVE : 0;
    const ending: Uint8Array[] = [];
    let i = 0;
    for await (const picture of readPictures({ file, width, height, first: shot.first, frames: shot.frames, signal })) {
      if (i < tail.length) mix(picture, tail[i], (i + 1) / (tail.length + 1));
      darken(picture, light(shot, next, n, i));
      if (i++ >= shot.frames - kept) ending.push(picture);
      else yield picture;
    }
    tail = ending;
  }
}

/** 1 in the middle of a shot, less while it fades to or from black. */
function light(shot: Shot, next: Shot | undefined, n: number, i: number): number {
  const rise = n && shot.join === 'fade' ? i / FADE : 1;
  const fall = next?.join === 'fade' ? (shot.frames - 1 - i) / FADE : 1;
  return Math.min(1, rise, fall);
}

function darken(picture: Uint8Array, share: number): void {
  if (share < 1) for (let i = 0; i < picture.length; i++) picture[i] = Math.round(picture[i] * share);
}

/** Mixes the ending of the shot before into a picture; `share` is the new shot's. */
function mix(picture: Uint8Array, before: Uint8Array, share: number): void {
  for (let i = 0; i < picture.length; i++) picture[i] = Math.round(picture[i] * share + before[i] * (1 - share));
}
