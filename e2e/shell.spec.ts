/** What the shell promises: one window, remembered; an engine that may die without taking anything down. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { appWords, callFromPage, electronProgram, engineReady, launch, makeDataFolder, removeFolder } from './launch.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // Signal 0 only asks; an error means that there is nobody.
  }
};

let dataFolder: string;
test.beforeEach(async () => { dataFolder = await makeDataFolder(); });
test.afterEach(async () => { await removeFolder(dataFolder); });

test('an engine that is killed is said, comes back, and answers; the window stays', async () => {
  const { page, close } = await launch({ dataFolder });
  await engineReady(page);
  const { connection } = await callFromPage(page, 'connections.addOtlp', { name: 'before the crash' });
  const { pid } = await callFromPage(page, 'system.status', {});
  process.kill(pid, 'SIGKILL');
  await expect(page.getByText('starts again').first()).toBeVisible();
  const state = await engineReady(page, 1);
  expect(state.restarts).toBe(1);
  const { rows } = await callFromPage(page, 'connections.list', {});
  expect(rows.map((row) => row.id)).toContain(connection.id);
  expect((await callFromPage(page, 'system.status', {})).pid).not.toBe(pid);
  await expect(page.getByText('starts again')).toHaveCount(0);
  await close();
});

test('a call that waits while the engine dies is rejected, not left hanging', async () => {
  const { page, close } = await launch({ dataFolder });
  await engineReady(page);
  const { pid } = await callFromPage(page, 'system.status', {});
  process.kill(pid, 'SIGSTOP');
  const waiting = callFromPage(page, 'agents.list', { period: { from: '2026-01-01T00:00:00.000Z', to: null } }).then(() => 'answered', (error: Error) => error.message);
  await page.waitForTimeout(300);
  process.kill(pid, 'SIGKILL');
  expect(await waiting).toContain('unavailable');
  await engineReady(page, 1);
  await close();
});

test('a page that is loaded again gets a port of its own', async () => {
  const { page, close } = await launch({ dataFolder });
  await engineReady(page);
  await page.reload();
  await engineReady(page);
  expect(await callFromPage(page, 'system.ping', {})).toHaveProperty('at');
  await close();
});

test('a second start on the same folder shows the first window and ends', async () => {
  const { app, page, close } = await launch({ dataFolder });
  await engineReady(page);
  await app.evaluate(({ BrowserWindow }) => { BrowserWindow.getAllWindows()[0]?.minimize(); });
  const second: ChildProcess = spawn(electronProgram(), appWords(dataFolder), { stdio: 'ignore' });
  const [code] = await once(second, 'exit') as [number | null];
  expect(code).toBe(0);
  await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized())).toBe(false);
  expect(app.windows()).toHaveLength(1);
  await close();
});

test('the window comes back where it was', async () => {
  const first = await launch({ dataFolder });
  const wanted = { x: 60, y: 50, width: 1000, height: 700 };
  await first.app.evaluate(({ BrowserWindow }, bounds) => { BrowserWindow.getAllWindows()[0]?.setBounds(bounds); }, wanted);
  await first.close();
  const second = await launch({ dataFolder });
  expect(await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toMatchObject({ width: 1000, height: 700 });
  await second.close();
});

test('a remembered place that no display shows is not used', async () => {
  const first = await launch({ dataFolder });
  await first.close();
  writeFileSync(join(dataFolder, 'window', 'window.json'), JSON.stringify({ bounds: { x: 90_000, y: 90_000, width: 800, height: 600 }, maximized: false, theme: 'system' }));
  const second = await launch({ dataFolder });
  const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
  expect(bounds?.x).toBeLessThan(10_000);
  await second.close();
});

test('closing the window ends the engine, and its socket', async () => {
  const { page, close } = await launch({ dataFolder });
  await engineReady(page);
  const { pid } = await callFromPage(page, 'system.status', {});
  await close();
  await expect.poll(() => isAlive(pid)).toBe(false);
});
