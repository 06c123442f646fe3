/**
 * The demo fleet with an agent that does not stop spending: its work runs on the demo's real LangGraph server, its money is told by telemetry. A budget made in
 * the window goes beyond its hard limit, the agent is stopped by it, and the window shows the stop verified. Prints the time from the span to the dispatch.
 */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { violations } from './axe.ts';
import { giveWork, makeAssistant } from './demo-work.ts';
import { callFromPage, launchReady } from './launch.ts';
import type { Launched } from './launch.ts';
import { count, Sender, text } from './sender.ts';

let opened: Launched;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  opened = await launchReady({ arguments: ['--demo'] });
});
test.afterAll(async () => { await opened.close(); });

const agentsNamed = async (page: Page, name: string): Promise<string[]> => (await callFromPage(page, 'agents.list', { period: { from: '2020-01-01T00:00:00.000Z', to: null } })).rows.filter((row) => row.name === name && row.activities > 0).map((row) => row.id);

/** By keyboard, from the agent's page: one dollar a day, and who goes beyond it is stopped. */
async function limitToOneDollar(page: Page, agentId: string): Promise<string> {
  await page.evaluate((id) => { location.hash = `#/agent/${id}`; }, agentId);
  await expect(page.getByRole('tab', { name: /^Activity/ })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('>new budget for');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^New budget/ });
  await dialog.getByRole('radio', { name: 'Day' }).check({ force: true });
  await dialog.getByLabel('Hard limit').fill('1');
  await dialog.getByRole('radio', { name: 'Stop who spends' }).check({ force: true });
  await expect(dialog.getByText('Cannot be stopped')).toHaveCount(0);
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toHaveCount(0);
  const budget = (await callFromPage(page, 'budgets.list', {})).rows.find((row) => row.scope.kind === 'agent' && row.scope.id === agentId);
  expect(budget).toMatchObject({ hardMicros: 1_000_000, onHard: 'stop' });
  return budget?.id ?? '';
}

/** A tenth of a dollar, told by telemetry from another machine; when it was handed over. */
async function spend(sender: Sender, assistantId: string, run: string): Promise<number> {
  const atMs = Date.now();
  await sender.send({ service: 'runaway', host: 'another-machine', agent: 'runaway', spans: [{
    name: 'chat gpt-5', agoMs: [20, 0],
    attributes: [text('gen_ai.operation.name', 'chat'), text('gen_ai.request.model', 'gpt-5'), text('gen_ai.agent.id', assistantId), text('session.id', run), count('gen_ai.usage.output_tokens', 10_000)],
  }] });
  return atMs;
}

test('a runaway agent of the demo goes beyond its budget, is stopped by it, and the window shows it verified', async () => {
  test.setTimeout(240_000);
  const { page } = opened;
  await callFromPage(page, 'settings.set', { stopSilenceS: 5 });
  const assistantId = await makeAssistant(page, 'backup-sweep', 'runaway');
  const run = await giveWork(page, assistantId, { file: 'runaway.log', acts: 4_000, ms: 100 });
  const sender = await Sender.connect(page, 'Spending');
  const handed = [await spend(sender, assistantId, run)];
  // Whose money it is comes out when the console lists the server's agents again.
  await expect.poll(async () => (await agentsNamed(page, 'runaway')).length, { timeout: 30_000 }).toBe(1);
  const [agentId = ''] = await agentsNamed(page, 'runaway');
  const budgetId = await limitToOneDollar(page, agentId);
  while (handed.length < 60) {
    handed.push(await spend(sender, assistantId, run));
    if ((await callFromPage(page, 'budgets.events', { budgetId })).rows.some((event) => event.fired)) break;
    await page.waitForTimeout(100);
  }
  // Ten of them are the dollar.
  expect(handed.length).toBeGreaterThanOrEqual(10);
  const fired = (await callFromPage(page, 'budgets.events', { budgetId })).rows.filter((event) => event.fired);
  expect(fired).toMatchObject([{ kind: 'hard', agentId, limitMicros: 1_000_000 }]);
  await page.evaluate((id) => { location.hash = `#/cost?tab=budgets&chosen=${id}`; }, budgetId);
  const pane = page.getByRole('complementary', { name: 'Budget' });
  await expect(pane.getByRole('listitem').filter({ hasText: 'Hard limit reached' })).toContainText(/A stop was ordered .+ after the activity was kept/);
  await pane.getByRole('link', { name: 'Stop order' }).click();
  await expect(page.getByText(/^Stopped, verified/).first()).toBeVisible({ timeout: 90_000 });
  expect(await violations(page)).toEqual([]);
  const order = await callFromPage(page, 'stop.get', { id: fired[0]?.orderId ?? '' });
  expect(order).toMatchObject({ state: 'verified', origin: 'rule', orderedBy: 'Gatehouse', agents: [{ id: agentId }] });
  const tookMs = Date.parse(order.commandedAt ?? '') - (handed[9] ?? Number.NaN);
  expect(tookMs).toBeGreaterThanOrEqual(0);
  console.log(`budget breach in the window: span to dispatch ${tookMs} ms`);
  // The run itself; what telemetry tells of the same session is a task beside it.
  expect((await callFromPage(page, 'tasks.list', {})).rows.filter((row) => row.key === run).map((row) => row.outcome)).toContain('cancelled');
});
