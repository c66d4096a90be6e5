import { describe, expect, it } from 'vitest';
import type { Geometry } from '../../src/core/frame.js';
import { choosePictures } from '../../src/job/pictures.js';
import type { Track } from '../../src/plan/plan.js';

const GEOMETRY: Geometry = { width: 320, height: 240, format: { name: 'yuv420p', depth: 8, chroma: '420' } };

function track(id: string, ...spans: (readonly [number, number])[]): Track {
  const mask = { box: { x: 101, y: 61, width: 9, height: 7 }, data: new Uint8Array(63).fill(255) };
  const said = { kind: 'subtitle', action: 'wipe', confidence: 1, why: '' } as const;
  return { id, ...said, spans: spans.map(([first, last]) => ({ first, last })), mask };
}

describe('pictures of a sheet', () => {
  it('are of the middle of the longest span, or of a still near it', () => {
    const one = track('a', [0, 10], [100, 180]);
    expect(choosePictures([one], GEOMETRY)[0]).toMatchObject({ frame: 140, box: { x: 60, y: 20, width: 90, height: 88 } });
    expect(choosePictures([one], GEOMETRY, [5, 120, 150, 170])[0].frame).toBe(150);
    // Near its ends it may fade.
    expect(choosePictures([one], GEOMETRY, [5, 101, 178])[0].frame).toBe(140);
  });

  it('are of tracks spread over the list, of those with a still where there is one', () => {
    const tracks = Array.from({ length: 48 }, (_, i) => track(`t${i}`, [10 * i, 10 * i + 8]));
    const numbers = (stills: number[]): string[] => choosePictures(tracks, GEOMETRY, stills).map((shot) => shot.track.id);
    expect(numbers([])).toEqual(tracks.filter((_, i) => i % 2 === 0).map(({ id }) => id));
    expect(numbers([14, 44, 474]).filter((id) => Number(id.slice(1)) % 2)).toEqual(['t1', 't47']);
  });
});
