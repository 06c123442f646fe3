/**
 * The real window on Live, its own engine fed by a sender in another process. Frames are the distances between
 * requestAnimationFrame calls; memory is what the page's process alone has written to, after a forced collection.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { appWords, makeDataFolder, removeFolder } from '../e2e/launch.ts';
import { RunningApp, sleep } from './browser.ts';
import type { DebugSocket } from './browser.ts';
import { median, quantile } from './table.ts';
import type { Row } from './table.ts';

const run = promisify(execFile);
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const frameSeconds = 20;
const sampleMs = 5_000;

export interface LiveOptions { readonly rates: readonly number[]; readonly minutes: number }

const counts = z.object({ sent: z.number(), acknowledged: z.number(), refused: z.number() });
type Counts = z.infer<typeof counts>;

export class Sender {
  readonly #process: ChildProcess;
  #latest: Counts = { sent: 0, acknowledged: 0, refused: 0 };

  constructor(endpoint: string, token: string, rate: number) {
    const child = spawn(process.execPath, [here('steady-load.ts'), `${endpoint}/v1/traces`, token, String(rate)], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (chunk: Buffer) => {
      const line = chunk.toString().trim().split('\n').at(-1);
      if (line) this.#latest = counts.parse(JSON.parse(line));
    });
    this.#process = child;
  }

  get latest(): Counts {
    if (this.#process.exitCode !== null) throw new Error('the sender has ended');
    return this.#latest;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = new Promise((resolve) => { this.#process.once('exit', resolve); });
    this.#process.kill('SIGTERM');
    await gone;
  }
}

const added = z.object({ endpoint: z.string(), token: z.string() });

/** The command line asks the engine that the window has started; it needs a moment to be there. */
async function addConnection(folder: string): Promise<z.infer<typeof added>> {
  const { stdout } = await run(process.execPath, [here('../electron/engine/cli.ts'), 'connections', 'add', 'otlp', '--name', 'bench', '--data', folder, '--json']);
  return added.parse(JSON.parse(stdout));
}

/** Frames of so many seconds, in milliseconds, and how many rows the screen held at the end. */
const watchFrames = `new Promise((resolve) => {
  const deltas = [];
  let before = 0;
  let began = 0;
  const frame = (now) => {
    if (before === 0) began = now;
    else deltas.push(now - before);
    before = now;
    if (now - began < ${frameSeconds * 1_000}) requestAnimationFrame(frame);
    else resolve({ deltas, visible: document.visibilityState === 'visible', drawn: document.querySelectorAll('[data-row]').length });
  };
  requestAnimationFrame(frame);
})`;
const watched = z.object({ deltas: z.array(z.number()), visible: z.boolean(), drawn: z.number() });

interface Memory { readonly mb: number; readonly heapMb: number }

/**
 * After a forced collection: what the process alone has written to (on other systems than Linux the heap), and the page's heap.
 * Its clean private pages do not count: they are the program's own file, shared or private as other Electrons come and go.
 */
async function memoryOf(page: DebugSocket, pid: number): Promise<Memory> {
  await page.send('HeapProfiler.collectGarbage');
  const heapMb = z.object({ usedSize: z.number() }).parse(await page.send('Runtime.getHeapUsage')).usedSize / 1e6;
  if (process.platform !== 'linux') return { mb: heapMb, heapMb };
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return { mb: ['Private_Dirty', 'Swap'].reduce((sum, name) => sum + Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0), 0) / 1_000, heapMb };
}

interface Level { readonly first: Memory; readonly end: Memory; readonly samples: number; readonly arrivedPerSecond: number }

