/** The audit screen in the real window: one report in several formats and a pack, the log by keyboard and by its filters, and what proves an entry; axe in both themes, and at 200 %. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { PageApi } from '../shared/page-api.ts';
import { extractText, getDocumentProxy } from 'unpdf';
import { setTheme, violations } from './axe.ts';
import { callFromPage, launchReady, makeDataFolder, removeFolder } from './launch.ts';
import type { Launched } from './launch.ts';
import { saveTo } from './one-order.ts';
import { listen } from './syslog-receiver.ts';

let opened: Launched;
let reports = '';

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(90_000);
  reports = await makeDataFolder();
  opened = await launchReady();
  const { page } = opened;
  await callFromPage(page, 'connections.addOtlp', { name: 'Ledger cluster' });
  await callFromPage(page, 'settings.set', { retentionDays: 400 });
});
test.afterAll(async () => {
  await opened.close();
  await removeFolder(reports);
});

const log = (page: Page) => page.getByRole('grid', { name: 'Audit log' });
const entry = (page: Page) => page.getByRole('complementary', { name: 'Entry' });
const report = (page: Page) => page.getByRole('region', { name: 'Report', exact: true });
const rest = async (page: Page): Promise<void> => { await page.getByRole('heading', { level: 1 }).click(); };

async function readableInBoth(page: Page, what: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme);
    expect(await violations(page), `${what}, ${theme}`).toEqual([]);
    await test.info().attach(`${what}, ${theme}`, { body: await page.screenshot({ path: test.info().outputPath(`${what}-${theme}.png`) }), contentType: 'image/png' });
  }
}

test('the screen says what is known, and the status bar that the chain is whole', async () => {
  test.setTimeout(60_000);
  const { page } = opened;
  await page.keyboard.press('g');
  await page.keyboard.press('u');
  await expect(page.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Completeness statement' }).getByText(/this machine could see/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Completeness statement' }).getByRole('row', { name: /Ledger cluster/ })).toBeVisible();
  const seal = page.getByRole('region', { name: 'Seal' });
  await expect(seal.getByText('Chain whole')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('contentinfo', { name: 'Status' }).getByText(/^Audit chain whole, /)).toBeVisible();
  await seal.getByRole('button', { name: 'Check again' }).click();
  await expect(seal.getByText('Chain whole')).toBeVisible();
  await readableInBoth(page, 'report');
});

test('the log is filtered and walked by keyboard, and an entry is verified in the window', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await rest(page);
  await page.keyboard.press('/');
  await expect(page.getByLabel('Filter the audit log')).toBeFocused();
  await page.keyboard.type('no such act');
  await expect(page.getByText('No entry fits this filter')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Action:/ }).click();
  await page.getByRole('menuitem', { name: 'settings.change' }).click();
  await expect(log(page).locator('[data-row]').first()).toBeVisible();
  await expect(log(page).locator('[data-row]').filter({ hasNotText: 'settings.change' })).toHaveCount(0);
  await rest(page);
  const rows = await log(page).locator('[data-row]').count();
  for (let at = 0; at < rows; at += 1) await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(entry(page).getByText('What changed')).toBeVisible();
  await expect(entry(page).getByRole('row', { name: /retentionDays/ })).toContainText('400');
  await page.keyboard.press('v');
  await expect(entry(page).getByText('This window hashed its line itself: the hash is the one that is kept.')).toBeVisible();
  await expect(entry(page).getByText(/whole from here to the newest/)).toBeVisible({ timeout: 20_000 });
  await readableInBoth(page, 'entry');
  await page.keyboard.press('Escape');
  await expect(entry(page)).toHaveCount(0);
});

test('a template is kept, and a report is written as CSV, JSON Lines, PDF and a pack', async () => {
  test.setTimeout(120_000);
  const { app, page } = opened;
  await page.keyboard.press('g');
  await page.keyboard.press('u');
  await report(page).getByLabel('Name', { exact: true }).fill('Quarter, external');
  await report(page).getByRole('button', { name: 'JSON Lines', exact: true }).click();
  await report(page).getByRole('button', { name: 'Templates' }).click();
  await page.getByRole('menuitem', { name: 'Save as a template…' }).click();
  await page.keyboard.press('Control+Enter');
  await expect(report(page).getByRole('button', { name: 'saved as “Quarter, external”' })).toBeVisible();
  await report(page).getByRole('radio', { name: 'Removed' }).check({ force: true });
  await expect(report(page).getByRole('button', { name: 'changed from “Quarter, external”' })).toBeVisible();
  await expect(report(page).getByRole('checkbox', { name: 'Auditor pack' })).toBeChecked();

  const pack = join(reports, 'pack.zip');
  await saveTo(app, pack);
  await rest(page);
  await page.keyboard.press('Control+e');
  const jobs = page.getByRole('region', { name: 'Seal' });
  await jobs.getByRole('button', { name: /^Quarter, external/ }).click({ timeout: 60_000 });
  const dialog = page.getByRole('dialog', { name: /^Report/ });
  await expect(dialog.getByText('Written', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(dialog.getByRole('table', { name: 'Files' })).toContainText('pack.zip');
  expect((await readFile(pack)).subarray(0, 2).toString('latin1')).toBe('PK');
  await readableInBoth(page, 'report that was written');
  await page.keyboard.press('Escape');
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

/** The desktop's own question is answered by itself; what it asked is kept. */
async function answerQuestion(button: number): Promise<void> {
  await opened.app.evaluate(({ dialog }, response) => {
    const asked = globalThis as unknown as { asked: string[] };
    asked.asked ??= [];
    dialog.showMessageBox = ((_window: unknown, { message, detail }: { message: string; detail: string }) => {
      asked.asked.push(`${message} ${detail}`);
      return Promise.resolve({ response, checkboxChecked: false });
    }) as unknown as typeof dialog.showMessageBox;
  }, button);
}
const questions = (): Promise<string[]> => opened.app.evaluate(() => (globalThis as unknown as { asked?: string[] }).asked ?? []);
const jobNamed = async (page: Page, name: string) => (await callFromPage(page, 'reports.jobs', {})).rows.find((job) => job.spec.name === name);

