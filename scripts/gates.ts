/**
 * Measures what the gates say of good wipes and of bad ones: `npx tsx scripts/gates.ts CASE...`
 *
 * A case is a folder with `marked.mp4`. Its marks are found and wiped, whatever the scan is sure of; then the same is broken on purpose, one fault at
 * a time, before the encoder or in the encode. A line of JSON for each: case, fault, and what every gate measured.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modelFolder, perceptionFolder, pipelineFolder } from '../src/cli/installation.js';
import { planesOf, type Frame, type Geometry } from '../src/core/frame.js';
import { Gates } from '../src/job/gates/gates.js';
import type { GateResult, Measured } from '../src/job/gates/gate.js';
import { MarkGauges } from '../src/job/gates/marks.js';
import { OutsideGauge } from '../src/job/gates/outside.js';
import { Reach } from '../src/job/gates/reach.js';
import { scanProgramme } from '../src/job/scan.js';
import { calmCollector } from '../src/media/collector.js';
import { decodeFrames, frameTimes } from '../src/media/decode.js';
import { encodeProgramme } from '../src/media/encode.js';
import { probe } from '../src/media/probe.js';
import type { Programme } from '../src/media/programme.js';
import { GATE_NAMES, GATES, type GateRules } from '../src/plan/gates.js';
import { loadPipeline } from '../src/plan/pipeline.js';
import type { Plan, Track } from '../src/plan/plan.js';
import { boxAt, standing } from '../src/plan/travel.js';
import { withHalo } from '../src/restore/halo.js';
import { learnMattes } from '../src/restore/matte/lessons.js';
import type { Matte } from '../src/restore/matte/matte.js';
import { leftToFill, unblendFrames } from '../src/restore/matte/unblend.js';
import { openNetwork } from '../src/restore/network/network.js';
import { restorePictures } from '../src/restore/fields.js';

/** Frames of a case that are looked at. */
const FRAMES = 60;
/** Nothing stops: all is measured. */
const rules = Object.fromEntries(GATE_NAMES.map((name) => [name, { limit: GATES[name].limit, fails: 'warn' }])) as GateRules;

interface Case {
  readonly source: Programme;
  readonly plan: Plan;
  readonly mattes: ReadonlyMap<string, Matte>;
  readonly decoded: readonly Frame[];
}

const copy = ({ index, data }: Frame): Frame => ({ index, data: data.slice() });
async function* each(frames: readonly Frame[], change: (frame: Frame) => Frame = copy): AsyncGenerator<Frame> {
  for (const frame of frames) yield await Promise.resolve(change(frame));
}
async function all(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const out: Frame[] = [];
  for await (const frame of frames) out.push(frame);
  return out;
}

async function restored({ source, plan, mattes, decoded }: Case, network: boolean): Promise<Frame[]> {
  const { geometry, colour } = source.video;
  const left = plan.tracks.flatMap((t) => leftToFill(t, mattes.get(t.id)) ?? []);
  const tracks = left.flatMap(standing).map((t) => withHalo(t, geometry));
  await using restorer = tracks.length ? await openNetwork({ folder: modelFolder, network }) : undefined;
  const unblended = unblendFrames(each(decoded), plan.tracks, mattes, { geometry, colour });
  const { interlaced, topFieldFirst } = source.video;
  return await all(
    restorePictures(unblended, { interlaced, topFieldFirst, geometry, colour, plan: { shots: plan.shots, tracks }, restorer }),
  );
}

/** Calls for every luma sample that a mask hides. */
function under(
  frame: Frame,
  tracks: readonly Track[],
  geometry: Geometry,
  change: (at: number, x: number, y: number, track: Track) => void,
): void {
  for (const track of tracks) {
    if (track.action !== 'wipe' || !track.spans.some((s) => frame.index >= s.first && frame.index <= s.last)) continue;
    const { x, y, width, height } = boxAt(track, frame.index);
    const { data } = track.mask;
    for (let v = 0, i = 0; v < height; v++)
      for (let u = 0; u < width; u++, i++) {
        const [px, py] = [x + u, y + v];
        if (data[i] && px >= 0 && py >= 0 && px < geometry.width && py < geometry.height) change(py * geometry.width + px, px, py, track);
      }
  }
}

