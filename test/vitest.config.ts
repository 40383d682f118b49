import { defineConfig } from 'vitest/config';

// graphql 17 has a `development` export condition: without this list Vite would load a second copy of it beside Pothos' own.
const resolve = { conditions: ['node', 'import', 'module-sync', 'default'] };

export default defineConfig({
  ssr: { resolve },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      // Real runners and sockets on two cores: files run one after another, so that one file's load is not another's time-out.
      { extends: true, test: { name: 'server', include: ['test/server/**/*.test.ts'], pool: 'forks', fileParallelism: false } },
    ],
  },
});
