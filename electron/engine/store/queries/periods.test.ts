/** What screens say of a period, against a count over the rows themselves: twelve days of work that is seeded, not regular. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract } from '../../../../shared/contract.ts';
import type { Draft } from '../../ingest/draft.ts';
import { US_DAY, US_HOUR } from '../codes.ts';
import { openReader, type ReadDb } from '../database.ts';
import { publicId } from '../ids.ts';
import { historyFile } from '../open.ts';
import { agentDraft, second, spanDraft, t0, TestHistory } from '../test-history.ts';
import { getAgent, listAgents } from './agents.ts';
import { listFailures } from './failures.ts';
import { Reading } from './reading.ts';
import { spendSeries } from './series.ts';
import { listTasks } from './tasks.ts';

let history: TestHistory;
let db: ReadDb;
let reading: Reading;
const days = 12;
const nowUs = t0 + days * US_DAY + 7 * 60 * second;
const trace = (n: number): string => `f${n.toString(16).padStart(31, '0')}`;

/** The same every time. */
function seeded(seed: number): { int: (from: number, to: number) => number; chance: (share: number) => boolean; pick: <T>(from: readonly T[]) => T } {
  let state = seed;
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return { int, chance: (share) => next() < share, pick: (from) => from[int(0, from.length - 1)] as (typeof from)[number] };
}

function story(): Draft[] {
  const random = seeded(7_001);
  return Array.from({ length: 400 }, (_, n) => {
    const at = random.int(0, days * 86_400);
    const traceId = trace(n);
    const failed = (of: number): Partial<Draft> => (random.chance(0.3) ? { status: 'error', statusExplicit: true, error: { type: 'E', message: ['timed out', 'refused', 'not found', 'bad key'][of % 4] ?? 'x' } } : {});
    const cost = random.chance(0.5) ? { reportedCost: { micros: random.int(1, 900), currency: random.chance(0.9) ? 'USD' : 'EUR' } } : {};
    return [
      agentDraft(1, 0, `agent-${random.int(1, 5)}`, { traceId, at, for: 30 }),
      spanDraft(2, 1, { traceId, at: at + 1, kind: 'model_call', name: 'chat', model: random.pick(['m1', 'm2', 'm3']), usage: { inputTokens: random.int(1, 90), outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }, ...cost, ...failed(n) }),
      spanDraft(3, 1, { traceId, at: at + 2, name: random.pick(['look', 'send', 'read']), ...failed(n + 1) }),
    ];
  }).flat();
}

beforeAll(() => {
  history = new TestHistory();
  const told = story();
  for (let at = 0; at < told.length; at += 90) history.tell(told.slice(at, at + 90), nowUs);
  history.sweep(nowUs);
  db = openReader(historyFile(history.dir));
  reading = new Reading(db);
});
afterAll(() => {
  db.close();
  history.close();
});

const iso = (us: number): string => new Date(us / 1_000).toISOString();
interface Counted { agent: number; activities: number; failures: number; input: number; micros: number }

/** Periods are told in whole hours; those of more than eight days in whole days. */
function countRows(fromUs: number, toUs: number): Counted[] {
  const unit = toUs - fromUs > 8 * US_DAY ? US_DAY : US_HOUR;
  return history.all<Counted>(`SELECT agent, count(*) AS activities, sum(failure IS NOT NULL) AS failures, sum(coalesce(input, 0)) AS input, sum(coalesce(micros, 0)) AS micros
    FROM activity WHERE ts_us >= ? AND ts_us < ? GROUP BY agent`, Math.floor(fromUs / unit) * unit, (Math.floor((toUs - 1) / unit) + 1) * unit);
}

