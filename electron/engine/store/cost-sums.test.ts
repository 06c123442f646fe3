/** Whatever comes in whatever order, and whatever people say of it: every sum of money equals its rows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Draft } from '../ingest/draft.ts';
import { OUTCOME, US_DAY } from './codes.ts';
import { openReader } from './database.ts';
import { historyFile } from './open.ts';
import { failureGroups } from './queries/failure-groups.ts';
import { Reading } from './queries/reading.ts';
import { retain } from './retention.ts';
import { freshCost, price, TestCost } from './test-cost.ts';
import { later, logDraft, second, t0 } from './test-history.ts';

const models = ['model-a', 'model-b', 'nobody-knows'] as const;

interface Call {
  readonly n: number; readonly task: number; readonly day: number; readonly model: number; readonly tokens: number; readonly told: null | 'USD' | 'EUR'; readonly failed: number; readonly agent: number; readonly version: number;
}

const calls = fc.array(fc.record({
  task: fc.nat(2), day: fc.nat(2), model: fc.nat(2), tokens: fc.nat(5_000_000), told: fc.constantFrom(null, null, 'USD' as const, 'EUR' as const), failed: fc.nat(3), agent: fc.nat(2), version: fc.nat(2),
}), { minLength: 1, maxLength: 14 }).map((list) => list.map((one, n): Call => ({ ...one, n })));

/** Two tellings: what was used, and how it ended and what it cost. */
function tellings(call: Call): [Draft, Draft] {
  const startUs = t0 + (call.day - 2) * US_DAY + call.n * second;
  const common: Partial<Draft> = {
    run: { kind: 'session', id: `s${call.task}` }, kind: 'model_call', model: models[call.model] ?? '', name: 'call', agent: { name: `agent-${call.agent}`, version: `v${call.version}` }, startUs, endUs: startUs + second, taskName: `work-${call.task}`,
  };
  const failed: Partial<Draft> = call.failed === 0 ? { status: 'error', error: { message: `broke ${call.n % 2}` } } : {};
  return [
    logDraft(`model:${call.n}`, 0, { ...common, source: 'a/log', usage: { inputTokens: call.tokens, outputTokens: call.tokens % 7, cacheReadTokens: call.tokens % 11, cacheWriteTokens: 5, reasoningTokens: 0 }, billing: { provider: 'here', tier: call.tokens % 2 === 0 ? 'batch' : '', cacheWrite1h: call.tokens % 5 } }),
    logDraft(`model:${call.n}`, 0, { ...common, source: 'b/log', ...failed, ...(call.told === null ? {} : { reportedCost: { micros: call.tokens % 1_000, currency: call.told } }) }),
  ];
}

type Deed = { readonly t: 'price'; readonly model: number; readonly price: number; readonly eur: boolean } | { readonly t: 'mark'; readonly task: number; readonly outcome: number | null } | { readonly t: 'fold' } | { readonly t: 'restart' } | { readonly t: 'sweep' } | { readonly t: 'stop'; readonly task: number; readonly day: number };

const deeds = fc.oneof(
  fc.record({ t: fc.constant('price' as const), model: fc.nat(1), price: fc.nat(50), eur: fc.boolean() }),
  fc.record({ t: fc.constant('mark' as const), task: fc.integer({ min: 1, max: 3 }), outcome: fc.constantFrom(OUTCOME.completed, OUTCOME.failed, null) }),
  fc.record({ t: fc.constant('stop' as const), task: fc.nat(3), day: fc.nat(2) }),
  fc.constantFrom({ t: 'fold' as const }, { t: 'restart' as const }, { t: 'sweep' as const }),
);

function stop(cost: TestCost, task: number, day: number): void {
  const { db } = cost.history;
  const id = Number(db.prepare(`INSERT INTO stop_order (scope_key, scope, scope_name, level, origin, state, headline, ordered_by, reason_kind, reason, silence_s, watch_s, intent_us, commanded_us, agents, sources, tasks, plan)
    VALUES ('x', '{}', 'x', 'pause', 'person', 'verified', '', 'ann', 'other', '', 1, 1, 0, ?, '[]', '[]', ?, '{}')`).run(t0 + (day - 2) * US_DAY + 3 * second, task === 0 ? null : `[${task}]`).lastInsertRowid);
  db.prepare('INSERT INTO stop_agent (agent, stop) SELECT id, ? FROM agent WHERE id < 3').run(id);
  cost.writer.stopsMoved(id);
}

function act(cost: TestCost, deed: Deed, prices: Map<number, number>): void {
  if (deed.t === 'price') prices.set(deed.model, cost.setPrice(price(models[deed.model] ?? '', { input: `${deed.price}.07`, output: '1' }, deed.eur ? { currency: 'EUR' } : {}), prices.get(deed.model) ?? null));
  else if (deed.t === 'mark') {
    if (cost.history.all('SELECT 1 FROM task WHERE id = ?', deed.task).length > 0) cost.mark(deed.task, deed.outcome);
  } else if (deed.t === 'fold') cost.writer.costTurn(0);
  else if (deed.t === 'restart') cost.restart();
  else if (deed.t === 'stop') stop(cost, deed.task, deed.day);
  else cost.writer.sweep(later);
}

