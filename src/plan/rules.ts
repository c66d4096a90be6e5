import { spanLength, type Mask } from '../core/area.js';
import { hiddenTogether, longestJump } from './crowding.js';
import type { AreaShare, Pipeline } from './pipeline-schema.js';
import type { Action, Finding, Track } from './plan.js';
import { splitByTimes } from './times.js';

/** A picture's size in luma samples, and its rate, which only rules about times need. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly rate?: number;
}

/** Share of the picture's width that a travelling mark may go from frame to frame: more is no movement but a mistake. */
const JUMP = 0.1;

/** What becomes of a finding, and the rule that says so in one sentence. */
export interface Verdict {
  readonly action: Action;
  readonly reason: string;
}

/**
 * Turns findings into tracks: one a finding, in order of their first frame, each with an id (`logo-1`, `subtitle-12`),
 * an action and the rule that decided it; two where the pipeline's times cut it. Pure: the same findings in any order give the
 * same tracks.
 */
export function applyRules(findings: readonly Finding[], pipeline: Pipeline, size: PictureSize): Track[] {
  const count: Partial<Record<Finding['kind'], number>> = {};
  const judged = [...findings]
    .sort(byPlaceInProgramme)
    .flatMap((finding) => inTime(finding, judge(finding, pipeline, size), pipeline, size));
  const tracks = judged.map((one): Track => {
    const number = (count[one.kind] = (count[one.kind] ?? 0) + 1);
    return { ...one, id: `${one.kind}-${number}` };
  });
  return holdCrowds(tracks, pipeline, size);
}

/** The part of a finding inside the pipeline's times with its verdict, and the rest, which is kept. */
function inTime(finding: Finding, verdict: Verdict, { times }: Pipeline, { rate }: PictureSize): (Finding & Verdict)[] {
  if (verdict.action === 'keep' || !rate || !(times.include.length + times.exclude.length)) return [{ ...finding, ...verdict }];
  const { treated, left } = splitByTimes(finding.spans, times, rate);
  const parts: (Finding & Verdict)[] = [];
  if (treated.length) parts.push({ ...finding, ...verdict, spans: treated });
  if (left.length) parts.push({ ...finding, spans: left, action: 'keep', reason: 'It shows outside the times that are treated.' });
  return parts;
}

/** Holds the tracks of frames in which wiped tracks together hide too much. */
function holdCrowds(tracks: readonly Track[], { limits }: Pipeline, size: PictureSize): Track[] {
  const together = hiddenTogether(tracks, (t) => hiddenShare(t.mask, size));
  return tracks.map((track) => {
    const share = track.action === 'wipe' ? together(track) : 0;
    if (share <= limits.maxTogether) return track;
    const reason = `It and others hide ${percent(share)} of the picture, more than ${percent(limits.maxTogether)}: a person decides.`;
    return { ...track, action: 'hold', reason };
  });
}

/** The rules in order; the first that applies decides. */
export function judge(finding: Finding, pipeline: Pipeline, size: PictureSize): Verdict {
  const { kind, confidence, mask } = finding;
  const { areas, limits, name } = pipeline;
  if (kind === 'scene-text') return { action: 'keep', reason: 'Text that belongs to the scene is never touched.' };
  const rule = pipeline.marks[kind];
  if (!rule) return { action: 'keep', reason: `${name} says nothing about ${kind} marks.` };
  if (rule.action === 'keep') return { action: 'keep', reason: `${name} keeps ${kind} marks.` };
  if (shareInside(mask, areas.exclude, size) > 0.5) return { action: 'keep', reason: 'It lies in an area that is excluded.' };
  if (areas.include.length && shareInside(mask, areas.include, size) <= 0.5)
    return { action: 'keep', reason: 'It lies outside the areas that are treated.' };
  if (confidence < rule.minConfidence)
    return { action: 'keep', reason: `Confidence ${percent(confidence)} is below ${percent(rule.minConfidence)}.` };
  if (confidence < rule.holdConfidence)
    return { action: 'hold', reason: `Confidence ${percent(confidence)} is below ${percent(rule.holdConfidence)}: a person decides.` };
  const hidden = hiddenShare(mask, size);
  if (hidden > limits.maxArea)
    return {
      action: 'hold',
      reason: `It hides ${percent(hidden)} of the picture, more than ${percent(limits.maxArea)}: a person decides.`,
    };
  if (longestJump(finding, size.width) > JUMP) return { action: 'hold', reason: 'It jumps from one place to another: a person decides.' };
  return { action: 'wipe', reason: `${name} wipes ${kind} marks.` };
}

/** The share of the picture's samples that a mask hides, 0 … 1. */
export function hiddenShare(mask: Mask, size: PictureSize): number {
  let hidden = 0;
  for (const value of mask.data) if (value) hidden++;
  return hidden / (size.width * size.height);
}

/** The share of a mask's hidden samples whose centres lie in at least one of the areas, 0 … 1; 0 for an empty mask. */
export function shareInside(mask: Mask, areas: readonly AreaShare[], size: PictureSize): number {
  const { box, data } = mask;
  const edges = areas.map((a) => [a.x * size.width, a.y * size.height, (a.x + a.width) * size.width, (a.y + a.height) * size.height]);
  let hidden = 0;
  let inside = 0;
  for (let row = 0, i = 0; row < box.height; row++) {
    const y = box.y + row + 0.5;
    for (let column = 0; column < box.width; column++, i++) {
      if (!data[i]) continue;
      hidden++;
      const x = box.x + column + 0.5;
      for (const [x0, y0, x1, y1] of edges) {
        if (x < x0 || x >= x1 || y < y0 || y >= y1) continue;
        inside++;
        break;
      }
    }
  }
  return hidden ? inside / hidden : 0;
}

/** By first frame; then everything else that tells two findings apart, so that the order never depends on the detector's. */
function byPlaceInProgramme(a: Finding, b: Finding): number {
  const keys = (f: Finding): number[] => [
    f.spans[0]?.first ?? 0,
    f.mask.box.y,
    f.mask.box.x,
    f.spans.reduce((sum, span) => sum + spanLength(span), 0),
    f.mask.box.height,
    f.mask.box.width,
    f.confidence,
  ];
  const left = keys(a);
  const right = keys(b);
  const at = left.findIndex((value, i) => value !== right[i]);
  if (at >= 0) return left[at] - right[at];
  return a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.why < b.why ? -1 : Number(a.why > b.why);
}

/** Shares as people say them; never rounded across the limit that they are compared with by more than a tenth of a percent. */
const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
