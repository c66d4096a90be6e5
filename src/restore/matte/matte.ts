import type { Box } from '../../core/area.js';

/** What a mark in one colour does to one plane: y = αc + (1 − α)x. */
export interface PlaneMatte {
  /** In the plane's own samples. */
  readonly box: Box;
  /** α, 0 … 1, row-major. */
  readonly alpha: Float32Array;
  /** c, as a code value of the plane's own depth. */
  readonly colour: number;
}

/** A mark that the scene shines through, fixed in place, plane by plane as in a frame. */
export interface Matte {
  readonly planes: readonly PlaneMatte[];
  /** α of its body. */
  readonly opacity: number;
}
