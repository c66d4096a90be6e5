import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Rooms that have kernels. */
const ROOMS = ['detect', 'restore'] as const;
const OPTIONS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--importMemory'];

/** The kernels of a room as a WebAssembly module; the same bytes every time. */
export async function compileKernels(room: (typeof ROOMS)[number] = 'detect'): Promise<Uint8Array> {
  const source = fileURLToPath(new URL(`../src/${room}/kernels/assembly/kernels.ts`, import.meta.url));
  // Its own process: the compiler's types would declare WebAssembly's number types for all of our code.
  const compiler = path.join(path.dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')), 'bin/asc.js');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'textless-kernels-'));
  try {
    const wasm = path.join(folder, 'kernels.wasm');
    await promisify(execFile)(process.execPath, [compiler, source, '--outFile', wasm, ...OPTIONS]);
    return await readFile(wasm);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `npm run kernels`: writes the modules where the program imports them from. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const room of ROOMS) {
    const lines =
      Buffer.from(await compileKernels(room))
        .toString('base64')
        .match(/.{1,120}/g) ?? [];
    const text = `// Made by \`npm run kernels\` from assembly/kernels.ts.\nexport const WASM =\n${lines.map((l) => `  '${l}'`).join(' +\n')};\n`;
    await writeFile(new URL(`../src/${room}/kernels/wasm.ts`, import.meta.url), text);
  }
}
