/** Collectors, the desk and the history together: a runtime that is scripted, a history that is real. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Decision, Method, ParsedParams, Result } from '../../shared/contract.ts';
import type { ApprovalsMessage } from './approval-teller.ts';
import { FakeRuntime, foundApproval } from './collect/fake-runtime.ts';
import { RuntimeFault } from './connectors/connector.ts';
import { Connections } from './connections.ts';
import { Doors } from './doors.ts';
import { EngineLog } from './engine-log.ts';
import { GapKeeper } from './gap-keeper.ts';
import type { CallContext } from './ports.ts';
import { noReceiver } from './receiver-keeper.ts';
import { RuntimeConnections } from './runtime-connections.ts';
import { openRuntimes } from './runtimes.ts';
import type { Runtimes } from './runtimes.ts';
import { History } from './store/history.ts';
import { newLever, newOrder, planLever, stopPlan } from './store/test-stop.ts';

const as = (name: string): CallContext => ({ actor: { kind: 'desktop', name, place: 'page', readOnly: false }, signal: new AbortController().signal });
const ada = as('ada');
const everything = { period: { from: '2020-01-01T00:00:00.000Z', to: null } };

interface HouseParts { readonly history: History; readonly runtimes: Runtimes; readonly connections: Connections; readonly people: RuntimeConnections; readonly gaps: GapKeeper; readonly told: ApprovalsMessage[] }

class House {
  readonly history: History;
  readonly runtimes: Runtimes;
  readonly connections: Connections;
  readonly people: RuntimeConnections;
  readonly told: ApprovalsMessage[];
  readonly #gaps: GapKeeper;

  private constructor(parts: HouseParts) {
    this.history = parts.history;
    this.runtimes = parts.runtimes;
    this.connections = parts.connections;
    this.people = parts.people;
    this.told = parts.told;
    this.#gaps = parts.gaps;
  }

  static async open(folder: string, runtime: FakeRuntime): Promise<House> {
    const history = await History.open({ dataDir: folder, clock: { now: () => Date.now() } });
    const log = new EngineLog(folder);
    const gaps = new GapKeeper({ open: (gap) => history.command('gaps.open', gap), close: (gap) => history.command('gaps.close', gap) }, log);
    const told: ApprovalsMessage[] = [];
    const runtimes = openRuntimes({ history, gaps, log, changed: () => undefined, vault: null, lasting: true, onApprovals: (message) => told.push(message), loadKinds: () => Promise.resolve({ langgraph: runtime.kind }) });
    const connections = new Connections({ history, receiver: noReceiver({ host: '127.0.0.1', port: 4318 }), doors: new Doors(history), gaps, collectors: runtimes.collectors });
    const people = new RuntimeConnections({ history, facts: runtimes.facts, collectors: runtimes.collectors, credentials: runtimes.credentials, shown: (id) => connections.one(id), log });
    const house = new House({ history, runtimes, connections, people, gaps, told });
    await runtimes.start();
    return house;
  }

  ask<M extends Method>(name: M, params: ParsedParams<M>): Promise<Result<M>> { return this.history.query(name, params) as Promise<Result<M>>; }
  decide(id: string, fingerprint: string, decision: Decision, who = ada): Promise<Result<'approvals.decide'>> { return this.runtimes.desk.decide({ id, fingerprint, decision }, who); }
  async waiting(): Promise<Result<'approvals.list'>['rows']> { return (await this.ask('approvals.list', { state: 'waiting', limit: 100 })).rows; }
  async audit(): Promise<string[]> { return (await this.ask('audit.list', { limit: 100 })).rows.filter((row) => !row.action.startsWith('audit.')).map((row) => `${row.actor} ${row.action} ${row.outcome}`).reverse(); }

  async close(): Promise<void> {
    await this.runtimes.close();
    await this.#gaps.settle();
    await this.history.close();
  }
}

let folder: string;
let runtime: FakeRuntime;
let house: House;
const until = (check: () => Promise<void> | void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 20 });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-runtimes-'));
  runtime = new FakeRuntime();
  house = await House.open(folder, runtime);
});
afterEach(async () => {
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

const target = { kind: 'langgraph' as const, url: 'http://127.0.0.1:9/' };
const add = (value = 'sk-0123456789ab') => house.people.add({ name: 'Lab', target, credential: { from: 'value', value }, demo: false }, ada);

/** A request that waits, as a person sees it. */
async function shown(): Promise<{ id: string; fingerprint: string }> {
  let id = '';
  await until(async () => { id = (await house.waiting())[0]?.id ?? ''; expect(id).not.toBe(''); });
  return house.ask('approvals.get', { id });
}

