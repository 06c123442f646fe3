import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // better-sqlite3 is native code: a process per file keeps one crash from taking the others down.
    pool: 'forks',
    testTimeout: 10_000,
    hookTimeout: 15_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{electron,shared,renderer,scripts,demo,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/*.integration.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{electron,shared,renderer,scripts,demo,bench,e2e}/**/*.integration.test.ts'],
          exclude: ['**/node_modules/**', 'electron/engine/connectors/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // These start processes, fill disks and kill engines: together they would disturb each other on a small machine.
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          // Connectors against real runtimes mostly wait: files run side by side, each with servers of its own.
          name: 'connectors',
          include: ['electron/engine/connectors/**/*.integration.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
