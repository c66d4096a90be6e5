import type { ColourSpace, Frame, Geometry } from '../../core/frame.js';
import type { Track } from '../../plan/plan.js';
import { FitTest, type KnownMatte } from './fit-test.js';
import { MatteLearner } from './learn.js';
import type { Learnt, Matte } from './matte.js';

/** A known matte that does not fit the mark of a track, and why: the reason goes on after "the mark". */
export interface Refusal {
  readonly track: string;
  readonly mark: string;
  readonly reason: string;
}

/** What becomes of a mark that is fixed in place. */
export interface FixedMark {
  readonly matte?: Matte | undefined;
  /** The known matte that is taken off; and that fits, though the programme itself may be more exact. */
  readonly mark?: string;
  readonly fits?: string;
  readonly refused: readonly Refusal[];
  /** What the programme itself says; absent where a known matte fitted before all frames were seen. */
  readonly own?: Learnt;
}

/** Error of a known α up to which it is taken without asking what the programme itself would tell. */
const EXACT = 0.03;

/** Tests known mattes on a mark while its own is learnt: the more exact of the two is taken; a known one that is exact needs fewer frames. */
export class FixedLesson {
  /** Frames to learn from, ascending. */
  readonly frames: readonly number[];
  private readonly learner: MatteLearner;
  private readonly tests: readonly (KnownMatte & { readonly test: FitTest })[];
  private readonly wanted: ReadonlyMap<MatteLearner | FitTest, ReadonlySet<number>>;
  private settled: FixedMark | undefined;

  /**
   * @param known the likeliest first
   * @param whole whether the mark's own matte is wanted even where a known one fits
   */
  constructor(
    private readonly track: Track,
    known: readonly KnownMatte[],
    private readonly whole: boolean,
    { geometry, colour }: { readonly geometry: Geometry; readonly colour: ColourSpace },
  ) {
    this.learner = new MatteLearner(track, geometry, colour);
    this.tests = known.map((one) => ({ ...one, test: new FitTest(one.matte, track, geometry) }));
    const all = [this.learner, ...this.tests.map(({ test }) => test)];
    this.wanted = new Map(all.map((one) => [one, new Set(one.frames)]));
    this.frames = [...new Set(all.flatMap((one) => one.frames))].sort((a, b) => a - b);
  }

  /** Takes one of the frames asked for. */
  take(frame: Frame): void {
    for (const [one, frames] of this.wanted) if (frames.has(frame.index)) one.take(frame);
    if (this.whole || this.settled || frame.index !== this.tests[0]?.test.early) return;
    const { fit, refused } = this.verdict();
    if (fit && fit.error <= EXACT) this.settled = { matte: fit.matte, mark: fit.id, fits: fit.id, refused };
  }

  /** Whether no more frames are needed. */
  done(): boolean {
    return this.settled !== undefined;
  }

  /** What was found, once the frames are taken or no more are needed. */
  found(): FixedMark {
    if (this.settled) return this.settled;
    const own = this.learner.learnt();
    const { fit, refused } = this.verdict();
    if (!fit) return { matte: own.matte, refused, own };
    const better = own.matte && Math.hypot(own.error, own.pixel) < fit.error;
    return better ? { matte: own.matte, fits: fit.id, refused, own } : { matte: fit.matte, mark: fit.id, fits: fit.id, refused, own };
  }

  /** The first known matte that fits, and those before it that do not. */
  private verdict(): { readonly fit?: KnownMatte; readonly refused: readonly Refusal[] } {
    const refused: Refusal[] = [];
    for (const one of this.tests) {
      const reason = one.test.misfit();
      if (reason === undefined) return { fit: one, refused };
      refused.push({ track: this.track.id, mark: one.id, reason });
    }
    return { refused };
  }
}
