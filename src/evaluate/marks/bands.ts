import type { Dice } from '../dice.js';
import { CAPTIONS, HEADLINES } from './captions.js';
import { colour } from './logo-art.js';
import type { Mark, Stage } from './mark.js';
import { cropped, drawSprite, placed, type Sprite } from './sprite.js';
import { FACES, setLine, type Face } from './text.js';

const CLUBS = ['ROM', 'BAR', 'NOR', 'KIE', 'LYO', 'POR', 'MIL', 'AJX', 'GLA', 'BEN'];

/** A score bar in an upper corner: two teams, a score that changes now and then, a clock that runs. */
export async function makeScoreBar(stage: Stage, dice: Dice): Promise<Mark[]> {
  const draw = await scoreBarDrawing(stage, dice);
  const start = dice.whole(60, 5300);
  const goals = [dice.whole(0, 3), dice.whole(0, 3)];
  const goalAt = dice.chance(0.5) ? dice.whole(stage.rate, stage.frames - 1) : Infinity;
  const scorer = dice.whole(0, 1);
  const drawn = new Map<string, Sprite>();
  const frames: Sprite[] = [];
  for (let frame = 0; frame < stage.frames; frame++) {
    const second = start + Math.floor(frame / stage.rate);
    const clock = `${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`;
    const score = goals.map((g, side) => g + Number(frame >= goalAt && side === scorer)).join('-');
    const key = `${score} ${clock}`;
    const sprite = drawn.get(key) ?? (await draw(score, clock));
    drawn.set(key, sprite);
    frames.push(sprite);
  }
  const spans = [{ first: 0, last: stage.frames - 1 }];
  const look = goalAt < stage.frames ? `clock, score changes at ${goalAt}` : 'clock';
  return [{ group: 'score-bar', kind: 'score-bar', look, text: null, spans, opaque: true, at: (frame) => frames[frame] }];
}

async function scoreBarDrawing({ width, height }: Stage, dice: Dice): Promise<(score: string, clock: string) => Promise<Sprite>> {
  const high = Math.round(height * dice.between(0.06, 0.08));
  const wide = Math.round(high * 7.4);
  const x = dice.chance(0.8) ? Math.round(width * 0.05) : Math.round((width - wide) / 2);
  const y = Math.round(height * dice.between(0.05, 0.09));
  const [dark, accent] = [colour(dice, 10, 25), colour(dice, 30, 55)];
  const face = FACES[dice.chance(0.5) ? 0 : 2];
  const [home, guest] = await Promise.all(dice.some(CLUBS, 2).map((club) => setLine(club, face, high * 0.62)));
  const clockLeft = dice.chance(0.4);
  const round = dice.chance(0.5) ? high * 0.2 : 0;
  return async (score, clock) => {
    const [figures, time] = await Promise.all([score, clock].map((text) => setLine(text, face, high * 0.62)));
    const cell = (left: number, right: number, line: typeof home, fill: string): string =>
      `<g transform="translate(${x + high * (left + right) * 0.5 - line.width / 2} ${y + high * 0.72})">${line.ink(fill)}</g>`;
    const shift = clockLeft ? 2 : 0;
    const at = clockLeft ? 0 : 5.4;
    return drawSprite(
      width,
      height,
      `<rect x="${x}" y="${y}" width="${wide}" height="${high}" rx="${round}" fill="${dark}"/>
       <rect x="${x + high * (2 + shift)}" y="${y}" width="${high * 1.4}" height="${high}" fill="#ececec"/>
       <rect x="${x + high * at}" y="${y}" width="${high * 2}" height="${high}" rx="${round}" fill="${accent}"/>` +
        cell(shift, 2 + shift, home, '#fff') +
        cell(2 + shift, 3.4 + shift, figures, '#101010') +
        cell(3.4 + shift, 5.4 + shift, guest, '#fff') +
        cell(at, at + 2, time, '#fff'),
    );
  };
}

