import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from '../core/device.js';
import { TextlessError } from '../core/errors.js';

/** A tensor in and out of the network: float32, row-major. */
export interface FloatTensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Names of a network's inputs and of its output, in the order of the file. Every manifest has them. */
export interface Signature {
  readonly inputs: readonly { readonly name: string }[];
  readonly output: { readonly name: string };
}

/** A loaded network. `run` blocks the thread it is called on: call it in a process of its own. */
export interface Session {
  run(inputs: Readonly<Record<string, FloatTensor>>): Promise<Float32Array>;
}

/**
 * Loads a network in fp32. The one file that knows ONNX Runtime.
 * @param threads for the operators of one run, on the CPU
 * @param device where it computes; never silently elsewhere
 * @throws TextlessError TEXTLESS_MODEL when it cannot be loaded or does not fit its manifest, TEXTLESS_DEVICE when it cannot be loaded for the device
 */
export async function openSession(file: string, signature: Signature, threads: number, device: Device = 'cpu'): Promise<Session> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(file, {
      executionProviders: [device],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
    });
  } catch (cause) {
    if (device !== 'cpu') throw new TextlessError('TEXTLESS_DEVICE', `The network cannot run on ${device} here.`, String(cause), { cause });
    throw new TextlessError('TEXTLESS_MODEL', `The network ${file} cannot be loaded.`, String(cause), { cause });
  }
  const wanted = [...signature.inputs.map((i) => i.name), signature.output.name].join(', ');
  const found = [...session.inputNames, ...session.outputNames].join(', ');
  if (wanted !== found)
    throw new TextlessError('TEXTLESS_MODEL', `The network ${file} does not fit its manifest.`, `has ${found}; expected ${wanted}`);
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(Object.entries(inputs).map(([name, t]) => [name, new Tensor('float32', t.data, t.shape)]));
      const results = await session.run(feeds);
      return results[signature.output.name].data as Float32Array;
    },
  };
}
