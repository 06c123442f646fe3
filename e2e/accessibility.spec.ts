/** Every screen and dialog of the page through axe, light and dark, with the demo fleet's agents on it; and the keyboard alone. */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { setTheme, violations } from './axe.ts';
import { callFromPage, engineReady, launch } from './launch.ts';
import type { Launched } from './launch.ts';

let desk: Launched | undefined;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  desk = await launch({ arguments: ['--demo'] });
  const { page } = desk;
  await engineReady(page);
  await expect.poll(async () => (await callFromPage(page, 'system.status', {})).agents, { timeout: 60_000 }).toBeGreaterThanOrEqual(6);
});
test.afterAll(async () => { await desk?.close(); });

function pageOf(launched: Launched | undefined): Page {
  if (launched === undefined) throw new Error('the app did not start');
  return launched.page;
}

const screens = { o: 'Overview', l: 'Live', a: 'Agents', p: 'Approvals', i: 'Alerts', s: 'Stop orders', n: 'Connections', ',': 'Settings' };

async function goTo(page: Page, letter: string, title: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(letter);
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing, ${theme}`, async () => {
    test.setTimeout(180_000);
    const page = pageOf(desk);
    await setTheme(page, theme);
    for (const [letter, title] of Object.entries(screens)) {
      await goTo(page, letter, title);
      await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0);
      expect(await violations(page), title).toEqual([]);
    }
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('refund-runner');
    await expect(page.getByRole('option', { name: /refund-runner/ }).first()).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'refund-runner' })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    for (const tab of ['Identity', 'Access']) {
      await page.getByRole('tab', { name: tab }).click();
      await expect(page.getByRole('tabpanel', { name: tab })).toBeVisible();
      expect(await violations(page), tab).toEqual([]);
    }
    await page.getByRole('tab', { name: 'Identity' }).click();
    await page.getByRole('button', { name: 'Link another agent…' }).click();
    await expect(page.getByRole('dialog', { name: 'Link another agent' })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test(`axe finds nothing in the guided dialog of any kind, ${theme}`, async () => {
    test.setTimeout(120_000);
    const page = pageOf(desk);
    await setTheme(page, theme);
    await goTo(page, 'n', 'Connections');
    for (const kind of [/LangGraph/, /A2A/, /MCP server over HTTP/, /MCP local program/]) {
      await page.keyboard.press('a');
      const dialog = page.getByRole('dialog', { name: 'Add connection' });
      await dialog.getByRole('radio', { name: kind }).check();
      expect(await violations(page), String(kind)).toEqual([]);
      await page.keyboard.press('Control+Enter');
      await expect(dialog.getByLabel('Name of the connection')).toBeVisible();
      expect(await violations(page), String(kind)).toEqual([]);
      const address = dialog.getByLabel('Address');
      if (await address.isVisible()) {
        await address.fill('http://127.0.0.1:9');
        await page.keyboard.press('Control+Enter');
        await expect(dialog.getByText('Where the credential comes from').first()).toBeVisible();
        expect(await violations(page), String(kind)).toEqual([]);
        await page.keyboard.press('Escape');
        await dialog.getByRole('button', { name: 'Close and lose it' }).click();
      } else await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
    }
  });
}

test('letters do nothing while typing, nor when they are switched off', async () => {
  const page = pageOf(desk);
  await goTo(page, 'n', 'Connections');
  await page.keyboard.press('/');
  const filter = page.getByLabel('Filter connections');
  await expect(filter).toBeFocused();
  await page.keyboard.type('ga');
  await expect(filter).toHaveValue('ga');
  await expect(page.getByRole('heading', { level: 1, name: 'Connections' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(filter).toHaveValue('');
  await page.keyboard.press('Escape');

  await callFromPage(page, 'settings.set', { singleKeys: false });
  await goByClick(page, 'Settings');
  await expect(page.getByRole('switch', { name: 'Single letter keys' })).toHaveAttribute('aria-checked', 'false');
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Find or do' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  await callFromPage(page, 'settings.set', { singleKeys: true });
});

async function goByClick(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: title }).click();
}

test('F6 walks the regions, and the focus is always seen', async () => {
  const page = pageOf(desk);
  await goByClick(page, 'Connections');
  await expect(page.getByRole('heading', { level: 1, name: 'Connections' })).toBeVisible();
  const seen = new Set<string>();
  for (let step = 0; step < 4; step += 1) {
    await page.keyboard.press('F6');
    seen.add(await page.evaluate(() => document.activeElement?.closest('[data-region]')?.tagName ?? 'none'));
  }
  expect([...seen].toSorted()).toEqual(['FOOTER', 'HEADER', 'MAIN', 'NAV']);
});

test('no screen is wider than the window at 200 %, and no screen loses its name to what stands beside it', async () => {
  test.setTimeout(120_000);
  const page = pageOf(desk);
  const places = ['overview', 'live', 'agents', 'approvals', 'access', 'access?tab=findings', 'cost?tab=spend', 'cost?tab=budgets', 'cost?tab=prices', 'failures', 'alerts', 'alerts?tab=rules', 'stop', 'stop?tab=readiness', 'audit', 'connections', 'settings'];
  const look = async (): Promise<{ place: string; over: number; cut: boolean }[]> => {
    const looks: { place: string; over: number; cut: boolean }[] = [];
    for (const place of places) {
      await page.evaluate((hash) => { location.hash = `#/${hash}`; }, place);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0);
      looks.push(await page.evaluate((name) => {
        const title = document.querySelector('h1');
        return { place: name, over: document.documentElement.scrollWidth - window.innerWidth, cut: title === null || title.scrollWidth > title.clientWidth };
      }, place));
    }
    return looks;
  };
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 800 };
  for (const size of [{ width: 1024, height: 700 }, { width: 640, height: 400 }]) {
    await page.setViewportSize(size);
    expect((await look()).filter(({ over, cut }) => over > 0 || cut), JSON.stringify(size)).toEqual([]);
  }
  await page.setViewportSize({ width, height });
});

test('a screen begins at its top, wherever the one before was left', async () => {
  const page = pageOf(desk);
  await goByClick(page, 'Settings');
  const main = page.locator('main');
  await expect(page.getByRole('button', { name: 'Licences…' })).toBeAttached();
  await main.evaluate((frame) => { frame.scrollTo({ top: frame.scrollHeight }); });
  expect(await main.evaluate((frame) => frame.scrollTop)).toBeGreaterThan(0);
  await goByClick(page, 'Overview');
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await expect(main.locator('[aria-busy="true"]')).toHaveCount(0);
  expect(await main.evaluate((frame) => frame.scrollTop)).toBe(0);
});

test('who walks in a list has left the control that had the focus: Enter opens the row', async () => {
  const page = pageOf(desk);
  const link = page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Connections' });
  await link.focus();
  await goTo(page, 'a', 'Agents');
  await expect(page.getByRole('grid', { name: 'Agents' }).locator('[data-row]').first()).toBeVisible();
  await expect(link).toBeFocused();
  await page.keyboard.press('j');
  await expect(page.getByRole('grid', { name: 'Agents' }).locator('[data-row]:focus')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#\/agent\//);
});
