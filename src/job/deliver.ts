import type { Span } from '../core/area.js';
import type { Frame } from '../core/frame.js';
import { decodeFrames, frameTimes, type DecodeReport } from '../media/decode.js';
import { assertDeliverable, encodeProgramme } from '../media/encode.js';
import { picturesBefore } from '../media/packets.js';
import type { FrameTimes, Programme } from '../media/programme.js';
import type { Pipeline } from '../plan/pipeline.js';
import type { Plan, Track } from '../plan/plan.js';
import { standing } from '../plan/travel.js';
import { withHalo } from '../restore/halo.js';
import { learnMattes } from '../restore/matte/lessons.js';
import { leftToFill, unblendFrames } from '../restore/matte/unblend.js';
import type { Matte } from '../restore/matte/matte.js';
import { openNetwork, type Network } from '../restore/network/network.js';
import { restorePictures } from '../restore/fields.js';
import { planChunks } from './checkpoint/chunks.js';
import { restoringKey } from './checkpoint/key.js';
import { resumeFrames } from './checkpoint/resume.js';
import { Touched } from './checkpoint/touched.js';
import { consult, keepLearnt, type LibraryReport } from './marks.js';
import { Gates, type GateOptions } from './gates/gates.js';
import type { GateResult } from './gates/gate.js';
import { choosePictures, keepPictures, type Picture } from './pictures.js';
import { writeBeforeAfterSheet } from './sheet.js';
import type { DeliveredPictures, UsedNetwork } from './outcome.js';
import type { WipeRequest } from './request.js';

/** CRF of each named quality; undefined leaves the choice to the encoder's recipe (media/codec.ts). */
const QUALITY: Record<Pipeline['deliver']['quality'], number | undefined> = { archive: 11, broadcast: undefined, preview: 23 };

/** What a delivery found out. */
export interface Delivered {
  readonly network: UsedNetwork | null;
  /** Tracks through which the scene shines and that were taken off. */
  readonly unblended: readonly string[];
  /** Which of them by a mark of the library, by track. */
  readonly marks: ReadonlyMap<string, string>;
  readonly library: LibraryReport | null;
  readonly damage: readonly string[];
  /** What could not be carried over: sentences for a person. */
  readonly losses: readonly string[];
  readonly times: FrameTimes | undefined;
  readonly pictures: DeliveredPictures | null;
  /** What the result was found to be before it got its name. */
  readonly gates: readonly GateResult[];
}

/** Learns what can be taken off; then decodes, restores and encodes at the same time; then judges the result and gives it its name. @throws GateFailure */
export async function deliver(source: Programme, plan: Plan, output: string, request: WipeRequest): Promise<Delivered> {
  const { signal, sheet } = request;
  const { geometry, colour } = source.video;
  const picture = { geometry, colour };
  const times = await frameTimes(source, { signal });
  assertDeliverable(source, times);
  const consulted = await consult(request.library, source, plan, request.pipeline);
  const learning = await learnMattes(decodeFrames(source, { signal }), plan, picture, consulted?.known);
  const { mattes } = learning;
  const left = plan.tracks.flatMap((t) => leftToFill(t, mattes.get(t.id)) ?? []);
  const tracks = left.flatMap(standing).map((t) => withHalo(t, geometry));
  const fills = tracks.some((t) => t.action === 'wipe');
  const { modelFolder: folder, network: wanted, workers, pipeline } = request;
  const { device, requireDevice } = pipeline.restore;
  await using restorer = fills ? await openNetwork({ folder, network: wanted, workers, device, requireDevice, signal }) : undefined;
  let report: DecodeReport | undefined;
  const wiped = plan.tracks.filter((t) => t.action === 'wipe');
  const shots = sheet ? choosePictures(wiped, geometry) : [];
  const before = new Map<string, Picture>();
  const after = new Map<string, Picture>();
  const gates = new Gates({ source, plan, mattes, frames: times.ticks.length, ...strictness(request) });
  const decoded = gates.decoded(decodeFrames(source, { signal, onReport: (r) => (report = r) }));
  const taken = keepPictures(decoded, shots, source.video, before);
  const touched = new Touched({ shots: plan.shots, tracks }, plan.tracks, mattes, { geometry, interlaced: source.video.interlaced });
  const restored = gates.restored(restore(taken, { source, plan, tracks, mattes, touched, restorer, request }));
  let passed: readonly GateResult[] = [];
  const shown = keepPictures(restored, shots, source.video, after);
  const whole = whyWhole(request.pipeline);
  const written = await encodeProgramme(source, shown, times, output, {
    signal,
    overwrite: request.overwrite,
    quality: QUALITY[request.pipeline.deliver.quality],
    ...(whole === undefined ? { touched: (frame: number) => touched.in(frame).length > 0 } : {}),
    accept: async (partial, copied, carriage) => void (passed = await gates.judge(partial, { times, copied, carriage })),
  });
  if (sheet) {
    const rows = shots.map(({ track, box }) => ({ track, box, before: before.get(track.id), after: after.get(track.id) }));
    await writeBeforeAfterSheet({ path: sheet, rows });
  }
  const library = consulted ? await keepLearnt(consulted, source, plan, learning) : null;
  const pictures = { copied: written.copied, encoded: written.frames - written.copied, whyNoneCopied: written.whyNone ?? whole ?? null };
  return {
    ...{ network: usedNetwork(restorer), unblended: [...mattes.keys()], marks: learning.marks },
    ...{
      library,
      damage: [...(await beginsLate(source, times, signal)), ...(report?.complaints ?? [])],
      losses: written.losses,
      times,
      pictures,
      gates: passed,
    },
  };
}

