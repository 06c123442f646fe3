/** From any screen to a sent stop: the plan of a real A2A task is opened, read, refused its accidents, and fired with three keys. */
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { startA2aServer } from '../demo/runtimes/a2a-server.ts';
import type { A2aServer } from '../demo/runtimes/a2a-server.ts';
import { setTheme, violations } from './axe.ts';
import { callFromPage, launchReady } from './launch.ts';
import type { Launched } from './launch.ts';

let opened: Launched;
let a2a: A2aServer;
let task: string;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  a2a = await startA2aServer({ stepMs: 100, steps: 6_000 });
  opened = await launchReady();
  const { page } = opened;
  await callFromPage(page, 'connections.addRuntime', { name: 'Supplier desk', target: { kind: 'a2a', url: a2a.url } });
  task = await a2a.start('tick') ?? '';
  await expect.poll(async () => (await callFromPage(page, 'tasks.list', {})).rows.find((row) => row.key === task)?.outcome, { timeout: 30_000 }).toBe('running');
});
test.afterAll(async () => {
  await opened.close();
  await a2a.stop();
});

const plan = (page: Page): Locator => page.getByRole('dialog', { name: /^Stop / });
const levers = (page: Page): Locator => plan(page).locator('[data-lever]');
const orders = async (page: Page): Promise<number> => (await callFromPage(page, 'stop.list', {})).rows.length;
/** A press sooner than 400 ms after the plan stands there sends nothing; a person has not read it either. */
const look = (page: Page): Promise<void> => page.waitForTimeout(450);

async function goTo(page: Page, letter: string, title: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(letter);
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
}

async function openPlan(page: Page): Promise<void> {
  await page.keyboard.press('Control+.');
  await expect(levers(page).first()).toBeVisible();
}

/** The runtimes have been asked. */
async function read(page: Page): Promise<void> {
  await expect(plan(page).getByText(/^read \d+ s ago/)).toBeVisible();
}

async function shut(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

test('the key asks what to stop where nothing is chosen, and says what it does', async () => {
  const { page } = opened;
  await goTo(page, 'o', 'Overview');
  await page.keyboard.press('Control+.');
  const chooser = page.getByRole('dialog', { name: 'Stop…' });
  await expect(chooser).toContainText('opens the plan, stops nothing yet');
  await expect(chooser.getByLabel('What to stop')).toBeFocused();
  await expect(chooser.getByRole('option').first()).toContainText('Supplier desk');
  await page.keyboard.type('everything');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Stop everything' })).toBeVisible();
  await shut(page);
  expect(await orders(page)).toBe(0);
});

test('the press that opens the plan never fires it, and neither does a key that is held', async () => {
  const { page } = opened;
  await goTo(page, 'a', 'Agents');
  await page.keyboard.press('j');
  // Slowed down: between what is drawn and what a key then does there must be no moment.
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  // From inside the page, in the frame in which the plan appears: a busy machine must not make the press late.
  await page.evaluate(async () => {
    const press = (key: string): void => { (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, cancelable: true })); };
    press('.');
    press('Enter');
    while (document.querySelector('dialog [data-lever]') === null) {
      await new Promise(requestAnimationFrame);
      press('Enter');
    }
    press('Enter');
  });
  await expect(plan(page).getByRole('alert')).toContainText('Nothing was sent.');
  await expect(plan(page).getByLabel('Reason in words')).toBeFocused();
  await devTools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await shut(page);

  await page.keyboard.down('Control');
  await page.keyboard.down('Enter');
  await page.keyboard.press('.');
  await expect(levers(page).first()).toBeVisible();
  await look(page);
  for (let repeat = 0; repeat < 5; repeat += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await page.keyboard.up('Control');
  await shut(page);
  expect(await orders(page)).toBe(0);
});

test('Escape and Cancel ask before they lose what was typed', async () => {
  const { page } = opened;
  await openPlan(page);
  await page.keyboard.type('Refunds retried');
  await page.keyboard.press('Escape');
  await expect(plan(page)).toContainText('What you typed will be lost.');
  await plan(page).getByRole('button', { name: 'Keep editing' }).click();
  await expect(plan(page).getByLabel('Reason in words')).toHaveValue('Refunds retried');
  await plan(page).getByRole('button', { name: 'Cancel' }).click();
  await plan(page).getByRole('button', { name: 'Close and lose it' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('levers are unticked by keyboard, and stay so when the runtimes are read again', async () => {
  const { page } = opened;
  await openPlan(page);
  const open = plan(page).locator('[data-lever]:not([aria-disabled="true"])');
  const before = await open.evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).checked));
  const at = before.indexOf(true);
  await open.nth(at).focus();
  await page.keyboard.press('Home');
  await expect(levers(page).first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(levers(page).nth(1)).toBeFocused();
  await open.nth(at).focus();
  await page.keyboard.press('Space');
  await expect(open.nth(at)).not.toBeChecked();
  await read(page);
  await plan(page).getByRole('button', { name: 'Read again' }).click();
  await read(page);
  await expect(plan(page).getByRole('button', { name: 'Read again' })).toBeFocused();
  expect(await open.evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).checked))).toEqual(before.map((ticked, index) => ticked && index !== at));
  await shut(page);
});

