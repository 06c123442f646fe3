import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // Windows that share a display take the focus from each other; where each has a virtual one of its own, `npm test` asks for two.
  workers: 1,
  fullyParallel: false,
  retries: 1,
  forbidOnly: Boolean(process.env['CI']),
  outputDir: 'test-results/e2e',
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  projects: [
    { name: 'e2e', testMatch: '**/*.spec.ts' },
    // Draws the README's pictures; run by `npm run screenshots`, never by `npm test`.
    { name: 'screenshots', testMatch: 'screenshots.ts', retries: 0, timeout: 600_000 },
  ],
});
