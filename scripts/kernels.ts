import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const SOURCE = new URL('../src/detect/kernels/assembly/kernels.ts', import.meta.url);
const TARGET = new URL('../src/detect/kernels/wasm.ts', import.meta.url);
const OPTIONS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--importMemory'];

/** The kernels as a WebAssembly module; the same bytes every time. */
export async function compileKernels(): Promise<Uint8Array> {
  const source = await readFile(SOURCE, 'utf8');
  let wasm: Uint8Array | undefined;
  const { error } = await asc.main(['kernels.ts', '--outFile', 'kernels.wasm', ...OPTIONS], {
    readFile: (name) => (name === 'kernels.ts' ? source : null),
    writeFile: (_, contents) => void (typeof contents !== 'string' && (wasm = contents)),
    listFiles: () => [],
  });
  if (error || !wasm) throw error ?? new Error('no module was written');
  return wasm;
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
