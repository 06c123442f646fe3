/** The threads as they are: real workers, real files. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BodyJob, CommitNote } from '../ingest/writer-messages.ts';
import { History, mostWaitingBodies, mostWaitingBytes } from './history.ts';
import { historyFile } from './open.ts';

let dir: string;
let history: History | null = null;
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'gatehouse-history-')); });
afterEach(async () => {
  await history?.close();
  history = null;
  rmSync(dir, { recursive: true, force: true });
});

const alarms: string[] = [];
async function open(): Promise<History> {
  alarms.length = 0;
  history = await History.open({ dataDir: dir, clock: { now: () => Date.now() }, onAlarm: ({ text }) => alarms.push(text) });
  return history;
}

async function connect(to: History): Promise<number> {
  return (await to.command('connections.add', { name: 'Laptop', content: 'full', demo: false, tokenHash: Buffer.from(`hash ${Math.random()}`), tokenEnds: 'wxyz' })).id;
}

let spans = 0;
function body(connection: number, count = 2): Omit<BodyJob, 'n'> {
  const text = (key: string, value: string): unknown => ({ key, value: { stringValue: value } });
  const traceId = `f${(++spans).toString(16).padStart(31, '0')}`;
  const at = (ms: number): string => `${Date.now() + ms}000000`;
  const one = (i: number): unknown => ({
    traceId, spanId: (i + 1).toString(16).padStart(16, '2'), parentSpanId: i === 0 ? '' : '1'.padStart(16, '2'), name: i === 0 ? 'invoke_agent bot' : 'execute_tool look', kind: 1,
    startTimeUnixNano: at(-1_000), endTimeUnixNano: at(-500 + i),
    attributes: i === 0 ? [text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.agent.name', 'bot')] : [text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', 'look'), text('gen_ai.tool.call.id', `c${i}`)],
  });
  const request = { resourceSpans: [{ resource: { attributes: [text('service.name', 'svc')] }, scopeSpans: [{ scope: { name: 'test' }, spans: Array.from({ length: count }, (_, i) => one(i)) }] }] };
  return { connection, signal: 'traces', encoding: 'json', content: 'full', body: new Uint8Array(Buffer.from(JSON.stringify(request))), receivedUs: Date.now() * 1_000 };
}

interface Page { rows: { agentName: string; name: string; id: string }[] }

describe('History', { timeout: 30_000 }, () => {
  it('stores, says what changed, and answers from what it stored', async () => {
    const h = await open();
    const notes: CommitNote[] = [];
    h.onCommit((note) => notes.push(note));
    const connection = await connect(h);
    expect(await h.submit(body(connection))).toMatchObject({ t: 'stored', accepted: 2, refused: 0 });
    const page = await h.query('activity.list', { limit: 10 }) as Page;
    expect(new Set(page.rows.map((row) => `${row.agentName}: ${row.name}`))).toEqual(new Set(['bot: bot', 'bot: look']));
    expect(notes.some((note) => note.inserted === 2 && note.topics.includes('activity'))).toBe(true);
    expect(h.waiting).toEqual({ bodies: 0, bytes: 0 });
    expect(await h.query('activity.get', { id: page.rows[0]?.id })).toMatchObject({ raw: [expect.stringContaining('gen_ai')] });
  });

  it('keeps over a restart what it acknowledged', async () => {
    const first = await open();
    const connection = await connect(first);
    await Promise.all(Array.from({ length: 40 }, () => first.submit(body(connection, 5))));
    await first.close();
    const second = await open();
    expect(await second.query('counts', {})).toMatchObject({ activities: 200, tasks: 40, agents: 1 });
  });

  it('stores what was taken in before it closes', async () => {
    const first = await open();
    const connection = await connect(first);
    const results = Array.from({ length: 10 }, () => first.submit(body(connection)));
    await first.close();
    expect((await Promise.all(results)).every((one) => one.t === 'stored')).toBe(true);
    expect(await first.submit(body(connection))).toMatchObject({ t: 'unavailable' });
    await expect(first.query('counts', {})).rejects.toMatchObject({ code: 'closed' });
  });

  it('tells senders to come again when too much waits', async () => {
    const h = await open();
    const connection = await connect(h);
    const big = { ...body(connection), body: new Uint8Array(mostWaitingBytes + 1) };
    expect(await h.submit(big)).toMatchObject({ t: 'unavailable', reason: expect.stringContaining('full') as string });
    const answers = await Promise.all(Array.from({ length: mostWaitingBodies + 50 }, () => h.submit({ ...body(connection, 1) })));
    expect(answers.filter((one) => one.t === 'unavailable').length).toBe(50);
    expect(h.waiting).toEqual({ bodies: 0, bytes: 0 });
  });

  it('leaves a shared buffer of the sender alone', async () => {
    const h = await open();
    const connection = await connect(h);
    const job = body(connection);
    const pooled = new Uint8Array(job.body.length + 20);
    pooled.set(job.body, 10);
    expect(await h.submit({ ...job, body: pooled.subarray(10, 10 + job.body.length) })).toMatchObject({ t: 'stored' });
    expect(pooled.byteLength).toBe(job.body.length + 20);
  });

  it('says in words what cannot be done', async () => {
    const h = await open();
    await expect(h.command('connections.update', { id: 77, name: 'x' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(h.query('agents.get', { id: 'agt-zz', period: { from: new Date(0).toISOString(), to: null } })).rejects.toMatchObject({ code: 'not_found' });
    const stop = new AbortController();
    const asked = h.query('counts', {}, stop.signal);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('removes a connection with its history while others go on', async () => {
    const h = await open();
    const [one, two] = [await connect(h), await connect(h)];
    await Promise.all([h.submit(body(one, 9)), h.submit(body(two, 4))]);
    const [removed, stored] = await Promise.all([h.command('connections.remove', { id: one, history: 'delete' }), h.submit(body(two, 3))]);
    expect(removed).toEqual({ removedActivities: 9 });
    expect(stored).toMatchObject({ t: 'stored' });
    expect(await h.query('counts', {})).toMatchObject({ activities: 7, connections: 1 });
  });

  it('starts a thread that died once more, says so, and tells waiting senders to come again', async () => {
    const h = await open();
    const connection = await connect(h);
    await h.submit(body(connection));
    // A message that only a mistake of ours could send.
    const threads = h as unknown as { writer: { post(message: unknown): void }; reader: { post(message: unknown): void } };
    threads.writer.post({ t: 'body', job: null });
    expect(await h.submit(body(connection))).toMatchObject({ t: 'unavailable', reason: expect.stringContaining('send it again') as string });
    for (let tries = 0; alarms.length === 0 && tries < 100; tries++) await new Promise((resolve) => { setTimeout(resolve, 50); });
    expect(alarms).toEqual([expect.stringContaining('was started again')]);
    expect(await h.submit(body(connection))).toMatchObject({ t: 'stored' });
    expect(await h.query('counts', {})).toMatchObject({ activities: 4 });
  });

  it('reads the file through at the next start, unless it closed it in good order and nobody touched it since', async () => {
    const note = (): boolean => existsSync(`${historyFile(dir)}-closed`);
    await (await open()).close();
    expect(note()).toBe(true);
    const untouched = await open();
    expect(note()).toBe(false);
    await untouched.close();
    const bytes = readFileSync(historyFile(dir));
    bytes.fill(0x5a, 8192 * 2, 8192 * 30);
    writeFileSync(historyFile(dir), bytes);
    await open();
    expect(readdirSync(dir).some((name) => name.startsWith('history.damaged.'))).toBe(true);
  });

  it('starts no thread anew that ended because it was told to, however late its last word is heard', async () => {
    const h = await open();
    const inside = h as unknown as { writer: { worker: Worker | null; start(): void }; fromWriter(message: { t: string }): void };
    const ended = new Promise((done) => { inside.writer.worker?.once('exit', done); });
    const hear = inside.fromWriter.bind(h);
    inside.fromWriter = (message) => { if (message.t === 'closed') void ended.then(() => hear(message)); else hear(message); };
    const starts = vi.spyOn(inside.writer, 'start');
    await h.close();
    expect(starts).not.toHaveBeenCalled();
    expect(existsSync(`${historyFile(dir)}-closed`)).toBe(true);
  });

  it('opens although the file was damaged, and says so', async () => {
    writeFileSync(historyFile(dir), 'not a database at all '.repeat(1_000));
    const h = await open();
    const connection = await connect(h);
    expect(await h.submit(body(connection))).toMatchObject({ t: 'stored' });
  });

  it('refuses a folder that is no folder, in words', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(History.open({ dataDir: join(dir, 'file'), clock: { now: () => 0 } })).rejects.toThrow(/\w+ \w+/);
  });
});
