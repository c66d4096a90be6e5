import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Metrics } from '../../src/operator/metrics/metrics.js';
import { parseSidecar } from '../../src/service/configuration/sidecar.js';
import { watchJsonSchema, watchSchema } from '../../src/service/configuration/schema.js';
import { loadWatch } from '../../src/service/configuration/watch.js';
import { TRANSITIONS } from '../../src/service/ledger/states.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { builtInFolder, place } from './support.js';

const folder = temporaryFolder('documents');
const guide = readFileSync('docs/watch-folder.md', 'utf8');
const examples = [...guide.matchAll(/```yaml\n([^`]+)```/g)].map((m) => m[1]);

describe('the default hot folder', () => {
  it('is a configuration in order: one folder, its places beside it', async () => {
    const { folders, work } = await loadWatch('watch/watch.yaml', { builtInFolder });
    const base = path.resolve('watch');
    expect(folders).toHaveLength(1);
    expect(folders[0].pipeline).toBe('clean-feed');
    const { in: from, out, hold, failed, archive } = folders[0];
    const names = ['in', 'out', 'hold', 'failed', 'archive', 'work'];
    expect([from, out, hold, failed, archive, work]).toEqual(names.map((name) => path.join(base, name)));
    for (const name of names) expect(readFileSync('watch/.gitignore', 'utf8')).toContain(`\n${name}/\n`);
  });

  it('has an up-to-date JSON Schema beside it (npx tsx scripts/watch-schema.ts)', () => {
    const written: unknown = JSON.parse(readFileSync('watch/watch.schema.json', 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(watchJsonSchema())));
  });

  it('is in the package, with its unit and runbook', () => {
    const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
    expect(files).toEqual(expect.arrayContaining(['watch.yaml', 'watch.schema.json', 'textless.service', 'RUNBOOK.md'].map((f) => `watch/${f}`))); // prettier-ignore
  });
});

describe('docs/watch-folder.md', () => {
  it('shows a configuration in order, with every key of the schema', () => {
    const shown = watchSchema.parse(parse(examples[0]));
    expect(shown.folders[0].ready.quiet).toBe(10);
    const keys = JSON.stringify(watchJsonSchema()).match(/"(\w+)":\{(?="(?:type|description|default|minItems|anyOf)")/g)!;
    for (const key of keys.map((k) => k.slice(1, -3)))
      if (!['properties', 'items'].includes(key)) expect(examples[0]).toMatch(new RegExp(`(^|[\\s{])${key}:`));
  });

  it('shows the defaults as they are', () => {
    const { folders, jobs, disk } = watchSchema.parse(parse(examples[0]));
    const bare = watchSchema.parse({ version: 1, folders: [{ name: 'news', in: 'a', out: 'b' }] });
    const { existing, held, polling, priority, ready, source, subfolders, pipeline } = folders[0];
    expect(bare.folders[0]).toMatchObject({ existing, held, polling, priority, ready, source, subfolders, pipeline });
    expect(jobs).toMatchObject(bare.jobs);
    expect(disk).toEqual(bare.disk);
  });

  it('shows a sidecar in order', () => {
    expect(parseSidecar(examples[1], 'news.ts.textless.yaml').priority).toBe(50);
  });

  it('has the whole table of states, and nothing else', () => {
    const shown: Record<string, Set<string>> = {};
    let from = '';
    const table = guide.slice(guide.indexOf('## States'), guide.indexOf('Each step is one transaction'));
    for (const line of table.split('\n').filter((l) => /^\| (?:`|\| \|)/.test(l) || /^\| \|/.test(l))) {
      const cells = line.split('|').map((c) => c.trim());
      from = /`(\w+)`/.exec(cells[1])?.[1] ?? from;
      for (const [, to] of cells[3].matchAll(/`(\w+)`/g)) (shown[from] ??= new Set()).add(to);
    }
    const sorted = (of: Iterable<string>): string[] => [...of].sort();
    expect(Object.fromEntries(Object.entries(shown).map(([k, v]) => [k, sorted(v)]))).toEqual(
      Object.fromEntries(Object.entries(TRANSITIONS).map(([k, v]) => [k, sorted(v)])),
    );
  });

  it('lists every metric, and none that is not given', async () => {
    const { watch, ledger } = await place(path.join(folder, 'metrics'));
    const metrics = new Metrics({ ledger, watch: () => watch, version: '1' });
    const given = [...(await metrics.text()).matchAll(/^# TYPE (\w+) /gm)].map((m) => m[1]).sort();
    metrics.close();
    ledger.close();
    const table = guide.slice(guide.indexOf('## Metrics'), guide.indexOf('## Webhooks'));
    expect([...new Set([...table.matchAll(/`(textless_\w+)`/g)].map((m) => m[1]))].sort()).toEqual(given);
    const alarms = readFileSync('watch/RUNBOOK.md', 'utf8').matchAll(/\b(textless_\w+)/g);
    for (const [, name] of alarms) expect(given).toContain(name);
  });
});