describe('a connection that asks', () => {
  it('shows at once what the first look found, and keeps the credential out of everything', async () => {
    runtime.key = 'sk-0123456789ab';
    runtime.run('run-1');
    const connection = await add();
    expect(connection).toMatchObject({ kind: 'langgraph', health: 'healthy', agents: 1, runtime: { product: 'Fake runtime', credential: 'session', credentialHint: '89ab', circuit: 'closed', fault: null, visibility: 'all' } });
    await until(async () => { expect((await house.ask('tasks.list', { limit: 10 })).rows).toMatchObject([{ key: 'run-1', outcome: 'running', outcomeBasis: 'reported' }]); });
    runtime.key = 'another-key-0123';
    await until(async () => { expect((await house.connections.list()).rows[0]).toMatchObject({ health: 'unauthorised' }); });
    await house.close();
    const telling = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes('sk-0123456789ab'));
    expect(telling).toEqual([]);
    house = await House.open(folder, runtime);
  });

  it('is not made with a secret in its address, and neither the history nor its log gets to know it', async () => {
    const none = { from: 'none' as const };
    for (const url of ['http://127.0.0.1:9/?api_key=hush-4711', 'http:////ada:hush-4711@127.0.0.1:9/']) {
      const leaky = { ...target, url };
      await expect(house.people.add({ name: 'Lab', target: leaky, credential: none, demo: false }, ada)).rejects.toThrow(/give it as the credential of the connection. Nothing was kept or sent./);
      await expect(house.people.tryTarget({ target: leaky, credential: none }, ada)).rejects.toThrow('Nothing was kept or sent.');
    }
    const { id } = await add();
    await expect(house.people.retarget({ id, target: { ...target, url: 'http://127.0.0.1:9/?token=hush-4711' } }, ada)).rejects.toThrow('Nothing was kept or sent.');
    expect(await house.audit()).toEqual(['ada connection.add done']);
    await house.close();
    expect(readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes('hush-4711'))).toEqual([]);
    house = await House.open(folder, runtime);
  });

  it('says a fault within a poll, writes one gap, and goes on without holes or doubles', async () => {
    await add();
    runtime.run('run-1');
    await until(async () => { expect((await house.ask('tasks.list', { limit: 10 })).rows).toHaveLength(1); });
    runtime.fault = new RuntimeFault('unreachable', 'Nothing listens at its address (connection refused).');
    await until(async () => { expect((await house.connections.list()).rows[0]).toMatchObject({ health: 'unreachable', runtime: { fault: { kind: 'unreachable' } } }); });
    runtime.run('run-1', 'completed');
    runtime.run('run-2');
    runtime.fault = null;
    await until(async () => { expect((await house.ask('tasks.list', { limit: 10 })).rows.map((row) => `${row.key} ${row.outcome}`).sort((one, other) => one.localeCompare(other))).toEqual(['run-1 completed', 'run-2 running']); });
    await until(async () => {
      const { rows } = await house.ask('gaps.list', everything);
      expect(rows).toEqual([expect.objectContaining({ reason: 'runtime_unreachable', connectionName: 'Lab', to: expect.any(String) as string })]);
    });
    expect((await house.ask('activity.list', { limit: 100 })).rows).toHaveLength(2);
  });

  it('goes on from its checkpoint after a restart, and says that a session credential is gone', async () => {
    runtime.key = 'sk-0123456789ab';
    runtime.run('run-1');
    await add();
    await until(async () => { expect((await house.ask('tasks.list', { limit: 10 })).rows).toHaveLength(1); });
    await house.close();
    runtime.checkpoints = [];
    house = await House.open(folder, runtime);
    await until(async () => {
      expect((await house.connections.list()).rows[0]).toMatchObject({ health: 'unauthorised', runtime: { credential: 'missing', fault: { kind: 'credential_missing', text: expect.stringContaining('Give it again') as string } } });
    });
    const [connection] = (await house.connections.list()).rows;
    const again = await house.people.setCredential({ id: connection?.id ?? '', use: 'read', credential: { from: 'value', value: 'sk-0123456789ab' } }, ada);
    expect(again).toMatchObject({ health: 'healthy', runtime: { credential: 'session' } });
    expect(runtime.checkpoints[0]).toBe('1');
    expect((await house.ask('activity.list', { limit: 100 })).rows).toHaveLength(1);
  });

  it('is not asked while it is off, and gone when it is removed', async () => {
    const { id } = await add();
    const off = await house.connections.update({ id, enabled: false }, ada.actor);
    expect(off).toMatchObject({ health: 'off' });
    const asked = runtime.collects;
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    expect(runtime.collects).toBe(asked);
    expect((await house.connections.update({ id, enabled: true }, ada.actor)).enabled).toBe(true);
    await until(() => expect(runtime.collects).toBeGreaterThan(asked));
    await house.connections.remove({ id, history: 'delete' }, ada.actor, house.people);
    expect(await house.runtimes.facts()).toEqual([]);
    const last = runtime.collects;
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    expect(runtime.collects).toBe(last);
    expect(await house.audit()).toEqual(['ada connection.add done', 'ada connection.update done', 'ada connection.update done', 'ada connection.remove asked', 'ada connection.remove done']);
  });

  it('is tested without being disturbed, and tried without being saved', async () => {
    runtime.key = 'right-key-12345';
    const tried = await house.people.tryTarget({ target, credential: { from: 'value', value: 'wrong-key-12345' } }, ada);
    expect(tried).toMatchObject({ ok: false, checks: [{ result: 'failed' }] });
    expect(JSON.stringify(tried)).not.toContain('wrong-key');
    expect(await house.runtimes.facts()).toEqual([]);
    const { id } = await add('right-key-12345');
    expect(await house.people.test({ id }, ada)).toMatchObject({ ok: true, visibility: 'all', product: 'Fake runtime' });
    expect(await house.audit()).toEqual(['ada connection.test asked', 'ada connection.test failed', 'ada connection.add done', 'ada connection.test asked', 'ada connection.test done']);
  });
});

