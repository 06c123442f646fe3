import { stripVTControlCharacters } from 'node:util';

/**
 * Reads what the test runners wrote and counts it in one way. Pure, so that the counting itself is tested.
 *
 * @typedef {object} StepResult
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} [failures] names of the failed, with the start of what was said: whoever sees only the end of the output must know which
 * @property {string[]} skipped names, with the reason where one is known
 * @property {string[]} notes what a person should know about this step
 */

/**
 * A check that only passes or fails.
 * @param {string} name @param {number} code
 * @returns {StepResult}
 */
export function checkResult(name, code) {
  return { name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [], notes: [] };
}

/** @param {string} name */
function emptyResult(name) {
  return { name, passed: 0, failed: 0, failures: /** @type {string[]} */ ([]), skipped: /** @type {string[]} */ ([]), notes: /** @type {string[]} */ ([]) };
}

/**
 * @typedef {object} VitestReport
 * @property {{ name: string, status: string, message?: string, assertionResults: { fullName: string, status: string, failureMessages?: string[] }[] }[]} testResults
 */

/**
 * @param {string} name @param {VitestReport | undefined} report @param {number} code
 * @returns {StepResult}
 */
export function vitestResult(name, report, code) {
  const result = emptyResult(name);
  for (const file of report?.testResults ?? []) {
    for (const test of file.assertionResults) {
      if (test.status === 'passed') result.passed++;
      else if (test.status === 'failed') {
        result.failed++;
        result.failures.push(`${file.name.split('/').slice(-2).join('/')} > ${test.fullName}: ${opening(test.failureMessages?.[0])}`);
      } else result.skipped.push(`${test.fullName} (${test.status})`);
    }
    // A file that breaks before its first test has no assertion to count, and must not vanish for it.
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      result.failed++;
      result.notes.push(`${file.name}: ${firstLine(file.message)}`);
    }
  }
  return withCrash(result, report !== undefined, code);
}

/**
 * @typedef {object} PlaywrightSuite
 * @property {string} title
 * @property {PlaywrightSuite[]} [suites]
 * @property {{ title: string, tests: PlaywrightTest[] }[]} [specs]
 *
 * @typedef {{ status: string, annotations: { type: string, description?: string }[], results?: { error?: { message?: string } }[] }} PlaywrightTest
 * @typedef {{ suites: PlaywrightSuite[], errors?: { message?: string }[] }} PlaywrightReport
 */

/**
 * @param {string} name @param {PlaywrightReport | undefined} report @param {number} code
 * @returns {StepResult}
 */
export function playwrightResult(name, report, code) {
  const result = emptyResult(name);
  for (const { title, test } of (report?.suites ?? []).flatMap((suite) => playwrightTests(suite, []))) {
    if (test.status === 'skipped') {
      const reason = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description;
      result.skipped.push(`${title} (${reason ?? 'no reason given'})`);
    } else if (test.status === 'unexpected') {
      result.failed++;
      result.failures.push(`${title}: ${opening(test.results?.at(-1)?.error?.message)}`);
    } else result.passed++;
    if (test.status === 'flaky') result.notes.push(`passed only at the second try: ${title}`);
  }
  for (const error of report?.errors ?? []) result.notes.push(firstLine(error.message));
  return withCrash(result, report !== undefined, code);
}

/** @param {PlaywrightSuite} suite @param {string[]} above @returns {{ title: string, test: PlaywrightTest }[]} */
function playwrightTests(suite, above) {
  const path = [...above, suite.title];
  return [
    ...(suite.specs ?? []).flatMap((spec) => spec.tests.map((test) => ({ title: [...path, spec.title].join(' > '), test }))),
    ...(suite.suites ?? []).flatMap((inner) => playwrightTests(inner, path)),
  ];
}

/**
 * A runner that died, or that found nothing to run, has failed whatever it counted.
 * @param {StepResult} result @param {boolean} reported @param {number} code
 */
function withCrash(result, reported, code) {
  if (!reported) return { ...result, failed: result.failed + 1, notes: [...result.notes, `the runner ended with code ${code} and wrote no report`] };
  if (result.passed + result.failed === 0) return { ...result, failed: 1, notes: [...result.notes, 'the runner ran no test'] };
  if (code !== 0 && result.failed === 0) return { ...result, failed: 1, notes: [...result.notes, `every test passed, but the runner ended with code ${code}`] };
  return result;
}

/** @param {StepResult[]} results */
export function summary(results) {
  const sum = (/** @type {(result: StepResult) => number} */ pick) => results.reduce((total, result) => total + pick(result), 0);
  return { passed: sum((r) => r.passed), failed: sum((r) => r.failed), skipped: sum((r) => r.skipped.length) };
}

/** @param {string | undefined} text */
function firstLine(text) {
  return (text ?? '').split('\n', 1)[0] ?? '';
}

/** Enough of a failure to know it again, a counterexample and its seed included; without the colours of a terminal. @param {string | undefined} text */
function opening(text) {
  return stripVTControlCharacters(text ?? '').replaceAll(/\s*\n\s*/g, ' | ').slice(0, 600);
}
