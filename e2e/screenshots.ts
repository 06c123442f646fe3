/** Draws the README's pictures from the real window with the demo fleet: `npm run screenshots`. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
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

  const { page, close } = await launch({ arguments: ['--demo'] });
  await engineReady(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(async () => (await callFromPage(page, 'system.status', {})).activities, { timeout: 90_000 }).toBeGreaterThan(2_000);
  // The demo's servers are connected like anybody's, and one of their agents asks at once.
  await expect.poll(async () => (await callFromPage(page, 'approvals.list', { state: 'waiting' })).waiting, { timeout: 60_000 }).toBeGreaterThan(1);
  // A minute of live work, so that something is open.
  await page.waitForTimeout(45_000);
  for (const theme of ['light', 'dark'] as const) {
    await callFromPage(page, 'settings.set', { theme });
    await page.emulateMedia({ colorScheme: theme });
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
  }
  await close();
});
