import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { GATE_NAMES, GATES } from '../../src/plan/gates.js';
import { editDistance, nearest } from '../../src/plan/nearest.js';
import { pipelineJsonSchema } from '../../src/plan/pipeline-schema.js';
import { loadPipeline, parsePipeline } from '../../src/plan/pipeline.js';

const builtInFolder = fileURLToPath(new URL('../../pipelines', import.meta.url));
const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url));
const MINIMAL = { version: 1, name: 'mine', description: 'A test.', marks: { logo: { action: 'wipe' } } };

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toMatchObject({ code: 'TEXTLESS_CONFIG', exitStatus: 2 });
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

describe('the pipelines that come with the program', () => {
  const names = readdirSync(builtInFolder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace('.yaml', ''));

  it.each(names)('%s is valid and called like its file', async (name) => {
    expect((await loadPipeline(name, { builtInFolder })).name).toBe(name);
  });

  it('do what their names say', async () => {
    const marks = async (name: string): Promise<unknown> => {
      const { logo, subtitle } = (await loadPipeline(name, { builtInFolder })).marks;
      return [logo?.action, subtitle?.action];
    };
    expect(await marks('station-logo')).toEqual(['wipe', 'keep']);
    expect(await marks('strip-subtitles')).toEqual(['keep', 'wipe']);
    expect(await marks('clean-feed')).toEqual(['wipe', 'wipe']);
  });

  it('are offered when a name is wrong', async () => {
    const refused = (name: string): Promise<unknown> => loadPipeline(name, { builtInFolder }).catch((e: unknown) => (e as Error).message);
    expect(await refused('station-logos')).toBe(
      'There is no pipeline station-logos: did you mean station-logo? A file of your own is given by its path.',
    );
    expect(await refused('xyz')).toMatch(/^There is no pipeline xyz; there are clean-feed, station-logo, strip-subtitles\./);
    expect(await refused('./none.yaml')).toBe('./none.yaml cannot be read.');
  });

  it('have an up-to-date JSON Schema beside them (npx tsx scripts/pipeline-schema.ts)', () => {
    const written: unknown = JSON.parse(readFileSync(path.join(builtInFolder, 'pipeline.schema.json'), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(pipelineJsonSchema())));
  });
});

/** The gates as they are where a pipeline says nothing. */
const usual = Object.fromEntries(GATE_NAMES.map((name) => [name, { limit: GATES[name].limit, fails: GATES[name].fails }]));

describe('a pipeline file', () => {
  it('sets the limit of a gate by its name, and what follows beyond it', () => {
    const text = stringify({ ...MINIMAL, deliver: { gates: { flicker: { limit: 3, fails: 'hold' }, 'mark-left': { fails: 'off' } } } });
    const { gates } = parsePipeline(text, 'a.yaml').deliver;
    expect(gates).toEqual({ ...usual, flicker: { limit: 3, fails: 'hold' }, 'mark-left': { ...usual['mark-left'], fails: 'off' } });
    const wrong = stringify({ ...MINIMAL, deliver: { gates: { flickr: { limit: 3 } } } });
    expect(messageOf(() => parsePipeline(wrong, 'a.yaml'))).toMatch(/^a\.yaml:\d+:\d+ unknown key .*flicker/);
  });

  it('is explained in docs/gates.md, gate by gate, with its limit', () => {
    const text = readFileSync(new URL('../../docs/gates.md', import.meta.url), 'utf8');
    for (const name of GATE_NAMES)
      expect(text).toContain(`\n| \`${name}\` | ${GATES[name].passes} ${GATES[name].limit} | ${GATES[name].fails} |`);
  });

  it('is read by its path, with defaults', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'textless-pipeline-'));
    try {
      await writeFile(path.join(folder, 'mine.yaml'), stringify(MINIMAL));
      expect(await loadPipeline(path.join(folder, 'mine.yaml'), { builtInFolder })).toEqual({
        ...MINIMAL,
        marks: { logo: { action: 'wipe', minConfidence: 0.3, holdConfidence: 0.6 } },
        areas: { include: [], exclude: [] },
        times: { include: [], exclude: [] },
        limits: { maxArea: 0.25, maxTogether: 0.5 },
        restore: { network: true, device: 'cpu', requireDevice: false },
        library: { use: true, learn: true },
        deliver: { suffix: '.textless', existing: 'refuse', mezzanine: 'refuse', quality: 'broadcast', copyUntouched: true, gates: usual },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is shown in docs/pipeline-format.md, with every key of the schema', () => {
    const text = readFileSync(new URL('../../docs/pipeline-format.md', import.meta.url), 'utf8');
    expect(parsePipeline(/```yaml\n([^`]+)```/.exec(text)![1], 'pipeline-format.md').name).toBe('evening-news');
    const keys = JSON.stringify(pipelineJsonSchema()).match(/"(\w+)":\{(?="(type|description|default|properties)")/g)!;
    for (const key of keys.map((k) => k.slice(1, -3)))
      if (key !== 'properties' && key !== 'items') expect(text).toMatch(new RegExp(`[\`.]${key}\\b`));
  });

  it('takes no text from the environment', () => {
    const text = stringify({ ...MINIMAL, description: '${HOME} $HOME %PATH%' });
    expect(parsePipeline(text, 'a.yaml').description).toBe('${HOME} $HOME %PATH%');
  });

  it('refuses whatever is put beside the known keys, at any depth', () => {
    const places = ['', 'marks', 'marks.logo', 'areas', 'limits', 'restore', 'deliver'];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.stringMatching(/^[a-z][a-zA-Z-]{5,12}_x$/), (place, key) => {
        const content: Record<string, unknown> = { areas: {}, limits: {}, restore: {}, deliver: {}, ...structuredClone(MINIMAL) };
        let block = content;
        for (const part of place.split('.')) if (part) block = block[part] as Record<string, unknown>;
        block[key] = 1;
        const message = messageOf(() => parsePipeline(stringify(content), 'a.yaml'));
        const [, line, column] = /^a\.yaml:(\d+):(\d+) unknown key/.exec(message)!;
        const found = stringify(content)
          .split('\n')
          .at(Number(line) - 1);
        expect(found?.slice(Number(column) - 1)).toBe(`${key}: 1`);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a broken pipeline file', () => {
  const files = readdirSync(fixtures)
    .filter((name) => name.endsWith('.broken'))
    .map((name) => name.replace('.broken', ''));
  it.each(files)('%s.broken is refused with the messages of its .txt', (name) => {
    const message = messageOf(() => parsePipeline(readFileSync(path.join(fixtures, `${name}.broken`), 'utf8'), `${name}.yaml`));
    expect(message).toBe(readFileSync(path.join(fixtures, `${name}.txt`), 'utf8').trimEnd());
  });

  it('never makes the reader fail in another way', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80, unit: fc.constantFrom(...'ab:-{}[]\n \t"\'&*!#1,?|>%@') }), (text) => {
        expect(messageOf(() => parsePipeline(text, 'a.yaml'))).toMatch(/^(a\.yaml:\d+:\d+ [^\n]+(\n|$))+$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the nearest word', () => {
  it('is measured by edits', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
  it('is found, or not', () => {
    const known = ['marks', 'limits', 'minConfidence', 'width'];
    expect(['mark', 'MARKS', 'limit', 'min_confidence', 'minConfidance', 'w', 'colour'].map((word) => nearest(word, known))).toEqual([
      'marks',
      'marks',
      'limits',
      'minConfidence',
      'minConfidence',
      'width',
      undefined,
    ]);
  });
});
