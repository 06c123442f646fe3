/** A stop that does not stop, looked at: in the list, in its own screen, as JSON and on paper; then what could be stopped, and a rule that only writes down. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { A2aServer } from '../demo/runtimes/a2a-server.ts';
import type { StopCertificate } from '../shared/stop.ts';
import { violations } from './axe.ts';
import { callFromPage, launchReady } from './launch.ts';
import type { Launched } from './launch.ts';
import { orderStop, runningTask, saveTo } from './one-order.ts';

let opened: Launched;
let a2a: A2aServer;
let agentId: string;
let orderId: string;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  opened = await launchReady();
  const { page } = opened;
  await callFromPage(page, 'settings.set', { stopSilenceS: 5, stopWatchS: 600 });
});
test.afterAll(async () => {
  await opened.close();
  await a2a?.stop();
});

/** Axe takes seconds a screen: each theme is looked at where most stands. */
async function cleanInDark(page: Page): Promise<void> {
  await callFromPage(page, 'settings.set', { theme: 'dark' });
  await expect(page.locator('html[data-mantine-color-scheme="dark"]')).toHaveCount(1);
  expect(await violations(page)).toEqual([]);
  await callFromPage(page, 'settings.set', { theme: 'light' });
}

async function goToStops(page: Page): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page.getByRole('heading', { level: 1, name: 'Stop orders' })).toBeVisible();
}

/** What a reader of the file could select and copy: texts of its streams, unpacked. */
function textsOf(pdf: Buffer): string {
  const texts: string[] = [pdf.toString('latin1')];
  for (let at = pdf.indexOf('stream\n'); at >= 0; at = pdf.indexOf('stream\n', at + 7)) {
    try {
      texts.push(inflateSync(pdf.subarray(at + 7, pdf.indexOf('endstream', at + 7))).toString('latin1'));
    } catch {
      // Not every stream is deflated: fonts and pictures are passed over.
    }
  }
  return texts.join('\n');
}

test('nothing was stopped: the screen says what will stand there', async () => {
  const { page } = opened;
  await goToStops(page);
  await expect(page.getByText('Every stop order will stand here, with its evidence')).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('an order of an agent that lies is shown as still acting, never as stopped', async () => {
  const { page } = opened;
  ({ a2a, agentId } = await runningTask(page, 'lie'));
  orderId = await orderStop(page, agentId);
  const row = page.getByRole('grid', { name: 'Stop orders in progress' }).locator(`[data-row="${orderId}"]`);
  await expect(row).toBeVisible();
  await expect.poll(async () => (await callFromPage(page, 'stop.get', { id: orderId })).state, { timeout: 25_000 }).not.toBe('stopping');
  const { state, number } = await callFromPage(page, 'stop.get', { id: orderId });
  expect(['still_acting', 'unverified']).toContain(state);
  await expect(row).toContainText(state === 'still_acting' ? 'Still acting' : 'Unverified');
  await expect(page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: /Stop orders 1 not stopped/ })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`${number}, `);
});

test('its screen keeps three facts apart and can be read as a table', async () => {
  const { page } = opened;
  const facts = page.getByRole('region', { name: 'State of the order' });
  for (const fact of ['Requested', 'Reported', 'Confirmed', 'Contained']) await expect(facts.getByText(fact, { exact: true })).toBeVisible();
  await expect(facts).toContainText('waits for 5 s with no act');
  await expect(page.getByRole('region', { name: 'Evidence' })).toContainText('Answers of levers are not evidence.');
  await expect(page.getByRole('figure', { name: /Levers over time/ })).toBeVisible();
  await cleanInDark(page);
  await page.keyboard.press('t');
  await expect(page.getByRole('table', { name: 'Levers' })).toContainText(/stopped after|accepted after/);
  await page.keyboard.press('t');
});

test('the certificate is saved as JSON, complete', async () => {
  const { app, page, dataFolder } = opened;
  const file = join(dataFolder, 'certificate.json');
  await saveTo(app, file);
  await page.keyboard.press('e');
  await page.getByRole('menuitem', { name: 'Save as JSON…' }).click();
  await expect(page.getByRole('main').getByText('Saved as certificate.json')).toBeVisible();
  const saved = JSON.parse(await readFile(file, 'utf8')) as StopCertificate;
  const now = await callFromPage(page, 'stop.certificate', { id: orderId });
  expect(saved).toMatchObject({ format: 'gatehouse.stop-certificate', version: 1, order: { id: orderId, reason: 'Orders without a request', ticket: 'INC-2041' } });
  expect(Object.keys(saved).toSorted()).toEqual(Object.keys(now).toSorted());
  expect(saved.levers.length).toBe(now.levers.length);
  expect(saved.auditIds.length).toBeGreaterThan(0);
});

test('the certificate is saved as PDF, over several pages, and no window is left', async () => {
  const { app, page, dataFolder } = opened;
  const file = join(dataFolder, 'certificate.pdf');
  await saveTo(app, file);
  await page.keyboard.press('e');
  await page.getByRole('menuitem', { name: 'Save as PDF…' }).click();
  await expect(page.getByRole('main').getByText('Saved as certificate.pdf')).toBeVisible({ timeout: 30_000 });
  const pdf = await readFile(file);
  expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
  expect(pdf.length).toBeGreaterThan(1_024);
  const texts = textsOf(pdf);
  const { number } = await callFromPage(page, 'stop.get', { id: orderId });
  expect(texts).toContain(`Stop certificate ${number}`);
  for (const heading of ['Grounds of the verdict', 'What could not be seen', 'What landed after the command', 'Audit entries']) expect(texts).toContain(heading);
  expect([...texts.matchAll(/\/Type\s*\/Page\b/g)].length).toBeGreaterThan(1);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('readiness lists every agent and asks for its rights', async () => {
  const { page } = opened;
  await goToStops(page);
  await page.getByRole('tab', { name: 'Readiness' }).click();
  await expect(page.getByRole('grid', { name: 'Readiness' }).locator(`[data-row="${agentId}"]`)).toBeVisible();
  await page.keyboard.press('r');
  await expect(page.getByText(/^1 runtime asked/)).toBeVisible({ timeout: 15_000 });
  expect(await violations(page)).toEqual([]);
});

test('a rule is added that would only write down', async () => {
  const { page } = opened;
  await page.getByRole('tab', { name: 'Auto-stop rules' }).click();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'Add auto-stop rule' });
  await page.keyboard.type('No payments');
  await dialog.getByText('Tool', { exact: true }).click();
  await dialog.getByLabel(/^Tools that must not be called/).fill('send_payment\nshell*');
  await expect(dialog.getByRole('radio', { name: 'Would have fired' })).toBeChecked();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('listitem').filter({ hasText: 'No payments' })).toContainText('Would have fired');
  expect((await callFromPage(page, 'stop.rules', {})).rows).toMatchObject([{ name: 'No payments', mode: 'would', trigger: { kind: 'tool', names: ['send_payment', 'shell*'] } }]);
});
