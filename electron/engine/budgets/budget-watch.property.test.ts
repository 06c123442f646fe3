/** Whatever comes in in whatever order: what the watch decides is what counting everything anew after each commit would have decided, never later, and nothing twice. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { BudgetDraft } from '../../../shared/budgets.ts';
import { periodAt } from './budget-period.ts';
import { BudgetWatch, type Reached } from './budget-watch.ts';
import { draft, fact, hour, Ledger, noon, second, type LedgerRow } from './test-ledger.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Step { readonly afterS: number; readonly rows: readonly LedgerRow[]; readonly recount: boolean }
interface World { readonly of: BudgetDraft; readonly agents: readonly number[] | null; readonly steps: readonly Step[]; /** commits that are looked at together. */ readonly lump: number }

const rowOf = fc.record({
  id: fc.integer({ min: 1, max: 60 }), head: fc.integer({ min: 1, max: 4 }), task: fc.integer({ min: 1, max: 5 }), micros: fc.integer({ min: 1, max: 60 }), currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
  side: fc.constantFrom('sent' as const, 'sent' as const, 'asked' as const), agoS: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 30 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 * 3_600 }) }),
});

const world: fc.Arbitrary<World> = fc.record({
  of: fc.record({ per: fc.constantFrom('hour' as const, 'day' as const), soft: fc.option(fc.integer({ min: 10, max: 120 })), hard: fc.integer({ min: 20, max: 300 }), stops: fc.constantFrom('agent' as const, 'task' as const) })
    .map(({ per, soft, hard, stops }) => draft({ per, softMicros: soft !== null && soft < hard ? soft : null, hardMicros: hard, stops })),
  agents: fc.oneof(fc.constant(null), fc.constant([1, 2])), lump: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(fc.record({ afterS: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 90 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 5_000 }) }), rows: fc.array(rowOf, { maxLength: 5 }), recount: fc.integer({ min: 0, max: 9 }).map((n) => n === 0) }), { maxLength: 40 }),
}).map(({ steps, ...rest }) => {
  let atS = 0;
  // A row's head, task and side stay what they are when it is told again; when it began, too.
  const known = new Map<number, LedgerRow>();
  return { ...rest, steps: steps.map(({ afterS, rows, recount }) => {
    atS += afterS;
    return { afterS, recount, rows: rows.map(({ agoS, ...one }) => {
      const made = known.get(one.id) ?? { ...one, startUs: noon + (atS - agoS) * second };
      known.set(one.id, made);
      return { ...made, micros: one.micros };
    }) };
  }) };
});

const keyOf = (of: BudgetDraft, one: LedgerRow): string => (of.stops === 'task' ? `t${one.task}` : `a${one.head}`);

