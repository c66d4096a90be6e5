import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

/** Each source file with the source files it imports. */
function imports(): Map<string, string[]> {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
  return new Map(
    files.map((file) => {
      const text = readFileSync(path.join('src', file), 'utf8');
      const targets = [...text.matchAll(/from '(\.[^']+)\.js'/g)].map((m) => path.join(path.dirname(file), `${m[1]}.ts`));
      return [file, targets];
    }),
  );
}

it('has no circles among its imports', () => {
  const graph = imports();
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    expect(way, `${[...way, file].join(' -> ')}`).not.toContain(file);
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  expect(graph.size).toBeGreaterThan(50);
  for (const file of graph.keys()) visit(file, []);
});
