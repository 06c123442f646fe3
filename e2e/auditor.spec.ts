/** Auditor mode and the lock in the real window: what the page shows, what its port still answers, and what stands in the audit log afterwards; axe in both themes. */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { PageApi } from '../shared/page-api.ts';
import { violations } from './axe.ts';
import { callFromPage, engineReady, launch, launchReady, makeDataFolder, removeFolder } from './launch.ts';
import type { Launched } from './launch.ts';
import { Sender, text } from './sender.ts';

const phrase = 'a passphrase of the test';
const secret = 'the customer is ada@example.com';
let dataFolder = '';
let opened: Launched;


async function inBothThemes(page: Page, name: string): Promise<void> {
  // A tip under the resting pointer is of the moment, not of the screen.
  await page.mouse.move(0, 0);
  for (const theme of ['light', 'dark'] as const) {
    await page.evaluate((scheme) => { document.documentElement.setAttribute('data-mantine-color-scheme', scheme); }, theme);
    expect(await violations(page), `${name}, ${theme}`).toEqual([]);
    await test.info().attach(`${name}-${theme}`, { body: await page.screenshot({ path: test.info().outputPath(`${name}-${theme}.png`) }), contentType: 'image/png' });
  }
}

async function do_(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(`>${words}`);
  await expect(page.getByRole('option', { name: new RegExp(words, 'i') }).first()).toBeVisible();
  await page.keyboard.press('Enter');
}

/** What a page that was taken over would try: the port itself, past every control. */
const refused = (page: Page, method: string, params: unknown): Promise<string> => page.evaluate(async ({ name, asked }) => {
  const { gatehouse } = window as unknown as { gatehouse: PageApi };
  const outcome = await gatehouse.call(Math.floor(Math.random() * 1e9) + 2_000_000, name, asked);
  return outcome.ok ? 'done' : outcome.error.message;
}, { name: method, asked: params });

async function sendSecret(page: Page): Promise<void> {
  const sender = await Sender.connect(page, 'Desk', 'full');
  await sender.send({ service: 'ledger', agent: 'ledger-bot', spans: [
    { name: 'execute_tool pay', agoMs: [5, 0], attributes: [text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', 'pay'), text('error.type', 'Denied')], failed: secret },
  ] });
  await expect.poll(async () => (await callFromPage(page, 'activity.list', {})).rows.length, { timeout: 20_000 }).toBe(1);
}

const acts = async (page: Page): Promise<string[]> => (await callFromPage(page, 'audit.list', { limit: 200 })).rows.map((one) => `${one.action} ${one.outcome}`).toReversed();

/** The keys that a place offers below its list, and those of them that the help of keys calls a change. */
async function keysAt(page: Page, place: string): Promise<{ offered: string[]; changing: string[] }> {
  await page.evaluate((hash) => { location.hash = hash; }, place);
  await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0);
  await page.getByRole('heading', { level: 1 }).click();
  const offered = await page.locator('main [data-key-hint]').evaluateAll((hints) => hints.map((hint) => [...hint.querySelectorAll('kbd')].map((key) => key.textContent).join(' ')));
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: /^Keys/ });
  await expect(help).toBeVisible();
  const changing = await help.locator('dl > div').evaluateAll((lines) => lines.filter((line) => line.textContent.includes('not in auditor mode')).map((line) => [...line.querySelectorAll('kbd')].map((key) => key.textContent).join(' ')));
  await page.keyboard.press('Escape');
  await expect(help).toHaveCount(0);
  return { offered, changing };
}

const listPlaces = ['#/connections', '#/failures', '#/alerts?tab=rules', '#/alerts?tab=targets', '#/stop?tab=readiness', '#/stop?tab=rules', '#/cost?tab=budgets', '#/cost?tab=reconciliation', '#/access?tab=findings', '#/access?tab=documents'];

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(90_000);
  dataFolder = await makeDataFolder();
  opened = await launchReady({ dataFolder });
});
test.afterAll(async () => {
  await opened.close();
  await removeFolder(dataFolder);
});

