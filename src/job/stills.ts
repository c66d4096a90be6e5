import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { frameBytes, type Frame } from '../core/frame.js';
import type { Stills } from '../detect/detect.js';
import { framesAside } from '../media/frames-aside.js';
import type { Programme } from '../media/programme.js';
import { PICTURES } from './pictures.js';

/** Bytes of frames that are laid aside at most, and the share of the free room that they may take: 24 frames of 1080 lines and 8 bits are 75 MB. */
const MOST = 200e6;
const ROOM = 0.25;

/** Frames that a scan lays aside for the contact sheet, in a temporary folder of their own. */
export interface LaidAside extends AsyncDisposable {
  /** What the scan is given. */
  readonly stills: Stills;
  /** Indices of the frames that will be there; none before the scan has chosen them. */
  readonly indices: readonly number[];
  /** Those frames that are there. */
  frames(): AsyncGenerator<Frame, void, undefined>;
}

/** Makes room for the frames of a programme; undefined where there is none. Dispose of it, or the folder stays. */
export async function layAside(programme: Programme): Promise<LaidAside | undefined> {
  const { bavail, bsize } = await statfs(tmpdir()).catch(() => ({ bavail: 0, bsize: 0 }));
  const most = Math.min(PICTURES, Math.floor(Math.min(MOST, ROOM * bavail * bsize) / frameBytes(programme.video.geometry)));
  const folder = most > 0 ? await mkdtemp(path.join(tmpdir(), 'textless-stills-')).catch(() => undefined) : undefined;
  if (folder === undefined) return undefined;
  const file = path.join(folder, 'frames');
  let indices: readonly number[] = [];
  return {
    stills: { file, most, onChosen: (chosen) => (indices = chosen) },
    get indices() {
      return indices;
    },
    frames: () => framesAside(programme, { indices, file }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