/** Says how many pictures at the beginning no decoder can show: a recording that was cut from a stream has some. */
async function beginsLate({ path, video }: Programme, { ticks }: FrameTimes, signal?: AbortSignal): Promise<string[]> {
  const lost = await picturesBefore(path, video.index, ticks[0], signal);
  return lost ? [`its first ${lost} coded pictures refer to some that are not in the file, and cannot be decoded or delivered`] : [];
}

function usedNetwork(restorer: Network | undefined): UsedNetwork | null {
  if (!restorer?.manifest) return null;
  const { manifest, device, insteadOf } = restorer;
  return { name: manifest.name, sha256: manifest.sha256, device, ...(insteadOf ? { insteadOf } : {}) };
}

/** Why every picture is encoded again because the pipeline wants it so; undefined where it does not. */
function whyWhole({ deliver: { copyUntouched, quality } }: Pipeline): string | undefined {
  if (!copyUntouched) return 'the pipeline does not allow copying';
  return quality === 'preview' ? 'a preview is small throughout' : undefined;
}

/** What the result has to pass. */
const strictness = ({
  pipeline,
  accept,
  gatePicture,
  sheet,
  signal,
}: WipeRequest): Omit<GateOptions, 'source' | 'plan' | 'mattes' | 'frames'> => ({
  ...{ rules: pipeline.deliver.gates, accepted: accept, languages: pipeline.read?.languages ?? [], sheet: gatePicture ?? sheet, signal },
});

interface Restoring {
  readonly source: Programme;
  readonly plan: Plan;
  /** What is left to fill. */
  readonly tracks: Track[];
  readonly mattes: ReadonlyMap<string, Matte>;
  readonly touched: Touched;
  readonly restorer: Network | undefined;
  readonly request: WipeRequest;
}

/** Takes mattes off and fills the rest: in one go, or, where a checkpoint is kept, chunk by chunk. */
function restore(
  frames: AsyncIterable<Frame>,
  { source, plan, tracks, mattes, touched, restorer, request }: Restoring,
): AsyncIterable<Frame> {
  const { geometry, colour } = source.video;
  const { checkpoint, signal, onProgress } = request;
  const total = plan.programme.frames;
  const { interlaced, topFieldFirst } = source.video;
  const pass = (part: AsyncIterable<Frame>, shots: readonly Span[], first: number): AsyncIterable<Frame> =>
    restorePictures(unblendFrames(part, plan.tracks, mattes, { geometry, colour }), {
      ...{ interlaced, topFieldFirst, geometry, colour, plan: { shots, tracks }, restorer, signal },
      onProgress: (p) => onProgress?.({ ...p, done: first + p.done, total }),
    });
  if (!checkpoint) return pass(frames, plan.shots, 0);
  const { folder, version, chunkFrames, onChunk } = checkpoint;
  return resumeFrames(frames, {
    ...{ folder, geometry, onChunk },
    key: restoringKey(plan, mattes, { version, network: usedNetwork(restorer) }),
    chunks: planChunks(plan.shots, chunkFrames),
    touched,
    restore: (part, { shots, first }) => pass(part, shots, first),
    onResumed: (done) => onProgress?.({ stage: 'wipe', done, total }),
  });
}
