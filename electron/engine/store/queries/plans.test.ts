/** Every question that screens ask, asked in every shape, must find its rows by an index: at ten million rows a scan takes seconds. */
import type { Statement } from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetPeriods, type BudgetDraft, type BudgetPeriod, type BudgetScope } from '../../../../shared/budgets.ts';
import { contract, type Method } from '../../../../shared/contract.ts';
import { costGroups } from '../../../../shared/cost.ts';
import { runCommand, type Commands } from '../commands.ts';
import { historyFile } from '../open.ts';
import { openReader, type ReadDb } from '../database.ts';
import { agentDraft, later, logDraft, second, spanDraft, t0, TestHistory, trace } from '../test-history.ts';
import { Tallies } from '../tallies.ts';
import { readDocument } from '../../access/read-document.ts';
import { AccessFold } from '../access-fold.ts';
import { markAll } from '../access-dirty.ts';
import { newAlert, newDelivery } from '../test-alerts.ts';
import { words } from '../test-runtime.ts';
import { newLever, newOrder, planLever } from '../test-stop.ts';
import { Reading } from './reading.ts';
import { queries, type QueryName } from './table.ts';

class Watched extends Reading {
  readonly asked = new Set<string>();
  override sql<P extends unknown[], R>(text: string): Statement<P, R> {
    this.asked.add(text);
    return super.sql<P, R>(text);
  }
}

/** An order about both agents, commanded in the middle of what they did. */
function orderStop(): void {
  const run = <N extends 'stops.begin' | 'stops.write' | 'tags.set' | 'rights.write'>(name: N, params: Commands[N]['params']): unknown => history.db.transaction(() => runCommand(name, history.db, params, new Tallies(history.db), t0)).immediate();
  run('stops.begin', newOrder({ agents: [1, 2], sources: [1, 2], levers: [newLever(planLever('hold', { leverId: 'console.hold' }), { connection: 1 })] }));
  run('stops.begin', newOrder({ tasks: [1], origin: 'drill' }));
  for (const id of [1, 2]) run('stops.write', { id, order: { commandedUs: t0 + 600 * second, state: id === 1 ? 'verified' : 'unverified', verifiedUs: t0 + 700 * second } });
  run('stops.write', { id: 1, levers: [{ id: 1, state: 'reported', sentUs: t0, confirmed: 'yes', confirmedUs: t0 + second, undoState: 'open' }] });
  run('tags.set', { agent: 1, tags: ['prod'], audit: words('ann') });
  run('rights.write', { connection: 1, checks: [{ level: 'cancel', result: 'ok', text: '' }], atUs: t0 });
}

/** Both agents hold a policy that names a credential; one of them what a connection offers, too; one baseline, one owner, one dismissal; all folded. */
function grantAccess(): void {
  const run = <N extends 'access.import' | 'access.setHolder' | 'access.approve' | 'access.dismiss' | 'agents.setOwner'>(name: N, params: Commands[N]['params']): unknown => history.db.transaction(() => runCommand(name, history.db, params, new Tallies(history.db), t0)).immediate();
  const text = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: '*' }] });
  const { readings, understood, problems } = readDocument({ format: 'iam', role: 'identity', text });
  run('access.import', { document: { name: 'policy', format: 'iam', role: 'identity', enforcement: 'enforced', credential: 'role/app', text, understood, problems }, readings, agents: [1, 2], audit: words('ann') });
  history.db.prepare("INSERT INTO grant_seen (connection, agent, kind, name, source, first_us, last_us) VALUES (1, 0, 'tool', 'tool-3', 'tools/list', ?, ?)").run(t0, t0);
  history.db.prepare("INSERT INTO grant_change (at_us, connection, agent, grant_id, kind, name, what, widening, first, text) SELECT at_us, connection, agent, grant_id, kind, name, 'changed', 1, 0, '' FROM grant_change").run();
  run('access.setHolder', { connection: 1, agent: 1, holds: true, audit: words('ann') });
  run('access.approve', { agent: 1, note: '', audit: words('ann') });
  run('agents.setOwner', { agent: 1, role: 'owner', name: 'Ann', gone: false, audit: words('ann') });
  history.db.transaction(() => {
    markAll(history.db);
    const fold = new AccessFold(history.db);
    for (let turns = 0; fold.turn(nowUs, () => 0, 1_000).more; turns += 1) if (turns > 100) throw new Error('the fold does not come to an end');
  }).immediate();
  run('access.dismiss', { id: 1, reason: 'known', untilUs: null, audit: words('ann') });
}

