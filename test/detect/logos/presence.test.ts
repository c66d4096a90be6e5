import { describe, expect, it } from 'vitest';
import { Presence } from '../../../src/detect/logos/presence.js';

const WHITE = 255;
const ALPHA = 0.8;
/** The scene's level before which the logo's edges were learnt. */
const LEARNT = 90;

/** Shots of 50 frames before scenes of given levels, with a white logo but where `away`; noise is that of coding. */
function follow(scenes: readonly number[], away: readonly number[] = []): Presence {
  const presence = new Presence(50 * scenes.length);
  for (let t = 0; t < presence.frames; t++) {
    const shot = Math.floor(t / 50);
    const noise = 0.02 * Math.sin(7.3 * t);
    const scene = scenes[shot] + 2 * Math.sin(t / 9);
    if (away.includes(shot)) presence.note(t, noise > 0 ? noise : 0, scene);
    else presence.note(t, (WHITE - scene) / (WHITE - LEARNT) + noise, scene + (ALPHA * (WHITE - scene)) / 2);
  }
  return presence;
}

describe('Presence', () => {
  it('keeps a white logo before a bright scene, where its edges hardly show', () => {
    expect(follow([60, 110, 215, 90, 225, 140]).spans()).toEqual([{ first: 0, last: 299 }]);
  });

  it('lets the frames around decide where the scene is as light as the logo', () => {
    expect(follow([254, 60, 110, 254, 90, 140, 254]).spans()).toEqual([{ first: 0, last: 349 }]);
  });

  it('does not find the logo where it is away, before dark scenes or bright ones', () => {
    expect(follow([60, 110, 80, 90, 205, 140], [2, 4]).spans()).toEqual([
      { first: 0, last: 99 },
      { first: 150, last: 199 },
      { first: 250, last: 299 },
    ]);
  });

  it('does not reach over frames that say nothing to one that it is missing from', () => {
    expect(follow([60, 110, 90, 254, 80], [3, 4]).spans()).toEqual([{ first: 0, last: 149 }]);
  });

  it('bridges a gap of a few frames between long stretches, not what flickers', () => {
    const shown = (lengths: readonly number[]): unknown => {
      const presence = new Presence(lengths.reduce((sum, n) => sum + n, 0));
      lengths.reduce((from, n, i) => {
        for (let t = from; t < from + n; t++) presence.note(t, i % 2 ? 0 : 1, 100);
        return from + n;
      }, 0);
      return presence.spans().length;
    };
    expect(shown([60, 7, 80])).toBe(1);
    expect(shown([60, 12, 80])).toBe(2);
    expect(shown([10, 7, 10, 7, 10])).toBe(3);
  });

  it('does not take its own fading for a scene as light as it is', () => {
    const presence = new Presence(150);
    const shown = (t: number): number => Math.max(0, Math.min(1, (Math.abs((t % 50) - 41) - 5) / 6));
    for (let t = 0; t < 150; t++) presence.note(t, shown(t), 70 + 65 * shown(t));
    expect(presence.spans()).toHaveLength(3);
  });

  it('asks for what it always asked for where what shows has nothing to do with the scene', () => {
    const presence = new Presence(200);
    for (let t = 0; t < 200; t++) presence.note(t, t < 100 ? 1 + 0.1 * Math.sin(3 * t) : 0.1, 100 + 90 * Math.sin(t));
    expect(presence.spans()).toEqual([{ first: 0, last: 99 }]);
  });
});
