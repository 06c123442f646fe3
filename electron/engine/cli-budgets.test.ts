import { describe, expect, it } from 'vitest';
import type { Budget, BudgetEvent, BudgetPreview } from '../../shared/budgets.ts';
import { runLine } from './cli-test-run.ts';
import type { Answers, Printed } from './cli-test-run.ts';

const at = '2026-11-23T12:00:00.000Z';
const standing: Budget['standing'] = { state: 'hard', from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z', taskId: null, spentMicros: 27_000_000, computedMicros: 2_000_000, unpriced: 3, otherCurrency: 0, forecastMicros: 30_000_000, lowMicros: 28_000_000, highMicros: 33_000_000, agents: 2 };
const event: BudgetEvent = { id: 'bev-1', budgetId: 'bud-1', budgetName: 'Fleet', at, kind: 'hard', periodFrom: standing.from, agentId: 'agt-1', agentName: 'plan\u202ener', taskId: null, activityId: 'act-1', spentMicros: 27_000_000, limitMicros: 26_000_000, currency: 'USD', orderId: null, fired: false, tookMs: null, text: 'It could not be stopped: none.' };
const budget: Budget = {
  id: 'bud-1', name: 'Fleet', scope: { kind: 'everything' }, scopeName: 'Everything', per: 'month', currency: 'USD', softMicros: 20_000_000, hardMicros: 26_000_000, forecast: true, onHard: 'stop', level: 'cancel', stops: 'agent', createdAt: at, changedAt: at, changedBy: 'ann', standing, last: event,
  cannotStop: [{ agentId: 'agt-1', name: 'plan\u202ener', why: 'No lever of this level is known here.' }], moreCannotStop: 1,
};
const preview: BudgetPreview = { standing: { ...standing, state: 'within' }, problems: [], periods: 3, overSoft: 2, overHard: 1, dearestMicros: 40_000_000, medianMicros: 21_000_000, cannotStop: [], moreCannotStop: 0 };

const known = { 'agents.list': () => ({ rows: [{ id: 'agt-1', name: 'planner' }], more: 0 }), 'budgets.list': () => ({ rows: [budget] }), 'budgets.save': () => budget, 'budgets.preview': () => preview, 'budgets.remove': () => ({}), 'budgets.events': () => ({ rows: [event], next: null }) } as unknown as Answers;

const run = (line: string): Promise<Printed> => runLine(line, { answers: known });

describe('budgets in a terminal', () => {
  it('lists them, and shows one with what is unsure and whom it cannot stop', async () => {
    const { out } = await run('budgets');
    for (const word of ['Fleet', 'Everything', 'hard limit reached', '27.00 USD', '20.00', '26.00', '30.00', 'cancel the agent']) expect(out).toContain(word);
    const shown = await run('budgets show Fleet');
    for (const word of ['2.00 of it only computed', '3 activities without a price', '30.00 USD (28.00 to 33.00)', 'Cannot stop 2 agents:', 'and 1 more', 'It could not be stopped']) expect(shown.out).toContain(word);
    expect(shown.out).not.toContain('\u202e');
  });

  it('keeps a new one as it was typed', async () => {
    const { asked } = await run('budgets save --name Desk --agent planner --per day --soft 10 --hard 12.5 --on-hard stop --level suspend');
    expect(asked.at(-1)).toEqual({ method: 'budgets.save', params: { draft: { name: 'Desk', scope: { kind: 'agent', id: 'agt-1' }, per: 'day', currency: 'USD', softMicros: 10_000_000, hardMicros: 12_500_000, forecast: true, onHard: 'stop', level: 'suspend', stops: 'agent' } } });
  });

  it('leaves as it was what a change does not say', async () => {
    const { asked } = await run('budgets save Fleet --hard none --forecast off');
    expect(asked.at(-1)?.params).toMatchObject({ id: 'bud-1', draft: { name: 'Fleet', per: 'month', softMicros: 20_000_000, hardMicros: null, onHard: 'tell', forecast: false } });
  });

  it('says what a draft would have done', async () => {
    const { out } = await run('budgets preview Fleet --soft 21');
    expect(out).toContain('Of 3 months of the last 90 days with spend: 2 above the soft limit, 1 above the hard one. Dearest 40.00 USD, median 21.00.');
  });

  it('lists what was reached, also of one that was removed, and removes', async () => {
    const { out, asked } = await run('budgets events bud-9');
    expect(asked).toEqual([{ method: 'budgets.events', params: { budgetId: 'bud-9', limit: 500 } }]);
    expect(out).toContain('It could not be stopped: none.');
    expect((await run('budgets remove Fleet')).asked.at(-1)).toEqual({ method: 'budgets.remove', params: { id: 'bud-1' } });
  });

  it.each([
    ['budgets save --name x --agent a --all --per day --hard 1', 'one scope'], ['budgets save --name x --all --per day --hard 0', '--hard is an amount'], ['budgets save --name x --per day --hard 1', 'A new budget needs a scope'],
    ['budgets save --name x --all --per day', 'needs a soft or a hard limit'], ['budgets save --all --per year', '--per is one of'], ['budgets show Nobody', 'No budget has the id or the name'], ['budgets grow', 'There is no command'],
  ])('refuses %s', async (line, why) => { await expect(run(line)).rejects.toThrow(why); });
});
