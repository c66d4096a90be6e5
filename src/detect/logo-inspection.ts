import type { Box, Mask, Span } from '../core/area.js';
import { growBox } from '../core/area.js';
import type { Inspector } from './crops.js';
import type { SurveySize } from './cue-inspection.js';
import type { LogoCandidate } from './logo-candidates.js';
import { logoMask } from './logo-mask.js';

/** What the full-size frames say about a logo. */
export interface InspectedLogo {
  readonly candidate: LogoCandidate;
  /** Frames in which it shows. */
  readonly spans: readonly Span[];
  readonly mask: Mask;
}

/** Slope of a frame on the logo's gradient from which it shows, and from which its pixels are counted. */
const SHOWS = 0.4;
const SURE = 0.8;
/** Frames that are summed up for the mask: more add nothing. */
const ENOUGH = 1500;
/** Frames without it that do not interrupt a span. */
const BLINK = 4;

/** Follows a logo over the whole programme: in which frames it shows, and what its pixels are at full size. */
export class LogoInspector implements Inspector<InspectedLogo> {
  readonly box: Box;
  readonly span: Span;
  private readonly shows: Float32Array;
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;
  private readonly power: number;
  /** For each edge pixel of the candidate: the four neighbours' boxes in the crop, as column and row ranges. */
  private readonly left: Int32Array;
  private readonly top: Int32Array;
  private readonly side: number;
  private readonly stride: number;
  private count = 0;

  constructor(
    private readonly candidate: LogoCandidate,
    survey: SurveySize,
    picture: { readonly width: number; readonly height: number; readonly frames: number },
  ) {
    const scale = picture.height / survey.height;
    const { x, y, width, height } = candidate.box;
    const full = { x: Math.floor(x * scale), y: Math.floor(y * scale), width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
    this.box = growBox(full, Math.ceil(scale * 4), picture.width, picture.height);
    this.span = { first: 0, last: picture.frames - 1 };
    this.side = Math.max(1, Math.round(scale));
    this.stride = Math.max(1, Math.ceil(picture.frames / ENOUGH));
    this.shows = new Float32Array(picture.frames);
    this.sum = new Float64Array(this.box.width * this.box.height);
    this.squares = new Float64Array(this.box.width * this.box.height);
    this.left = candidate.pixel.map((p) => Math.round((p % survey.width) * scale) - this.box.x);
    this.top = candidate.pixel.map((p) => Math.round(Math.floor(p / survey.width) * scale) - this.box.y);
    this.power = candidate.gx.reduce((s, g, i) => s + g * g + candidate.gy[i] * candidate.gy[i], 0);
  }

  add(index: number, crop: Uint8Array): void {
    if (index >= this.shows.length) return;
    const slope = this.slope(crop);
    this.shows[index] = slope;
    if (slope < SURE || slope > 1.3 || index % this.stride) return;
    for (let i = 0; i < crop.length; i++) {
      this.sum[i] += crop[i];
      this.squares[i] += crop[i] * crop[i];
    }
    this.count++;
  }

  finish(): InspectedLogo {
    const { box, candidate, count } = this;
    const spans = spansOf(this.shows);
    if (!count) return { candidate, spans: [], mask: { box, data: new Uint8Array(box.width * box.height) } };
    const mean = Float32Array.from(this.sum, (v) => v / count);
    const deviation = Float32Array.from(this.squares, (v, i) => Math.sqrt(Math.max(0, v / count - mean[i] * mean[i])));
    const seeds = new Uint8Array(box.width * box.height);
    for (let i = 0; i < this.left.length; i++) {
      for (let v = 0; v < this.side; v++) seeds.fill(1, (this.top[i] + v) * box.width + this.left[i], (this.top[i] + v) * box.width + this.left[i] + this.side);
    }
    return { candidate, spans, mask: { box, data: logoMask({ mean, deviation, seeds, width: box.width, height: box.height }) } };
  }

  /** 0 without the logo, about 1 with it, in between while it fades. */
  private slope(crop: Uint8Array): number {
    const { left, top, side, candidate } = this;
    let sum = 0;
    for (let i = 0; i < left.length; i++) {
      const dx = this.block(crop, left[i] + side, top[i]) - this.block(crop, left[i] - side, top[i]);
      const dy = this.block(crop, left[i], top[i] + side) - this.block(crop, left[i], top[i] - side);
      sum += (candidate.gx[i] * dx + candidate.gy[i] * dy) / 2;
    }
    return sum / this.power;
  }

  private block(crop: Uint8Array, x: number, y: number): number {
    const { side, box } = this;
    let sum = 0;
    for (let v = y; v < y + side; v++) for (let u = x; u < x + side; u++) sum += crop[v * box.width + u];
    return sum / (side * side);
  }
}

/** Stretches of frames in which the slope says that it shows; gaps of a few frames are bridged. */
function spansOf(shows: Float32Array): Span[] {
  const spans: { first: number; last: number }[] = [];
  for (let t = 0; t < shows.length; t++) {
    if (shows[t] < SHOWS) continue;
    const open = spans.at(-1);
    if (open && t - open.last <= BLINK + 1) open.last = t;
    else spans.push({ first: t, last: t });
  }
  for (const span of spans) {
    while (span.first > 0 && shows[span.first - 1] > 0.12 && shows[span.first - 1] < shows[span.first]) span.first--;
    while (span.last < shows.length - 1 && shows[span.last + 1] > 0.12 && shows[span.last + 1] < shows[span.last]) span.last++;
  }
  return spans.filter((s) => s.last - s.first >= BLINK);
}
