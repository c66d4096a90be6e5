import { z } from 'zod';

/** What becomes of a job of which a gate's measure lies beyond its limit: it is held, or delivered with a warning in its report; `off`: nothing is measured. */
const fails = z.enum(['hold', 'warn', 'off']);

/** One gate of a pipeline. */
export interface GateRule {
  readonly limit: number;
  readonly fails: z.infer<typeof fails>;
}

interface GateKind {
  /** What is measured, and in what; for a person. */
  readonly what: string;
  readonly limit: number;
  /** Whether the limit is the most or the least that passes. */
  readonly passes: 'most' | 'least';
  readonly fails: GateRule['fails'];
}

const most = (limit: number, what: string, then: GateRule['fails'] = 'hold'): GateKind => ({ what, limit, passes: 'most', fails: then });
const least = (limit: number, what: string, then: GateRule['fails'] = 'hold'): GateKind => ({ what, limit, passes: 'least', fails: then });

/**
 * The gates that a wiped programme passes before it is delivered, with their usual limits. docs/gates.md says how each is measured and how its
 * limit was chosen. Names are stable: only added.
 */
export const GATES = {
  frames: most(0, 'frames more or fewer than in the source'),
  times: most(0, 'frames that are shown at another time'),
  duration: most(1, 'difference in length of any stream, in frames'),
  streams: most(0, 'differences in streams, chapters and services'),
  picture: most(0, 'differences in codec, size, pixel format, sample aspect, rotation'),
  'colour-tags': most(0, 'differing colour tags'),
  'field-flags': most(0, 'differences in the flags of fields'),
  'field-order': least(0, 'how far the order of fields in moving pictures is that of the source: 1 the same, -1 swapped'),
  sound: most(0, 'differing sound streams'),
  'sound-offset': most(0.5, 'shift of sound against picture, in frames'),
  'copied-pictures': most(0, 'coded pictures that were taken over and are not those of the source'),
  'side-data': most(0, 'differences in captions and whatever else pictures carry'),
  'outside-identical': most(0, 'frames in which a sample outside the masks is not the decoder’s, before encoding'),
  'frame-order': most(0, 'of the sampled frames those that show another frame’s picture'),
  'encode-quality': least(0.6, 'SSIM of the encode outside the masks, the worst sampled frame'),
  'mark-back': most(0.3, 'how much of what was taken off is back in the finished file: 0 nothing, 1 all, the worst sampled frame'),
  'colour-shift': most(2, 'mean shift of luma or chroma by the encode, in levels of 8 bits, the worst sampled frame'),
  'mark-left': most(0.2, 'how much of a mark’s edges is left: 0 nothing, 1 all'),
  'mark-beside': most(2, 'how much more stands still right beside a mask than farther away, where the scene moves', 'warn'),
  'text-left': most(0.5, 'share of a wiped text that can still be read', 'hold'),
  flicker: most(1, 'how much more a filled place flickers than what is beside it, in levels of 8 bits, on shots that stand still', 'warn'),
  'logo-variance': most(0.5, 'how much the place of what was changed wanders, 0 not at all, 1 as much as can be', 'warn'),
} satisfies Record<string, GateKind>;

export type GateName = keyof typeof GATES;
export const GATE_NAMES = Object.keys(GATES) as GateName[];
export const isGate = (name: string): name is GateName => Object.hasOwn(GATES, name);

const rule = (kind: GateKind) =>
  z
    .strictObject({
      limit: z.number().min(-1).max(100_000).default(kind.limit).describe(`The ${kind.passes} that passes.`),
      fails: fails.default(kind.fails).describe('What becomes of a programme that does not pass: hold, warn in the report, or off.'),
    })
    .prefault({})
    .describe(`${kind.what[0].toUpperCase()}${kind.what.slice(1)}.`);

/** The block `deliver.gates` of a pipeline: every gate by its name, each with its defaults. */
export const gatesSchema = z.strictObject(
  Object.fromEntries(GATE_NAMES.map((name) => [name, rule(GATES[name])])) as Record<GateName, ReturnType<typeof rule>>,
);
export type GateRules = Readonly<Record<GateName, GateRule>>;
