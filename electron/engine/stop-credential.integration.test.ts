/** The credential that only stops, from the command that gives it to the header on the wire: a real A2A server behind a proxy that writes everything down. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CredentialInput } from '../../shared/contract.ts';
import type { Connection } from '../../shared/domain.ts';
import { a2a } from './connectors/a2a/a2a.ts';
import { FaultProxy } from './connectors/conformance/fault-proxy.ts';
import { startRuntime } from './connectors/conformance/start-runtime.ts';
import type { StartedRuntime } from './connectors/conformance/start-runtime.ts';
import { mcp } from './connectors/mcp/mcp.ts';
import { Connections } from './connections.ts';
import { Doors } from './doors.ts';
import { EngineLog } from './engine-log.ts';
import { GapKeeper } from './gap-keeper.ts';
import type { CallContext } from './ports.ts';
import { systemClock } from './ports.ts';
import { noReceiver } from './receiver-keeper.ts';
import { RuntimeConnections } from './runtime-connections.ts';
import { openRuntimes } from './runtimes.ts';
import type { Runtimes } from './runtimes.ts';
import { StopPortShelf } from './stop/stop-ports.ts';
import { History } from './store/history.ts';
import { rowIdOf } from './store/ids.ts';

const [reads, stops, stopsLater] = ['token-that-reads-0001', 'token-that-stops-0002', 'token-that-stops-0003'];
const tokens = JSON.stringify({ [reads]: 'reader', [stops]: 'operator', [stopsLater]: 'operator', 'token-of-ada': 'ada' });
const ada: CallContext = { actor: { kind: 'desktop', name: 'ada', place: 'page', readOnly: false }, signal: new AbortController().signal };
const value = (text: string): CredentialInput => ({ from: 'value', value: text });
const never = (): AbortSignal => AbortSignal.timeout(20_000);

let folder: string;
let server: StartedRuntime;
let proxy: FaultProxy;
let history: History;
let gaps: GapKeeper;
let runtimes: Runtimes;
let connections: Connections;
let people: RuntimeConnections;
let shelf: StopPortShelf;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-stop-credential-'));
  server = await startRuntime('a2a-server.ts', ['--shared', '--step', '100', '--steps', '200'], { A2A_TOKENS: tokens });
  proxy = await FaultProxy.start(server.url);
  history = await History.open({ dataDir: folder, clock: { now: () => Date.now() } });
  const log = new EngineLog(folder);
  gaps = new GapKeeper({ open: (gap) => history.command('gaps.open', gap), close: (gap) => history.command('gaps.close', gap) }, log);
  runtimes = openRuntimes({ history, gaps, log, changed: () => undefined, vault: null, lasting: true, onApprovals: null, loadKinds: () => Promise.resolve({ a2a, mcp }) });
  connections = new Connections({ history, receiver: noReceiver({ host: '127.0.0.1', port: 4318 }), doors: new Doors(history), gaps, collectors: runtimes.collectors });
  people = new RuntimeConnections({ history, facts: runtimes.facts, collectors: runtimes.collectors, credentials: runtimes.credentials, shown: (id) => connections.one(id), log });
  shelf = new StopPortShelf({ collectors: runtimes.collectors, processes: null, log, clock: systemClock });
  await runtimes.start();
});
afterEach(async () => {
  await shelf.close();
  await runtimes.close();
  await gaps.settle();
  await history.close();
  await proxy.unlisten();
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

const rowOf = ({ id }: Connection): number => rowIdOf('connection', id)!;
const add = (): Promise<Connection> => people.add({ name: 'Desk', target: { kind: 'a2a', url: proxy.url }, credential: value(reads), demo: false }, ada);
const give = ({ id }: Connection, credential: CredentialInput): Promise<Connection> => people.setCredential({ id, credential, use: 'stop' }, ada);
const tokenOf = (header: string | undefined): string => header?.replace(/^Bearer /, '') ?? 'none';

async function task(): Promise<string> {
  const response = await fetch(`${server.url}/demo/start`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scenario: 'tick', account: 'ada' }) });
  return ((await response.json()) as { id: string }).id;
}

/** What the tokens of these requests asked for. */
function asked(): { readonly cancels: readonly string[]; readonly others: readonly string[] } {
  const all = proxy.requests.map(({ headers, body }) => ({ token: tokenOf(headers.authorization), cancels: body.includes('"CancelTask"') }));
  return { cancels: [...new Set(all.filter(({ cancels }) => cancels).map(({ token }) => token))], others: [...new Set(all.filter(({ cancels }) => !cancels).map(({ token }) => token))] };
}

async function polls(count = 3): Promise<void> {
  const before = proxy.requests.length;
  await vi.waitFor(() => expect(proxy.requests.length).toBeGreaterThan(before + count), { timeout: 15_000, interval: 50 });
}

async function cancel(connection: Connection, id: string): Promise<string> {
  const { port } = await shelf.open(rowOf(connection));
  const { reported } = await port.pull({ leverId: 'a2a.cancel', target: { agents: null, runs: [id] }, saved: null, attempt: 1 }, never(), () => undefined);
  return reported;
}

const files = (): string => readdirSync(folder).map((name) => join(folder, name)).filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, 'latin1')).join('\n');

