/** Frames of one place of the picture, cut out as RGB, and what is hidden in them. */
export interface CandidateWindow {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** [frames, height, width, 3], R G B, full range. */
  readonly rgb: Uint8Array;
  /** [frames, height, width], 255 = hidden by a mark, 0 = visible. */
  readonly mask: Uint8Array;
  /** The same without what is visible but better made anew, as it lies beside a mark: a frame lends that where the scene has moved, not to its own place. `mask` by default. */
  readonly lent?: Uint8Array | undefined;
  /** Indices of the frames whose holes are wanted; the others only lend their pixels. All of them by default. */
  readonly targets?: readonly number[];
  /** A number a frame, equal for frames of the same shot: nothing is copied across a cut. One shot by default. */
  readonly shots?: readonly number[];
}

/** What can be known about the holes of a window without a network. Frames that are no targets are plain copies. */
export interface Candidates {
  /** [frames, height, width, 3]: the frame, with a push-pull fill in the hole. */
  readonly fill: Uint8Array;
  /** [frames, height, width, 3]: the frame, with pixels of the other frames in the hole where one shows the place, else the fill. */
  readonly candidate: Uint8Array;
  /** [frames, height, width]: how far to trust `candidate` in the hole, 0 … 255; 0 where it is the fill, and outside the hole. */
  readonly confidence: Uint8Array;
}
