/**
 * Auditor mode on every screen: over a history that has something of everything, each control that is not disabled is used, each key of each screen pressed, and
 * each command of the palette run. None may lead to a dialog that cannot act, and none may reach the engine with what it refuses: the engine refuses every command of
 * the contract but those of its own short table, and writes each refusal down, so a control that is added later is judged by what the contract says of its command.
 */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { Params } from '../shared/contract.ts';
import { startA2aServer } from '../demo/runtimes/a2a-server.ts';
import type { A2aServer } from '../demo/runtimes/a2a-server.ts';
import { violations } from './axe.ts';
import { callFromPage, engineReady, launchReady } from './launch.ts';
import type { Launched } from './launch.ts';
import { count, Sender, text } from './sender.ts';
import { Walk } from './walk.ts';
import type { Walked } from './walk.ts';

const reason = 'Auditor mode: nothing can be changed or stopped from this window.';
const screens = ['overview', 'live', 'agents', 'approvals', 'access', 'cost', 'failures', 'alerts', 'stop', 'audit', 'connections', 'settings'];
const iam = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });

let opened: Launched;
let a2a: A2aServer;

async function runs(page: Page): Promise<string> {
  const sender = await Sender.connect(page, 'Ledger cluster', 'full');
  for (const agent of ['ledger-bot', 'refund-runner']) {
    await sender.send({ service: agent, agent, spans: [
      { name: `invoke_agent ${agent}`, agoMs: [400, 1], attributes: [text('gen_ai.operation.name', 'invoke_agent')] },
      { name: 'chat', agoMs: [300, 200], attributes: [text('gen_ai.operation.name', 'chat'), text('gen_ai.request.model', 'own-model'), text('gen_ai.provider.name', 'openai'), count('gen_ai.usage.input_tokens', 1_000), count('gen_ai.usage.output_tokens', 500)] },
      { name: 'execute_tool pay', agoMs: [100, 1], attributes: [text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', 'pay'), text('error.type', 'Denied')], failed: 'it did not pay' },
    ] });
  }
  const named = async (): Promise<string | undefined> => (await callFromPage(page, 'agents.list', { period: { from: '2020-01-01T00:00:00.000Z', to: null } })).rows.find((row) => row.name === 'ledger-bot')?.id;
  await expect.poll(named, { timeout: 20_000 }).toBeDefined();
  return await named() ?? '';
}

/** Rules and budgets that fire, an approval that waits, a stop order, something of everything that a person can make. */
async function somethingOfEverything(page: Page): Promise<void> {
  const everything = { kind: 'everything' as const };
  const target = await callFromPage(page, 'targets.save', { draft: { name: 'hook', config: { kind: 'webhook', url: 'http://127.0.0.1:9/in', scheme: 'bearer' } } as Params<'targets.save'>['draft'] });
  await callFromPage(page, 'targets.save', { draft: { name: 'siem', config: { kind: 'syslog', host: 'log.example', port: 601, transport: 'tcp' } } as Params<'targets.save'>['draft'] });
  await callFromPage(page, 'alerts.saveRule', { draft: { name: 'Denied', trigger: { kind: 'denials', count: 1, withinS: 3_600 }, watches: everything, severity: 'attention', targetIds: [target.id] } as unknown as Params<'alerts.saveRule'>['draft'] }).catch(() => undefined);
  const agentId = await runs(page);
  const connectionId = (await callFromPage(page, 'connections.list', {})).rows[0]?.id ?? '';
  await callFromPage(page, 'connections.addRuntime', { name: 'Supplier desk', target: { kind: 'a2a', url: a2a.url } });
  await callFromPage(page, 'connections.addRuntime', { name: 'Away', target: { kind: 'langgraph', url: 'http://127.0.0.1:9/' } });
  await a2a.start('ask', { account: 'ada' });
  await a2a.start('stubborn');
  await callFromPage(page, 'access.import', { name: 'admin', format: 'iam', text: iam, agentIds: [agentId] });
  await callFromPage(page, 'agents.setOwner', { id: agentId, role: 'owner', name: 'Nina' });
  await callFromPage(page, 'agents.setTags', { id: agentId, tags: ['pay'] });
  await callFromPage(page, 'budgets.save', { draft: { name: 'Month', scope: everything, per: 'month', currency: 'USD', softMicros: 1, hardMicros: null, onHard: 'tell' } });
  await callFromPage(page, 'prices.save', { entry: { provider: null, model: 'other-model', region: null, tier: null, currency: 'USD', units: [{ unit: 'input', price: '3.00', per: 1_000_000 }], from: '2026-01-01', to: null, source: 'contract', note: null } });
  await callFromPage(page, 'cost.importBill', { connectionId, name: 'March', format: 'csv', text: 'date,model,cost,currency\n2026-03-01,own-model,1.50,USD\n' });
  await callFromPage(page, 'stop.saveRule', { name: 'Payments', trigger: { kind: 'tool', names: ['transfer'] }, watches: everything, level: 'cancel' });
  await callFromPage(page, 'stop.setCanary', { agentId, canary: { level: 'cancel', everyHours: null } });
  await callFromPage(page, 'operators.add', { name: 'Otto', passphrase: 'a long passphrase' });
  await callFromPage(page, 'holds.place', { scope: { kind: 'connection', id: connectionId }, reason: 'a case' });
  await callFromPage(page, 'reports.saveTemplate', { name: 'Weekly', period: 'last_week', spec: { name: 'Weekly', from: '2026-11-01T00:00:00.000Z', to: '2026-11-08T00:00:00.000Z', scope: everything, contents: ['gaps'], formats: ['cef'], send: { host: 'log.example', port: 601, transport: 'tcp' } } });
  await expect.poll(async () => (await callFromPage(page, 'approvals.list', { state: 'waiting' })).rows.length, { timeout: 30_000 }).toBeGreaterThan(0);
  await expect.poll(async () => (await callFromPage(page, 'access.findings', {})).rows.length, { timeout: 30_000 }).toBeGreaterThan(0);
  const agent = (await callFromPage(page, 'tasks.list', {})).rows.find((row) => row.outcome === 'running')?.agentId;
  if (agent === undefined) return;
  const plan = await callFromPage(page, 'stop.plan', { scope: { kind: 'agent', id: agent }, level: 'suspend', survey: true });
  const levers = plan.levers.filter((lever) => lever.wanted && lever.problem === null).map((lever) => lever.id);
  if (levers.length > 0) await callFromPage(page, 'stop.order', { planId: plan.id, levers, reasonKind: 'acting_beyond_task', reason: 'for the test' });
}

/** What the engine refused of this window, and when it last was asked. */
const refusedNow = async (page: Page): Promise<string[]> => (await callFromPage(page, 'audit.list', { limit: 500 })).rows.filter((row) => row.outcome === 'refused').map((row) => row.action);

async function withoutNativeDialogs({ app }: Launched): Promise<void> {
  await app.evaluate(({ dialog, shell }) => {
    dialog.showSaveDialog = (() => Promise.resolve({ canceled: true, filePath: '' })) as unknown as typeof dialog.showSaveDialog;
    dialog.showMessageBox = (() => Promise.resolve({ response: 1, checkboxChecked: false })) as unknown as typeof dialog.showMessageBox;
    shell.openPath = () => Promise.resolve('');
  });
}

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(180_000);
  a2a = await startA2aServer({ stepMs: 100, steps: 6_000 });
  opened = await launchReady();
  await somethingOfEverything(opened.page);
  await withoutNativeDialogs(opened);
  const { page } = opened;
  await page.evaluate(() => (window as unknown as { gatehouse: { guard: { enterAuditor(text: string): Promise<unknown> } } }).gatehouse.guard.enterAuditor('redacted'));
  await expect(page.getByRole('region', { name: 'Auditor mode', exact: true })).toBeVisible();
  await engineReady(page);
});
test.afterAll(async () => {
  await opened.close();
  await a2a.stop();
});