/** A price of our own, a bill, what people said of a failure; all tasks folded. */
function spendMoney(): void {
  const audit = words('ann');
  const run = <N extends 'prices.save' | 'bills.import' | 'failures.setState' | 'failures.note'>(name: N, params: Commands[N]['params']): unknown => history.db.transaction(() => runCommand(name, history.db, params, new Tallies(history.db), t0)).immediate();
  const entry = { provider: null, model: 'm', match: [{ equals: 'm' }], region: null, tier: null, currency: 'USD', units: [{ unit: 'input' as const, per: 1_000_000, price: '3' }], from: null, to: null, source: 'a list', sourceDate: '2026-03-01', note: null };
  run('prices.save', { entry, replaces: null, overrides: null, audit });
  run('bills.import', { bill: { connection: 1, name: 'March', format: 'csv', currency: 'USD', fromDay: day, toDay: day, micros: 5_000, lines: 1, refused: [], days: [{ day, model: 'm', micros: 5_000 }] }, audit });
  run('failures.setState', { id: 1, state: 'known', untilUs: null, note: 'seen', audit });
  history.fold();
}

const budgetScopes: readonly BudgetScope[] = [{ kind: 'everything' }, { kind: 'agent', id: 'agt-1' }, { kind: 'connection', id: 'con-1' }, { kind: 'owner', name: 'Ann' }, { kind: 'tag', tag: 'prod' }];
const budgetOf = (scope: BudgetScope, per: BudgetPeriod): BudgetDraft => ({ name: `${scope.kind} ${per}`, scope, per, currency: 'USD', softMicros: 1, hardMicros: 1_000, forecast: true, onHard: 'stop', level: 'cancel', stops: 'agent' });

/** One of each sort, and one limit that was claimed and not yet stopped. */
function limitMoney(): void {
  const run = <N extends 'budgets.save' | 'budgets.reached'>(name: N, params: Commands[N]['params']): unknown => history.db.transaction(() => runCommand(name, history.db, params, new Tallies(history.db), t0)).immediate();
  for (const per of budgetPeriods) for (const scope of budgetScopes) run('budgets.save', { id: null, draft: budgetOf(scope, per), changedBy: 'ann', audit: words('ann') });
  run('budgets.reached', { budget: 1, atUs: t0, kind: 'hard', periodUs: 0, key: 'a1', stop: true, agent: 1, task: 1, activity: 2, spent: 1_000, limit: 1_000, currency: 'USD', text: 'Reached.', audit: null });
}

/** Alerts in every state, told and to be told. */
function raiseAlerts(): void {
  const run = <N extends 'alerts.raise' | 'alerts.say' | 'deliveries.tried'>(name: N, params: Commands[N]['params']): unknown => history.db.transaction(() => runCommand(name, history.db, params, new Tallies(history.db), t0)).immediate();
  for (const key of ['a', 'b', 'c', 'd']) run('alerts.raise', newAlert({ key, agent: 1, connection: 1, deliveries: [newDelivery(1)] }));
  run('alerts.say', { ids: [1], what: 'acknowledge', by: 'ann', note: '', audit: words('ann') });
  run('alerts.say', { ids: [2], what: 'resolve', by: 'ann', note: '', audit: words('ann') });
  run('deliveries.tried', { id: 3, result: 'sent', atUs: t0, dueUs: null, error: null });
  run('deliveries.tried', { id: 4, result: 'failed', atUs: t0, dueUs: null, error: 'no' });
}

const day = Math.floor(t0 / 86_400_000_000);
let history: TestHistory;
let db: ReadDb;
let reading: Watched;

