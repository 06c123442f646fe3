import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BudgetDraft, BudgetScope } from '../../../../shared/budgets.ts';
import { periodAt } from '../../budgets/budget-period.ts';
import type { Draft } from '../../ingest/draft.ts';
import { toldKey, type BudgetCommands } from '../budget-commands.ts';
import { words } from '../test-runtime.ts';
import { newLever, newOrder, planLever } from '../test-stop.ts';
import { agentDraft, second, spanDraft, t0, TestHistory, trace } from '../test-history.ts';
import { asker, command, nowUs, spendSome, spendUnpriced } from './test-cost.ts';

vi.setConfig({ testTimeout: 60_000 });

const draft = (more: Partial<BudgetDraft> = {}): BudgetDraft => ({ name: 'b', scope: { kind: 'everything' }, per: 'day', currency: 'USD', softMicros: null, hardMicros: 1_000_000, forecast: true, onHard: 'stop', level: 'cancel', stops: 'agent', ...more });
type Asker = ReturnType<typeof asker>;

function house(): { history: TestHistory; ask: Asker['ask']; save(of?: Partial<BudgetDraft>, id?: number | null): number } {
  const history = new TestHistory();
  let asking: Asker | null = null;
  onTestFinished(() => {
    asking?.close();
    history.close();
  });
  return {
    history, ask: (name, params, atUs) => (asking ??= asker(history)).ask(name, params, atUs),
    save: (of = {}, id = null) => command(history, 'budgets.save', { id, draft: draft(of), changedBy: 'ann', audit: words('ann') }).id,
  };
}

const paid = (n: number, agent: string, at: number, micros: number, currency = 'USD'): Draft[] => [
  agentDraft(1, 0, agent, { traceId: trace(n), at, for: 5 }), spanDraft(2, 1, { traceId: trace(n), at: at + 1, kind: 'model_call', name: 'chat', model: 'paid-m', reportedCost: { micros, currency } }),
];
const reach = (more: Partial<BudgetCommands['budgets.reached']['params']> = {}): BudgetCommands['budgets.reached']['params'] =>
  ({ budget: 1, atUs: nowUs, kind: 'hard', periodUs: periodAt('day', nowUs).fromUs, key: 'a1', stop: true, agent: 1, task: 1, activity: 2, spent: 1_200_000, limit: 1_000_000, currency: 'USD', text: 'Reached.', audit: null, ...more });

