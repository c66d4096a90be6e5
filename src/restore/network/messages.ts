import type { Device } from '../../core/device.js';
import type { SteadyWindow } from '../candidates/steady.js';
import type { Texture } from '../texture/texture.js';
import type { Manifest } from './manifest.js';

/** Frames of one place of the picture, targets first, then references, the most telling ones first. */
export interface RestoreWindow {
  /** How many of the frames, from the first on, are to be restored. */
  readonly targets: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** [frames, height, width, 3] R'G'B', full range. */
  readonly rgb: Uint8Array;
  /** [frames, height, width], 255 = hidden. */
  readonly mask: Uint8Array;
  /** The same without the feather, see `CandidateWindow`. */
  readonly lent?: Uint8Array;
  /** From where what is not seen takes its texture. */
  readonly texture?: Texture | undefined;
}

/** What a worker is asked for: targets, [targets, height, width, 3] R'G'B', or a texture. */
export type Task =
  | { readonly kind: 'restore'; readonly window: RestoreWindow }
  | { readonly kind: 'steady'; readonly window: SteadyWindow }
  | { readonly kind: 'texture'; readonly window: RestoreWindow };

/** What it answers. */
export type Answer = Uint8Array | Texture | undefined;

/** What a worker is given before its first window. */
export interface Setup {
  readonly network: { readonly file: string; readonly manifest: Manifest } | undefined;
  readonly threads: number;
  readonly device: Device;
}