beforeAll(() => {
  history = new TestHistory();
  const failed = { status: 'error' as const, statusExplicit: true, error: { type: 'E', message: 'boom' } };
  const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 1, cacheWriteTokens: 0, reasoningTokens: 2 };
  for (let t = 1; t <= 20; t++) {
    history.tell([
      agentDraft(1, 0, 'planner', { traceId: trace(t), at: t * 60, for: 30, identity: { kind: 'borrowed', of: 'ann@example.com', attribute: 'user.email' } }),
      spanDraft(2, 1, { traceId: trace(t), at: t * 60 + 1, kind: 'model_call', model: 'm', usage, ...(t % 2 === 0 ? { reportedCost: { micros: 900, currency: 'USD' } } : {}) }),
      spanDraft(3, 1, { traceId: trace(t), at: t * 60 + 2, ...(t % 3 === 0 ? failed : {}) }),
      agentDraft(4, 1, 'helper', { traceId: trace(t), at: t * 60 + 3 }),
    ]);
  }
  history.tell([logDraft('tool:open', 1_300, { status: 'running', endUs: undefined })]);
  history.db.prepare("INSERT INTO gap (connection, from_us, to_us, reason, text) VALUES (1, ?, ?, 'engine_off', 'off')").run(t0, t0 + 60 * second);
  orderStop();
  grantAccess();
  spendMoney();
  limitMoney();
  raiseAlerts();
  db = openReader(historyFile(history.dir));
  reading = new Watched(db);
});
afterAll(() => {
  db.close();
  history.close();
});

const iso = (us: number): string => new Date(us / 1_000).toISOString();
const nowUs = t0 + 3_600 * second;
const period = { from: iso(t0 - 60 * second), to: null };
const long = { from: iso(t0 - 90 * 86_400 * second), to: null };

