/** A tool server that is a program on this machine: nothing of it runs before a person has read its exact command and agreed. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { violations } from './axe.ts';
import { callFromPage, engineReady, launch } from './launch.ts';

const server = fileURLToPath(new URL('../demo/runtimes/mcp-server.ts', import.meta.url));

let folder: string;
test.beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'gatehouse tools ')); });
test.afterEach(async () => { await rm(folder, { recursive: true, force: true }); });

test('a local program is started only after consent to its exact command, and its tools are shown as claims', async () => {
  // A program that is started takes its time on a machine that does much else.
  test.setTimeout(120_000);
  const mark = join(folder, 'started');
  // It takes its time to begin, as a package does that is fetched first.
  const script = join(folder, 'tool server.mjs');
  await writeFile(script, `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(mark)}, '');\nawait new Promise((done) => setTimeout(done, 4000));\nprocess.argv.push('--stdio');\nawait import(${JSON.stringify(pathToFileURL(server).href)});\n`);
  const node = process.env['GATEHOUSE_NODE'] ?? process.execPath;
  const { page, close } = await launch();
  await engineReady(page);
  await expect(page.getByRole('heading', { name: 'Nothing is connected yet' })).toBeVisible();

  await page.keyboard.press('5');
  const dialog = page.getByRole('dialog', { name: 'Add connection' });
  await dialog.getByLabel('Command').fill(node);
  await dialog.getByLabel('Arguments, one a line').fill(script);
  await dialog.getByLabel('Name of the connection').fill('Tool program');
  // Pressed twice on purpose: the second press must not be taken for consent.
  await page.keyboard.press('Control+Enter');
  await expect(dialog.getByRole('group', { name: 'The exact command' })).toContainText('tool server.mjs');
  await page.keyboard.press('Control+Enter');
  await page.keyboard.press('Enter');
  expect(await violations(page)).toEqual([]);
  expect(existsSync(mark)).toBe(false);
  await dialog.getByRole('button', { name: 'Not now' }).click();

  const detail = page.getByRole('complementary', { name: 'Connection Tool program' });
  await expect(detail.getByText('Waiting')).toBeVisible();
  expect(existsSync(mark)).toBe(false);
  await detail.getByRole('button', { name: 'Read and consent…' }).click();
  const consent = page.getByRole('dialog', { name: 'Consent' });
  await expect(consent.getByRole('group', { name: 'The exact command' })).toContainText('tool server.mjs');
  await consent.getByRole('button', { name: 'Run this command' }).click();
  await expect(detail.getByText('Healthy')).toBeVisible({ timeout: 60_000 });
  expect(existsSync(mark)).toBe(true);

  const offered = detail.getByRole('region', { name: 'Offered' });
  await expect(offered.getByText('Nothing enforces these claims')).toBeVisible({ timeout: 15_000 });
  const { rows } = await callFromPage(page, 'grants.list', {});
  const silent = rows.find((row) => row.kind === 'tool' && row.readOnly === null && row.destructive === null);
  expect(silent).toBeDefined();
  await expect(offered.getByRole('listitem').filter({ hasText: silent?.name ?? '' }).first()).toContainText('the worst holds');
  expect(await violations(page)).toEqual([]);
  await close();
});
