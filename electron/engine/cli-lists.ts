/** The lists of the command line: what is asked of the engine, the columns for people, the keys of the JSON. */
import type { Method, Result } from '../../shared/contract.ts';
import type { Activity, Agent, Connection, Cost, Failure, Gap, Task } from '../../shared/domain.ts';
import type { ListOptions } from './cli-arguments.ts';
import { findAgent } from './cli-find.ts';
import type { Listing } from './cli-output.ts';
import { count, money, time } from './cli-text.ts';
import type { Column } from './cli-text.ts';
import type { Caller } from './control-client.ts';

/** One row more than is shown tells whether there are others. */
export const pageSize = (limit: number): number => Math.min(1_000, limit + 1);
const beginning = '1970-01-01T00:00:00.000Z';

/** Scripts rely on these keys and their order; new ones are only added at the end. */
const costKeys = ({ amountMicros, currency, provenance, unpriced }: Cost): object => ({ amountMicros, currency, provenance, unpriced });

const agentColumns: readonly Column<Agent>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'NAME', cell: (row) => row.name, most: 40 }, { head: 'SERVICE', cell: (row) => row.service, most: 28 },
  { head: 'VERSION', cell: (row) => row.version ?? '', most: 16 }, { head: 'IDENTITY', cell: (row) => row.identity }, { head: 'STATE', cell: (row) => row.state.replace('_', ' ') },
  { head: 'LAST SEEN', cell: (row) => time(row.lastSeen) }, { head: 'TASKS', cell: (row) => count(row.tasks), right: true },
  { head: 'ACTIVITIES', cell: (row) => count(row.activities), right: true }, { head: 'FAILURES', cell: (row) => count(row.failures), right: true },
  { head: 'INPUT', cell: (row) => count(row.usage.inputTokens), right: true }, { head: 'OUTPUT', cell: (row) => count(row.usage.outputTokens), right: true },
  { head: 'COST', cell: (row) => money(row.cost), right: true },
];
const agentKeys = (row: Agent): object => {
  const { id, name, service, version, identity, lastSeen, tasks, activities, failures, usage, cost, ...others } = row;
  const { failureSpark: _spark, ...more } = others;
  return { id, name, service, version, identity, lastSeen, tasks, activities, failures, usage, cost: costKeys(cost), ...more };
};

const taskColumns: readonly Column<Task>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'AGENT', cell: (row) => row.agentName, most: 32 }, { head: 'NAME', cell: (row) => row.name, most: 40 },
  { head: 'OUTCOME', cell: (row) => row.outcome }, { head: 'STARTED', cell: (row) => time(row.startedAt) }, { head: 'ENDED', cell: (row) => time(row.endedAt) },
  { head: 'ACTIVITIES', cell: (row) => count(row.activities), right: true }, { head: 'FAILURES', cell: (row) => count(row.failures), right: true },
  { head: 'INPUT', cell: (row) => count(row.usage.inputTokens), right: true }, { head: 'OUTPUT', cell: (row) => count(row.usage.outputTokens), right: true },
  { head: 'COST', cell: (row) => money(row.cost), right: true },
];
const taskKeys = (row: Task): object => {
  const { id, agentId, startedAt, endedAt, outcome, usage, cost, activities, ...more } = row;
  return { id, agentId, startedAt, endedAt, outcome, usage, cost: costKeys(cost), activities, ...more };
};

const activityColumns: readonly Column<Activity>[] = [
  { head: 'TIME', cell: (row) => row.time }, { head: 'AGENT', cell: (row) => row.agentName, most: 28 }, { head: 'TASK', cell: (row) => row.taskId },
  { head: 'KIND', cell: (row) => row.kind.replace('_', ' ') }, { head: 'NAME', cell: (row) => row.name, most: 40 }, { head: 'STATUS', cell: (row) => row.status },
  { head: 'MS', cell: (row) => (row.durationMs === null ? '' : count(Math.round(row.durationMs))), right: true },
  { head: 'INPUT', cell: (row) => (row.usage === null ? '' : count(row.usage.inputTokens)), right: true },
  { head: 'OUTPUT', cell: (row) => (row.usage === null ? '' : count(row.usage.outputTokens)), right: true }, { head: 'COST', cell: (row) => money(row.cost), right: true },
  { head: 'ERROR', cell: (row) => (row.error === null ? '' : [row.error.type, row.error.message].filter((part) => part !== null).join(': ')), most: 60 },
];
const activityKeys = (row: Activity): object => {
  const { id, time: at, agentId, taskId, kind, name, status, durationMs, usage, error, ...more } = row;
  return { id, time: at, agentId, taskId, kind, name, status, durationMs, usage, error, ...more };
};

