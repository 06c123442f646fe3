/**
 * Every query that a screen makes, on a history of a million activities (`--rows 10m`: ten million, beside the same query at
 * one million) that was taken in through the real receiver. Warm p95 of 40 calls each with changing parameters. The limit is
 * 10 ms, and one and a half times that above a million; of the Cost, Budgets and Failures screens 30 ms at any size.
 */
import { openReader } from '../electron/engine/store/database.ts';
import { historyFile } from '../electron/engine/store/open.ts';
import { Reading, rowId } from '../electron/engine/store/queries/reading.ts';
import { queries } from '../electron/engine/store/queries/table.ts';
import { accessQuestions } from './access-queries.ts';
import type { Question } from './access-queries.ts';
import { alertQuestions } from './alert-queries.ts';
import { budgetQuestions } from './budget-queries.ts';
import { costQuestions } from './cost-queries.ts';
import { accessHistory, largeHistory } from './history.ts';
import { quantile } from './table.ts';
import type { Row } from './table.ts';

interface Timed { readonly p50: number; readonly p95: number; /** of the asking thread: other work on the machine hardly changes it. Only the sum of many calls is told in steps that are fine enough. */ readonly processor: number }

const million = 1_000_000;
const limitMs = 10;
const growth = 1.5;

const calls = 40;

function time({ ask }: Question): Timed {
  for (let round = 0; round < 5; round += 1) ask(round);
  const before = process.threadCpuUsage();
  const times = Array.from({ length: calls }, (_, round) => {
    const began = performance.now();
    ask(round);
    return performance.now() - began;
  });
  const used = process.threadCpuUsage(before);
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), processor: (used.user + used.system) / 1_000 / calls };
}

const inWords = ({ p50, processor }: Timed): string => `p50 ${p50.toFixed(2)} ms, processor ${processor.toFixed(2)} ms a call`;

function questions(folder: string): Question[] {
  const db = openReader(historyFile(folder));
  const reading = new Reading(db);
  const nowUs = Date.now() * 1_000;
  /** As the reader thread asks: names are read anew in each call. */
  const question = (name: string, ask: (round: number) => unknown): Question => ({ name, ask: (round) => { reading.begin(); return ask(round); } });
  const iso = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString();
  const last = (days: number): { from: string; to: null } => ({ from: iso(days), to: null });
  const agents = queries['agents.list'](reading, { period: last(30), includeIdle: true }, nowUs).rows;
  const agent = (round: number): string => agents[round % agents.length]?.id ?? 'agt-1';
  const everybody = agents.flatMap((one) => reading.sourcesOf(rowId('agent', one.id)));
  const sourcesOf = (round: number): number[] => reading.sourcesOf(rowId('agent', agent(round)));
  const tasks = queries['tasks.list'](reading, { limit: 40 }).rows;
  const task = (round: number): string => tasks[round % tasks.length]?.id ?? 'tsk-1';
  const deep = (round: number): string => `${nowUs - (round % 25) * 86_400_000_000}.0`;
  const listed = queries['activity.list'](reading, { limit: 40 }).rows;
  return [
    ...[1 / 24, 1, 7, 30].flatMap((days) => {
      const period = last(days);
      const of = days < 1 ? '1 h' : days === 1 ? '24 h' : `${days} d`;
      return [
        question(`overview, ${of}`, () => queries['overview.get'](reading, { period, since: iso(1) }, nowUs)),
        question(`agents, ${of}`, () => queries['agents.list'](reading, { period, includeIdle: true }, nowUs)),
        question(`agent, ${of}`, (round) => queries['agents.get'](reading, { id: agent(round), period }, nowUs)),
        question(`activity chart, ${of}`, () => queries['series.activity'](reading, { period, bins: 200 }, nowUs)),
        question(`activity chart of an agent, ${of}`, (round) => queries['series.activity'](reading, { period, bins: 200, agentId: agent(round) }, nowUs)),
        question(`spend chart, ${of}`, () => queries['series.spend'](reading, { period, bins: 200, by: 'model' }, nowUs)),
        question(`spend chart of an agent, ${of}`, (round) => queries['series.spend'](reading, { period, bins: 200, by: 'model', agentId: agent(round) }, nowUs)),
        question(`failure groups, ${of}`, () => queries['failures.list'](reading, { since: iso(days), limit: 100 })),
        question(`gaps, ${of}`, () => queries['gaps.list'](reading, { period }, nowUs)),
      ];
    }),
    question('failure groups, all', () => queries['failures.list'](reading, { limit: 100 })),
    question('failure groups of an agent', (round) => queries['failures.list'](reading, { agentId: agent(round), limit: 100 })),
    question('newest tasks', () => queries['tasks.list'](reading, { limit: 100 })),
    question('tasks of an agent', (round) => queries['tasks.list'](reading, { agentId: agent(round), limit: 100 })),
    question('failed tasks of an agent', (round) => queries['tasks.list'](reading, { agentId: agent(round), outcomes: ['failed'], limit: 100 })),
    question('cancelled tasks of an agent (none)', (round) => queries['tasks.list'](reading, { agentId: agent(round), outcomes: ['cancelled'], limit: 100 })),
    question('one task', (round) => queries['tasks.get'](reading, { id: task(round) })),
    question('activities of a task', (round) => queries['tasks.activities'](reading, { id: task(round), limit: 1_000 })),
    question('newest 100', () => queries['activity.list'](reading, { limit: 100 })),
    question('newest 100 of an agent', (round) => queries['activity.list'](reading, { agentId: agent(round), limit: 100 })),
    question('newest 100 failures of an agent', (round) => queries['activity.list'](reading, { agentId: agent(round), statuses: ['error'], limit: 100 })),
    question('newest 100 tool calls of an agent', (round) => queries['activity.list'](reading, { agentId: agent(round), kinds: ['tool_call'], limit: 100 })),
    question('newest 100 failures', () => queries['activity.list'](reading, { statuses: ['error'], limit: 100 })),
    question('denials (none)', () => queries['activity.list'](reading, { kinds: ['denial'], limit: 100 })),
    question('deep page of 100', (round) => queries['activity.list'](reading, { before: deep(round), limit: 100 })),
    question('text in activities', (round) => queries['activity.list'](reading, { text: ['ledger', 'crm.send', 'upstream', 'gpt-6'][round % 4] ?? '', limit: 100 })),
    question('text in activities (none)', () => queries['activity.list'](reading, { text: 'nowhere at all', limit: 100 })),
    question('one activity with its record', (round) => queries['activity.get'](reading, { id: listed[round % listed.length]?.id ?? 'act-1' })),
    question('open right now', () => queries['live.open'](reading, {}, nowUs)),
    question('palette search', (round) => queries.find(reading, { text: ['agent-1', 'conv', 'tsk-1'][round % 3] ?? 'a', limit: 12 })),
    question('connections', () => queries['connections.list'](reading)),
    question('settings', () => queries['settings.get'](reading)),
    question('facts for a stop of an agent', (round) => queries.scopeFacts(reading, { scope: { kind: 'agent', id: agent(round) } })),
    question('facts for a stop of everything', () => queries.scopeFacts(reading, { scope: { kind: 'everything' } })),
    question('signs of an agent since an hour', (round) => queries.signRows(reading, { sources: sourcesOf(round), tasks: null, sinceUs: nowUs - 3_600_000_000 * (1 + round % 25), limit: 500 })),
    question('signs of all agents since an hour', (round) => queries.signRows(reading, { sources: everybody, tasks: null, sinceUs: nowUs - 3_600_000_000 * (1 + round % 25), limit: 500 })),
    question('rhythm of an agent', (round) => queries.rhythmOf(reading, { sources: sourcesOf(round), tasks: null, runKey: null, beforeUs: nowUs - 3_600_000_000 * (round % 25) })),
    question('how long an agent\'s tools took', (round) => queries.stepTimes(reading, { sources: sourcesOf(round), steps: ['crm.send', 'ledger.read'] })),
    question('stop orders', () => queries['stop.list'](reading, { state: 'all', limit: 100 }, nowUs)),
    question('readiness', () => queries['stop.readiness'](reading, {}, nowUs)),
    question('status counts', () => queries.counts(reading)),
    question('retention preview', () => queries['retention.preview'](reading, { days: 14 }, nowUs)),
  ];
}

