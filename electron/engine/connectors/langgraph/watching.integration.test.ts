/** That we watch changes nothing for whoever owns the work; and what a server does not say by itself: lost runs, dead workers. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { testIo } from '../test-io.ts';
import { langgraph } from './langgraph.ts';
import { TestReader } from './test-reader.ts';
import { TestServer, textOf } from './test-server.ts';

const servers: TestServer[] = [];
afterEach(async () => { for (const server of servers.splice(0)) await server.close(); });

async function start(which: '1.5' | '2.0', ...args: readonly string[]): Promise<TestServer> {
  const server = await TestServer.start(which, ...args);
  servers.push(server);
  return server;
}

interface Watched { readonly reader: TestReader; readonly asked: string[]; readonly ahead: (ms: number) => void }

function watch(server: TestServer, secret: string | null = null): Watched {
  let aheadMs = 0;
  const asked: string[] = [];
  const io = testIo({ url: server.url, secret, now: () => Date.now() + aheadMs });
  const fetch: typeof globalThis.fetch = (input, init) => {
    asked.push(`${init?.method ?? 'GET'} ${new URL(input instanceof Request ? input.url : input).pathname}`);
    return io.fetch(input, init);
  };
  return { reader: new TestReader(langgraph.open({ kind: 'langgraph', url: server.url }, { ...io, fetch })), asked, ahead: (ms) => { aheadMs = ms; } };
}

/** The lines of a stream that its owner gets, until `end` is among them or nothing comes any more. */
async function eventsOf(response: Response, end: (text: string) => boolean): Promise<string[]> {
  const events: string[] = [];
  let rest = '';
  for await (const chunk of response.body ?? []) {
    rest += Buffer.from(chunk as Uint8Array).toString();
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.filter((line) => line.startsWith('data:') && line !== 'data:'));
    if (end(lines.join('\n'))) break;
  }
  return events;
}

const post = (server: TestServer, path: string, body: unknown): Promise<Response> => fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const threadOf = async (server: TestServer): Promise<string> => ((await (await post(server, '/threads', {})).json()) as { thread_id: string }).thread_id;

async function ownersStream(server: TestServer): Promise<number> {
  const thread = await threadOf(server);
  const response = await post(server, `/threads/${thread}/runs/stream`, { assistant_id: 'stock-watch', input: { ticks: 15, ms: 60 }, stream_mode: ['updates'] });
  return (await eventsOf(response, () => false)).length;
}

async function ownersProtocolStream(server: TestServer): Promise<number> {
  const thread = await threadOf(server);
  const stream = await post(server, `/threads/${thread}/stream/events`, { channels: ['lifecycle', 'updates', 'values'] });
  await post(server, `/threads/${thread}/commands`, { id: 1, method: 'run.start', params: { assistant_id: 'stock-watch', input: { ticks: 20, ms: 150 } } });
  return (await eventsOf(stream, (text) => text.includes('"event":"completed"'))).length;
}

async function watching<T>({ reader }: Watched, work: () => Promise<T>): Promise<{ value: T; rings: number }> {
  const life = new AbortController();
  let rings = 0;
  await reader.connector.discover(reader.signal);
  const streams = reader.connector.watch?.(() => { rings += 1; }, life.signal);
  let going = true;
  const turns = (async () => { while (going) { await reader.turn(); await new Promise((done) => setTimeout(done, 50)); } })();
  const value = await work();
  going = false;
  await turns;
  life.abort();
  await streams;
  return { value, rings };
}

