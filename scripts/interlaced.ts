/**
 * Measures wiping of interlaced pictures: `npx tsx scripts/interlaced.ts [--size 720x576] [--frames 80] [--sharp] [--no-network] [--keep FOLDER] CLIP...`
 *
 * The frames of a clip are taken as 50 a second, cut to the size, and filtered along the columns as before any interlacing (not with --sharp; an
 * interlaced clip gives a frame for each of its fields, and is not filtered). Subtitles are drawn on them, the same ones for the same name. Every other
 * line of two frames makes one interlaced frame, with the top field first and, in another file, the bottom field; the frames as they are, at 50
 * a second, are its progressive twin. All are H.264 of one quality, wiped as `textless wipe` does it, gates included, with a plan that holds the true masks.
 *
 * Printed for each order: luma PSNR under the subtitles, of the first and of the second field, of the delivered file, and of the same lines of the delivered
 * twin, against the clean frames. Combing under the subtitles (mean |above + below - 2 · line|) as a share of that of the clean frames woven.
 * What ffmpeg's idet counts in the source and in the result. Gates that it does not pass.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { inSpans, tight } from '../src/core/area.js';
import { planesOf, type Samples } from '../src/core/frame.js';
import { modelFolder, perceptionFolder, pipelineFolder } from '../src/cli/installation.js';
import { dice } from '../src/evaluate/dice.js';
import type { Mark } from '../src/evaluate/marks/mark.js';
import { compose, stamp } from '../src/evaluate/marks/sprite.js';
import { makeSubtitles } from '../src/evaluate/marks/subtitles.js';
import { rawInput, readPictures, withWriters } from '../src/evaluate/programmes/pictures.js';
import { wipeProgramme } from '../src/job/wipe.js';
import { calmCollector } from '../src/media/collector.js';
import { decodeFrames } from '../src/media/decode.js';
import { probe } from '../src/media/probe.js';
import { GATE_NAMES } from '../src/plan/gates.js';
import { loadPipeline } from '../src/plan/pipeline.js';
import type { Plan, Track } from '../src/plan/plan.js';
import { hashFile } from '../src/plan/subject.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '720x576' },
    frames: { type: 'string', default: '80' },
    sharp: { type: 'boolean', default: false },
    'no-network': { type: 'boolean', default: false },
    keep: { type: 'string' },
  },
});
const [width, height] = values.size.split('x').map(Number);
const RATE = 50;
/** Orders of the fields, and the parity of the lines that are shown first. */
const ORDERS = { tff: 0, bff: 1 } as const;
type Order = keyof typeof ORDERS;
/** What a camera or converter does to the columns before it drops every other line: (1 2 1) / 4, the usual one of ffmpeg's `interlace`. */
const COLUMN = '0 1 0 0 2 0 0 1 0';
const LOW_PASS = `convolution=${[0, 1, 2].map((p) => `${p}m=${COLUMN}:${p}rdiv=1/4`).join(':')}`;

