import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareDelivered } from '../../src/media/compare.js';
import { probe } from '../../src/media/probe.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { packetDigests, pass, picture, tone, type Passage } from './support.js';

const folder = temporaryFolder('containers');
const file = (name: string): string => path.join(folder, name);
const SIZE = '96x64';

const subtitles = file('cues.srt');
writeFileSync(subtitles, '1\n00:00:00,100 --> 00:00:00,500\nGood evening\n\n2\n00:00:00,600 --> 00:00:00,900\nand welcome\n');
const chapters = file('chapters.txt');
writeFileSync(
  chapters,
  ';FFMETADATA1\ntitle=Evening News: 20\\=15\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1000\ntitle=Two\n',
);

/** Two sound tracks, subtitles, chapters and metadata around a picture. */
function rich(name: string, video: string[], audio: string, subtitle: string | undefined): string {
  const inputs = [...picture(SIZE, '25', 1), ...tone(300, 1), ...tone(500, 1), '-i', subtitles, '-f', 'ffmetadata', '-i', chapters];
  const maps = [
    '-map',
    '1',
    '-map',
    '0',
    '-map',
    '2',
    ...(subtitle ? ['-map', '3', '-c:s', subtitle] : []),
    '-map_metadata',
    '4',
    '-map_chapters',
    '4',
  ];
  const marks = [
    '-metadata:s:a:0',
    'language=ger',
    '-metadata:s:a:1',
    'language=fre',
    '-disposition:a:0',
    '0',
    '-disposition:a:1',
    'default',
  ];
  const cues = subtitle ? ['-metadata:s:s:0', 'language=dan'] : [];
  ffmpeg(...inputs, ...maps, ...video, '-pix_fmt', 'yuv420p', '-c:a', audio, ...marks, ...cues, file(name));
  return file(name);
}

/** Streams besides the picture whose packets are not the same in both files. */
function changedStreams({ source, delivered }: Passage): number[] {
  const others = source.streams.filter((s) => s.index !== source.video.index && s.type !== 'data');
  return others
    .filter((s) => packetDigests(source.path, s.index).join() !== packetDigests(delivered.path, s.index).join())
    .map((s) => s.index);
}

const X264 = [
  '-c:v',
  'libx264',
  '-preset',
  'ultrafast',
  '-aspect',
  '16:9',
  '-color_primaries',
  'bt709',
  '-color_trc',
  'bt709',
  '-colorspace',
  'bt709',
];

