/** Every command of the contract, once, at a whole engine: it leaves its entries in the audit log, or stands here with why not. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contract } from '../../shared/contract.ts';
import type { Method, Params, Result } from '../../shared/contract.ts';
import type { AuditEntry } from '../../shared/domain.ts';
import { startEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { MemoryPort } from './memory-port.ts';

type Call = <M extends Method>(method: M, params: Params<M>) => Promise<Result<M>>;
/** `writes`: action and outcome of each entry, in order. `changes`: the last one says what was before and after. `fails`: the call is refused, which is written too. */
interface Told { readonly act: (call: Call) => Promise<unknown>; readonly writes: readonly string[]; readonly changes?: true; readonly fails?: true }
/** Needs a runtime that answers, an approval that waits, or the like: proved where that stands. */
interface Elsewhere { readonly file: string; readonly says: string }
interface Silent { readonly why: string }
type Row = Told | Elsewhere | Silent;

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-coverage-'));
const papers = mkdtempSync(join(tmpdir(), 'gatehouse-papers-'));
const here = fileURLToPath(new URL('.', import.meta.url));
let engine: Engine;
let port: MemoryPort;
const call: Call = (method, params) => port.call(method, params);
const period = { from: '2026-01-01T00:00:00.000Z', to: null };

const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
async function send(endpoint: string, token: string, agent: string, n: number): Promise<void> {
  const now = BigInt(Date.now()) * 1_000_000n;
  const span = { traceId: n.toString(16).padStart(32, '0'), spanId: n.toString(16).padStart(16, '0'), name: 'execute_tool pay', kind: 1, startTimeUnixNano: String(now - 5_000_000n), endTimeUnixNano: String(now), attributes: [text('gen_ai.agent.name', agent), text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', 'pay'), text('error.type', 'Denied')], status: { code: 2, message: 'it did not pay' } };
  const body = JSON.stringify({ resourceSpans: [{ resource: { attributes: [text('service.name', agent)] }, scopeSpans: [{ scope: { name: 'x' }, spans: [span] }] }] });
  expect((await fetch(`${endpoint}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-gatehouse-token': token }, body })).status).toBe(200);
}

const made = { otlp: '', runtime: '', agents: ['', ''] as [string, string], task: '', failure: '', budget: '', rule: '', alertRule: '', target: '', price: '', bill: '', document: '', finding: '', operator: '', hold: '', template: '' };

const draft = { name: 'Month', scope: { kind: 'everything' as const }, per: 'month' as const, currency: 'USD', softMicros: 1_000_000, hardMicros: null, onHard: 'tell' as const };
const autoRule = { name: 'Payments', trigger: { kind: 'tool' as const, names: ['pay'] }, watches: { kind: 'everything' as const }, level: 'cancel' as const };
const alertRule = { name: 'Spend', trigger: { kind: 'spend_rate' as const, amountMicros: 5_000_000, currency: 'USD', withinS: 3_600 }, watches: { kind: 'everything' as const }, severity: 'info' as const };
const price = { provider: null, model: 'own-model', region: null, tier: null, currency: 'USD', units: [{ unit: 'input' as const, price: '3.00', per: 1_000_000 }], from: '2026-01-01', to: null, source: 'contract', note: null };
const bill = 'date,model,cost,currency\n2026-03-01,own-model,1.50,USD\n';
const wide = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
const offline = { kind: 'langgraph' as const, url: 'http://127.0.0.1:9/' };
const spec: Params<'reports.start'>['spec'] = { name: 'Gaps', from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z', scope: { kind: 'everything' }, contents: ['gaps'], formats: ['csv'] };
const stopTests = 'stop/stopping.integration.test.ts';

const rows: Readonly<Record<string, Row>> = {
  'connections.addOtlp': { act: (ask) => ask('connections.addOtlp', { name: 'second' }), writes: ['connection.add done'] },
  'connections.update': { act: (ask) => ask('connections.update', { id: made.otlp, name: 'renamed' }), writes: ['connection.update done'], changes: true },
  'connections.rotateToken': { act: (ask) => ask('connections.rotateToken', { id: made.otlp }), writes: ['connection.token done'] },
  'connections.addRuntime': { act: async (ask) => { made.runtime = (await ask('connections.addRuntime', { name: 'away', target: offline })).id; }, writes: ['connection.add done'] },
  'connections.retarget': { act: (ask) => ask('connections.retarget', { id: made.runtime, target: { ...offline, url: 'http://127.0.0.1:10/' } }), writes: ['connection.retarget done'] },
  'connections.setCredential': { act: (ask) => ask('connections.setCredential', { id: made.runtime, credential: { from: 'env', name: 'NO_SUCH_KEY' } }), writes: ['connection.credential done'] },
  'connections.consent': { file: 'runtimes.integration.test.ts', says: 'connection.consent' },
  'connections.test': { act: (ask) => ask('connections.test', { id: made.runtime }), writes: ['connection.test asked', 'connection.test failed'] },
  'connections.tryRuntime': { act: (ask) => ask('connections.tryRuntime', { target: offline }), writes: ['connection.test asked', 'connection.test failed'] },
  'connections.pollNow': { act: (ask) => ask('connections.pollNow', { id: made.runtime }), writes: ['connection.poll asked', 'connection.poll failed'] },
  'connections.remove': { act: (ask) => ask('connections.remove', { id: made.runtime, history: 'keep' }), writes: ['connection.remove asked', 'connection.remove done'] },

  'failures.setState': { act: (ask) => ask('failures.setState', { id: made.failure, state: 'known', note: 'seen' }), writes: ['failures.state done'] },
  'failures.note': { act: (ask) => ask('failures.note', { id: made.failure, text: 'looked at' }), writes: ['failures.note done'] },
  'tasks.mark': { act: (ask) => ask('tasks.mark', { id: made.task, outcome: 'failed', note: 'it did not pay' }), writes: ['tasks.mark done'], changes: true },
  'cost.importBill': { act: async (ask) => { made.bill = (await ask('cost.importBill', { connectionId: made.otlp, name: 'March', format: 'csv', text: bill })).id; }, writes: ['bills.import done'] },
  'cost.removeBill': { act: (ask) => ask('cost.removeBill', { id: made.bill }), writes: ['bills.remove done'] },
  'prices.save': { act: async (ask) => { made.price = (await ask('prices.save', { entry: price })).id; }, writes: ['prices.save done'], changes: true },
  'prices.import': { act: (ask) => ask('prices.import', { name: 'list', text: JSON.stringify([{ ...price, model: 'other-model' }]) }), writes: ['prices.import done'] },
  'prices.remove': { act: (ask) => ask('prices.remove', { id: made.price }), writes: ['prices.remove done'] },
  'budgets.save': { act: async (ask) => { made.budget = (await ask('budgets.save', { draft })).id; await ask('budgets.save', { id: made.budget, draft: { ...draft, softMicros: 2_000_000 } }); }, writes: ['budgets.save done', 'budgets.save done'], changes: true },
  'budgets.remove': { act: (ask) => ask('budgets.remove', { id: made.budget }), writes: ['budgets.remove done'] },

  'alerts.acknowledge': { file: 'alerts/alerts-desk.test.ts', says: 'alerts.acknowledge' },
  'alerts.resolve': { file: 'alerts/alerts-desk.test.ts', says: 'alerts.resolve' },
  'alerts.reopen': { file: 'alerts/alerts-desk.test.ts', says: 'alerts.reopen' },
  'alerts.saveRule': { act: async (ask) => { made.alertRule = (await ask('alerts.saveRule', { draft: alertRule })).id; }, writes: ['alertRules.save done'], changes: true },
  'alerts.removeRule': { act: (ask) => ask('alerts.removeRule', { id: made.alertRule }), writes: ['alertRules.remove done'] },
  'targets.save': { act: async (ask) => { made.target = (await ask('targets.save', { draft: { name: 'hook', config: { kind: 'webhook', url: 'http://127.0.0.1:9/in' } as Params<'targets.save'>['draft']['config'] } })).id; }, writes: ['targets.save done'], changes: true },
  'targets.test': { act: (ask) => ask('targets.test', { id: made.target }), writes: ['targets.test asked', 'targets.test failed'] },
  'targets.retry': { act: (ask) => ask('targets.retry', { id: made.target }), writes: ['targets.retry done'] },
  'targets.remove': { act: (ask) => ask('targets.remove', { id: made.target }), writes: ['targets.remove done'] },

  'access.approve': { act: (ask) => ask('access.approve', { agentId: made.agents[0], note: 'reviewed' }), writes: ['access.approve done'] },
  'access.read': { why: 'Reads a document that is given with the call, keeps nothing of it, asks nobody.' },
  'access.import': { act: async (ask) => { made.document = (await ask('access.import', { name: 'admin', format: 'iam', text: wide, agentIds: [made.agents[0]] })).id; }, writes: ['access.import done'] },
  'access.dismiss': {
    act: async (ask) => {
      made.finding = await vi.waitFor(async () => {
        const { rows: [found] } = await ask('access.findings', { agentId: made.agents[0] });
        if (found === undefined) throw new Error('not found yet');
        return found.id;
      }, { timeout: 15_000, interval: 100 });
      await ask('access.dismiss', { id: made.finding, reason: 'known', until: null });
    },
    writes: ['access.dismiss done'],
  },
  'access.restore': { act: (ask) => ask('access.restore', { id: made.finding }), writes: ['access.restore done'] },
  'access.removeDocument': { act: (ask) => ask('access.removeDocument', { id: made.document }), writes: ['access.remove done'] },
  'access.setHolder': { act: (ask) => ask('access.setHolder', { connectionId: made.otlp, agentId: made.agents[0], holds: true }), writes: ['access.holder done'] },
  'agents.setOwner': { act: (ask) => ask('agents.setOwner', { id: made.agents[0], role: 'owner', name: 'Nina' }), writes: ['agents.owner done'], changes: true },
  'agents.setTags': { act: (ask) => ask('agents.setTags', { id: made.agents[0], tags: ['pay'] }), writes: ['tags.set done'], changes: true },
  'agents.link': { act: (ask) => ask('agents.link', { id: made.agents[0], to: made.agents[1] }), writes: ['agents.link done'] },
  'agents.unlink': { act: (ask) => ask('agents.unlink', { id: made.agents[0] }), writes: ['agents.unlink done'] },

  'approvals.decide': { file: 'runtimes.integration.test.ts', says: 'approval.approve' },
  'stop.plan': { why: 'Asks at most what runs now, as every poll does, and changes nothing; what is fired from it is written down before it leaves, with the plan\'s number.' },
  'stop.order': { act: (ask) => ask('stop.order', { planId: 'no-such-plan', levers: ['x'], reasonKind: 'other' as never }), writes: ['stop.order refused'], fails: true },
  'stop.second': { act: (ask) => ask('stop.second', { id: 'stp-1', operatorId: 'opr-1', passphrase: 'x' }), writes: ['stop.second refused'], fails: true },
  'stop.withdraw': { act: (ask) => ask('stop.withdraw', { id: 'stp-1' }), writes: ['stop.withdraw refused'], fails: true },
  'stop.retry': { act: (ask) => ask('stop.retry', { id: 'stp-1', leverId: 'x' }), writes: ['stop.retry refused'], fails: true },
  'stop.release': { file: stopTests, says: 'Ada stop.release asked' },
  'stop.checkRights': { act: (ask) => ask('stop.checkRights', {}), writes: ['stop.rights asked', 'stop.rights done'] },
  'stop.drill': { act: (ask) => ask('stop.drill', { agentId: made.agents[1], level: 'cancel' }), writes: ['stop.drill refused'], fails: true },
  'stop.setCanary': { act: (ask) => ask('stop.setCanary', { agentId: made.agents[0], canary: { level: 'cancel', everyHours: null } }), writes: ['canary.set done'], changes: true },
  'stop.saveRule': { act: async (ask) => { made.rule = (await ask('stop.saveRule', autoRule)).id; await ask('stop.saveRule', { ...autoRule, id: made.rule, mode: 'would' }); }, writes: ['rule.save done', 'rule.save done'], changes: true },
  'stop.removeRule': { act: (ask) => ask('stop.removeRule', { id: made.rule }), writes: ['rule.remove done'] },
  'operators.add': { act: async (ask) => { made.operator = (await ask('operators.add', { name: 'Otto', passphrase: 'a long passphrase' })).id; }, writes: ['operator.add done'] },
  'operators.remove': { act: (ask) => ask('operators.remove', { id: made.operator }), writes: ['operator.remove done'] },

  'console.record': { act: (ask) => ask('console.record', { act: 'lock.lock', outcome: 'done', at: new Date().toISOString(), details: { why: 'By a person.' } }), writes: ['lock.lock done'] },
  'settings.set': { act: (ask) => ask('settings.set', { retentionDays: 90, theme: 'dark' }), writes: ['settings.change done'], changes: true },
  'visits.mark': { why: 'When somebody last looked at the overview: it marks what is new to them, and hides or shows nothing.' },
  'alarms.dismiss': { file: 'alarms.test.ts', says: 'alarm.dismiss' },
  'audit.check': { act: (ask) => ask('audit.check', {}), writes: ['audit.check done'] },
  'audit.prune': { file: 'audit/open-audit.test.ts', says: "audit.desk['audit.prune']({ ...before, before: new Date(bench.now).toISOString() }" },
  'audit.renewKey': { act: (ask) => ask('audit.renewKey', { reason: 'a drill' }), writes: ['audit.renew_key asked'] },
  'reports.saveTemplate': { act: async (ask) => { made.template = (await ask('reports.saveTemplate', { name: 'Gaps', period: 'last_day', spec })).id; }, writes: ['reports.template done'] },
  'reports.removeTemplate': { act: (ask) => ask('reports.removeTemplate', { id: made.template }), writes: ['reports.template done'] },
  'reports.start': {
    act: async (ask) => {
      const { id } = await ask('reports.start', { spec, target: join(papers, 'gaps.csv') });
      await vi.waitFor(async () => { expect((await ask('reports.jobs', {})).rows.find((one) => one.id === id)?.state).toBe('done'); }, { timeout: 20_000, interval: 100 });
    },
    writes: ['reports.start asked', 'reports.start done'],
  },
  'reports.cancel': { file: 'export/report-desk.ts', says: "action: 'reports.cancel'" },
  'retention.setPolicy': { act: (ask) => ask('retention.setPolicy', { connectionId: made.otlp, period: 400 }), writes: ['retention.set done'] },
  'retention.run': { act: (ask) => ask('retention.run', {}), writes: ['retention.run asked', 'retention.run done'] },
  'retention.free': { act: (ask) => ask('retention.free', {}), writes: ['retention.free asked', 'retention.free done'] },
  'retention.cancel': { file: 'store/erasure.test.ts', says: "action: 'retention.cancel'" },
  'holds.place': { act: async (ask) => { made.hold = (await ask('holds.place', { scope: { kind: 'connection', id: made.otlp }, reason: 'case 7' })).id; }, writes: ['hold.place done'], changes: true },
  'holds.lift': { act: (ask) => ask('holds.lift', { id: made.hold, reason: 'closed' }), writes: ['hold.lift done'], changes: true },
  'erasure.preview': { act: (ask) => ask('erasure.preview', { person: 'Nobody Here' }), writes: ['erasure.preview asked'] },
  'erasure.run': { act: (ask) => ask('erasure.run', { person: 'Nobody Here', reason: 'a letter', rewrite: false, wait: true }), writes: ['erasure.run asked', 'erasure.run done'] },
};

const listed = <R extends Row>(is: (row: Row) => row is R): { name: string; row: R }[] => Object.entries(rows).flatMap(([name, row]) => (is(row) ? [{ name, row }] : []));
const told = listed((row): row is Told => 'act' in row);
const elsewhere = listed((row): row is Elsewhere => 'file' in row);
const silent = listed((row): row is Silent => 'why' in row);

beforeAll(async () => {
  engine = await startEngine({ dataFolder: folder, receiver: { host: '127.0.0.1', port: 0 }, owner: 'ada', vault: null, onApprovals: null, desktop: null });
  port = new MemoryPort();
  engine.serve(port, { kind: 'desktop', name: 'ada', place: 'main', readOnly: false });
  const { connection, token, endpoint } = await call('connections.addOtlp', { name: 'first', content: 'full' });
  made.otlp = connection.id;
  await send(endpoint, token, 'clerk', 1);
  await send(endpoint, token, 'porter', 2);
  await vi.waitFor(async () => {
    const [{ rows: agents }, { rows: tasks }, { rows: failures }] = await Promise.all([call('agents.list', { period }), call('tasks.list', {}), call('failures.groups', { period })]);
    const [first, second] = agents;
    if (first === undefined || second === undefined || tasks[0] === undefined || failures[0] === undefined) throw new Error('not assembled yet');
    Object.assign(made, { agents: [first.id, second.id], task: tasks[0].id, failure: failures[0].id });
  }, { timeout: 20_000, interval: 100 });
});
afterAll(async () => {
  await engine.close();
  for (const one of [folder, papers]) rmSync(one, { recursive: true, force: true });
});

/** Those of this person, oldest first; a look at content is written beside the answer. */
async function entries(since: Set<string>): Promise<AuditEntry[]> {
  const { rows: found } = await call('audit.list', { limit: 1_000 });
  return found.filter((one) => !since.has(one.id) && one.actor === 'ada').toReversed();
}

describe('the audit log covers', () => {
  it('every command of the contract: each has its row here', () => {
    const commands = Object.entries(contract).flatMap(([name, { type }]) => (type === 'command' ? [name] : []));
    expect(commands.filter((name) => !Object.hasOwn(rows, name))).toEqual([]);
    expect(Object.keys(rows).filter((name) => !commands.includes(name))).toEqual([]);
  });

  it.each(silent)('not $name, for a reason', ({ row }) => { expect(row.why.length).toBeGreaterThan(40); });
  it.each(elsewhere)('$name, as $row.file proves', ({ row }) => { expect(readFileSync(join(here, row.file), 'utf8').includes(row.says)).toBe(true); });

  it.each(told)('$name', async ({ row }) => {
    const before = new Set((await call('audit.list', { limit: 1_000 })).rows.map((one) => one.id));
    const ended = await row.act(call).then(() => 'done', (error: unknown) => `refused: ${String(error)}`);
    expect(ended).toMatch(row.fails ? /^refused/ : /^done$/);
    const written = await entries(before);
    expect(written.map((one) => `${one.action} ${one.outcome}`)).toEqual(row.writes);
    for (const one of written) expect([one.actorKind, one.text.length > 5]).toEqual(['desktop', true]);
    const details = Object.keys(JSON.parse(written.at(-1)?.details ?? '{}') as object);
    expect(['before', 'after'].filter((key) => row.changes && !details.includes(key))).toEqual([]);
  });

  it('a look at what an agent wrote, once an hour, and an act that was refused', async () => {
    const { rows: [activity] } = await call('activity.list', {});
    const before = new Set((await call('audit.list', { limit: 1_000 })).rows.map((one) => one.id));
    const reader = new MemoryPort();
    engine.serve(reader, { kind: 'desktop', name: 'ada', place: 'page', readOnly: true, text: 'hashes' });
    for (let times = 0; times < 3; times += 1) await reader.call('activity.get', { id: activity?.id ?? '' });
    await expect(reader.call('connections.remove', { id: made.otlp, history: 'delete' })).rejects.toThrow('Auditor mode');
    await vi.waitFor(async () => { expect((await entries(before)).map((one) => `${one.action} ${one.outcome} ${one.subject === activity?.id}`)).toEqual(['content.view done true', 'connections.remove refused false']); });
  });
});
