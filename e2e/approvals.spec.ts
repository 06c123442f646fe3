/** A person connects to a real A2A server in the guided dialog, reads what its agent asks, and answers: by pointer and by keys alone. */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { startA2aServer } from '../demo/runtimes/a2a-server.ts';
import type { A2aServer } from '../demo/runtimes/a2a-server.ts';
import { setTheme, violations } from './axe.ts';
import { callFromPage, engineReady, launch } from './launch.ts';
import type { Launched } from './launch.ts';

const operatorToken = 'token-of-the-operator';
/** Somebody else starts the work: the console only watches and answers. */
const start = (scenario: 'ask' | 'question' | 'auth'): Promise<string | null> => a2a.start(scenario, { account: 'ada' });

let opened: Launched;
let a2a: A2aServer;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  a2a = await startA2aServer({ stepMs: 150, steps: 4, tokens: { [operatorToken]: 'operator', 'token-of-ada': 'ada' }, shared: true });
  opened = await launch();
  await engineReady(opened.page);
});
test.afterAll(async () => {
  await opened.close();
  await a2a.stop();
});

async function goTo(page: Page, letter: string, title: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(letter);
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
}

/** The approval that this task waits with. */
async function askedBy(page: Page, task: string | null): Promise<string> {
  const find = async (): Promise<string | undefined> => {
    const { rows: tasks } = await callFromPage(page, 'tasks.list', {});
    const own = tasks.find((row) => row.key === task)?.id;
    const { rows } = await callFromPage(page, 'approvals.list', { state: 'waiting' });
    return rows.find((row) => row.taskId === own && own !== undefined)?.id;
  };
  await expect.poll(find, { timeout: 20_000 }).toBeDefined();
  return await find() ?? '';
}

const row = (page: Page, id: string) => page.locator(`[data-row="${id}"]`);
const stateOf = async (page: Page, id: string): Promise<string> => (await callFromPage(page, 'approvals.get', { id })).state;

