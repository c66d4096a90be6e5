import { unionBox, type Box } from '../core/area.js';
import type { RunCluster } from './cue-seeds.js';
import { textLines, type TextLine } from './text-layout.js';

/** A subtitle cue as the survey saw it, in samples of the surveyed size. */
export interface CueCandidate {
  /** First and last frame at full strength, within a few frames. */
  readonly start: number;
  readonly end: number;
  readonly box: Box;
  readonly lineHeight: number;
  /** Indices into the surveyed picture of edge pixels of its glyphs. */
  readonly pixel: Int32Array;
  readonly evidence: CueEvidence;
}

export interface CueEvidence {
  /** Strokes that an average row of its lines crosses. */
  readonly strokes: number;
  /** Share of its pixels that begin and end in step. */
  readonly sharp: number;
  /** Share of all pixels that began and ended then which belong to it. */
  readonly share: number;
  readonly twoTone: number;
  readonly contrast: number;
  readonly density: number;
}

/** Turns a cluster of runs into a cue, if its pixels lie in lines of strokes. */
export function cueOf(cluster: RunCluster, width: number, height: number): CueCandidate | undefined {
  const map = new Uint8Array(width * height);
  const level = new Uint8Array(width * height);
  cluster.pixel.forEach((p, i) => {
    map[p] = cluster.nearness[i];
    level[p] = cluster.level[i];
  });
  const lines = textLines({ map, level, width, height }).filter((l) => looksLikeText(l, width, height));
  if (!lines.length) return undefined;
  const inLines = cluster.pixel.filter((p) => lines.some(({ box }) => within(box, p % width, (p / width) | 0)));
  const box = lines.map((l) => l.box).reduce(unionBox);
  const lineHeight = Math.max(...lines.map((l) => l.box.height));
  const evidence = weigh(lines, inLines.length / cluster.pixel.length);
  return { start: cluster.start, end: cluster.end, box, lineHeight, pixel: inLines, evidence };
}

function looksLikeText(line: TextLine, width: number, height: number): boolean {
  const unit = Math.min(width, height);
  const { box, count } = line;
  if (box.height > 0.25 * unit || box.width < 1.3 * box.height || count < 0.0008 * unit * unit) return false;
  if (box.x <= 2 && box.x + box.width >= width - 3) return false;
  const density = count / (box.width * box.height);
  return line.sharp >= 0.6 && density > 0.2 && line.strokes > 0.6 && line.strokes < 7 && line.twoTone > 0.3 && line.contrast >= 40;
}

const within = (b: Box, x: number, y: number): boolean => x >= b.x && y >= b.y && x < b.x + b.width && y < b.y + b.height;

function weigh(lines: readonly TextLine[], share: number): CueEvidence {
  const total = lines.reduce((sum, l) => sum + l.count, 0);
  const mean = (of: (l: TextLine) => number): number => lines.reduce((sum, l) => sum + of(l) * l.count, 0) / total;
  return {
    strokes: lines.reduce((sum, l) => sum + (l.strokes * l.box.width) / l.box.height, 0),
    sharp: mean((l) => l.sharp),
    share,
    twoTone: mean((l) => l.twoTone),
    contrast: mean((l) => l.contrast),
    density: mean((l) => l.count / (l.box.width * l.box.height)),
  };
}
