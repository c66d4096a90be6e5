import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync, statSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  cleanProgramme,
  ffmpeg,
  leftovers,
  logoProgramme,
  packetHash,
  pictureFields,
  sha256,
  temporaryFolder,
} from '../fixtures/programmes.js';

const folder = temporaryFolder('cli');
const main = path.resolve('dist/cli/main.js');
const marked = path.join(folder, 'marked.mp4');
const clean = path.join(folder, 'clean.mp4');

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a person would, in the temporary folder. */
function textless(args: readonly string[], options: { interruptAt?: string; shell?: string } = {}): Promise<Result> {
  const argv = [main, ...args];
  const child = options.shell
    ? spawn('sh', ['-c', `${options.shell}; exec "$0" "$@"`, process.execPath, ...argv], { cwd: folder })
    : spawn(process.execPath, argv, { cwd: folder });
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.on('data', (d: Buffer) => (stdout += d.toString()));
  child.stderr.on('data', (d: Buffer) => {
    stderr += d.toString();
    // Once: a second signal may meet a process that has given its handlers back and is about to end with its status.
    if (options.interruptAt && !interrupted && stderr.includes(options.interruptAt)) interrupted = child.kill('SIGINT');
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
}

/** ffmpeg processes that work on a file of this test. */
function living(): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(folder) && !line.includes('vitest'));
}

beforeAll(() => {
  logoProgramme(marked);
  cleanProgramme(clean);
});

describe('textless wipe', () => {
  it('delivers a programme without its logo, with everything else as it was', async () => {
    const before = sha256(marked);
    const { status, stdout } = await textless(['wipe', 'marked.mp4', '--json', '--pipeline', 'station-logo']);
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as { status: string; output: string; tracks: { kind: string }[] };
    expect(report.status).toBe('wiped');
    expect(report.tracks.map((t) => t.kind)).toEqual(['logo']);
    expect(sha256(marked)).toBe(before);
    expect(packetHash(report.output, 'a')).toBe(packetHash(marked, 'a'));
    const fields = ['codec_name', 'width', 'height', 'pix_fmt', 'r_frame_rate', 'nb_read_frames', 'sample_aspect_ratio'];
    expect(pictureFields(report.output, ...fields)).toBe(pictureFields(marked, ...fields));
  });

  it('delivers a programme without marks as an identical copy', async () => {
    const { status, stdout } = await textless(['wipe', 'clean.mp4', '--json']);
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as { status: string; output: string };
    expect(report.status).toBe('clean');
    expect(sha256(report.output)).toBe(sha256(clean));
  });

  it.each(["it's a «test» 100%03d: 新聞.mp4", '-leading dash.mp4', 'two  spaces "quoted".mp4'])(
    'takes a programme named %s',
    async (name) => {
      copyFileSync(clean, path.join(folder, name));
      const { status } = await textless(['wipe', '-q', '--overwrite', '--', name]);
      expect(status).toBe(0);
      expect(existsSync(path.join(folder, name.replace('.mp4', '.textless.mp4')))).toBe(true);
    },
  );

  it('refuses what is no programme, in one sentence with a code, and writes nothing', async () => {
    writeFileSync(path.join(folder, 'text.mp4'), 'This is not a film.\n'.repeat(500));
    ffmpeg('-f', 'lavfi', '-i', 'sine=440:duration=1', '-c:a', 'aac', path.join(folder, 'sound.mp4'));
    const faults = [
      ['text.mp4', 'TEXTLESS_NOT_MEDIA'],
      ['sound.mp4', 'TEXTLESS_UNSUPPORTED'],
      ['missing.mp4', 'TEXTLESS_NOT_FOUND'],
    ];
    for (const [name, code] of faults) {
      const { status, stdout, stderr } = await textless(['wipe', name]);
      expect(status).toBe(3);
      expect(stdout).toBe('');
      expect(stderr).toContain(`[${code}]`);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(existsSync(path.join(folder, name.replace('.mp4', '.textless.mp4')))).toBe(false);
    }
    expect(leftovers(folder)).toEqual([]);
  });

  it('gives what can be decoded of a truncated programme, or refuses it; the source is untouched', async () => {
    const ts = path.join(folder, 'cut.ts');
    ffmpeg('-i', marked, '-c', 'copy', ts);
    truncateSync(ts, Math.floor(statSync(ts).size * 0.6));
    const before = sha256(ts);
    const result = await textless(['wipe', 'cut.ts', '--pipeline', 'station-logo']);
    expect(result.status).toBe(0);
    expect(sha256(ts)).toBe(before);
    const mp4 = path.join(folder, 'cut.mp4');
    copyFileSync(marked, mp4);
    truncateSync(mp4, Math.floor(statSync(mp4).size * 0.6)); // the index at the end is gone
    const refused = await textless(['wipe', 'cut.mp4']);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain('[TEXTLESS_INCOMPLETE]');
    expect(leftovers(folder)).toEqual([]);
  });

  it('says that the disk is full and leaves nothing behind', async () => {
    // A limit on file size meets the writer like a full disk does (EFBIG), without needing to be root. Blocks of 512 bytes.
    const { status, stderr } = await textless(['wipe', 'marked.mp4', '-o', 'full.mp4', '--pipeline', 'station-logo'], {
      shell: 'ulimit -f 64',
    });
    expect(status).toBe(4);
    expect(stderr).toContain('[TEXTLESS_NO_SPACE]');
    expect(existsSync(path.join(folder, 'full.mp4'))).toBe(false);
    expect(leftovers(folder)).toEqual([]);
    expect(living()).toEqual([]);
  });

  it('ends on Ctrl-C with status 130, no output, no partial file, no process left', async () => {
    const { status, stderr } = await textless(['wipe', 'marked.mp4', '-o', 'never.mp4'], { interruptAt: 'found in' });
    expect(status).toBe(130);
    expect(stderr).toContain('[TEXTLESS_CANCELLED]');
    expect(existsSync(path.join(folder, 'never.mp4'))).toBe(false);
    expect(leftovers(folder)).toEqual([]);
    expect(living()).toEqual([]);
  });

  it('never replaces a file unless told so, and never the source', async () => {
    copyFileSync(clean, path.join(folder, 'there.mp4'));
    const there = await textless(['wipe', 'clean.mp4', '-o', 'there.mp4']);
    expect(there.status).toBe(4);
    expect(there.stderr).toContain('[TEXTLESS_OUTPUT]');
    const itself = await textless(['wipe', 'clean.mp4', '-o', 'clean.mp4', '--overwrite']);
    expect(itself.stderr).toContain('is the source itself');
  });
});