describe('everything but the picture', () => {
  it.each([
    ['news.mp4', X264, 'aac', 'mov_text'],
    ['news.mov', X264, 'pcm_s16le', 'mov_text'],
    ['news.mkv', X264, 'flac', 'srt'],
    ['news.ts', X264, 'mp2', undefined],
    ['news.webm', ['-c:v', 'libvpx-vp9', '-cpu-used', '8', '-deadline', 'realtime'], 'libopus', 'webvtt'],
    ['hevc.mp4', ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error', '-tag:v', 'hvc1'], 'ac3', undefined],
  ])('of %s is carried over', async (name, video, audio, subtitle) => {
    const passage = await pass(rich(name, video, audio, subtitle), file(`out-${name}`));
    const { source, delivered, differences } = passage;
    expect(source.video.index).toBe(1);
    expect(source.streams.filter((s) => s.type === 'audio')).toHaveLength(2);
    expect(differences).toEqual([]);
    expect(passage.result.losses).toEqual([]);
    expect(changedStreams(passage)).toEqual([]);
    expect(delivered.tags['title']).toBe(source.tags['title']);
    expect(delivered.video.codecTag).toBe(source.video.codecTag);
    expect(delivered.streams.map((s) => s.language)).toEqual(source.streams.map((s) => s.language));
    expect(delivered.chapters).toBe(name.endsWith('.ts') ? 0 : 2);
    expect(Math.abs((delivered.durationSeconds ?? 0) - (source.durationSeconds ?? 0))).toBeLessThan(0.05);
  });

  it('of a transport stream keeps its PIDs and the names of its service', async () => {
    const ids = ['-streamid', '0:700', '-streamid', '1:701', '-mpegts_pmt_start_pid', '500', '-mpegts_service_id', '77'];
    const names = ['-metadata', 'service_name=Kanal Ost: HD', '-metadata', 'service_provider=A=B'];
    ffmpeg(...picture(SIZE), ...tone(300), '-c:v', 'mpeg2video', '-c:a', 'mp2', ...ids, ...names, file('pids.ts'));
    const { source, delivered, differences } = await pass(file('pids.ts'), file('out-pids.ts'));
    expect(delivered.streams.map((s) => s.id)).toEqual([700, 701]);
    expect(delivered.services).toEqual(source.services);
    expect(source.services[0]).toMatchObject({ number: 77, pmtPid: 500, tags: { service_name: 'Kanal Ost: HD' } });
    expect(differences).toEqual([]);
  });

  it('of a multiplex stays in its service; other pictures are left alone and mentioned', async () => {
    const inputs = [...picture('128x96'), ...picture(SIZE), ...tone(300), ...tone(500)];
    const maps = [
      '-map',
      '2',
      '-map',
      '1',
      '-map',
      '0',
      '-map',
      '3',
      '-streamid',
      '0:400',
      '-streamid',
      '1:401',
      '-streamid',
      '2:300',
      '-streamid',
      '3:301',
    ];
    const services = ['-program', 'title=Ost:program_num=5:st=2:st=3', '-program', 'title=West:program_num=9:st=1:st=0'];
    ffmpeg(...inputs, ...maps, ...services, '-c:v', 'mpeg2video', '-c:a', 'mp2', file('two.ts'));
    const passage = await pass(file('two.ts'), file('out-two.ts'));
    const { source, delivered, differences, result } = passage;
    expect(delivered.streams[delivered.video.index].id).toBe(source.streams[source.video.index].id);
    expect(differences).toEqual([]);
    expect(result.losses).toEqual([expect.stringContaining('another picture')]);
    const members = (p: typeof source): object =>
      Object.fromEntries(p.services.map((s) => [s.number, s.streams.map((i) => p.streams[i].id).sort()]));
    expect(members(delivered)).toEqual({ 5: [300, 301], 9: [400, 401] });
    const at = (p: typeof source, id: number): string[] =>
      packetDigests(
        p.path,
        p.streams.findIndex((s) => s.id === id),
      );
    for (const id of [300, 301, 400, 401]) {
      if (id === source.streams[source.video.index].id) expect(at(delivered, id)).not.toEqual(at(source, id));
      else expect(at(delivered, id)).toEqual(at(source, id));
    }
  });

  it('of a MOV keeps its time code', async () => {
    ffmpeg(...picture(SIZE), '-c:v', 'prores_ks', '-profile:v', '3', '-timecode', '10:00:00:00', file('timecode.mov'));
    const { source, delivered, differences } = await pass(file('timecode.mov'), file('out-timecode.mov'));
    const timecodes = (p: typeof source): (string | undefined)[] => p.streams.map((s) => s.tags['timecode']);
    expect(timecodes(source)).toContain('10:00:00:00');
    expect(timecodes(delivered)).toEqual(timecodes(source));
    expect(delivered.video.profile).toBe('HQ');
    expect(differences).toEqual([]);
  });

  it('keeps a cover picture, which is not the picture', async () => {
    ffmpeg(...picture('40x40', '1', 1), '-frames:v', '1', file('cover.png'));
    ffmpeg(...picture(SIZE), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file('plain.mp4'));
    const maps = ['-map', '1', '-map', '0', '-c', 'copy', '-disposition:v:0', 'attached_pic', '-disposition:v:1', 'default'];
    ffmpeg('-i', file('plain.mp4'), '-i', file('cover.png'), ...maps, file('covered.mp4'));
    const { source, delivered, differences } = await pass(file('covered.mp4'), file('out-covered.mp4'));
    expect(source.streams.filter((s) => s.attachedPicture)).toHaveLength(1);
    expect(delivered.streams.filter((s) => s.attachedPicture)).toHaveLength(1);
    expect(source.video.geometry).toMatchObject({ width: 96, height: 64 });
    expect(differences).toEqual([]);
  });
});

describe('the picture stream', () => {
  it.each([90, 180, 270])('keeps its rotation of %i degrees', async (degrees) => {
    ffmpeg(...picture(SIZE), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file('upright.mp4'));
    const turned = file(`turned-${degrees}.mp4`);
    ffmpeg('-i', file('upright.mp4'), '-c', 'copy', '-metadata:s:v:0', `rotate=${degrees}`, turned);
    const { source, delivered, differences } = await pass(turned, file(`out-turned-${degrees}.mp4`));
    expect(Math.abs(source.video.rotation)).toBe(degrees === 270 ? 90 : degrees);
    expect(delivered.video.rotation).toBe(source.video.rotation);
    expect(source.video.geometry).toMatchObject({ width: 96, height: 64 });
    expect(differences).toEqual([]);
  });

  it.each([
    ['mpeg2.ts', ['-c:v', 'mpeg2video', '-flags', '+ildct+ilme'], 'tff'],
    ['mpeg2b.ts', ['-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-top', '0'], 'bff'],
    ['h264.ts', ['-c:v', 'libx264', '-flags', '+ildct+ilme'], 'tff'],
    ['h264b.mkv', ['-c:v', 'libx264', '-flags', '+ildct+ilme'], 'bff'],
  ])('keeps its fields: %s', async (name, codec, order) => {
    ffmpeg(...picture('96x96'), '-vf', `setfield=${order}`, ...codec, '-pix_fmt', 'yuv420p', file(name));
    const { source, delivered, differences } = await pass(file(name), file(`out-${name}`));
    expect(source.video).toMatchObject({ interlaced: true, topFieldFirst: order === 'tff' });
    expect(delivered.video).toMatchObject({ interlaced: true, topFieldFirst: order === 'tff' });
    expect(differences).toEqual([]);
  });

  it('of HDR10 keeps its static metadata and colour tags', async () => {
    const master = 'master-display=G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(10000000,50):max-cll=1000,400';
    const tags = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc', '-color_range', 'tv'];
    const codec = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', `log-level=error:${master}`, '-pix_fmt', 'yuv420p10le'];
    ffmpeg(...picture(SIZE), ...codec, ...tags, file('hdr.mp4'));
    const { source, delivered, differences } = await pass(file('hdr.mp4'), file('out-hdr.mp4'));
    const hdr = (p: typeof source): object[] => p.video.sideData.filter((d) => /Mastering|Content light/.test(d.type));
    expect(hdr(source)).toHaveLength(2);
    expect(hdr(delivered)).toEqual(hdr(source));
    expect(delivered.video.colour.matrix).toBe('bt2020');
    expect(differences).toEqual([]);
  });

  it('without colour tags stays without', async () => {
    ffmpeg(...picture(SIZE), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file('untagged.mp4'));
    const { source, delivered } = await pass(file('untagged.mp4'), file('out-untagged.mp4'));
    expect(source.video.tags).toEqual({ chromaLocation: 'left' });
    expect(delivered.video.tags).toEqual(source.video.tags);
  });
});

describe('the comparison', () => {
  it('names what differs', async () => {
    ffmpeg(...picture(SIZE), ...tone(300), ...tone(500), '-map', '0', '-map', '1', '-map', '2', '-pix_fmt', 'yuv420p', file('a.mp4'));
    ffmpeg(...picture(SIZE), ...tone(300), '-vf', 'setsar=2', '-pix_fmt', 'yuv422p', '-metadata:s:a:0', 'language=fre', file('b.mkv'));
    const [a, b] = [await probe(file('a.mp4')), await probe(file('b.mkv'))];
    const times = { base: a.video.timeBase, ticks: [0, 512, 1024], lastDuration: 512 };
    const found = (delivered: number[]): string =>
      compareDelivered(a, b, { source: times, delivered: { base: times.base, ticks: delivered } }).join('\n');
    for (const word of ['sample aspect', 'pixel format', 'stream 2', 'fre instead of none', 'container'])
      expect(found(times.ticks)).toContain(word);
    expect(found([0, 512])).toContain('2 frames instead of 3');
    expect(found([0, 513, 1024])).toContain('frame 1');
    expect(compareDelivered(a, a, { source: times, delivered: times })).toEqual([]);
  });
});
