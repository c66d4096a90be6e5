import type { Span } from '../../core/area.js';
import { cuesOf, withoutEchoes, type CueCandidate } from '../cues/candidates.js';
import { ClusterFinder, type RunCluster } from '../cues/seeds.js';
import { KeyFrames, type KeyFrame } from './key-frames.js';
import { logosInStretch, type LogoCandidate } from '../logos/candidates.js';
import { LogoSightings } from '../logos/places.js';
import { PersistentEdges } from '../logos/persistence.js';
import { StableRuns } from '../cues/runs.js';
import { Scrolling } from '../tickers/scrolling.js';
import { ShotDetector } from '../shots/shots.js';
import { Stretches, type Stretch } from './stretches.js';
import { tickerOf, type TickerCandidate } from '../tickers/tickers.js';
import { stampIn } from '../watermarks/stamp.js';
import { watermarkIn, type WatermarkCandidate } from '../watermarks/watermarks.js';

/** What one pass over the programme suspects. */
export interface SurveyResult {
  readonly frames: number;
  readonly shots: readonly Span[];
  readonly cues: readonly CueCandidate[];
  readonly logos: readonly LogoCandidate[];
  readonly watermarks: readonly WatermarkCandidate[];
  /** Watermarks that stand once. */
  readonly stamps: readonly LogoCandidate[];
  /** Stretches that were searched for watermarks. */
  readonly looked: readonly Span[];
  readonly tickers: readonly TickerCandidate[];
}

/** Looks at stretches with other eyes than statistics. */
export interface StretchWatcher {
  /**
   * @param frames key frames of the stretch's end, in order
   * @returns whether it takes the stretch's logos over, to deliver them by itself
   */
  take(stretch: Stretch, frames: readonly KeyFrame[]): boolean;
}

/** Seconds for which a cue stands at least; and one that the programme's end cuts short. */
const BRIEFEST = 0.35;
const CUT_SHORT = 0.2;
/** Stretches in which a watermark is always looked for, and seconds after which it is again. */
const FIRST_LOOKS = 4;
const LOOK_AGAIN = 8;

/**
 * The first pass: takes every frame once, scaled down, and keeps sums and counts only (about 50 bytes a pixel, whatever
 * the length), the last few frames and the candidates found.
 */
export class Survey {
  private readonly shots: ShotDetector;
  private readonly runs: StableRuns;
  private readonly clusters: ClusterFinder;
  private readonly stretches: Stretches;
  private readonly persistent: PersistentEdges;
  private readonly cues: CueCandidate[] = [];
  private readonly logos = new LogoSightings();
  private readonly watermarks: WatermarkCandidate[] = [];
  private readonly stamps = new LogoSightings();
  private readonly looked: Span[] = [];
  private readonly tickers: TickerCandidate[] = [];
  private readonly scrolling: Scrolling;
  private readonly keys: KeyFrames;
  private frames = 0;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly rate: number,
    private readonly watcher?: StretchWatcher,
  ) {
    this.shots = new ShotDetector(width, height);
    const minLength = Math.max(5, Math.round(rate * BRIEFEST));
    this.runs = new StableRuns({ width, height, minLength, minLengthAtEnd: Math.max(5, Math.round(rate * CUT_SHORT)) });
    this.clusters = new ClusterFinder(Math.max(50, width * height * 0.00025));
    this.stretches = new Stretches(width, height, rate);
    this.scrolling = new Scrolling(width, height, rate);
    this.keys = new KeyFrames({ width, height }, rate);
    this.persistent = new PersistentEdges(width, height);
  }

  /** Size of the key frames. */
  get keySize(): { readonly width: number; readonly height: number } {
    return { width: this.keys.width, height: this.keys.height };
  }

  /** Takes the next frame, whose buffer must stay as it is for `LUMA_STAYS` more (luma-source.ts); returns the key frame that it makes, if it is one. */
  push(luma: Uint8Array): KeyFrame | undefined {
    this.frames++;
    this.takeClusters(this.clusters.push(this.runs.push(luma)));
    this.takeStretch(this.stretches.push(luma, this.shots.push(luma)));
    this.scrolling.push(luma);
    return this.keys.push(luma);
  }

  finish(): SurveyResult {
    this.takeStretch(this.stretches.finish());
    this.takeClusters(this.clusters.push(this.runs.finish()));
    this.takeClusters(this.clusters.finish());
    const logos = [...this.persistent.candidates(), ...this.logos.all];
    return {
      frames: this.frames,
      shots: this.shots.shots(this.frames),
      cues: withoutEchoes(this.cues),
      logos,
      watermarks: this.watermarks,
      stamps: this.stamps.all,
      looked: this.looked,
      tickers: this.tickers,
    };
  }

  private takeClusters(clusters: readonly RunCluster[]): void {
    for (const cluster of clusters) this.cues.push(...cuesOf(cluster, this.width, this.height));
  }

  private takeStretch(stretch: Stretch | undefined): void {
    if (!stretch) return;
    const { statistics, span, opens } = stretch;
    if (!this.watcher?.take(stretch, this.keys.within(span))) this.logos.add(logosInStretch(statistics, span));
    this.lookForWatermark(stretch);
    for (const band of this.scrolling.take()) this.tickers.push(tickerOf(band, statistics, span));
    if (opens) this.persistent.add(statistics, span);
  }

  /** A watermark is there all the time: it is enough to look now and then. */
  private lookForWatermark({ statistics, span }: Stretch): void {
    if (this.looked.length >= FIRST_LOOKS && span.first - this.looked[this.looked.length - 1].first < LOOK_AGAIN * this.rate) return;
    this.looked.push(span);
    const watermark = watermarkIn(statistics, span);
    if (watermark) {
      this.watermarks.push(watermark);
      return;
    }
    const stamp = stampIn(statistics, span);
    if (stamp) this.stamps.add([stamp]);
  }
}