/** Level of the first minute (of a shorter run its first half) against that of the last minute (or half). */
async function watchMemory(page: DebugSocket, pid: number, sender: Sender, minutes: number): Promise<Level> {
  const samples: (Memory & { readonly at: number })[] = [];
  const began = Date.now();
  const before = sender.latest.acknowledged;
  while (Date.now() - began < minutes * 60_000) {
    await sleep(sampleMs);
    samples.push({ at: Date.now() - began, ...await memoryOf(page, pid) });
    if (samples.length % 6 === 0) process.stderr.write(`memory after ${(samples.at(-1)?.at ?? 0) / 1_000 | 0} s: ${samples.at(-1)?.mb.toFixed(1)} MB, heap ${samples.at(-1)?.heapMb.toFixed(1)} MB\n`);
  }
  const span = Math.min(60_000, (minutes * 60_000) / 2);
  const last = samples.at(-1)?.at ?? 0;
  const level = (wanted: (at: number) => boolean): Memory => {
    const some = samples.filter((one) => wanted(one.at));
    return { mb: median(some.map((one) => one.mb)), heapMb: median(some.map((one) => one.heapMb)) };
  };
  return { first: level((at) => at <= span), end: level((at) => at > last - span), samples: samples.length, arrivedPerSecond: (sender.latest.acknowledged - before) / ((Date.now() - began) / 1_000) };
}

async function atRate(rate: number, minutes: number): Promise<Row[]> {
  const folder = await makeDataFolder();
  const app = await RunningApp.start(appWords(folder));
  let sender: Sender | undefined;
  try {
    const page = await app.page();
    await sleep(3_000);
    const { endpoint, token } = await addConnection(folder);
    await page.evaluate("location.hash = '#/live'", z.string());
    sender = new Sender(endpoint, token, rate);
    // Until the rows that the page keeps are full: from here on it neither fills up nor warms up.
    await sleep(Math.max(10_000, (12_000 / rate) * 1_000));
    const before = sender.latest;
    const began = Date.now();
    const { deltas, visible, drawn } = await page.evaluate(watchFrames, watched);
    const arrived = (sender.latest.acknowledged - before.acknowledged) / ((Date.now() - began) / 1_000);
    if (!visible || drawn === 0) throw new Error('the window does not show Live');
    const memory = await watchMemory(page, await app.rendererPid(), sender, minutes);
    page.close();
    return rowsOf({ rate, minutes, deltas, arrived, refused: sender.latest.refused, memory });
  } finally {
    await sender?.stop();
    await app.stop();
    await removeFolder(folder);
  }
}

interface Seen { rate: number; minutes: number; deltas: readonly number[]; arrived: number; refused: number; memory: Level }

function rowsOf({ rate, minutes, deltas, arrived, refused, memory }: Seen): Row[] {
  const name = `Live at ${rate.toLocaleString('en')}/s`;
  const slow = deltas.filter((delta) => delta > 33.4).length;
  return [
    { what: `${name}: arrived while frames were watched, of what was meant`, measured: arrived / rate, limit: 0.95, sense: 'min', unit: ' x', note: `${arrived.toFixed(0)} activities/s acknowledged, ${refused} refused` },
    { what: `${name}: frame p95`, measured: quantile(deltas, 0.95), limit: 25, sense: 'max', unit: ' ms', note: `p50 ${quantile(deltas, 0.5).toFixed(1)}, p99 ${quantile(deltas, 0.99).toFixed(1)} ms, longest ${Math.max(...deltas).toFixed(0)} ms, ${slow} of ${deltas.length} above 33.4 ms` },
    { what: `${name}: memory of the page over ${minutes} min`, measured: memory.end.mb / memory.first.mb, limit: 1.1, sense: 'max', unit: ' x', note: `${memory.first.mb.toFixed(1)} MB then ${memory.end.mb.toFixed(1)} MB (heap ${memory.first.heapMb.toFixed(1)} then ${memory.end.heapMb.toFixed(1)}), ${memory.samples} samples after a forced collection, ${memory.arrivedPerSecond.toFixed(0)} activities/s` },
  ];
}

export async function benchLive({ rates, minutes }: LiveOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const rate of rates) rows.push(...await atRate(rate, minutes));
  return rows;
}
