import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROWS } from './rows.js';

describe('the table in docs/conformance.md', () => {
  it('has every kind of file', () => {
    const table = readFileSync('docs/conformance.md', 'utf8');
    expect(
      ROWS.filter((row) => !table.includes(`| \`${row.name}\` | ${row.what} | ${row.refused ? 'refused' : 'as it was'}`)).map(
        (row) => row.name,
      ),
    ).toEqual([]);
  });
});
