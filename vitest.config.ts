import { defineConfig } from 'vitest/config';

export default defineConfig({
  // All cores: by default one is left free, and most of these tests wait for processes of their own.
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks', maxWorkers: '100%' },
});
