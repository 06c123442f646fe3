import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** The files that take a minute and more, the longest first. */
const long = ['conformance-langgraph', 'stop/crash', 'watching', 'conformance-a2a', 'mcp/mcp', 'a2a/a2a', 'stop-credential', 'engine/runtimes'];

/** What these prove is within milliseconds of what was done: they come when those that run beside integration have ended, or nearly. */
const timed = ['engine/stop', 'engine/stop-local', 'engine/budget', 'processes/end-tree'];

/** Begun last, a long one would run on alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const is = (name: string): boolean => moduleId.endsWith(`${name}.integration.test.ts`);
      const at = long.findIndex(is);
      if (at !== -1) return at;
      return long.length + Number(timed.some(is));
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

/** These wait for servers and for windows of silence more than they work, and have all that they start to themselves. */
const sideBySide = [
  'electron/engine/{connectors,stop,alerts}/**/*.integration.test.ts',
  'electron/engine/{runtimes,stop-credential,audit-coverage}.integration.test.ts',
  'electron/engine/export/{verify-sh,report-desk}.integration.test.ts',
  'e2e/engine/{runtimes,access}.integration.test.ts',
];

export default defineConfig({
  test: {
    // better-sqlite3 is native code: a process per file keeps one crash from taking the others down.
    pool: 'forks',
    testTimeout: 10_000,
    hookTimeout: 15_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{electron,shared,renderer,scripts,demo,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/*.integration.test.ts'],
          // Property tests of a second here took ten on a machine that did other things as well.
          testTimeout: 30_000,
          // Modules are loaded once a process, not once a file: a third less processor time. A test that changes what its module or process shares must put it back.
          isolate: false,
          setupFiles: ['scripts/property-seed.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{electron,shared,renderer,scripts,demo,bench,e2e}/**/*.integration.test.ts'],
          exclude: ['**/node_modules/**', ...sideBySide],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // These start processes, fill disks and kill engines: together they would disturb each other on a small machine.
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          // Connectors, stops and deliveries against real servers: files run side by side.
          name: 'connectors',
          include: sideBySide,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
