import type { Dice } from '../dice.js';
import { CAPTIONS } from './captions.js';
import type { Mark, Stage } from './mark.js';
import { cropped, drawSprite, faded, type Sprite } from './sprite.js';
import { FACES, hasScript, setLine, type Face, type Line, type Script } from './text.js';

/** How the subtitles of one programme look; lengths in pixels. */
interface Style {
  readonly script: Script;
  readonly face: Face;
  readonly size: number;
  readonly fill: string;
  /** Width of the outline, 0 for none. */
  readonly outline: number;
  /** Offset of a soft shadow, 0 for none. */
  readonly shadow: number;
  /** Opacity of a dark box behind the text, 0 for none. */
  readonly box: number;
  /** Whether the text stands at the picture's upper edge. */
  readonly top: boolean;
  /** Distance from that edge. */
  readonly margin: number;
  readonly fade: number;
  /** Colour that words take on as they are sung, if they are. */
  readonly sung: string | undefined;
}

const SCRIPTS: readonly Script[] = ['latin', 'latin', 'latin', 'cyrillic', 'cjk', 'cjk', 'arabic'];

/** Subtitles over the whole programme in one style; in some programmes a second language stands above at the same time. */
export async function makeSubtitles(stage: Stage, dice: Dice): Promise<Mark[]> {
  const style = await throwStyle(stage, dice);
  const times = cueTimes(stage, dice);
  const texts = dice.some(CAPTIONS[style.script], times.length);
  const cues = times.map(([first, last], i) => ({ first, last, text: texts[i % texts.length] }));
  const marks = await Promise.all(cues.map((cue) => drawCue(stage, style, cue)));
  if (!dice.chance(0.15)) return marks;
  const script = style.script === 'latin' ? 'cjk' : 'latin';
  const second: Style = {
    ...style,
    script: (await hasScript(script)) ? script : 'latin',
    top: !style.top,
    size: style.size * 0.85,
    fill: '#ffffff',
    sung: undefined,
  };
  const others = dice.some(CAPTIONS[second.script], times.length);
  return [...marks, ...(await Promise.all(cues.map((cue, i) => drawCue(stage, second, { ...cue, text: others[i % others.length] }))))];
}

async function throwStyle({ height }: Stage, dice: Dice): Promise<Style> {
  const wanted = dice.pick(SCRIPTS);
  const script = (await hasScript(wanted)) ? wanted : 'latin';
  const size = height * dice.between(0.058, 0.085);
  const dress = dice.pick(['outline', 'outline', 'shadow', 'both', 'box', 'box'] as const);
  const outline = dress === 'outline' || dress === 'both' ? Math.max(1, size * dice.between(0.06, 0.1)) : 0;
  const shadow = dress === 'shadow' || dress === 'both' ? Math.max(1, size * 0.07) : 0;
  return {
    script,
    face: script === 'latin' || script === 'cyrillic' ? dice.pick(FACES) : dice.pick(FACES.slice(2, 3).concat(FACES[5])),
    size,
    fill: dice.pick(['#ffffff', '#ffffff', '#f4f4f4', '#ffe23c', '#7df9ff']),
    outline,
    shadow,
    box: dress === 'box' ? dice.between(0.45, 0.8) : 0,
    top: dice.chance(0.12),
    margin: height * dice.between(0.05, 0.1),
    fade: dice.chance(0.5) ? 0 : dice.whole(2, 8),
    sung: script !== 'arabic' && dice.chance(0.12) ? '#ff5a3c' : undefined,
  };
}

/** First and last frames of cues of 0.9 to 3 seconds, with gaps of 0 (rarely) to 1 second; some go over a cut. */
function cueTimes({ frames, rate }: Stage, dice: Dice): [number, number][] {
  const out: [number, number][] = [];
  let at = dice.whole(3, Math.round(rate * 0.8));
  while (at < frames - rate * 0.7) {
    const last = Math.min(frames - 1, at + Math.round(rate * dice.between(0.9, 2.6)));
    out.push([at, last]);
    at = last + 1 + (dice.chance(0.12) ? 0 : dice.whole(4, Math.round(rate)));
  }
  return out;
}

async function drawCue(stage: Stage, style: Style, { first, last, text }: { first: number; last: number; text: string }): Promise<Mark> {
  const drawing = await drawText(stage, style, text, style.fill);
  const frames = last - first + 1;
  const fade = Math.min(style.fade, frames >> 2);
  const steps = [...Array.from({ length: fade }, (_, k) => faded(drawing, (k + 1) / (fade + 1))), drawing];
  let at = (frame: number): Sprite => steps[Math.min(fade, frame - first, last - frame)];
  if (style.sung) {
    const sung = await drawText(stage, style, text, style.sung);
    const plain = at;
    at = (frame) => sungUpTo(plain(frame), sung, (frame - first) / frames);
  }
  const dress = [
    style.outline && 'outline',
    style.shadow && 'shadow',
    style.box && 'box',
    fade && `fade ${fade}`,
    style.sung && 'karaoke',
    style.top && 'top',
  ];
  const look = [style.script, ...dress.filter(Boolean)].join(', ');
  return { group: 'subtitle', kind: 'subtitle', look, text, spans: [{ first, last }], opaque: !style.box, at };
}

async function drawText({ width, height }: Stage, style: Style, text: string, fill: string): Promise<Sprite> {
  const { size, shadow, outline, margin, top } = style;
  let lines = await Promise.all(text.split('\n').map((line) => setLine(line, style.face, size, style.script)));
  const widest = Math.max(...lines.map((line) => line.width));
  // A line must fit the picture: what is too wide is set smaller.
  const scale = Math.min(1, (width * 0.92) / widest);
  if (scale < 1) lines = await Promise.all(text.split('\n').map((line) => setLine(line, style.face, size * scale, style.script)));
  const step = size * scale * 1.28;
  const firstBaseline = top ? margin + size * scale : height - margin - (lines.length - 1) * step - size * 0.25;
  const each = (draw: (line: Line) => string): string =>
    lines
      .map(
        (line, i) =>
          `<g transform="translate(${((width - line.width) / 2).toFixed(2)} ${(firstBaseline + i * step).toFixed(2)})">${draw(line)}</g>`,
      )
      .join('');
  const box = style.box
    ? each(
        (line) =>
          `<rect x="${-size * 0.3}" y="${-step * 0.8}" width="${line.width + size * 0.6}" height="${step}" fill="#000" fill-opacity="${style.box}"/>`,
      )
    : '';
  const soft = shadow
    ? `<filter id="soft" x="-10%" y="-50%" width="120%" height="200%"><feGaussianBlur stdDeviation="${shadow / 2}"/></filter><g opacity="0.7" transform="translate(${shadow} ${shadow})" filter="url(#soft)">${each((line) => line.ink('#000'))}</g>`
    : '';
  const edge = outline ? each((line) => line.edge('#000', outline)) : '';
  return drawSprite(width, height, box + soft + edge + each((line) => line.ink(fill)));
}

/** The left part in the sung colour. Both drawings show at the same pixels, but for their colours. */
function sungUpTo(plain: Sprite, sung: Sprite, share: number): Sprite {
  const { box } = plain;
  const out = plain.data.slice();
  const columns = Math.round(box.width * share);
  const left = columns > 0 ? cropped(sung, { ...box, width: columns }) : undefined;
  for (let y = 0; left && y < box.height; y++) {
    for (let x = 0; x < columns; x++) for (let c = 0; c < 3; c++) out[(y * box.width + x) * 4 + c] = left.data[(y * columns + x) * 4 + c];
  }
  return { box, data: out };
}