const spans: [string, number, number][] = [
  ['an hour', nowUs - US_HOUR, nowUs], ['a day', nowUs - US_DAY, nowUs], ['a day long ago', t0 + 3.3 * US_DAY, t0 + 4.3 * US_DAY], ['a whole UTC day', t0 + 4.5 * US_DAY, t0 + 5.5 * US_DAY],
  ['two hours over midnight', t0 + 4.5 * US_DAY - US_HOUR, t0 + 4.5 * US_DAY + US_HOUR], ['a week', nowUs - 7 * US_DAY, nowUs], ['eight days', nowUs - 8 * US_DAY, nowUs], ['eleven days', nowUs - 11 * US_DAY, nowUs],
];

describe('periods', () => {
  it.each(spans)('%s: sums of agents equal a count over their rows', (_what, fromUs, toUs) => {
    reading.begin();
    const period = { from: iso(fromUs), to: iso(toUs) };
    const { rows } = listAgents(reading, contract['agents.list'].params.parse({ period }), nowUs);
    const counted = new Map(countRows(fromUs, toUs).map((row) => [publicId('agent', row.agent), row]));
    expect(rows).toHaveLength(5);
    for (const row of rows) {
      const { activities = 0, failures = 0, input = 0, micros = 0 } = counted.get(row.id) ?? {};
      expect({ activities: row.activities, failures: row.failures, input: row.usage.inputTokens, micros: row.cost.amountMicros ?? 0 }).toEqual({ activities, failures, input, micros });
      expect(getAgent(reading, { id: row.id, period }, nowUs)).toMatchObject({ ...row });
    }
    expect(listAgents(reading, contract['agents.list'].params.parse({ period, includeIdle: false }), nowUs).rows.map((row) => row.id).toSorted()).toEqual([...counted.keys()].toSorted());
  });

  it.each(spans)('%s: the small chart holds every failure in the bin of its hour', (_what, fromUs, toUs) => {
    reading.begin();
    const { rows } = listAgents(reading, contract['agents.list'].params.parse({ period: { from: iso(fromUs), to: iso(toUs) } }), nowUs);
    for (const row of rows) {
      const bins = Array.from({ length: 24 }, () => 0);
      const failed = history.all<{ hour: number }>(`SELECT ts_us / ${US_HOUR} AS hour FROM activity WHERE failure IS NOT NULL AND agent = ? AND ts_us >= ? AND ts_us < ?`, parseInt(row.id.slice(4), 36),
        Math.floor(fromUs / US_HOUR) * US_HOUR, (Math.floor((toUs - 1) / US_HOUR) + 1) * US_HOUR);
      for (const { hour } of failed) {
        const bin = Math.min(23, Math.floor(Math.max(0, hour * US_HOUR - fromUs) / ((toUs - fromUs) / 24)));
        bins[bin] = (bins[bin] ?? 0) + 1;
      }
      expect(row.failureSpark.map((value) => value ?? 0)).toEqual(bins);
    }
  });

  it.each(['model', 'connection'] as const)('spend by %s equals what the rows say, in the currency that most of it is in', (by) => {
    reading.begin();
    const spend = spendSeries(reading, { period: { from: iso(t0), to: iso(nowUs) }, bins: 100, by }, nowUs);
    const usd = history.all<{ sum: number }>("SELECT sum(micros) AS sum FROM activity WHERE currency = (SELECT id FROM string WHERE text = 'USD')")[0]?.sum ?? 0;
    expect(usd).toBeGreaterThan(1_000);
    expect(spend.bins.flatMap((bin) => bin.values).reduce((sum, value) => sum + value, 0)).toBe(usd);
    expect(spend.names.toSorted()).toEqual(by === 'model' ? ['m1', 'm2', 'm3'] : ['one']);
    const [first] = history.all<{ agent: number; sum: number }>("SELECT agent, sum(micros) AS sum FROM activity WHERE currency = (SELECT id FROM string WHERE text = 'USD') GROUP BY agent");
    const ofAgent = spendSeries(reading, { period: { from: iso(t0), to: iso(nowUs) }, bins: 100, by, agentId: publicId('agent', first?.agent ?? 0) }, nowUs);
    expect(ofAgent.bins.flatMap((bin) => bin.values).reduce((sum, value) => sum + value, 0)).toBe(first?.sum);
  });
});

