/** Access, looked at: the matrix by keyboard, an imported policy from paste to removal, a finding dismissed with a reason; axe in both themes. */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { setTheme, violationsAtRest } from './axe.ts';
import { callFromPage, engineReady, launchReady } from './launch.ts';
import type { Launched } from './launch.ts';

let opened: Launched;
let agentId: string;
const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Everything', Effect: 'Allow', Action: ['s3:*'], Resource: '*' }, { Sid: 'Odd', Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::invoices/*', Condition: { StringLike: { 'aws:PrincipalTag/team': 'fin*' } } }] }, null, 2);

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  opened = await launchReady({ arguments: ['--demo'] });
  const { page } = opened;
  await expect.poll(async () => (await callFromPage(page, 'agents.list', { period: { from: '2020-01-01T00:00:00.000Z', to: null } })).rows.some((row) => row.name === 'refund-runner'), { timeout: 60_000 }).toBe(true);
  agentId = (await callFromPage(page, 'agents.list', { period: { from: '2020-01-01T00:00:00.000Z', to: null } })).rows.find((row) => row.name === 'refund-runner')?.id ?? '';
});
test.afterAll(async () => { await opened.close(); });

async function openTab(page: Page, name: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press('x');
  await expect(page.getByRole('heading', { level: 1, name: 'Access' })).toBeVisible();
  await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole('tabpanel', { name: new RegExp(`^${name}`) })).toBeVisible();
  await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0);
}

test('a policy is read before it is imported, and nothing of what was typed is lost', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await page.keyboard.press('Control+k');
  await page.keyboard.type('import a grant');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Import grant document' });
  await expect(dialog.getByLabel('Document, word for word')).toBeFocused();
  await page.keyboard.insertText(policy);
  await expect(dialog.getByLabel('Format')).toHaveValue('iam');
  await expect(dialog.getByRole('group', { name: 'How it reads' })).toContainText('Everything');
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('alert')).toContainText('What you typed will be lost');
  await dialog.getByRole('button', { name: 'Keep editing' }).click();
  await dialog.getByLabel('Name', { exact: true }).fill('fin-agents-exec');
  await dialog.getByLabel('Role, key or account that holds it').fill('role fin-agents-exec');
  await dialog.getByRole('checkbox', { name: /^refund-runner/ }).check();
  expect(await violationsAtRest(page)).toEqual([]);
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('grid', { name: 'Grant documents' }).getByRole('row', { name: /fin-agents-exec/ })).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Document' })).toContainText('"Sid": "Everything"');
  await setTheme(page, 'dark');
  expect(await violationsAtRest(page)).toEqual([]);
  await setTheme(page, 'light');
});

test('the matrix has one tab stop, and what stands behind a cell follows the arrows', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await openTab(page, 'Matrix');
  await page.keyboard.press('/');
  await page.keyboard.type('refund-runner');
  const grid = page.getByRole('grid', { name: 'What agents may touch' });
  await expect(grid.getByRole('rowheader')).toHaveCount(1);
  await expect(grid.getByRole('rowheader', { name: /refund-runner/ })).toBeVisible();
  await expect(grid.locator('[tabindex="0"]')).toHaveCount(1);
  await grid.locator('[tabindex="0"]').focus();
  await page.keyboard.press('Home');
  await expect(page.getByRole('complementary', { name: 'What stands behind it' }).getByRole('heading', { name: 'refund-runner' })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('complementary', { name: 'What stands behind it' }).getByRole('heading', { name: 'Cell' })).toBeVisible();
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('gridcell');
  const place = await page.evaluate(() => location.hash);
  expect(place).toContain('row=');
  await page.reload();
  await engineReady(page);
  expect(await page.evaluate(() => location.hash)).toBe(place);
  await expect(page.getByLabel('Filter by agent or resource')).toHaveValue('refund-runner');
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme);
    expect(await violationsAtRest(page), theme).toEqual([]);
  }
  await setTheme(page, 'light');
  await page.getByRole('radio', { name: 'By class' }).check({ force: true });
  await expect(grid.getByRole('columnheader', { name: /^Read/ })).toBeVisible();
  await page.getByLabel('Filter by agent or resource').fill('no such agent or tool');
  await expect(page.getByText('No agent fits this filter')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(grid.getByRole('rowheader').first()).toBeVisible();
});

test('a finding is dismissed with a reason, listed, and restored', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await expect.poll(async () => (await callFromPage(page, 'access.findings', { agentId })).rows.some((row) => row.rule === 'wildcard'), { timeout: 20_000 }).toBe(true);
  await openTab(page, 'Findings');
  await page.keyboard.press('/');
  await page.keyboard.type('refund-runner');
  const row = page.getByRole('grid', { name: 'Findings' }).getByRole('row', { name: /refund-runner, Wildcard/ });
  await row.click();
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme);
    expect(await violationsAtRest(page), theme).toEqual([]);
  }
  await page.getByRole('complementary', { name: 'Finding' }).getByRole('button', { name: 'Dismiss…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Dismiss finding' });
  await expect(dialog.getByRole('button', { name: /^Dismiss/ })).toBeDisabled();
  await page.keyboard.type('The bucket policy holds it to one folder.');
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toHaveCount(0);
  await expect(row).toHaveCount(0);
  await page.getByRole('radio', { name: /^Dismissed/ }).check({ force: true });
  await expect(page.getByRole('complementary', { name: 'Finding' })).toContainText('The bucket policy holds it to one folder.');
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByRole('complementary', { name: 'Finding' })).toHaveCount(0);
});

test('what would be enough is proposed and replayed, what is held is approved, and a document is removed', async () => {
  test.setTimeout(90_000);
  const { page } = opened;
  await page.evaluate((id) => { location.hash = `#/access?propose=${encodeURIComponent(id)}`; }, agentId);
  const proposal = page.getByRole('dialog', { name: 'Least that its work needs' });
  await expect(proposal.getByText('The console applies nothing')).toBeVisible();
  await expect(proposal.getByText(/past actions? would have been blocked/)).toBeVisible();
  expect(await violationsAtRest(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(proposal).toHaveCount(0);

  await openTab(page, 'Changes');
  await page.getByLabel('Baseline and changes of').selectOption({ label: 'refund-runner' });
  await page.getByRole('button', { name: /^Approve what it holds/ }).click();
  const approve = page.getByRole('dialog', { name: 'Approve as baseline' });
  await expect(approve.getByText(/^What is approved, \d+ grant/)).toBeVisible();
  await page.keyboard.type('As agreed with Finance.');
  await page.keyboard.press('Control+Enter');
  await expect(approve).toHaveCount(0);
  await expect(page.getByText('It holds exactly that now.')).toBeVisible();
  await setTheme(page, 'dark');
  expect(await violationsAtRest(page)).toEqual([]);

  await openTab(page, 'Documents');
  const document = page.getByRole('grid', { name: 'Grant documents' }).getByRole('row', { name: /fin-agents-exec/ });
  await document.click();
  await page.getByRole('complementary', { name: 'Document' }).getByRole('button', { name: 'Remove…' }).click();
  await page.keyboard.press('Control+Enter');
  await expect(document).toHaveCount(0);
  await setTheme(page, 'light');
});
