/** Failures, from an agent that really sends: one group for what is alike, what people say of it, back again after it was over; axe in both themes. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { callFromPage, engineReady, launch } from './launch.ts';
import type { Launched } from './launch.ts';

let opened: Launched;
let address: { url: string; token: string };
let sent = 0;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** One run of an agent whose tool fails, as an exporter sends it: a trace with a model call, then the tool, in the agent's span. */
async function sendRun(tool: string, message: string, version = '14'): Promise<void> {
  sent += 1;
  const traceId = hex(sent, 32);
  const now = BigInt(Date.now()) * 1_000_000n;
  const span = (n: number, name: string, parent: number | null, attributes: readonly ReturnType<typeof text>[], failed: boolean) => ({
    traceId, spanId: hex(sent * 16 + n, 16), ...(parent === null ? {} : { parentSpanId: hex(sent * 16 + parent, 16) }), name, kind: 1,
    startTimeUnixNano: String(now - 40_000_000n + BigInt(n) * 10_000_000n), endTimeUnixNano: String(now - BigInt(n) * 1_000_000n),
    attributes: [text('gen_ai.agent.name', 'ledger-bot'), ...attributes], status: failed ? { code: 2, message } : { code: 1 },
  });
  const body = {
    resourceSpans: [{
      resource: { attributes: [text('service.name', 'ledger'), text('service.version', version)] },
      scopeSpans: [{ scope: { name: 'ledger' }, spans: [
        span(1, 'invoke_agent ledger-bot', null, [text('gen_ai.operation.name', 'invoke_agent')], false),
        span(2, 'chat gpt-5', 1, [text('gen_ai.operation.name', 'chat'), text('gen_ai.request.model', 'gpt-5'), { key: 'gen_ai.usage.input_tokens', value: { intValue: '900' } } as never], false),
        span(3, `execute_tool ${tool}`, 1, [text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', tool), text('error.type', 'ApiError')], true),
      ] }],
    }],
  };
  const response = await fetch(`${address.url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-gatehouse-token': address.token }, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
}

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(90_000);
  opened = await launch();
  const { page } = opened;
  await engineReady(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  const { connection, token } = await callFromPage(page, 'connections.addOtlp', { name: 'Ledger cluster' });
  address = { url: connection.endpoint ?? '', token };
  await sendRun('post_entry', '409 Conflict: idempotency key "rf-0041" was used with 312.00');
  await sendRun('post_entry', '409 Conflict: idempotency key "rf-0042" was used with 7.10');
  await sendRun('post_entry', 'connect ECONNREFUSED 127.0.0.1:5432');
});
test.afterAll(async () => { await opened.close(); });

const list = (page: Page) => page.getByRole('grid', { name: 'Failures' });
const pane = (page: Page) => page.getByRole('complementary', { name: 'Group' });
const shown = (page: Page, name: RegExp) => page.getByRole('group', { name: 'Which groups' }).getByRole('radio', { name });

async function violations(page: Page): Promise<string[]> {
  await page.mouse.move(640, 1);
  await expect(page.getByRole('tooltip')).toHaveCount(0);
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return found.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

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
    await callFromPage(page, 'settings.set', { theme });
    await expect(page.locator(`html[data-mantine-color-scheme="${theme}"]`)).toHaveCount(1);
    expect(await violations(page), theme).toEqual([]);
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