describe('failures.list', () => {
  interface Line { failure: number; agent: number; day: number; n: number; last: number }
  const wanted = (agent: number | null, sinceUs: number): { id: string; count: number; lastSeen: string; agentIds: string[] }[] => {
    const lines = history.all<Line>(`SELECT failure, agent, ts_us / ${US_DAY} AS day, count(*) AS n, max(ts_us) AS last FROM activity WHERE failure IS NOT NULL GROUP BY 1, 2, 3`).filter((line) => agent === null || line.agent === agent);
    return [...new Set(lines.map((line) => line.failure))].flatMap((failure) => {
      const last = Math.max(...lines.filter((line) => line.failure === failure).map((line) => line.last));
      if (last < sinceUs) return [];
      const counts = new Map<number, number>();
      for (const line of lines) if (line.failure === failure && line.day >= Math.floor(sinceUs / US_DAY)) counts.set(line.agent, (counts.get(line.agent) ?? 0) + line.n);
      const agents = [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
      return [{ id: publicId('failure', failure), count: agents.reduce((sum, [, n]) => sum + n, 0), lastSeen: iso(last), agentIds: agents.map(([id]) => publicId('agent', id)) }];
    }).toSorted((a, b) => (a.lastSeen < b.lastSeen ? 1 : a.lastSeen > b.lastSeen ? -1 : 0));
  };

  it.each([null, 1, 3])('counts kinds of failure as the rows do (agent %j)', (agent) => {
    for (const sinceUs of [0, t0 + 2 * US_DAY, nowUs - 2 * US_DAY, nowUs - 60 * second]) {
      const all = wanted(agent, sinceUs);
      for (const limit of [1_000, 4, 1]) {
        reading.begin();
        const { rows } = listFailures(reading, { limit, ...(agent === null ? {} : { agentId: publicId('agent', agent) }), ...(sinceUs === 0 ? {} : { since: iso(sinceUs) }) });
        expect(rows.map(({ id, count, lastSeen, agentIds }) => ({ id, count, lastSeen, agentIds }))).toEqual(all.slice(0, limit));
      }
    }
    expect(wanted(agent, 0).length).toBeGreaterThan(8);
  });
});

describe('tasks.list', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['everything', {}, '1'], ['an outcome', { outcomes: ['failed', 'unknown'] }, 't.outcome IN (2, 6)'], ['a text', { text: '00A' }, "t.key LIKE '%00a%'"],
    ['an id', { text: 'tsk-7' }, 't.id = 7'], ['a connection', { connectionId: 'con-1' }, 't.connection = 1'], ['a time', { since: iso(t0 + 3 * US_DAY) }, `t.started_us >= ${t0 + 3 * US_DAY}`],
  ])('finds what %s asks for, newest first, in pages', (_what, filter, where) => {
    for (const agent of [null, 2]) {
      const ids = history.all<{ id: number }>(agent === null ? `SELECT t.id FROM task t WHERE ${where} ORDER BY t.started_us DESC, t.id DESC`
        : `SELECT t.id FROM task_agent ta JOIN task t ON t.id = ta.task WHERE ta.agent = ${agent} AND ${where.replace('t.started_us', 'ta.first_us')} ORDER BY ta.first_us DESC, t.id DESC`).map((row) => publicId('task', row.id));
      const found: string[] = [];
      for (let before: string | null | undefined; before !== null;) {
        reading.begin();
        const page = listTasks(reading, contract['tasks.list'].params.parse({ ...filter, limit: 9, ...(agent === null ? {} : { agentId: publicId('agent', agent) }), ...(before === undefined ? {} : { before }) }));
        found.push(...page.rows.map((row) => row.id));
        before = page.next;
      }
      expect(found).toEqual(ids);
    }
  });
});