describe('what people change', () => {
  it('moves to another address with its credential, and refuses another kind', async () => {
    const { id } = await house.people.add({ name: 'Lab', target: { ...target, header: 'x-lab-key', scheme: 'plain' }, credential: { from: 'value', value: 'sk-0123456789ab' }, demo: false }, ada);
    const moved = await house.people.retarget({ id, target: { kind: 'langgraph', url: 'http://127.0.0.1:10/' } }, ada);
    expect(moved.runtime).toMatchObject({ address: 'http://127.0.0.1:10/', credential: 'session' });
    expect((await house.runtimes.facts())[0]?.target).toEqual({ kind: 'langgraph', url: 'http://127.0.0.1:10/', header: 'x-lab-key', scheme: 'plain' });
    expect(runtime.opened).toBe(2);
    await expect(house.people.retarget({ id, target: { kind: 'a2a', url: 'http://127.0.0.1:10/' } }, ada)).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('stays where a stop was ordered for it', async () => {
    const { id } = await add();
    const [fact] = await house.runtimes.facts();
    const plan = stopPlan();
    const order = await house.history.command('stops.begin', newOrder({ plan, levers: [newLever(plan.levers[0] ?? planLever('a'), { connection: fact?.id ?? 0 })] }));
    await expect(house.people.retarget({ id, target: { kind: 'langgraph', url: 'http://127.0.0.1:10/' } }, ada)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(`Stop order ${order.number} is open`) as string });
    await house.history.command('stops.write', { id: order.id, order: { endedUs: Date.now() * 1_000 } });
    expect((await house.people.retarget({ id, target: { kind: 'langgraph', url: 'http://127.0.0.1:10/' } }, ada)).runtime?.address).toBe('http://127.0.0.1:10/');
  });

  it('agrees to exactly the command that is shown, and again when it became another', async () => {
    const command = { kind: 'mcp' as const, transport: 'stdio' as const, command: 'tools', args: ['--all'], env: [] };
    const { id, runtime: link } = await house.people.add({ name: 'Tools', target: command, credential: { from: 'none' }, demo: false }, ada);
    const consent = async (): Promise<string | null> => (await house.runtimes.facts())[0]?.consent ?? null;
    await expect(house.people.consent({ id, command: 'tools --All' }, ada)).rejects.toMatchObject({ code: 'conflict' });
    expect(await consent()).toBeNull();
    await house.people.consent({ id, command: link?.address ?? '' }, ada);
    expect(await consent()).toBe('tools --all');
    await house.people.retarget({ id, target: { ...command, args: ['--all', '--delete'] } }, ada);
    expect(await consent()).toBeNull();
    expect(await house.audit()).toEqual(['ada connection.add done', 'ada connection.consent done', 'ada connection.retarget done']);
  });
});

describe('the desk', () => {
  it('answers what waits, once, and writes it down; the desktop is told of both', async () => {
    runtime.waiting = [foundApproval('q1')];
    await add();
    const { id, fingerprint } = await shown();
    await until(() => expect(house.told).toContainEqual({ t: 'approvals', waiting: 1, fresh: [{ id, title: 'send_payment 41 EUR', agent: 'clerk' }] }));
    const decided = await house.decide(id, fingerprint, { answer: 'approve', reason: 'as agreed' });
    expect(decided).toMatchObject({ state: 'approved', decidedBy: 'ada', reason: 'as agreed' });
    expect(runtime.answered).toEqual([{ key: 'q1', answer: 'approve' }]);
    await until(() => expect(house.told.at(-1)).toEqual({ t: 'approvals', waiting: 0, fresh: [] }));
    await new Promise((resolve) => { setTimeout(resolve, 150); });
    expect((await house.ask('approvals.get', { id })).state).toBe('approved');
    expect(await house.audit()).toEqual(['ada connection.add done', 'ada approval.approve asked', 'ada approval.approve done']);
  });

  it('makes one decision of two people at once, and tells the second who was first', async () => {
    runtime.waiting = [foundApproval('q1')];
    await add();
    const { id, fingerprint } = await shown();
    let release = (): void => undefined;
    runtime.whileAnswering = () => new Promise((done) => { release = done; });
    const first = house.decide(id, fingerprint, { answer: 'approve' });
    await until(async () => { expect(await house.audit()).toContain('ada approval.approve asked'); });
    await expect(house.decide(id, fingerprint, { answer: 'reject', reason: 'no' }, as('bob'))).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('ada') as string });
    await until(() => { release(); expect(runtime.answered).toHaveLength(1); });
    expect((await first).state).toBe('approved');
    await expect(house.decide(id, fingerprint, { answer: 'reject', reason: 'no' }, as('bob'))).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('by ada') as string });
    expect(runtime.answered).toEqual([{ key: 'q1', answer: 'approve' }]);
    expect((await house.audit()).filter((line) => line.startsWith('bob'))).toEqual(['bob approval.reject refused', 'bob approval.reject refused']);
  });

  it('answers nothing when the request changed since it was shown, and shows it again', async () => {
    runtime.waiting = [foundApproval('q1')];
    await add();
    const { id, fingerprint } = await shown();
    runtime.waiting = [foundApproval('q1', { actions: [{ name: 'send_payment', parameters: '{"eur":41000}', description: null, answers: ['approve', 'reject'] }] })];
    await expect(house.decide(id, fingerprint, { answer: 'approve' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('changed') as string });
    expect(runtime.answered).toEqual([]);
    const again = await house.ask('approvals.get', { id });
    expect(again).toMatchObject({ state: 'waiting', actions: [{ parameters: '{"eur":41000}' }] });
    expect((await house.decide(id, again.fingerprint, { answer: 'reject', reason: 'too much' })).state).toBe('rejected');
  });

  it('says that somebody answered it elsewhere, before and in the very moment', async () => {
    runtime.waiting = [foundApproval('q1'), foundApproval('q2')];
    await add();
    await shown();
    const [one, two] = await Promise.all((await house.waiting()).map((row) => house.ask('approvals.get', { id: row.id })));
    if (!one || !two) throw new Error('both should wait');
    runtime.fault = new RuntimeFault('throttled', 'wait', { retryAfterMs: 300 });
    await until(async () => { expect((await house.connections.list()).rows[0]?.health).toBe('throttled'); });
    runtime.fault = null;
    runtime.waiting = runtime.waiting.filter((found) => found.key !== 'q1');
    await expect(house.decide(one.id, one.fingerprint, { answer: 'approve' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('waits no more') as string });
    runtime.whileAnswering = () => { runtime.waiting = []; };
    await expect(house.decide(two.id, two.fingerprint, { answer: 'approve' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('Somebody else') as string });
    expect(runtime.answered).toEqual([]);
    expect([(await house.ask('approvals.get', { id: one.id })).state, (await house.ask('approvals.get', { id: two.id })).state]).toEqual(['answered_elsewhere', 'answered_elsewhere']);
  });

  it('says what is not known when the runtime does not say whether it took the answer', async () => {
    runtime.waiting = [foundApproval('q1')];
    await add();
    const { id, fingerprint } = await shown();
    runtime.whileAnswering = () => Promise.reject(new RuntimeFault('unreachable', 'It did not answer within 10 s.'));
    await expect(house.decide(id, fingerprint, { answer: 'approve' })).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('not known') as string });
    expect((await house.ask('approvals.get', { id })).state).toBe('waiting');
    runtime.whileAnswering = null;
    expect((await house.decide(id, fingerprint, { answer: 'approve' })).state).toBe('approved');
    expect(await house.audit()).toEqual(['ada connection.add done', 'ada approval.approve asked', 'ada approval.approve failed', 'ada approval.approve asked', 'ada approval.approve done']);
  });

  it('refuses answers that the request does not take, before anything is claimed', async () => {
    runtime.waiting = [foundApproval('q1')];
    await add();
    const { id, fingerprint } = await shown();
    await expect(house.decide(id, fingerprint, { answer: 'respond', response: 'x' })).rejects.toMatchObject({ code: 'bad_request', message: expect.stringContaining('approve, reject') as string });
    await expect(house.decide('apr-zz', fingerprint, { answer: 'approve' })).rejects.toMatchObject({ code: 'not_found' });
    await house.connections.update({ id: (await house.connections.list()).rows[0]?.id ?? '', enabled: false }, ada.actor);
    await expect(house.decide(id, fingerprint, { answer: 'approve' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('switched off') as string });
    expect((await house.audit()).filter((line) => line.includes('approval'))).toEqual([]);
  });
});