test('a report is sent to a syslog receiver after the desktop asked, and what was sent where stands beside it', async () => {
  test.setTimeout(120_000);
  const { app, page } = opened;
  const receiver = await listen('tcp');
  await report(page).getByRole('button', { name: /“Quarter, external”/ }).click();
  await page.getByRole('menuitem', { name: 'Begin anew' }).click();
  await report(page).getByLabel('Name', { exact: true }).fill('To the SIEM');
  for (const name of ['CSV', 'PDF']) await report(page).getByRole('button', { name, exact: true }).click();
  // Beside the act: in a window of 1280x800 nothing of it has to be scrolled to.
  await expect(report(page).getByRole('checkbox', { name: 'Also send to a syslog receiver' })).toBeInViewport({ ratio: 1 });
  await report(page).getByRole('checkbox', { name: 'Also send to a syslog receiver' }).check();
  for (const field of [report(page).getByLabel('Host of the receiver'), report(page).getByLabel('Port of the receiver'), report(page).getByRole('button', { name: /^Write report/ })]) await expect(field).toBeInViewport({ ratio: 1 });
  await expect(report(page).getByRole('button', { name: 'CEF', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await expect(report(page).getByRole('checkbox', { name: 'Auditor pack' })).not.toBeChecked();
  await expect(report(page).getByText('Give the name or the address of the receiver')).toBeVisible();
  await expect(report(page).getByRole('button', { name: /^Write report/ })).toBeDisabled();
  await report(page).getByLabel('Host of the receiver').fill('127.0.0.1');
  await report(page).getByRole('radio', { name: 'TCP' }).check({ force: true });
  await expect(report(page).getByLabel('Port of the receiver')).toHaveValue('601');
  await report(page).getByLabel('Port of the receiver').fill(String(receiver.port));
  await expect(report(page).getByText('Not encrypted: whoever is on the way can read them.')).toBeVisible();
  await expect(report(page).getByText(new RegExp(`[1-9]\\d* messages to tcp://127\\.0\\.0\\.1:${receiver.port}, not encrypted$`))).toBeVisible();
  await readableInBoth(page, 'report that is sent');

  await saveTo(app, join(reports, 'siem'));
  await answerQuestion(1);
  await rest(page);
  await page.keyboard.press('Control+e');
  await expect.poll(questions).toEqual([expect.stringMatching(new RegExp(`^Send this report to tcp://127\\.0\\.0\\.1:${receiver.port}\\?.*not encrypted`))]);
  await expect(report(page).getByRole('button', { name: /^Write report/ })).toBeEnabled();
  expect(await jobNamed(page, 'To the SIEM')).toBeUndefined();
  expect(receiver.messages).toEqual([]);

  await answerQuestion(0);
  await page.keyboard.press('Control+e');
  await expect.poll(async () => (await jobNamed(page, 'To the SIEM'))?.sent?.state, { timeout: 60_000 }).toBe('done');
  const sent = (await jobNamed(page, 'To the SIEM'))?.sent;
  expect(sent?.messages).toBeGreaterThan(0);
  await expect.poll(() => receiver.messages.length).toBe(sent?.messages);
  expect(receiver.messages[0]).toMatch(/^CEF:0\|Gatehouse\|/);
  await page.getByRole('region', { name: 'Seal' }).getByRole('button', { name: /^To the SIEM/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Report/ });
  await expect(dialog.getByText('Written and sent')).toBeVisible();
  await expect(dialog.getByText(`tcp://127.0.0.1:${receiver.port}`)).toBeVisible();
  await readableInBoth(page, 'report that was sent');
  await page.keyboard.press('Escape');
  await receiver.close();
});

test('a receiver that is not there, or is not trusted, is said, and the files stay', async () => {
  test.setTimeout(120_000);
  const { app, page } = opened;
  const receiver = await listen('tls');
  await saveTo(app, join(reports, 'untrusted'));
  await report(page).getByLabel('Name', { exact: true }).fill('Untrusted');
  await report(page).getByRole('radio', { name: 'TLS' }).check({ force: true });
  await report(page).getByLabel('Port of the receiver').fill(String(receiver.port));
  await report(page).getByRole('button', { name: /^Write report/ }).click();
  await expect.poll(async () => (await jobNamed(page, 'Untrusted'))?.sent?.state, { timeout: 60_000 }).toBe('failed');
  await page.getByRole('region', { name: 'Seal' }).getByRole('button', { name: /^Not sent whole: Untrusted/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Report/ });
  await expect(dialog.getByText('Not sent whole', { exact: true })).toBeVisible();
  await expect(dialog.getByText(/certificate is self-signed and not trusted here/)).toBeVisible();
  await expect(dialog.getByText(/None of \d+ messages went out/)).toBeVisible();
  await readableInBoth(page, 'report that was not sent');
  await page.keyboard.press('Escape');
  expect(await readFile(join(reports, 'untrusted', 'console.cef'), 'utf8')).toMatch(/^CEF:0/);
  await receiver.close();
  const { rows } = await callFromPage(page, 'audit.list', { action: 'report.send', limit: 50 });
  expect(rows.map(({ outcome }) => outcome).toReversed()).toEqual(['asked', 'done', 'asked', 'failed']);

  // A taken-over page has no other way than the desktop's question.
  expect(await page.evaluate(async (spec) => {
    const { gatehouse } = window as unknown as { gatehouse: PageApi };
    const outcome = await gatehouse.call(987_654, 'reports.start', { spec, target: '/tmp/never.cef' });
    return outcome.ok ? 'done' : outcome.error.message;
  }, (await jobNamed(page, 'Untrusted'))?.spec)).toContain('own dialog');
});

test('the PDF says on its first sheet what could not be seen, and is numbered', async () => {
  test.setTimeout(90_000);
  const { app, page } = opened;
  await report(page).getByRole('button', { name: 'Templates' }).click();
  await page.getByRole('menuitem', { name: 'Quarter, external' }).click();
  await report(page).getByRole('radio', { name: 'Removed' }).check({ force: true });
  for (const name of ['CSV', 'JSON Lines']) await report(page).getByRole('button', { name, exact: true }).click();
  await report(page).getByRole('checkbox', { name: 'Auditor pack' }).uncheck();
  const file = join(reports, 'report.pdf');
  await saveTo(app, file);
  await rest(page);
  await page.keyboard.press('Control+e');
  await expect.poll(async () => (await callFromPage(page, 'reports.jobs', {})).rows.find((job) => job.target === file)?.state, { timeout: 60_000 }).toBe('done');
  const { totalPages, text } = await extractText(await getDocumentProxy(new Uint8Array(await readFile(file))));
  // Where a reader finds spaces is its own affair.
  const bare = (words: string): string => words.replaceAll(/\s/g, '');
  const [first = ''] = text.map(bare);
  expect(totalPages).toBeGreaterThan(0);
  for (const words of ['Quarter, external', 'Completeness statement', 'Ledger cluster', 'people are left out and counted', 'Seen %']) expect(first).toContain(bare(words));
  for (const [at, sheet] of text.entries()) expect(bare(sheet)).toContain(`page${at + 1}of${totalPages}`);
  expect(bare(text.join(' '))).toContain(bare('What could not be seen, and what is not in this report'));
  const { key } = await callFromPage(page, 'audit.status', {});
  expect(first).toContain(key?.fingerprint ?? 'no key');
});

test('at 200 % everything is there, one below the other', async () => {
  const { page } = opened;
  await page.setViewportSize({ width: 640, height: 400 });
  for (const name of ['Report', 'Completeness statement', 'Audit log', 'Seal']) await expect(page.getByRole('region', { name, exact: true })).toBeVisible();
  await page.getByRole('region', { name: 'Seal' }).getByRole('button', { name: 'Check again' }).scrollIntoViewIfNeeded();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.setViewportSize({ width: 1280, height: 800 });
});