describe('the watch of a budget', () => {
  it('decides what counting anew after each commit decides', () => {
    fc.assert(fc.property(world, ({ of, agents, steps, lump }) => {
      const ledger = new Ledger();
      const watch = new BudgetWatch();
      const known = fact(of, { agents });
      let atUs = noon;
      watch.setFacts([known], atUs);
      const fired = new Set<string>();
      const told: Reached[] = [];
      /** who spends in a commit after which the limit is reached: may be stopped; the one that reaches it and all that come after: must. */
      const may = new Set<string>();
      const must = new Set<string>();
      let waiting: LedgerRow[] = [];
      const look = (): void => {
        watch.take(waiting, atUs);
        waiting = [];
        for (const question of watch.questions(atUs)) told.push(...watch.answer(question, ledger.answer(known, question), atUs));
      };
      look();
      for (const [at, step] of steps.entries()) {
        const nextUs = atUs + step.afterS * second;
        // What waits is looked at by the time of its commit.
        if (waiting.length > 0 && periodAt(of.per, nextUs).fromUs !== periodAt(of.per, atUs).fromUs) look();
        atUs = nextUs;
        const { fromUs, toUs } = periodAt(of.per, atUs);
        const counted = new Map(step.rows.map((one) => [one.id, one]));
        const before = ledger.spent(of, agents, atUs);
        ledger.put(step.rows);
        const after = ledger.spent(of, agents, atUs);
        for (const one of counted.values()) {
          if (one.currency !== of.currency || one.startUs < fromUs || one.startUs >= toUs || (agents !== null && !agents.includes(one.head))) continue;
          if (after >= (of.hardMicros ?? 0)) may.add(`${fromUs} ${keyOf(of, one)}`);
          if (after >= (of.hardMicros ?? 0) && before >= (of.hardMicros ?? 0)) must.add(`${fromUs} ${keyOf(of, one)}`);
        }
        waiting.push(...step.rows);
        if (step.recount) watch.recount();
        if (at % lump === lump - 1 || at === steps.length - 1) look();
        for (const one of told.filter((reached) => reached.stop)) fired.add(`${one.periodUs} ${one.key}`);
        if (waiting.length > 0) continue;
        const inPeriod = (keys: ReadonlySet<string>): boolean => [...keys].some((key) => key.startsWith(`${fromUs} `));
        // Never later: all who had to be stopped are told now. Never without a reason: nobody else was.
        const wrong = lump === 1 ? { early: [...fired].filter((key) => !may.has(key)), late: [...must].filter((key) => !fired.has(key)), missed: inPeriod(may) && !inPeriod(fired) } : { early: [], late: [], missed: false };
        const untold = after >= (of.hardMicros ?? 0) && !told.some((one) => one.kind === 'hard' && one.periodUs === fromUs);
        expect({ ...wrong, untold }).toEqual({ early: [], late: [], missed: false, untold: false });
      }
      const keys = told.map((one) => `${one.periodUs} ${one.kind} ${one.key}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const one of told) expect(one.spent).toBeGreaterThanOrEqual(one.limit);
    }), { numRuns: 1_000 });
  });

  it('counts a task whole, whoever of it spends, and tells each task once', () => {
    fc.assert(fc.property(world, ({ of, agents, steps }) => {
      const each = { ...of, per: 'task' as const };
      const ledger = new Ledger();
      const watch = new BudgetWatch();
      const known = fact(each, { agents });
      watch.setFacts([known], noon);
      let atUs = noon;
      const told: Reached[] = [];
      for (const step of steps) {
        atUs += Math.min(step.afterS, 60) * second;
        const rows = step.rows.map((one) => ({ ...one, startUs: Math.min(one.startUs, atUs) }));
        ledger.put(rows);
        watch.take(rows, atUs);
        for (const question of watch.questions(atUs)) told.push(...watch.answer(question, ledger.answer(known, question), atUs));
        const over = rows.filter((one) => one.currency === 'USD' && (agents === null || agents.includes(one.head)) && ledger.ofTask(one.task, 'USD') >= (each.hardMicros ?? 0) && atUs - one.startUs <= 24 * hour);
        expect(over.filter((one) => !told.some((reached) => reached.kind === 'hard' && reached.key.endsWith(`t${one.task}`)))).toEqual([]);
      }
      const keys = told.map((one) => `${one.kind} ${one.key}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const one of told) expect(one.spent).toBeGreaterThanOrEqual(one.limit);
    }), { numRuns: 1_000 });
  });

  it('counts what others spent on a task before it judges who of the scope wrote in the same commit', () => {
    const each = { ...draft({ hardMicros: 20, stops: 'agent' }), per: 'task' as const };
    const ledger = new Ledger();
    const watch = new BudgetWatch();
    const known = fact(each, { agents: [1, 2] });
    watch.setFacts([known], noon);
    const row = (id: number, head: number, micros: number): LedgerRow => ({ id, head, task: 4, micros, currency: 'USD', side: 'sent', startUs: noon });
    const told = [[row(1, 1, 1)], [row(1, 1, 1), row(2, 3, 19)]].map((rows) => {
      ledger.put(rows);
      watch.take(rows, noon);
      return watch.questions(noon).flatMap((question) => watch.answer(question, ledger.answer(known, question), noon));
    });
    expect(told.map((some) => some.map(({ kind, key, spent }) => ({ kind, key, spent })))).toEqual([[], [{ kind: 'hard', key: 'a1 t4', spent: 20 }]]);
  });
});
