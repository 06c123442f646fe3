/**
 * The store by itself: what group commit brings to small bodies, and what a writer at full speed costs a reader on its own thread
 * and its own connection.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openReader } from '../electron/engine/store/database.ts';
import { realIntake } from '../electron/engine/store/intake.ts';
import { historyFile, openHistory } from '../electron/engine/store/open.ts';
import { Reading } from '../electron/engine/store/queries/reading.ts';
import { queries } from '../electron/engine/store/queries/table.ts';
import { Writer } from '../electron/engine/store/writer.ts';
import { makeCorpus } from './corpus.ts';
import { encodeProtobuf } from './otlp-codec.ts';
import { median, quantile } from './table.ts';
import type { Row } from './table.ts';
import type { WriterThreadData } from './writer-thread.ts';

const spansInSmallBody = 8;

/** Spans a second of 8-span bodies in transactions of `group` bodies. */
function smallBodies(seed: number, group: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-store-'));
  const nowUs = Date.now() * 1_000;
  const { db } = openHistory(folder, nowUs);
  db.prepare("INSERT INTO connection (kind, name, created_us, enabled, demo, content, token_hash, token_ends) VALUES ('otlp', 'bench', ?, 1, 0, 'full', x'00', 'abcd')").run(nowUs);
  const writer = new Writer(db, realIntake);
  const bodies = makeCorpus({ seed, spansPerBody: spansInSmallBody, bodies: 3_200, fromMs: Date.now() - 86_400_000, days: 1 }).map((body) => new Uint8Array(encodeProtobuf(body)));
  const store = (from: number, to: number): void => {
    for (let at = from; at < to; at += group) {
      writer.store(bodies.slice(at, at + group).map((body, n) => ({ n, connection: 1, signal: 'traces' as const, encoding: 'protobuf' as const, content: 'full' as const, body, receivedUs: nowUs })), nowUs);
    }
  };
  store(0, 640);
  const began = performance.now();
  store(640, bodies.length);
  const seconds = (performance.now() - began) / 1_000;
  db.close();
  rmSync(folder, { recursive: true, force: true });
  return ((bodies.length - 640) * spansInSmallBody) / seconds;
}

/** Reads with pauses, as screens do. */
async function paced(read: (round: number) => number, goOn: (round: number) => boolean): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; goOn(round); round += 1) {
    times.push(read(round));
    await new Promise((resolve) => { setTimeout(resolve, 2); });
  }
  return times;
}

interface ReaderRound { readonly idleP95: number; readonly busyP95: number; readonly spansPerSecond: number }

async function readerRound(): Promise<ReaderRound> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-reader-'));
  const data: WriterThreadData = { folder, first: 100 };
  const worker = new Worker(new URL('writer-thread.ts', import.meta.url), { workerData: data });
  await new Promise((resolve, reject) => { worker.once('message', resolve); worker.once('error', reject); });
  const db = openReader(historyFile(folder));
  const reading = new Reading(db);
  const agents = queries['agents.list'](reading, { period: { from: new Date(0).toISOString(), to: null }, includeIdle: true }, Date.now() * 1_000).rows;
  const read = (round: number): number => {
    const began = performance.now();
    reading.begin();
    queries['activity.list'](reading, { agentId: agents[round % agents.length]?.id ?? 'agt-1', limit: 100 });
    return performance.now() - began;
  };
  for (let round = 0; round < 1_500; round += 1) read(round);
  // At the same pace as beside the writer: read after read without a pause, the processor's caches alone make it a third faster.
  const idle = await paced(read, (round) => round < 400);
  const written: { spansPerSecond?: number } = {};
  worker.once('message', (message: { spansPerSecond: number }) => { written.spansPerSecond = message.spansPerSecond; });
  worker.postMessage('go');
  const busy = await paced(read, () => written.spansPerSecond === undefined);
  db.close();
  await worker.terminate();
  rmSync(folder, { recursive: true, force: true });
  return { idleP95: quantile(idle, 0.95), busyP95: quantile(busy, 0.95), spansPerSecond: written.spansPerSecond ?? 0 };
}

export async function benchStore(rounds: number): Promise<Row[]> {
  const grouped: number[] = [];
  const single: number[] = [];
  const reader: ReaderRound[] = [];
  for (let round = 0; round < rounds; round += 1) {
    grouped.push(smallBodies(round + 1, 64));
    single.push(smallBodies(round + 1, 1));
    reader.push(await readerRound());
  }
  const k = (value: number): string => `${(value / 1_000).toFixed(1)}k spans/s`;
  const idle = median(reader.map((one) => one.idleP95));
  const busy = median(reader.map((one) => one.busyP95));
  return [
    { what: '8-span bodies grouped, x one transaction each', measured: median(grouped) / median(single), limit: 2, sense: 'min', unit: '', note: `${k(median(grouped))} against ${k(median(single))}, writer alone` },
    { what: 'reader p95 beside a writer at full speed, x idle', measured: busy / idle, limit: 1.3, sense: 'max', unit: '', note: `newest 100 of an agent: ${busy.toFixed(2)} against ${idle.toFixed(2)} ms, writer ${k(median(reader.map((one) => one.spansPerSecond)))}` },
  ];
}