/** What a reader keeps of days that are over is what another, who keeps nothing yet, reads. */
function failuresAgree(keeping: Reading): void {
  const day = (at: number): string => new Date((t0 + at * US_DAY) / 1_000).toISOString();
  for (const period of [{ from: day(-4), to: null }, { from: day(-4), to: day(-1) }, { from: day(-2), to: day(1) }]) {
    const [kept, read] = [keeping, new Reading(keeping.db)].map((reading) => {
      reading.begin();
      return failureGroups(reading, { period, limit: 100 }, later);
    });
    expect(kept).toEqual(read);
  }
}

/** As kept, and as counted anew. */
function bothWays(cost: TestCost): [unknown, unknown] {
  const sums = Object.entries({ ...cost.history.sumsTwice(), ...cost.costTwice() });
  return [sums.map(([name, [kept]]) => [name, kept]), sums.map(([name, [, counted]]) => [name, counted])];
}

describe('sums of money', () => {
  it('equal their rows after any order of arrival, tellings told twice, prices, marks, stops, sweeps and restarts', { timeout: 120_000 }, () => {
    fc.assert(fc.property(calls, fc.array(fc.tuple(fc.nat(), deeds), { maxLength: 8 }), fc.infiniteStream(fc.nat()), (list, between, chance) => {
      const cost = new TestCost();
      const keeping = new Reading(openReader(historyFile(cost.history.dir)));
      try {
        const told = list.flatMap(tellings);
        const again = told.filter((_, at) => at % 3 === 0);
        const order = [...told, ...again].map((draft) => ({ draft, at: chance.next().value })).toSorted((a, b) => a.at - b.at).map(({ draft }) => draft);
        const prices = new Map<number, number>();
        while (order.length > 0) {
          cost.tell(order.splice(0, 1 + chance.next().value % 4));
          for (const [at, deed] of between) if (at % 5 === order.length % 5) act(cost, deed, prices);
          if (order.length % 2 === 0) failuresAgree(keeping);
        }
        cost.writer.sweep(later);
        cost.settle();
        failuresAgree(keeping);
        const [kept, counted] = bothWays(cost);
        expect(kept).toEqual(counted);
      } finally {
        keeping.db.close();
        cost.history.close();
      }
    }), { numRuns: 40 });
  });

  it('stay when the retention takes rows, and what comes late counts besides', { timeout: 120_000 }, () => {
    fc.assert(fc.property(calls, calls, (before, after) => {
      const kept = new TestCost();
      const whole = new TestCost();
      try {
        const young = [0, 1, 2].map((task): Call => ({ n: 100 + task, task, day: 2, model: 0, tokens: 1_000, told: null, failed: 1, agent: task, version: 0 }));
        const late = after.map((call) => ({ ...call, n: call.n + 200, day: 2 }));
        for (const cost of [kept, whole]) {
          cost.setPrice(price('model-a', { input: '3', output: '15' }));
          cost.tell([...young, ...before].flatMap(tellings));
        }
        for (const gone of retain(kept.writer, t0 - US_DAY / 2)) if (gone < 0) throw new Error('a step brought rows back');
        for (const cost of [kept, whole]) {
          cost.tell(late.flatMap(tellings));
          cost.settle();
        }
        for (const sql of [
          'SELECT * FROM spend_day', 'SELECT agent, day, model, currency, micros, priced, unpriced, computed FROM by_day ORDER BY 1, 2, 3, 4', 'SELECT id, micros, priced, unpriced, computed FROM task',
          'SELECT agent, connection, kind, model, currency, sum(tasks) AS tasks, sum(micros) AS micros, sum(retried) AS retried, sum(only_computed) AS computed, sum(unpriced_tasks) AS unpriced FROM task_day GROUP BY 1, 2, 3, 4, 5',
        ]) expect([sql, kept.history.all(sql)]).toEqual([sql, whole.history.all(sql)]);
      } finally {
        kept.history.close();
        whole.history.close();
      }
    }), { numRuns: 25 });
  });

  it('keep the cost of tasks that the retention takes as a whole, and go with a connection', () => {
    const cost = freshCost();
    cost.setPrice(price('model-a', { input: '3', output: '15' }));
    cost.tell(tellings({ n: 1, task: 1, day: 0, model: 0, tokens: 1_000_001, told: null, failed: 0, agent: 1, version: 1 }));
    for (const gone of retain(cost.writer, t0)) if (gone < 0) throw new Error('a step brought rows back');
    cost.settle();
    expect(cost.history.all('SELECT tasks, micros, retried FROM task_day')).toEqual([{ tasks: 1, micros: 3_000_054, retried: 3_000_054 }]);
    expect(cost.history.all('SELECT (SELECT count(*) FROM task) AS tasks, (SELECT count(*) FROM task_cost) AS costs, (SELECT count(*) FROM task_kept) AS kept, (SELECT count(*) FROM failure_task) AS hits')).toEqual([{ tasks: 0, costs: 0, kept: 0, hits: 0 }]);
  });
});