const failureColumns: readonly Column<Failure>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'COUNT', cell: (row) => count(row.count), right: true }, { head: 'KIND', cell: (row) => row.kind.replace('_', ' ') },
  { head: 'NAME', cell: (row) => row.name, most: 36 }, { head: 'AGENTS', cell: (row) => row.agentNames.join(', '), most: 40 },
  { head: 'FIRST SEEN', cell: (row) => time(row.firstSeen) }, { head: 'LAST SEEN', cell: (row) => time(row.lastSeen) },
  { head: 'ERROR', cell: (row) => [row.error.type, row.error.message].filter((part) => part !== null).join(': '), most: 60 },
];

export const connectionColumns: readonly Column<Connection>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'NAME', cell: (row) => row.name, most: 40 }, { head: 'KIND', cell: (row) => row.kind }, { head: 'HEALTH', cell: (row) => row.health },
  { head: 'CONTENT', cell: (row) => row.content }, { head: 'CREDENTIAL', cell: (row) => (row.tokenEnds !== null ? `…${row.tokenEnds}` : row.runtime?.credential ?? '') }, { head: 'LAST DATA', cell: (row) => time(row.lastDataAt) },
  { head: 'AGENTS', cell: (row) => count(row.agents), right: true }, { head: 'ACTIVITIES', cell: (row) => count(row.activities), right: true },
  { head: 'REFUSED', cell: (row) => count(row.refused.reduce((sum, each) => sum + each.count, 0)), right: true },
  { head: 'ADDRESS', cell: (row) => row.runtime?.address ?? row.endpoint ?? '', most: 60 },
];

const gapColumns: readonly Column<Gap>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'FROM', cell: (row) => time(row.from) }, { head: 'TO', cell: (row) => (row.to === null ? 'still open' : time(row.to)) },
  { head: 'CONNECTION', cell: (row) => row.connectionName ?? 'all', most: 28 }, { head: 'REASON', cell: (row) => row.reason.replaceAll('_', ' ') }, { head: 'TEXT', cell: (row) => row.text, most: 100 },
];

export function gapsListing(caller: Caller, since: string | null): Listing<Gap> {
  const asked: Asked<'gaps.list'> = caller.call('gaps.list', { period: { from: since ?? beginning, to: null } });
  return { pages: one(asked.then(({ rows }) => rows)), columns: gapColumns, json: (row) => row, none: 'No gap: everything that is connected could be seen all the time.' };
}

/** Keyset pages until there are no more. */
export async function* paged<R>(ask: (before: string | undefined) => Promise<{ readonly rows: readonly R[]; readonly next: string | null }>): AsyncGenerator<readonly R[]> {
  let before: string | undefined;
  do {
    const page = await ask(before);
    yield page.rows;
    before = page.next ?? undefined;
  } while (before !== undefined);
}

export async function* one<R>(rows: Promise<readonly R[]>): AsyncGenerator<readonly R[]> { yield await rows; }

type Asked<M extends Method> = Promise<Result<M>>;

export async function agentsListing(caller: Caller, options: ListOptions): Promise<Listing<Agent>> {
  const id = options.agent === null ? null : await findAgent(caller, options.agent);
  // Without a period every agent that was ever seen is listed; with one, those that did something in it.
  const asked: Asked<'agents.list'> = caller.call('agents.list', { period: { from: options.since ?? beginning, to: null }, includeIdle: options.since === null || id !== null });
  return { pages: one(asked.then(({ rows }) => (id === null ? rows : rows.filter((row) => row.id === id)))), columns: agentColumns, json: agentKeys, none: 'No agent was seen.' };
}

export async function tasksListing(caller: Caller, options: ListOptions, limit: number): Promise<Listing<Task>> {
  const agent = options.agent === null ? {} : { agentId: await findAgent(caller, options.agent) };
  const since = options.since === null ? {} : { since: options.since };
  return { pages: paged((before) => caller.call('tasks.list', { ...agent, ...since, limit: pageSize(limit), ...(before === undefined ? {} : { before }) })), columns: taskColumns, json: taskKeys, none: 'No task was seen.' };
}

export async function activityListing(caller: Caller, options: ListOptions, limit: number): Promise<Listing<Activity>> {
  const agent = options.agent === null ? {} : { agentId: await findAgent(caller, options.agent) };
  const task = options.task === null ? {} : { taskId: options.task };
  const since = options.since === null ? {} : { since: options.since };
  return { pages: paged((before) => caller.call('activity.list', { ...agent, ...task, ...since, limit: pageSize(limit), ...(before === undefined ? {} : { before }) })), columns: activityColumns, json: activityKeys, none: 'No activity was seen.' };
}

export async function failuresListing(caller: Caller, options: ListOptions, limit: number): Promise<Listing<Failure>> {
  const agent = options.agent === null ? {} : { agentId: await findAgent(caller, options.agent) };
  const since = options.since === null ? {} : { since: options.since };
  const asked: Asked<'failures.list'> = caller.call('failures.list', { ...agent, ...since, limit: pageSize(limit) });
  return { pages: one(asked.then(({ rows }) => rows)), columns: failureColumns, json: (row) => row, none: 'No failure where we could see.' };
}