/** Faults of restoring: what they make of a restored frame, in place, knowing the decoded one. */
const RESTORING: Record<string, (frame: Frame, decoded: Frame, c: Case) => void> = {
  honest: () => undefined,
  'mark left': (frame, decoded) => frame.data.set(decoded.data),
  'half left': mixing((track, x) => (x > track.mask.box.x + track.mask.box.width / 2 ? 1 : 0)),
  'ghost 30 %': mixing(() => 0.3),
  'ghost 15 %': mixing(() => 0.15),
  'ghost 7 %': mixing(() => 0.07),
  'flicker 4': flickering(4),
  'flicker 2': flickering(2),
  smear: smeared,
};

function mixing(share: (track: Track, x: number) => number) {
  return (frame: Frame, decoded: Frame, { source, plan }: Case): void => {
    const { geometry } = source.video;
    const [[to], [from]] = [planesOf(frame, geometry), planesOf(decoded, geometry)];
    under(
      frame,
      plan.tracks,
      geometry,
      (at, x, _, track) => (to.data[at] = Math.round(to.data[at] + share(track, x) * (from.data[at] - to.data[at]))),
    );
  };
}

function flickering(levels: number) {
  return (frame: Frame, _: Frame, { source, plan }: Case): void => {
    const { geometry } = source.video;
    const [{ data }] = planesOf(frame, geometry);
    const by = levels * 2 ** (geometry.format.depth - 8);
    under(frame, plan.tracks, geometry, (at, x, y) => (data[at] = Math.max(0, Math.min(2 ** geometry.format.depth - 1, Math.round(data[at] + by * Math.sin(x / 9 + 2.4 * frame.index) * Math.cos(y / 7 + 1.7 * frame.index)))))); // prettier-ignore
  };
}

/** Each row of the mask is drawn straight from its left edge to its right one, frame by frame. */
function smeared(frame: Frame, decoded: Frame, { source, plan }: Case): void {
  const { geometry } = source.video;
  const [{ data, width }] = planesOf(frame, geometry);
  const [before] = planesOf(decoded, geometry);
  const hidden = new Uint8Array(data.length);
  under(frame, plan.tracks, geometry, (at) => (hidden[at] = 1));
  for (let p = 0; p < data.length; p++) {
    if (!hidden[p] || (p % width && hidden[p - 1])) continue;
    let end = p;
    while ((end + 1) % width && hidden[end + 1]) end++;
    const [a, b] = [before.data[Math.max(0, p - 3)], before.data[Math.min(data.length - 1, end + 3)]];
    for (let q = p; q <= end; q++) data[q] = Math.round(a + ((b - a) * (q - p + 1)) / (end - p + 2));
  }
}

/** Faults of the encode: the quality, and what is given to the encoder instead of the restored frame. */
const ENCODING: Record<
  string,
  { quality?: number; give?: (frames: readonly Frame[], index: number, decoded: readonly Frame[], geometry: Geometry) => Frame }
> = {
  broadcast: {},
  preview: { quality: 23 },
  'crf 38': { quality: 38 },
  'a frame late': { give: (frames, i) => frames[Math.max(0, i - 1)] },
  'source given': { give: (_, i, decoded) => decoded[i] },
  'luma + 3': { give: (frames, i, _, g) => shifted(frames[i], g, 0, 3) },
  'Cb + 4': { give: (frames, i, _, g) => shifted(frames[i], g, 1, 4) },
};

function shifted(frame: Frame, geometry: Geometry, plane: number, by: number): Frame {
  const out = copy(frame);
  const { data } = planesOf(out, geometry)[plane];
  const most = 2 ** geometry.format.depth - 1;
  for (let i = 0; i < data.length; i++) data[i] = Math.min(most, data[i] + by * 2 ** (geometry.format.depth - 8));
  return out;
}

/** What is measured before the encoder. */
function beforeEncoding({ source, plan, mattes, decoded }: Case, frames: readonly Frame[]): Measured[] {
  const { geometry } = source.video;
  const outside = new OutsideGauge(new Reach(plan.tracks, mattes, source.video), geometry);
  const marks = new MarkGauges(plan, mattes, geometry);
  decoded.forEach((frame, i) => {
    for (const gauge of [outside, marks]) gauge.before(frame);
    for (const gauge of [outside, marks]) gauge.after(frames[i]);
  });
  return [outside.measured(), ...marks.measured()];
}

