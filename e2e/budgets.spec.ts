/** Budgets, from an agent that really sends: made by keyboard, shown what they would have done, reached soft and hard; names inert; taken back when removed; axe in both themes. */
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { setTheme, violationsAtRest } from './axe.ts';
import { callFromPage, launchReady } from './launch.ts';
import type { Launched } from './launch.ts';
import { Sender, count, text } from './sender.ts';

let opened: Launched;
let sender: Sender;
const dayMs = 86_400_000;
const hostile = '<img src=x onerror=alert(1)>\u202Egnp.exe';


/** A finished run, so many days ago, with one call that the agent says cost so much. */
async function spend(agent: string, usd: number, daysAgo = 0): Promise<void> {
  await sender.send({ service: agent, agent, daysAgo, spans: [
    { name: `invoke_agent ${agent}`, agoMs: [300, 100], attributes: [text('gen_ai.operation.name', 'invoke_agent')] },
    { name: 'chat gpt-5', agoMs: [300, 100], attributes: [text('gen_ai.operation.name', 'chat'), text('gen_ai.request.model', 'gpt-5'), count('gen_ai.usage.output_tokens', usd * 100_000)] },
  ] });
}

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(90_000);
  opened = await launchReady();
  const { page } = opened;
  sender = await Sender.connect(page, 'Claims cluster');
  await spend('claims-bot', 30, 3);
  await spend('claims-bot', 10, 2);
  await spend('claims-bot', 1);
  await spend(hostile, 1, 2);
  // Known money of the last days: what the preview is made of. 10 USD by the million output tokens.
  await expect.poll(async () => (await callFromPage(page, 'cost.summary', { period: { from: new Date(Date.now() - 7 * dayMs).toISOString(), to: null } })).money.shown.amountMicros, { timeout: 30_000 }).toBe(42_000_000);
});
test.afterAll(async () => { await opened.close(); });

async function cleanInBothThemes(page: Page): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme);
    expect(await violationsAtRest(page), theme).toEqual([]);
  }
}

const rowOf = (page: Page, name: string): Locator => page.getByRole('grid', { name: 'Budgets' }).locator('[data-row]').filter({ hasText: name });
const eventKinds = async (page: Page): Promise<string[]> => (await callFromPage(page, 'budgets.events', {})).rows.map((event) => event.kind);

