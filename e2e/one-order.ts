/** A real stop order at a real A2A server, for tests that look at orders instead of giving them. */
import { expect } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { startA2aServer } from '../demo/runtimes/a2a-server.ts';
import type { A2aServer } from '../demo/runtimes/a2a-server.ts';
import type { Scenario } from '../demo/runtimes/a2a/executor.ts';
import { callFromPage } from './launch.ts';

/** Connects the server and waits until the task that somebody else started is seen to run. */
export async function runningTask(page: Page, scenario: Scenario): Promise<{ a2a: A2aServer; agentId: string; task: string }> {
  const a2a = await startA2aServer({ stepMs: 100, steps: 6_000 });
  await callFromPage(page, 'connections.addRuntime', { name: 'Supplier desk', target: { kind: 'a2a', url: a2a.url } });
  const task = await a2a.start(scenario) ?? '';
  const row = async () => (await callFromPage(page, 'tasks.list', {})).rows.find((one) => one.key === task);
  await expect.poll(async () => (await row())?.outcome, { timeout: 30_000 }).toBe('running');
  return { a2a, agentId: (await row())?.agentId ?? '', task };
}

/** Orders what the plan ticks; the order's id. */
export async function orderStop(page: Page, agentId: string): Promise<string> {
  const plan = await callFromPage(page, 'stop.plan', { scope: { kind: 'agent', id: agentId }, level: 'cancel', survey: true });
  const levers = plan.levers.filter((lever) => lever.wanted && lever.problem === null).map((lever) => lever.id);
  const order = await callFromPage(page, 'stop.order', { planId: plan.id, levers, reasonKind: 'acting_beyond_task', reason: 'Orders without a request', ticket: 'INC-2041' });
  return order.id;
}

/** The next save dialogs answer by themselves. */
export async function saveTo(app: ElectronApplication, file: string): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => { dialog.showSaveDialog = (() => Promise.resolve({ canceled: false, filePath })) as unknown as typeof dialog.showSaveDialog; }, file);
}