function ffmpeg(...args: string[]): string {
  const { status, stderr } = spawnSync('ffmpeg', ['-hide_banner', '-nostdin', '-y', ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(stderr);
  return stderr;
}

/** The clip's frames at the size, without loss. */
async function cut(clip: string, to: string): Promise<number> {
  const { video } = await probe(clip);
  const filters = [
    ...(video.interlaced ? ['bwdif=mode=send_field'] : []),
    `scale=${width}:${height}:force_original_aspect_ratio=increase:flags=lanczos,crop=${width}:${height},format=yuv444p`,
    ...(video.interlaced || values.sharp ? [] : [LOW_PASS]),
    `setpts=N`,
  ];
  const picture = ['-map', '0:v:0', '-vf', filters.join(','), '-fps_mode', 'passthrough', '-frames:v', values.frames];
  ffmpeg('-i', clip, ...picture, '-c:v', 'ffv1', to);
  const counted = spawnSync('ffprobe', ['-v', 'error', '-count_packets', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', to]);
  return Number(counted.stdout.toString()) & ~1;
}

/** Opaque subtitles that follow from the clip's name. */
async function subtitlesFor(clip: string, frames: number): Promise<Mark[]> {
  for (let turn = 0; ; turn++) {
    const marks = await makeSubtitles({ width, height, frames, rate: RATE }, dice('interlaced', path.basename(clip), turn));
    if (marks.length && marks.every((m) => m.opaque && !m.look.includes('fade'))) return marks;
  }
}

interface Case {
  readonly marks: readonly Mark[];
  readonly frames: number;
  /** Luma of the clean frames, and what is marked in them, frame by frame at 50 a second. */
  readonly clean: Samples[];
  readonly hidden: Uint8Array[];
}

/** Writes the interlaced programmes, their twin, and the clean frames. */
async function make(clip: string, folder: string): Promise<Case> {
  const source = path.join(folder, 'clip.mkv');
  const frames = await cut(clip, source);
  const marks = await subtitlesFor(clip, frames);
  const raw = rawInput('rgb24', width, height, RATE);
  const yuv = 'scale=out_color_matrix=bt709:out_range=tv,format=yuv420p';
  const h264 = ['-c:v', 'libx264', '-preset', 'medium', '-crf', '16', '-colorspace', 'bt709', '-color_range', 'tv'];
  const woven = (order: Order): string[] => {
    const weave = `${yuv},tinterlace=interleave_${ORDERS[order] ? 'bottom' : 'top'},setfield=${order}`;
    return [...raw, '-vf', weave, ...h264, '-flags', '+ildct+ilme', '-x264-params', `${order}=1`, path.join(folder, `${order}.mp4`)];
  };
  const commands = [
    woven('tff'),
    woven('bff'),
    [...raw, '-vf', yuv, ...h264, path.join(folder, 'twin.mp4')],
    [...raw, '-vf', yuv, '-c:v', 'ffv1', path.join(folder, 'clean.mkv')],
  ];
  const hidden: Uint8Array[] = [];
  await withWriters(commands, undefined, async ([tff, bff, twin, clean]) => {
    for await (const picture of readPictures({ file: source, width, height, first: 0, frames })) {
      const map = new Uint8Array(width * height);
      const kept = clean.write(picture.slice());
      for (const mark of marks) {
        if (!inSpans(mark.spans, hidden.length)) continue;
        compose(picture, width, mark.at(hidden.length));
        stamp(map, width, mark.at(hidden.length));
      }
      hidden.push(map);
      await Promise.all([kept, ...[tff, bff, twin].map((w) => w.write(picture))]);
    }
  });
  return { marks, frames, hidden, clean: await lumaOf(path.join(folder, 'clean.mkv')) };
}

async function lumaOf(file: string): Promise<Samples[]> {
  const programme = await probe(file);
  const all: Samples[] = [];
  for await (const frame of decodeFrames(programme)) all.push(planesOf(frame, programme.video.geometry)[0].data.slice());
  return all;
}

/** The plan that wipes the true masks. @param per frames of 50 a second that make one of the programme's */
async function planOf(file: string, { marks, frames }: Case, per: number): Promise<Plan> {
  const tracks = marks.flatMap((mark, i): Track[] => {
    const map = new Uint8Array(width * height);
    for (const { first, last } of mark.spans) for (let t = first; t <= last; t++) stamp(map, width, mark.at(t));
    const mask = tight({ box: { x: 0, y: 0, width, height }, data: map });
    const spans = mark.spans.map(({ first, last }) => ({ first: Math.floor(first / per), last: Math.floor(last / per) }));
    return mask ? [{ id: `cue-${i + 1}`, kind: 'subtitle', action: 'wipe', confidence: 1, why: 'true mask', spans, mask }] : [];
  });
  const programme = { name: path.basename(file), sha256: await hashFile(file), width, height, frames: frames / per };
  return { version: 1, programme, pipeline: 'clean-feed', shots: [{ first: 0, last: frames / per - 1 }], tracks };
}

/** Wipes a file and returns the luma of the result, and the gates that fail. */
async function wiped(file: string, c: Case, per: number): Promise<{ luma: Samples[]; failing: string[] }> {
  const output = file.replace('.mp4', '.wiped.mp4');
  const pipeline = await loadPipeline('clean-feed', { builtInFolder: pipelineFolder });
  const { report } = await wipeProgramme({
    ...{ input: file, output, pipeline, plan: await planOf(file, c, per), modelFolder, perceptionFolder },
    ...{ network: !values['no-network'], overwrite: true, accept: GATE_NAMES },
  });
  if (report.status !== 'wiped') throw new Error(JSON.stringify(report.gates));
  return {
    luma: await lumaOf(output),
    failing: report.gates.filter((g) => g.verdict === 'accepted' || g.verdict === 'warn').map((g) => `${g.gate} ${g.value}`),
  };
}

const decibel = (squares: number, n: number): number => 10 * Math.log10((65025 * n) / squares);

/** One line of one moment. */
type Line = (t: number, y: number) => Samples;

/** PSNR under the subtitles of the fields that come first, and of those that come second. */
function fieldPsnr({ clean, hidden }: Case, first: number, line: Line): [number, number] {
  const sums = [0, 1].map(() => ({ squares: 0, n: 0 }));
  clean.forEach((truth, t) => {
    for (let y = (t + first) & 1; y < height; y += 2) {
      const out = line(t, y);
      for (let x = 0, i = y * width; x < width; x++, i++)
        if (hidden[t][i]) {
          sums[t & 1].squares += (out[x] - truth[i]) ** 2;
          sums[t & 1].n++;
        }
    }
  });
  return [decibel(sums[0].squares, sums[0].n), decibel(sums[1].squares, sums[1].n)];
}

/** Mean |above + below - 2 · line| of interlaced frames, at hidden samples. */
function combing({ hidden }: Case, first: number, line: Line): number {
  let [sum, n] = [0, 0];
  for (let t = 0; t < hidden.length; t += 2) {
    const at = (y: number): number => t + ((y + first) & 1);
    for (let y = 1; y < height - 1; y++) {
      const [above, own, below] = [y - 1, y, y + 1].map((v) => line(at(v), v));
      for (let x = 0, i = y * width; x < width; x++, i++)
        if (hidden[at(y)][i]) {
          sum += Math.abs(above[x] + below[x] - 2 * own[x]);
          n++;
        }
    }
  }
  return sum / n;
}

/** What idet counts over the file. */
function idet(file: string): string {
  const said = ffmpeg('-v', 'info', '-i', file, '-map', '0:v:0', '-vf', 'idet', '-f', 'null', '-');
  const [, top, bottom, progressive] = /Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+)/.exec(said) ?? [];
  return `${top} top, ${bottom} bottom, ${progressive} progressive`;
}

const row = (data: Samples, y: number): Samples => data.subarray(y * width, (y + 1) * width);
const told = (values: readonly number[]): string => values.map((v) => v.toFixed(2)).join(' / ');

async function measure(clip: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const c = await make(clip, folder);
  const file = (name: string): string => path.join(folder, `${name}.mp4`);
  const twin = await wiped(file('twin'), c, 1);
  const apart: Line = (t, y) => row(twin.luma[t], y);
  const truth: Line = (t, y) => row(c.clean[t], y);
  for (const [order, first] of Object.entries(ORDERS)) {
    const result = await wiped(file(order), c, 2);
    const woven: Line = (t, y) => row(result.luma[t >> 1], y);
    const [own, other] = [woven, apart].map((line) => fieldPsnr(c, first, line));
    const scene = combing(c, first, truth);
    const share = (line: Line): string => (combing(c, first, line) / scene).toFixed(2);
    console.log(`${path.basename(clip)} ${values.size} ${order}, ${c.frames / 2} frames`);
    console.log(`  fields ${told(own)} dB, twin ${told(other)} dB: ${told(own.map((v, i) => v - other[i]))} dB`);
    console.log(`  combing: of ${scene.toFixed(2)} in the clean frames ${share(woven)}, in the twin's ${share(apart)}`);
    console.log(`  idet before: ${idet(file(order))}; after: ${idet(file(`${order}.wiped`))}`);
    if (result.failing.length) console.log(`  gates: ${result.failing.join(', ')}`);
  }
}

calmCollector();
const work = values.keep ?? mkdtempSync(path.join(tmpdir(), 'textless-interlaced-'));
try {
  for (const clip of positionals) await measure(clip, path.join(work, path.parse(clip).name));
} finally {
  if (!values.keep) rmSync(work, { recursive: true, force: true });
}
