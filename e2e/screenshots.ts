/** Draws the README's pictures from the real window with the demo fleet: `npm run screenshots`. */
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { Params } from '../shared/contract.ts';
import { giveWork } from './demo-work.ts';
import { callFromPage, engineReady, launch } from './launch.ts';

const folder = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));

async function go(page: Page, letter: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(letter);
}

async function draw(page: Page, name: string, theme: 'light' | 'dark'): Promise<void> {
  await page.mouse.move(640, 1);
  await page.waitForTimeout(900);
  // A picture is taken of what came, also on a machine that is slow just now.
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: 30_000 });
  await page.screenshot({ path: `${folder}${name}-${theme}.png` });
}

async function chooseAgent(page: Page, name: string): Promise<void> {
  await go(page, 'a');
  await page.getByRole('row').filter({ hasText: name }).first().dblclick();
  await expect(page.getByRole('heading', { name }).first()).toBeVisible();
}

async function openPlan(page: Page): Promise<void> {
  await page.keyboard.press('Control+.');
  const plan = page.getByRole('dialog', { name: /^Stop / });
  await expect(plan.locator('[data-lever]').first()).toBeVisible();
  await expect(plan.getByText(/^read \d+ s ago/)).toBeVisible();
}

async function fire(page: Page, reason: string): Promise<string> {
  await page.getByLabel('Reason in words').fill(reason);
  // A press sooner than 400 ms after the plan stands there sends nothing.
  await page.waitForTimeout(600);
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#\/stop\/.+/);
  return page.evaluate(() => location.hash.replace('#/stop/', ''));
}

/** Of an agent whose role may do more than it does. */
async function drawProposal(page: Page, theme: 'light' | 'dark'): Promise<void> {
  const agent = (await callFromPage(page, 'agents.list', { period: { from: '2020-01-01T00:00:00.000Z', to: null } })).rows.find((row) => row.name === 'kyc-screener');
  if (agent === undefined) throw new Error('the demo has no kyc-screener');
  await page.evaluate((id) => { location.hash = `#/access?propose=${encodeURIComponent(id)}`; }, agent.id);
  await expect(page.getByText(/past actions? would have been blocked/)).toBeVisible();
  await draw(page, 'access-proposal', theme);
  await page.keyboard.press('Escape');
}

/** A stop that ends well, one of work that nobody can look into, and what stands afterwards. */
async function drawStops(page: Page, themes: (each: (theme: 'light' | 'dark') => Promise<void>) => Promise<void>): Promise<void> {
  await callFromPage(page, 'settings.set', { stopSilenceS: 15 });
  const settled = async (id: string): Promise<void> => {
    await expect.poll(async () => (await callFromPage(page, 'stop.get', { id })).state, { timeout: 90_000 }).not.toBe('stopping');
  };
  await giveWork(page, 'backup-sweep', { file: 'backup.log', acts: 600, ms: 1_000 });
  await chooseAgent(page, 'backup-sweep');
  await openPlan(page);
  await themes((theme) => draw(page, 'stop-plan', theme));
  const stopped = await fire(page, 'Sweeps a bucket that is not in its task');
  await settled(stopped);
  await themes((theme) => draw(page, 'stop-order', theme));
  await giveWork(page, 'night-export', { ms: 120_000 });
  await chooseAgent(page, 'night-export');
  await openPlan(page);
  const open = await fire(page, 'Exports to the wrong place');
  await settled(open);
  await themes((theme) => draw(page, 'stop-order-unverified', theme));
  await go(page, 's');
  await themes((theme) => draw(page, 'stop-orders', theme));
  for (const [tab, name] of [['Held and suspended', 'stop-held'], ['Readiness', 'stop-readiness']] as const) {
    await page.getByRole('tab', { name: tab }).click();
    await themes((theme) => draw(page, name, theme));
  }
}

/** The report, and an entry of the log behind it. */
async function drawAudit(page: Page, themes: (each: (theme: 'light' | 'dark') => Promise<void>) => Promise<void>): Promise<void> {
  await go(page, 'u');
  await expect(page.getByText('Chain whole')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'OCSF 1.9' }).click();
  await page.getByRole('radio', { name: 'Pseudonyms' }).check({ force: true });
  await page.getByLabel('Name', { exact: true }).fill('Quarter, external');
  await themes((theme) => draw(page, 'audit', theme));
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('v');
  await expect(page.getByText(/whole from here to the newest/)).toBeVisible({ timeout: 60_000 });
  await themes((theme) => draw(page, 'audit-entry', theme));
}

/** What agents may touch, who calls whom, and who one of them is. */
async function drawAccess(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await go(page, 'x');
  await page.getByRole('gridcell', { name: /used/ }).first().click();
  await draw(page, 'access', theme);
  await page.evaluate(() => { location.hash = '#/access?tab=findings'; });
  await draw(page, 'access-findings', theme);
  await page.evaluate(() => { location.hash = '#/access?by=graph'; });
  await expect(page.locator('[data-node]').first()).toBeVisible();
  await draw(page, 'access-graph', theme);
  await chooseAgent(page, 'refund-runner');
  await page.getByRole('tab', { name: /^Identity/ }).click();
  await draw(page, 'agent-identity', theme);
  await page.getByRole('tab', { name: /^Access/ }).click();
  await page.getByText('Blast radius').first().click();
  await draw(page, 'agent-reach', theme);
}