/** Text that runs from right to left, on a band or without one. */
export async function makeTicker(stage: Stage, dice: Dice): Promise<Mark[]> {
  const { width, height, frames } = stage;
  const size = height * dice.between(0.045, 0.06);
  const face = dice.pick<Face>([FACES[0], FACES[1], FACES[4]]);
  const banded = dice.chance(0.7);
  const high = Math.round(size * 1.6);
  const low = dice.chance(0.85);
  const y = low ? Math.round(height * dice.between(0.86, 0.92)) - (high >> 1) : Math.round(height * 0.06);
  const text = [...dice.some(HEADLINES, 6), ...dice.some(CAPTIONS.latin, 3)]
    .map((t) => t.replace('\n', ' '))
    .join(dice.pick(['  +++  ', '   •   ', '  |  ']));
  // Half pixels a frame, as players do it at common speeds.
  const speed = Math.max(2, Math.round((height / 360) * dice.between(3, 8)));
  const start = Math.round(width * dice.between(-0.6, 0.5));
  const fill = banded ? '#fff' : dice.pick(['#fff', '#ffe23c']);
  const strips = await Promise.all([0, 0.5].map((half) => drawStrip(text, face, size, high, half, fill, banded)));
  const background = banded ? await drawSprite(width, height, band(width, y, high, dice)) : undefined;
  const at = Array.from({ length: frames }, (_, frame) => {
    const halves = 2 * start - speed * frame;
    const moved = placed(strips[halves & 1], (halves >> 1) + 0, y);
    return background ? over(background, moved) : within(moved, width);
  });
  const look = `${banded ? 'band' : 'no band'}, ${speed / 2} pixels a frame`;
  return [{ group: 'ticker', kind: 'ticker', look, text, spans: [{ first: 0, last: frames - 1 }], opaque: true, at: (frame) => at[frame] }];
}

function band(width: number, y: number, high: number, dice: Dice): string {
  const inset = dice.chance(0.3) ? Math.round(width * 0.06) : 0;
  return `<rect x="${inset}" y="${y}" width="${width - 2 * inset}" height="${high}" fill="${colour(dice, 15, 35)}"/>`;
}

/** The whole text on one line, its box's corner at the line's start. Long lines are drawn in pieces: a canvas has its limits. */
async function drawStrip(
  text: string,
  face: Face,
  size: number,
  high: number,
  half: number,
  fill: string,
  banded: boolean,
): Promise<Sprite> {
  const line = await setLine(text, face, size);
  const edge = banded ? '' : line.edge('#000', Math.max(1, size * 0.08));
  const width = Math.ceil(line.width) + 4;
  const sprite = await drawSprite(
    width,
    high,
    `<g transform="translate(${2 + half} ${(high * 0.7).toFixed(1)})">${edge}${line.ink(fill)}</g>`,
  );
  return sprite.box.y === 0 && sprite.box.height === high ? sprite : padded(sprite, width, high);
}

function padded({ box, data }: Sprite, width: number, height: number): Sprite {
  const out = new Uint8Array(width * height * 4);
  for (let y = 0; y < box.height; y++)
    out.set(data.subarray(y * box.width * 4, (y + 1) * box.width * 4), ((y + box.y) * width + box.x) * 4);
  return { box: { x: 0, y: 0, width, height }, data: out };
}

/** The part of a strip that lies inside the picture's columns. */
function within(strip: Sprite, width: number): Sprite {
  const x = Math.max(0, strip.box.x);
  const right = Math.min(width, strip.box.x + strip.box.width);
  return cropped(strip, { ...strip.box, x, width: Math.max(1, right - x) });
}

/** A strip over an opaque band, cut at the band's edges. */
function over({ box, data }: Sprite, strip: Sprite): Sprite {
  const out = data.slice();
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const sx = x + box.x - strip.box.x;
      const sy = y + box.y - strip.box.y;
      if (sx < 0 || sy < 0 || sx >= strip.box.width || sy >= strip.box.height) continue;
      const from = (sy * strip.box.width + sx) * 4;
      const to = (y * box.width + x) * 4;
      const alpha = strip.data[from + 3];
      for (let c = 0; c < 3; c++) out[to + c] = Math.round((out[to + c] * (255 - alpha) + strip.data[from + c] * alpha) / 255);
    }
  }
  return { box, data: out };
}
