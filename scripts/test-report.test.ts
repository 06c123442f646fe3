import { describe, expect, test } from 'vitest';
import { checkResult, playwrightResult, summary, vitestResult } from './test-report.mjs';

const file = (status: string, ...tests: [name: string, status: string][]) => ({
  name: 'a.test.ts',
  status,
  message: 'SyntaxError: no\n at line 3',
  assertionResults: tests.map(([fullName, its]) => ({ fullName, status: its, ...(its === 'failed' ? { failureMessages: ['\u001b[31mError\u001b[39m: Property failed\n  { seed: 7 }'] } : {}) })),
});

describe('vitest', () => {
  test('counts each test once and names the skipped', () => {
    const result = vitestResult('unit', { testResults: [file('failed', ['a', 'passed'], ['b', 'failed'], ['c', 'skipped'], ['d', 'todo'])] }, 1);
    expect(result).toMatchObject({ passed: 1, failed: 1, failures: ['a.test.ts > b: Error: Property failed | { seed: 7 }'], skipped: ['c (skipped)', 'd (todo)'] });
  });

  test('a file that cannot be loaded is a failure', () => {
    const result = vitestResult('unit', { testResults: [file('passed', ['a', 'passed']), file('failed')] }, 1);
    expect(result).toMatchObject({ passed: 1, failed: 1, notes: ['a.test.ts: SyntaxError: no'] });
  });

  test('a runner without a report has crashed', () => {
    expect(vitestResult('unit', undefined, 139)).toMatchObject({ passed: 0, failed: 1 });
  });

  test('a runner that ran nothing has failed, even when it is content', () => {
    expect(vitestResult('unit', { testResults: [] }, 0)).toMatchObject({ failed: 1, notes: ['the runner ran no test'] });
    expect(vitestResult('unit', { testResults: [file('passed', ['a', 'skipped'])] }, 0)).toMatchObject({ failed: 1, skipped: ['a (skipped)'] });
  });

  test('green tests in a runner that breaks at its end are a failure', () => {
    expect(vitestResult('unit', { testResults: [file('passed', ['a', 'passed'])] }, 1)).toMatchObject({ passed: 1, failed: 1 });
  });
});

describe('playwright', () => {
  const spec = (title: string, status: string, annotations: { type: string; description?: string }[] = []) => ({ title, tests: [{ status, annotations, ...(status === 'unexpected' ? { results: [{ error: { message: 'first' } }, { error: { message: 'not seen\nwithin 5 s' } }] } : {}) }] });

  test('counts through nested suites; a second try passes but is told', () => {
    const result = playwrightResult(
      'e2e',
      {
        suites: [
          {
            title: 'app.spec.ts',
            specs: [spec('opens', 'expected'), spec('breaks', 'unexpected')],
            suites: [{ title: 'live', specs: [spec('streams', 'flaky'), spec('prints', 'skipped', [{ type: 'skip', description: 'no printer' }])] }],
          },
        ],
      },
      1,
    );
    expect(result).toEqual({
      name: 'e2e',
      passed: 2,
      failed: 1,
      failures: ['app.spec.ts > breaks: not seen | within 5 s'],
      skipped: ['app.spec.ts > live > prints (no printer)'],
      notes: ['passed only at the second try: app.spec.ts > live > streams'],
    });
  });

  test('an error outside of every test is a failure', () => {
    expect(playwrightResult('e2e', { suites: [], errors: [{ message: 'no config\nmore' }] }, 1)).toMatchObject({ failed: 1, notes: ['no config', 'the runner ran no test'] });
  });
});

test('the sum is over every runner and check', () => {
  const results = [checkResult('types', 0), checkResult('lint', 1), { name: 'unit', passed: 5, failed: 1, skipped: ['x'], notes: [] }];
  expect(summary(results)).toEqual({ passed: 6, failed: 2, skipped: 1 });
});
