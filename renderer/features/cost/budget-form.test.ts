import { describe, expect, it } from 'vitest';
import { budgetDraft, budgetProblems } from '../../../shared/budgets.ts';
import { complaintsOf, draftFrom, draftOf, emptyBudget, formFor, formOf, historyWords, limitProblems, readAmount, scopeOf, suggestedName, usualWords, type BudgetForm } from './budget-form.ts';
import { testBudget } from './test-budget.ts';

const form = (changes: Partial<BudgetForm> = {}): BudgetForm => ({ ...emptyBudget('USD'), soft: '20', hard: '40', ...changes });

describe('an amount', () => {
  it('is read with commas between thousands and nowhere else', () => {
    expect(['26000', '26,000', '1,234,567.5', '0.000001', ' 12.30 '].map(readAmount)).toEqual([26_000_000_000, 26_000_000_000, 1_234_567_500_000, 1, 12_300_000]);
    expect(['2,5', '26,00', '12,30', '1,2345', '-1', '0', '0.00', '1e3', '1.1234567', '12.', 'x'].map(readAmount)).toEqual(Array.from({ length: 11 }, () => 'wrong'));
    expect(readAmount('  ')).toBe('none');
  });
});

describe('what is wrong', () => {
  it('is said in the sentences of the contract', () => {
    for (const softMicros of [null, 10, 20]) for (const hardMicros of [null, 10, 20]) for (const onHard of ['stop', 'tell'] as const) expect(limitProblems({ softMicros, hardMicros, onHard })).toEqual(budgetProblems({ softMicros, hardMicros, onHard }));
  });
  it('is said beside its field', () => {
    expect(complaintsOf(form())).toEqual([]);
    expect(complaintsOf(form({ soft: '', hard: '' })).map((one) => one.text)).toEqual(['A budget needs a soft or a hard limit.']);
    expect(complaintsOf(form({ soft: '40' })).map((one) => one.text)).toEqual(['The soft limit must be below the hard one.']);
    expect(complaintsOf(form({ soft: '2,5', currency: 'usd', kind: 'agent' })).map((one) => one.field)).toEqual(['which', 'currency', 'soft']);
  });
});

describe('the draft', () => {
  it('is what the contract takes, in every scope', () => {
    for (const kind of ['everything', 'agent', 'connection', 'owner', 'tag'] as const) {
      const draft = draftOf(form({ kind, which: kind === 'everything' ? {} : { [kind]: 'x1' } }), 'x1');
      expect(budgetDraft.safeParse(draft).success).toBe(true);
      expect(draft?.scope.kind).toBe(kind);
    }
  });
  it('is that of the budget again, to the micro-unit', () => {
    const budget = testBudget({ softMicros: 20_000_001, scope: { kind: 'owner', name: 'Ines Park' } });
    expect(draftOf(formOf(budget), 'Ines Park')).toEqual(draftFrom(budget));
    expect(budgetDraft.parse(draftFrom(budget))).toEqual(draftFrom(budget));
  });
  it('never stops without a hard limit, whatever was chosen before', () => {
    expect(draftOf(form({ hard: '', onHard: 'stop' }), '')).toMatchObject({ hardMicros: null, onHard: 'tell' });
  });
  it('is there before limits are typed, to look at what was spent, and not where nothing can be looked up', () => {
    expect(draftOf(form({ soft: '', hard: '' }), '')).toMatchObject({ softMicros: null, hardMicros: null });
    expect([form({ soft: '2,5' }), form({ currency: '' }), form({ kind: 'tag' })].map((one) => draftOf(one, ''))).toEqual([null, null, null]);
  });
  it('has a name of its own where nobody typed one', () => {
    expect(draftOf(form({ name: '  ' }), '')?.name).toBe('Every agent, a month');
    expect(suggestedName({ kind: 'agent', per: 'task' }, 'refund-runner')).toBe('refund-runner, one task');
    expect(suggestedName({ kind: 'agent', per: 'day' }, 'x'.repeat(300)).length).toBeLessThanOrEqual(80);
  });
  it('is for whom the address names', () => {
    expect(scopeOf(formFor('agent:agt_1', 'EUR'))).toEqual({ kind: 'agent', id: 'agt_1' });
    expect(scopeOf(formFor('owner:a: b', 'EUR'))).toEqual({ kind: 'owner', name: 'a: b' });
    expect(['', 'agent:', 'nonsense:1', 'everything:1'].map((asked) => scopeOf(formFor(asked, 'EUR')).kind)).toEqual(['everything', 'everything', 'everything', 'everything']);
  });
});

describe('what it would have done', () => {
  const draft = { per: 'day', softMicros: 10, hardMicros: 20 } as const;
  it('is counted by period', () => {
    expect(historyWords({ periods: 30, overSoft: 9, overHard: 4 }, draft)).toBe('Would have been over the hard limit on 4 and over the soft one on 9 of 30 days, looking back 90 days.');
    expect(historyWords({ periods: 1, overSoft: 1, overHard: 0 }, { ...draft, hardMicros: null })).toBe('Would have been over the soft limit on 1 of 1 day, looking back 90 days.');
    expect(historyWords({ periods: 12, overSoft: 0, overHard: 0 }, { ...draft, softMicros: null, per: 'task' })).toBe('Would have been over the hard limit in none of 12 tasks, looking back 90 days.');
  });
  it('is nothing where nothing is known', () => {
    expect(historyWords({ periods: 0, overSoft: 0, overHard: 0 }, draft)).toContain('nothing to compare with');
    expect(usualWords({ periods: 0, dearestMicros: 0, medianMicros: null }, 'USD')).toBe('');
  });
  it('names the dearest and the usual period', () => {
    expect(usualWords({ periods: 30, dearestMicros: 41_200_000, medianMicros: 12_300_000 }, 'USD')).toBe('Dearest 41.20, usual 12.30 USD.');
  });
});