test('a budget is made by keyboard, and shows what it would have done before it is kept', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page.getByRole('heading', { level: 1, name: 'Cost' })).toBeVisible();
  await page.keyboard.press('2');
  await expect(page.getByRole('heading', { name: 'Budgets will stand here' })).toBeVisible();
  await cleanInBothThemes(page);
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: /^New budget/ });
  await expect(dialog.getByLabel('Soft limit')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(dialog.getByRole('radio', { name: 'Day' })).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.type('15');
  await page.keyboard.press('Tab');
  await page.keyboard.type('2,5');
  await expect(dialog.getByText('An amount above zero with a point', { exact: false })).toBeVisible();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('12');
  const past = dialog.getByRole('group', { name: 'What it would have done' });
  await expect(past).toContainText('The soft limit must be below the hard one.');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('25');
  await expect(past).toContainText('Would have been over the hard limit on 1 and over the soft one on 1 of 2 days');
  await expect(past).toContainText('Dearest 30.00, usual 20.50 USD.');
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('Tab');
  await expect(dialog.getByRole('radio', { name: 'Only tell' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(past).toContainText('Cannot be stopped');
  await cleanInBothThemes(page);
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toHaveCount(0);
  await expect(rowOf(page, 'Every agent, a day')).toContainText('Within');
  await expect(rowOf(page, 'Every agent, a day')).toContainText('stops the agent');
  expect((await callFromPage(page, 'budgets.list', {})).rows[0]).toMatchObject({ scope: { kind: 'everything' }, per: 'day', softMicros: 15_000_000, hardMicros: 25_000_000, onHard: 'stop', stops: 'agent' });
});

test('spending reaches the soft limit, then the hard one, and each is told once with whose it was', async () => {
  test.setTimeout(120_000);
  const { page } = opened;
  const pane = page.getByRole('complementary', { name: 'Budget' });
  await spend('claims-bot', 16);
  await expect(rowOf(page, 'Every agent, a day')).toContainText('Over the soft limit', { timeout: 20_000 });
  await expect(pane).toContainText('Soft limit reached', { timeout: 20_000 });
  expect(await eventKinds(page)).toEqual(['soft']);
  await spend('claims-bot', 10);
  await expect(rowOf(page, 'Every agent, a day')).toContainText('Over the hard limit', { timeout: 20_000 });
  await expect(pane).toContainText('Hard limit reached', { timeout: 20_000 });
  await expect(pane).toContainText('27.00');
  await expect(pane.getByRole('listitem').filter({ hasText: 'Hard limit reached' }).getByRole('link', { name: 'claims-bot' })).toHaveAttribute('href', /^#\/agent\//);
  await expect(pane.getByRole('listitem').filter({ hasText: 'Hard limit reached' }).getByRole('link', { name: 'Activity' })).toHaveAttribute('href', /activity=/);
  expect((await eventKinds(page)).toSorted()).toEqual(['hard', 'soft']);
  await cleanInBothThemes(page);
  await page.getByRole('tab', { name: /^Spend/ }).click();
  await expect(page.getByText('budget 25.00')).toBeAttached();
});

test('a budget of one agent stands on its page; its name stays inert', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  const agent = (await callFromPage(page, 'agents.list', { period: { from: '2020-01-01T00:00:00.000Z', to: null } })).rows.find((row) => row.name.includes('onerror'));
  if (agent === undefined) throw new Error('the agent with the hostile name was not seen');
  await page.evaluate((hash) => { location.hash = hash; }, `#/agent/${agent.id}`);
  await expect(page.getByRole('tab', { name: /^Activity/ })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('>new budget for');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^New budget/ });
  await expect(dialog.getByRole('combobox', { name: 'Which agent' })).toHaveValue(agent.id);
  await dialog.getByLabel('Hard limit').fill('5');
  await expect(dialog.getByLabel('Name', { exact: true })).toHaveAttribute('placeholder', /onerror/);
  await cleanInBothThemes(page);
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toHaveCount(0);
  await expect(rowOf(page, 'onerror')).toContainText('U+202E');
  await page.getByLabel('Filter budgets').fill('onerror');
  await expect(rowOf(page, 'Every agent')).toHaveCount(0);
  await page.getByLabel('Filter budgets').fill('');
  await page.evaluate((hash) => { location.hash = hash; }, `#/agent/${agent.id}`);
  const own = page.getByRole('list', { name: 'Its budgets' });
  await expect(own).toContainText('of 5.00 hard');
  expect(await page.locator('main img').count()).toBe(0);
  await cleanInBothThemes(page);
  await own.getByRole('link', { name: 'Open budget' }).click();
  await expect(page.getByRole('complementary', { name: 'Budget' })).toContainText('5.00 hard');
});

test('what is removed can be taken back; at 200 % nothing is dropped', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await rowOf(page, 'onerror').click();
  await page.keyboard.press('Delete');
  await expect(rowOf(page, 'onerror')).toHaveCount(0);
  await expect(page.getByText('was removed: it watches nothing any more', { exact: false })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(rowOf(page, 'onerror')).toHaveCount(1);
  await page.setViewportSize({ width: 640, height: 400 });
  await rowOf(page, 'Every agent, a day').click();
  await expect(page.getByRole('complementary', { name: 'Budget' })).toContainText('Hard limit reached');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Change budget/ });
  await dialog.getByLabel('Hard limit').scrollIntoViewIfNeeded();
  await expect(dialog.getByLabel('Hard limit')).toHaveValue('25.00');
  await cleanInBothThemes(page);
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 1280, height: 800 });
});
