/** Real agents with the official SDK, a real receiver and history: which process is whose, and ending it. Linux. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LeverReply, Sight, StopPort, StopTarget, Survey } from './connectors/stopping.ts';
import { startReceiver, type Receiver } from './ingest/receiver.ts';
import { openProcesses } from './processes/open-processes.ts';
import type { ProcessPorts } from './processes/process-ports.ts';
import type { ExporterOptions } from './processes/test-exporter.ts';
import { fakeLog } from './processes/test-log.ts';
import { History } from './store/history.ts';

const exporter = fileURLToPath(new URL('processes/test-exporter.ts', import.meta.url));
const token = 'token-for-tests';
const tokenHash = createHash('sha256').update(token).digest();
const long = (): AbortSignal => AbortSignal.timeout(20_000);
const noTell = (): void => undefined;

let folder: string;
let history: History;
let connection: number;
let receiver: Receiver;
let processes: ProcessPorts;
let address: string | null;
/** Stands for the engine: the agents are children of this test, and what an engine started is never signalled. */
let engine: ChildProcess;
const started: ChildProcess[] = [];
const tools: number[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-local-'));
  history = await History.open({ dataDir: folder, clock: { now: () => Date.now() }, onAlarm: noTell });
  connection = (await history.command('connections.add', { name: 'Desk', content: 'redacted', demo: false, tokenHash, tokenEnds: 'ests' })).id;
  engine = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  started.push(engine);
  address = null;
  open(engine.pid ?? 0);
  receiver = await startReceiver({
    host: '127.0.0.1', port: 0, lookUp: (hash) => (hash.equals(tokenHash) ? { connection, content: 'redacted', enabled: true, tokenHash } : undefined),
    submit: (body) => history.submit(body), count: noTell, senders: { body: (...words) => processes.senders.body(...words) },
  });
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const pid of tools.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await processes.close();
  await receiver.close();
  await history.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(ownPid: number): void {
  processes = openProcesses({ log: fakeLog(), addressOf: () => Promise.resolve(address), addresses: () => Promise.resolve([]), ownPid });
}

async function begin(options: ExporterOptions): Promise<{ pid: number; tool: number }> {
  const child = spawn(process.execPath, [exporter, `http://127.0.0.1:${receiver.status().port}`, token, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const tool = await new Promise<number>((resolve) => { child.stdout.once('data', (chunk: Buffer) => { resolve(Number(chunk.toString())); }); });
  if (tool > 0) tools.push(tool);
  return { pid: child.pid ?? 0, tool };
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/exe`);

async function port(): Promise<StopPort> {
  const found = await processes.portFor(connection);
  if (found === null) throw new Error('there is no port');
  return found.port;
}
const aimed = (...agents: string[]): StopTarget => ({ agents, runs: null });
const survey = async (target: StopTarget): Promise<Survey> => (await port()).survey(target, long());
const leversIn = ({ targets }: Survey): string[] => targets.map(({ leverId }) => leverId);
async function heard(target: StopTarget, ...levers: string[]): Promise<void> {
  await expect.poll(async () => leversIn(await survey(target)), { timeout: 30_000, interval: 100 }).toEqual(levers);
}
async function refused(words: RegExp): Promise<void> {
  await expect.poll(async () => (await processes.notesFor(connection)).join(' '), { timeout: 30_000, interval: 100 }).toMatch(words);
}

/** As the orchestrator does it: keep what was there, pull, look. */
async function stop(leverId: string, target: StopTarget): Promise<{ saved: string | null; reply: LeverReply; look: () => Promise<Sight> }> {
  const its = await port();
  const sinceUs = Date.now() * 1_000;
  const saved = await its.save(leverId, target, long());
  const reply = await its.pull({ leverId, target, saved, attempt: 1 }, long(), noTell);
  return { saved, reply, look: () => its.look(target, sinceUs, [{ leverId, saved }], long()) };
}

const self = { 'process.pid': 'own', 'host.name': hostname() };

describe.runIf(process.platform === 'linux')('an agent that exports from this machine', () => {
  test('is ended with its tool, is seen gone, and seen when it comes back; another process of the same name lives on', async () => {
    const agent = await begin({ service: 'desk', agents: ['coder'], resource: self, tool: true });
    const other = await begin({ service: 'desk', agents: ['writer'], resource: self });
    await heard(aimed('desk/coder'), 'process.end');
    await heard(aimed('desk/writer'), 'process.end');
    const found = await survey(aimed('desk/coder'));
    expect(found.targets[0]?.text).toBe(`2 processes: ${agent.pid} node test-exporter.ts, ${agent.tool} node`);
    expect(found.alsoHits).toEqual([]);
    expect((await processes.portFor(connection))?.levers.map(({ id, wanted, undo }) => [id, wanted, undo])).toEqual([['process.end', true, 'none'], ['process.end-shared', false, 'none']]);

    const { reply, look, saved } = await stop('process.end', aimed('desk/coder'));
    expect(reply).toMatchObject({ reported: 'stopped', complete: true, text: '2 of 2 processes are gone, looked at twice. 1 did not end when asked to and was killed.' });
    expect([isAlive(agent.pid), isAlive(agent.tool), isAlive(other.pid)]).toEqual([false, false, true]);
    expect(await look()).toMatchObject({ open: [], signs: [], complete: true, readBack: [{ leverId: 'process.end', holds: true, text: '2 of 2 processes are gone, checked twice' }] });
    await expect((await port()).undo('process.end', saved ?? '', long())).rejects.toThrow('cannot be put back');

    const again = await begin({ service: 'desk', agents: ['coder'], resource: self });
    await expect.poll(async () => (await look()).open.map(({ what }) => what), { timeout: 15_000, interval: 100 }).toEqual([`process ${again.pid} (node test-exporter.ts) was started again`]);
    const sight = await look();
    expect(sight.readBack).toEqual([{ leverId: 'process.end', holds: false, text: `2 of 2 processes are gone, but it came back: process ${again.pid} (node test-exporter.ts)` }]);
    expect(sight.signs.map(({ what, denied }) => [what, denied])).toEqual([[`came back: process ${again.pid} (node test-exporter.ts) was started`, false]]);
  });

  test('is ended with the launcher that would start it again', async () => {
    const launcher = await begin({ service: 'desk', agents: ['coder'], resource: self, launcher: true });
    await heard(aimed('desk/coder'), 'process.end');
    const text = (await survey(aimed('desk/coder'))).targets[0]?.text ?? '';
    const child = Number(/^2 processes: (?<launcher>\d+) node test-exporter\.ts, (?<child>\d+) node test-exporter\.ts$/.exec(text)?.groups?.['child']);
    tools.push(child);
    const { reply, look } = await stop('process.end', aimed('desk/coder'));
    expect(reply).toMatchObject({ reported: 'stopped', text: '2 of 2 processes are gone, looked at twice.' });
    expect([isAlive(launcher.pid), isAlive(child)]).toEqual([false, false]);
    expect((await look()).readBack[0]).toMatchObject({ holds: true });
  });

  test('is looked for after a restart of the engine by what the order kept', async () => {
    const agent = await begin({ service: 'desk', agents: ['coder'], resource: self, tool: true });
    await heard(aimed('desk/coder'), 'process.end');
    const saved = await (await port()).save('process.end', aimed('desk/coder'), long());
    open(engine.pid ?? 0);
    process.kill(agent.pid, 'SIGKILL');
    const its = await port();
    const pulled = [{ leverId: 'process.end', saved }];
    await expect.poll(async () => (await its.look(aimed('desk/coder'), 0, pulled, long())).open.map(({ what }) => what), { timeout: 10_000 }).toEqual([`process ${agent.tool} (node) is alive`]);
    const reply = await its.pull({ leverId: 'process.end', target: aimed('desk/coder'), saved, attempt: 2 }, long(), noTell);
    expect(reply.reported).toBe('stopped');
    expect((await its.look(aimed('desk/coder'), 0, pulled, long())).readBack).toEqual([{ leverId: 'process.end', holds: true, text: '2 of 2 processes are gone, checked twice' }]);
    expect((await its.pull({ leverId: 'process.end', target: aimed('desk/coder'), saved, attempt: 3 }, long(), noTell)).reported).toBe('nothing_to_stop');
  });

  test('that shares its process with others is told with them, and only ended for all of them without a warning', async () => {
    await begin({ service: 'desk', agents: ['coder', 'writer'], resource: self });
    await heard(aimed('desk/coder'), 'process.end-shared');
    await heard(aimed('desk/coder', 'desk/writer'), 'process.end');
    expect((await survey(aimed('desk/coder'))).alsoHits.map(({ leverId, agent, name }) => [leverId, agent, name])).toEqual([['process.end-shared', 'desk/writer', 'desk/writer']]);
    expect((await survey(aimed('desk/coder', 'desk/writer'))).alsoHits).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('nothing is signalled', () => {
  test.each<[string, ExporterOptions['resource'], RegExp]>([
    ['a collector that forwards for a process elsewhere', { 'process.pid': 1_234_567 }, /process 1234567, which is not of its tree: it sends on what others say/],
    ['one that forwards for another machine', { 'host.name': 'another-machine' }, /for the machine "another-machine"/],
    ['one that says to be who started it', { 'process.pid': process.pid }, /process \d+.*belongs with Gatehouse|says that it is process|part of Gatehouse/],
  ])('of %s', async (_what, resource, words) => {
    const { pid } = await begin({ service: 'desk', agents: ['coder'], resource });
    await refused(words);
    expect((await processes.portFor(connection))?.levers).toEqual([]);
    const { reply, saved, look } = await stop('process.end', aimed('desk/coder'));
    expect(saved).toBeNull();
    expect(reply).toMatchObject({ reported: 'refused', complete: false });
    expect(reply.text).toMatch(/No process of this machine is proven to be it; nothing was signalled/);
    expect((await look()).readBack).toEqual([{ leverId: 'process.end', holds: null, text: 'No process was proven to be it, so none can be looked for.' }]);
    expect(isAlive(pid)).toBe(true);
  });

  test('of what the engine itself started', async () => {
    open(process.pid);
    const { pid } = await begin({ service: 'desk', agents: ['coder'], resource: self });
    await refused(/is part of Gatehouse/);
    expect([(await stop('process.end', aimed('desk/coder'))).reply.reported, isAlive(pid)]).toEqual(['refused', true]);
  });

  test('for an agent that no process was heard as', async () => {
    const { pid } = await begin({ service: 'desk', agents: ['writer'], resource: self });
    await heard(aimed('desk/writer'), 'process.end');
    expect(leversIn(await survey(aimed('desk/coder')))).toEqual([]);
    expect([(await stop('process.end', aimed('desk/coder'))).reply.reported, isAlive(pid)]).toEqual(['refused', true]);
  });
});

describe.runIf(process.platform === 'linux')('the server behind a runtime on this machine', () => {
  const serve = (port = 0): Promise<{ pid: number; port: number }> => new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', `require('node:http').createServer().listen(${port}, '127.0.0.1', function () { console.log(this.address().port); })`], { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(child);
    child.stdout.once('data', (chunk: Buffer) => { resolve({ pid: child.pid ?? 0, port: Number(chunk.toString()) }); });
  });
  const everything: StopTarget = { agents: null, runs: null };

  test('is the process that listens there; it is ended, and seen when it listens again', async () => {
    const server = await serve();
    const beside = await serve();
    address = `http://localhost:${server.port}/api`;
    expect((await processes.portFor(connection))?.levers.map(({ id, wanted, reach }) => [id, wanted, reach])).toEqual([['process.end-server', false, 'connection']]);
    const found = await survey(everything);
    expect(found.targets).toEqual([{ leverId: 'process.end-server', text: `1 process: ${server.pid} node, listening at localhost:${server.port}` }]);
    expect(found.alsoHits.map(({ name }) => name)).toEqual([`everybody who uses localhost:${server.port}`]);
    const { reply, look } = await stop('process.end-server', everything);
    expect(reply).toMatchObject({ reported: 'stopped', complete: true });
    expect([isAlive(server.pid), isAlive(beside.pid)]).toEqual([false, true]);
    expect((await look()).readBack).toEqual([{ leverId: 'process.end-server', holds: true, text: '1 of 1 processes are gone, checked twice' }]);
    const again = await serve(server.port);
    expect((await look()).open.map(({ what }) => what)).toEqual([`process ${again.pid} (node) was started again`]);
  });

  test('is nobody where nobody listens, and never Gatehouse', async () => {
    const server = await serve();
    process.kill(server.pid, 'SIGKILL');
    await expect.poll(() => isAlive(server.pid)).toBe(false);
    address = `http://127.0.0.1:${server.port}`;
    expect(await processes.notesFor(connection)).toEqual([`No process that this account may read listens at 127.0.0.1:${server.port}.`]);
    address = `http://127.0.0.1:${receiver.status().port}`;
    expect((await processes.notesFor(connection)).join()).toMatch(/is part of Gatehouse, or Gatehouse was started by it/);
    expect((await processes.portFor(connection))?.levers).toEqual([]);
    address = 'https://agents.example.test:8123';
    expect(await processes.portFor(connection)).toBeNull();
  });
});
