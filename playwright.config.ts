import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // One window at a time: the app is a single instance, and a small machine draws one window well and four badly.
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
