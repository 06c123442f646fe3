/**
 * First paint of the console on a large history against a bare window of the same Electron, in turn. From just before the
 * process is made to the page's first contentful paint. The console's document is empty until its script has drawn the
 * shell, so its first content is the shell; the bare page is one word. Nothing is attached to a page before it has painted.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { appWords } from '../e2e/launch.ts';
import { RunningApp, sleep } from './browser.ts';
import type { DebugSocket } from './browser.ts';
import { largeHistory } from './history.ts';
import { median } from './table.ts';
import type { Row } from './table.ts';

const settleMs = 3_500;

const bareMain = `const { app, BrowserWindow } = require('electron');
app.setPath('userData', require('node:path').join(__dirname, 'window'));
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, useContentSize: true, show: false, webPreferences: { sandbox: true, contextIsolation: true } });
  window.once('ready-to-show', () => window.show());
  window.loadFile('index.html');
});
app.on('window-all-closed', () => app.quit());
`;

function bareApp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bare-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'bare', version: '1.0.0', main: 'main.cjs' }));
  writeFileSync(join(folder, 'main.cjs'), bareMain);
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>bare</title><p>bare</p>');
  return folder;
}

const switches = (): string[] => (process.env['GATEHOUSE_ELECTRON_SWITCHES'] ?? '').split(' ').filter((word) => word !== '');
const paint = z.object({ at: z.number(), main: z.boolean() });
const whenPainted = `(() => {
  const first = performance.getEntriesByType('paint').find((one) => one.name === 'first-contentful-paint');
  return { at: first === undefined ? 0 : performance.timeOrigin + first.startTime, main: document.getElementById('main') !== null };
})()`;
/** The overview's panels are there, nothing in it is being read, and its chart is drawn. */
const whenData = `new Promise((resolve) => {
  const until = Date.now() + 30_000;
  const look = () => {
    if (Date.now() > until) return resolve(0);
    const main = document.getElementById('main');
    if (main !== null && main.querySelector('[aria-busy="true"]') === null && main.querySelector('.recharts-surface') !== null) requestAnimationFrame(() => resolve(Date.now()));
    else setTimeout(look, 20);
  };
  look();
})`;

async function paintedAfter(words: readonly string[], hasShell: boolean): Promise<number> {
  const app = await RunningApp.start(words);
  try {
    await sleep(settleMs);
    const page = await app.page();
    const { at, main } = await page.evaluate(whenPainted, paint);
    page.close();
    if (at === 0 || main !== hasShell) throw new Error('the window did not paint what it should within its time');
    return at - app.startedAt;
  } finally {
    await app.stop();
  }
}

/** Before its document is there a page has nothing to evaluate in. */
async function askEarly(page: DebugSocket): Promise<number> {
  for (const until = Date.now() + 10_000; ; await sleep(10)) {
    try {
      return await page.evaluate(whenData, z.number());
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

async function dataAfter(words: readonly string[]): Promise<number> {
  const app = await RunningApp.start(words);
  try {
    const page = await app.page();
    const at = await askEarly(page);
    page.close();
    if (at === 0) throw new Error('the overview had no data within 30 s');
    return at - app.startedAt;
  } finally {
    await app.stop();
  }
}

const ms = (values: readonly number[]): string => values.map((value) => value.toFixed(0)).join(' ');

export async function benchFirstPaint(rows: number, rounds: number): Promise<Row[]> {
  const folder = await largeHistory(rows);
  const bare = bareApp();
  const consoleWords = appWords(folder);
  const bareWords = [...switches(), bare];
  try {
    // Once each, unmeasured: files in the cache, Chromium's own folders made.
    await paintedAfter(bareWords, false);
    await paintedAfter(consoleWords, true);
    const bareMs: number[] = [];
    const consoleMs: number[] = [];
    const dataMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bareMs.push(await paintedAfter(bareWords, false));
      consoleMs.push(await paintedAfter(consoleWords, true));
    }
    for (let round = 0; round < Math.min(rounds, 3); round += 1) dataMs.push(await dataAfter(consoleWords));
    process.stderr.write(`first paint, ms: bare ${ms(bareMs)}; console ${ms(consoleMs)}; overview with its data ${ms(dataMs)}\n`);
    return [{
      what: `first paint with ${rows.toLocaleString('en')} activities`, measured: median(consoleMs) / median(bareMs), limit: 1.8, sense: 'max', unit: ' x',
      note: `console ${median(consoleMs).toFixed(0)} ms, bare window ${median(bareMs).toFixed(0)} ms, medians of ${rounds}; overview with its data after ${median(dataMs).toFixed(0)} ms`,
    }];
  } finally {
    rmSync(bare, { recursive: true, force: true });
  }
}