/** Budgets that the demo's own spending holds, is near to, and has passed: amounts follow what it spent. */
async function setBudgets(page: Page): Promise<void> {
  const ago = (days: number): { from: string; to: null } => ({ from: new Date(Date.now() - days * 86_400_000).toISOString(), to: null });
  const { currency, month } = await callFromPage(page, 'cost.summary', { period: ago(30) });
  const dearest = (await callFromPage(page, 'cost.rows', { period: ago(1), by: 'agent', sort: 'spend', descending: true, limit: 2 })).rows;
  const share = (micros: number | null | undefined, part: number): number => Math.max(1, Math.round(((micros ?? 0) * part) / 1_000_000)) * 1_000_000;
  const save = (draft: Omit<Params<'budgets.save'>['draft'], 'currency'>) => callFromPage(page, 'budgets.save', { draft: { ...draft, currency } });
  const known = month.cost.amountMicros;
  await save({ name: 'Whole fleet', scope: { kind: 'everything' }, per: 'month', softMicros: share(known, 1.3), hardMicros: share(known, 1.8), onHard: 'tell' });
  for (const [at, row] of dearest.entries()) {
    if (row.agentId === null) continue;
    const spent = row.money.shown.amountMicros;
    if (at === 0) await save({ name: `${row.name}, a day`, scope: { kind: 'agent', id: row.agentId }, per: 'day', softMicros: share(spent, 0.3), hardMicros: share(spent, 0.5), onHard: 'stop' });
    else await save({ name: `${row.name}, one task`, scope: { kind: 'agent', id: row.agentId }, per: 'task', softMicros: null, hardMicros: 2_000_000, onHard: 'stop', stops: 'task' });
  }
}

async function drawBudgets(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.getByRole('tab', { name: /^Budgets/ }).click();
  const grid = page.getByRole('grid', { name: 'Budgets' });
  await grid.getByRole('row', { name: /, a day/ }).first().click();
  await draw(page, 'cost-budgets', theme);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: 'What it would have done' }).getByText('looking back 90 days', { exact: false })).toBeVisible();
  await draw(page, 'cost-budget-dialog', theme);
  await page.keyboard.press('Escape');
}

/** What work cost, by what prices, and beside a bill. Money needs a moment: its sums are folded after the rows. */
async function drawCost(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await go(page, 'c');
  await page.getByRole('tab', { name: /^Spend/ }).click();
  const grid = page.getByRole('grid', { name: /^Cost by/ });
  await expect(grid.locator('[data-row]').first()).toBeVisible();
  await draw(page, 'cost', theme);
  await grid.locator('[data-row]').first().dblclick();
  await expect(page.getByRole('dialog', { name: /^Cost over time/ })).toBeVisible();
  await draw(page, 'cost-over-time', theme);
  await page.keyboard.press('Escape');
  await drawBudgets(page, theme);
  await page.getByRole('tab', { name: /^Prices/ }).click();
  await draw(page, 'cost-prices', theme);
  await page.getByRole('tab', { name: /^Reconciliation/ }).click();
  await draw(page, 'cost-reconciliation', theme);
}

/** A receiver of alerts on this machine, and a rule that tells it: what is drawn was really delivered. */
async function tellSomebody(page: Page): Promise<() => void> {
  const receiver = createServer((request, response) => { request.resume().on('end', () => response.writeHead(200).end()); });
  await new Promise<void>((resolve) => { receiver.listen(0, '127.0.0.1', resolve); });
  const { port } = receiver.address() as AddressInfo;
  const hook = await callFromPage(page, 'targets.save', { draft: { name: 'On call', config: { kind: 'webhook', url: `http://127.0.0.1:${port}/alerts`, scheme: 'bearer' } } });
  const mail = await callFromPage(page, 'targets.save', { draft: { name: 'Risk team', config: { kind: 'email', host: '127.0.0.1', port: 25, security: 'none', from: 'gatehouse@halden.example', to: ['risk@halden.example'] }, quiet: { from: '20:00', to: '07:00', days: [1, 2, 3, 4, 5] } } });
  const rule = (await callFromPage(page, 'alerts.rules', {})).rows.find((row) => row.trigger.kind === 'new_failure');
  if (rule === undefined) throw new Error('no rule watches for new failures');
  await callFromPage(page, 'alerts.saveRule', { id: rule.id, draft: { name: rule.name, trigger: rule.trigger, watches: rule.watches, severity: rule.severity, targetIds: [hook.id], escalation: [{ afterMin: 15, targetIds: [mail.id] }] } });
  return () => receiver.close();
}

