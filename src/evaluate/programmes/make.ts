import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { throwIfCancelled } from '../../core/errors.js';
import { inSpans } from '../../core/area.js';
import { dice } from '../dice.js';
import { MAKERS } from '../marks/makers.js';
import type { Mark } from '../marks/mark.js';
import { compose, shows, stamp } from '../marks/sprite.js';
import { RATE } from '../scenes/takes.js';
import { assemble } from './assemble.js';
import { cutsOf, framesOf, type Case } from './case.js';
import { h264, rawInput, withWriters, type PictureWriter } from './pictures.js';

/** Groups beside which a logo or a bug may stand, as in a broadcast. */
const IN_COMPANY: readonly Case['group'][] = ['subtitle', 'score-bar', 'ticker', 'title'];

/** The marks of a programme, by its dice alone. */
export async function marksOf(programme: Case): Promise<Mark[]> {
  const { group, width, height, seed, name } = programme;
  if (group === 'clean' || group === 'scene-text') return [];
  const stage = { width, height, frames: framesOf(programme), rate: RATE };
  const luck = dice(seed, name, 'marks');
  const marks = await MAKERS[group](stage, luck);
  if (!IN_COMPANY.includes(group) || !luck.chance(0.35)) return marks;
  const company = await MAKERS[luck.pick(['logo', 'bug'] as const)](stage, luck);
  return company.some((mark) => marks.some((other) => meet(mark, other))) ? marks : [...marks, ...company];
}

/** Whether two marks would lie on each other at some time. */
function meet(a: Mark, b: Mark): boolean {
  const box = a.at(a.spans[0].first).box;
  return b.spans.some(({ first, last }) => {
    for (let frame = first; frame <= last; frame += 5) {
      const other = b.at(frame).box;
      if (
        box.x < other.x + other.width + 8 &&
        other.x < box.x + box.width + 8 &&
        box.y < other.y + other.height + 8 &&
        other.y < box.y + box.height + 8
      )
        return true;
    }
    return false;
  });
}

/** Where a programme is written and what it is made from. */
export interface MakeOptions {
  /** The programme's own folder; made when it is not there. */
  readonly folder: string;
  /** The folder of rendered takes. */
  readonly takes: string;
  /** Writes clean.mp4, mask.mkv and truth.json too. */
  readonly keep: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Makes marked.mp4 of a programme and returns its path. */
export async function makeProgramme(programme: Case, marks: readonly Mark[], options: MakeOptions): Promise<string> {
  const { folder, takes, keep, signal } = options;
  const { width, height, crf } = programme;
  await mkdir(folder, { recursive: true });
  const marked = path.join(folder, 'marked.mp4');
  const rgb = rawInput('rgb24', width, height, RATE);
  const fast = ['-movflags', '+faststart'];
  const commands = [[...rgb, ...h264('fast', crf), ...fast, marked]];
  if (keep) {
    commands.push([...rgb, ...h264('fast', 8), ...fast, path.join(folder, 'clean.mp4')]);
    commands.push([...rawInput('gray', width, height, RATE), '-c:v', 'ffv1', path.join(folder, 'mask.mkv')]);
  }
  await withWriters(commands, signal, async (writers) => {
    let frame = 0;
    for await (const picture of assemble(programme, takes, signal)) {
      throwIfCancelled(signal);
      await writeFrame(writers, picture, marks, frame++, width);
    }
  });
  if (keep) await writeFile(path.join(folder, 'truth.json'), `${JSON.stringify(truthOf(programme, marks), null, 1)}\n`);
  return marked;
}

async function writeFrame(
  writers: readonly PictureWriter[],
  picture: Uint8Array,
  marks: readonly Mark[],
  frame: number,
  width: number,
): Promise<void> {
  const [marked, clean, mask] = writers;
  const waits = clean ? [clean.write(picture.slice())] : [];
  const map = mask ? new Uint8Array(picture.length / 3) : undefined;
  for (const mark of marks) {
    if (!inSpans(mark.spans, frame)) continue;
    const sprite = mark.at(frame);
    compose(picture, width, sprite);
    if (map) stamp(map, width, sprite);
  }
  if (map) waits.push(mask.write(map));
  await Promise.all([...waits, marked.write(picture)]);
}

/** What a case folder's truth.json holds: the layout that samples/README.md describes. */
export function truthOf(programme: Case, marks: readonly Mark[]): object {
  const { group, width, height } = programme;
  return {
    kind: group,
    fps: RATE,
    size: [width, height],
    frames: framesOf(programme),
    tracks: marks.map((mark) => {
      const { x, y, width: w, height: h } = reach(mark, width, height);
      return { kind: mark.kind, look: mark.look, box: [x, y, w, h], spans: mark.spans.map((s) => [s.first, s.last]), text: mark.text };
    }),
    cuts: cutsOf(programme),
  };
}

/** The box that holds a mark in all its frames, inside the picture. */
function reach(mark: Mark, width: number, height: number): { x: number; y: number; width: number; height: number } {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (const { first, last } of mark.spans) {
    for (let frame = first; frame <= last; frame++) {
      const sprite = mark.at(frame);
      if (!shows(sprite, width, height)) continue;
      const { box } = sprite;
      x0 = Math.max(0, Math.min(x0, box.x));
      y0 = Math.max(0, Math.min(y0, box.y));
      x1 = Math.min(width, Math.max(x1, box.x + box.width));
      y1 = Math.min(height, Math.max(y1, box.y + box.height));
    }
  }
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}
