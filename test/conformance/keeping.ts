import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/programmes.js';
import { differences, factsOf } from './facts.js';
import { look } from './pictures.js';
import type { Row } from './rows.js';
import { heldBy, make, wipe } from './wiping.js';

/** Tests of rows: each is made, wiped and compared with what it was. A file of tests for each container, so that they run beside each other. */
export function testKeeping(name: string, rows: readonly Row[]): void {
  const folder = temporaryFolder(`conformance-${name}`);
  describe('what is wiped comes back as the same kind of file', () => {
    it.each(rows)('$name: $what', async (row) => {
      const file = path.join(folder, row.name);
      const output = path.join(folder, `out-${row.name}`);
      make(row, file);
      if (row.refused) {
        const refusal = { code: 'TEXTLESS_UNSUPPORTED', message: expect.stringContaining(row.refused) as string };
        return expect(wipe(file, output)).rejects.toMatchObject(refusal);
      }
      const report = await wipe(file, output);
      expect(heldBy(report.gates)).toEqual([]);
      expect(report.losses).toEqual(row.loses ? [row.loses] : []);
      const allowed = Object.keys(row.differs ?? {}).map((words) => new RegExp(words));
      const facts = factsOf(output);
      const told = differences(factsOf(file), facts).filter(({ property }) => !allowed.some((r) => r.test(property)));
      expect(told.map((d) => d.says)).toEqual([]);
      const { outside, inside } = look(file, output, Number(facts['picture.width']), 5);
      expect(outside).toBeGreaterThan(40);
      expect(inside).toBeLessThan(200); // the mark was white
    });
  });
}
