import type { Box } from '../core/area.js';
import { chromaShift, frameBytes, planesOf, type ColourSpace, type Frame, type Geometry, type Plane } from '../core/frame.js';
import type { Access, Parity } from './access.js';
import { cropToRgb } from './colour.js';
import { composeFrame } from './compose.js';
import { REFERENCES } from './windows.js';

/** Lines above and below a missing one of which it is made, and what each counts in sixteenths: a half-sample shift by four taps. */
const TAPS = [-3, -1, 1, 3] as const;
const SHARES = [-1, 9, 9, -1] as const;

/**
 * The fields of interlaced frames as pictures of full height, one a moment: picture 2 f and 2 f + 1 are frame f, whose buffer they share. The lines that a
 * field does not have are interpolated when a place is cut out, and left alone when it is written.
 * @param first the parity of the lines that are shown first
 */
export function fieldLines(geometry: Geometry, colour: ColourSpace, first: Parity): Access {
  const parityOf = (moment: number): Parity => (((moment & 1) ^ first) & 1) as Parity;
  return {
    references: REFERENCES,
    parity: parityOf,
    crop(frame, box) {
      const parity = parityOf(frame.index);
      const wide = fourLines(box, geometry);
      const small = lineGeometry(wide, geometry);
      const field = cropToRgb({ data: linesOf(frame, geometry, wide, parity) }, small, colour, {
        ...wide,
        x: 0,
        y: 0,
        height: small.height,
      });
      const from = 3 * box.width * (box.y - wide.y);
      return interpolated(field, 3 * box.width, wide.height, parity).subarray(from, from + 3 * box.width * box.height);
    },
    blind(hidden, { width, height }, parity = first) {
      const out = hidden.slice();
      for (let y = 1 - parity; y < height; y += 2)
        for (let x = 0; x < width; x++) {
          const seen = TAPS.every((tap) => !hidden[ownLine(y + tap, height, parity) * width + x]);
          out[y * width + x] = seen ? 0 : 255;
        }
      return out;
    },
    write(frame, { box, rgb, weight }) {
      const parity = parityOf(frame.index);
      const wide = fourLines(box, geometry);
      const small = lineGeometry(wide, geometry);
      const half = { rgb: new Uint8Array(3 * box.width * small.height), weight: new Uint8Array(box.width * small.height) };
      for (let y = 0; y < box.height; y++) {
        const line = box.y + y - wide.y;
        if ((line & 1) !== parity) continue;
        half.weight.set(weight.subarray(y * box.width, (y + 1) * box.width), (line >> 1) * box.width);
        half.rgb.set(rgb.subarray(3 * y * box.width, 3 * (y + 1) * box.width), 3 * (line >> 1) * box.width);
      }
      const lines = { index: frame.index, data: linesOf(frame, geometry, wide, parity) };
      composeFrame(lines, small, colour, { box: { x: 0, y: 0, width: box.width, height: small.height }, ...half });
      eachLine(frame, lines, geometry, wide, parity, (own, copy) => own.set(copy));
    },
  };
}

/** A box grown upwards and downwards to whole pairs of lines of either field, which share their chroma. */
export function fourLines({ x, y, width, height }: Box, geometry: Geometry): Box {
  const top = y & ~3;
  return { x, y: top, width, height: Math.min(geometry.height, (y + height + 3) & ~3) - top };
}

/** Of the lines of one parity in a box. */
const lineGeometry = ({ width, height }: Box, { format }: Geometry): Geometry => ({ format, width, height: height / 2 });

/** The lines of one parity in a box, as a picture of their own. */
function linesOf(frame: Frame, geometry: Geometry, box: Box, parity: Parity): Uint8Array {
  const data = new Uint8Array(frameBytes(lineGeometry(box, geometry)));
  eachLine(frame, { index: frame.index, data }, geometry, box, parity, (own, copy) => copy.set(own));
  return data;
}

/** Calls `line` with each line of one parity in a box of a frame, and with its place in a picture of these lines alone. */
function eachLine(
  frame: Frame,
  lines: Frame,
  geometry: Geometry,
  box: Box,
  parity: Parity,
  line: (own: Plane['data'], copy: Plane['data']) => void,
): void {
  const shift = chromaShift(geometry.format.chroma);
  const copies = planesOf(lines, lineGeometry(box, geometry));
  planesOf(frame, geometry).forEach((plane, k) => {
    const copy = copies[k];
    const [left, top] = k ? [box.x >> shift.x, box.y >> shift.y] : [box.x, box.y];
    for (let y = 0; y < copy.height; y++) {
      const at = (top + 2 * y + parity) * plane.width + left;
      line(plane.data.subarray(at, at + copy.width), copy.data.subarray(y * copy.width, (y + 1) * copy.width));
    }
  });
}

/** The nearest line of a parity to where one would be. */
const ownLine = (y: number, height: number, parity: Parity): number => (y < 0 ? parity : y >= height ? height - 2 + parity : y);

/** Lines of one parity with those of the other between them. @param stride bytes of a line */
function interpolated(field: Uint8Array, stride: number, height: number, parity: Parity): Uint8Array {
  const out = new Uint8ClampedArray(stride * height);
  for (let y = 0; y < height; y++) {
    if ((y & 1) === parity) {
      out.set(field.subarray((y >> 1) * stride, ((y >> 1) + 1) * stride), y * stride);
      continue;
    }
    const [a, b, c, d] = TAPS.map((tap) => (ownLine(y + tap, height, parity) >> 1) * stride);
    for (let x = 0, o = y * stride; x < stride; x++, o++)
      out[o] = (SHARES[0] * field[a + x] + SHARES[1] * field[b + x] + SHARES[2] * field[c + x] + SHARES[3] * field[d + x]) / 16;
  }
  return new Uint8Array(out.buffer);
}
