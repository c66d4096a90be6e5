import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Full collections of a process that takes 1.6 GB out of a pipe, in buffers of 64 KiB, beside a heap as a scan has it. */
async function collections(before: string): Promise<number> {
  const program = `
    import { spawn } from 'node:child_process';
    import { PerformanceObserver } from 'node:perf_hooks';
    import { calmCollector } from './src/media/collector.ts';
    ${before}
    const heap = Array.from({ length: 100_000 }, (_, i) => ({ i }));
    let full = 0;
    const count = (list) => { for (const { detail } of list.getEntries()) if (detail.kind === 4) full++; };
    const observer = new PerformanceObserver(count);
    observer.observe({ entryTypes: ['gc'] });
    const zeros = 'const c = Buffer.alloc(1 << 20); for (let i = 0; i < 1600; i++) require("fs").writeSync(1, c)';
    let bytes = 0;
    for await (const chunk of spawn(process.execPath, ['-e', zeros]).stdout) bytes += chunk.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (bytes !== 1600 * 2 ** 20 || heap.length !== 100_000) throw new Error('it is another test');
    console.log(full);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
  return Number(stdout);
}

it('marks the heap less often while pictures come out of a pipe', async () => {
  const [usual, calm] = [await collections(''), await collections('calmCollector();')];
  expect(usual).toBeGreaterThan(8);
  expect(calm).toBeLessThan(usual / 2);
});