describe('the credential that only stops', () => {
  it('is used for levers and nothing else, and the other one for everything else and no lever', async () => {
    const connection = await add();
    expect(connection.runtime).toMatchObject({ credential: 'session', stopCredential: 'none', stopCredentialHint: null });
    const given = await give(connection, value(stops));
    expect(given.runtime).toMatchObject({ credential: 'session', credentialHint: '0001', stopCredential: 'session', stopCredentialHint: '0002' });
    proxy.requests.length = 0;
    await polls();
    await people.test({ id: connection.id }, ada);
    expect(asked()).toEqual({ cancels: [], others: [reads] });
    expect(await cancel(connection, await task())).toBe('stopped');
    expect(asked().cancels).toEqual([stops]);
    const { port } = await shelf.open(rowOf(connection));
    await port.survey({ agents: null, runs: null }, never());
    expect(await port.rights(never())).toMatchObject([{ level: 'cancel', result: 'ok' }]);
    expect(asked().cancels).toEqual([stops]);
  });

  it('counts at once when it is replaced or taken away; the old one is forgotten and never sent again', async () => {
    const connection = await add();
    await give(connection, value(stops));
    expect(await cancel(connection, await task())).toBe('stopped');
    const [before] = await runtimes.facts();
    await give(connection, value(stopsLater));
    expect(runtimes.credentials.isLost(before!.stopCredential)).toBe(true);
    proxy.requests.length = 0;
    expect(await cancel(connection, await task())).toBe('stopped');
    expect(asked().cancels).toEqual([stopsLater]);
    const [between] = await runtimes.facts();
    expect((await give(connection, { from: 'none' })).runtime).toMatchObject({ credential: 'session', stopCredential: 'none', stopCredentialHint: null });
    expect(runtimes.credentials.isLost(between!.stopCredential)).toBe(true);
    proxy.requests.length = 0;
    await cancel(connection, await task());
    expect(asked().cancels).toEqual([reads]);
    // Its own is still there: only the other one went.
    await people.setCredential({ id: connection.id, credential: value(reads), use: 'read' }, ada);
    expect((await connections.list()).rows[0]?.health).toBe('healthy');
  });

  it('stays when the one that reads is changed, and goes with its connection', async () => {
    const connection = await add();
    await give(connection, value(stops));
    const [before] = await runtimes.facts();
    await people.setCredential({ id: connection.id, credential: value(reads), use: 'read' }, ada);
    const [after] = await runtimes.facts();
    expect(after!.stopCredential).toBe(before!.stopCredential);
    expect(await cancel(connection, await task())).toBe('stopped');
    await connections.remove({ id: connection.id, history: 'keep' }, ada.actor, people);
    expect([after!.credential, after!.stopCredential].map((one) => runtimes.credentials.isLost(one))).toEqual([true, true]);
    await expect(shelf.open(rowOf(connection))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('appears nowhere but on the wire', async () => {
    const connection = await add();
    const task1 = await task();
    await give(connection, value(stops));
    await cancel(connection, task1);
    // A runtime that quotes what it was sent.
    proxy.behaviour = ({ request, send }) => send({ status: 403, headers: { 'content-type': 'text/plain' }, body: `no right for ${request.headers.authorization}` });
    const { port, mask } = await shelf.open(rowOf(connection));
    const refused = await port.rights(never());
    expect(JSON.stringify(refused)).toContain(stops);
    expect(mask()(JSON.stringify(refused))).not.toContain(stops);
    await polls(1);
    proxy.behaviour = null;
    const rows = [await history.query('audit.list', { limit: 100 }), await connections.list(), await history.query('gaps.list', { period: { from: '2020-01-01T00:00:00.000Z', to: null } })];
    expect(JSON.stringify(rows)).toContain('Changed the stop credential of the connection');
    for (const secret of [reads, stops]) {
      expect(JSON.stringify(rows)).not.toContain(secret);
      expect(files()).not.toContain(secret);
    }
  });

  it('is read from where it was said to be at each use, and said to be missing when it is not there', async () => {
    const connection = await add();
    const shown = await give(connection, { from: 'env', name: 'GATEHOUSE_TEST_STOP_KEY' });
    expect(shown.runtime).toMatchObject({ stopCredential: 'reference', stopCredentialHint: 'GATEHOUSE_TEST_STOP_KEY' });
    await expect(cancel(connection, await task())).rejects.toMatchObject({ kind: 'credential_missing' });
    expect(asked().cancels).toEqual([]);
    process.env['GATEHOUSE_TEST_STOP_KEY'] = stops;
    try {
      expect(await cancel(connection, await task())).toBe('stopped');
    } finally {
      delete process.env['GATEHOUSE_TEST_STOP_KEY'];
    }
  });

  it('is refused where nothing is stopped with it, and where its characters cannot be sent', async () => {
    const tools = await people.add({ name: 'Tools', target: { kind: 'mcp', transport: 'http', url: 'http://127.0.0.1:9/mcp' }, credential: { from: 'none' }, demo: false }, ada);
    await expect(give(tools, value(stops))).rejects.toMatchObject({ code: 'bad_request' });
    const desk = await add();
    await expect(give(desk, value('two\nlines'))).rejects.toMatchObject({ code: 'bad_request' });
    expect((await runtimes.facts()).map(({ stopCredential }) => stopCredential)).toEqual([null, null]);
  });
});