/** What needs somebody, what watches for it, and where it is delivered. */
async function drawAlerts(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await go(page, 'i');
  // What came since the pictures before is sorted in, not announced above them.
  await expect(page.getByRole('grid', { name: 'Alerts', exact: true }).locator('[data-row]').first()).toBeVisible();
  await page.keyboard.press('.');
  await page.getByRole('grid', { name: 'Alerts', exact: true }).getByRole('row', { name: /New failure: / }).first().click();
  await expect(page.getByRole('complementary', { name: 'Alert', exact: true }).getByRole('heading', { level: 3 })).toBeVisible();
  await draw(page, 'alerts', theme);
  await page.getByRole('tab', { name: 'Rules' }).click();
  await page.getByRole('grid', { name: 'Alert rules' }).getByRole('row', { name: /New failure, on/ }).dblclick();
  await expect(page.getByRole('dialog', { name: /^Change alert rule/ })).toBeVisible();
  await draw(page, 'alert-rule', theme);
  await page.keyboard.press('Escape');
  await draw(page, 'alert-rules', theme);
  await page.getByRole('tab', { name: /^Targets/ }).click();
  await page.getByRole('grid', { name: 'Alert targets' }).getByRole('row', { name: /On call/ }).click();
  await draw(page, 'alert-targets', theme);
}

test('pictures of every screen', async () => {
  await mkdir(folder, { recursive: true });
  const first = await launch();
  await engineReady(first.page);
  await first.page.setViewportSize({ width: 1280, height: 800 });
  await expect(first.page.getByRole('heading', { name: 'Nothing is connected yet' })).toBeVisible({ timeout: 30_000 });
  for (const theme of ['light', 'dark'] as const) {
    await first.page.evaluate((name) => (window as unknown as { gatehouse: { favours: { setTheme(theme: string): Promise<void> } } }).gatehouse.favours.setTheme(name), theme);
    await first.page.emulateMedia({ colorScheme: theme });
    await draw(first.page, 'first-run', theme);
  }
  await first.close();

  const { page, close } = await launch();
  await engineReady(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  const leaveReceiver = await tellSomebody(page);
  // Only now, so that what it tells finds rules that name a target.
  await page.evaluate(() => (window as unknown as { gatehouse: { favours: { startDemo(): Promise<void> } } }).gatehouse.favours.startDemo());
  await expect.poll(async () => (await callFromPage(page, 'system.status', {})).activities, { timeout: 90_000 }).toBeGreaterThan(2_000);
  // The demo's servers are connected like anybody's, and one of their agents asks at once.
  await expect.poll(async () => (await callFromPage(page, 'approvals.list', { state: 'waiting' })).waiting, { timeout: 60_000 }).toBeGreaterThan(1);
  // A minute of live work, so that something is open.
  await page.waitForTimeout(45_000);
  const themes = async (each: (theme: 'light' | 'dark') => Promise<void>): Promise<void> => {
    for (const theme of ['light', 'dark'] as const) {
      await callFromPage(page, 'settings.set', { theme });
      await page.emulateMedia({ colorScheme: theme });
      await expect(page.locator(`html[data-mantine-color-scheme="${theme}"]`)).toHaveCount(1);
      await each(theme);
    }
  };
  await setBudgets(page);
  await themes(async (theme) => {
    await go(page, 'o');
    await draw(page, 'overview', theme);
    await go(page, 'a');
    await draw(page, 'agents', theme);
    await chooseAgent(page, 'refund-runner');
    await draw(page, 'agent', theme);
    await chooseAgent(page, 'pr-reviewer');
    await draw(page, 'hostile-text', theme);
    await go(page, 'l');
    await page.waitForTimeout(4_000);
    await draw(page, 'live', theme);
    await go(page, 'n');
    await draw(page, 'connections', theme);
    await page.getByRole('row').filter({ hasText: 'LangGraph (demo)' }).click();
    await draw(page, 'connection-langgraph', theme);
    await go(page, 'x');
    await expect(page.getByRole('grid', { name: 'What agents may touch' }).getByRole('rowheader').first()).toBeVisible();
    await draw(page, 'access', theme);
    await page.getByRole('tab', { name: /^Findings/ }).click();
    await draw(page, 'access-findings', theme);
    await page.getByRole('tab', { name: /^Documents/ }).click();
    await draw(page, 'access-documents', theme);
    await drawProposal(page, theme);
    await go(page, 'f');
    await expect(page.getByRole('complementary', { name: 'Group' }).getByRole('heading', { level: 3 })).toBeVisible();
    await draw(page, 'failures', theme);
    await go(page, 'p');
    await page.getByRole('grid', { name: 'Waiting' }).getByRole('row').filter({ hasText: 'issue_refund' }).first().click();
    await draw(page, 'approvals', theme);
    await chooseAgent(page, 'refund-desk');
    await draw(page, 'agent-langgraph', theme);
    await page.keyboard.press('g');
    await page.keyboard.press(',');
    await draw(page, 'settings', theme);
    await go(page, 'o');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('ref');
    await draw(page, 'palette', theme);
    await page.keyboard.press('Escape');
    await drawAccess(page, theme);
    await drawCost(page, theme);
    await drawAlerts(page, theme);
  });
  await drawStops(page, themes);
  await drawAudit(page, themes);
  await close();
  leaveReceiver();
});
