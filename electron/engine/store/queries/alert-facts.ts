/** What rules of alerts are judged by, in one bounded question: sums, what is rare, what is open, and what happened after a row id. */
import type { AlertFacts, AlertFactsAsked, AgentFact, ApprovalFact, BudgetEventFact, Cursors, FailureFact, GapFact, LastAlertFact, OpenAlertFact, StopFact } from '../../alerts/facts.ts';
import type { BudgetScope } from '../../../../shared/budgets.ts';
import { US_DAY } from '../codes.ts';
import { grantFacts } from './alert-grants.ts';
import { windowFacts } from './alert-windows.ts';
import { stateOf } from './failure-state.ts';
import type { Reading } from './reading.ts';

const mostWindows = 20;
const mostHeads = 1_000;
const mostOpen = 2_000;
const mostEvents = 200;
const mostLines = 500;

export function alertFacts(reading: Reading, asked: AlertFactsAsked, nowUs: number): AlertFacts {
  const windows = asked.windows.slice(0, mostWindows).map((one) => ({ withinS: one.withinS, rows: windowFacts(reading, one, nowUs) }));
  const newest = newestIds(reading);
  const failures = asked.after.failures === null ? { rows: [], upTo: newest.failures } : failureFacts(reading, asked.after.failures, nowUs, newest.failures);
  const grants = asked.after.grants === null ? { rows: [], upTo: newest.grants } : grantFacts(reading, asked.after.grants, newest.grants);
  const budgets = asked.after.budgets === null ? { rows: [], upTo: newest.budgets } : budgetEvents(reading, asked.after.budgets, newest.budgets);
  const named = new Set([...asked.heads.slice(0, mostHeads), ...windows.flatMap((one) => one.rows.map((row) => row.head)), ...failures.rows.flatMap((one) => one.heads), ...grants.rows.flatMap((one) => (one.head === null ? [] : [one.head]))]);
  return {
    windows, agents: [...named].map((id) => agentFact(reading, id)),
    connections: reading.sql<[], { id: number; name: string }>('SELECT id, name FROM connection WHERE removed_us IS NULL AND enabled = 1 LIMIT 5000').all(),
    gaps: asked.gapsS === null ? [] : gaps(reading, nowUs - asked.gapsS * 1_000_000),
    approvals: asked.approvalsUs === null ? [] : approvals(reading, asked.approvalsUs, nowUs), stops: asked.stops === null ? [] : stops(reading, asked.stops, nowUs),
    failures: failures.rows, grants: grants.rows, budgets: budgets.rows, upTo: { failures: failures.upTo, grants: grants.upTo, budgets: budgets.upTo }, cursors: cursors(reading),
    open: asked.open ? openAlerts(reading) : [], last: asked.keys.slice(0, mostHeads).flatMap((one) => lastOf(reading, one)),
  };
}

function agentFact(reading: Reading, id: number): AgentFact {
  return { id, name: reading.agent(id).name, connections: [...new Set(reading.sourcesOf(id).map((source) => reading.agent(source).connection))] };
}

/** Rows that went away leave the ids behind: the newest there ever was. */
function newestIds(reading: Reading): Cursors {
  const seq = new Map(reading.sql<[], { name: string; seq: number }>("SELECT name, seq FROM sqlite_sequence WHERE name IN ('failure', 'grant_change', 'budget_event')").all().map((one) => [one.name, one.seq]));
  return { failures: seq.get('failure') ?? 0, grants: seq.get('grant_change') ?? 0, budgets: seq.get('budget_event') ?? 0 };
}

function cursors(reading: Reading): Cursors | null {
  const found = new Map(reading.sql<[], { what: string; id: number }>('SELECT what, id FROM alert_cursor').all().map((one) => [one.what, one.id]));
  return found.size === 0 ? null : { failures: found.get('failures') ?? 0, grants: found.get('grants') ?? 0, budgets: found.get('budgets') ?? 0 };
}

/** Every gap that is open, and the newest of those that the stretch overlaps. */
function gaps(reading: Reading, fromUs: number): GapFact[] {
  const columns = 'id, connection, from_us AS fromUs, to_us AS toUs, reason, text';
  return [
    ...reading.sql<[], GapFact>(`SELECT ${columns} FROM gap INDEXED BY gap_to WHERE to_us IS NULL LIMIT ${mostLines}`).all(),
    ...reading.sql<[number], GapFact>(`SELECT ${columns} FROM gap INDEXED BY gap_to WHERE to_us > ? ORDER BY to_us DESC LIMIT ${mostLines}`).all(fromUs),
  ];
}

/** The longest waiting first. One that its runtime let expire waits for nobody. */
function approvals(reading: Reading, askedUs: number, nowUs: number): ApprovalFact[] {
  const rows = reading.sql<[number, number], Omit<ApprovalFact, 'head'> & { agent: number }>(`SELECT id, connection, agent, agent_name AS agentName, title, asked_us AS askedUs FROM approval INDEXED BY approval_waiting
    WHERE state = 'waiting' AND asked_us <= ? AND (expires_us IS NULL OR expires_us > ?) ORDER BY asked_us LIMIT ${mostLines}`).all(askedUs, nowUs);
  return rows.map(({ agent, ...row }) => ({ ...row, head: agent === 0 ? null : reading.headOf(agent) }));
}

