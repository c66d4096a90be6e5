import type { Damaged } from '../marks/library.js';
import { placeOf, type Mark } from '../marks/mark.js';
import { alignedRows } from './table.js';
import type { Terminal } from './terminal.js';

const HEAD = ['id', 'channel', 'kind', 'picture', 'place', 'opacity', 'seen', 'programmes'];
const DATED = { broadcast: 'air date', creation: 'creation time', file: 'time of the file' } as const;

const day = (date: string): string => date.slice(0, 10);
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const place = (mark: Mark): string => (({ x, y, width, height }) => `${width}×${height} at ${x},${y}`)(placeOf(mark));
const seen = ({ dates: { first, last, closed } }: Mark): string => `${day(first)} – ${day(last)}${closed ? ', replaced' : ''}`;

/** A table of marks for a person, one line each. */
export const markTable = (marks: readonly Mark[]): string[] =>
  alignedRows([
    HEAD,
    ...marks.map((m) => [m.id, m.channel, m.kind, `${m.picture.width}×${m.picture.height}`, place(m), percent(m.opacity), seen(m), String(m.learnt.programmes)]), // prettier-ignore
  ]);

/** What is known of a mark, a fact a line. */
export function markFacts(mark: Mark): string[] {
  const { picture, levels, learnt, sources } = mark;
  const facts = [
    ['mark', `${mark.id} (${mark.kind})`],
    ['channel', mark.channel],
    ['picture', `${picture.width}×${picture.height}, samples ${picture.sar}, ${picture.matrix}, ${picture.range} range`],
    ['place', place(mark)],
    ['opacity', `${percent(mark.opacity)}, give or take ${(100 * mark.error).toFixed(1)}`],
    ['colour', `${levels.map((l) => l.toFixed(0)).join(' ')} (${levels.length > 1 ? "Y' Cb Cr" : "Y'"}, as of 8 bits)`],
    ['seen', seen(mark)],
    ['learnt from', `${learnt.programmes} ${learnt.programmes === 1 ? 'programme' : 'programmes'}, ${learnt.frames} frames`],
    ...sources.map((s) => ['', `${day(s.date)} by ${DATED[s.dated]}, ${s.format}, ${s.frames} frames, SHA-256 ${s.sha256.slice(0, 12)}…`]),
  ];
  return alignedRows(facts);
}

/** A mark for machines: its record and where it shows. */
export const markJson = (mark: Mark): object => ({ ...mark, alpha: undefined, seen: undefined, place: placeOf(mark) });

/** One line an entry that could not be read. */
export const damagedLines = (damaged: readonly Damaged[], terminal: Pick<Terminal, 'style'>): string[] =>
  damaged.map(({ entry, why }) => `${terminal.style('yellow', 'note')}  the library's entry ${entry} was left out: ${why}`);