test('nothing waits: the screen says what will stand there', async () => {
  const { page } = opened;
  await goTo(page, 'p', 'Approvals');
  await expect(page.getByText('What agents ask of people will stand here')).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('a runtime is connected step by step, tested before it is saved', async () => {
  const { page } = opened;
  await goTo(page, 'n', 'Connections');
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog', { name: 'Add connection' });
  await dialog.getByRole('radio', { name: /A2A server/ }).check();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Next' }).last().click();
  await dialog.getByLabel('Address').fill('http://operator:secret@127.0.0.1:9');
  await expect(dialog.getByText('An address carries no user or password')).toBeVisible();
  await dialog.getByLabel('Address').fill(a2a.url);
  await dialog.getByLabel('Name of the connection').fill('Supplier desk');
  await dialog.getByRole('button', { name: 'Next' }).last().click();
  await dialog.getByLabel('Key or token').fill(operatorToken);
  expect((await callFromPage(page, 'connections.list', {})).rows).toEqual([]);
  await dialog.getByRole('button', { name: 'Test' }).last().click();
  await expect(dialog.locator('[data-result="ok"]').first()).toBeVisible({ timeout: 20_000 });
  await expect(dialog.locator('[data-result="failed"]')).toHaveCount(0);
  expect((await callFromPage(page, 'connections.list', {})).rows).toEqual([]);
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
  const connected = dialog.getByText('Connected.');
  const session = dialog.getByRole('button', { name: 'Keep it only until Gatehouse ends' });
  // A machine without a keyring asks the person first, and has saved nothing by then.
  await expect(connected.or(session)).toBeVisible({ timeout: 20_000 });
  if (await session.isVisible()) {
    expect((await callFromPage(page, 'connections.list', {})).rows).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await session.click();
  }
  await expect(connected).toBeVisible({ timeout: 20_000 });
  expect(await page.content()).not.toContain(operatorToken);
  await dialog.getByRole('button', { name: 'Finish' }).click();
  const detail = page.getByRole('complementary', { name: 'Connection Supplier desk' });
  await expect(detail.getByText('Healthy')).toBeVisible({ timeout: 15_000 });
  await expect(detail.getByRole('region', { name: 'What it can see' })).toContainText('Approvals');
  await expect(detail.getByRole('region', { name: 'Stop levers' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('an address where nobody answers is not called connected', async () => {
  const { page } = opened;
  await goTo(page, 'n', 'Connections');
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog', { name: 'Add connection' });
  await dialog.getByRole('radio', { name: /LangGraph/ }).check();
  await page.keyboard.press('Control+Enter');
  await dialog.getByLabel('Address').fill('http://127.0.0.1:9');
  await page.keyboard.press('Control+Enter');
  await dialog.getByLabel('Key or token').fill('a-key-that-nobody-takes');
  await page.keyboard.press('Control+Enter');
  await expect(dialog.locator('[data-result="failed"]').first()).toBeVisible({ timeout: 30_000 });
  await expect(dialog.getByText('The runtime could not be read as it is set.')).toBeVisible();
  expect(await page.content()).not.toContain('a-key-that-nobody-takes');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Close and lose it' }).click();
  await expect(dialog).toHaveCount(0);
});

test('what cannot be undone needs a second of looking and a reason; approving lets the task go on', async () => {
  const { page } = opened;
  const task = await start('ask');
  const id = await askedBy(page, task);
  await expect(page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: /Approvals 1 waiting/ })).toBeVisible();
  await goTo(page, 'p', 'Approvals');
  await row(page, id).click();
  const pane = page.getByRole('complementary', { name: 'Approval' });
  for (const parameter of ['supplier', 'part', 'quantity', 'total']) await expect(pane.getByText(parameter, { exact: true })).toBeVisible();
  for (const value of ['Nordseal AS', 'shaft seal 60x80', '40', '2 180 EUR']) await expect(pane.getByText(value).first()).toBeVisible();
  await expect(pane.getByText('all 4 parameters')).toBeVisible();
  const approve = pane.getByRole('button', { name: 'Approve', exact: true });
  await expect(pane.getByText('It cannot be undone: approving needs a reason.')).toBeVisible();
  await expect(approve).toBeDisabled();
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme);
    expect(await violations(page), theme).toEqual([]);
  }
  await pane.getByLabel(/^Reason/).fill('ordered every quarter');
  await approve.click();
  await expect(pane.getByText('The runtime took the answer.')).toBeVisible({ timeout: 20_000 });
  expect(await stateOf(page, id)).toBe('approved');
  await expect.poll(async () => (await callFromPage(page, 'tasks.list', {})).rows.find((one) => one.key === task)?.outcome, { timeout: 20_000 }).toBe('completed');
  await expect(page.getByRole('grid', { name: 'Decided' }).locator(`[data-row="${id}"]`)).toContainText('Approved');
});

test('rejecting by keys alone, with a reason, ends the task without the act', async () => {
  const { page } = opened;
  const task = await start('ask');
  const id = await askedBy(page, task);
  const before = a2a.effects(task ?? '').ticks;
  await goTo(page, 'p', 'Approvals');
  await expect(row(page, id)).toBeVisible();
  await page.keyboard.press('j');
  while (!page.url().includes(id)) await page.keyboard.press('k');
  await page.keyboard.press('d');
  await expect(page.getByLabel(/^Reason for the rejection/)).toBeFocused();
  await page.keyboard.press('Control+Enter');
  expect(await stateOf(page, id)).toBe('waiting');
  await page.keyboard.type('another supplier is cheaper');
  await expect(page.getByRole('button', { name: 'Reject', exact: true })).toBeEnabled();
  await page.keyboard.press('Control+Enter');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => stateOf(page, id), { timeout: 20_000 }).toBe('rejected');
  expect(a2a.effects(task ?? '').ticks).toBe(before);
  const { rows } = await callFromPage(page, 'audit.list', { subject: id });
  expect(rows.filter((one) => one.outcome === 'asked')).toHaveLength(1);
  expect(rows.filter((one) => one.outcome === 'done' && one.action.startsWith('approval.'))).toHaveLength(1);
});

test('a question is answered in words', async () => {
  const { page } = opened;
  const task = await start('question');
  const id = await askedBy(page, task);
  await goTo(page, 'p', 'Approvals');
  await row(page, id).click();
  const pane = page.getByRole('complementary', { name: 'Approval' });
  await expect(pane.getByText('Which warehouse shall it be delivered to?').first()).toBeVisible();
  await expect(pane.getByRole('button', { name: 'Send answer' })).toBeDisabled();
  await pane.getByLabel('Answer to the agent').fill('Gdynia');
  await pane.getByRole('button', { name: 'Send answer' }).click();
  await expect.poll(() => stateOf(page, id), { timeout: 20_000 }).toBe('responded');
});

test('a sign-in is never answered from here', async () => {
  const { page } = opened;
  const id = await askedBy(page, await start('auth'));
  await goTo(page, 'p', 'Approvals');
  await row(page, id).click();
  const pane = page.getByRole('complementary', { name: 'Approval' });
  await expect(pane.getByText('It cannot be answered from here.')).toBeVisible();
  await expect(pane.getByRole('button', { name: /Approve|Send answer/ })).toHaveCount(0);
});

test('two who decide at once end in one decision, and one is told', async () => {
  const { page } = opened;
  const id = await askedBy(page, await start('ask'));
  await goTo(page, 'p', 'Approvals');
  await row(page, id).click();
  const pane = page.getByRole('complementary', { name: 'Approval' });
  await pane.getByLabel(/^Reason/).fill('known order');
  await expect(pane.getByRole('button', { name: 'Approve', exact: true })).toBeEnabled();
  const { fingerprint } = await callFromPage(page, 'approvals.get', { id });
  const [other] = await Promise.all([
    callFromPage(page, 'approvals.decide', { id, fingerprint, decision: { answer: 'reject', reason: 'not now' } }).then(() => 'done', (error: Error) => error.message),
    // The other one may be so much faster that there is no button any more: that is one decision, too.
    pane.getByRole('button', { name: 'Approve', exact: true }).click({ timeout: 5_000 }).catch(() => undefined),
  ]);
  await expect.poll(() => stateOf(page, id), { timeout: 20_000 }).not.toBe('waiting');
  const state = await stateOf(page, id);
  expect(['approved', 'rejected']).toContain(state);
  if (state === 'approved') expect(other).toContain('conflict');
  await expect(pane.getByText(state === 'approved' ? 'Approved' : 'Rejected').first()).toBeVisible();
  const { rows } = await callFromPage(page, 'audit.list', { subject: id });
  expect(rows.filter((one) => one.outcome === 'done' && one.action.startsWith('approval.'))).toHaveLength(1);
});

test('every decision stands in the log', async () => {
  const { page } = opened;
  await page.keyboard.press('Control+k');
  await page.keyboard.type('decisions and');
  await page.keyboard.press('Enter');
  const log = page.getByRole('grid', { name: 'Audit log' });
  await expect(log.getByText('approval.approve').first()).toBeVisible();
  await expect(log.getByText('approval.reject').first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
});
