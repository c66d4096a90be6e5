import { execFileSync } from 'node:child_process';
import { appendFileSync, closeSync, copyFileSync, ftruncateSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, symlinkSync, truncateSync, unlinkSync, utimesSync, writeFileSync, writeSync } from 'node:fs'; // prettier-ignore
import { createHash } from 'node:crypto';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { watchSchema } from '../../src/service/configuration/schema.js';
import { FolderIntake, type Arrival, type IntakeOptions } from '../../src/service/intake/folder-intake.js';
import { whatNameSays } from '../../src/service/intake/names.js';
import { wholeFile } from '../../src/service/intake/whole-file.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';

const folder = temporaryFolder('intake');
const good = path.join(folder, 'good.mp4');
let n = 0;

beforeAll(() => ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', good));

/** An in-folder under a clock that only moves when it is told to. */
function trial(ready: object = {}, options: Partial<IntakeOptions> & { subfolders?: boolean } = {}) {
  const at = path.join(folder, `${n++}`);
  mkdirSync(at);
  const [settings] = watchSchema.parse({
    version: 1,
    folders: [{ name: 'a', in: at, out: 'o', ready: { every: 1, quiet: 3, stale: 60, ...ready } }],
  }).folders;
  const arrivals: Arrival[] = [];
  let now = 0;
  let opened = 0;
  const known: IntakeOptions['known'] = options.known ?? new Map<string, { size: number; mtime: number }>();
  const intake = new FolderIntake(
    { ...settings, subfolders: options.subfolders ?? true, hold: '', failed: '', archive: '' },
    {
      known,
      clock: () => now,
      onArrival: (arrival) => arrivals.push(arrival),
      open: (file) => (opened++, (options.open ?? wholeFile)(file)),
    },
  );
  /** So many seconds, with a look at each. */
  const pass = async (seconds: number): Promise<string[]> => {
    for (let s = 0; s < seconds; s++) {
      now++;
      await intake.look();
    }
    return arrivals.map((a) => `${a.name}${a.refused ? ` ${a.refused.code}` : ''}`);
  };
  return { at, pass, arrivals, intake, known, file: (name: string) => path.join(at, name), opened: () => opened };
}

describe('case 1: a file that is still growing', () => {
  it('waits, is not opened, and arrives soon after the last write', async () => {
    const { file, pass, opened } = trial();
    const bytes = readFileSync(good);
    writeFileSync(file('a.mp4'), bytes.subarray(0, 100));
    for (let k = 1; k <= 10; k++) {
      expect(await pass(2)).toEqual([]);
      appendFileSync(file('a.mp4'), bytes.subarray(100 * k, 100 * (k + 1)));
    }
    expect(opened()).toBe(0);
    writeFileSync(file('a.mp4'), bytes);
    expect(await pass(3)).toEqual([]);
    expect(await pass(1)).toEqual(['a.mp4']);
    expect(await pass(30)).toEqual(['a.mp4']);
  });

  it('is told from one whose time stands still but whose size grows, and the other way round', async () => {
    const { file, pass } = trial();
    copyFileSync(good, file('a.mp4'));
    for (let k = 0; k < 5; k++) {
      await pass(2);
      appendFileSync(file('a.mp4'), 'x');
      utimesSync(file('a.mp4'), 1000, 1000);
    }
    for (let k = 0; k < 5; k++) {
      expect(await pass(2)).toEqual([]);
      utimesSync(file('a.mp4'), 1000 + k, 2000 + k);
    }
  });
});

describe('case 2: a file of full size whose content is still arriving', () => {
  it('waits until its end is there', async () => {
    const { file, pass } = trial();
    const bytes = readFileSync(good);
    const handle = openSync(file('a.mp4'), 'w');
    ftruncateSync(handle, bytes.length);
    writeSync(handle, bytes, 0, bytes.length >> 1, 0);
    utimesSync(file('a.mp4'), 5000, 5000);
    expect(await pass(20)).toEqual([]);
    writeSync(handle, bytes, 0, bytes.length, 0);
    closeSync(handle);
    utimesSync(file('a.mp4'), 5000, 5000); // as senders do that keep the time
    expect(await pass(45)).toEqual(['a.mp4']);
  });
});

describe('case 3: a copy that stops for ever', () => {
  it('is refused after the time that is set', async () => {
    const { file, pass, arrivals } = trial({ stale: 30 });
    writeFileSync(file('a.mp4'), readFileSync(good).subarray(0, 3000));
    expect(await pass(28)).toEqual([]);
    const [first] = await pass(30);
    expect(first).toMatch(/^a\.mp4 TEXTLESS_/);
    expect(arrivals[0].refused!.reason).not.toBe('');
    expect(await pass(30)).toHaveLength(1);
  });
});

describe('case 4: an empty file', () => {
  it('waits, then is refused', async () => {
    const { file, pass } = trial({ stale: 10 });
    writeFileSync(file('a.mp4'), '');
    expect(await pass(9)).toEqual([]);
    expect((await pass(20))[0]).toMatch(/^a\.mp4 TEXTLESS_/);
  });
});

describe('what is taken in', () => {
  it.each(['.hidden.mp4', '~$a.mp4', 'a.mp4.part', 'a.ts.filepart', 'a.mp4.partial', 'a.crdownload', '.a.mp4.3f.partial', 'a.tmp'])(
    'not %s',
    (name) => {
      expect(whatNameSays(name)).toBe('unfinished');
    },
  );
  it.each(['notes.txt', 'a.srt', 'a.pdf', 'noending'])('not %s', (name) => expect(whatNameSays(name)).toBe('other'));
  it.each(['a.MXF', 'b.ts', 'ü.mp4', '%d.mkv', '-i.mov', 'CON.mp4', 'a b\n.mp4'])('%j', (name) =>
    expect(whatNameSays(name)).toBe('programme'),
  );

  it('a file that is renamed into place, at once as soon as it holds still', async () => {
    const { file, pass } = trial();
    copyFileSync(good, file('a.mp4.part'));
    expect(await pass(10)).toEqual([]);
    renameSync(file('a.mp4.part'), file('a.mp4'));
    expect(await pass(4)).toEqual(['a.mp4']);
  });

  it('files in folders, under their path; unless the folder says no', async () => {
    const [deep, flat] = [trial(), trial({}, { subfolders: false })];
    for (const { file } of [deep, flat]) {
      mkdirSync(file('monday/night'), { recursive: true });
      copyFileSync(good, file('monday/night/a.mp4'));
    }
    expect(await deep.pass(5)).toEqual(['monday/night/a.mp4']);
    expect(await flat.pass(5)).toEqual([]);
  });

  it('a file that vanishes while it is waited for is forgotten, and one of its name is new', async () => {
    const { file, pass, intake } = trial();
    copyFileSync(good, file('a.mp4'));
    await pass(2);
    expect(intake.waiting).toBe(1);
    unlinkSync(file('a.mp4'));
    await pass(2);
    expect(intake.waiting).toBe(0);
    copyFileSync(good, file('a.mp4'));
    expect(await pass(3)).toEqual([]);
    expect(await pass(2)).toEqual(['a.mp4']);
  });

  it('a file that is replaced in its place, once more', async () => {
    const { file, pass, intake } = trial();
    copyFileSync(good, file('a.mp4'));
    await pass(5);
    appendFileSync(file('a.mp4'), Buffer.alloc(8));
    intake.hint(file('a.mp4'));
    await pass(1);
    expect(await pass(20)).toEqual(['a.mp4', 'a.mp4']);
  });
});

describe('companions', () => {
  it('.done is waited for, and its file refused when it does not come', async () => {
    const { file, pass } = trial({ companion: 'done', stale: 30 });
    copyFileSync(good, file('a.mp4'));
    copyFileSync(good, file('b.mp4'));
    expect(await pass(10)).toEqual([]);
    writeFileSync(file('a.done'), '');
    await pass(15);
    expect(await pass(60)).toEqual(['a.mp4', 'b.mp4 TEXTLESS_INCOMPLETE']);
  });

  it('.md5 must agree', async () => {
    const { file, pass } = trial({ companion: 'md5', stale: 30 });
    const sum = createHash('md5').update(readFileSync(good)).digest('hex');
    for (const [name, says] of [
      ['a', `${sum}  a.mp4\n`],
      ['b', `${'0'.repeat(32)}  b.mp4\n`],
      ['c', 'not yet'],
    ] as const) {
      copyFileSync(good, file(`${name}.mp4`));
      writeFileSync(file(`${name}.mp4.md5`), says);
    }
    expect(await pass(10)).toEqual(['a.mp4']);
    expect((await pass(60)).slice(1).sort()).toEqual(['b.mp4 TEXTLESS_INCOMPLETE', 'c.mp4 TEXTLESS_INCOMPLETE']);
  });
});

describe('case 23: what is no plain file', () => {
  it('is refused without being opened, once; a hard link is a file', async () => {
    const { file, pass, opened } = trial();
    symlinkSync(good, file('link.mp4'));
    mkdirSync(file('folder.mp4'));
    copyFileSync(good, file('folder.mp4/inside.mp4'));
    execFileSync('mkfifo', [file('fifo.mp4')]);
    copyFileSync(good, path.join(folder, 'other.mp4'));
    linkSync(path.join(folder, 'other.mp4'), file('hard.mp4'));
    const says = await pass(20);
    expect(says.sort()).toEqual([
      'fifo.mp4 TEXTLESS_NOT_MEDIA',
      'folder.mp4 TEXTLESS_NOT_MEDIA',
      'hard.mp4',
      'link.mp4 TEXTLESS_NOT_MEDIA',
    ]);
    expect(opened()).toBe(1);
  });
});

describe('case 21: names', () => {
  it('that are not UTF-8 are refused with their bytes', async () => {
    const { at, pass } = trial();
    copyFileSync(good, Buffer.concat([Buffer.from(`${at}/`), Buffer.from([0x61, 0xff, 0xfe]), Buffer.from('.mp4')]));
    expect(await pass(6)).toEqual(['a%FF%FE.mp4 TEXTLESS_NOT_FOUND']);
  });

  it.each([
    '-i.mp4',
    '%d.mp4',
    'a%03d:x.mp4',
    `it's "x";.mp4`,
    'new\nline\ttab.mp4',
    '📺.mp4',
    '\u202etxt.mp4',
    'e\u0301.mp4',
    '\u00e9.mp4',
    `${'x'.repeat(251)}.mp4`,
    'CON.mp4',
    'a. .mp4',
  ])('%j arrive as they are', async (name) => {
    // prettier-ignore
    const { file, pass } = trial();
    copyFileSync(good, file(name));
    expect(await pass(6)).toEqual([name]);
  });
});

describe('case 25: a sidecar that comes late or is half written', () => {
  it('keeps its programme waiting until it holds still', async () => {
    const { file, pass } = trial();
    copyFileSync(good, file('a.mp4'));
    await pass(2);
    for (let k = 0; k < 4; k++) {
      appendFileSync(file('a.textless.yaml'), 'version: 1\n'.slice(3 * k, 3 * k + 3));
      expect(await pass(2)).toEqual([]);
    }
    expect(await pass(4)).toEqual(['a.mp4']);
  });
});

describe('case 27: a folder that cannot be read', () => {
  it('is an error, and nothing is concluded from it', async () => {
    const { at, file, pass, known } = trial();
    copyFileSync(good, file('a.mp4'));
    await pass(5);
    renameSync(at, `${at}-away`);
    await expect(pass(1)).rejects.toThrow(/ENOENT/);
    expect(known.size).toBe(1);
    renameSync(`${at}-away`, at);
    expect(await pass(5)).toEqual(['a.mp4']);
  });
});

describe('case 29: a clock that jumps', () => {
  it('does not make a growing file arrive: only the steady clock counts', async () => {
    const { file, pass } = trial({ quiet: 5 });
    copyFileSync(good, file('a.mp4'));
    const real = Date.now;
    try {
      for (const jump of [1e9, -1e9, 3600_000]) {
        Date.now = () => real() + jump;
        expect(await pass(1)).toEqual([]);
      }
    } finally {
      Date.now = real;
    }
    expect(await pass(4)).toEqual(['a.mp4']);
  });
});

describe('case 59: very many files', () => {
  it('20,000 are seen at once, and none of them costs a handle', async () => {
    const { file, pass, at } = trial({}, { open: () => Promise.resolve(undefined) });
    for (let k = 0; k < 20_000; k++) writeFileSync(file(`${k}.mp4`), '');
    const handles = execFileSync('ls', [`/proc/${process.pid}/fd`])
      .toString()
      .split('\n').length;
    expect(new Set(await pass(4)).size).toBe(20_000);
    expect(
      execFileSync('ls', [`/proc/${process.pid}/fd`])
        .toString()
        .split('\n').length,
    ).toBeLessThan(handles + 20);
    truncateSync(path.join(at, '7.mp4'), 1);
    await pass(1);
  });
});
