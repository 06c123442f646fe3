/** The engine as a process of its own: over its socket, over the shell's line, killed and started again. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineProcessMessage, ShellMessage } from '../../shared/engine-process.ts';
import { connectCaller } from './control-client.ts';
import type { Caller } from './control-client.ts';

/** As `npm test` built it a moment ago, when it runs this: that starts in half the processor time of the source. */
const program = (name: 'cli' | 'index'): string => fileURLToPath(new URL(process.env['GATEHOUSE_TEST_BUILT'] === '1' ? `../../dist/engine/${name}.js` : `./${name}.ts`, import.meta.url));
const cli = program('cli');
const engineScript = program('index');
let folder: string;
const children: ChildProcess[] = [];
const callers: Caller[] = [];

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'gatehouse-engine-')); });
afterEach(async () => {
  for (const caller of callers.splice(0)) await caller.close();
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

interface Served { readonly child: ChildProcess; readonly endpoint: string; readonly message: string | null }

async function serve(port = 0): Promise<Served> {
  const child = spawn(process.execPath, [cli, 'serve', '--otlp', `127.0.0.1:${port}`, '--json', '--data', folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  const [line] = await once(child.stdout, 'data') as [Buffer];
  const { endpoint, message } = JSON.parse(line.toString()) as Served;
  return { child, endpoint, message };
}

async function caller(): Promise<Caller> {
  const found = await connectCaller(folder);
  if (!found) throw new Error('no engine answers');
  callers.push(found);
  return found;
}

async function gatehouse(line: string): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [cli, ...line.split(' '), '--data', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString(); });
  const [code] = await once(child, 'close') as [number | null];
  return { code, out, err };
}

const empty = { method: 'POST', body: '{"resourceSpans":[]}' };
const post = (endpoint: string, token: string): Promise<number> =>
  fetch(`${endpoint}/v1/traces`, { ...empty, headers: { 'content-type': 'application/json', 'x-gatehouse-token': token } }).then((answer) => answer.status);
const today = { period: { from: '2026-01-01T00:00:00.000Z', to: null } };

describe('gatehouse serve --read-only', () => {
  it('answers and exports, and refuses, receives and asks nothing', async () => {
    const first = await serve();
    const asked = await caller();
    const { token } = await asked.call('connections.addOtlp', { name: 'one', content: 'full' });
    const now = BigInt(Date.now()) * 1_000_000n;
    const span = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), name: 'execute_tool pay', kind: 1, startTimeUnixNano: String(now - 5_000_000n), endTimeUnixNano: String(now), attributes: [{ key: 'gen_ai.agent.name', value: { stringValue: 'bot' } }, { key: 'gen_ai.operation.name', value: { stringValue: 'execute_tool' } }], status: { code: 2, message: 'the customer is ada@example.com' } };
    await fetch(`${first.endpoint}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-gatehouse-token': token }, body: JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: 'x' }, spans: [span] }] }] }) });
    const looks = { n: 0 };
    const runtime = createServer((_request, response) => { looks.n += 1; response.writeHead(500).end(); });
    await new Promise<void>((done) => { runtime.listen(0, '127.0.0.1', done); });
    await asked.call('connections.addRuntime', { name: 'two', target: { kind: 'langgraph', url: `http://127.0.0.1:${(runtime.address() as AddressInfo).port}/` } });
    await vi.waitFor(async () => { expect((await asked.call('activity.list', {})).rows).toHaveLength(1); }, { timeout: 20_000, interval: 100 });
    await vi.waitFor(() => { expect(looks.n).toBeGreaterThan(0); }, { timeout: 20_000, interval: 50 });
    first.child.kill('SIGTERM');
    await once(first.child, 'exit');
    const before = looks.n;

    const child = spawn(process.execPath, [cli, 'serve', '--read-only=hashes', '--json', '--data', folder], { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    const [line] = await once(child.stdout, 'data') as [Buffer];
    expect(JSON.parse(line.toString())).toMatchObject({ ready: true, receiver: 'off', readOnly: 'hashes', message: expect.stringMatching(/read-only, so nothing is received/) as string });
    await expect(fetch(`${first.endpoint}/v1/traces`, { ...empty })).rejects.toThrow('fetch failed');
    const told = await gatehouse('activity --json');
    expect([told.code, told.out.includes('ada@example.com'), /sha256 [0-9a-f]{64}/.test(told.out)]).toEqual([0, false, true]);
    for (const change of ['connections add otlp --name x', 'connections poll two', 'stop --all --level cancel --reason test --yes', 'readiness --check']) expect({ change, ...await gatehouse(change) }).toMatchObject({ change, code: 1, err: expect.stringContaining('Auditor mode') as string });
    expect(await gatehouse(`export --contents console --formats csv --out ${join(folder, '..', 'read-only.csv')} --text full`)).toMatchObject({ code: 1, err: expect.stringMatching(/cannot hold more/) as string });
    const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-read-only-')), 'console.csv');
    expect(await gatehouse(`export --contents console --formats csv --out ${file}`)).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('connections.addOtlp');
    expect(await gatehouse(`export --contents console --formats cef --out ${file}.cef --syslog tcp://127.0.0.1:9`)).toMatchObject({ code: 1, err: expect.stringMatching(/nothing is sent from here/) as string });
    expect(looks.n).toBe(before);
    runtime.close();
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  });
});

describe('gatehouse serve', () => {
  it('listens, takes a token that was just made, and ends cleanly', async () => {
    const { child, endpoint } = await serve();
    const asked = await caller();
    const { token, connection } = await asked.call('connections.addOtlp', { name: 'one' });
    expect(connection.health).toBe('waiting');
    expect(await post(endpoint, token)).toBe(200);
    expect(await post(endpoint, 'gh_other')).toBe(401);
    const { strangers } = await asked.call('connections.list', {});
    expect(strangers.reduce((sum, one) => sum + one.count, 0)).toBe(1);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit') as [number | null];
    expect(code).toBe(0);
    expect(existsSync(join(folder, 'engine.sock'))).toBe(false);
  });

  it('leaves the folder to one engine at a time', async () => {
    const { child } = await serve();
    const second = await gatehouse('serve --otlp 127.0.0.1:0');
    expect(second).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`process ${child.pid}`) as string });
  });

  it('comes back after SIGKILL with everything, and says the time that it did not see', async () => {
    const first = await serve();
    const asked = await caller();
    const { token, connection } = await asked.call('connections.addOtlp', { name: 'kept' });
    // The first life sign is written after five seconds; the gap begins there.
    await vi.waitFor(async () => { expect((await asked.call('system.status', {})).connections).toBe(1); });
    await new Promise((resolve) => { setTimeout(resolve, 6_000); });
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    expect(existsSync(join(folder, 'engine.sock'))).toBe(true);
    const again = await serve();
    expect(await post(again.endpoint, token)).toBe(200);
    const anew = await caller();
    expect((await anew.call('connections.list', {})).rows.map((row) => row.id)).toEqual([connection.id]);
    const { rows } = await anew.call('gaps.list', today);
    expect(rows).toEqual([expect.objectContaining({ reason: 'engine_off', connectionId: null, to: expect.any(String) as string })]);
  });

  it('keeps a damaged history aside, says so, and begins a new one', async () => {
    writeFileSync(join(folder, 'history.db'), 'this was a database once '.repeat(1_000));
    await serve();
    const asked = await caller();
    const { alarms } = await asked.call('system.status', {});
    expect(alarms).toEqual([expect.objectContaining({ severity: 'failed', text: expect.stringContaining('damaged') as string })]);
    expect(readdirSync(folder).filter((name) => name.startsWith('history.damaged'))).not.toEqual([]);
    await asked.call('connections.addOtlp', { name: 'after the damage' });
    await asked.call('alarms.dismiss', { id: alarms[0]?.id ?? '' });
    expect((await asked.call('system.status', {})).alarms).toEqual([]);
  });

  it('says it when the port is taken, and listens on the next', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => { other.listen(0, '127.0.0.1', resolve); });
    const { port } = other.address() as AddressInfo;
    const { endpoint, message } = await serve(port);
    expect(endpoint).not.toContain(`:${port}`);
    expect(message).toContain(`Port ${port} is taken`);
    const { alarms, receiver } = await (await caller()).call('system.status', {});
    expect(receiver).toMatchObject({ state: 'listening', wantedPort: port });
    expect(alarms.map((alarm) => alarm.text).join()).toContain(`Port ${port} is taken`);
    other.close();
  });

  it('switching a connection off refuses what it sends and is a gap until it is on again', async () => {
    const { endpoint } = await serve();
    const asked = await caller();
    const { token, connection: { id } } = await asked.call('connections.addOtlp', { name: 'off and on' });
    expect((await asked.call('connections.update', { id, enabled: false })).health).toBe('off');
    expect(await post(endpoint, token)).toBe(401);
    expect((await asked.call('gaps.list', today)).rows).toEqual([expect.objectContaining({ reason: 'connection_off', connectionId: id, to: null })]);
    await asked.call('connections.update', { id, enabled: true });
    expect(await post(endpoint, token)).toBe(200);
    expect((await asked.call('gaps.list', today)).rows[0]?.to).not.toBeNull();
  });

  it('a rotated token stops working at once, a removed connection too', async () => {
    const { endpoint } = await serve();
    const asked = await caller();
    const { token, connection: { id } } = await asked.call('connections.addOtlp', { name: 'turning' });
    const rotated = await asked.call('connections.rotateToken', { id });
    expect(await post(endpoint, token)).toBe(401);
    expect(await post(endpoint, rotated.token)).toBe(200);
    await asked.call('connections.remove', { id, history: 'keep' });
    expect(await post(endpoint, rotated.token)).toBe(401);
    await expect(asked.call('connections.update', { id, name: 'x' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keeps neither tokens nor bodies in its log', async () => {
    const { endpoint } = await serve();
    const asked = await caller();
    const { token } = await asked.call('connections.addOtlp', { name: 'quiet' });
    await fetch(`${endpoint}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-gatehouse-token': token }, body: '{"secret prompt":' });
    await expect(asked.call('agents.get', { id: 'agt-nobody', ...today })).rejects.toMatchObject({ code: 'not_found' });
    const log = readFileSync(join(folder, 'engine.log'), 'utf8');
    expect(log).toContain('agents.get: not_found');
    expect(log).not.toContain(token);
    expect(log).not.toContain('secret prompt');
    expect(statSync(join(folder, 'engine.log')).mode & 0o777).toBe(0o600);
  });
});

describe('gatehouse without a running engine', () => {
  // Seven engines one after the other: a busy machine takes more than a minute for them.
  it('reads and changes connections by itself, and writes no gap down', { timeout: 240_000 }, async () => {
    const added = await gatehouse('connections add otlp --name Alone --json');
    expect(added.code).toBe(0);
    expect(JSON.parse(added.out)).toMatchObject({ id: expect.stringMatching(/^con-/) as string, token: expect.stringMatching(/^gh_/) as string });
    const listed = await gatehouse('connections list --json');
    expect((JSON.parse(listed.out) as { name: string }[]).map((row) => row.name)).toEqual(['Alone']);
    for (const list of ['agents', 'tasks', 'activity', 'failures']) expect(JSON.parse((await gatehouse(`${list} --json`)).out)).toEqual([]);
    const { child } = await serve();
    expect((await (await caller()).call('gaps.list', today)).rows).toEqual([]);
    child.kill('SIGTERM');
    await once(child, 'exit');
  });

  it('says what was wrong on standard error: 2 for the words, 1 for the rest', async () => {
    expect(await gatehouse('agents --limit none')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--limit') as string });
    expect(await gatehouse('tasks --agent nobody --json')).toMatchObject({ code: 1, err: expect.stringContaining('No agent has the id') as string });
  });
});

describe('the shell\'s line', () => {
  interface Line { readonly child: ChildProcess; readonly heard: EngineProcessMessage[]; say(message: ShellMessage): void }
  function startForShell(): Line {
    const child = spawn(process.execPath, [engineScript, '--data', folder, '--otlp', '127.0.0.1:0'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    children.push(child);
    const heard: EngineProcessMessage[] = [];
    child.on('message', (message) => { heard.push(message as EngineProcessMessage); });
    return { child, heard, say: (message) => { child.send(message); } };
  }
  const ready = (line: Line): Promise<void> => vi.waitFor(() => { expect(line.heard.map((message) => message.t)).toContain('ready'); }, { timeout: 60_000 });

  it('is ready, beats, answers on an attached port, and ends when asked', async () => {
    const line = startForShell();
    line.say({ t: 'attach', port: 1, actor: { name: 'ada', place: 'page', readOnly: false, text: 'full' } });
    await ready(line);
    line.say({ t: 'data', port: 1, data: { t: 'call', n: 5, method: 'system.ping', params: {} } });
    await vi.waitFor(() => { expect(line.heard).toContainEqual({ t: 'data', port: 1, data: expect.objectContaining({ t: 'ok', n: 5 }) as object }); });
    await vi.waitFor(() => { expect(line.heard.map((message) => message.t)).toContain('beat'); }, { timeout: 5_000 });
    line.say({ t: 'detach', port: 1 });
    const before = line.heard.length;
    line.say({ t: 'data', port: 1, data: { t: 'call', n: 6, method: 'system.ping', params: {} } });
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    expect(line.heard.slice(before).filter((message) => message.t === 'data')).toEqual([]);
    line.say({ t: 'shutdown' });
    expect(await once(line.child, 'exit')).toEqual([0, null]);
  });

  /** What a desktop would do with a keyring; `keyring` false: as one without. */
  function keepVault(line: Line, keyring: boolean): Map<string, string> {
    const kept = new Map<string, string>();
    line.child.on('message', (raw) => {
      const message = raw as EngineProcessMessage;
      if (message.t !== 'vault') return;
      if (message.op === 'put' && !keyring) return line.say({ t: 'vault', n: message.n, ok: false, why: 'no_keyring', text: 'This system has no keyring.' });
      if (message.op === 'put') kept.set(message.name, message.value ?? '');
      if (message.op === 'remove') kept.delete(message.name);
      line.say({ t: 'vault', n: message.n, ok: true, value: message.op === 'get' ? kept.get(message.name) ?? null : null });
    });
    return kept;
  }
  const answerTo = (line: Line, n: number): Promise<{ t: string; json?: string; error?: { code: string; message: string } }> => vi.waitFor(() => {
    const found = line.heard.map((message) => (message.t === 'data' ? message.data as { t: string; n: number } : null)).find((data) => data?.n === n);
    if (!found) throw new Error('no answer yet');
    return found;
  }, { timeout: 15_000 });

  it('keeps a credential in the shell\'s vault, uses it, and takes it out again', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => { asked.push(request.headers.authorization); response.writeHead(401).end('no'); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const line = startForShell();
    const kept = keepVault(line, true);
    line.say({ t: 'attach', port: 1, actor: { name: 'ada', place: 'page', readOnly: false, text: 'full' } });
    await ready(line);
    const target = { kind: 'mcp', transport: 'http', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` };
    line.say({ t: 'data', port: 1, data: { t: 'call', n: 1, method: 'connections.addRuntime', params: { name: 'Tools', target, credential: { from: 'value', value: 'secret-0123456789' } } } });
    const added = JSON.parse((await answerTo(line, 1)).json ?? '{}') as { id: string; health: string; runtime: object };
    expect(added).toMatchObject({ health: 'unauthorised', runtime: { credential: 'kept', credentialHint: '6789' } });
    // The key of the audit log and what is remembered of its newest seal lie there too.
    const credentials = (): string[] => [...kept].filter(([name]) => !name.startsWith('audit-')).map(([, value]) => value);
    expect(credentials()).toEqual(['secret-0123456789']);
    expect(asked).toContain('Bearer secret-0123456789');
    line.say({ t: 'data', port: 1, data: { t: 'call', n: 2, method: 'connections.remove', params: { id: added.id, history: 'keep' } } });
    await answerTo(line, 2);
    await vi.waitFor(() => { expect(credentials()).toEqual([]); });
    // Told once the history was asked, which nothing here waited for.
    await vi.waitFor(() => { expect(line.heard).toContainEqual({ t: 'approvals', waiting: 0, fresh: [] }); }, { timeout: 15_000 });
    server.closeAllConnections();
    server.close();
  });

  it('stores no credential without a keyring, and says what to choose from', async () => {
    const line = startForShell();
    const kept = keepVault(line, false);
    line.say({ t: 'attach', port: 1, actor: { name: 'ada', place: 'page', readOnly: false, text: 'full' } });
    await ready(line);
    line.say({ t: 'data', port: 1, data: { t: 'call', n: 1, method: 'connections.addRuntime', params: { name: 'Tools', target: { kind: 'mcp', transport: 'http', url: 'http://127.0.0.1:9/' }, credential: { from: 'value', value: 'secret-0123456789' } } } });
    expect((await answerTo(line, 1)).error).toMatchObject({ code: 'conflict', message: 'This system has no keyring.' });
    line.say({ t: 'data', port: 1, data: { t: 'call', n: 2, method: 'connections.list', params: {} } });
    expect(JSON.parse((await answerTo(line, 2)).json ?? '{}')).toMatchObject({ rows: [] });
    expect(kept.size).toBe(0);
  });

  it('ends when the shell is gone', async () => {
    const line = startForShell();
    await ready(line);
    line.child.disconnect();
    expect(await once(line.child, 'exit')).toEqual([0, null]);
  });

  it('says who holds the folder', async () => {
    const { child } = await serve();
    const line = startForShell();
    await once(line.child, 'exit');
    expect(line.heard).toContainEqual({ t: 'not_started', why: 'held', text: expect.stringContaining(`process ${child.pid}`) as string });
  });
});
