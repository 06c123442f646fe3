/** Retention and erasure in the settings, with one agent that really sends: periods, a hold that keeps, counts before an erasure, disk use; axe in both themes. */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { setTheme, violations } from './axe.ts';
import { callFromPage, launchReady } from './launch.ts';
import type { Launched } from './launch.ts';
import { Sender, text } from './sender.ts';

let opened: Launched;
let sender: Sender;
const person = 'Ada Lovelace';
const shots = process.env['GATEHOUSE_SHOTS'];

async function send(daysAgo: number): Promise<void> {
  await sender.send({ service: 'claims-bot', agent: 'claims-bot', daysAgo, spans: [
    { name: 'invoke_agent claims-bot', agoMs: [300, 100], attributes: [text('gen_ai.operation.name', 'invoke_agent'), text('enduser.id', person), text('note', 'run by alovelace')] },
  ] });
}

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(90_000);
  opened = await launchReady({}, 900);
  const { page } = opened;
  sender = await Sender.connect(page, 'Claims cluster');
  for (const daysAgo of [40, 40, 1]) await send(daysAgo);
  await expect.poll(async () => (await callFromPage(page, 'system.status', {})).activities, { timeout: 30_000 }).toBe(3);
  await page.keyboard.press('g');
  await page.keyboard.press(',');
  await expect(page.getByRole('heading', { name: 'Retention and erasure' })).toBeVisible();
});
test.afterAll(async () => { await opened.close(); });

async function inBothThemes(page: Page, name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme);
    expect(await violations(page), theme).toEqual([]);
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}-${theme}.png` });
  }
}

test('a hold keeps what is past its period, and says so', async () => {
  const { page } = opened;
  await page.getByRole('button', { name: 'Place a hold…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('A connection', { exact: true }).click();
  await dialog.getByLabel('Connection', { exact: true }).selectOption({ label: 'Claims cluster' });
  await dialog.getByLabel('Reason').fill('Case 7');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('list', { name: 'Legal holds' })).toContainText('3 activities covered');
  await page.getByLabel('Keep activity of Claims cluster for').selectOption('30');
  const shorter = page.getByRole('dialog');
  await expect(shorter).toContainText('2 activities past the period are kept by a legal hold.');
  if (shots !== undefined) await page.screenshot({ path: `${shots}/shorter.png` });
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('list', { name: 'Periods by connection' })).toContainText('2 activities past the period, kept by a hold');
  await expect(page.getByRole('list', { name: 'Jobs' })).toContainText('Done');
  expect((await callFromPage(page, 'system.status', {})).activities).toBe(3);
  await inBothThemes(page, 'settings');
  await page.getByRole('button', { name: /^Lift…/ }).click();
  await expect(page.getByRole('dialog')).toContainText('2 activities that it covers are past the period');
  await page.getByRole('dialog').getByLabel('Reason').fill('Closed');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('list', { name: 'Legal holds' })).toHaveCount(0);
  await callFromPage(page, 'retention.run', {});
  await expect.poll(async () => (await callFromPage(page, 'system.status', {})).activities).toBe(1);
});

test('an erasure counts first, offers other spellings, and leaves no name behind', async () => {
  const { page } = opened;
  await page.getByRole('button', { name: 'Erase a person…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name, e-mail address or account').fill('ada lovelace');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('kept records of activities: they become tombstones');
  await dialog.getByRole('checkbox', { name: /alovelace/ }).check();
  await expect(dialog.getByRole('checkbox', { name: /alovelace/ })).toBeChecked();
  await dialog.getByLabel('Reason, without the name').fill('Asked for by letter');
  await inBothThemes(page, 'erase');
  await expect(dialog.getByRole('button', { name: /^Erase from/ })).toBeEnabled();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('list', { name: 'Erasures' })).toContainText(/erased person 1 in \d+ places/, { timeout: 20_000 });
  expect((await callFromPage(page, 'erasure.preview', { person, aliases: [] })).total).toBe(0);
  const [row] = (await callFromPage(page, 'activity.list', { limit: 10 })).rows;
  expect((await callFromPage(page, 'activity.get', { id: row?.id ?? '' })).raw.join()).toContain('was erased');
  await inBothThemes(page, 'erased');
});

test('disk use is told by part, and room is freed', async () => {
  const { page } = opened;
  await expect(page.getByRole('heading', { name: 'Disk use' })).toBeVisible();
  await page.getByRole('button', { name: 'Free room…' }).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('list', { name: 'Jobs' })).toContainText('Freeing room');
});
