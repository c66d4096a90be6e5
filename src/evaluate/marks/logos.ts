import type { Dice } from '../dice.js';
import { drawLogoArt, type LogoArt } from './logo-art.js';
import type { Mark, Stage } from './mark.js';
import { drawSprite, faded, placed, type Sprite } from './sprite.js';

/** Space around art while it is drawn: outlines and turning parts reach over its edges. */
const ROOM = 6;

const artSize = (stage: Stage, dice: Dice): number => Math.max(20, stage.height * dice.between(0.075, 0.12));

/** Draws art with its corner at a fraction of a pixel; the box's corner is relative to the art's. */
async function drawArt(art: LogoArt, opacity = 1, fx = 0, fy = 0): Promise<Sprite> {
  const width = Math.ceil(art.width) + 2 * ROOM;
  const height = Math.ceil(art.height) + 2 * ROOM;
  const sprite = await drawSprite(width, height, `<g transform="translate(${ROOM + fx} ${ROOM + fy})" opacity="${opacity}">${art.svg}</g>`);
  return placed(sprite, sprite.box.x - ROOM, sprite.box.y - ROOM);
}

/** A corner of the picture inside the safe area, for art of a size. */
function corner({ width, height }: Stage, dice: Dice, art: { width: number; height: number }): { x: number; y: number } {
  const mx = Math.round(width * dice.between(0.04, 0.08));
  const my = Math.round(height * dice.between(0.05, 0.09));
  const right = Math.round(width - mx - art.width);
  const low = Math.round(height - my - art.height);
  return dice.pick([
    { x: mx, y: my },
    { x: right, y: my },
    { x: right, y: my },
    { x: right, y: low },
    { x: mx, y: low },
  ]);
}

const shifted = (sprite: Sprite, x: number, y: number): Sprite => placed(sprite, sprite.box.x + x, sprite.box.y + y);

/** An opaque station logo in a corner, all the time. */
export async function makeLogo(stage: Stage, dice: Dice): Promise<Mark[]> {
  const art = await drawLogoArt(dice, artSize(stage, dice));
  const { x, y } = corner(stage, dice, art);
  const sprite = shifted(await drawArt(art), x, y);
  return [{ group: 'logo', kind: 'logo', look: art.look, text: null, spans: whole(stage), opaque: true, at: () => sprite }];
}

/** A white bug through which the picture shows. */
export async function makeBug(stage: Stage, dice: Dice): Promise<Mark[]> {
  const alpha = dice.between(0.35, 0.6);
  const art = await drawLogoArt(dice, artSize(stage, dice), true);
  const { x, y } = corner(stage, dice, art);
  const sprite = shifted(await drawArt(art, alpha), x, y);
  const look = `${art.look}, alpha ${alpha.toFixed(2)}`;
  return [{ group: 'bug', kind: 'logo', look, text: null, spans: whole(stage), opaque: false, at: () => sprite }];
}

/** A logo that stays in its place and moves in itself: a glint runs over it, or an arc turns around it. */
export async function makeAnimatedLogo(stage: Stage, dice: Dice): Promise<Mark[]> {
  const size = artSize(stage, dice);
  const art = await drawLogoArt(dice, size);
  const { x, y } = corner(stage, dice, art);
  const period = dice.whole(25, 60);
  const glint = dice.chance(0.5);
  const base = shifted(await drawArt(art), x, y);
  const turning = `#${dice.pick(['ffd23c', 'ffffff', '5ad1ff'])}`;
  const phases: Sprite[] = [];
  for (let k = 0; k < period; k++)
    phases.push(glint ? glinted(base, k / period) : shifted(await withArc(art, size, k / period, turning), x, y));
  const look = `${art.look}, ${glint ? 'glint' : 'turning arc'} of ${period} frames`;
  return [
    { group: 'animated-logo', kind: 'logo', look, text: null, spans: whole(stage), opaque: true, at: (frame) => phases[frame % period] },
  ];
}

/** A bright band that runs over the letters from the left during the first half of the period. */
function glinted(base: Sprite, phase: number): Sprite {
  const data = base.data.slice();
  const { width, height } = base.box;
  const centre = phase * 2 * (width + height) - height / 2;
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 4) {
      const far = (column + row * 0.6 - centre) / (height * 0.25);
      const light = 200 * Math.exp(-far * far);
      for (let c = 0; c < 3; c++) data[i + c] = Math.min(255, data[i + c] + light);
    }
  }
  return { ...base, data };
}

function withArc(art: LogoArt, size: number, phase: number, colour: string): Promise<Sprite> {
  const r = size / 2;
  const arc = `<path d="M${r} ${r * 0.12}A${r * 0.88} ${r * 0.88} 0 0 1 ${r * 1.88} ${r}" fill="none" stroke="${colour}" stroke-width="${size * 0.09}" stroke-linecap="round" transform="rotate(${phase * 360} ${r} ${r})"/>`;
  return drawArt({ ...art, svg: art.svg + arc });
}

