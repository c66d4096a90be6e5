import { mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { frameBytes } from '../core/frame.js';
import type { Stills } from '../detect/detect.js';
import type { Aside } from '../media/decode.js';
import type { Programme } from '../media/programme.js';

/** Frames that are laid aside at most, their bytes, and the share of the free room that they may take: 48 frames of 1080 lines and 8 bits are 150 MB. */
const FRAMES = 48;
const MOST = 200e6;
const ROOM = 0.25;

/** Frames that a scan lays aside, for the colours of logos and for the contact sheet, in a temporary folder of their own. */
export interface LaidAside extends AsyncDisposable {
  /** What the scan is given. */
  readonly stills: Stills;
  /** Those that will be there; undefined before the scan has chosen them. */
  readonly frames: Aside | undefined;
}

/** What its folders are called, and milliseconds after which one belongs to a scan that was killed. */
const PREFIX = 'textless-stills-';
const STALE = 86_400_000;

/** Removes what killed scans have left. */
async function clearStale(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const folder of names.filter((name) => name.startsWith(PREFIX)).map((name) => path.join(tmpdir(), name))) {
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > STALE) await rm(folder, { recursive: true, force: true }).catch(() => undefined); // another user's
  }
}

/** Makes room for the frames of a programme; undefined where there is none. Dispose of it, or the folder stays. */
export async function layAside(programme: Programme): Promise<LaidAside | undefined> {
  await clearStale();
  const { bavail, bsize } = await statfs(tmpdir()).catch(() => ({ bavail: 0, bsize: 0 }));
  const most = Math.min(FRAMES, Math.floor(Math.min(MOST, ROOM * bavail * bsize) / frameBytes(programme.video.geometry)));
  const folder = most > 0 ? await mkdtemp(path.join(tmpdir(), PREFIX)).catch(() => undefined) : undefined;
  if (folder === undefined) return undefined;
  const file = path.join(folder, 'frames');
  let frames: Aside | undefined;
  return {
    stills: { file, most, onChosen: (indices) => (frames = { indices, file }) },
    get frames() {
      return frames;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