const shapes: { readonly [M in Method]?: readonly Record<string, unknown>[] } = {
  'overview.get': [{ period, since: iso(t0) }, { period: long, since: iso(t0) }],
  'agents.list': [{ period }, { period: long, text: 'plan', includeIdle: false }],
  'agents.get': [{ id: 'agt-1', period }, { id: 'agt-1', period: long }],
  'tasks.list': [{}, { agentId: 'agt-1' }, { connectionId: 'con-1' }, { outcomes: ['running'] }, { text: 'x', since: iso(t0) }, { before: `${t0 + 900 * second}.9` }, { agentId: 'agt-1', before: `${t0 + 900 * second}.9` }],
  'tasks.get': [{ id: 'tsk-1' }],
  'tasks.activities': [{ id: 'tsk-1' }, { id: 'tsk-1', after: `${t0}.1` }],
  'activity.list': [
    {}, { before: `${t0 + 900 * second}.9` }, { agentId: 'agt-1' }, { agentId: 'agt-1', before: `${t0 + 900 * second}.9` }, { taskId: 'tsk-1' }, { connectionId: 'con-1' }, { failureId: 'fal-1' },
    { kinds: ['tool_call'] }, { statuses: ['error'] }, { agentId: 'agt-1', statuses: ['error'] }, { text: 'boom' }, { since: iso(t0), until: iso(nowUs) }, { agentId: 'agt-1', kinds: ['model_call'], since: iso(t0) },
    { statuses: ['running'] }, { statuses: ['error', 'denied'], agentId: 'agt-1' },
  ],
  'activity.get': [{ id: 'act-2' }],
  'failures.list': [{}, { agentId: 'agt-1' }, { since: iso(t0) }],
  'failures.groups': [{ period }, { period: long }, { period, agentId: 'agt-1', connectionId: 'con-1', text: 'boom', kinds: ['tool_call'], version: 'v1', states: ['new'], before: '1.0' }],
  'failures.get': [{ id: 'fal-1', period }, { id: 'fal-1', period: long }],
  'cost.summary': [{ period }, { period: long }],
  'cost.rows': costGroups.flatMap((by) => [{ period, by }, { period: long, by, text: 'p', connectionId: 'con-1', sort: 'name' }]),
  'cost.trend': [{ by: 'agent', id: 'agt-1' }, { by: 'owner', id: '=Ann' }, { by: 'owner', id: '-' }, { by: 'model', id: '2' }, { by: 'kind', id: '0' }, { by: 'version', id: 'agt-1 0' }, { by: 'connection', id: 'con-1' }].map((of) => ({ period, ...of })),
  'cost.explain': [{ activityId: 'act-2' }, { activityId: 'act-3' }],
  'cost.reconciliation': [{ period }, { period: long, connectionId: 'con-1' }],
  'cost.bills': [{}],
  'budgets.list': [{}],
  'budgets.events': [{}, { budgetId: 'bud-1', before: `${t0}.9` }],
  'budgets.preview': budgetPeriods.flatMap((per) => budgetScopes.map((scope) => ({ draft: budgetOf(scope, per) }))),
  'prices.book': [{}],
  'prices.list': [{}, { text: 'claude', origin: 'bundled', usedOnly: true }, { origin: 'own' }],
  'prices.unpriced': [{}],
  'prices.history': [{ id: 'prc-1' }],
  'live.open': [{}],
  'series.activity': [{ period, bins: 60 }, { period, bins: 60, agentId: 'agt-1' }, { period: long, bins: 90 }, { period: long, bins: 90, agentId: 'agt-1' }],
  'series.spend': [{ period, bins: 24 }, { period, bins: 24, agentId: 'agt-1' }, { period: long, bins: 90, by: 'connection' }],
  'gaps.list': [{ period }],
  find: [{ text: 'plan' }, { text: 'act-2' }, { text: 'tsk-1' }],
  'connections.list': [{}],
  'grants.list': [{}, { agentId: 'agt-1' }, { agentId: 'agt-1', class: 'read', text: 's' }, { connectionId: 'con-1' }, { documentId: 'gdc-1' }, { kind: 'tool' }, { class: 'read' }, { class: 'read', kind: 'statement' }, { columnId: 'cls-read' }, { columnId: 'col-1' }, { text: 'tool' }, { before: '1' }, { gone: true, kind: 'tool' }],
  'grants.get': [{ id: 'grt-1' }, { id: 'grt-3' }],
  'access.summary': [{}],
  'access.matrix': (['class', 'resource'] as const).flatMap((by) => [{ by }, { by, columnsAfter: 2, columns: 2, limit: 1 }, ...[{ unused: true }, { attempted: true }, { irreversible: true, shared: true }, { expiringDays: 30 }, { newDays: 3 }, { text: 's3' }, { text: 'plan' }, { agentId: 'agt-1' }].map((filter) => ({ by, filter }))]),
  'access.cell': [{ rowId: 'agt-1', columnId: 'cls-read' }, { rowId: 'agt-1', columnId: 'col-1' }, { rowId: 'con-1', columnId: 'cls-read' }],
  'access.findings': [{}, { agentId: 'agt-1' }, { rule: 'wildcard', dismissed: true }, { text: 'plan' }, { before: '2.1' }],
  'access.drift': [{}, { agentId: 'agt-1' }, { agentId: 'agt-2', connectionId: 'con-1' }, { connectionId: 'con-1', widening: true }, { since: iso(t0), before: `${nowUs}.1` }],
  'access.baseline': [{ agentId: 'agt-1' }, { agentId: 'agt-2' }],
  'access.proposal': [{ agentId: 'agt-1', form: 'allow_list' }, { agentId: 'agt-1', form: 'iam', days: 1 }, { agentId: 'agt-2', form: 'cedar' }],
  'access.reach': [{ agentId: 'agt-1' }],
  'access.graph': [{ period }, { period: long, holds: true }, { period, focus: 'agt-1', hops: 3 }, { period, focus: 'crd-1' }, { period, focus: 'con-1' }, { period, focus: 'col-1' }],
  'access.documents': [{}, { agentId: 'agt-1' }],
  'access.document': [{ id: 'gdc-1' }],
  'identity.card': [{ agentId: 'agt-1' }],
  'identity.activity': [{ id: 'act-2' }, { id: 'act-3' }],
  'approvals.list': [{ state: 'waiting' }, { state: 'decided' }, { state: 'waiting', agentId: 'agt-1', connectionId: 'con-1' }, { state: 'decided', before: `${t0}.1` }],
  'audit.list': [{}, { subject: 'apr-1' }, { before: `${t0}.9` }, { actor: 'ann' }, { action: 'test' }, { action: 'stop.' }],
  'audit.get': [{ id: 'aud-1' }],
  'audit.facets': [{}],
  'audit.seals': [{}, { before: '2' }],
  'audit.keys': [{}],
  'settings.get': [{}],
  'retention.preview': [{ days: 30 }],
  'stop.list': [{}, { state: 'open' }, { state: 'ended', agentId: 'agt-1' }, { before: `${t0}.9` }],
  'stop.get': [{ id: 'stp-1' }, { id: 'stp-2' }],
  'stop.standing': [{}],
  'stop.readiness': [{}],
  'stop.drills': [{}, { agentId: 'agt-1', since: iso(t0) }],
  'stop.rules': [{}],
  'stop.firings': [{}, { ruleId: 'rul-1', before: `${t0}.9` }],
  'operators.list': [{}],
  'tags.list': [{}],
  'alerts.list': [{}, { state: 'open' }, { state: 'all', before: `${t0}.9` }, { state: 'all', agentId: 'agt-1' }, { ruleId: 'alr-5', text: 'clerk' }, { state: 'open', agentId: 'agt-1', ruleId: 'alr-5', before: `${t0}.3` }],
  'alerts.get': [{ id: 'alt-1' }, { id: 'alt-2' }],
  'alerts.rules': [{}],
  'targets.list': [{}],
  'targets.deliveries': [{}, { targetId: 'tgt-1' }, { targetId: 'tgt-1', state: 'failed' }, { state: 'sent', before: `${t0}.9` }],
};
const cases = Object.entries(shapes).flatMap(([method, list]) => (list ?? []).map((params) => [method as Method, params] as const));

