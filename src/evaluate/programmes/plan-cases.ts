import { dice, type Dice } from '../dice.js';
import { GROUPS } from '../marks/mark.js';
import { MOTIONS, TAKE_FRAMES, TAKE_HEIGHT, TAKE_WIDTH, TAKES, type Motion } from '../scenes/takes.js';
import { DISSOLVE, type Case, type Join, type Shot } from './case.js';

/** A clip that was given, as it is in its file. */
export interface Clip {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/** What programmes are made from. */
export interface Material {
  readonly seed: string;
  readonly clips: readonly Clip[];
}

type Length = 'one' | 'many' | 'long';
type Look = Pick<Case, 'group' | 'motion' | 'crf'> & { readonly length: Length };

/** Programmes of twelve shots: what stands in them meets many cuts. */
const LONG_GROUPS = ['logo', 'bug', 'subtitle', 'ticker', 'title'] as const;
const LONG_SHOTS = 12;
const LENGTHS = ['one', 'many'] as const;

/** Frames of the only shot of a programme, and of one of several. */
const LONG = 200;
const SHORT = [55, 75] as const;
const CLEAN_FROM_SCENES = 12;
const SCENE_TEXT = 9;
const CLEAN_FROM_CLIPS = 14;

/**
 * The programmes of a run, in an order in which any first part of the list holds every group. Each group meets every motion, one shot and
 * many, and both qualities; with clips, four more programmes a group are made from them. The same material gives the same list.
 */
export function planCases(material: Material): Case[] {
  const looks = interleave(markedLooks(), interleave(cleanLooks(), sceneTextLooks()));
  const footage = material.clips.length ? [...footageLooks(), ...cleanFootageLooks(), ...longLooks()] : [];
  const cases = interleave(footage, looks).map((look) => toCase(look, material));
  const count = new Map<string, number>();
  return cases.map((c) => {
    const number = (count.get(c.name) ?? 0) + 1;
    count.set(c.name, number);
    return number > 1 ? remake(c, number, material) : c;
  });
}

/** A second programme of the same look has a number in its name, and another seed by it. */
function remake(c: Case, number: number, material: Material): Case {
  const { group, motion, crf, shots } = c;
  const length = shots.length >= LONG_SHOTS ? 'long' : shots.length > 1 ? 'many' : 'one';
  return toCase({ group, motion, crf, length }, material, `-${number}`);
}

function markedLooks(): Look[] {
  return MOTIONS.flatMap((motion, m) =>
    LENGTHS.flatMap((length, many) => GROUPS.map((group, g): Look => ({ group, motion, length, crf: (m + g + many) % 2 ? 28 : 16 }))),
  );
}

function cleanLooks(): Look[] {
  return Array.from({ length: CLEAN_FROM_SCENES }, (_, i): Look => ({
    group: 'clean',
    motion: MOTIONS[i % 3],
    length: i % 4 === 3 ? 'many' : 'one',
    crf: i % 2 ? 28 : 16,
  }));
}

function sceneTextLooks(): Look[] {
  return Array.from({ length: SCENE_TEXT }, (_, i): Look => ({
    group: 'scene-text',
    motion: MOTIONS[i % 3],
    length: i >= 6 ? 'many' : 'one',
    crf: i % 2 ? 28 : 16,
  }));
}

function footageLooks(): Look[] {
  return ([16, 28] as const).flatMap((crf) =>
    LENGTHS.flatMap((length) => GROUPS.map((group): Look => ({ group, motion: 'footage', length, crf }))),
  );
}

function cleanFootageLooks(): Look[] {
  return Array.from({ length: CLEAN_FROM_CLIPS }, (_, i): Look => ({
    group: 'clean',
    motion: 'footage',
    length: i % 3 === 2 ? 'many' : 'one',
    crf: i % 2 ? 28 : 16,
  }));
}

function longLooks(): Look[] {
  return LONG_GROUPS.map((group, i): Look => ({ group, motion: 'footage', length: 'long', crf: i % 2 ? 28 : 16 }));
}

/** Both lists spread evenly over one. */
function interleave<T>(a: readonly T[], b: readonly T[]): T[] {
  const at = [
    ...a.map((item, i) => ({ item, place: (i + 0.5) / a.length })),
    ...b.map((item, i) => ({ item, place: (i + 0.5) / b.length })),
  ];
  return at.sort((x, y) => x.place - y.place).map(({ item }) => item);
}

function toCase({ group, motion, crf, length }: Look, material: Material, suffix = ''): Case {
  const name = `${group}-${motion}-${length}-${crf}${suffix}`;
  const luck = dice(material.seed, name, 'shots');
  const made =
    motion === 'footage' ? fromClips(material.clips, length, luck) : fromTakes({ motion, sign: group === 'scene-text' }, length, luck);
  return { name, seed: material.seed, group, motion, crf, ...made };
}

function fromTakes(
  { motion, sign }: { motion: Motion; sign: boolean },
  length: Length,
  luck: Dice,
): Pick<Case, 'shots' | 'width' | 'height'> {
  const many = length !== 'one';
  const takes = TAKES.filter((take) => take.motion === motion && take.sign === sign).map((take) => take.name);
  const chosen = luck.some(takes, many ? 3 : 1);
  const shots = chosen.map((take, i): Shot => {
    const frames = many ? luck.whole(...SHORT) : TAKE_FRAMES;
    return { source: { take }, first: luck.whole(0, TAKE_FRAMES - frames), frames, join: throwJoin(luck, i) };
  });
  return { shots, width: TAKE_WIDTH, height: TAKE_HEIGHT };
}

const SIZES = [
  { width: 640, height: 360, share: 0.6 },
  { width: 960, height: 540, share: 0.9 },
  { width: 1280, height: 720, share: 1 },
] as const;

/** Clips are enlarged by a half at most, where there are such clips. */
function fromClips(clips: readonly Clip[], length: Length, luck: Dice): Pick<Case, 'shots' | 'width' | 'height'> {
  const many = length !== 'one';
  const least = length === 'long' ? LONG_SHOTS : 4;
  const throwOf = luck.next();
  const { width, height } = SIZES.find(({ share }) => throwOf < share)!;
  const shortest = many ? SHORT[0] : 90;
  const fit = clips.filter((clip) => clip.height >= height / 1.5 && clip.width >= width / 1.5 && clip.frames >= shortest);
  const long = clips.filter((clip) => clip.frames >= shortest);
  const chosen = luck.some(
    fit.length >= least ? fit : long.length >= least ? long : clips,
    length === 'long' ? LONG_SHOTS : many ? luck.whole(3, 4) : 1,
  );
  const shots = chosen.map((clip, i): Shot => {
    const frames = Math.max(2 * DISSOLVE + 2, Math.min(clip.frames, many ? luck.whole(...SHORT) : LONG));
    return { source: { clip: clip.path }, first: luck.whole(0, Math.max(0, clip.frames - frames)), frames, join: throwJoin(luck, i) };
  });
  return { shots, width, height };
}

function throwJoin(luck: Dice, i: number): Join {
  const value = luck.next();
  return i === 0 || value < 0.8 ? 'cut' : value < 0.9 ? 'dissolve' : 'fade';
}
