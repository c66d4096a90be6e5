import type { Span } from '../core/area.js';
import { cueOf, type CueCandidate } from './cue-candidates.js';
import { ClusterFinder, type RunCluster } from './cue-seeds.js';
import { logosInStretch, type LogoCandidate } from './logo-candidates.js';
import { PersistentEdges } from './persistence.js';
import { StableRuns } from './runs.js';
import { CUT_DELAY, ShotDetector } from './shots.js';
import { ShotStatistics } from './shot-statistics.js';
import { stillEdges } from './still-edges.js';

/** What one pass over the programme suspects. */
export interface SurveyResult {
  readonly frames: number;
  readonly shots: readonly Span[];
  readonly cues: readonly CueCandidate[];
  readonly logos: readonly LogoCandidate[];
}

/** Frames after which a long shot is judged, so that memory and sums stay bounded. */
const STRETCH = 250;
/** Frames that a stretch needs to say anything about stillness. */
const LEAST = 12;

/**
 * The first pass: takes every frame once, scaled down, and keeps sums and counts only (about 40 bytes a pixel, whatever
 * the length), the last {@link CUT_DELAY} frames and the candidates found.
 */
export class Survey {
  private readonly shots: ShotDetector;
  private readonly runs: StableRuns;
  private readonly clusters: ClusterFinder;
  private readonly statistics: ShotStatistics;
  private readonly persistent: PersistentEdges;
  private readonly waiting: Uint8Array[] = [];
  private readonly cues: CueCandidate[] = [];
  private readonly logos: LogoCandidate[] = [];
  private frames = 0;
  private stretchStart = 0;
  private firstOfShot = true;

  constructor(
    private readonly width: number,
    private readonly height: number,
    rate: number,
  ) {
    this.shots = new ShotDetector(width, height);
    this.runs = new StableRuns({ width, height, minLength: Math.max(5, Math.round(rate * 0.35)) });
    this.clusters = new ClusterFinder(Math.max(50, width * height * 0.00025));
    this.statistics = new ShotStatistics(width, height);
    this.persistent = new PersistentEdges(width, height);
  }

  /** Takes the next frame. The buffer is kept for {@link CUT_DELAY} frames. */
  push(luma: Uint8Array): void {
    this.frames++;
    this.take(this.clusters.push(this.runs.push(luma)));
    const cut = this.shots.push(luma);
    if (cut !== undefined) this.endStretch(true);
    this.waiting.push(luma);
    if (this.waiting.length > CUT_DELAY) this.statistics.add(this.waiting.shift() as Uint8Array);
    if (this.statistics.frames >= STRETCH) this.endStretch(false);
  }

  finish(): SurveyResult {
    for (const luma of this.waiting) this.statistics.add(luma);
    this.waiting.length = 0;
    this.endStretch(true);
    this.take(this.clusters.push(this.runs.finish()));
    this.take(this.clusters.finish());
    const logos = [...this.persistent.candidates(), ...this.logos];
    return { frames: this.frames, shots: this.shots.shots(this.frames), cues: this.cues, logos };
  }

  private take(clusters: readonly RunCluster[]): void {
    for (const cluster of clusters) {
      const cue = cueOf(cluster, this.width, this.height);
      if (cue) this.cues.push(cue);
    }
  }

  private endStretch(shotEnds: boolean): void {
    const { frames } = this.statistics;
    const span = { first: this.stretchStart, last: this.stretchStart + frames - 1 };
    const taken = this.statistics.take();
    this.stretchStart += frames;
    if (frames >= LEAST) {
      const edges = stillEdges(taken, this.width, this.height);
      this.logos.push(...logosInStretch(edges, span));
      if (this.firstOfShot) this.persistent.add(edges, span);
      this.firstOfShot = false;
    }
    if (shotEnds) this.firstOfShot = true;
  }
}