describe('textless', () => {
  it('answers a wrong command line with status 2 and a hint', async () => {
    const { status, stderr } = await textless(['wipe']);
    expect(status).toBe(2);
    expect(stderr).toContain('--help');
  });

  it('names file, line and column of a wrong pipeline', async () => {
    writeFileSync(path.join(folder, 'mine.yaml'), 'version: 1\nname: mine\ndescription: x\nmarks:\n  logo: { action: erase }\n');
    const { status, stderr } = await textless(['wipe', 'clean.mp4', '-p', './mine.yaml']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/mine\.yaml:5:\d+ /);
  });

  it('scans into a plan that wipe takes back', async () => {
    const scan = await textless(['scan', 'marked.mp4', '-o', 'marked.plan.json', '--json', '-p', 'station-logo']);
    expect(scan.status).toBe(0);
    expect((JSON.parse(scan.stdout) as { tracks: unknown[] }).tracks).toHaveLength(1);
    expect(existsSync(path.join(folder, 'marked.plan.png'))).toBe(true);
    const wipe = await textless(['wipe', 'marked.mp4', '-t', 'marked.plan.json', '-o', 'planned.mp4', '--no-network', '-q']);
    expect(wipe.status).toBe(0);
    const other = await textless(['wipe', 'clean.mp4', '-t', 'marked.plan.json', '-o', 'other.mp4']);
    expect(other.status).toBe(2);
    expect(other.stderr).toContain('[TEXTLESS_PLAN]');
  });

  it('tells with doctor what it needs and has', async () => {
    const { status, stdout } = await textless(['doctor', '--json']);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean }[] };
    expect(status).toBe(0);
    expect(checks.map((c) => c.name)).toContain('ffmpeg');
  });

  it('takes ffmpeg from where the environment says, and says which one is missing', async () => {
    const { status, stdout } = await textless(['doctor', '--json'], { shell: 'export FFMPEG_PATH=/nowhere/ffmpeg' });
    const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean; says: string }[] };
    expect(status).toBe(4);
    expect(checks.filter((c) => !c.ok)).toEqual([{ name: 'ffmpeg', ok: false, says: 'was not found' }]);
  });
});
