/** The kill switch with all its parts: a real history, the engine's own contract, and a runtime that is scripted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Method, ParsedParams, Result } from '../../../shared/contract.ts';
import type { Lever, Settings } from '../../../shared/domain.ts';
import { FakeRuntime as FakeKind } from '../collect/fake-runtime.ts';
import type { ConnectorKind } from '../connectors/connector.ts';
import { EngineLog } from '../engine-log.ts';
import { GapKeeper } from '../gap-keeper.ts';
import type { CallContext } from '../ports.ts';
import { openRuntimes } from '../runtimes.ts';
import type { Runtimes } from '../runtimes.ts';
import { History } from '../store/history.ts';
import { cutLever, FakeRuntime, said } from './fake-stop.ts';
import { openStopping } from './open-stop.ts';
import type { Stopping } from './open-stop.ts';

const as = (name: string): CallContext => ({ actor: { kind: 'desktop', name, place: 'page', readOnly: false }, signal: new AbortController().signal });
const ada = as('Ada');
const pause: Lever = { ...cutLever, id: 'fake.pause', title: 'Pause', level: 'suspend', step: 'refuse', reach: 'agent', undo: 'exact', undoText: 'Puts it back.' };

class House {
  readonly runtime = new FakeRuntime(() => Date.now() * 1_000);
  readonly kind = new FakeKind();
  history: History;
  runtimes: Runtimes;
  stopping: Stopping;
  readonly alarms: string[] = [];

  private constructor(folder: string, history: History) {
    this.history = history;
    const log = new EngineLog(folder);
    const gaps = new GapKeeper({ open: (gap) => history.command('gaps.open', gap), close: (gap) => history.command('gaps.close', gap) }, log);
    this.runtimes = openRuntimes({ history, gaps, log, changed: () => undefined, vault: null, lasting: true, onApprovals: null, loadKinds: () => Promise.resolve({ langgraph: this.#stoppable() }) });
    this.stopping = openStopping({ history, collectors: this.runtimes.collectors, processes: null, alarms: { tell: (id) => { this.alarms.push(id); return Promise.resolve(); } }, log, version: '1.0.0', lasting: true });
  }

  static async open(folder: string): Promise<House> {
    const history = await History.open({ dataDir: folder, clock: { now: () => Date.now() } });
    const house = new House(folder, history);
    await history.command('runtimes.add', { name: 'Fake', target: { kind: 'langgraph', url: 'http://127.0.0.1:1/' }, credential: null, credentialHint: null, content: 'full', demo: false, audit: { actor: 'Ada', actorKind: 'desktop', action: 'connection.add', subject: null, outcome: 'done', text: 'Added.', details: {} } });
    await house.runtimes.start();
    await house.stopping.start(null);
    await vi.waitFor(async () => { if ((await house.ask('agents.list', everything)).rows.length !== 1) throw new Error('the agent is not found yet'); }, { timeout: 20_000 });
    return house;
  }

  /** The scripted runtime of the collectors' tests, with levers. */
  #stoppable(): ConnectorKind<'langgraph'> {
    const { kind } = this.kind;
    const levers = [cutLever, pause];
    return {
      declaration: { ...kind.declaration, levers },
      open: (target, io) => {
        const connector = kind.open(target, io);
        return { ...connector, stop: this.runtime.port, discover: async (signal) => { const found = await connector.discover(signal); return { ...found, facts: { ...found.facts, levers } }; } };
      },
    };
  }

  ask<M extends Method>(name: M, params: ParsedParams<M>): Promise<Result<M>> { return this.history.queryJson(name, params).then((text) => JSON.parse(text) as Result<M>); }
  get desk(): Stopping['desk'] { return this.stopping.desk; }
  set(settings: Partial<Settings>): Promise<unknown> { return this.history.command('settings.set', settings); }
  async agent(): Promise<string> { return (await this.ask('agents.list', everything)).rows[0]?.id ?? ''; }
  async audit(): Promise<string[]> { return (await this.ask('audit.list', { limit: 200 })).rows.map((row) => `${row.actor} ${row.action} ${row.outcome}`).toReversed(); }
  async plan(level: 'cancel' | 'suspend' = 'cancel', more: Partial<ParsedParams<'stop.plan'>> = {}): Promise<Result<'stop.plan'>> { return this.desk['stop.plan']({ scope: { kind: 'agent', id: await this.agent() }, level, survey: true, ...more }, ada); }

  async close(): Promise<void> {
    await this.stopping.close();
    await this.runtimes.close();
    await this.history.close();
  }
}

const everything: ParsedParams<'agents.list'> = { period: { from: '2020-01-01T00:00:00.000Z', to: null }, includeIdle: true };
const wantedOf = (plan: Result<'stop.plan'>): string[] => plan.levers.filter((one) => one.wanted).map((one) => one.id);
const orderOf = (plan: Result<'stop.plan'>, more: Partial<ParsedParams<'stop.order'>> = {}): ParsedParams<'stop.order'> => ({ planId: plan.id, levers: wantedOf(plan), reasonKind: 'security', reason: 'It writes where it must not.', ...more });
const codeOf = (asked: Promise<unknown>): Promise<unknown> => asked.then(() => 'taken', (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error));