test('auditor mode: the window only reads, says so, and is left again', async () => {
  test.setTimeout(120_000);
  const { page } = opened;
  await sendSecret(page);
  const { rows: [activity] } = await callFromPage(page, 'activity.list', {});
  await do_(page, 'Auditor mode');
  const dialog = page.getByRole('dialog', { name: 'Auditor mode' });
  await dialog.getByRole('radio', { name: /hash and length/ }).check();
  await inBothThemes(page, 'auditor-enter');
  await page.keyboard.press('Control+Enter');
  const banner = page.getByRole('region', { name: 'Auditor mode', exact: true });
  await expect(banner).toContainText('Nothing can be changed or stopped from this window.');
  await engineReady(page);

  await expect(page.getByRole('button', { name: 'Stop: not in auditor mode' })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Control+.');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  for (const [method, params] of [['connections.addOtlp', { name: 'x' }], ['stop.order', { planId: 'x', levers: ['x'], reasonKind: 'person' }], ['settings.set', { retentionDays: 1 }]] as const) {
    expect(await refused(page, method, params)).toMatch(/^Auditor mode|reasonKind/);
  }
  const seen = await callFromPage(page, 'activity.get', { id: activity?.id ?? '' });
  expect(JSON.stringify(seen)).not.toContain('ada@example.com');
  expect(seen.activity.error?.message).toMatch(/^sha256 [0-9a-f]{64}, 31 characters$/);
  expect((await callFromPage(page, 'system.status', {})).receiver.state).toBe('listening');

  const keys: { place: string; offered: string[]; changing: string[] }[] = [];
  for (const place of listPlaces) keys.push({ place, ...await keysAt(page, place) });
  // A key that would only say why it does nothing is not offered below a list; those that read are.
  expect(keys.flatMap(({ place, offered, changing }) => offered.filter((key) => changing.includes(key)).map((key) => `${place}: ${key}`))).toEqual([]);
  expect(keys.filter(({ changing }) => changing.length > 0).length).toBeGreaterThan(5);
  expect(keys.find(({ place }) => place === '#/connections')?.offered).toEqual(['J K', '↵', 'C', 'Ctrl \\']);

  await page.evaluate(() => { location.hash = '#/settings'; });
  await expect(page.getByRole('button', { name: 'Add operator…' })).toBeDisabled();
  await inBothThemes(page, 'auditor-settings');
  await banner.getByRole('button', { name: 'Leave…' }).click();
  await expect(page.getByRole('dialog', { name: 'Leave auditor mode' }).getByRole('button', { name: /^Leave auditor mode/ })).toBeEnabled();
  await page.keyboard.press('Control+Enter');
  await expect(banner).toHaveCount(0);
  await engineReady(page);
  await expect(page.getByRole('button', { name: 'Add operator…' })).toBeEnabled();
  await expect.poll(() => acts(page)).toEqual(expect.arrayContaining(['auditor.enter done', 'connections.addOtlp refused', 'settings.set refused', 'content.view done', 'auditor.leave done']));
});

test('the lock: a locked window shows the lock alone, and its page can ask nothing', async () => {
  test.setTimeout(120_000);
  const { app, page } = opened;
  await page.getByRole('button', { name: 'Set a lock…' }).click();
  await page.getByLabel('Passphrase', { exact: true }).fill(phrase);
  await page.getByLabel('Passphrase again').fill(phrase);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByText('Locks after 15 min')).toBeVisible();
  await page.getByRole('button', { name: 'Change…', exact: true }).waitFor();

  await app.evaluate(({ Menu }) => {
    const item = Menu.getApplicationMenu()?.items.flatMap((one) => one.submenu?.items ?? []).find((one) => one.label === 'Lock now');
    item?.click();
  });
  const field = page.getByLabel('Passphrase');
  await expect(field).toBeFocused();
  await expect(page.getByRole('navigation')).toHaveCount(0);
  expect(await page.evaluate(() => document.body.innerText)).not.toMatch(/ledger|Overview|Settings/);
  expect(await refused(page, 'agents.list', { period: { from: '2026-01-01T00:00:00.000Z', to: null } })).toContain('away');
  await expect(page.evaluate(() => (window as unknown as { gatehouse: PageApi }).gatehouse.favours.copyText('x'))).rejects.toThrow('refused');
  await expect(page.evaluate(() => (window as unknown as { gatehouse: PageApi }).gatehouse.guard.removeLock('x'))).rejects.toThrow('refused');
  await inBothThemes(page, 'locked');

  for (let wrong = 1; wrong <= 3; wrong += 1) {
    await field.fill('not the passphrase');
    await page.keyboard.press('Enter');
    await expect(field).toHaveValue('');
    await expect(page.getByRole('region', { name: 'Locked' }).getByRole('status')).toContainText(wrong < 3 ? 'That is not the passphrase.' : 'The next one is taken in', { timeout: 20_000 });
  }
  await expect(page.getByRole('button', { name: 'Unlock' })).toBeDisabled();
  await expect(page.getByText('The next one is taken in')).toHaveCount(0, { timeout: 20_000 });
  await field.fill(phrase);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible({ timeout: 20_000 });
  await engineReady(page);
  await expect.poll(() => acts(page)).toEqual(expect.arrayContaining(['lock.set done', 'lock.lock done', 'lock.unlock refused', 'lock.unlock done']));
  expect(JSON.stringify((await callFromPage(page, 'audit.list', { limit: 200 })).rows)).not.toContain('passphrase of the test');
});

test('--read-only: locked at the start, nothing is received, and it cannot be left', async () => {
  test.setTimeout(120_000);
  await opened.close();
  opened = await launch({ dataFolder, arguments: ['--read-only'] });
  const { page } = opened;
  await page.getByLabel('Passphrase').fill(phrase);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Auditor mode', exact: true })).toContainText('started read-only', { timeout: 20_000 });
  await engineReady(page);
  await expect(page.getByRole('region', { name: 'Auditor mode', exact: true }).getByRole('button')).toHaveCount(0);
  const status = await callFromPage(page, 'system.status', {});
  expect([status.receiver.state, status.activities]).toEqual(['off', 1]);
  expect(await refused(page, 'connections.addOtlp', { name: 'x' })).toMatch(/^Auditor mode/);
  expect((await callFromPage(page, 'activity.list', {})).rows[0]?.error?.message).toMatch(/^the customer is (?!ada@example)/);
  await expect.poll(() => acts(page)).toEqual(expect.arrayContaining(['auditor.enter done', 'connections.addOtlp refused']));
});