async function judge(c: Case, frames: readonly Frame[], work: string, { quality, give }: (typeof ENCODING)[string]): Promise<GateResult[]> {
  const { source, plan, mattes, decoded } = c;
  const gates = new Gates({ source, plan, mattes, frames: decoded.length, rules, languages: [] });
  const times = await frameTimes(source);
  const some = { ...times, ticks: times.ticks.slice(0, frames.length) };
  await all(gates.decoded(each(decoded))).then((d) => d.length);
  const given = each((await all(gates.restored(each(frames)))).map((frame, i) => give?.(frames, i, decoded, source.video.geometry) ?? frame).map((f, index) => ({ ...f, index }))); // prettier-ignore
  let results: GateResult[] = [];
  const target = path.join(work, 'out.mp4');
  await encodeProgramme(source, given, some, target, {
    overwrite: true,
    quality,
    accept: async (file) => void (results = await gates.judge(file, { times: some, copied: [] })),
  });
  return results;
}

async function measure(folder: string, work: string): Promise<void> {
  const source = await probe(path.join(folder, 'marked.mp4'));
  const pipeline = await loadPipeline('clean-feed', { builtInFolder: pipelineFolder });
  const scan = await scanProgramme(source, { pipeline, perceptionFolder });
  const cut = (t: Track): Track => ({
    ...t,
    action: t.action === 'hold' ? 'wipe' : t.action,
    spans: t.spans.filter((s) => s.first < FRAMES).map((s) => ({ first: s.first, last: Math.min(FRAMES - 1, s.last) })),
  });
  const frames = Math.min(FRAMES, scan.programme.frames);
  const shots = scan.shots.filter((s) => s.first < frames).map((s) => ({ first: s.first, last: Math.min(frames - 1, s.last) }));
  const plan: Plan = {
    ...scan,
    shots,
    programme: { ...scan.programme, frames },
    tracks: scan.tracks.map(cut).filter((t) => t.spans.length),
  };
  const decoded: Frame[] = [];
  for await (const frame of decodeFrames(source)) {
    decoded.push(frame);
    if (decoded.length === frames) break;
  }
  const { geometry, colour } = source.video;
  const { mattes } = await learnMattes(each(decoded), plan, { geometry, colour });
  const c: Case = { source, plan, mattes, decoded };
  const say = (fault: string, results: readonly Measured[]): void => {
    const values = Object.fromEntries(results.flatMap(({ gate, value }) => (value === null ? [] : [[gate, value]])));
    console.log(
      JSON.stringify({
        case: path.basename(folder),
        kinds: [...new Set(plan.tracks.filter((t) => t.action === 'wipe').map((t) => t.kind))].join(),
        taken: mattes.size,
        fault,
        ...values,
      }),
    );
  };
  const good = await restored(c, true);
  for (const [fault, spoil] of Object.entries(RESTORING)) {
    const bad = good.map(copy);
    bad.forEach((frame, i) => spoil(frame, decoded[i], c));
    say(fault, beforeEncoding(c, bad));
  }
  for (const [fault, by] of [
    ['mask shifted 8', 8],
    ['mask shifted 4', 4],
  ] as const) {
    const beside = (t: Track): Track => ({
      ...t,
      mask: { ...t.mask, box: { ...t.mask.box, x: Math.max(0, t.mask.box.x - by), y: Math.max(0, t.mask.box.y - by) } },
    });
    const moved = { ...c, plan: { ...plan, tracks: plan.tracks.map(beside) }, mattes: new Map<string, Matte>() };
    say(fault, beforeEncoding(moved, await restored(moved, false)));
  }
  for (const [fault, how] of Object.entries(ENCODING)) say(fault, await judge(c, good, work, how));
}

calmCollector();
const work = mkdtempSync(path.join(tmpdir(), 'textless-gates-'));
try {
  for (const folder of process.argv.slice(2)) await measure(folder, work);
} finally {
  rmSync(work, { recursive: true, force: true });
}
