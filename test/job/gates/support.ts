import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { modelFolder } from '../../../src/cli/installation.js';
import type { Frame } from '../../../src/core/frame.js';
import { judged, type GateResult } from '../../../src/job/gates/gate.js';
import { MarkGauges } from '../../../src/job/gates/marks.js';
import { OutsideGauge } from '../../../src/job/gates/outside.js';
import { Reach } from '../../../src/job/gates/reach.js';
import { GateFailure, Gates, type GateOptions } from '../../../src/job/gates/gates.js';
import { decodeFrames, frameTimes } from '../../../src/media/decode.js';
import { encodeProgramme } from '../../../src/media/encode.js';
import { probe } from '../../../src/media/probe.js';
import type { Programme } from '../../../src/media/programme.js';
import { GATE_NAMES, GATES, type GateName, type GateRules } from '../../../src/plan/gates.js';
import type { Plan, Track } from '../../../src/plan/plan.js';
import { hashFile } from '../../../src/plan/subject.js';
import { withHalo } from '../../../src/restore/halo.js';
import { openNetwork } from '../../../src/restore/network/network.js';
import { restoreFrames } from '../../../src/restore/restore.js';
import { ffmpeg } from '../../fixtures/programmes.js';

export const realFfmpeg = execFileSync('which', ['ffmpeg']).toString().trim();
export const usual = Object.fromEntries(
  GATE_NAMES.map((name) => [name, { limit: GATES[name].limit, fails: GATES[name].fails }]),
) as GateRules;
export const FRAMES = 50;
/** Where the test card stands. */
export const CARD = { x: 248, y: 16, width: 48, height: 32 };

/** A shape with a notch, drawn round a test card: samples of its box that no mask reaches are left. */
export function cardPlan(source: Programme, sha256: string, shots = [{ first: 0, last: FRAMES - 1 }]): Plan {
  const box = { ...CARD, x: CARD.x - 16, width: CARD.width + 16, height: CARD.height + 16 };
  const data = new Uint8Array(box.width * box.height);
  for (let y = 0; y < CARD.height; y++) data.fill(255, y * box.width + 16, (y + 1) * box.width);
  data.fill(255, (box.height - 1) * box.width + 63, box.height * box.width); // one sample far down, so that the box reaches there
  const { width, height } = source.video.geometry;
  const track: Track = {
    id: 'logo-1',
    kind: 'logo',
    action: 'wipe',
    confidence: 1,
    why: 'drawn for the test',
    spans: [{ first: 0, last: FRAMES - 1 }],
    mask: { box, data },
  };
  return {
    version: 1,
    programme: { name: source.name, sha256, width, height, frames: FRAMES },
    pipeline: 'clean-feed',
    shots,
    tracks: [track],
  };
}

/** Two seconds of 320x192 with a test card and a tone; `picture` is lavfi. */
export function programme(file: string, picture: string, ...encode: string[]): void {
  const graph = `[0][1]overlay=${CARD.x}:${CARD.y},format=yuv420p[v]`;
  const inputs = [
    '-f',
    'lavfi',
    '-i',
    picture,
    '-f',
    'lavfi',
    '-i',
    `smptebars=s=${CARD.width}x${CARD.height}:r=25`,
    '-f',
    'lavfi',
    '-i',
    'sine=440:d=2',
  ];
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '14', ...encode, '-c:a', 'aac', '-frames:v', String(FRAMES)];
  ffmpeg(...inputs, '-filter_complex', graph, '-map', '[v]', '-map', '2', ...codec, file);
}

export const MOVING = 'mandelbrot=s=320x192:r=25:end_scale=0.05';

/** A programme wiped once, so that faults can be put into what is known to be good. */
export interface Good {
  readonly source: Programme;
  readonly plan: Plan;
  readonly decoded: readonly Frame[];
  readonly restored: readonly Frame[];
}

const copy = ({ index, data }: Frame): Frame => ({ index, data: data.slice() });
async function* each(frames: readonly Frame[]): AsyncGenerator<Frame> {
  for (const frame of frames) yield await Promise.resolve(copy(frame));
}
async function all(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const out: Frame[] = [];
  for await (const frame of frames) out.push(frame);
  return out;
}

export async function wiped(file: string): Promise<Good> {
  const source = await probe(file);
  const plan = cardPlan(source, await hashFile(file));
  const decoded = await all(decodeFrames(source));
  const { geometry, colour } = source.video;
  await using restorer = await openNetwork({ folder: modelFolder, network: false });
  const tracks = plan.tracks.map((t) => withHalo(t, geometry));
  const restored = await all(restoreFrames(each(decoded), { geometry, colour, plan: { shots: plan.shots, tracks }, restorer }));
  return { source, plan, decoded, restored };
}

export interface Faults {
  /** What a bad restorer makes of a restored frame, in place. */
  readonly spoil?: (frame: Frame, decoded: Frame) => void;
  /** What the encoder is given instead of a frame. */
  readonly give?: (frames: readonly Frame[], index: number) => Frame;
  readonly options?: Partial<GateOptions>;
}

/** Judges a wipe into which faults were put: every gate, by name. */
export async function judge(
  { source, plan, decoded, restored }: Good,
  target: string,
  { spoil, give, options }: Faults = {},
): Promise<Map<GateName, GateResult>> {
  const gates = new Gates({ source, plan, mattes: new Map(), frames: FRAMES, rules: usual, languages: [], ...options });
  const bad = restored.map(copy);
  bad.forEach((frame, i) => spoil?.(frame, decoded[i]));
  const times = await frameTimes(source);
  await all(gates.decoded(each(decoded)));
  const passed = await all(gates.restored(each(bad)));
  const given = each(passed.map((frame, index) => ({ data: (give?.(passed, index) ?? frame).data, index })));
  let results: readonly GateResult[] = [];
  const accept = async (partial: string): Promise<void> => {
    results = await gates.judge(partial, { times, copied: [] }).catch((error: unknown) => {
      if (error instanceof GateFailure) return [...error.gates];
      throw error;
    });
  };
  await encodeProgramme(source, given, times, target, { overwrite: true, accept });
  return new Map(results.map((r) => [r.gate, r]));
}

/** The same for what is measured before the encoder alone. */
export function judgeRestored({ source, plan, decoded, restored }: Good, { spoil, options }: Faults = {}): Map<GateName, GateResult> {
  const { geometry } = source.video;
  const gauges = [
    new OutsideGauge(new Reach(plan.tracks, new Map(), { geometry, interlaced: false }), geometry),
    new MarkGauges(plan, new Map(), geometry),
  ] as const;
  restored.forEach((frame, i) => {
    const bad = copy(frame);
    spoil?.(bad, decoded[i]);
    for (const gauge of gauges) gauge.before(decoded[i]);
    for (const gauge of gauges) gauge.after(bad);
  });
  const measured = [gauges[0].measured(), ...gauges[1].measured()];
  return new Map(measured.map((m) => [m.gate, judged(m, options?.rules ?? usual, options?.accepted)]));
}

/** Gates that would hold a programme. */
export const failing = (results: ReadonlyMap<GateName, GateResult> | readonly GateResult[]): string[] =>
  [...results.values()].filter((r) => r.verdict === 'fail').map((r) => r.gate);

export const inFolder = (folder: string) => (name: string) => path.join(folder, name);