let folder: string;
let house: House;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-stopping-'));
  house = await House.open(folder);
});
afterEach(async () => {
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a stop', () => {
  it('is planned, fired, verified, certified and released', async () => {
    await house.set({ stopSilenceS: 5, stopWatchS: 60 });
    house.runtime.start('run-1');
    house.runtime.saved.set('fake.pause', '{"paused":false}');
    const plan = await house.plan('suspend');
    expect(plan.levers.map((one) => one.leverId).toSorted()).toEqual(['console.hold', 'fake.cancel', 'fake.pause']);
    const order = await house.desk['stop.order'](orderOf(plan), ada);
    expect(order).toMatchObject({ number: 1, scopeName: 'clerk', orderedBy: 'Ada', state: 'stopping' });
    expect(order.commandedAt).not.toBeNull();
    await vi.waitFor(async () => { expect((await house.ask('stop.get', { id: order.id })).state).toBe('verified'); }, { timeout: 40_000, interval: 200 });
    const detail = await house.ask('stop.get', { id: order.id });
    expect(detail.orderLevers.map((one) => [one.leverId, one.state, one.undoState])).toEqual(expect.arrayContaining([['fake.cancel', 'reported', 'none'], ['fake.pause', 'reported', 'open'], ['console.hold', 'reported', 'open']]));
    expect(detail.orderLevers.find((one) => one.leverId === 'fake.cancel')?.confirmed).toBe('yes');
    expect((await house.ask('stop.standing', {})).holds).toHaveLength(1);
    expect(await house.desk['stop.certificate']({ id: order.id }, ada)).toMatchObject({ format: 'gatehouse.stop-certificate', verdict: { state: 'verified' }, open: true });
    const released = await house.desk['stop.release']({ id: order.id, reason: 'It was repaired.' }, ada);
    expect(released.releasedAt).not.toBeNull();
    expect(house.runtime.undone).toEqual(['fake.pause {"paused":false}']);
    expect(await house.ask('stop.standing', {})).toEqual({ holds: [], changes: [] });
    expect((await house.audit()).filter((one) => one.includes('stop.'))).toEqual(['Ada stop.order asked', 'Gatehouse stop.answered done', 'Gatehouse stop.verified done', 'Ada stop.release asked', 'Ada stop.release done']);
  });

  it('fires what was shown, once, and only as it must be confirmed; what is refused is written down too', async () => {
    const plan = await house.plan();
    expect(await codeOf(house.desk['stop.order'](orderOf(plan, { planId: 'plan-of-nobody' }), ada))).toBe('not_found');
    expect(await codeOf(house.desk['stop.order'](orderOf(plan, { levers: ['con-1/made.up'] }), ada))).toBe('bad_request');
    const wide = await house.plan('cancel', { scope: { kind: 'everything' } });
    expect(wide.needs).toMatchObject({ typed: '1', reason: true });
    expect(await codeOf(house.desk['stop.order'](orderOf(wide, { typed: '2' }), ada))).toBe('bad_request');
    expect(await codeOf(house.desk['stop.order'](orderOf(wide, { typed: '1', reason: '' }), ada))).toBe('bad_request');
    expect(house.runtime.calls).toEqual([]);
    expect((await house.audit()).filter((one) => one === 'Ada stop.order refused')).toHaveLength(4);
    const twice = await Promise.all([codeOf(house.desk['stop.order'](orderOf(plan), ada)), codeOf(house.desk['stop.order'](orderOf(plan), ada))]);
    expect(twice.toSorted()).toEqual(['conflict', 'taken']);
    await vi.waitFor(() => { expect(house.runtime.calls).toEqual(['fake.cancel']); });
  });

  it('does not fire a plan of before the two-person rule', async () => {
    const plan = await house.plan();
    await house.set({ twoPerson: 'all' });
    expect(await codeOf(house.desk['stop.order']({ planId: plan.id, levers: wantedOf(plan), reasonKind: 'other', reason: '' }, ada))).toBe('conflict');
    expect(house.runtime.calls).toEqual([]);
    await house.set({ twoPerson: 'off' });
  });

  it('waits for a second person, who is another one and knows the passphrase', async () => {
    await house.set({ twoPerson: 'all' });
    const [grace, sameAsAda] = [await house.desk['operators.add']({ name: 'Grace', passphrase: 'a dozen marbles' }, ada), await house.desk['operators.add']({ name: 'ADA', passphrase: 'another dozen of them' }, ada)];
    expect(await codeOf(house.desk['operators.add']({ name: ' grace', passphrase: 'a dozen marbles' }, ada))).toBe('conflict');
    const order = await house.desk['stop.order'](orderOf(await house.plan()), ada);
    expect(order).toMatchObject({ state: 'waiting_second', commandedAt: null });
    expect(await codeOf(house.desk['stop.second']({ id: order.id, operatorId: sameAsAda.id, passphrase: 'another dozen of them' }, ada))).toBe('conflict');
    expect(await codeOf(house.desk['stop.second']({ id: order.id, operatorId: grace.id, passphrase: 'wrong' }, ada))).toBe('bad_request');
    expect(house.runtime.calls).toEqual([]);
    expect(await house.desk['stop.second']({ id: order.id, operatorId: grace.id, passphrase: 'a dozen marbles' }, ada)).toMatchObject({ state: 'stopping', secondBy: 'Grace' });
    await vi.waitFor(() => { expect(house.runtime.calls).toEqual(['fake.cancel']); });
    const other = await house.desk['stop.order'](orderOf(await house.plan()), ada);
    expect(await house.desk['stop.withdraw']({ id: other.id }, ada)).toMatchObject({ state: 'withdrawn' });
    expect((await house.audit()).filter((one) => one.includes('stop.second'))).toEqual(['Ada stop.second refused', 'Ada stop.second refused', 'Ada stop.second done']);
    expect(JSON.stringify(await house.ask('audit.list', { limit: 200 }))).not.toContain('dozen');
  });

  it('shows a lever that failed, and sends it once more', async () => {
    house.runtime.onPull = () => Promise.reject(new TypeError('of ours'));
    const plan = await house.plan();
    const order = await house.desk['stop.order'](orderOf(plan), ada);
    await vi.waitFor(async () => { expect((await house.ask('stop.get', { id: order.id })).orderLevers[0]?.state).toBe('unknown'); });
    house.runtime.onPull = () => Promise.resolve(said('stopped'));
    await house.desk['stop.retry']({ id: order.id, leverId: wantedOf(plan)[0] ?? '' }, ada);
    await vi.waitFor(async () => { expect((await house.ask('stop.get', { id: order.id })).orderLevers[0]).toMatchObject({ state: 'reported', attempts: 2 }); });
  });
});

