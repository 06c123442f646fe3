/** Alerts in the real window, by keyboard, to a real receiver: a target and its test, a rule, one alert that is delivered once, and what a person says to it; axe in both themes. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { alertMessage, type AlertMessage } from '../shared/alerts.ts';
import { setTheme, violationsAtRest } from './axe.ts';
import { launchReady } from './launch.ts';
import type { Launched } from './launch.ts';
import { Sender, text } from './sender.ts';

interface Taken { message: AlertMessage; uid: string | undefined; authorization: string | undefined }

let opened: Launched;
let agent: Sender;
let server: Server;
let receiver = '';
let answers = 200;
const taken: Taken[] = [];

async function startReceiver(): Promise<void> {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const uid = request.headers['gatehouse-delivery'];
      if (answers === 200) taken.push({ message: alertMessage.parse(JSON.parse(Buffer.concat(parts).toString('utf8'))), uid: typeof uid === 'string' ? uid : undefined, authorization: request.headers.authorization });
      response.writeHead(answers).end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  receiver = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`;
}


/** One run of an agent whose tool fails, as an exporter sends it. */
async function sendRun(message: string): Promise<void> {
  await agent.send({ service: 'ledger', agent: 'ledger-bot', spans: [
    { name: 'invoke_agent ledger-bot', agoMs: [40, 1], attributes: [text('gen_ai.operation.name', 'invoke_agent')] },
    { name: 'execute_tool post_entry', agoMs: [40, 1], attributes: [text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', 'post_entry'), text('error.type', 'ApiError')], failed: message },
  ] });
}

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(90_000);
  await startReceiver();
  opened = await launchReady();
  agent = await Sender.connect(opened.page, 'Ledger cluster');
});
test.afterAll(async () => {
  await opened.close();
  await new Promise((resolve) => { server.close(resolve); });
});

const inbox = (page: Page) => page.getByRole('grid', { name: 'Alerts', exact: true });
const rules = (page: Page) => page.getByRole('grid', { name: 'Alert rules' });
const targets = (page: Page) => page.getByRole('grid', { name: 'Alert targets' });
const pane = (page: Page, name: 'Alert' | 'Target') => page.getByRole('complementary', { name, exact: true });
const tab = (page: Page, name: RegExp) => page.getByRole('tablist', { name: 'Parts of alerts' }).getByRole('tab', { name });

async function readableInBoth(page: Page, where: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme);
    expect(await violationsAtRest(page), `${where}, ${theme}`).toEqual([]);
  }
}

test('a target is added by keyboard, and its test says what the receiver did', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
  await expect(page.getByText(/rules watch: “/)).toBeVisible();
  await tab(page, /^Targets/).click();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: /^Add alert target/ });
  await dialog.getByLabel('Address').fill('ftp://nowhere');
  await expect(dialog.getByText('The address begins with http:// or https://.')).toBeVisible();
  await dialog.getByLabel('Address').fill(receiver);
  await dialog.getByLabel('Name', { exact: false }).last().fill('On call');
  await readableInBoth(page, 'target dialog');
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toHaveCount(0);
  await expect(targets(page).getByRole('row', { name: /On call, Webhook/ })).toBeVisible();

  await page.keyboard.press('t');
  await expect(pane(page, 'Target').getByText('The receiver took the test message')).toBeVisible();
  expect(taken.map((one) => one.message.event)).toEqual(['test']);
  answers = 503;
  await page.keyboard.press('t');
  await expect(pane(page, 'Target').getByText('The test message did not arrive')).toBeVisible();
  await expect(pane(page, 'Target').getByText(/503/).first()).toBeVisible();
  answers = 200;
  await readableInBoth(page, 'targets');
});

test('a rule is made by keyboard, and one that came with Gatehouse is switched off', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.getByRole('button', { name: /^Alert rules \(\d+\)/ }).click();
  await expect(rules(page).locator('[data-row]').first()).toBeVisible();
  const builtIn = rules(page).getByRole('row', { name: /^Row \d+ of \d+, New failure/ });
  await builtIn.getByRole('switch').press('Space');
  await expect(builtIn.getByRole('switch')).not.toBeChecked();

  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'Add alert rule' });
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Ledger breaks');
  await page.keyboard.press('Tab');
  await expect(dialog.getByLabel('Tell when')).toBeFocused();
  await page.keyboard.type('a failure');
  await expect(dialog.getByText(/each time that it comes/)).toBeVisible();
  await dialog.getByRole('group', { name: 'Targets', exact: true }).getByLabel(/On call/).press('Space');
  await dialog.getByRole('button', { name: 'Escalate if nobody acknowledges…' }).press('Enter');
  await expect(dialog.getByText('Escalation 1 tells nobody: choose a target.')).toBeVisible();
  await dialog.getByRole('group', { name: 'Targets of escalation 1' }).getByLabel(/On call/).press('Space');
  await readableInBoth(page, 'rule dialog');
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toHaveCount(0);
  await expect(rules(page).getByRole('row', { name: /Ledger breaks, on, Attention/ })).toContainText('after 15 min: On call');
  await readableInBoth(page, 'rules');
});

test('what fails becomes one alert, delivered once; it is acknowledged, taken back, and over', async () => {
  test.setTimeout(120_000);
  const { page } = opened;
  await tab(page, /^Inbox/).click();
  await sendRun('409 Conflict: idempotency key "rf-0041" was used <img src=x onerror=alert(1)>');
  await expect(inbox(page).locator('[data-row]')).toHaveCount(1, { timeout: 30_000 });
  await expect(page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: /^Alerts/ })).toContainText('1');
  await expect(pane(page, 'Alert').getByText('Open: nobody has said that they know.')).toBeVisible();
  await expect(pane(page, 'Alert').getByRole('paragraph').filter({ hasText: 'Escalates to' })).toContainText(/On call in \d+ min unless somebody acknowledges/);
  await expect(pane(page, 'Alert').getByText('Sent', { exact: true })).toBeVisible({ timeout: 30_000 });
  await sendRun('409 Conflict: idempotency key "rf-0042" was used <img src=x onerror=alert(1)>');
  await readableInBoth(page, 'inbox');

  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('a');
  await expect(pane(page, 'Alert').getByText(/^Acknowledged by/)).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(pane(page, 'Alert').getByText('Open: nobody has said that they know.')).toBeVisible();
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('Space');
  await page.keyboard.press('a');
  await expect(inbox(page).getByRole('row', { name: /Acknowledged/ })).toBeVisible();
  await expect(pane(page, 'Alert').getByText(/^Escalates to/)).toHaveCount(0);

  await pane(page, 'Alert').getByLabel('Note for the history').fill('The key is used once a day: INC-2041');
  await pane(page, 'Alert').getByRole('button', { name: 'Resolve' }).click();
  await expect(page.getByText('No alert where we could see')).toBeVisible();
  await page.getByRole('group', { name: 'Which alerts' }).getByRole('radio', { name: 'All' }).check({ force: true });
  await expect(pane(page, 'Alert').getByText(/^Resolved by/)).toBeVisible();
  await expect(pane(page, 'Alert').getByText(/INC-2041/)).toBeVisible();
  // Once, whatever came after it; the delivery's identifier is the same in the message and its header.
  expect(taken.slice(1).map((one) => one.message.event)).toEqual(['raised']);
  expect(taken[1]?.uid).toBe(taken[1]?.message.delivery);

  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Group' }).getByText(/409 Conflict/).first()).toBeVisible();
});