/** Screen by screen, so that none of them has to be quick on a slow machine; whatever else they led to comes last. */
const way = new Walk(screens.map((screen) => `#/${screen}`), reason);
const all: Walked[] = [];
for (const part of [...screens.map((screen) => [screen]), null]) {
  test(`no control leads to a change: ${part?.join(' ') ?? 'what the screens led to'}`, async () => {
    test.setTimeout(240_000);
    const { page } = opened;
    const walked = await way.over(page, part);
    all.push(walked);
    test.info().annotations.push({ type: 'walked', description: `${walked.places.length} places, ${walked.used} controls used` });
    expect(walked.places.length).toBeGreaterThan(0);
    expect(walked.misleading).toEqual([]);
    expect(await refusedNow(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
  });
}

test('the walk went where things can be done', () => {
  // One that finds nothing proves nothing.
  const places = all.flatMap((walked) => walked.places);
  for (const kind of [/^#\/agent\/agt-/, /^#\/approvals\/apr-/, /^#\/stop\/stp-/, /tab=rules/, /tab=targets/, /tab=budgets/, /tab=prices/, /tab=documents/, /tab=findings/, /^#\/connections\/con-/]) expect.soft(places.some((place) => kind.test(place)), String(kind)).toBe(true);
  expect(all.reduce((sum, walked) => sum + walked.used, 0)).toBeGreaterThan(200);
});

test('no command of the palette leads to a change', async () => {
  test.setTimeout(120_000);
  const { page } = opened;
  const options = page.getByRole('option');
  const openPalette = async (words: string): Promise<void> => {
    await page.evaluate(() => { location.hash = '#/overview'; });
    await page.keyboard.press('Control+k');
    await page.keyboard.type(`>${words}`);
    await expect(options.first()).toBeVisible();
  };
  await openPalette('');
  const names = (await options.allTextContents()).map((one) => one.trim());
  await page.keyboard.press('Escape');
  expect(names.length).toBeGreaterThan(10);
  for (const gone of [/Add connection/, /Stop /, /New budget/, /Import /, /Theme/, /demo fleet/]) expect(names.filter((name) => gone.test(name)), String(gone)).toEqual([]);
  const before = await refusedNow(page);
  for (const [at, name] of names.entries()) {
    // The mode itself, the lock and the window's own look are not changes that it forbids.
    if (/auditor mode|Lock now|Period:|Sidebar|detail pane/i.test(name)) continue;
    await openPalette('');
    await options.nth(at).click();
    await page.waitForTimeout(250);
    await expect(page.locator('dialog[open] [role="note"]').filter({ hasText: reason }), name).toHaveCount(0);
    // A dialog whose code is fetched first may come after the key.
    await expect(async () => {
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0, { timeout: 500 });
    }).toPass({ timeout: 10_000 });
  }
  expect(await refusedNow(page)).toEqual(before);
});

test('a key that would change something says why it does not', async () => {
  const { page } = opened;
  await page.evaluate(() => { location.hash = '#/connections'; });
  await expect(page.getByRole('heading', { level: 1, name: 'Connections' })).toBeVisible();
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('a');
  await expect(page.locator('[aria-live="assertive"]')).toHaveText(reason);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: /^Keys/ }).getByText('add connection: not in auditor mode')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  const add = page.getByRole('button', { name: 'Add connection' }).first();
  await expect(add).toBeDisabled();
  await page.getByRole('group', { name: reason }).first().hover();
  await expect(page.getByRole('tooltip')).toContainText(reason);
});

test('what is disabled can be read in both themes', async () => {
  const { page } = opened;
  for (const place of ['#/alerts?tab=rules', '#/cost?tab=budgets', '#/stop?tab=held']) {
    await page.evaluate((hash) => { location.hash = hash; }, place);
    await expect(page.getByRole('group', { name: reason }).first()).toBeVisible();
    await page.mouse.move(640, 1);
    for (const theme of ['light', 'dark'] as const) {
      // Settings are not this window's to change: the page is drawn as the theme would draw it.
      await page.evaluate((scheme) => { document.documentElement.setAttribute('data-mantine-color-scheme', scheme); }, theme);
      expect(await violations(page), `${place}, ${theme}`).toEqual([]);
      const name = `auditor ${place.replaceAll(/[^a-z]+/g, ' ').trim()}, ${theme}`;
      await test.info().attach(name, { body: await page.screenshot({ path: test.info().outputPath(`${name}.png`) }), contentType: 'image/png' });
    }
  }
});
