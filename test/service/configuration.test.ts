import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pipelineFolder } from '../../src/cli/installation.js';
import { loadPipeline } from '../../src/plan/pipeline.js';
import { mayBegin, watchSchema } from '../../src/service/configuration/schema.js';
import { overridden, parseSidecar, readSidecar } from '../../src/service/configuration/sidecar.js';
import { loadWatch, type Watch } from '../../src/service/configuration/watch.js';
import { temporaryFolder } from '../fixtures/programmes.js';

const folder = temporaryFolder('configuration');
let n = 0;

function load(text: string): Promise<Watch> {
  const base = path.join(folder, `${n++}`);
  mkdirSync(base);
  writeFileSync(path.join(base, 'watch.yaml'), text);
  return loadWatch(path.join(base, 'watch.yaml'), { builtInFolder: pipelineFolder });
}
const one = (more: string): string => `version: 1\nfolders:\n  - { name: a, in: in, out: out${more} }\n`;

describe('watch.yaml', () => {
  it('is read with places beside it and times as people write them', async () => {
    const watch = await load(one(', ready: { quiet: 2m, stale: 1h }'));
    const base = path.dirname(watch.file);
    expect(watch.folders[0]).toMatchObject({
      in: path.join(base, 'in'),
      archive: path.join(base, 'archive', 'a'),
      ready: { quiet: 120, stale: 3600, every: 5 },
    });
    expect(watch.work).toBe(path.join(base, 'work'));
  });

  it.each([
    ['an unknown key', one(', pipelin: x'), /watch\.yaml:3:\d+ unknown key "pipelin" in folders\[0\]: did you mean pipeline\?/],
    ['a pipeline that is not there', one(', pipeline: statoin-logo'), /did you mean station-logo/],
    ['two folders of a name', `${one('')}  - { name: A, in: b, out: c }\n`, /two folders are called A/],
    ['a time that is none', one(', ready: { quiet: soon }'), /10s, 5m or 2h/],
    [
      'a secret that is no name of a variable',
      `${one('')}hooks: [{ url: "http://127.0.0.1/x", secret: hunter2 }]\n`,
      /environment variable/,
    ],
  ])('with %s is refused, with its place', async (_, text, says) => {
    await expect(load(text)).rejects.toMatchObject({ code: 'TEXTLESS_CONFIG', message: expect.stringMatching(says) as string });
  });

  it.each([
    ['out in in', ', in: x, out: x/out'],
    ['in in out', ', in: x/in, out: x'],
    ['the same', ', in: x, out: x'],
    ['the archive in in', ', in: x, out: y, archive: x/done'],
    ['failed above in', ', in: x/y/in, out: z, failed: x'],
  ])('case 36: %s would take in what is delivered: refused', async (_, places) => {
    await expect(load(`version: 1\nfolders:\n  - { name: a${places} }\n`)).rejects.toMatchObject({
      code: 'TEXTLESS_CONFIG',
      message: expect.stringContaining('taken in again') as string,
    });
  });

  it('case 36: also by way of a link, and across folders', async () => {
    const base = path.join(folder, 'links');
    mkdirSync(path.join(base, 'real'), { recursive: true });
    symlinkSync(path.join(base, 'real'), path.join(base, 'alias'));
    writeFileSync(
      path.join(base, 'watch.yaml'),
      'version: 1\nfolders:\n  - { name: a, in: real/in, out: o }\n  - { name: b, in: i, out: alias }\n',
    );
    await expect(loadWatch(path.join(base, 'watch.yaml'), { builtInFolder: pipelineFolder })).rejects.toThrow(/out of b/);
  });
});

describe('a schedule', () => {
  const schedule = watchSchema.parse({ version: 1, folders: [{ name: 'a', in: 'i', out: 'o', schedule: { days: ['fri'], from: '22:00', to: '06:00' } }] }).folders[0].schedule!; // prettier-ignore
  it.each([
    ['2026-11-20T21:59', false],
    ['2026-11-20T22:00', true],
    ['2026-11-21T05:59', true],
    ['2026-11-21T06:00', false],
    ['2026-11-21T22:30', false],
    ['2026-11-20T03:00', false],
  ])('of Friday night at %s: %s', (at, may) => expect(mayBegin(schedule, new Date(at))).toBe(may));
});

describe('case 24: a sidecar from whoever may drop files', () => {
  it('changes what it names and nothing else', async () => {
    const base = await loadPipeline('clean-feed', { builtInFolder: pipelineFolder });
    const sidecar = parseSidecar('version: 1\nmarks: { logo: { action: keep } }\nquality: archive\n', 'a.textless.yaml');
    const changed = overridden(base, sidecar);
    expect(changed.marks.logo!.action).toBe('keep');
    expect(changed.marks.subtitle).toEqual(base.marks.subtitle);
    expect(changed.deliver).toEqual({ ...base.deliver, quality: 'archive' });
  });

  it.each([
    ['a path as a pipeline', 'version: 1\npipeline: ../../etc/passwd\n'],
    ['an absolute path', 'version: 1\npipeline: /etc/passwd\n'],
    ['a place', 'version: 1\nout: /tmp\n'],
    ['ffmpeg arguments', 'version: 1\nargs: [-i, x]\n'],
    ['__proto__', 'version: 1\n__proto__: { admin: true }\n'],
    ['__proto__ further in', 'version: 1\nmarks: { __proto__: { action: wipe } }\n'],
    ['constructor', 'version: 1\nconstructor: { prototype: 1 }\n'],
    ['anchors that grow', `version: 1\nareas: &a [*a]\n`],
    ['very deep brackets', `version: 1\nmarks: ${'['.repeat(50_000)}`],
    ['very deep blocks', `version: 1\n? ${'- '.repeat(20_000)}x`],
    ['text that is no YAML', '{{{'],
    ['a tag', 'version: 1\nmarks: !!js/function "x"\n'],
  ])('with %s is refused', (_, text) => {
    const before = Object.keys(Object.prototype);
    expect(() => parseSidecar(text, 'a.textless.yaml')).toThrow(expect.objectContaining({ code: 'TEXTLESS_CONFIG' }) as Error);
    expect(Object.keys(Object.prototype)).toEqual(before);
  });

  it('that is huge, a link, or a folder is refused without being read', async () => {
    const media = path.join(folder, 'm.mp4');
    const sidecar = path.join(folder, 'm.textless.yaml');
    writeFileSync(sidecar, `version: 1\n#${'x'.repeat(300_000)}\n`);
    await expect(readSidecar(media)).rejects.toThrow(/too large/);
    const linked = path.join(folder, 'l.mp4');
    symlinkSync('/etc/passwd', path.join(folder, 'l.mp4.textless.yaml'));
    await expect(readSidecar(linked)).rejects.toThrow(/plain file/);
    mkdirSync(path.join(folder, 'f.textless.yaml'));
    await expect(readSidecar(path.join(folder, 'f.mp4'))).rejects.toThrow(/plain file/);
    expect(await readSidecar(path.join(folder, 'none.mp4'))).toBeUndefined();
  });
});
