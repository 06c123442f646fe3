/** Failures, from an agent that really sends: one group for what is alike, what people say of it, back again after it was over; axe in both themes. */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { setTheme, violationsAtRest } from './axe.ts';
import { engineReady, launchReady } from './launch.ts';
import type { Launched } from './launch.ts';
import { Sender, count, text } from './sender.ts';

let opened: Launched;
let agent: Sender;


/** One run of an agent whose tool fails, as an exporter sends it: a trace with a model call, then the tool, in the agent's span. */
async function sendRun(tool: string, message: string, version = '14'): Promise<void> {
  await agent.send({ service: 'ledger', version, agent: 'ledger-bot', spans: [
    { name: 'invoke_agent ledger-bot', agoMs: [30, 1], attributes: [text('gen_ai.operation.name', 'invoke_agent')] },
    { name: 'chat gpt-5', agoMs: [20, 2], attributes: [text('gen_ai.operation.name', 'chat'), text('gen_ai.request.model', 'gpt-5'), count('gen_ai.usage.input_tokens', 900)] },
    { name: `execute_tool ${tool}`, agoMs: [10, 3], attributes: [text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', tool), text('error.type', 'ApiError')], failed: message },
  ] });
}

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(90_000);
  opened = await launchReady();
  agent = await Sender.connect(opened.page, 'Ledger cluster');
  await sendRun('post_entry', '409 Conflict: idempotency key "rf-0041" was used with 312.00');
  await sendRun('post_entry', '409 Conflict: idempotency key "rf-0042" was used with 7.10');
  await sendRun('post_entry', 'connect ECONNREFUSED 127.0.0.1:5432');
});
test.afterAll(async () => { await opened.close(); });

const list = (page: Page) => page.getByRole('grid', { name: 'Failures' });
const pane = (page: Page) => page.getByRole('complementary', { name: 'Group' });
const shown = (page: Page, name: RegExp) => page.getByRole('group', { name: 'Which groups' }).getByRole('radio', { name });

test('what is alike is one group, and the pane tells what it is', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await expect(page.getByRole('heading', { level: 1, name: 'Failures' })).toBeVisible();
  await expect(list(page).locator('[data-row]')).toHaveCount(2, { timeout: 30_000 });
  await expect(list(page).locator('[data-row]').first()).toContainText('409 Conflict');
  await expect(page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: /^Failures/ })).toContainText('2');
  await expect(pane(page).getByText('2 times')).toBeVisible();
  await expect(pane(page).getByRole('group', { name: /^What it said, text from the tool/ })).toContainText('409 Conflict: idempotency key');
  await expect(pane(page).getByRole('link', { name: 'gpt-5' })).toBeVisible();
  await page.keyboard.press('t');
  await expect(pane(page).getByRole('table', { name: 'Times over the period' })).toBeVisible();
  await page.keyboard.press('t');
  await page.keyboard.press('j');
  await expect(pane(page).getByRole('group', { name: /^What it said/ })).toContainText('ECONNREFUSED');
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme);
    expect(await violationsAtRest(page), theme).toEqual([]);
  }
});

test('it is known, put off, over, and back when it happens again; each word can be taken back', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await page.keyboard.press('k');
  await expect(pane(page).getByText('2 times')).toBeVisible();
  await pane(page).getByLabel('New note').fill('The ledger keeps keys for a day: INC-2041');
  await pane(page).getByRole('button', { name: 'Add note' }).click();
  await expect(pane(page).getByText('INC-2041')).toBeVisible();
  await expect(pane(page).getByLabel('New note')).toHaveValue('');

  await pane(page).getByRole('button', { name: 'Known', exact: true }).click();
  await expect(pane(page).getByText(/^Known, said by/)).toBeVisible();
  await pane(page).getByRole('button', { name: 'Undo' }).click();
  await expect(pane(page).getByText('New: nobody has said anything of it.')).toBeVisible();

  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('z');
  await page.getByRole('menuitem', { name: /^Until tomorrow/ }).click();
  await expect(pane(page).getByText(/^Snoozed, said by/)).toBeVisible();
  await expect(list(page).locator('[data-row]')).toHaveCount(1);
  await pane(page).getByRole('button', { name: 'Undo' }).click();
  await expect(list(page).locator('[data-row]')).toHaveCount(2);

  await pane(page).getByRole('button', { name: 'Resolve' }).click();
  await expect(pane(page).getByText(/^Resolved, said by/)).toBeVisible();
  await shown(page, /^Resolved \(1\)/).check({ force: true });
  await expect(list(page).locator('[data-row]')).toHaveCount(1);
  await sendRun('post_entry', '409 Conflict: idempotency key "rf-0043" was used with 1.00', '15');
  await shown(page, /^Open/).check({ force: true });
  // No row moves while somebody reads: what came meanwhile waits behind its key.
  await expect(async () => {
    await page.keyboard.press('.');
    await expect(list(page).getByRole('row', { name: /Came back, post_entry: 409 Conflict.*3 times/ })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await expect(pane(page).getByText(/^Came back after/)).toBeVisible();
});

test('the newest opens where it stands in its task, and what is filtered is kept', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'ledger-bot' }).first()).toBeVisible();
  expect(await page.evaluate(() => location.hash)).toMatch(/task=.*activity=/);
  await page.goBack();
  await shown(page, /^All/).check({ force: true });
  await page.reload();
  await engineReady(page);
  await expect(shown(page, /^All \(2\)/)).toBeChecked();
  await page.keyboard.press('/');
  await page.keyboard.type('no such thing');
  await expect(page.getByText('No group fits this filter')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(list(page).locator('[data-row]')).toHaveCount(2);
});