describe.each(['1.5', '2.0'] as const)('beside the owner of a run at %s', (which) => {
  it('takes no event of the owner\'s stream, and changes nothing by any request', async () => {
    const server = await start(which);
    const alone = await ownersStream(server);
    const watched = watch(server);
    const { value } = await watching(watched, () => ownersStream(server));
    expect(alone).toBeGreaterThan(15);
    expect(value).toBe(alone);
    const changing = new Set(watched.asked.filter((one) => !one.startsWith('GET ') && !one.endsWith('/search')));
    // The feature's probe is refused before any thread is looked at.
    expect([...changing]).toEqual(['POST /threads/00000000-0000-4000-8000-000000000000/stream/events']);
    expect([...watched.reader.drafts.values()].filter((draft) => draft.key.startsWith('step:')).length).toBe(30);
  });

  it('says that a run is stuck after a crash of the server, and that another waits in vain', async () => {
    const server = await start(which, '--workers', '1');
    const watched = watch(server);
    const { reader } = watched;
    await reader.connector.discover(reader.signal);
    const lost = await server.startRun(null, 'night-export', { ms: 60_000 });
    await reader.until(() => reader.outcome(lost.run) === 'running', 'the run');
    // The server writes its state down three seconds after a change.
    const written = join(server.folder, '.langgraph_api', '.langgraphjs_ops.json');
    await vi.waitUntil(() => existsSync(written) && readFileSync(written, 'utf8').includes(lost.run), { timeout: 10_000, interval: 100 });
    await server.end('kill');
    await expect(reader.turn()).rejects.toMatchObject({ kind: 'unreachable' });
    await server.again();
    await reader.until(() => reader.last !== null, 'the server again');
    expect(reader.last?.stuck).toEqual([]);
    watched.ahead(130_000);
    expect((await reader.turn()).stuck).toMatchObject([{ run: { id: lost.run }, text: expect.stringContaining('no new state for two minutes') }]);
    expect(reader.outcome(lost.run)).toBe('running');
    watched.ahead(0);
    const deleted = await server.startRun(null, 'night-export', { ms: 60_000 });
    await reader.until(() => reader.raw.some((raw) => raw.includes(deleted.run) && raw.includes('"status":"running"')), 'the run that is deleted');
    await server.as(null, 'DELETE', `/threads/${deleted.thread}/runs/${deleted.run}`);
    await server.as(null, 'DELETE', `/threads/${lost.thread}/runs/${lost.run}`);
    const waits = await server.startRun(null, 'stock-watch', { ticks: 1, ms: 1 });
    await reader.until(() => reader.of(waits.run).length > 0, 'the run that waits');
    await reader.until(() => reader.outcome(deleted.run) === 'unknown', 'the end of the deleted run');
    expect(reader.refused).toContain('a run that the server no longer has: how it ended was not seen');
    watched.ahead(40_000);
    expect((await reader.turn()).stuck).toMatchObject([{ run: { id: waits.run }, text: expect.stringContaining('the workers may be dead') }]);
    expect((await reader.connector.discover(reader.signal)).facts.findings.map((one) => one.id)).toContain('dead-workers');
  });

  it('sees a run without a thread while it lives, a delayed one, and one that runs although its thread is said to be idle', async () => {
    const server = await start(which);
    const watched = watch(server);
    const { reader } = watched;
    await reader.turn();
    const alone = String(((await (await post(server, '/runs', { assistant_id: 'stock-watch', input: { ticks: 8, ms: 200 } })).json()) as { run_id: string }).run_id);
    await reader.until(() => reader.outcome(alone) === 'running', 'the run without a thread');
    await reader.until(() => reader.outcome(alone) === 'unknown', 'its end');
    const delayed = await server.startRun(null, 'stock-watch', { ticks: 1 }, { after_seconds: 3_600 });
    await reader.until(() => reader.outcome(delayed.run) === 'running', 'the delayed run');
    watched.ahead(40_000);
    expect((await reader.turn()).stuck).toEqual([]);
    watched.ahead(0);
    const first = await server.startRun(null, 'stock-watch', { ticks: 100, ms: 50 });
    await reader.until(() => reader.raw.some((raw) => raw.includes(first.run) && raw.includes('"status":"running"')), 'the first run');
    const second = await server.as(null, 'POST', `/threads/${first.thread}/runs`, { assistant_id: 'stock-watch', input: { ticks: 1 }, multitask_strategy: 'enqueue' });
    const queued = textOf(second.body['run_id']);
    await reader.until(() => reader.outcome(queued) === 'running', 'the queued run');
    await server.as(null, 'POST', `/threads/${first.thread}/runs/${queued}/cancel`, {});
    await reader.until(() => reader.outcome(queued) === 'cancelled', 'the queued run cancelled');
    expect((await server.as(null, 'GET', `/threads/${first.thread}`)).body['status']).toBe('idle');
    expect(reader.outcome(first.run)).toBe('running');
  });

  it('shows each of two questions that one step asks after the other', async () => {
    const server = await start(which);
    const { reader } = watch(server);
    const ids = await server.startRun(null, 'contract-reader', { ask: ['First?', 'Second?'] });
    const first = await reader.until(() => reader.approval(ids.run), 'the first question');
    await reader.connector.answer?.(first.key, { answer: 'respond', response: 'one' }, () => true, reader.signal);
    const second = await reader.until(() => reader.approvals.find((one) => one.question === 'Second?'), 'the second question');
    expect(second.key).not.toBe(first.key);
    expect(reader.outcome(ids.run)).toBe('completed');
    expect(reader.of(ids.run).find((draft) => draft.kind === 'approval')?.status).toBe('ok');
    await reader.connector.answer?.(second.key, { answer: 'respond', response: 'two' }, () => true, reader.signal);
    await reader.until(() => reader.raw.some((raw) => raw.includes('{"answer":["one","two"]}')), 'both answers in the graph');
    expect(reader.approvals).toEqual([]);
  });
});