/** A logo that comes and goes, 0.5 to 2 seconds each, some with fades. */
export async function makeBlinkingLogo(stage: Stage, dice: Dice): Promise<Mark[]> {
  const art = await drawLogoArt(dice, artSize(stage, dice));
  const { x, y } = corner(stage, dice, art);
  const on = Math.round(stage.rate * dice.between(0.5, 2));
  const off = Math.round(stage.rate * dice.between(0.5, 1.6));
  const fade = dice.chance(0.4) ? Math.min(dice.whole(3, 8), on >> 2) : 0;
  const full = shifted(await drawArt(art), x, y);
  const steps = [...Array.from({ length: fade }, (_, k) => faded(full, (k + 1) / (fade + 1))), full];
  const start = dice.whole(-on, off);
  const spans = [];
  for (let first = start; first < stage.frames; first += on + off) {
    const span = { first: Math.max(0, first), last: Math.min(stage.frames, first + on) - 1 };
    if (span.last >= span.first) spans.push(span);
  }
  const at = (frame: number): Sprite => {
    const since = (((frame - start) % (on + off)) + on + off) % (on + off);
    return steps[Math.min(fade, since, on - 1 - since)];
  };
  return [
    {
      group: 'blinking-logo',
      kind: 'blinking-logo',
      look: `${art.look}, on ${on} off ${off} fade ${fade}`,
      text: null,
      spans,
      opaque: true,
      at,
    },
  ];
}

const WAYS = ['bounces', 'drifts', 'circles'] as const;
/** Positions are drawn to a quarter of a pixel. */
const QUARTER = 4;

/** A logo that travels over the picture. */
export async function makeMovingLogo(stage: Stage, dice: Dice): Promise<Mark[]> {
  const art = await drawLogoArt(dice, artSize(stage, dice) * 0.9);
  const way = dice.pick(WAYS);
  const opacity = dice.chance(0.3) ? dice.between(0.45, 0.7) : 1;
  const path = travel(way, stage, dice, art);
  const drawn = new Map<string, Sprite>();
  const frames: Sprite[] = [];
  for (let frame = 0; frame < stage.frames; frame++) {
    const { x, y } = path(frame);
    const [qx, qy] = [Math.round(x * QUARTER), Math.round(y * QUARTER)];
    const key = `${qx & 3} ${qy & 3}`;
    const sprite = drawn.get(key) ?? (await drawArt(art, opacity, (qx & 3) / QUARTER, (qy & 3) / QUARTER));
    drawn.set(key, sprite);
    frames.push(shifted(sprite, qx >> 2, qy >> 2));
  }
  const look = `${art.look}, ${way}${opacity < 1 ? `, alpha ${opacity.toFixed(2)}` : ''}`;
  return [
    {
      group: 'moving-logo',
      kind: 'moving-logo',
      look,
      text: null,
      spans: whole(stage),
      opaque: opacity === 1,
      at: (frame) => frames[frame],
    },
  ];
}

type Path = (frame: number) => { x: number; y: number };

function travel(way: (typeof WAYS)[number], { width, height, frames }: Stage, dice: Dice, art: LogoArt): Path {
  const [w, h] = [width - art.width - 4, height - art.height - 4];
  const unit = height / 360;
  if (way === 'bounces') {
    const [x0, y0, vx, vy] = [dice.between(0, w), dice.between(0, h), unit * dice.between(1, 3), unit * dice.between(0.6, 2)];
    return (t) => ({ x: 2 + mirrored(x0 + vx * t, w), y: 2 + mirrored(y0 + vy * t, h) });
  }
  if (way === 'drifts') {
    const across = dice.between(0.25, 0.7) * w;
    const [x0, y0, slope] = [dice.between(0, w - across), dice.between(0.05, 0.85) * h, dice.between(-0.1, 0.1) * h];
    const back = dice.chance(0.5);
    return (t) => ({ x: 2 + x0 + across * (back ? 1 - t / frames : t / frames), y: 2 + mirrored(y0 + (slope * t) / frames, h) });
  }
  const [rx, ry] = [dice.between(0.12, 0.4) * w, dice.between(0.12, 0.4) * h];
  const [cx, cy, turn] = [dice.between(rx, w - rx), dice.between(ry, h - ry), (2 * Math.PI) / dice.between(90, 220)];
  return (t) => ({ x: 2 + cx + rx * Math.cos(turn * t), y: 2 + cy + ry * Math.sin(turn * t) });
}

/** A way along a line of a length, turned round at its ends. */
function mirrored(way: number, length: number): number {
  const at = ((way % (2 * length)) + 2 * length) % (2 * length);
  return at > length ? 2 * length - at : at;
}

const whole = ({ frames }: Stage): Mark['spans'] => [{ first: 0, last: frames - 1 }];
