/**
 * Every query that a screen makes, on a history of a million activities (`--rows 10m`: ten million) that was taken in through
 * the real receiver. Warm p95 of 40 calls each with changing parameters; a plain read of one row in the same run says what
 * the machine can do.
 */
import { openReader } from '../electron/engine/store/database.ts';
import { historyFile } from '../electron/engine/store/open.ts';
import { Reading } from '../electron/engine/store/queries/reading.ts';
import { queries } from '../electron/engine/store/queries/table.ts';
import { largeHistory } from './history.ts';
import { quantile } from './table.ts';
import type { Row } from './table.ts';

interface Timed { readonly name: string; readonly p50: number; readonly p95: number }

function time(name: string, run: (round: number) => unknown): Timed {
  for (let round = 0; round < 5; round += 1) run(round);
  const times = Array.from({ length: 40 }, (_, round) => {
    const began = performance.now();
    run(round);
    return performance.now() - began;
  });
  return { name, p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
}

function measure(folder: string): Timed[] {
  const db = openReader(historyFile(folder));
  const reading = new Reading(db);
  const nowUs = Date.now() * 1_000;
  const call = <T>(run: () => T): T => { reading.begin(); return run(); };
  const iso = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString();
  const period = { from: iso(1), to: null };
  const agents = queries['agents.list'](reading, { period: { from: iso(30), to: null }, includeIdle: true }, nowUs).rows;
  const agent = (round: number): string => agents[round % agents.length]?.id ?? 'agt-1';
  const tasks = queries['tasks.list'](reading, { limit: 40 }).rows;
  const task = (round: number): string => tasks[round % tasks.length]?.id ?? 'tsk-1';
  const deep = (round: number): string => `${nowUs - (round % 25) * 86_400_000_000}.0`;
  const listed = queries['activity.list'](reading, { limit: 40 }).rows;
  return [
    time('overview, 24 h', () => call(() => queries['overview.get'](reading, { period, since: iso(1) }, nowUs))),
    time('overview, 30 d', () => call(() => queries['overview.get'](reading, { period: { from: iso(30), to: null }, since: iso(1) }, nowUs))),
    time('agents, 24 h', () => call(() => queries['agents.list'](reading, { period, includeIdle: true }, nowUs))),
    time('agents, 30 d', () => call(() => queries['agents.list'](reading, { period: { from: iso(30), to: null }, includeIdle: true }, nowUs))),
    time('agent', (round) => call(() => queries['agents.get'](reading, { id: agent(round), period }, nowUs))),
    time('tasks of an agent', (round) => call(() => queries['tasks.list'](reading, { agentId: agent(round), limit: 100 }))),
    time('activities of a task', (round) => call(() => queries['tasks.activities'](reading, { id: task(round), limit: 1_000 }))),
    time('newest 100', () => call(() => queries['activity.list'](reading, { limit: 100 }))),
    time('newest 100 of an agent', (round) => call(() => queries['activity.list'](reading, { agentId: agent(round), limit: 100 }))),
    time('newest 100 failures of an agent', (round) => call(() => queries['activity.list'](reading, { agentId: agent(round), statuses: ['error'], limit: 100 }))),
    time('newest 100 tool calls of an agent', (round) => call(() => queries['activity.list'](reading, { agentId: agent(round), kinds: ['tool_call'], limit: 100 }))),
    time('deep page of 100', (round) => call(() => queries['activity.list'](reading, { before: deep(round), limit: 100 }))),
    time('text in activities', (round) => call(() => queries['activity.list'](reading, { text: ['ledger', 'crm.send', 'upstream', 'gpt-6'][round % 4] ?? '', limit: 100 }))),
    time('one activity with its record', (round) => call(() => queries['activity.get'](reading, { id: listed[round % listed.length]?.id ?? 'act-1' }))),
    time('failure groups, 24 h', () => call(() => queries['failures.list'](reading, { since: iso(1), limit: 100 }))),
    time('failure groups, all', () => call(() => queries['failures.list'](reading, { limit: 100 }))),
    time('open right now', () => call(() => queries['live.open'](reading, {}, nowUs))),
    time('activity chart, 24 h', () => call(() => queries['series.activity'](reading, { period, bins: 200 }, nowUs))),
    time('activity chart, 30 d', () => call(() => queries['series.activity'](reading, { period: { from: iso(30), to: null }, bins: 200 }, nowUs))),
    time('spend chart, 30 d', () => call(() => queries['series.spend'](reading, { period: { from: iso(30), to: null }, bins: 200, by: 'model' }, nowUs))),
    time('gaps', () => call(() => queries['gaps.list'](reading, { period }, nowUs))),
    time('palette search', (round) => call(() => queries.find(reading, { text: ['agent-1', 'conv', 'tsk-1'][round % 3] ?? 'a', limit: 12 }))),
    time('connections', () => call(() => queries['connections.list'](reading))),
    time('status counts', () => call(() => queries.counts(reading))),
    time('retention preview', () => call(() => queries['retention.preview'](reading, { days: 14 }, nowUs))),
  ];
}

export async function benchQueries(rows: number): Promise<Row[]> {
  const timed = measure(await largeHistory(rows));
  return timed.map((one) => ({ what: one.name, measured: one.p95, limit: 10, sense: 'max' as const, unit: ' ms', note: `p50 ${one.p50.toFixed(2)} ms, p95 of 40 at ${rows.toLocaleString('en')} activities` }))
    .concat(timed.filter((one) => one.name === 'newest 100 of an agent').map((one) => ({ what: `${one.name}, p50`, measured: one.p50, limit: 1, sense: 'max' as const, unit: ' ms', note: '' })));
}
