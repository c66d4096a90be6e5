import { TextlessError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { decodeAmong } from '../../media/decode.js';
import { probe } from '../../media/probe.js';
import type { FrameTimes, Programme } from '../../media/programme.js';
import { GATE_NAMES, type GateName, type GateRules } from '../../plan/gates.js';
import type { Plan } from '../../plan/plan.js';
import type { Matte } from '../../restore/matte/matte.js';
import { EncodeGauge } from './encode.js';
import { measureFile, type Finished } from './file.js';
import { judged, type GateResult, type Measured } from './gate.js';
import { MarkGauges } from './marks.js';
import { OutsideGauge } from './outside.js';
import { writeGatePicture } from './picture.js';
import { Reach } from './reach.js';
import { Samples } from './samples.js';
import { TextGauge } from './text.js';

export interface GateOptions {
  readonly source: Programme;
  readonly plan: Plan;
  readonly mattes: ReadonlyMap<string, Matte>;
  /** Of the programme, by decoding it. */
  readonly frames: number;
  readonly rules: GateRules;
  /** Gates that a person lets the programme pass. */
  readonly accepted?: readonly GateName[] | undefined;
  /** Languages in which wiped texts are read again; none: they are not. */
  readonly languages: readonly string[];
  /** Where to draw why a programme is held. */
  readonly sheet?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A finished file that did not pass. The job is held, not failed: a person may accept it. */
export class GateFailure extends TextlessError {
  constructor(
    name: string,
    readonly gates: readonly GateResult[],
  ) {
    const failed = gates.filter((g) => g.verdict === 'fail');
    const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
    super(
      'TEXTLESS_GATE',
      `${name} did not pass ${failed[0].gate}${more}: ${failed[0].says}`,
      failed.map((g) => `${g.gate}: ${g.says}`).join('\n'),
    );
  }
}

/**
 * What a wiped programme has to pass before it gets its name. Frames are looked at on their way from the decoder to the encoder; then the finished file
 * is decoded once, for its times and for some of its frames. docs/gates.md describes each measure.
 */
export class Gates {
  readonly #reach: Reach;
  readonly #outside: OutsideGauge;
  readonly #marks: MarkGauges;
  readonly #text: TextGauge;
  readonly #samples: Samples;

  constructor(private readonly options: GateOptions) {
    const { plan, mattes, languages, rules, frames } = options;
    const { geometry } = options.source.video;
    this.#reach = new Reach(plan.tracks, mattes, options.source.video);
    this.#outside = new OutsideGauge(this.#reach, geometry);
    this.#marks = new MarkGauges(plan, mattes, geometry);
    this.#text = new TextGauge(plan.tracks, rules['text-left'].fails === 'off' ? [] : languages, geometry);
    this.#samples = new Samples(frames, this.#reach, geometry);
  }

  /** Passes decoded frames on. */
  async *decoded(frames: AsyncIterable<Frame>): AsyncGenerator<Frame, void, undefined> {
    for await (const frame of frames) {
      this.#outside.before(frame);
      this.#marks.before(frame);
      this.#samples.before(frame);
      yield frame;
    }
  }

  /** Passes restored frames on, as they go to the encoder. */
  async *restored(frames: AsyncIterable<Frame>): AsyncGenerator<Frame, void, undefined> {
    for await (const frame of frames) {
      this.#outside.after(frame);
      this.#marks.after(frame);
      this.#text.after(frame);
      this.#samples.after(frame);
      yield frame;
    }
  }

  /**
   * Judges the finished file.
   * @returns every gate with what was measured
   * @throws GateFailure where one of them stops the delivery; its picture is then written
   */
  async judge(file: string, finished: Finished & { readonly times: FrameTimes }): Promise<GateResult[]> {
    const { source, rules, accepted, sheet, signal } = this.options;
    const delivered = await probe(file, { signal, like: source });
    const measured = [...(await this.#decode(delivered, finished)), this.#outside.measured(), ...this.#marks.measured(), await this.#text.measured(signal)]; // prettier-ignore
    const results = measured.map((m) => judged(m, rules, accepted)).sort((a, b) => GATE_NAMES.indexOf(a.gate) - GATE_NAMES.indexOf(b.gate));
    const failed = results.filter((r) => r.verdict === 'fail');
    if (!failed.length) return results;
    if (sheet) await writeGatePicture(sheet, failed, { source, delivered, reach: this.#reach, signal });
    throw new GateFailure(source.name, results);
  }

  /** One decode of the finished file, for its times and for the sampled frames. */
  async #decode(delivered: Programme, finished: Finished & { readonly times: FrameTimes }): Promise<Measured[]> {
    const { signal } = this.options;
    const { geometry, interlaced } = this.options.source.video;
    const same = JSON.stringify(delivered.video.geometry) === JSON.stringify(geometry);
    const gauge = new EncodeGauge(same ? this.#samples.kept() : [], geometry, interlaced);
    let times: FrameTimes | undefined;
    for await (const frame of decodeAmong(delivered, gauge.frames, { signal, onReport: (r) => (times = r.times) })) gauge.take(frame);
    const file = await measureFile(this.options.source, delivered, { source: finished.times, delivered: times! }, finished, signal);
    return [...file, ...gauge.measured()];
  }
}
