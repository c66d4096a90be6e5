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
}

/** What a worker is told, in this order: one `open`, then any number of windows. */
export type ToWorker =
  | {
      readonly kind: 'open';
      readonly network: { readonly file: string; readonly manifest: Manifest } | undefined;
      readonly threads: number;
    }
  | { readonly kind: 'restore'; readonly id: number; readonly window: RestoreWindow };

/** What a worker says: `ready` once, then an answer a window. `failed` stands for either. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'restored'; readonly id: number; readonly rgb: Uint8Array }
  | {
      readonly kind: 'failed';
      readonly id?: number;
      readonly code: 'TEXTLESS_MODEL' | 'TEXTLESS_INFERENCE';
      readonly message: string;
      readonly detail: string;
    };
