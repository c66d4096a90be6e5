import type { Span } from '../core/area.js';
import type { FrameTimes } from '../media/programme.js';
import { rising } from '../media/timeline.js';
import type { Track } from '../plan/plan.js';

/** The formats of cue files: SubRip and WebVTT. */
export type CueFormat = 'srt' | 'vtt';

/** A text and the frames that show it. */
export interface FrameCue extends Span {
  readonly text: string;
}

/** A text and when it is shown, in whole milliseconds since the programme's beginning. */
export interface TimedCue {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Fewer frames than this between two cues of one text are no pause, and fewer than this of two cues together no dialogue. */
const FLEETING = 3;

/**
 * What is to be said when: the texts of all subtitle tracks, in order and without overlaps, because players stack or drop what
 * overlaps in SubRip as they please. Texts at the same time become one cue, the upper one first; a text that goes on in
 * the next track is one cue.
 */
export function frameCues(tracks: readonly Track[]): FrameCue[] {
  const spoken = tracks
    .filter((t) => t.kind === 'subtitle')
    .flatMap((t) => t.spans.map(({ first, last }) => ({ first, last, top: t.mask.box.y, text: plainText(t.text ?? '') })))
    .filter((c) => c.text !== '')
    .sort((a, b) => a.first - b.first || a.top - b.top);
  const parted = withoutFleeting(joined(spoken, true));
  const edges = [...new Set(parted.flatMap((c) => [c.first, c.last + 1]))].sort((a, b) => a - b);
  const stacked = edges.slice(0, -1).flatMap((first, i) => {
    const last = edges[i + 1] - 1;
    const together = parted.filter((c) => c.first <= first && c.last >= last).sort((a, b) => a.top - b.top);
    return together.length ? [{ first, last, top: 0, text: [...new Set(together.map((c) => c.text))].join('\n') }] : [];
  });
  return joined(stacked, false).map(({ first, last, text }) => ({ first, last, text }));
}

type Placed = FrameCue & { readonly top: number };

/** Makes one of cues with the same text that follow each other; where cues may overlap, others may come between the two. */
function joined(cues: readonly Placed[], overlapping: boolean): Placed[] {
  const out: Placed[] = [];
  for (const cue of cues) {
    const at = out.findLastIndex(
      (c, i) => c.text === cue.text && cue.first - c.last - 1 < FLEETING && (i === out.length - 1 || overlapping),
    );
    if (at < 0) out.push(cue);
    else out[at] = { ...out[at], last: Math.max(out[at].last, cue.last) };
  }
  return out;
}

/** Ends a cue where the next begins, if they overlap in no more frames than the detector's own uncertainty. */
function withoutFleeting(cues: readonly Placed[]): Placed[] {
  return cues.map((cue) => {
    const next = cues.find((c) => c.first > cue.first && c.first <= cue.last && c.last > cue.last && cue.last - c.first + 1 < FLEETING);
    return next ? { ...cue, last: next.first - 1 } : cue;
  });
}

/** Lines trimmed, without empty ones, which would end the cue, and without control characters. */
const plainText = (text: string): string =>
  text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replace(/\p{Cc}+/gu, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');

/** Cues on the programme's own timeline: from the time of their first frame to the end of their last, `origin` seconds being its beginning. */
export function timedCues(cues: readonly FrameCue[], times: FrameTimes, origin: number): TimedCue[] {
  const ticks = rising(times.ticks);
  const { num, den } = times.base;
  const frames = ticks.length;
  const lastTick = times.lastDuration || (frames > 1 ? ticks[frames - 1] - ticks[frames - 2] : den / num / 25);
  const tickOf = (frame: number): number => (frame < frames ? ticks[frame] : ticks[frames - 1] + lastTick);
  const ms = (frame: number): number => Math.max(0, Math.round(((tickOf(frame) * num) / den - origin) * 1000));
  return cues.map(({ first, last, text }) => ({ start: ms(first), end: ms(last + 1), text })).filter((c) => c.end > c.start);
}

/** The whole file, UTF-8, lines ended by \n. */
export function cueFile(cues: readonly TimedCue[], format: CueFormat): string {
  return format === 'srt' ? srt(cues) : vtt(cues);
}

/** SubRip has no way to say that a sign is meant as it is: what would begin a tag or an override is parted by a space without width. */
function srt(cues: readonly TimedCue[]): string {
  const safe = (text: string): string => text.replaceAll('-->', '->').replace(/[<{](?=[/\\a-z])/gi, '$&\u200b');
  return cues.map(({ start, end, text }, i) => `${i + 1}\n${clock(start, ',')} --> ${clock(end, ',')}\n${safe(text)}\n\n`).join('');
}

function vtt(cues: readonly TimedCue[]): string {
  const safe = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return 'WEBVTT\n\n' + cues.map(({ start, end, text }) => `${clock(start, '.')} --> ${clock(end, '.')}\n${safe(text)}\n\n`).join('');
}

/** `00:01:02,345` */
function clock(ms: number, point: string): string {
  const part = (value: number, digits: number): string => String(Math.floor(value)).padStart(digits, '0');
  return `${part(ms / 3_600_000, 2)}:${part((ms / 60_000) % 60, 2)}:${part((ms / 1000) % 60, 2)}${point}${part(ms % 1000, 3)}`;
}