/** Those that go on, those that ended so in the last day, and those that were told and never released. */
function stops(reading: Reading, told: readonly number[], nowUs: number): StopFact[] {
  const columns = 'id, scope_name AS scopeName, level, origin, state, headline, agents, coalesce(commanded_us, intent_us) AS sinceUs';
  const failing = "state IN ('still_acting', 'unverified') AND released_us IS NULL";
  const rows = [
    ...reading.sql<[], StopRow>(`SELECT ${columns} FROM stop_order INDEXED BY stop_open WHERE ended_us IS NULL AND ${failing} ORDER BY id DESC LIMIT ${mostLines}`).all(),
    ...reading.sql<[number], StopRow>(`SELECT ${columns} FROM stop_order INDEXED BY stop_failing WHERE ${failing} AND ended_us >= ? ORDER BY ended_us DESC LIMIT ${mostLines}`).all(nowUs - US_DAY),
    ...reading.sql<[string], StopRow>(`SELECT o.id, o.scope_name AS scopeName, o.level, o.origin, o.state, o.headline, o.agents, coalesce(o.commanded_us, o.intent_us) AS sinceUs
      FROM json_each(?) j CROSS JOIN stop_order o ON o.id = j.value WHERE o.${failing.replace('AND ', 'AND o.')}`).all(JSON.stringify(told.slice(0, mostLines))),
  ];
  return [...new Map(rows.map((row) => [row.id, row])).values()].map(({ agents, ...row }) => ({ ...row, heads: [...new Set((JSON.parse(agents) as { id: number }[]).map((one) => reading.headOf(one.id)))] }));
}
interface StopRow extends Omit<StopFact, 'heads'> { readonly agents: string }

interface FailureRow { readonly id: number; readonly name: number; readonly errorType: number | null; readonly errorMessage: number | null; readonly count: number; readonly createdUs: number; readonly lastUs: number; readonly state: 'known' | 'resolved' | 'snoozed' | null; readonly stateUs: number | null; readonly untilUs: number | null; readonly seen: number | null }
const failureColumns = 'f.id, f.name, f.error_type AS errorType, f.error_message AS errorMessage, f.count, f.created_us AS createdUs, f.last_us AS lastUs, s.state, s.at_us AS stateUs, s.until_us AS untilUs, s.seen';

/** Groups that are new, and those that came again after somebody said that they were over. What last failed so more than a day ago is history. */
function failureFacts(reading: Reading, after: number, nowUs: number, newest: number): { rows: FailureFact[]; upTo: number } {
  const fresh = reading.sql<[number], FailureRow>(`SELECT ${failureColumns} FROM failure f LEFT JOIN failure_state s ON s.failure = f.id WHERE f.id > ? ORDER BY f.id LIMIT ${mostEvents}`).all(after);
  const again = reading.sql<[number, number], FailureRow>(`SELECT ${failureColumns} FROM failure f INDEXED BY failure_last CROSS JOIN failure_state s ON s.failure = f.id
    WHERE f.last_us >= ? AND f.id <= ? AND s.state IN ('resolved', 'snoozed') AND f.last_us > s.at_us ORDER BY f.last_us DESC LIMIT ${mostEvents}`).all(nowUs - US_DAY, after);
  const told = [...fresh.filter((row) => row.count > 0 && row.lastUs >= nowUs - US_DAY && stateOf(row, nowUs) === 'new'), ...again.filter((row) => stateOf(row, nowUs) === 'back')];
  const agents = reading.sql<[number], number>('SELECT agent FROM failure_agent WHERE failure = ? AND count > 0 ORDER BY count DESC LIMIT 200').pluck();
  return {
    upTo: fresh.length < mostEvents ? newest : (fresh.at(-1)?.id ?? newest),
    rows: told.map((row) => ({
      id: row.id, name: reading.texts.of(row.name), error: reading.texts.of(row.errorMessage) || reading.texts.of(row.errorType), count: row.count, atUs: row.stateUs === null ? row.createdUs : row.lastUs, backUs: row.stateUs,
      heads: [...new Set(agents.all(row.id).map((agent) => reading.headOf(agent)))],
    })),
  };
}

interface EventRow extends Omit<BudgetEventFact, 'head' | 'scope' | 'fired' | 'pending'> { readonly agent: number | null; readonly scope: string; readonly fired: number; readonly pending: number }

function budgetEvents(reading: Reading, after: number, newest: number): { rows: BudgetEventFact[]; upTo: number } {
  const rows = reading.sql<[number], EventRow>(`SELECT e.id, e.at_us AS atUs, b.name AS budget, b.scope, e.kind, e.agent, e.agent_name AS agentName, e.spent, e.limit_micros AS "limit", e.currency, e.fired, e.pending, e.text
    FROM budget_event e JOIN budget b ON b.id = e.budget WHERE e.id > ? ORDER BY e.id LIMIT ${mostEvents}`).all(after);
  return {
    upTo: rows.length < mostEvents ? newest : (rows.at(-1)?.id ?? newest),
    rows: rows.map(({ agent, ...row }) => ({ ...row, head: agent === null ? null : reading.headOf(agent), scope: JSON.parse(row.scope) as BudgetScope, fired: row.fired === 1, pending: row.pending === 1 })),
  };
}

function openAlerts(reading: Reading): OpenAlertFact[] {
  return reading.sql<[], OpenAlertFact>(`SELECT id, rule, key, kind, severity, state, title, text, agent, agent_name AS agentName, connection, connection_name AS connectionName, raised_us AS raisedUs, times, steps, next_step_us AS nextStepUs
    FROM alert INDEXED BY alert_active WHERE state <> 'resolved' ORDER BY id DESC LIMIT ${mostOpen}`).all();
}

function lastOf(reading: Reading, { rule, key }: { readonly rule: number; readonly key: string }): LastAlertFact[] {
  return reading.sql<[number, string], LastAlertFact>('SELECT rule, key, resolved_us AS resolvedUs, resolved_by AS resolvedBy FROM alert INDEXED BY alert_key WHERE rule = ? AND key = ? ORDER BY id DESC LIMIT 1').all(rule, key);
}
