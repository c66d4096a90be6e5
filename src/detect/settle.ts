import { inSpans, spanLength, type Mask } from '../core/area.js';
import type { Finding, TrackKind } from '../plan/plan.js';
import { UNSURE } from './logos/candidates.js';
import { overlap } from './maps/masks.js';

/** Kinds in the order in which they claim a place: what explains more of the picture first. */
const CLAIMS: readonly TrackKind[] = ['ticker', 'watermark', 'score-bar', 'moving-logo', 'blinking-logo', 'logo', 'title', 'subtitle'];
/** Confidence from which a finding takes its place from kinds after it, and share of a mask that is then taken. */
const CLAIMING = 0.5;
const TAKEN = 0.5;
/** The same of what the perception network alone saw: cues that followed each other at one place share few of their pixels. */
const SEEN_TAKEN = 0.15;
/** Share of its frames that the other one must claim. */
const MET = 0.1;
/** Confidence from which a cue tells where a logo shows, and the network what it is. */
const SURE = 0.9;
/** Share of a logo's box in which a cue's lies for them to be at one place. */
const WITHIN = 0.4;
/** Share of a logo's frames that cues must explain for it to be nothing else, as letters at the same places may seem to stand through the pauses; and seconds from which on what stands is no cue: guidelines for subtitles allow 7. */
const NEARLY_ALL = 0.6;
const LONGEST_CUE = 10;

/**
 * One interpretation a place and time: what scrolls is no subtitle, a letter of a watermark no logo, what blinks no cue.
 * Findings of one kind never take each other's place; the detectors have settled those.
 *
 * @param rate frames a second
 */
export function settle(findings: readonly Finding[], rate: number): Finding[] {
  const sorted = findings.filter((f) => !isCues(f, findings, rate)).sort((a, b) => CLAIMS.indexOf(a.kind) - CLAIMS.indexOf(b.kind));
  const kept: Finding[] = [];
  for (const one of sorted) {
    const taker = kept.findIndex(
      (k) => k.kind !== one.kind && k.confidence >= CLAIMING && atOnce(k, one) && overlap(k.mask, one.mask) > TAKEN && !k.path && !one.path,
    );
    if (taker >= 0) kept[taker] = withFramesOf(kept[taker], one);
    else if (!kept.some((k) => scrollsIn(one, k))) kept.push(one);
  }
  return kept;
}

/** A logo with the frames of a sure cue at its place: what stands there in one shot of a text's two must not leave the other one. */
function withFramesOf(taker: Finding, { kind, confidence, spans: [span] }: Finding): Finding {
  if (taker.kind !== 'logo' || kind !== 'subtitle' || confidence < SURE) return taker;
  const { first, last } = span;
  const apart = taker.spans.filter((s) => s.last < first - 1 || s.first > last + 1);
  const met = taker.spans.filter((s) => !apart.includes(s));
  const all = { first: Math.min(first, ...met.map((s) => s.first)), last: Math.max(last, ...met.map((s) => s.last)) };
  return { ...taker, spans: [...apart, all].sort((a, b) => a.first - b.first) };
}

/** Whether others claim the place of a finding in any of its frames: what came and went there may look like one mark that stayed. */
export function isTaken(one: Finding, others: readonly Finding[]): boolean {
  const meet = (k: Finding): boolean => sharedFrames(k, one) > MET;
  return others.some(
    (k) =>
      k.confidence >= CLAIMING && !k.path && meet(k) && (overlap(k.mask, one.mask) > SEEN_TAKEN || (k.kind === 'ticker' && liesOn(one, k))),
  );
}

/** Whether a logo is doubtful where the perception network surely sees a mark that stands: what statistics make of it is a part of that, or the scene around it. */
export function isOutdone(one: Finding, seen: readonly Finding[]): boolean {
  if (one.kind !== 'logo' || one.confidence > UNSURE) return false;
  const standing = seen.filter((k) => k.confidence >= SURE && (k.kind === 'logo' || k.kind === 'score-bar'));
  return standing.some((k) => atOnce(k, one) && overlap(k.mask, one.mask) > TAKEN);
}

/** Whether most of a finding's height lies in a ticker's rows: text that scrolls through them seems to stand there. */
function liesOn({ mask: { box } }: Finding, { mask: { box: band } }: Finding): boolean {
  const shared = Math.min(box.y + box.height, band.y + band.height) - Math.max(box.y, band.y);
  return shared > 0.4 * Math.min(box.height, 2 * band.height);
}

/** Whether what travels is a piece of a ticker's text: all of its way lies in the band. */
function scrollsIn({ path, mask }: Finding, ticker: Finding): boolean {
  if (ticker.kind !== 'ticker' || !path) return false;
  const { y, height } = ticker.mask.box;
  return path.every((p) => p.y >= y - 4 && p.y + mask.box.height <= y + height + 4);
}

/** Whether a logo is nothing but cues at one place: nearly all the frames in which it shows are theirs. One that is away for a shot looks like two very long cues. */
function isCues(logo: Finding, findings: readonly Finding[], rate: number): boolean {
  if (logo.kind !== 'logo') return false;
  const isBrief = ({ spans }: Finding): boolean => spans.every((span) => spanLength(span) < LONGEST_CUE * rate);
  const cues = findings.filter((f) => f.kind === 'subtitle' && f.confidence >= CLAIMING && isBrief(f) && liesIn(logo.mask, f.mask));
  const theirs = cues.flatMap((c) => c.spans);
  let [shown, explained] = [0, 0];
  for (const { first, last } of logo.spans) {
    for (let t = first; t <= last; t++) {
      shown++;
      if (inSpans(theirs, t)) explained++;
    }
  }
  return explained > NEARLY_ALL * shown;
}

/** Whether a mark is mostly another one, or lies in its box: one text may show through where another stood before. */
function liesIn(one: Mask, other: Mask): boolean {
  const { x, y, width, height } = one.box;
  const across = Math.min(x + width, other.box.x + other.box.width) - Math.max(x, other.box.x);
  const down = Math.min(y + height, other.box.y + other.box.height) - Math.max(y, other.box.y);
  return overlap(other, one) > TAKEN || (across > 0 && down > 0 && across * down > WITHIN * width * height);
}

/** Whether more than half of the frames of the second carry the first too. */
const atOnce = (a: Finding, b: Finding): boolean => sharedFrames(a, b) > 0.5;

/** Share of the frames of the second that carry the first too. */
function sharedFrames(a: Finding, b: Finding): number {
  let [both, all] = [0, 0];
  for (const s of b.spans) {
    all += s.last - s.first + 1;
    for (const t of a.spans) both += Math.max(0, Math.min(s.last, t.last) - Math.max(s.first, t.first) + 1);
  }
  return both / all;
}
