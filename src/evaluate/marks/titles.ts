import type { Dice } from '../dice.js';
import { PEOPLE, TITLES } from './captions.js';
import { colour } from './logo-art.js';
import type { Mark, Stage } from './mark.js';
import { cropped, drawSprite, faded, placed, type Sprite } from './sprite.js';
import { FACES, setLine } from './text.js';

/** A title in the middle of the picture, or the name of who is seen on a banner that slides in. */
export function makeTitle(stage: Stage, dice: Dice): Promise<Mark[]> {
  return dice.chance(0.5) ? largeTitle(stage, dice) : nameBanner(stage, dice);
}

async function largeTitle({ width, height, frames, rate }: Stage, dice: Dice): Promise<Mark[]> {
  const text = dice.pick(TITLES);
  const size = height * dice.between(0.13, 0.18);
  const face = dice.pick([FACES[0], FACES[2], FACES[3]]);
  const line = await setLine(text, face, size);
  const scale = Math.min(1, (width * 0.86) / line.width);
  const drawn = scale < 1 ? await setLine(text, face, size * scale) : line;
  const edge = dice.chance(0.5) ? drawn.edge('#000', Math.max(1, size * 0.03)) : '';
  const full = await drawSprite(
    width,
    height,
    `<g transform="translate(${((width - drawn.width) / 2).toFixed(1)} ${(height * dice.between(0.48, 0.6)).toFixed(1)})">${edge}${drawn.ink(dice.pick(['#fff', '#f6e7b4']))}</g>`,
  );
  const first = dice.whole(5, 20);
  const last = Math.min(frames - 4, first + Math.round(rate * dice.between(2.5, 4)));
  const fade = dice.chance(0.6) ? dice.whole(6, 12) : 0;
  const steps = [...Array.from({ length: fade }, (_, k) => faded(full, (k + 1) / (fade + 1))), full];
  const at = (frame: number): Sprite => steps[Math.min(fade, frame - first, last - frame)];
  return [{ group: 'title', kind: 'title', look: `large, fade ${fade}`, text, spans: [{ first, last }], opaque: true, at }];
}

async function nameBanner({ width, height, frames, rate }: Stage, dice: Dice): Promise<Mark[]> {
  const [name, role] = dice.pick(PEOPLE);
  const size = height * dice.between(0.055, 0.07);
  const [upper, lower] = await Promise.all([setLine(name, FACES[0], size), setLine(role, FACES[1], size * 0.75)]);
  const [x, y] = [Math.round(width * 0.07), Math.round(height * dice.between(0.68, 0.76))];
  const wide = Math.round(Math.max(upper.width, lower.width) + size * 1.4);
  const high = Math.round(size * 2.6);
  const full = await drawSprite(
    width,
    height,
    `<rect x="${x}" y="${y}" width="${wide}" height="${high}" fill="${colour(dice, 15, 30)}"/><rect x="${x}" y="${y}" width="${Math.round(size * 0.3)}" height="${high}" fill="#f5c518"/>
     <g transform="translate(${x + size * 0.8} ${y + size * 1.15})">${upper.ink('#fff')}</g><g transform="translate(${x + size * 0.8} ${y + size * 2.15})">${lower.ink('#d8d8d8')}</g>`,
  );
  const first = dice.whole(5, 25);
  const last = Math.min(frames - 6, first + Math.round(rate * dice.between(2.5, 4)));
  const slide = dice.whole(5, 10);
  // Uncovered from the left, as behind a curtain, and covered again.
  const steps = Array.from({ length: slide + 1 }, (_, k) => uncovered(full, (k + 1) / (slide + 1)));
  const at = (frame: number): Sprite => steps[Math.min(slide, frame - first, last - frame)];
  return [
    {
      group: 'title',
      kind: 'title',
      look: `name banner, slides in over ${slide}`,
      text: `${name}\n${role}`,
      spans: [{ first, last }],
      opaque: true,
      at,
    },
  ];
}

/** The right end of a drawing, at its left edge: how a banner looks that is pushed in from there. */
function uncovered(full: Sprite, share: number): Sprite {
  if (share >= 1) return full;
  const { box } = full;
  const width = Math.max(1, Math.round(box.width * share));
  return placed(cropped(full, { ...box, x: box.x + box.width - width, width }), box.x, box.y);
}
