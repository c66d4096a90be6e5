/**
 * Measures what gates cost: `npx tsx scripts/gates-cost.ts [--no-network] PROGRAMME...`
 *
 * A logo of a twelfth of the picture's width is taken as marked in its upper right corner, all the time, and filled; the programme is decoded, restored and
 * encoded once without gates and once with all of them, which also decode the new file. Printed: seconds of processor time of both (this process and
 * its children), and milliseconds a frame that the gates take.
 */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { modelFolder } from '../src/cli/installation.js';
import { Gates } from '../src/job/gates/gates.js';
import { calmCollector } from '../src/media/collector.js';
import { decodeFrames, frameTimes } from '../src/media/decode.js';
import { encodeProgramme } from '../src/media/encode.js';
import { probe } from '../src/media/probe.js';
import type { FrameTimes, Programme } from '../src/media/programme.js';
import { GATE_NAMES, GATES, type GateRules } from '../src/plan/gates.js';
import type { Plan } from '../src/plan/plan.js';
import { restorePictures } from '../src/restore/fields.js';
import { withHalo } from '../src/restore/halo.js';
import { openNetwork } from '../src/restore/network/network.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'no-network': { type: 'boolean', default: false } } });
/** Nothing stops: all is measured. */
const rules = Object.fromEntries(GATE_NAMES.map((name) => [name, { limit: GATES[name].limit, fails: 'warn' }])) as GateRules;
const TICKS_A_SECOND = 100;

/** Seconds of processor time of this process and of children that have ended (proc(5), `stat`). */
function cpu(): number {
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ')[1].split(' ').map(Number);
  return fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) / TICKS_A_SECOND;
}

function planFor({ name, video }: Programme, frames: number): Plan {
  const { width, height } = video.geometry;
  const side = Math.round(width / 12);
  const box = { x: width - 2 * side, y: side >> 1, width: side, height: side >> 1 };
  const all = [{ first: 0, last: frames - 1 }];
  const mask = { box, data: new Uint8Array(box.width * box.height).fill(255) };
  const track = { id: 'logo-1', kind: 'logo', action: 'wipe', confidence: 1, why: 'drawn here', spans: all, mask } as const;
  return { version: 1, programme: { name, sha256: '', width, height, frames }, pipeline: 'cost', shots: all, tracks: [track] };
}

/** Wipes the programme. @returns seconds of processor time */
async function wipe(source: Programme, plan: Plan, times: FrameTimes, gates: Gates | undefined): Promise<number> {
  const before = cpu();
  const target = path.join(tmpdir(), `gates-cost-${process.pid}${path.extname(source.path)}`);
  {
    const { geometry, colour, interlaced, topFieldFirst } = source.video;
    await using restorer = await openNetwork({ folder: modelFolder, network: !values['no-network'] });
    const tracks = plan.tracks.map((t) => withHalo(t, geometry));
    const decoded = decodeFrames(source);
    const options = { interlaced, topFieldFirst, geometry, colour, plan: { shots: plan.shots, tracks }, restorer };
    const restored = restorePictures(gates ? gates.decoded(decoded) : decoded, options);
    await encodeProgramme(source, gates ? gates.restored(restored) : restored, times, target, {
      overwrite: true,
      accept: async (file) => void (await gates?.judge(file, { times, copied: [] })),
    });
  }
  await rm(target);
  return cpu() - before;
}

calmCollector();
for (const file of positionals) {
  const source = await probe(file);
  const times = await frameTimes(source);
  const frames = times.ticks.length;
  const plan = planFor(source, frames);
  const without = await wipe(source, plan, times, undefined);
  const all = await wipe(source, plan, times, new Gates({ source, plan, mattes: new Map(), frames, rules, languages: [] }));
  const each = ((all - without) * 1000) / frames;
  console.log(
    `${path.basename(file)}: ${frames} frames, ${without.toFixed(1)} s without gates, ${all.toFixed(1)} s with them: ${each.toFixed(0)} ms a frame`,
  );
}
