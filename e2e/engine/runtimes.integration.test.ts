/**
 * Runtimes through the command line, as an administrator at a terminal: a real LangGraph server behind a door of the test's own, which can be
 * shut, throttled and opened again; keys that are revoked; two administrators who answer at the same time.
 */
import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Grant } from '../../shared/access.ts';
import type { Approval, ApprovalDetail, AuditEntry, Connection, ConnectionTest, Task } from '../../shared/domain.ts';
import { startLangGraph } from '../runtimes/start-langgraph.ts';
import type { LangGraphServer } from '../runtimes/start-langgraph.ts';
import { ServedEngine } from './serve.ts';

/** Stands before the server and lets through, or answers 429 by itself. */
class Door {
  throttleUntil = 0;
  asked = 0;
  readonly #server: Server;
  readonly #to: number;

  constructor(to: number) {
    this.#to = to;
    this.#server = createServer((request, response) => { this.asked++; this.#pass(request, response); });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => { this.#server.listen(0, '127.0.0.1', resolve); });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const left = this.throttleUntil - Date.now();
    if (left > 0) return void response.writeHead(429, { 'retry-after': String(Math.ceil(left / 1_000)) }).end('slow down');
    const onward = ask({ host: '127.0.0.1', port: this.#to, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }
}

let engine: ServedEngine;
let langGraph: LangGraphServer;
let door: Door;
let connection: Connection;
const until = (check: () => Promise<void>, timeout = 30_000): Promise<void> => vi.waitFor(check, { timeout, interval: 200 });
const list = <T>(...words: string[]): Promise<T[]> => engine.cli<T[]>(...words);
const lab = async (): Promise<Connection | undefined> => (await list<Connection>('connections')).find((row) => row.id === connection.id);

/** Somebody else's program, with a key of its own. */
async function startRun(assistant: string, input: unknown): Promise<string> {
  const post = async (path: string, body: unknown): Promise<Record<string, string>> =>
    (await fetch(`${langGraph.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': 'key-ada' }, body: JSON.stringify(body) })).json() as Promise<Record<string, string>>;
  const thread = (await post('/threads', {}))['thread_id'] ?? '';
  return (await post(`/threads/${thread}/runs`, { assistant_id: assistant, input }))['run_id'] ?? '';
}
const outcome = async (run: string): Promise<string | undefined> => (await list<Task>('tasks')).find((row) => row.key === run)?.outcome;
const gaps = async (reason: string): Promise<{ from: string; to: string | null }[]> => {
  const found = await list<{ reason: string; from: string; to: string | null }>('gaps', '--since', '1h');
  return found.filter((gap) => gap.reason === reason);
};

beforeAll(async () => {
  langGraph = await startLangGraph({ which: '1.5', auth: true });
  door = new Door(langGraph.port);
  const url = await door.open();
  engine = await ServedEngine.start({ env: { LAB_KEY: 'key-admin' } });
  connection = await engine.cli<Connection>('connections', 'add', 'langgraph', '--name', 'Lab', '--url', url, '--credential', 'env:LAB_KEY');
});
afterAll(async () => {
  await engine.stop();
  door.close();
  await langGraph.stop();
});

describe('a LangGraph server at the command line', () => {
  it('is healthy, sees everybody\'s work, and its test says so', async () => {
    expect(connection).toMatchObject({ kind: 'langgraph', health: expect.stringMatching(/healthy|degraded/) as string, runtime: { credential: 'reference', credentialHint: 'LAB_KEY', circuit: 'closed' } });
    const test = await engine.cli<ConnectionTest>('connections', 'test', connection.id);
    expect(test).toMatchObject({ ok: true, checks: expect.arrayContaining([expect.objectContaining({ result: 'ok' })]) as object[] });
    expect((await list<Grant>('grants')).map((grant) => grant.name)).toContain('issue_refund');
    const run = await startRun('stock-watch', { ticks: 3, ms: 100 });
    await until(async () => { expect(await outcome(run)).toBe('completed'); });
  });

  it('says that the key was revoked, keeps a gap, and goes on with another without holes or doubles', async () => {
    await writeFile(join(langGraph.folder, 'revoked'), 'key-admin\n');
    await until(async () => { expect(await lab()).toMatchObject({ health: 'unauthorised', runtime: { circuit: 'open', fault: { kind: 'credential_refused' } } }); });
    const missed = await startRun('stock-watch', { ticks: 2, ms: 50 });
    expect(await gaps('credential_refused')).toEqual([expect.objectContaining({ to: null })]);
    expect(await outcome(missed)).toBeUndefined();
    await rm(join(langGraph.folder, 'revoked'));
    expect((await engine.cli<Connection>('connections', 'credential', connection.id, '--credential', 'env:LAB_KEY')).health).not.toBe('unauthorised');
    await until(async () => { expect(await outcome(missed)).toBe('completed'); });
    expect(await gaps('credential_refused')).toEqual([expect.objectContaining({ to: expect.any(String) as string })]);
    const keys = (await list<Task>('tasks')).map((row) => row.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('waits as long as it is asked to, says so, and then catches up', async () => {
    await until(async () => { expect((await lab())?.runtime?.fault).toBeNull(); });
    door.throttleUntil = Date.now() + 12_000;
    await until(async () => { expect(await lab()).toMatchObject({ health: 'throttled', healthText: expect.stringContaining('asked again in') as string }); });
    const asked = door.asked;
    const missed = await startRun('stock-watch', { ticks: 2, ms: 50 });
    await new Promise((resolve) => { setTimeout(resolve, Math.max(0, door.throttleUntil - Date.now() - 1_500)); });
    expect(door.asked - asked).toBeLessThanOrEqual(1);
    await until(async () => { expect(await outcome(missed)).toBe('completed'); });
    expect(await gaps('throttled')).toEqual([expect.objectContaining({ to: expect.any(String) as string })]);
  });

  it('takes one decision of two administrators who decide at once', async () => {
    const run = await startRun('refund-desk', { messages: [{ role: 'user', content: 'Refund order ORD-733' }] });
    let waiting: Approval | undefined;
    await until(async () => { waiting = (await list<Approval>('approvals'))[0]; expect(waiting).toBeDefined(); });
    const shown = await engine.cli<ApprovalDetail>('approvals', 'show', waiting?.id ?? '');
    expect(shown.actions.map(({ name, parameters }) => [name, JSON.parse(parameters)])).toEqual([['issue_refund', { orderId: 'ORD-733', amount: 180, currency: 'EUR' }]]);
    const bound = [shown.id, '--fingerprint', shown.fingerprint];
    const both = await Promise.allSettled([engine.cli<ApprovalDetail>('approvals', 'approve', ...bound), engine.cli<ApprovalDetail>('approvals', 'approve', ...bound)]);
    expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    expect(String(refused?.reason)).toMatch(/is answering this approval right now|was approved by/);
    await until(async () => { expect(await list<Approval>('approvals')).toEqual([]); });
    // That it was looked at is in the log as well.
    expect((await list<AuditEntry>('audit', '--subject', shown.id)).filter((entry) => entry.action !== 'content.view').map((entry) => entry.outcome).toSorted()).toEqual(['asked', 'done', 'refused']);
    await until(async () => { expect((await list<Task>('tasks')).filter((row) => row.agentName === 'refund-desk').map((row) => row.outcome)).toContain('completed'); });
    expect(run).not.toBe('');
  });
});
