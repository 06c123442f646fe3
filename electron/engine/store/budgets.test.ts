import { describe, expect, it } from 'vitest';
import type { BudgetDraft } from '../../../shared/budgets.ts';
import { contract } from '../../../shared/contract.ts';
import { freshRuntime, words, type TestRuntime } from './test-runtime.ts';

const draft: BudgetDraft = { name: 'Fleet', scope: { kind: 'everything' }, per: 'day', currency: 'USD', softMicros: 10, hardMicros: 20, forecast: true, onHard: 'stop', level: 'cancel', stops: 'agent' };
const save = (runtime: TestRuntime, id: number | null, changes: Partial<BudgetDraft> = {}): { id: number } => runtime.command('budgets.save', { id, draft: { ...draft, ...changes }, changedBy: 'ann', audit: words('ann', { action: 'budgets.save' }) });
const remove = (runtime: TestRuntime, id: number): { id: number } => runtime.command('budgets.remove', { id, audit: words('ann', { action: 'budgets.remove' }) });
const kept = (runtime: TestRuntime): string[] => contract['budgets.list'].result.parse(runtime.ask('budgets.list', {})).rows.map((row) => `${row.id} ${row.name}`);

describe('a budget that was removed', () => {
  it('comes back just as it was, with what it told', () => {
    const runtime = freshRuntime();
    save(runtime, null);
    const reached = { budget: 1, atUs: 5, kind: 'soft', periodUs: 5, key: '', stop: false, agent: null, task: null, activity: null, spent: 11, limit: 10, currency: 'USD', text: 'reached', audit: null } as const;
    expect(runtime.command('budgets.reached', reached)).toEqual({ id: 1, told: true });
    remove(runtime, 1);
    expect(kept(runtime)).toEqual([]);
    expect(save(runtime, 1)).toEqual({ id: 1 });
    expect(kept(runtime)).toEqual(['bud-1 Fleet']);
    expect(runtime.command('budgets.reached', reached)).toEqual({ id: 0, told: false });
    expect(contract['budgets.events'].result.parse(runtime.ask('budgets.events', { budgetId: 'bud-1', limit: 10 })).rows.map((row) => row.text)).toEqual(['reached']);
  });
  it('is not brought back by whoever still changes it, nor removed twice', () => {
    const runtime = freshRuntime();
    save(runtime, null);
    remove(runtime, 1);
    expect(() => save(runtime, 1, { hardMicros: 21 })).toThrow('There is no such budget any more');
    expect(() => remove(runtime, 1)).toThrow('There is no such budget any more');
    expect(() => save(runtime, 7)).toThrow('There is no such budget any more');
    expect(kept(runtime)).toEqual([]);
  });
});
