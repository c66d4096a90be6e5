import type { Dice } from '../dice.js';
import type { Mark, Stage } from './mark.js';
import { drawSprite, type Sprite } from './sprite.js';
import { FACES, setLine } from './text.js';

const WORDS = ['preview copy', 'SAMPLE', 'do not distribute', 'screener', 'stockclips', 'DRAFT 2'];

/** Faint text in rows over the whole picture, aslant. */
export async function makeWatermark(stage: Stage, dice: Dice): Promise<Mark[]> {
  const { width, height } = stage;
  const size = height * dice.between(0.055, 0.09);
  const word = dice.pick(WORDS);
  const line = await setLine(word, dice.pick(FACES.slice(0, 3)), size);
  const alpha = dice.between(0.18, 0.4);
  const angle = dice.pick([-30, -24, 18, 24, 33]);
  const [across, down] = [line.width + size * dice.between(2, 4), size * dice.between(3.5, 5)];
  const reach = Math.hypot(width, height);
  let words = '';
  for (let y = -reach / 2, row = 0; y < reach / 2; y += down, row++) {
    for (let x = -reach / 2 - (row % 2 ? across / 2 : 0); x < reach / 2; x += across)
      words += `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)})">${line.ink('#fff')}</g>`;
  }
  const sprite = await drawSprite(
    width,
    height,
    `<g opacity="${alpha.toFixed(3)}" transform="translate(${width / 2} ${height / 2}) rotate(${angle})">${words}</g>`,
  );
  return [always(stage, { group: 'watermark', look: `${word}, alpha ${alpha.toFixed(2)}, ${angle} degrees`, text: word }, sprite)];
}

const TONES = ['#fff', '#808080', '#000'] as const;

/** One large faint word across the middle, as stock agencies have it; one in two with a rim in another tone. */
export async function makeStamp(stage: Stage, dice: Dice): Promise<Mark[]> {
  const { width, height } = stage;
  const word = dice.pick(WORDS);
  const size = Math.min(height * dice.between(0.14, 0.22), (1.1 * width) / word.length);
  const line = await setLine(word, dice.pick([FACES[0], FACES[2]]), size);
  const alpha = dice.between(0.18, 0.4);
  const tone = dice.pick(TONES);
  const rim = dice.chance(0.5) ? dice.pick(TONES.filter((t) => t !== tone)) : undefined;
  const around = rim ? line.edge(rim, Math.max(1, 0.025 * size)) : '';
  const [x, y] = [(width - line.width) / 2, height * dice.between(0.45, 0.7)];
  const sprite = await drawSprite(
    width,
    height,
    `<g opacity="${alpha.toFixed(3)}" transform="translate(${x.toFixed(1)} ${y.toFixed(1)})">${around}${line.ink(tone)}</g>`,
  );
  const look = `${word}, ${tone}${rim ? `, rim ${rim}` : ''}, alpha ${alpha.toFixed(2)}`;
  return [always(stage, { group: 'stamp', look, text: word }, sprite)];
}

/** A watermark that shows in every frame. */
const always = ({ frames }: Stage, named: Pick<Mark, 'group' | 'look' | 'text'>, sprite: Sprite): Mark => ({
  ...named,
  kind: 'watermark',
  spans: [{ first: 0, last: frames - 1 }],
  opaque: false,
  at: () => sprite,
});
