/** What a long step says about itself while it runs. `done` and `total` count frames, and cues in `read`; `total` is 0 when it is not known. */
export interface Progress {
  readonly stage: 'scan' | 'mask' | 'read' | 'wipe' | 'verify';
  readonly done: number;
  readonly total: number;
}

/** Receives progress; must be cheap and must not throw. */
export type OnProgress = (progress: Progress) => void;
