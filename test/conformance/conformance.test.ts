import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/programmes.js';
import { differences, factsOf } from './facts.js';
import { look } from './pictures.js';
import { ROWS } from './rows.js';
import { heldBy, make, wipe } from './wiping.js';

const folder = temporaryFolder('conformance');

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

describe('what is wiped comes back as the same kind of file', { timeout: 60_000 }, () => {
  it.each(ROWS)('$name: $what', async (row) => {
    const file = path.join(folder, row.name);
    const output = path.join(folder, `out-${row.name}`);
    make(row, file);
    if (row.refused) {
      const refusal = { code: 'TEXTLESS_UNSUPPORTED', message: expect.stringContaining(row.refused) as string };
      return expect(wipe(file, output)).rejects.toMatchObject(refusal);
    }
    const report = await wipe(file, output);
    expect(heldBy(report.gates)).toEqual([]);
    expect(report.losses).toEqual([]);
    const allowed = Object.keys(row.differs ?? {}).map((words) => new RegExp(words));
    const told = differences(factsOf(file), factsOf(output)).filter(({ property }) => !allowed.some((r) => r.test(property)));
    expect(told.map((d) => d.says)).toEqual([]);
    const { outside, inside } = look(file, output, Number(factsOf(output)['picture.width']), 5);
    expect(outside).toBeGreaterThan(32);
    expect(inside).toBeLessThan(200); // the mark was white
  });
});