export async function benchQueries(rows: number): Promise<Row[]> {
  const asked = questions(await largeHistory(rows));
  const smaller = rows > million ? questions(await largeHistory(million)) : [];
  const limit = rows > million ? growth * limitMs : limitMs;
  const found: Row[] = [];
  for (const [at, question] of asked.entries()) {
    const beside = smaller[at] === undefined ? null : time(smaller[at]);
    const timed = time(question);
    const note = beside === null ? inWords(timed) : `${inWords(timed)}; at a million p95 ${beside.p95.toFixed(2)}, ${inWords(beside)}`;
    found.push({ what: question.name, measured: timed.p95, limit, sense: 'max', unit: ' ms', note });
    if (question.name === 'newest 100 of an agent') found.push({ what: `${question.name}, p50`, measured: timed.p50, limit: 1, sense: 'max', unit: ' ms', note: '' });
  }
  found.push(...await benchCost(rows), ...await benchBudgets(rows), ...await benchAlerts(rows));
  return rows > million ? found : [...found, ...await benchAccess(rows)];
}

const costLimitMs = 30;

/** Cost and Failures have one limit, whatever the size. */
async function benchCost(rows: number): Promise<Row[]> {
  return costQuestions(await largeHistory(rows)).map((question) => {
    const timed = time(question);
    return { what: question.name, measured: timed.p95, limit: costLimitMs, sense: 'max', unit: ' ms', note: inWords(timed) };
  });
}

/** Asked of the one reader every five seconds, whatever else a screen waits for. */
async function benchAlerts(rows: number): Promise<Row[]> {
  return alertQuestions(await largeHistory(rows)).map((question) => {
    const timed = time(question);
    return { what: question.name, measured: timed.p95, limit: costLimitMs, sense: 'max', unit: ' ms', note: inWords(timed) };
  });
}

/** A sum that stands between a commit and a stop, and what only a screen waits for. */
async function benchBudgets(rows: number): Promise<Row[]> {
  const { watched, screen } = budgetQuestions(await largeHistory(rows));
  const timed = (limit: number) => (question: Question): Row => {
    const found = time(question);
    return { what: question.name, measured: found.p95, limit, sense: 'max', unit: ' ms', note: inWords(found) };
  };
  return [...watched.map(timed(rows > million ? costLimitMs : limitMs)), ...screen.map(timed(costLimitMs))];
}

const fleet = 500;
const grants = 100_000;

async function benchAccess(rows: number): Promise<Row[]> {
  return accessQuestions(await accessHistory(rows, fleet, grants)).map((question) => {
    const timed = time(question);
    return { what: question.name, measured: timed.p95, limit: limitMs, sense: 'max', unit: ' ms', note: inWords(timed) };
  });
}
