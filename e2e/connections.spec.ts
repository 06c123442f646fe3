/** The guided dialog against the real receiver: what it says turns green by itself, and only when it is true. */
import { expect, test } from '@playwright/test';
import { engineReady, launch } from './launch.ts';

/** One finished model call, as an exporter would send it. */
function modelCall(): string {
  const now = BigInt(Date.now()) * 1_000_000n;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const count = (key: string, intValue: string) => ({ key, value: { intValue } });
  return JSON.stringify({
    resourceSpans: [{
      resource: { attributes: [text('service.name', 'quote-api')] },
      scopeSpans: [{
        scope: { name: 'quote-api' },
        spans: [{
          traceId: 'a1'.repeat(16), spanId: 'b2'.repeat(8), name: 'chat gpt-5', kind: 3, startTimeUnixNano: String(now - 2_000_000_000n), endTimeUnixNano: String(now),
          attributes: [
            text('gen_ai.operation.name', 'chat'), text('gen_ai.agent.name', 'quote-bot'), text('gen_ai.request.model', 'gpt-5'),
            count('gen_ai.usage.input_tokens', '120'), count('gen_ai.usage.output_tokens', '30'),
          ],
        }],
      }],
    }],
  });
}

const send = async (endpoint: string, token: string): Promise<number> =>
  (await fetch(`${endpoint}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-gatehouse-token': token }, body: modelCall() })).status;

test('a connection is made, waits, turns green by itself, and is removed with its history', async () => {
  const { app, page, close } = await launch();
  await engineReady(page);
  await expect(page.getByRole('heading', { name: 'Nothing is connected yet' })).toBeVisible();

  await page.keyboard.press('1');
  const dialog = page.getByRole('dialog', { name: 'Add connection' });
  await dialog.getByLabel('Name of the connection').fill('Lab cluster');
  await dialog.getByRole('button', { name: 'Next' }).last().click();
  await expect(dialog.getByRole('radio', { name: /Redacted/ })).toBeChecked();
  await dialog.getByRole('button', { name: 'Make token and wait' }).click();
  await expect(dialog.getByText('Waiting for first data')).toBeVisible();
  await expect(dialog.locator('[data-step="receiver"]')).toHaveAttribute('data-state', 'done');
  await expect(dialog.locator('[data-step="data"]')).toHaveAttribute('data-state', 'waiting');

  await dialog.getByRole('tab', { name: 'Any OpenTelemetry SDK' }).click();
  await dialog.getByRole('button', { name: 'Copy with token: Any OpenTelemetry SDK' }).click();
  await expect(dialog.getByText('Copied')).toBeVisible();
  const copied = await app.evaluate(({ clipboard }) => clipboard.readText());
  const endpoint = /ENDPOINT="?([^"\s]+)/.exec(copied)?.[1] ?? '';
  const token = /x-gatehouse-token=([^"'\s,]+)/.exec(copied)?.[1] ?? '';
  expect(token.length).toBeGreaterThan(20);
  expect(await page.content()).not.toContain(token);

  expect(await send(endpoint, 'not-the-token')).toBe(401);
  await expect(dialog.getByText('The receiver refused 1 request without a valid token')).toBeVisible();
  await expect(dialog.locator('[data-step="data"]')).toHaveAttribute('data-state', 'waiting');

  expect(await send(endpoint, decodeURIComponent(token))).toBe(200);
  await expect(dialog.getByText('First data arrived')).toBeVisible();
  for (const step of ['data', 'agents', 'usage']) await expect(dialog.locator(`[data-step="${step}"]`)).toHaveAttribute('data-state', 'done');
  await dialog.getByRole('button', { name: 'Finish' }).click();

  const detail = page.getByRole('complementary', { name: 'Connection Lab cluster' });
  await expect(detail.getByText('Healthy')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Senders without a valid token' })).toContainText('1 request refused (401)');

  await detail.getByRole('button', { name: 'Remove…' }).click();
  const removing = page.getByRole('dialog', { name: 'Remove connection' });
  await removing.getByRole('radio', { name: /Delete history/ }).check();
  const remove = removing.getByRole('button', { name: 'Remove, delete 1 activities' });
  await expect(remove).toBeDisabled();
  await removing.getByRole('textbox').fill('Lab cluster');
  await remove.click();
  await expect(page.getByRole('row', { name: /Lab cluster/ })).toHaveCount(0);
  await close();
});

test('what was typed is not lost to one Escape', async () => {
  const { page, close } = await launch();
  await engineReady(page);
  await expect(page.getByRole('heading', { name: 'Nothing is connected yet' })).toBeVisible();
  await page.keyboard.press('1');
  const dialog = page.getByRole('dialog', { name: 'Add connection' });
  await dialog.getByLabel('Name of the connection').fill('Half a name');
  await page.keyboard.press('Escape');
  await expect(dialog.getByText('What you typed will be lost.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Keep editing' }).click();
  await expect(dialog.getByLabel('Name of the connection')).toHaveValue('Half a name');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await close();
});
