import { defineConfig } from 'vitest/config';

export default defineConfig({
  // All cores: by default one is left free, and most of these tests wait for processes of their own. How long they may take is no
  // test: the limits only end what hangs.
  test: {
    globalSetup: 'test/fixtures/build.ts',
    include: ['test/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: '100%',
  },
});