function run(name: QueryName, params: unknown): unknown {
  reading.begin();
  return (queries[name] as unknown as (reading: Reading, params: unknown, nowUs: number) => unknown)(reading, params, nowUs);
}

function plan(sql: string): string[] {
  const marks = Array.from({ length: [...sql.matchAll(/\?/g)].length }, () => 1);
  return db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...marks).map((one) => one.detail);
}

/** Every question in every shape. */
function askAll(): void {
  for (const [method, params] of cases) run(method as QueryName, contract[method].params.parse(params));
  run('counts', {});
  run('engineFacts', {});
  for (const scope of [{ kind: 'task', id: 'tsk-1' }, { kind: 'agent', id: 'agt-1' }, { kind: 'connection', id: 'con-1' }, { kind: 'tag', tag: 'prod' }, { kind: 'everything' }]) run('scopeFacts', { scope });
  run('stopFacts', { ids: null });
  for (const tasks of [null, [1]]) run('signRows', { sources: [1, 2], tasks, sinceUs: t0 + 600 * second, limit: 100 });
  for (const runKey of [null, 'r1']) run('rhythmOf', { sources: [1, 2], tasks: null, runKey, beforeUs: nowUs });
  run('stepTimes', { sources: [1, 2], steps: ['tool-3'] });
  run('sightOf', { connections: [1], sinceUs: t0 });
  for (const withinS of [900, 86_400]) {
    const windows = [{ withinS, failed: { least: 1, percent: 1, newest: 1_000 }, denied: 1, spent: [{ currency: 'USD', micros: 1 }] }];
    run('alertFacts', { windows, heads: [1, 2], gapsS: withinS, approvalsUs: nowUs, stops: [1, 2], after: { failures: 0, grants: 0, budgets: 0 }, keys: [{ rule: 1, key: 'a' }], open: true });
  }
  run('ruleFacts', {});
  run('ruleRows', { after: 0, upTo: 50, updated: [1, 60] });
  for (const task of [null, 1]) run('spentSince', { head: 1, task, sinceUs: t0 + 5, currency: 'USD' });
  run('budgetFacts', { atUs: nowUs });
  run('budgetPending', {});
  run('budgetRows', { after: 0, upTo: 50, updated: [1, 60] });
  for (let budget = 1; budget <= 25; budget++) for (const tasks of [null, [1]]) run('budgetSpent', { budget, periodUs: nowUs, tasks });
  run('budgetForecast', { budget: 25, atUs: nowUs });
  run('coveringStop', { head: 1, task: null, level: 'cancel' });
  for (const name of ['alertRuleFacts', 'targetFacts', 'dueDeliveries'] as const) run(name, {});
  run('drillsDue', { nowUs });
  run('operatorFact', { id: 1 });
  run('liveRows', { after: 0, upTo: 50, ids: [1, 2], filter: {}, limit: 100 });
}

