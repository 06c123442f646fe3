/** The page that goes with every pack, opened from a disk in a real browser (Electron's own Chromium, without a preload and without Node), against every tampering. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, expect, test } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { violations } from './axe.ts';
import { electronProgram } from './launch.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Case { readonly name: string; readonly pinned: string; readonly checkpoint: string | null; readonly found: readonly string[] }

let folder: string;
let cases: readonly Case[];
let app: ElectronApplication;
let page: Page;
const requests: string[] = [];

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-page-'));
  execFileSync(process.env['GATEHOUSE_NODE'] ?? process.execPath, [join(root, 'electron/engine/export/write-tampered.ts'), folder], { stdio: ['ignore', 'inherit', 'ignore'] });
  cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as Case[];
  // The page that is built with the program and put into packs, and nothing beside it.
  cpSync(join(root, 'dist/engine/verify.html'), join(folder, 'verify.html'));
  const switches = (process.env['GATEHOUSE_ELECTRON_SWITCHES'] ?? '').split(' ').filter((word) => word !== '');
  app = await _electron.launch({ executablePath: electronProgram(), args: [...switches, join(root, 'e2e/fixtures/bare-window'), join(folder, 'profile'), join(folder, 'verify.html')], timeout: 20_000 });
  page = await app.firstWindow();
  page.on('request', (request) => requests.push(request.url()));
});

test.afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

async function check({ pinned, checkpoint }: Pick<Case, 'pinned' | 'checkpoint'>, at: number): Promise<{ readonly title: string; readonly names: readonly string[] }> {
  await page.reload();
  await page.getByLabel('Drop the zip here, or choose it').setInputFiles(join(folder, `${at}.zip`));
  await page.getByLabel('Fingerprint or public key of the log').fill(pinned);
  await page.getByLabel('Seal of the same log from another day').fill(checkpoint ?? '');
  await page.getByRole('button', { name: 'Check the pack' }).press('Enter');
  const title = await page.locator('#verdict').textContent({ timeout: 20_000 });
  const rows = page.getByRole('table').nth(1).locator('tbody tr');
  const names = (await page.getByRole('table').count()) < 2 ? [] : await rows.evaluateAll((all) => all.map((row) => `${row.querySelector('th')?.textContent ?? ''} ${row.querySelector('td')?.textContent ?? ''}`));
  return { title: title ?? '', names };
}

test('finds each tampering and names it as the other verifiers do, without a word to a network', async () => {
  test.setTimeout(180_000);
  const told = [];
  for (const [at, one] of cases.entries()) {
    const { title, names } = await check(one, at);
    told.push({ name: one.name, title: title.split(':')[0], missing: one.found.filter((name) => !names.includes(name)), names: one.found.length === 0 ? names : [] });
  }
  expect(told).toEqual(cases.map(({ name, found }) => ({ name, title: found.length === 0 ? 'Whole' : 'Damaged', missing: [], names: [] })));
  expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
});

test('says that nobody told whose key it is, refuses what is no key, and is fit for a screen reader', async () => {
  expect((await check({ pinned: '', checkpoint: null }, 0)).title).toBe('It holds together. Whose it is, was not checked');
  await expect(page.locator('#result')).toBeFocused();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // A content security policy that allows no script would keep the checker out of the page itself; it is put in by the browser.
    expect(await violations(page)).toEqual([]);
  }
  await page.getByLabel('Fingerprint or public key of the log').fill('open sesame');
  await page.getByRole('button', { name: 'Check the pack' }).click();
  await expect(page.getByRole('alert')).toHaveText(/neither a fingerprint/);
});