describe('how a budget stands', () => {
  it('counts what is shown, and says what is computed, unpriced and in another currency', () => {
    const { history, ask, save } = house();
    spendSome(history);
    spendUnpriced(history);
    history.tell(paid(9, 'planner', 60, 70, 'EUR'), nowUs);
    save({ softMicros: 5_000, hardMicros: 6_000 });
    const [one] = ask('budgets.list', {}).rows;
    expect(one?.standing).toMatchObject({ state: 'soft', spentMicros: 5_100, computedMicros: 4_200, unpriced: 1, otherCurrency: 1, forecastMicros: null, agents: 2, from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z' });
    expect(ask('budgets.preview', { draft: draft({ currency: 'EUR', hardMicros: 70 }) }).standing).toMatchObject({ state: 'hard', spentMicros: 70, unpriced: 1, otherCurrency: 4 });
  });

  it.each([
    ['agent', { kind: 'agent', id: 'agt-2' }, 300], ['connection', { kind: 'connection', id: 'con-1' }, 400], ['tag', { kind: 'tag', tag: 'prod' }, 100], ['owner', { kind: 'owner', name: 'ann' }, 300], ['nobody', { kind: 'tag', tag: 'gone' }, 0],
  ] satisfies [string, BudgetScope, number][])('counts the agents of its scope: %s', (_name, scope, spent) => {
    const { history, ask, save } = house();
    history.tell([...paid(1, 'one', 0, 100), ...paid(2, 'two', 10, 300)], nowUs);
    command(history, 'tags.set', { agent: 1, tags: ['prod'], audit: words('ann') });
    command(history, 'agents.setOwner', { agent: 2, role: 'owner', name: 'Ann', gone: false, audit: words('ann') });
    save({ scope });
    expect(ask('budgets.list', {}).rows[0]?.standing.spentMicros).toBe(spent);
    expect(ask('budgetSpent', { budget: 1, periodUs: nowUs, tasks: null })).toEqual([{ task: null, micros: spent }]);
  });

  it('counts an agent that two sides tell of by whichever told more', () => {
    const { history, ask, save } = house();
    const server = Number(history.db.prepare("INSERT INTO connection (kind, name, created_us, enabled, demo, content) VALUES ('langgraph', 'server', ?, 1, 0, 'full')").run(t0).lastInsertRowid);
    history.tell(paid(1, 'clerk', 0, 100), nowUs);
    history.tell([...paid(2, 'clerk', 0, 90), ...paid(3, 'clerk', 20, 30)], nowUs, 'svc', server);
    history.tell(paid(4, 'other', 30, 7), nowUs);
    history.db.prepare("INSERT INTO agent_stitch (agent, head, by, why) VALUES (1, 2, 'person', 'said so')").run();
    save({ softMicros: 1 });
    save({ scope: { kind: 'agent', id: 'agt-1' } });
    expect(ask('budgets.list', {}).rows.map((one) => [one.standing.spentMicros, one.standing.agents])).toEqual([[127, 2], [120, 1]]);
  });

  it('of a budget per task it is the dearest task, counted whole', () => {
    const { history, ask, save } = house();
    history.tell([...paid(1, 'one', 0, 100), ...paid(2, 'two', 10, 300)], nowUs);
    save({ per: 'task', hardMicros: 250, scope: { kind: 'agent', id: 'agt-2' } });
    expect(ask('budgets.list', {}).rows[0]?.standing).toMatchObject({ state: 'hard', from: null, to: null, taskId: 'tsk-2', spentMicros: 300, forecastMicros: null });
    expect(ask('budgetSpent', { budget: 1, periodUs: 0, tasks: [1, 2, 99] })).toEqual([{ task: 1, micros: 100 }, { task: 2, micros: 300 }, { task: 99, micros: 0 }]);
  });

  it('names whom it could not stop, where it is to stop', () => {
    const { history, ask, save } = house();
    history.tell(paid(1, 'one', 0, 100), nowUs);
    save();
    save({ name: 'c', onHard: 'tell' });
    expect(ask('budgets.list', {}).rows.map((one) => one.cannotStop)).toEqual([[{ agentId: 'agt-1', name: 'one', why: 'No lever of this level is known here.' }], []]);
  });

  it('says what a draft would have done', () => {
    const { history, ask } = house();
    const hour = 3_600;
    history.tell([0, 1, 1, 2, 30].flatMap((at, n) => paid(n + 1, 'one', -at * hour, 100)), nowUs);
    const past = (of: Partial<BudgetDraft>): unknown => {
      const { periods, overSoft, overHard, dearestMicros, medianMicros } = ask('budgets.preview', { draft: draft(of) }, nowUs + 24 * hour * second);
      return [periods, overSoft, overHard, dearestMicros, medianMicros];
    };
    expect(past({ per: 'hour', softMicros: 100, hardMicros: 150 })).toEqual([4, 4, 1, 200, 100]);
    expect(past({ per: 'day', softMicros: 200, hardMicros: 400 })).toEqual([2, 1, 1, 400, 250]);
    history.fold();
    expect(past({ per: 'task', softMicros: 100, hardMicros: 101 })).toEqual([5, 5, 0, 100, 100]);
    expect(ask('budgets.preview', { draft: draft({ hardMicros: null }) }).problems).toEqual(['A budget needs a soft or a hard limit.']);
  });

  it('counts exactly the rows of its period, in whatever order they came', () => {
    fc.assert(fc.property(fc.array(fc.record({ at: fc.integer({ min: -80 * 3_600, max: 80 * 3_600 }), agent: fc.constantFrom('one', 'two'), micros: fc.integer({ min: 0, max: 5_000 }), currency: fc.constantFrom('USD', 'EUR') }), { minLength: 1, maxLength: 12 }), (acts) => {
      const history = new TestHistory();
      acts.forEach(({ at, agent, micros, currency }, n) => { history.tell(paid(n + 1, agent, at, micros, currency), nowUs); });
      const pers = ['hour', 'day', 'week', 'month'] as const;
      pers.forEach((per) => { command(history, 'budgets.save', { id: null, draft: draft({ per }), changedBy: 'ann', audit: words('ann') }); });
      const asking = asker(history);
      const wrong = pers.flatMap((per, n) => acts.flatMap(({ at }) => {
        const atUs = t0 + (at + 1) * second;
        const { fromUs, toUs } = periodAt(per, atUs);
        const exact = history.all<{ micros: number }>("SELECT coalesce(sum(a.micros), 0) AS micros FROM activity a JOIN string s ON s.id = a.currency WHERE s.text = 'USD' AND a.ts_us >= ? AND a.ts_us < ?", fromUs, toUs)[0]?.micros;
        const [told] = asking.ask('budgetSpent', { budget: n + 1, periodUs: atUs, tasks: null }) ?? [];
        return told?.micros === exact ? [] : [{ per, at, exact, told }];
      }));
      asking.close();
      history.close();
      expect(wrong).toEqual([]);
    }), { numRuns: 12 });
  });
});

describe('what is told of a limit', () => {
  it('is claimed once a period and key, also after a restart', () => {
    const { history, ask, save } = house();
    history.tell(paid(1, 'one', 0, 100), nowUs);
    save();
    expect(command(history, 'budgets.reached', reach())).toEqual({ id: 1, told: true });
    expect(command(history, 'budgets.reached', reach())).toEqual({ id: 0, told: false });
    history.restart();
    expect(command(history, 'budgets.reached', reach())).toEqual({ id: 0, told: false });
    expect([command(history, 'budgets.reached', reach({ key: 'a2' })).told, command(history, 'budgets.reached', reach({ periodUs: periodAt('day', nowUs).toUs })).told]).toEqual([true, true]);
    expect(ask('budgetFacts', { atUs: nowUs })[0]?.told).toEqual([toldKey(periodAt('day', nowUs).fromUs, 'hard', 'a1'), toldKey(periodAt('day', nowUs).fromUs, 'hard', 'a2')]);
    expect(ask('budgets.events', { limit: 2 }).rows.map((one) => [one.id, one.budgetName, one.agentName, one.fired])).toEqual([['bev-3', 'b', 'one', false], ['bev-2', 'b', 'one', false]]);
  });

  it('is not claimed for a limit that somebody changed or removed meanwhile', () => {
    const { history, save } = house();
    save();
    save({ hardMicros: 2_000_000 }, 1);
    expect(command(history, 'budgets.reached', reach()).told).toBe(false);
    expect(command(history, 'budgets.reached', reach({ limit: 2_000_000 })).told).toBe(true);
    command(history, 'budgets.remove', { id: 1, audit: words('ann') });
    expect(command(history, 'budgets.reached', reach({ limit: 2_000_000, key: 'a2' })).told).toBe(false);
    expect(history.all('SELECT count(*) AS n FROM budget_event')).toEqual([{ n: 1 }]);
  });

  it('of another limit is told anew, of the same one with another name not', () => {
    const { history, save } = house();
    save({ softMicros: 10 });
    command(history, 'budgets.reached', reach());
    command(history, 'budgets.reached', reach({ kind: 'soft', key: '', limit: 10, stop: false }));
    save({ softMicros: 10, name: 'renamed' }, 1);
    expect(command(history, 'budgets.reached', reach()).told).toBe(false);
    save({ softMicros: 10, hardMicros: 1_100_000 }, 1);
    expect([command(history, 'budgets.reached', reach({ limit: 1_100_000 })).told, command(history, 'budgets.reached', reach({ kind: 'soft', key: '', limit: 10, stop: false })).told]).toEqual([true, false]);
  });

  it('waits for its outcome, and is found with the order that was written for it', () => {
    const { history, ask, save } = house();
    history.tell(paid(1, 'one', 0, 100), nowUs);
    save();
    command(history, 'budgets.reached', reach());
    expect(ask('budgetPending', {})).toMatchObject([{ event: 1, budget: 1, agent: 1, key: 'a1', limit: 1_000_000, removed: false, order: null }]);
    command(history, 'stops.begin', newOrder({ agents: [1], sources: [1], origin: 'rule', reason: 'Budget "b": Reached. (bev-1)', levers: [newLever(planLever('x'), { connection: 1 })] }));
    expect(ask('budgetPending', {})).toMatchObject([{ order: 1 }]);
    command(history, 'budgets.outcome', { event: 1, order: 1, fired: true, tookUs: 38_000, text: 'Reached. Stopped.', again: false, audit: words('ann') });
    expect([ask('budgetPending', {}), ask('budgets.events', { budgetId: 'bud-1', limit: 10 }).rows]).toMatchObject([[], [{ orderId: 'stp-1', fired: true, tookMs: 38, text: 'Reached. Stopped.' }]]);
    expect(ask('budgets.list', {}).rows[0]?.last).toMatchObject({ id: 'bev-1' });
  });

  it('that could not stop is tried again, and one that was never tried is claimed anew', () => {
    const { history, ask, save } = house();
    save();
    command(history, 'budgets.reached', reach());
    const outcome = { event: 1, order: null, fired: false, tookUs: null, text: 'Could not.', audit: words('ann') };
    command(history, 'budgets.outcome', { ...outcome, again: false });
    expect(ask('budgetFacts', { atUs: nowUs })[0]?.failed).toEqual([{ key: 'a1', event: 1 }]);
    command(history, 'budgets.outcome', { ...outcome, again: true });
    expect(command(history, 'budgets.reached', reach()).told).toBe(true);
  });

  it('knows an order that stops the agent already: not a drill, not a lower level, not one that was found to act on', () => {
    const { history, ask } = house();
    history.tell(paid(1, 'one', 0, 100), nowUs);
    const order = (more: Parameters<typeof newOrder>[0]): number => command(history, 'stops.begin', newOrder({ agents: [1], sources: [1], levers: [newLever(planLever('x'), { connection: 1 })], ...more })).id;
    const covering = (task: number | null = null): unknown => ask('coveringStop', { head: 1, task, level: 'suspend' });
    order({ level: 'suspend', origin: 'drill' });
    order({ level: 'cancel', origin: 'person' });
    order({ level: 'suspend', origin: 'person', tasks: [7] });
    expect([covering(), covering(7), covering(8)]).toEqual([null, { id: 3, standing: false }, null]);
    const whole = order({ level: 'revoke', origin: 'person' });
    expect(covering()).toEqual({ id: whole, standing: false });
    command(history, 'stops.write', { id: whole, order: { state: 'still_acting' } });
    expect(covering()).toBeNull();
  });
});
