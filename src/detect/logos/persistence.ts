import type { Span } from '../../core/area.js';
import type { LogoCandidate } from './candidates.js';
import { compactRegions } from './regions.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';

/** Votes are counted in quarters: a shot that agrees gives four, one that does not takes one. */
const AGREE = 4;
const CELLS = 16;
/** Levels a sample and persistence of an edge that takes part. */
const STRONG = 6;
const STEADY = 1.5;

const isSteady = ({ strength, persistence }: StretchStatistics, p: number): boolean => strength[p] > STRONG && persistence[p] > STEADY;

/**
 * Edges that stand at the same place, in the same direction, in shots that show different things. Holds one gradient and
 * one count a pixel, however long the programme is (a majority vote after Boyer and Moore, with a slow decay so that a
 * logo may be away for most of a programme).
 */
export class PersistentEdges {
  private readonly gx: Float32Array;
  private readonly gy: Float32Array;
  private readonly votes: Uint8Array;
  private readonly seen: Span[] = [];

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    this.gx = new Float32Array(width * height);
    this.gy = new Float32Array(width * height);
    this.votes = new Uint8Array(width * height);
  }

  /** Takes the edges of the next shot. A shot that shows what an earlier one showed says nothing new and is left out. */
  add(edges: StretchStatistics, span: Span): void {
    if (this.isFamiliar(edges)) return;
    this.seen.push(span);
    const { votes, gx, gy } = this;
    for (let p = 0; p < votes.length; p++) {
      const still = isSteady(edges, p);
      if (still && votes[p] > 0 && this.agrees(edges, p)) votes[p] = Math.min(250, votes[p] + AGREE);
      else if (votes[p] > 0) votes[p]--;
      else if (still) {
        votes[p] = AGREE;
        gx[p] = edges.gx[p];
        gy[p] = edges.gy[p];
      }
    }
  }

  /** Marks that at least two different shots agree about. */
  candidates(): LogoCandidate[] {
    const { votes, width, height } = this;
    const map = new Uint8Array(votes.length);
    for (let p = 0; p < map.length; p++) map[p] = votes[p] > AGREE + 1 ? 1 : 0;
    return compactRegions(map, { width, height }).flatMap((region) => {
      const pixel = region.pixels.filter((p) => map[p] === 1);
      if (pixel.length < 0.15 * region.pixels.length) return [];
      const counts = Uint8Array.from(pixel, (p) => votes[p]).sort();
      const shots = counts[counts.length >> 1] / AGREE;
      return [this.candidate(region.box, pixel, shots)];
    });
  }

  private candidate(box: LogoCandidate['box'], pixel: Int32Array, shots: number): LogoCandidate {
    const gx = Float32Array.from(pixel, (p) => this.gx[p]);
    const gy = Float32Array.from(pixel, (p) => this.gy[p]);
    const confidence = shots >= 4 ? 0.97 : shots >= 2.5 ? 0.9 : shots > 2 ? 0.75 : 0.6;
    const why = `It stands at the same place in ${Math.ceil(shots)} or more different shots.`;
    return { box, pixel, gx, gy, seen: this.seen, confidence, asBar: confidence, why };
  }

  private agrees(edges: StretchStatistics, p: number): boolean {
    const dx = edges.gx[p] - this.gx[p];
    const dy = edges.gy[p] - this.gy[p];
    const g = Math.max(edges.strength[p], Math.sqrt(this.gx[p] * this.gx[p] + this.gy[p] * this.gy[p]));
    return dx * dx + dy * dy < (0.4 * g + 3) ** 2;
  }

  /** Whether known edges show all over the picture again: the same set-up as in an earlier shot. */
  private isFamiliar(edges: StretchStatistics): boolean {
    const again = new Uint32Array(CELLS * CELLS);
    for (let p = 0; p < this.votes.length; p++) {
      if (!this.votes[p] || !isSteady(edges, p) || !this.agrees(edges, p)) continue;
      const y = (p / this.width) | 0;
      again[(((y * CELLS) / this.height) | 0) * CELLS + ((((p - y * this.width) * CELLS) / this.width) | 0)]++;
    }
    const enough = (0.01 * this.width * this.height) / (CELLS * CELLS);
    return again.filter((n) => n > enough).length > 0.12 * CELLS * CELLS;
  }
}
