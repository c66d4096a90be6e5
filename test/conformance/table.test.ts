import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROWS, type Row } from './rows.js';

const became = ({ refused, loses }: Row): string => (refused ? 'refused' : loses ? `said in the report: ${loses}` : 'as it was');

describe('the table in docs/conformance.md', () => {
  it('has every kind of file', () => {
    const table = readFileSync('docs/conformance.md', 'utf8');
    expect(ROWS.filter((row) => !table.includes(`| \`${row.name}\` | ${row.what} | ${became(row)}`)).map((row) => row.name)).toEqual([]);
  });
});