test('a stop of everything wants the number of agents and a reason', async () => {
  const { page } = opened;
  await page.keyboard.press('Control+k');
  await page.keyboard.type('>stop everything');
  await expect(page.getByRole('option', { name: /Stop everything/ })).toContainText('opens the plan, stops nothing yet');
  await page.keyboard.press('Enter');
  const fire = plan(page).getByRole('button', { name: 'Stop everything now' });
  await expect(plan(page).getByText('A reason is needed for this.')).toBeVisible();
  await expect(fire).toBeDisabled();
  await plan(page).getByLabel('Reason in words').fill('drill of the whole desk');
  const number = await plan(page).getByText(/^Type the number of agents, \d+/).textContent();
  await expect(fire).toBeDisabled();
  await plan(page).getByLabel(/Type the number of agents/).fill(/\d+/.exec(number ?? '')?.[0] ?? '');
  await expect(fire).toBeEnabled();
  await page.keyboard.press('Escape');
  await plan(page).getByRole('button', { name: 'Close and lose it' }).click();
  expect(await orders(page)).toBe(0);
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the plan, ${theme}; it fits the window`, async () => {
    const { page } = opened;
    await setTheme(page, theme);
    await openPlan(page);
    await read(page);
    const box = await plan(page).boundingBox();
    expect((box?.y ?? -1) >= 0 && (box?.y ?? 0) + (box?.height ?? 801) <= 800).toBe(true);
    await expect(plan(page).getByRole('button', { name: /^Stop .* now$/ })).toBeInViewport({ ratio: 1 });
    expect(await violations(page, 'dialog')).toEqual([]);
    await shut(page);
  });
}

test('at 200 % nothing of the plan is lost', async () => {
  const { page } = opened;
  await openPlan(page);
  const words = await plan(page).getByRole('row').nth(1).innerText();
  await shut(page);
  await page.setViewportSize({ width: 640, height: 400 });
  await openPlan(page);
  const row = plan(page).getByRole('row').nth(1);
  for (const part of words.split('\n').filter((text) => text.trim() !== '')) await expect(row).toContainText(part.trim());
  for (const head of ['Order', 'Kind', 'Lever', 'Reaches', 'Does not stop', 'Also hits', 'Usual time', 'Undo']) {
    const label = row.getByText(head, { exact: true });
    await label.scrollIntoViewIfNeeded();
    await expect(label).toBeInViewport();
  }
  await expect(plan(page).getByRole('button', { name: /^Stop .* now$/ })).toBeInViewport({ ratio: 1 });
  expect(await plan(page).evaluate((dialog) => [...dialog.querySelectorAll('div, section, p, input, button')].filter((part) => part.getBoundingClientRect().right > window.innerWidth + 1).length)).toBe(0);
  expect(await violations(page, 'dialog')).toEqual([]);
  await shut(page);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test('three keys from the list of agents to a stop that was sent', async () => {
  const { page } = opened;
  await goTo(page, 'o', 'Overview');
  await goTo(page, 'a', 'Agents');
  const ticks = a2a.effects(task).ticks;
  await expect.poll(() => a2a.effects(task).ticks).toBeGreaterThan(ticks);

  await page.keyboard.press('j');
  await page.keyboard.press('Control+.');
  await expect(levers(page).first()).toBeVisible();
  await look(page);
  await page.keyboard.press('Control+Enter');

  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#\/stop\/.+/);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const { rows } = await callFromPage(page, 'stop.list', {});
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ origin: 'person', level: 'suspend', reasonKind: 'other', reason: '', scope: { kind: 'agent' } });
  // The task itself says whether it was one: what it does in the world ends.
  await expect.poll(async () => {
    const before = a2a.effects(task).ticks;
    await page.waitForTimeout(350);
    return a2a.effects(task).ticks - before;
  }, { timeout: 15_000 }).toBe(0);
});
