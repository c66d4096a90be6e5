import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SOURCE = fileURLToPath(new URL('../src/detect/kernels/assembly/kernels.ts', import.meta.url));
const TARGET = new URL('../src/detect/kernels/wasm.ts', import.meta.url);
const OPTIONS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--importMemory'];

/** The kernels as a WebAssembly module; the same bytes every time. */
export async function compileKernels(): Promise<Uint8Array> {
  // Its own process: the compiler's types would declare WebAssembly's number types for all of our code.
  const compiler = path.join(path.dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')), 'bin/asc.js');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'textless-kernels-'));
  try {
    const wasm = path.join(folder, 'kernels.wasm');
    await promisify(execFile)(process.execPath, [compiler, SOURCE, '--outFile', wasm, ...OPTIONS]);
    return await readFile(wasm);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `npm run kernels`: writes the module where the program imports it from. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines =
    Buffer.from(await compileKernels())
      .toString('base64')
      .match(/.{1,120}/g) ?? [];
  const text = `// Made by \`npm run kernels\` from assembly/kernels.ts.\nexport const WASM =\n${lines.map((l) => `  '${l}'`).join(' +\n')};\n`;
  await writeFile(TARGET, text);
}
