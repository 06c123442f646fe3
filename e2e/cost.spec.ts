/** Cost, from an agent that really sends: what has a price, what has none until somebody says it, why a figure is what it is, a bill beside it; axe in both themes. */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { setTheme, violationsAtRest } from './axe.ts';
import { callFromPage, launchReady } from './launch.ts';
import type { Launched } from './launch.ts';
import { Sender, count, text } from './sender.ts';

let opened: Launched;
let sender: Sender;
const ever = { from: '2020-01-01T00:00:00.000Z', to: null };


/** One finished run with one model call of 1,000 tokens in and 500 out, as an exporter sends it. */
async function sendRun(agent: string, model: string): Promise<void> {
  await sender.send({ service: agent, version: '3', agent, spans: [
    { name: `invoke_agent ${agent}`, agoMs: [2_500, 100], attributes: [text('gen_ai.operation.name', 'invoke_agent')] },
    { name: `chat ${model}`, agoMs: [2_000, 200], attributes: [text('gen_ai.operation.name', 'chat'), text('gen_ai.request.model', model), count('gen_ai.usage.input_tokens', 1_000), count('gen_ai.usage.output_tokens', 500)] },
  ] });
}

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(90_000);
  opened = await launchReady();
  const { page } = opened;
  sender = await Sender.connect(page, 'Claims cluster');
  await sendRun('claims-bot', 'gpt-5');
  await sendRun('quote-bot', 'acme-9');
  await sendRun('nova-bot', 'claude-nova-9');
  await expect.poll(async () => (await callFromPage(page, 'prices.unpriced', {})).rows.map((row) => row.model).toSorted(), { timeout: 30_000 }).toEqual(['acme-9', 'claude-nova-9']);
});
test.afterAll(async () => { await opened.close(); });

async function cleanInBothThemes(page: Page): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme);
    expect(await violationsAtRest(page), theme).toEqual([]);
  }
}

const openTab = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole('tabpanel', { name: new RegExp(`^${name}`) })).toBeVisible();
  await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0);
};
/** What the figure behind a model is, to the micro-unit. */
const spentOn = async (page: Page, model: string): Promise<number | null | undefined> => (await callFromPage(page, 'cost.rows', { period: ever, by: 'model' })).rows.find((row) => row.name === model)?.money.shown.amountMicros;

test('what has no price is told so, never as zero; the table is sorted and grouped by keys', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page.getByRole('heading', { level: 1, name: 'Cost' })).toBeVisible();
  await page.getByRole('radio', { name: 'By model' }).check({ force: true });
  const grid = page.getByRole('grid', { name: 'Cost by model' });
  await expect(grid.locator('[data-row]').filter({ hasText: 'acme-9' })).toContainText('no price');
  await expect(grid.locator('[data-row]').filter({ hasText: 'gpt-5' })).not.toContainText('no price');
  await expect(grid.getByRole('row', { name: /^All 3 models/ })).toBeVisible();
  await grid.locator('[data-row]').first().click();
  const before = await grid.locator('[aria-sort="descending"]').textContent();
  await page.keyboard.press('s');
  await expect(grid.locator('[aria-sort="descending"]')).not.toHaveText(before ?? '');
  await page.keyboard.press('t');
  await expect(page.getByRole('table', { name: 'Spend per day' })).toBeVisible();
  await page.keyboard.press('t');
  await cleanInBothThemes(page);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: /^Cost over time/ })).toBeVisible();
  await cleanInBothThemes(page);
  await page.keyboard.press('Escape');
});

test('one click prices a model like its nearest, a form prices another, and history is computed anew', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await openTab(page, 'Prices');
  const unpriced = page.getByRole('table', { name: 'Models without a price' });
  await unpriced.getByRole('button', { name: /^Price as claude.* for claude-nova-9$/ }).click();
  await expect(unpriced.getByRole('rowheader', { name: 'claude-nova-9' })).toHaveCount(0, { timeout: 20_000 });
  await expect.poll(() => spentOn(page, 'claude-nova-9'), { timeout: 20_000 }).toBeGreaterThan(0);

  await unpriced.getByRole('button', { name: 'Price it… acme-9', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Price a model/ });
  await dialog.getByLabel('Price of Input').fill('2,5');
  await dialog.getByLabel('Price of Output').fill('4');
  await page.keyboard.press('Control+Enter');
  await expect(dialog.getByText('Say where the price was read', { exact: false })).toBeVisible();
  await expect(dialog.getByText('Input: a price is a number with a point', { exact: false }).first()).toBeVisible();
  await cleanInBothThemes(page);
  await dialog.getByLabel('Price of Input').fill('2.5');
  await dialog.getByLabel('Where the price was read').fill('contract of May');
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toHaveCount(0);
  // 1,000 x 2.5 + 500 x 4, by the million: 4,500 micro-units.
  await expect.poll(() => spentOn(page, 'acme-9'), { timeout: 20_000 }).toBe(4_500);
  await expect(unpriced).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.getByLabel('Filter prices').fill('acme-9');
  await page.getByRole('grid', { name: 'Price book' }).locator('[data-row]').filter({ hasText: 'acme-9' }).click();
  await expect(page.getByRole('complementary', { name: 'Price' })).toContainText('contract of May');
  await cleanInBothThemes(page);
});

test('an activity says why it costs that, and a person says how its task came out', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  const call = (await callFromPage(page, 'activity.list', { kinds: ['model_call'], text: 'acme-9' })).rows[0];
  if (call === undefined) throw new Error('the call of acme-9 was not seen');
  await page.evaluate((hash) => { location.hash = hash; }, `#/agent/${call.agentId}?task=${call.taskId}&activity=${call.id}`);
  const pane = page.getByRole('complementary', { name: 'Activity' });
  await pane.getByRole('button', { name: 'Why this figure' }).click();
  await expect(pane).toContainText('1,000 input');
  await expect(pane).toContainText('0.0045 USD');
  await expect(pane).toContainText('contract of May');
  await page.getByRole('button', { name: 'Mark as failed…' }).click();
  await page.getByRole('dialog', { name: /^Mark as failed/ }).getByLabel(/^Why/).fill('The quote was for another customer.');
  await page.keyboard.press('Control+Enter');
  await expect.poll(async () => (await callFromPage(page, 'tasks.get', { id: call.taskId })).outcome).toBe('failed');
  await page.getByRole('button', { name: 'Take the mark back' }).click();
  await expect.poll(async () => (await callFromPage(page, 'tasks.get', { id: call.taskId })).outcomeBasis).not.toBe('marked');
  await cleanInBothThemes(page);
});

test('a bill is tried before it is kept, stands beside our sum, and is removed', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await openTab(page, 'Reconciliation');
  await page.getByRole('button', { name: /^Import a bill/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Import a bill/ });
  const today = new Date().toISOString().slice(0, 10);
  await dialog.getByLabel('Bill, word for word').fill(`day,amount,currency\n${today},0.05,USD\nyesterday,1,USD\n`);
  await dialog.getByLabel('For which connection').selectOption({ label: 'Claims cluster' });
  await dialog.getByLabel('Name', { exact: true }).fill('November');
  await expect(dialog.getByRole('group', { name: 'How it reads' })).toContainText('0.05 USD');
  await expect(dialog.getByRole('group', { name: 'How it reads' })).toContainText('Line 3');
  await cleanInBothThemes(page);
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('grid', { name: 'Bill beside ours' }).locator('[data-row]').first()).toContainText('0.05');
  await cleanInBothThemes(page);
  await page.getByRole('button', { name: 'Remove… November' }).click();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('No bill was imported yet.', { exact: false })).toBeVisible();
});
