/**
 * All activities of a large history as a report in each format, by an engine that runs as people run it: seconds, peak memory of its process (the thread
 * that writes is part of it), size, and how long a question of the window waits meanwhile.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServedEngine } from '../e2e/engine/serve.ts';
import { connectCaller } from '../electron/engine/control-client.ts';
import type { Caller } from '../electron/engine/control-client.ts';
import type { ReportFormat, ReportJob, TextLevel } from '../shared/reports.ts';
import { largeHistory } from './history.ts';
import { quantile } from './table.ts';
import type { Row } from './table.ts';

const formats: readonly ReportFormat[] = ['jsonl', 'csv', 'parquet', 'xlsx', 'ocsf-1.9.0', 'cef'];
const mostMemoryMb = 250;
/** What a report may add to it, whatever its length. */
const mostAddedMb = 100;
const slowestMs = 100;
/** A million of activities; fewer in proportion. Not promised anywhere: what is slower than this was not meant to be. */
const secondsForMillion = 300;

interface Measured { readonly format: string; readonly text: TextLevel; readonly seconds: number; readonly peakMb: number; readonly job: ReportJob; readonly p95: number; readonly asked: number; readonly before: number }

const mb = (bytes: number): number => bytes / 1024 / 1024;

/** Linux only: elsewhere there is no such file, and nothing is measured. */
function memory(pid: number, name: 'VmHWM' | 'VmRSS'): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'NaN') * 1024;
}

async function ended(caller: Caller, id: string): Promise<ReportJob> {
  for (;;) {
    const job = (await caller.call('reports.jobs', { limit: 5 })).rows.find((one) => one.id === id);
    if (job === undefined) throw new Error('the report is not in the list any more');
    if (job.endedAt !== null) return job;
    await sleep(250);
  }
}

/** Goes on until it is told to stop: the questions that an open window asks again and again. */
async function asking(caller: Caller, stop: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  const period = { from: new Date(Date.now() - 86_400_000).toISOString(), to: null };
  const questions = [() => caller.call('activity.list', { limit: 100 }), () => caller.call('agents.list', { period }), () => caller.call('tasks.list', { limit: 100 }), () => caller.call('system.status', {})];
  for (let n = 0; !stop.aborted; n += 1) {
    const began = performance.now();
    await questions[n % questions.length]?.();
    times.push(performance.now() - began);
    await sleep(40);
  }
  return times;
}

async function measure(engine: ServedEngine, out: string, format: ReportFormat, text: TextLevel): Promise<Measured> {
  const { pid } = engine.process;
  const [caller, other] = [await connectCaller(engine.folder), await connectCaller(engine.folder)];
  if (caller === null || other === null || pid === undefined) throw new Error('the engine does not answer');
  const before = mb(memory(pid, 'VmRSS'));
  // From here on the peak is told anew.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const stop = new AbortController();
  const window = asking(other, stop.signal);
  const began = performance.now();
  const { id } = await caller.call('reports.start', {
    spec: { name: `bench ${format}`, from: '2000-01-01T00:00:00.000Z', to: new Date(Date.now() + 86_400_000).toISOString(), scope: { kind: 'everything' }, contents: ['activity'], text, people: 'names', formats: [format], pack: false }, target: join(out, `${format}-${text}`),
  });
  const job = await ended(caller, id);
  const seconds = (performance.now() - began) / 1_000;
  stop.abort();
  const times = await window;
  const peakMb = mb(memory(pid, 'VmHWM'));
  await Promise.all([caller.close(), other.close()]);
  if (job.state !== 'done') throw new Error(`the report ${format} ${job.state}: ${job.error ?? ''}`);
  return { format, text, seconds, peakMb, job, p95: quantile(times, 0.95), asked: times.length, before };
}

function rowsOf({ format, text, seconds, peakMb, job, p95, asked, before }: Measured, base: number): Row[] {
  const [file] = job.files;
  const what = `${format}, ${text}`;
  return [
    { what: `${what}: time`, measured: seconds, limit: secondsForMillion * Math.max(0.1, job.rows / 1_000_000), sense: 'max', unit: ' s', note: `${job.rows.toLocaleString('en')} rows, ${Math.round(job.rows / seconds).toLocaleString('en')} a second, ${mb(file?.bytes ?? 0).toFixed(1)} MB` },
    { what: `${what}: peak memory of the engine`, measured: peakMb, limit: mostMemoryMb, sense: 'max', unit: ' MB', note: `before: ${before.toFixed(0)} MB, at its start ${base.toFixed(0)} MB` },
    { what: `${what}: of it added by the report`, measured: peakMb - before, limit: mostAddedMb, sense: 'max', unit: ' MB', note: 'and by the questions meanwhile' },
    { what: `${what}: a question of the window meanwhile, p95`, measured: p95, limit: slowestMs, sense: 'max', unit: ' ms', note: `${asked} questions` },
  ];
}

export async function benchExport(rows: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-export-'));
  const out = mkdtempSync(join(tmpdir(), 'gatehouse-bench-reports-'));
  cpSync(await largeHistory(rows), folder, { recursive: true });
  // As the window and `gatehouse` start it (electron/main/engine-environment.ts).
  const engine = await ServedEngine.start({ folder, built: true, env: { MALLOC_ARENA_MAX: '2' } });
  try {
    const base = mb(memory(engine.process.pid ?? 0, 'VmRSS'));
    const all: Row[] = [];
    for (const [format, text] of [...formats.map((one) => [one, 'hashes'] as const), ['jsonl', 'full'] as const]) {
      all.push(...rowsOf(await measure(engine, out, format, text), base));
      rmSync(join(out, `${format}-${text}`), { force: true });
    }
    return all;
  } finally {
    await engine.stop();
    rmSync(out, { recursive: true, force: true });
  }
}
