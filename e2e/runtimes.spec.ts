/**
 * Runtimes that are commanded, end to end in the real window: a real LangGraph Agent Server and a real A2A server whose agents are
 * started by somebody else. An administrator connects to them, watches, and answers what waits.
 */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { startA2aServer } from '../demo/runtimes/a2a-server.ts';
import type { A2aServer } from '../demo/runtimes/a2a-server.ts';
import { callFromPage, engineReady, launch } from './launch.ts';
import type { Launched } from './launch.ts';
import { startLangGraph } from './runtimes/start-langgraph.ts';
import type { LangGraphServer } from './runtimes/start-langgraph.ts';

const go = async (page: Page, letter: string): Promise<void> => { await page.keyboard.press('g'); await page.keyboard.press(letter); };

/** Somebody else's program: it knows the server, not the console. */
async function startRun(url: string, assistant: string, input: unknown): Promise<{ thread: string; run: string }> {
  const post = async (path: string, body: unknown): Promise<Record<string, string>> =>
    (await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json() as Promise<Record<string, string>>;
  const thread = (await post('/threads', {}))['thread_id'] ?? '';
  const run = (await post(`/threads/${thread}/runs`, { assistant_id: assistant, input }))['run_id'] ?? '';
  return { thread, run };
}

/** Opens what waits under this title, on the screen of approvals. */
async function openWaiting(page: Page, title: string): Promise<void> {
  await go(page, 'p');
  await page.getByRole('grid', { name: 'Waiting' }).getByRole('row').filter({ hasText: title }).first().click({ timeout: 15_000 });
}

const user = (content: string) => ({ messages: [{ role: 'user', content }] });

let opened: Launched;
let langGraph: LangGraphServer;
let a2a: A2aServer;

test.beforeAll(async () => {
  [langGraph, a2a] = await Promise.all([startLangGraph({ which: '1.5' }), startA2aServer({ stepMs: 200, steps: 10 })]);
  opened = await launch();
  await engineReady(opened.page);
  await callFromPage(opened.page, 'connections.addRuntime', { name: 'Claims server', target: { kind: 'langgraph', url: langGraph.url } });
  await callFromPage(opened.page, 'connections.addRuntime', { name: 'Supplier desk', target: { kind: 'a2a', url: a2a.url } });
});
test.afterAll(async () => {
  await opened.close();
  await Promise.all([langGraph.stop(), a2a.stop()]);
});

test('both runtimes are connected, with what they offer', async () => {
  const { page } = opened;
  await go(page, 'n');
  for (const name of ['Claims server', 'Supplier desk']) await expect(page.getByRole('row').filter({ hasText: name })).toContainText('Healthy', { timeout: 15_000 });
  await go(page, 'a');
  await expect(page.getByRole('row').filter({ hasText: 'refund-desk' })).toBeVisible({ timeout: 15_000 });
});

test('a run started by somebody else appears, and its steps follow', async () => {
  const { page } = opened;
  await go(page, 'l');
  const { run } = await startRun(langGraph.url, 'stock-watch', { ticks: 12, ms: 400 });
  await expect.poll(async () => (await callFromPage(page, 'tasks.list', {})).rows.find((row) => row.key === run)?.outcome, { intervals: [100], timeout: 10_000 }).toBe('running');
  await expect(page.getByText('stock-watch').first()).toBeVisible();
  await expect.poll(async () => (await callFromPage(page, 'tasks.list', {})).rows.find((row) => row.key === run)?.outcome, { timeout: 20_000 }).toBe('completed');
});

test('a failure stands with the runtime\'s own words', async () => {
  const { page } = opened;
  await startRun(langGraph.url, 'ledger-check', { period: '2026-10' });
  await expect.poll(async () => (await callFromPage(page, 'failures.list', {})).rows.map((row) => row.error.message ?? ''), { timeout: 10_000 }).toContainEqual(expect.stringContaining('Ledger 2026-10 is locked by another user'));
  await a2a.start('fail');
  await expect.poll(async () => (await callFromPage(page, 'failures.list', {})).rows.map((row) => row.error.message ?? ''), { timeout: 10_000 }).toContainEqual(expect.stringContaining('supplier catalogue answered 503'));
});

test('an interrupt waits on Approvals with its full parameters; approving resumes the run', async () => {
  const { page } = opened;
  const { thread } = await startRun(langGraph.url, 'refund-desk', user('Refund order ORD-512'));
  await openWaiting(page, 'issue_refund');
  const request = page.getByRole('group', { name: 'The request' });
  await expect(request).toContainText('ORD-512');
  await expect(request).toContainText('180');
  await page.getByRole('group', { name: 'Answer' }).getByRole('button', { name: /^Approve/ }).click();
  await expect.poll(async () => threadText(langGraph.url, thread), { timeout: 15_000 }).toContain('refunded 180 EUR for ORD-512');
  await expect.poll(async () => (await callFromPage(page, 'approvals.list', { state: 'decided' })).rows.map((row) => row.state), { timeout: 10_000 }).toContain('approved');
  const { rows } = await callFromPage(page, 'audit.list', {});
  expect(rows.filter((row) => row.action === 'approval.approve').map((row) => row.outcome).toSorted()).toEqual(['asked', 'done']);
});

test('rejecting ends it without the action', async () => {
  const { page } = opened;
  const { thread } = await startRun(langGraph.url, 'refund-desk', user('Refund order ORD-613'));
  await openWaiting(page, 'issue_refund');
  await expect(page.getByRole('group', { name: 'The request' })).toContainText('ORD-613');
  const answer = page.getByRole('group', { name: 'Answer' });
  await answer.getByRole('button', { name: /^Reject/ }).click();
  await expect(answer.getByRole('button', { name: /^Reject/ })).toBeDisabled();
  await answer.getByRole('textbox', { name: /^Reason/ }).fill('The customer was paid already.');
  await answer.getByRole('button', { name: /^Reject/ }).click();
  await expect.poll(async () => threadText(langGraph.url, thread), { timeout: 15_000 }).toContain('The customer was paid already.');
  expect(await threadText(langGraph.url, thread)).not.toContain('refunded 180');
});

test('an A2A task that asks is answered and goes on', async () => {
  const { page } = opened;
  const id = await a2a.start('ask');
  await openWaiting(page, 'place_order');
  await expect(page.getByRole('group', { name: 'The request' })).toContainText('Nordseal AS');
  const answer = page.getByRole('group', { name: 'Answer' });
  // What cannot be undone is not approved without a reason.
  await expect(answer.getByRole('button', { name: /^Approve/ })).toBeDisabled();
  await answer.getByRole('textbox', { name: /^Reason/ }).fill('Within the budget of the yard.');
  await answer.getByRole('button', { name: /^Approve/ }).click();
  await expect.poll(async () => (await callFromPage(page, 'tasks.list', {})).rows.find((row) => row.key === id)?.outcome, { timeout: 15_000 }).toBe('completed');
});

test('a runtime that dies is said within one poll, a gap is kept, and nothing is there twice afterwards', async () => {
  const { page } = opened;
  const connection = async () => (await callFromPage(page, 'connections.list', {})).rows.find((row) => row.name === 'Claims server');
  const { port, folder } = langGraph;
  const keys = async () => (await callFromPage(page, 'tasks.list', { limit: 1_000 })).rows.map((row) => row.key);
  const known = await keys();
  await langGraph.kill();
  await expect.poll(async () => (await connection())?.health, { timeout: 6_000 }).toBe('unreachable');
  await go(page, 'n');
  await expect(page.getByRole('row').filter({ hasText: 'Claims server' })).toContainText(/unreachable/i);
  langGraph = await startLangGraph({ which: '1.5', port, folder });
  await expect.poll(async () => (await connection())?.health, { timeout: 60_000 }).toBe('healthy');
  const { rows: gaps } = await callFromPage(page, 'gaps.list', { period: { from: new Date(Date.now() - 3_600_000).toISOString(), to: null } });
  expect(gaps.filter((gap) => gap.reason === 'runtime_unreachable' && gap.to !== null)).toHaveLength(1);
  const { run } = await startRun(langGraph.url, 'stock-watch', { ticks: 2, ms: 50 });
  await expect.poll(keys, { timeout: 10_000 }).toContain(run);
  const after = await keys();
  expect(new Set(after).size).toBe(after.length);
  expect(after).toEqual(expect.arrayContaining(known));
});

async function threadText(url: string, thread: string): Promise<string> {
  return (await fetch(`${url}/threads/${thread}/state`)).text();
}