describe('runs of the thread protocol', () => {
  it('are watched without taking an event from their owner, where nobody has an identity', async () => {
    const server = await start('1.5');
    const alone = await ownersProtocolStream(server);
    const watched = watch(server);
    const { value, rings } = await watching(watched, () => ownersProtocolStream(server));
    expect(alone).toBeGreaterThan(15);
    expect(value).toBe(alone);
    expect(rings).toBeGreaterThan(0);
  });

  it('are never watched where keys have identities: the run stays its owner\'s', async () => {
    const server = await start('1.5', '--auth');
    const watched = watch(server, 'key-admin');
    const thread = textOf((await server.as('key-ada', 'POST', '/threads', {})).body['thread_id']);
    const { value: run } = await watching(watched, async () => {
      const begun = await server.as('key-ada', 'POST', `/threads/${thread}/commands`, { id: 1, method: 'run.start', params: { assistant_id: 'stock-watch', input: { ticks: 20, ms: 100 } } });
      const id = textOf(begun.body['result']?.['run_id']);
      await server.until('key-ada', { thread, run: id });
      return id;
    });
    const config = (await server.as('key-ada', 'GET', `/threads/${thread}/runs/${run}`)).body['kwargs']?.['config']?.['configurable'];
    expect(config?.['langgraph_auth_user_id']).toBe('ada');
    expect(watched.asked.filter((one) => one.includes(`/threads/${thread}/stream`))).toEqual([]);
  });

  it('that ask a person are found although their thread is said to be idle, and go on when answered', async () => {
    const server = await start('1.5');
    const { reader } = watch(server);
    const thread = await threadOf(server);
    await post(server, `/threads/${thread}/commands`, { id: 1, method: 'run.start', params: { assistant_id: 'refund-desk', input: { messages: [{ role: 'user', content: 'Refund ORD-12' }] } } });
    const found = await reader.until(() => reader.approvals[0], 'the question');
    expect((await server.as(null, 'GET', `/threads/${thread}`)).body['status']).toBe('idle');
    await reader.connector.answer?.(found.key, { answer: 'approve' }, () => true, reader.signal);
    await reader.until(() => [...reader.drafts.values()].some((draft) => draft.name === 'issue_refund' && draft.status === 'ok'), 'the refund');
    expect(reader.approvals).toEqual([]);
  });
});