describe('readiness', () => {
  it('drills a canary only, and asks for rights without changing anything', async () => {
    const agentId = await house.agent();
    expect(await codeOf(house.desk['stop.drill']({ agentId, level: 'cancel' }, ada))).toBe('conflict');
    await house.desk['stop.setCanary']({ agentId, canary: { level: 'cancel', everyHours: null } }, ada);
    expect(await codeOf(house.desk['stop.drill']({ agentId, level: 'suspend' }, ada))).toBe('conflict');
    expect(await house.desk['stop.drill']({ agentId, level: 'cancel' }, ada)).toMatchObject({ origin: 'drill', orderedBy: 'Ada' });
    expect(await house.desk['stop.checkRights']({}, ada)).toEqual({ asked: 1, missing: 0 });
    expect((await house.ask('stop.readiness', {})).rows[0]).toMatchObject({ agentName: 'clerk', canary: { level: 'cancel' }, cancel: { rights: 'ok' } });
  });

  it('keeps rules, tags and operators, each with its line in the audit log', async () => {
    const agentId = await house.agent();
    await house.desk['agents.setTags']({ id: agentId, tags: ['payments', 'payments'] }, ada);
    expect(await house.ask('tags.list', {})).toEqual({ rows: [{ tag: 'payments', agents: 1 }] });
    const rule = await house.desk['stop.saveRule']({ name: 'Too many denials', trigger: { kind: 'denials', count: 3, withinS: 60 }, watches: { kind: 'tag', tag: 'payments' }, level: 'cancel', stops: 'agent', mode: 'would' }, ada);
    expect(rule).toMatchObject({ name: 'Too many denials', mode: 'would', changedBy: 'Ada' });
    await house.desk['stop.removeRule']({ id: rule.id }, ada);
    const operator = await house.desk['operators.add']({ name: 'Grace', passphrase: 'a dozen marbles' }, ada);
    await house.desk['operators.remove']({ id: operator.id }, ada);
    expect((await house.audit()).slice(-5)).toEqual(['Ada tags.set done', 'Ada rule.save done', 'Ada rule.remove done', 'Ada operator.add done', 'Ada operator.remove done']);
  });

  it('orders by itself for a rule: what is ticked and can be pulled, in its own name', async () => {
    const id = await house.stopping.orderByEngine({ scope: { kind: 'agent', id: await house.agent() }, level: 'cancel', origin: 'rule', reason: 'Rule "x": 3 denials.', rule: 1, actor: null });
    expect(id).toBe(1);
    await vi.waitFor(() => { expect(house.runtime.calls).toEqual(['fake.cancel']); });
    expect(await house.audit()).toContain('Gatehouse stop.order asked');
  });
});
