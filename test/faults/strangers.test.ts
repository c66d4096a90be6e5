import { execFile, execFileSync } from 'node:child_process';
import { closeSync, constants, copyFileSync, existsSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { encodeProgramme } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import { useTools } from '../../src/media/tools.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { program, small } from '../media/support.js';

const folder = temporaryFolder('strangers');
const file = (name: string): string => path.join(folder, name);
/** Three canaries: a good file that a list may lead to, a pipe that whoever opens it waits at, and a host that counts visitors. */
const good = file('good.ts');
const pipe = file('pipe.ts');
let server: Server;
let host = '';
let visits = 0;

const canTrace = (() => {
  try {
    execFileSync('strace', ['-qq', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // the canaries alone must do
  }
})();

beforeAll(async () => {
  small(file('good.mp4'));
  ffmpeg('-i', file('good.mp4'), '-c', 'copy', good);
  execFileSync('mkfifo', [pipe]);
  server = createServer((_, response) => {
    visits++;
    response.end(readFileSync(good));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
afterEach(() => useTools({}));

/** Lets both programs write down what files they open and whom they call. */
function trace(): void {
  if (!canTrace) return;
  const tool = (name: string): string =>
    program(
      file(`traced-${name}`),
      `exec strace -f -qq -s 4096 -e trace=open,openat,creat,socket,connect -o ${file('trace')}.$$ ${name} "$@"`,
    );
  useTools({ ffmpeg: tool('ffmpeg'), ffprobe: tool('ffprobe') });
}

/** Files of this folder that were opened, and calls to hosts, since {@link trace}. */
function touched(): string[] {
  const logs = readdirSync(folder).filter((name) => name.startsWith('trace.'));
  if (canTrace) expect(logs.length).toBeGreaterThan(0);
  const lines = logs.flatMap((name) => readFileSync(file(name), 'utf8').split('\n'));
  const opened = lines.flatMap((line) => /(?:open|openat|creat)\(.*?"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? []);
  const called = lines.filter((line) => /AF_INET/.test(line));
  return [...new Set([...opened.filter((name) => name.startsWith(folder) && !name.includes('/traced-')), ...called])];
}

function forgetTraces(): void {
  for (const name of readdirSync(folder)) if (name.startsWith('trace.')) writeFileSync(file(name), '');
}

/** Nobody reads the pipe, nobody has visited the host. */
function expectCanariesAlive(): void {
  expect(visits).toBe(0);
  expect(() => closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK))).toThrow('ENXIO');
}

const HLS = '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n';
const segment = (uri: string): string => `${HLS}#EXTINF:0.4,\n${uri}\n#EXT-X-ENDLIST\n`;
const xml = '<?xml version="1.0" encoding="UTF-8"?>\n';
const mpd = (base: string): string =>
  `${xml}<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4">` +
  `<Representation id="1" bandwidth="1"><BaseURL>${base}</BaseURL></Representation></AdaptationSet></Period></MPD>`;

/** What somebody may give the name of a programme. Each leads to one of the canaries. */
const LISTS: Readonly<Record<string, () => string>> = {
  'HLS to a file': () => segment('good.ts'),
  'HLS to a file, absolute': () => segment(`file://${good}`),
  'HLS to a pipe': () => segment('pipe.ts'),
  'HLS to a host': () => segment(`http://${host}/a.ts`),
  'HLS with a key of a host': () => `${HLS}#EXT-X-KEY:METHOD=AES-128,URI="http://${host}/key"\n#EXTINF:0.4,\ngood.ts\n#EXT-X-ENDLIST\n`,
  'HLS to concat:': () => segment(`concat:http://${host}/a|file://${good}`),
  'HLS to subfile:': () => segment(`subfile,,start,0,end,0,,:${good}`),
  'HLS to crypto:': () => segment(`crypto:${good}`),
  'a master list of HLS': () => `${HLS}#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://${host}/list.m3u8\n`,
  'ffconcat to a file': () => "ffconcat version 1.0\nfile 'good.ts'\n",
  'ffconcat to a host': () => `ffconcat version 1.0\nfile 'http://${host}/a.ts'\n`,
  'ffconcat to a pipe': () => "ffconcat version 1.0\nfile 'pipe.ts'\n",
  'SDP of a host': () =>
    `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${host.split(':')[1]} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
  'DASH of a host': () => mpd(`http://${host}/a.mp4`),
  'DASH of a file': () => mpd(good),
  'SVG with a picture of a file': () =>
    `${xml}<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><image href="file://${good}" width="64" height="48"/></svg>`,
  'SVG with an entity of a file': () =>
    `${xml}<!DOCTYPE svg [<!ENTITY e SYSTEM "file://${good}">]><svg xmlns="http://www.w3.org/2000/svg"><text>&e;</text></svg>`,
  'a list of ASX': () => `<asx version="3.0"><entry><ref href="http://${host}/a.ts"/></entry></asx>`,
  'a reference of Windows Media': () => `[Reference]\r\nRef1=http://${host}/a.ts\r\n`,
  'RTSP by text': () => `RTSPtext\nrtsp://${host}/a\n`,
};

describe('case 20: a list or text with the name of a programme', () => {
  it.each(Object.keys(LISTS))('is refused, and nothing else is opened: %s', async (kind) => {
    for (const name of ['list.mp4', 'list.ts', 'list.m3u8']) {
      writeFileSync(file(name), LISTS[kind]());
      forgetTraces();
      trace();
      await expect(probe(file(name))).rejects.toMatchObject({ code: 'TEXTLESS_NOT_MEDIA', exitStatus: 3 });
      expectCanariesAlive();
      expect(touched().filter((what) => what !== file(name))).toEqual([]);
    }
  });

  it('would be followed without the guard, so that the canaries and the trace can be trusted', async () => {
    writeFileSync(file('followed.m3u8'), segment(`http://${host}/a.ts`));
    const allow = ['-v', 'error', '-protocol_whitelist', 'file,http,tcp', '-allowed_extensions', 'ALL'];
    trace();
    forgetTraces();
    const ffprobe = canTrace ? file('traced-ffprobe') : 'ffprobe';
    await promisify(execFile)(ffprobe, [...allow, '-show_streams', file('followed.m3u8')]).catch(() => {});
    expect(visits).toBeGreaterThan(0);
    visits = 0;
    if (canTrace) expect(touched().join()).toContain('AF_INET');
    writeFileSync(file('followed.m3u8'), segment('good.ts'));
    await promisify(execFile)(ffprobe, [...allow, '-show_streams', file('followed.m3u8')]);
    if (canTrace) expect(touched()).toContain(good);
  });

  it('is not found by a name that is a protocol, which is only a name here', async () => {
    forgetTraces();
    trace();
    for (const name of [
      `concat:${good}|${good}`,
      `subfile,,start,0,end,0,,:${good}`,
      `http://${host}/a.ts`,
      'pipe:0',
      `file:${good}`,
      'fd:0',
    ])
      await expect(probe(name), name).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND' });
    expectCanariesAlive();
  });
});

describe('case 20: a programme', () => {
  it('is decoded and written with no other file opened than itself and its new version', async () => {
    copyFileSync(file('good.mp4'), file('alone.mp4'));
    trace();
    forgetTraces();
    const programme = await probe(file('alone.mp4'));
    const times = await frameTimes(programme);
    await encodeProgramme(programme, decodeFrames(programme), times, file('written.mp4'));
    expect(existsSync(file('written.mp4'))).toBe(true);
    const others = touched().filter((what) => what !== file('alone.mp4') && !/\/\.written\.mp4\.[0-9a-f]+\.partial$/.test(what));
    expect(others).toEqual([]);
    expectCanariesAlive();
  });

  it('of MOV whose pictures are said to lie in another file is not followed there', async () => {
    ffmpeg('-i', file('good.mp4'), '-c', 'copy', file('inside.mov'));
    const bytes = readFileSync(file('inside.mov'));
    // The data reference `alis` of the track, marked as its own (flag 1), becomes one to a file beside it.
    const at = bytes.indexOf('dref');
    const entry = bytes.indexOf('alis', at);
    const own = entry > 0 ? 'alis' : 'url ';
    const flags = bytes.indexOf(own, at) + 4;
    expect(bytes.readUInt32BE(flags)).toBe(1);
    writeFileSync(file('outside.mov'), referring(bytes, bytes.indexOf(own, at) - 4));
    trace();
    forgetTraces();
    await expect(probe(file('outside.mov'))).rejects.toMatchObject({ code: 'TEXTLESS_UNSUPPORTED' });
    expectCanariesAlive();
    expect(touched().filter((what) => what !== file('outside.mov'))).toEqual([]);
    if (!canTrace) return;
    // The reference is good: a demuxer that is allowed to does follow it.
    const follow = ['-v', 'error', '-enable_drefs', '1', '-show_streams', file('outside.mov')];
    await promisify(execFile)(file('traced-ffprobe'), follow).catch(() => {});
    expect(touched()).toContain(good);
  });
});

/** Replaces the data reference entry at `at` by an alias record (version 2) to `good.ts` in the same folder, and corrects the sizes around it. */
function referring(bytes: Buffer, at: number): Buffer {
  const absolute = 'v:x:good.ts'; // volume, folder, file
  const record = Buffer.alloc(150 + 4 + absolute.length + (absolute.length & 1) + 4);
  record.writeUInt8(1, 10);
  record.write('v', 11);
  record.writeInt16BE(1, 130); // levels from here and to there: in the same folder
  record.writeInt16BE(1, 132);
  record.writeInt16BE(2, 150); // tag 2: absolute path
  record.writeUInt16BE(absolute.length, 152);
  record.write(absolute, 154);
  record.writeInt16BE(-1, record.length - 4);
  const head = Buffer.alloc(12);
  head.writeUInt32BE(12 + record.length, 0);
  head.write('alis', 4);
  const entry = Buffer.concat([head, record]);
  const old = bytes.readUInt32BE(at);
  const out = Buffer.concat([bytes.subarray(0, at), entry, bytes.subarray(at + old)]);
  for (const type of ['moov', 'trak', 'mdia', 'minf', 'dinf', 'dref']) {
    const box = out.lastIndexOf(type, at) - 4;
    out.writeUInt32BE(out.readUInt32BE(box) + entry.length - old, box);
  }
  return out;
}
