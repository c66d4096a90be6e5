import type { Summary } from './summary.js';
import { markdownTable } from './table.js';

const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
const percent = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);

/** The summary as Markdown tables, which read well on a terminal too. */
export function summaryText(summary: Summary): string[] {
  const groups = summary.groups.map((g) => [
    g.group,
    String(g.marks),
    figure(g.recall),
    percent(g.held),
    percent(g.kindRight),
    figure(g.jaccard),
    figure(g.boundary),
    figure(g.covered),
    percent(g.endsWithinOne),
    g.endError === null ? '–' : g.endError.toFixed(1),
    String(g.inPieces),
    String(g.parts),
  ]);
  const programmes = summary.programmes.map((p) => [
    p.sort,
    String(p.programmes),
    String(p.tracks),
    figure(p.precision),
    p.falseShare === null ? '–' : `${(100 * p.falseShare).toFixed(4)} %`,
    p.speed === null ? '–' : p.speed.toFixed(1),
  ]);
  const bins = summary.calibration.map((b) => [
    `${b.from} to ${b.to}`,
    String(b.findings),
    String(b.right),
    percent(b.findings ? b.right / b.findings : null),
  ]);
  return [
    ...markdownTable(
      ['marks', 'number', 'recall', 'held', 'kind right', 'Jaccard', 'boundary F', 'covered', 'ends ±1', 'end error', 'in pieces', 'parts'],
      groups,
    ),
    '',
    ...markdownTable(['programmes', 'number', 'tracks', 'precision', 'false area', 'frames/s'], programmes),
    '',
    ...markdownTable(['confidence', 'findings', 'right', 'share'], bins),
    ...list('missed', summary.misses),
    ...list('wiped by mistake', summary.alarms),
  ];
}

function list(title: string, items: Summary['misses']): string[] {
  if (!items.length) return [];
  return ['', `${title}:`, ...items.map(({ programme, what, instead }) => `  ${programme}: ${what}: ${instead}`)];
}
