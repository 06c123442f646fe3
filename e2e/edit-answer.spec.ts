/** Approving with changed parameters, at a real LangGraph Agent Server: what was typed is what the agent does. */
import { expect, test } from '@playwright/test';
import { callFromPage, engineReady, launch } from './launch.ts';
import { startLangGraph } from './runtimes/start-langgraph.ts';

test('changed parameters are checked, shown against what was asked, and used', async () => {
  test.setTimeout(120_000);
  const server = await startLangGraph({ which: '1.5' });
  const { page, close } = await launch();
  await engineReady(page);
  await callFromPage(page, 'connections.addRuntime', { name: 'Claims server', target: { kind: 'langgraph', url: server.url } });
  const post = async (path: string, body: unknown): Promise<Record<string, string>> =>
    (await fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json() as Promise<Record<string, string>>;
  const thread = (await post('/threads', {}))['thread_id'] ?? '';
  await post(`/threads/${thread}/runs`, { assistant_id: 'refund-desk', input: { messages: [{ role: 'user', content: 'Refund order ORD-777' }] } });

  await page.keyboard.press('g');
  await page.keyboard.press('p');
  const pane = page.getByRole('complementary', { name: 'Approval' });
  await expect(pane.getByText('ORD-777').first()).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press('e');
  const field = pane.getByRole('textbox', { name: /^Parameters of issue_refund/ });
  await expect(field).toBeFocused();
  const send = pane.getByRole('button', { name: 'Approve with changes' });
  await expect(pane.getByText('No parameter differs yet.')).toBeVisible();
  const asked = await field.inputValue();
  await field.fill(asked.replace('180', '120,'));
  await expect(pane.getByText(/Not JSON/).first()).toBeVisible();
  await expect(send).toBeDisabled();
  await field.fill(asked.replace('180', '120'));
  const changes = pane.getByRole('table', { name: 'Changes to issue_refund' });
  await expect(changes.getByRole('row').filter({ hasText: 'amount' })).toContainText('180');
  await expect(changes.getByRole('row').filter({ hasText: 'amount' })).toContainText('120');
  await expect(changes.getByRole('row')).toHaveCount(2);

  // A walk to another screen and back loses nothing of what was typed.
  await page.keyboard.press('Escape');
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: /^Approvals/ }).click();
  await pane.getByRole('button', { name: 'Edit parameters' }).click();
  await expect(field).toHaveValue(asked.replace('180', '120'));
  await expect(send).toBeEnabled();
  await send.click();
  await expect.poll(async () => (await fetch(`${server.url}/threads/${thread}/state`)).text(), { timeout: 20_000 }).toContain('refunded 120 EUR for ORD-777');
  await expect(pane.getByText('The runtime took the answer.')).toBeVisible();
  await close();
  await server.stop();
});
