import { difference, unlike, type Thumbnail } from './thumbnails.js';

/** Frames of the windows in which a dissolve is looked for. It takes at most about two thirds of its window. */
const WINDOWS = [12, 18, 26, 38, 56];
/** Levels by which the pictures at both ends must differ, how unlike they must be, and the deviation of a picture that shows something: a fade is no dissolve. */
const CHANGE = 8;
const UNLIKE = 0.4;
const SOMETHING = 8;
/** Shares of a window at its ends in which the one scene hardly shows, and how much of it may. */
const PLATEAU = 1 / 7;
const HARDLY = 0.1;
/** Most that the mixture may change from one frame to the next, and how far it may go back. */
const STEP = 0.3;
const BACK = 0.05;
/** What no mixture explains, on average, as a share of the difference of both ends: motion of either scene. */
const REST = 0.17;

/**
 * Finds dissolves: stretches of frames each of which is a mixture of the first and the last, with ever more of the last. A pan
 * or a zoom is no mixture, a cut is one that changes at once.
 */
export class DissolveFinder {
  private readonly past: Thumbnail[] = [];

  /** Takes the next frame's thumbnail; when a dissolve is over, returns how many frames ago its middle was. */
  push(now: Thumbnail): number | undefined {
    const { past } = this;
    past.push(now);
    if (past.length > WINDOWS[WINDOWS.length - 1] + 1) past.shift();
    for (const length of WINDOWS) {
      if (length >= past.length) break;
      const middle = middleOf(past.slice(past.length - 1 - length));
      if (middle === undefined) continue;
      this.forget(1);
      return length - middle;
    }
    return undefined;
  }

  /** Forgets all but the last frames: a new shot has begun. */
  forget(butLast: number): void {
    this.past.splice(0, this.past.length - butLast);
  }
}

/** The first frame that shows more of the last picture than of the first, if the frames between dissolve the one into the other. */
function middleOf(window: readonly Thumbnail[]): number | undefined {
  const [first, last] = [window[0], window[window.length - 1]];
  const apart = difference(first, last);
  if (apart < CHANGE || deviationOf(first) < SOMETHING || deviationOf(last) < SOMETHING || unlike(first, last) < UNLIKE) return undefined;
  const edge = Math.ceil(PLATEAU * window.length);
  let [before, rest] = [0, 0];
  let middle: number | undefined;
  for (let i = 1; i < window.length - 1; i++) {
    const { share, left } = mixture(window[i], first, last);
    if (i <= edge && share > HARDLY) return undefined;
    if (i >= window.length - 1 - edge && share < 1 - HARDLY) return undefined;
    if (share > before + STEP || share < before - BACK) return undefined;
    if (middle === undefined && share >= 0.5) middle = i;
    before = share;
    rest += left / apart;
  }
  return rest <= REST * (window.length - 2) ? middle : undefined;
}

/** How much of `b` there is in a mixture of `a` and `b`, by least squares, and the mean difference that is left. */
function mixture(picture: Thumbnail, a: Thumbnail, b: Thumbnail): { share: number; left: number } {
  let [along, whole] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const way = b[i] - a[i];
    along += (picture[i] - a[i]) * way;
    whole += way * way;
  }
  const share = along / Math.max(1, whole);
  let left = 0;
  for (let i = 0; i < a.length; i++) left += Math.abs(picture[i] - a[i] - share * (b[i] - a[i]));
  return { share, left: left / a.length };
}

function deviationOf(picture: Thumbnail): number {
  let [sum, squares] = [0, 0];
  for (const level of picture) {
    sum += level;
    squares += level * level;
  }
  return Math.sqrt(Math.max(0, squares / picture.length - (sum / picture.length) ** 2));
}
