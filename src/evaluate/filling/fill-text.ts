import { markdownTable } from '../table.js';
import type { FillSort, FillSummary, MethodMeans } from './fill-summary.js';
import { METHODS } from './run-fill.js';

/** The summary as Markdown tables. */
export function fillText({ all, sorts, overCandidates }: FillSummary): string[] {
  const { better, of, worst } = overCandidates;
  return [
    ...markdownTable(
      ['method', 'PSNR', 'SSIM', 'E_warp', 'sharpness', 'colour error', 'frames/s'],
      METHODS.map((method) => [method, ...cells(all.methods[method])]),
    ),
    '',
    ...markdownTable(['PSNR', 'number', ...METHODS], sorts.map(psnrRow)),
    '',
    ...markdownTable(
      ['textless', 'over Telea', 'SSIM', 'over Telea', 'E_warp', 'sharpness', 'colour error', 'frames/s'],
      sorts.map(ownRow),
    ),
    '',
    `The network is better than the candidates it is given in ${better} of ${of}${worst ? `; it loses ${(-worst.by).toFixed(2)} dB at most, on ${worst.programme}` : ''}.`,
  ];
}

const cells = (m: MethodMeans): string[] => [m.psnr.toFixed(2), m.ssim.toFixed(3), ...rest(m)];
const rest = (m: MethodMeans): string[] => [
  m.warp === null ? '–' : m.warp.toFixed(2),
  m.sharp.toFixed(2),
  m.colour.toFixed(2),
  m.speed.toFixed(1),
];

const psnrRow = ({ sort, programmes, methods }: FillSort): string[] => [
  sort,
  String(programmes),
  ...METHODS.map((m) => methods[m].psnr.toFixed(2)),
];

function ownRow({ sort, methods: { textless, telea } }: FillSort): string[] {
  const signed = (v: number, digits: number): string => `${v < 0 ? '' : '+'}${v.toFixed(digits)}`;
  return [sort, signed(textless.psnr - telea.psnr, 2), textless.ssim.toFixed(3), signed(textless.ssim - telea.ssim, 3), ...rest(textless)];
}
