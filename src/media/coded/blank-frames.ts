import { frameBytes, type Frame, type Geometry } from '../../core/frame.js';

/** A few empty frames, to learn from them what an encoder writes whatever the picture. */
export async function* blankFrames(geometry: Geometry, count: number): AsyncGenerator<Frame, void, undefined> {
  const bytes = frameBytes(geometry);
  for (let index = 0; index < count; index++) yield await Promise.resolve({ index, data: new Uint8Array(bytes) });
}
