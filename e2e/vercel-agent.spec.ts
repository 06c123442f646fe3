/**
 * The main job, end to end in the real window: an agent that is the published Vercel AI SDK with its own telemetry exports to the
 * console, and an administrator sees it. Only the model's answers are scripted.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { startStandInModel } from './agents/stand-in-model.ts';
import { callFromPage, engineReady, launch } from './launch.ts';
import type { Launched } from './launch.ts';

const script = [
  { toolCall: { name: 'get_invoice', args: { invoiceId: 'INV-1001' } }, promptTokens: 1_200, cachedTokens: 0, completionTokens: 40 },
  { toolCall: { name: 'send_payment', args: { invoiceId: 'INV-1001', amount: 250 } }, promptTokens: 1_300, cachedTokens: 800, completionTokens: 41 },
  { text: 'The invoice was found, but the payment failed.', promptTokens: 1_400, cachedTokens: 800, completionTokens: 42 },
];

async function runAgent(endpoint: string, token: string): Promise<void> {
  const model = await startStandInModel(script);
  try {
    const agent = spawn(process.execPath, [fileURLToPath(new URL('agents/vercel-agent.ts', import.meta.url))], {
      env: { ...process.env, STAND_IN_MODEL: model.url, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${token}` },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const code = await new Promise((resolve) => { agent.once('exit', resolve); });
    expect(code).toBe(0);
    expect(model.served()).toBe(script.length);
  } finally {
    await model.close();
  }
}

const go = async (page: Page, letter: string): Promise<void> => { await page.keyboard.press('g'); await page.keyboard.press(letter); };

let opened: Launched;
test.beforeAll(async () => {
  opened = await launch();
  await engineReady(opened.page);
  const { endpoint, token } = await callFromPage(opened.page, 'connections.addOtlp', { name: 'Invoices' });
  await runAgent(endpoint, token);
});
test.afterAll(async () => { await opened.close(); });

test('the agent stands in the list with its failure', async () => {
  const { page } = opened;
  await go(page, 'a');
  const row = page.getByRole('row').filter({ hasText: 'invoice-agent' });
  await expect(row).toBeVisible();
  await expect(row).toContainText('Invoices');
});

test('its task, its calls, its tokens and the failed tool are on its screen', async () => {
  const { page } = opened;
  await go(page, 'a');
  await page.getByRole('row').filter({ hasText: 'invoice-agent' }).dblclick();
  const timeline = page.getByRole('treegrid');
  await expect(timeline.getByText('get_invoice')).toBeVisible();
  await timeline.getByText('send_payment').click();
  await expect(page.getByText('Payment gateway rejected: insufficient permissions').first()).toBeVisible();
});

test('the engine says the same figures', async () => {
  const { page } = opened;
  const { rows: [agent] } = await callFromPage(page, 'agents.list', { period: { from: new Date(Date.now() - 3_600_000).toISOString(), to: null } });
  // Uncached input: 1,200 + (1,300 - 800) + (1,400 - 800).
  expect(agent).toMatchObject({
    name: 'invoice-agent', service: 'invoice-service', tasks: 1, failures: 1,
    usage: { inputTokens: 2_300, outputTokens: 123, cacheReadTokens: 1_600, cacheWriteTokens: 0, reasoningTokens: 0 }, cost: { amountMicros: null, provenance: 'unpriced' },
  });
  const { rows } = await callFromPage(page, 'activity.list', {});
  expect(rows.filter((row) => row.kind === 'tool_call').map((row) => `${row.name}: ${row.status}`).toSorted()).toEqual(['get_invoice: ok', 'send_payment: error']);
  expect(rows.filter((row) => row.kind === 'model_call')).toHaveLength(3);
});

test('Live shows what happened', async () => {
  const { page } = opened;
  await go(page, 'l');
  await expect(page.getByText('send_payment').first()).toBeVisible();
  await expect(page.getByText('Failed').first()).toBeVisible();
});
