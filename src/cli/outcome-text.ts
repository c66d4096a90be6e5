import type { Span } from '../core/area.js';
import { clock, toNumber, type Rational } from '../core/time.js';
import type { DeliveredPictures, WipeOutcome } from '../job/outcome.js';
import { TRACK_KINDS, type Plan } from '../plan/plan.js';
import type { LibraryReport } from '../job/marks.js';
import { damagedLines } from './mark-text.js';
import { alignedRows } from './table.js';
import type { Terminal } from './terminal.js';

const plural = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;

function spanText(spans: readonly Span[], rate: Rational): string {
  const first = spans[0].first;
  const last = spans[spans.length - 1].last;
  const fps = toNumber(rate);
  const parts = spans.length > 1 ? ` in ${spans.length} parts` : '';
  return `${clock(first / fps)}–${clock(last / fps)} (frames ${first}–${last}${parts})`;
}

/** Says before the work what will be lost by it; a programme without marks is copied and loses nothing. */
export function noteLosses(losses: readonly string[], name: string, terminal: Terminal): void {
  for (const loss of losses) terminal.note(`${terminal.style('yellow', 'note')}  ${name}, if anything is wiped: ${loss}`);
}

/** A table of tracks for a person, one line each, aligned. */
export function trackTable(plan: Plan, rate: Rational): string[] {
  if (!plan.tracks.length) return ['no marks found'];
  const rows = plan.tracks.map((t) => {
    const { x, y, width, height } = t.mask.box;
    return [t.id, t.action, `${Math.round(100 * t.confidence)} %`, `${width}×${height} at ${x},${y}`, spanText(t.spans, rate), t.why];
  });
  return alignedRows(rows);
}

/** What the mark library had to do with a programme, a line each. */
export function libraryLines({ refused, kept, damaged }: LibraryReport, terminal: Terminal): string[] {
  const note = terminal.style('yellow', 'note');
  return [
    ...refused.map(({ track, mark, reason }) => `${note}  ${mark} of the mark library was not used for ${track}: the mark ${reason}`),
    ...kept.map(({ track, says }) => `${track}: ${says}`),
    ...damagedLines(damaged, terminal),
  ];
}

/** What became of the coded pictures. */
function pictureLine({ copied, encoded, whyNoneCopied }: DeliveredPictures): string {
  if (whyNoneCopied !== null) return `all ${encoded} pictures were encoded again: ${whyNoneCopied}`;
  return `${copied} of ${copied + encoded} pictures are the source's own, the others were encoded again`;
}

/** What `wipe` says about one programme when it is done. */
export function describeOutcome({ status, plan, report }: WipeOutcome, terminal: Terminal): string[] {
  const count = (kind: string, action: string): number => plan.tracks.filter((t) => t.kind === kind && t.action === action).length;
  const list = (action: string): string =>
    TRACK_KINDS.flatMap((kind) => (count(kind, action) ? [plural(count(kind, action), kind.replace('-', ' '))] : [])).join(', ');
  const lines: string[] = [];
  if (status === 'clean') lines.push(`${terminal.style('green', 'clean')}  nothing to wipe: delivered as an identical copy`);
  const failed = report.gates.filter((g) => g.verdict === 'fail');
  for (const { gate, says, value, limit } of failed)
    lines.push(
      `${terminal.style('yellow', 'held')}  did not pass ${gate} (${value}, limit ${limit}): ${says} Nothing was delivered (see --accept)`,
    );
  if (status === 'held' && !failed.length)
    lines.push(`${terminal.style('yellow', 'held')}  needs a decision: ${list('hold')}; nothing was delivered (see --held and --tracks)`);
  if (status === 'wiped') {
    const frames = new Set<number>();
    for (const t of plan.tracks) if (t.action === 'wipe') for (const s of t.spans) for (let i = s.first; i <= s.last; i++) frames.add(i);
    const { scan, wipe } = report.seconds;
    lines.push(
      `${terminal.style('green', 'wiped')}  ${list('wipe')} in ${frames.size} of ${report.frames} frames; scan ${scan.toFixed(1)} s, wipe ${wipe.toFixed(1)} s`,
    );
  }
  if (report.pictures) lines.push(pictureLine(report.pictures));
  const kept = list('keep');
  if (kept) lines.push(`kept: ${kept}`);
  for (const damage of report.damage.slice(0, 3)) lines.push(`${terminal.style('yellow', 'note')}  the source is damaged: ${damage}`);
  const instead = report.network?.insteadOf;
  if (instead)
    lines.push(
      `${terminal.style('yellow', 'note')}  the network ran on the ${report.network.device}, not on ${instead.device}: ${instead.reason}`,
    );
  for (const { gate, says, verdict } of report.gates)
    if (verdict === 'warn' || verdict === 'accepted')
      lines.push(`${terminal.style('yellow', 'note')}  ${gate}${verdict === 'accepted' ? ' was accepted' : ''}: ${says}`);
  for (const loss of report.losses) lines.push(`${terminal.style('yellow', 'note')}  ${loss}`);
  for (const { id, mark } of report.tracks) if (mark) lines.push(`${id}: taken off by ${mark} of the mark library`);
  if (report.library) lines.push(...libraryLines(report.library, terminal));
  if (report.output) lines.push(`result: ${report.output}`);
  for (const file of report.subtitles) lines.push(`cues:   ${file}`);
  if (report.sheet) lines.push(`sheet:  ${report.sheet}`);
  return lines;
}
