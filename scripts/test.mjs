/**
 * `npm test`: every check, each with its own result, one after the other but for connectors, which mostly wait and run beside
 * integration; the last line sums them up.
 * `npm test -- --only unit [words of a file's path]` runs one of: types, lint, colours, unit, integration, connectors, e2e.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pinnedNode, root, say } from './paths.mjs';
import { interruptedBy, run } from './processes.mjs';
import { ensureBuilt, ensureDemoRuntimes, ensureElectron, runScript, useOwnNode } from './setup.mjs';
import { checkResult, playwrightResult, summary, vitestResult } from './test-report.mjs';

/** @typedef {import('./test-report.mjs').StepResult} StepResult */

const reports = path.join(root, 'test-results');
const connectorsLog = path.join(reports, 'connectors.log');

/** @type {Record<string, (words: string[]) => Promise<StepResult>>} */
const steps = {
  types: async () => checkResult('types', (await runTool('typescript', 'tsc', ['-b'])).code),
  lint: async () => checkResult('lint', (await runTool('oxlint', 'oxlint', [])).code),
  colours: async () => {
    const { strayColours } = await import('./colours.mjs');
    const stray = strayColours();
    for (const line of stray) say(`${line} is a colour outside of the theme`);
    return checkResult('colours', stray.length);
  },
  unit: (words) => runVitest('unit', words),
  integration: async (words) => {
    await ensureDemoRuntimes();
    return await runVitest('integration', words);
  },
  connectors: (words) => connectors(words),
  e2e: async (words) => {
    await ensureDemoRuntimes();
    const { runPlaywright } = await import('./playwright.mjs');
    const electron = await ensureElectron();
    const report = freshReport('e2e');
    const { code } = await runPlaywright(electron, ['--project=e2e', ...words]);
    return playwrightResult('e2e', readReport(report), code);
  },
};

/** @param {string[]} words @param {string} [log] what it prints goes there, so that two do not speak at once */
async function connectors(words, log) {
  await ensureDemoRuntimes();
  return await runVitest('connectors', words, log);
}

await runScript(async () => {
  const { values, positionals } = parseArgs({ options: { only: { type: 'string', multiple: true } }, allowPositionals: true });
  const unknown = values.only?.find((name) => !(name in steps));
  if (unknown !== undefined) throw new Error(`There is no step "${unknown}". Steps: ${Object.keys(steps).join(', ')}.`);
  await useOwnNode();
  // Node keeps what it compiled: threads and programs that start from source some hundred times do so in half the time.
  process.env['NODE_COMPILE_CACHE'] ??= path.join(root, 'node_modules', '.cache', 'node');
  /** @param {string} name */
  const wanted = (name) => values.only?.includes(name) ?? true;
  // The build is a step of its own: when it breaks, types and lint still tell why.
  const results = [await attempt('build', async () => (await ensureBuilt(), checkResult('build', 0)))];
  // Tests that start an engine as a program start the one that was built just now, which takes half the processor time of the source.
  if (results[0]?.failed === 0) process.env['GATEHOUSE_TEST_BUILT'] = '1';
  for (const [name, step] of Object.entries(steps)) {
    if (!wanted(name) || (name === 'connectors' && wanted('integration'))) continue;
    if (interruptedBy() !== undefined) throw new Error(`Ended by ${interruptedBy()} before ${name}.`);
    console.log(`\n== ${name}`);
    // They wait for servers most of the time, integration uses less than one core: beside each other they take as long as the longer one.
    rmSync(connectorsLog, { force: true });
    const beside = name === 'integration' && wanted('connectors') ? attempt('connectors', () => connectors(positionals, connectorsLog)) : undefined;
    results.push(await attempt(name, () => step(positionals)));
    if (beside === undefined) continue;
    results.push(await beside);
    console.log('\n== connectors (ran beside integration)');
    if (existsSync(connectorsLog)) console.log(readFileSync(connectorsLog, 'utf8'));
  }
  return tell(results);
});

/** A step that cannot even run has failed; the next ones run all the same. @param {string} name @param {() => Promise<StepResult>} step */
async function attempt(name, step) {
  try {
    return await step();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say(message);
    return { ...checkResult(name, 1), notes: [message] };
  }
}

/** @param {StepResult[]} results @returns {number} the exit code */
function tell(results) {
  console.log('\n== results');
  for (const { name, passed, failed, failures, skipped, notes } of results) {
    console.log(`${failed === 0 ? 'ok  ' : 'FAIL'} ${name}: ${passed} passed, ${failed} failed, ${skipped.length} skipped`);
    for (const note of notes) console.log(`       note: ${note}`);
    for (const test of failures ?? []) console.log(`       failed: ${test}`);
    for (const test of skipped) console.log(`       skipped: ${test}`);
  }
  const { passed, failed, skipped } = summary(results);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
}

/** More files at once than vitest's own default, which on two cores is one; those of the connectors mostly wait. @param {'unit' | 'integration' | 'connectors'} project @param {string[]} words @param {string} [log] */
async function runVitest(project, words, log) {
  const report = freshReport(project);
  const out = log === undefined ? undefined : openSync(log, 'w');
  const { code } = await run(
    pinnedNode,
    [path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', `--project=${project}`, ...(project === 'integration' ? [] : [`--maxWorkers=${Math.max(project === 'connectors' ? 4 : 2, availableParallelism() - 1)}`]), '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...words],
    { cwd: root, ...(out === undefined ? {} : { stdio: ['ignore', out, out] }) },
  );
  if (out !== undefined) closeSync(out);
  return vitestResult(project, readReport(report), code);
}

/** @param {string} packageName @param {string} program @param {string[]} args */
function runTool(packageName, program, args) {
  return run(pinnedNode, [path.join(root, 'node_modules', packageName, 'bin', program), ...args], { cwd: root });
}

/** An old report must not speak for a runner that died. @param {string} name */
function freshReport(name) {
  mkdirSync(reports, { recursive: true });
  const file = path.join(reports, `${name}.json`);
  rmSync(file, { force: true });
  return file;
}

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