describe('questions', () => {
  // Health and endpoint of connections, and whether a target's credential is still held, are the engine's to add: those answers are not yet what the contract promises.
  it.each(cases.filter(([method]) => method !== 'connections.list' && method !== 'targets.list'))('%s %j answers what the contract promises', (method, params) => {
    const answer = run(method as QueryName, contract[method].params.parse(params));
    expect(contract[method].result.safeParse(answer).error).toBeUndefined();
  });

  it('never walk through the whole of activity', () => {
    askAll();
    const bad: { sql: string; detail: string }[] = [];
    for (const sql of reading.asked) {
      const details = plan(sql);
      // The rows of one task are sorted where they are few; an index by time for them costs every insert.
      const ofOneTask = details.some((detail) => detail.includes('activity_key (task=?'));
      const alias = /\bFROM activity (?!INDEXED|WHERE|ORDER)(\w+)\b|\bJOIN activity (?!INDEXED|ON)(\w+)\b/.exec(sql);
      const scan = new RegExp(`^SCAN (activity|${alias?.[1] ?? alias?.[2] ?? 'activity'})\\b`);
      for (const detail of details) {
        const walks = scan.test(detail) && !/USING (COVERING )?INDEX/.test(detail);
        const sorts = /TEMP B-TREE FOR (ORDER|GROUP|DISTINCT)/.test(detail) && /\b(FROM|JOIN) activity\b/.test(sql) && !ofOneTask;
        if (walks || sorts) bad.push({ sql, detail });
      }
    }
    expect(bad).toEqual([]);
    expect(reading.asked.size).toBeGreaterThan(20);
    expect(later).toBeGreaterThan(nowUs);
  });

  it('never walk through all orders, levers or evidence', () => {
    askAll();
    const tables = ['stop_order', 'stop_lever', 'stop_event', 'stop_agent', 'rule_firing', 'gap'];
    const bad: { sql: string; detail: string }[] = [];
    let asked = 0;
    for (const sql of reading.asked) {
      const names = [...sql.matchAll(/\b(?:FROM|JOIN) (\w+)(?: (?!WHERE|INDEXED|ON|ORDER|GROUP|LIMIT|CROSS|JOIN|LEFT|AS)(\w+))?/g)].filter(([, table]) => tables.includes(table ?? '')).flatMap(([, table = '', alias = table]) => [table, alias]);
      if (names.length === 0 || !/stop|rule_firing|gap_to/.test(sql)) continue;
      asked += 1;
      // A partial index is small: it holds what is open, or of one kind.
      bad.push(...plan(sql).filter((detail) => names.includes(/^SCAN (\w+)/.exec(detail)?.[1] ?? '') && !/USING (COVERING )?INDEX stop_(open|drill|failing|lever_undo|lever_process)/.test(detail)).map((detail) => ({ sql, detail })));
    }
    expect(bad).toEqual([]);
    expect(asked).toBeGreaterThan(15);
  });

  it('read of the sums only their period, and sort them for one agent at most', () => {
    askAll();
    const sums = /\b(?:FROM|JOIN) (by_minute|by_hour|by_day|hour_total|failed_hours|spend_hour|failure_day|tool_day)(?: ([a-z]+) ON)?/g;
    const bad: { sql: string; detail: string }[] = [];
    let asked = 0;
    for (const sql of reading.asked) {
      const names = [...sql.matchAll(sums)].flatMap(([, table = '', alias = table]) => [table, alias]);
      if (names.length === 0) continue;
      asked += 1;
      // What has no price is told of all time, and is meant to be little.
      const ofOneAgent = /WHERE (agent (= \?|IN \()|s\.unpriced > 0)/.test(sql);
      bad.push(...plan(sql).filter((detail) => names.includes(/^SCAN (\w+)/.exec(detail)?.[1] ?? '') || (detail.includes('TEMP B-TREE') && !ofOneAgent)).map((detail) => ({ sql, detail })));
    }
    expect(bad).toEqual([]);
    expect(asked).toBeGreaterThan(10);
  });

  it('never walk through all grants, cells, facets, changes or authorities', () => {
    askAll();
    const large = ['grant_seen', 'grant_use', 'grant_source', 'grant_change', 'access_cell', 'access_facet', 'task_authority', 'tool_day', 'tool_use', 'link_day', 'agent_call', 'identity_evidence'];
    // Counted as a whole over an index, or read once by whoever keeps the names in memory; the pairs of agents and tools are one line each.
    const allowed = [/^SELECT count\(\*\) AS n FROM grant_seen g WHERE (1|g\.gone_us IS NULL)$/, /^SELECT (DISTINCT agent FROM \(SELECT )?u\.agent, u\.name FROM tool_use u WHERE/];
    const bad: { sql: string; detail: string }[] = [];
    let asked = 0;
    for (const sql of reading.asked) {
      const names = [...sql.matchAll(/\b(?:FROM|JOIN) (\w+)(?: (?!WHERE|INDEXED|ON|ORDER|GROUP|LIMIT|CROSS|JOIN|LEFT|AS)(\w+))?/g)].filter(([, table]) => large.includes(table ?? '')).flatMap(([, table = '', alias = table]) => [alias]);
      if (names.length === 0 || allowed.some((pattern) => pattern.test(sql))) continue;
      asked += 1;
      bad.push(...plan(sql).filter((detail) => names.includes(/^SCAN (\w+)/.exec(detail)?.[1] ?? '') && !/USING (COVERING )?INDEX grant_change_/.test(detail)).map((detail) => ({ sql, detail })));
    }
    expect(bad).toEqual([]);
    expect(asked).toBeGreaterThan(40);
  });

  it('never walk through all that tasks cost, days of money or hits of failures', () => {
    askAll();
    const bad: { sql: string; detail: string }[] = [];
    let asked = 0;
    for (const sql of reading.asked) {
      const names = [...sql.matchAll(/\b(?:FROM|JOIN) (spend_day|task_day|task_cost|failure_task|failure_hit|failure_agent|bill_day|activity_units)(?: (?!WHERE|INDEXED|ON|ORDER|GROUP|LIMIT|CROSS|JOIN|LEFT|AS)(\w+))?/g)].flatMap(([, table = '', alias = table]) => [alias]);
      // Which models were ever used is asked where prices are listed, not where money is; whether there is a bill at all is one look.
      if (names.length === 0 || sql === 'SELECT model, max(day) AS lastDay FROM spend_day WHERE model <> 0 GROUP BY model' || sql === 'SELECT 1 AS n FROM bill_day LIMIT 1') continue;
      asked += 1;
      bad.push(...plan(sql).filter((detail) => names.includes(/^SCAN (\w+)/.exec(detail)?.[1] ?? '') && !/USING (COVERING )?INDEX bill_day_day/.test(detail)).map((detail) => ({ sql, detail })));
    }
    expect(bad).toEqual([]);
    expect(asked).toBeGreaterThan(15);
  });

  it('never walk through all alerts, deliveries or what was said of them, and sort none of them', () => {
    askAll();
    const bad: { sql: string; detail: string }[] = [];
    let asked = 0;
    for (const sql of reading.asked) {
      const names = [...sql.matchAll(/\b(?:FROM|JOIN) (alert|alert_said|delivery)\b(?: (?!WHERE|INDEXED|ON|ORDER|GROUP|LIMIT|CROSS|JOIN|LEFT|AS)(\w+))?/g)].flatMap(([, table = '', alias = table]) => [alias]);
      if (names.length === 0) continue;
      asked += 1;
      // Each index of these holds what is open; groups of one alert, and of the rules of what is open, are few.
      bad.push(...plan(sql).filter((detail) => (names.includes(/^SCAN (\w+)/.exec(detail)?.[1] ?? '') && !/USING (COVERING )?INDEX alert_(open|open_rule|acknowledged|active|needs)/.test(detail)) || (detail.includes('TEMP B-TREE') && !/GROUP BY (d\.alert, d\.state)$|WHERE d\.alert = \? ORDER BY/.test(sql))).map((detail) => ({ sql, detail })));
    }
    expect(bad).toEqual([]);
    expect(asked).toBeGreaterThan(15);
  });

  it('along several sources of one agent are merged, not sorted', () => {
    history.db.prepare("INSERT INTO agent_stitch (agent, head, by, why) VALUES (2, 1, 'person', 'said so')").run();
    const two = new Watched(db);
    const ask = (name: QueryName, params: object): unknown => {
      two.begin();
      return (queries[name] as unknown as (reading: Reading, params: unknown, nowUs: number) => unknown)(two, contract[name as Method].params.parse(params), nowUs);
    };
    const agentId = 'agt-2';
    for (const params of [{ agentId }, { agentId, before: `${t0 + 900 * second}.9` }, { agentId, statuses: ['error'] }, { agentId, kinds: ['model_call'], text: 'm' }]) ask('activity.list', params);
    ask('tasks.list', { agentId });
    const walks = [...two.asked].filter((sql) => sql.includes('UNION ALL'));
    history.db.prepare('DELETE FROM agent_stitch').run();
    expect(walks.length).toBe(4);
    expect(walks.flatMap((sql) => plan(sql).filter((detail) => /TEMP B-TREE|^SCAN (activity|task)/.test(detail)).map((detail) => ({ sql, detail })))).toEqual([]);
  });
});
