import type { Frame, Geometry } from '../../core/frame.js';
import { FieldOrder } from './fields.js';
import { nothing, type Measured, type Worst } from './gate.js';
import type { Sample } from './samples.js';
import { cutTiles, ssim, squaredDifference, TILE, type TilePlaces } from './tiles.js';

/** How much nearer another frame must be for a frame to count as that one, in mean squared difference; and the least that the two differ. */
const NEARER = 0.7;
const MOVES = 1;
/** Tiles from which a frame tells anything about its encode. */
const LEAST = 4;
/** Mean squared difference that restoring has made under the masks, from which it can be looked for. */
const TAKEN = 4;
/** What the order of fields of the source must be at least, either way, to tell anything. */
const TELLS = 0.02;

/** The lowest or highest value of some frames. */
class Extreme {
  #value: number | null = null;
  #worst: Worst | undefined;

  constructor(private readonly sign: 1 | -1) {}

  add(value: number, worst: Worst): void {
    if (this.#value !== null && this.sign * value <= this.sign * this.#value) return;
    this.#value = value;
    this.#worst = worst;
  }

  get value(): number | null {
    return this.#value;
  }
  get worst(): Worst | undefined {
    return this.#worst;
  }
}

/** Compares frames of the finished file with what the encoder was given. */
export class EncodeGauge {
  readonly #outside = new Extreme(-1);
  readonly #back = new Extreme(1);
  readonly #shift = new Extreme(1);
  readonly #source = new FieldOrder();
  readonly #delivered = new FieldOrder();
  readonly #wrong: Worst[] = [];
  #frames = 0;
  #last: { sample: Sample; luma: Float32Array } | undefined;

  constructor(
    private readonly samples: readonly Sample[],
    private readonly geometry: Geometry,
    private readonly interlaced: boolean,
  ) {}

  /** Frames of the finished file that are needed, ascending. */
  get frames(): number[] {
    const wanted = this.samples.flatMap(({ frame, after }) => (this.interlaced && after ? [frame, frame + 1] : [frame]));
    return [...new Set(wanted)].sort((a, b) => a - b);
  }

  /** Takes one of the frames that are needed, in order. */
  take(frame: Frame): void {
    if (this.#last && this.#last.sample.frame === frame.index - 1) {
      const { sample, luma } = this.#last;
      this.#delivered.add(luma, cutTiles(frame, sample.places.outside, this.geometry).luma);
      if (sample.after) this.#source.add(sample.own.luma, sample.after.luma);
    }
    const sample = this.samples.find((s) => s.frame === frame.index);
    if (sample) this.#compare(frame, sample);
  }

  #compare(frame: Frame, sample: Sample): void {
    const { places, own } = sample;
    this.#frames++;
    const outside = cutTiles(frame, places.outside, this.geometry);
    this.#last = this.interlaced ? { sample, luma: outside.luma } : undefined;
    this.#lookUnder(frame, sample);
    if (places.outside.length < LEAST) return;
    const worst = worstTile(frame.index, places.outside, own.luma, outside.luma);
    this.#outside.add(ssim(own.luma, outside.luma)!, worst);
    this.#shift.add(Math.max(meanShift(own.luma, outside.luma), ...chromaShifts(own.chroma, outside.chroma, places)), worst);
    if (this.#isAnother(sample, outside.luma)) this.#wrong.push(worst);
  }

  /** How much of what restoring took off a frame is back in the file: by least squares, 0 = what was restored, 1 = what was decoded. */
  #lookUnder(frame: Frame, { places, inside, decoded }: Sample): void {
    if (!decoded || squaredDifference(inside.luma, decoded.luma) < TAKEN) return;
    const { luma } = cutTiles(frame, places.inside, this.geometry);
    let [both, taken] = [0, 0];
    for (let i = 0; i < luma.length; i++) {
      const off = decoded.luma[i] - inside.luma[i];
      both += off * (luma[i] - inside.luma[i]);
      taken += off * off;
    }
    this.#back.add(Math.max(0, both / taken), worstTile(frame.index, places.inside, inside.luma, luma));
  }

  /** Whether a frame looks like one beside it rather than like itself. */
  #isAnother({ before, own, after }: Sample, luma: Float32Array): boolean {
    const self = squaredDifference(own.luma, luma);
    return [before, after].some(
      (other) => other && squaredDifference(own.luma, other.luma) > MOVES && squaredDifference(other.luma, luma) < NEARER * self,
    );
  }

  measured(): Measured[] {
    const seen = `of ${this.#frames} frames`;
    const extreme = (gate: Measured['gate'], { value, worst }: Extreme, says: string): Measured =>
      value === null ? nothing(gate, 'No frame shows enough of that.') : { gate, value, says: `${says} ${value.toFixed(3)} at the worst ${seen}, frame ${worst!.frame}.`, worst }; // prettier-ignore
    const [wrong] = this.#wrong;
    const order = wrong
      ? `${this.#wrong.length} ${seen} show the picture of the frame before or after, first frame ${wrong.frame}.`
      : `All ${this.#frames} frames that were looked at show their own picture.`;
    return [
      extreme('encode-quality', this.#outside, 'Outside of the masks the encode has an SSIM of'),
      extreme('mark-back', this.#back, 'In the finished file what was taken off is back by a share of'),
      extreme('colour-shift', this.#shift, 'The encode shifts luma or chroma by'),
      { gate: 'frame-order', value: this.#frames ? this.#wrong.length : null, says: order, worst: wrong },
      this.#fieldOrder(),
    ];
  }

  #fieldOrder(): Measured {
    if (!this.interlaced) return nothing('field-order', 'The picture is progressive.');
    const [source, delivered] = [this.#source.order, this.#delivered.order];
    if (Math.abs(source) < TELLS) return nothing('field-order', 'Nothing moves enough to tell the order of fields.');
    const first = (order: number): string => (order > 0 ? 'top' : 'bottom');
    const says = `By what moves, the ${first(delivered)} field is first (${delivered.toFixed(3)}), and in the source the ${first(source)} field (${source.toFixed(3)}).`;
    return { gate: 'field-order', value: Math.max(-1, Math.min(1, delivered / source)), says };
  }
}

function meanShift(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += b[i] - a[i];
  return Math.abs(sum / a.length);
}

/** Root mean square over the tiles of the shift of each chroma plane. */
function chromaShifts(a: Float32Array, b: Float32Array, { outside }: TilePlaces): number[] {
  const planes = outside.length ? a.length / outside.length : 0;
  return Array.from({ length: planes }, (_, plane) => {
    let sum = 0;
    for (let i = plane; i < a.length; i += planes) sum += (b[i] - a[i]) ** 2;
    return Math.sqrt((planes * sum) / a.length);
  });
}

/** The tile that differs most. */
function worstTile(frame: number, places: TilePlaces['outside'], a: Float32Array, b: Float32Array): Worst {
  let [most, at] = [-1, 0];
  for (let k = 0; k < places.length; k++) {
    const [from, to] = [k * TILE * TILE, (k + 1) * TILE * TILE];
    const difference = squaredDifference(a.subarray(from, to), b.subarray(from, to));
    if (difference > most) [most, at] = [difference, k];
  }
  const [x, y] = places[at] ?? [0, 0];
  return { frame, box: { x, y, width: TILE, height: TILE } };
}
