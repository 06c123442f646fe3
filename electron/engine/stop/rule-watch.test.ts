import { describe, expect, it } from 'vitest';
import type { RuleFact, RuleRow } from '../store/stop-commands.ts';
import { budgetSinceUs, RuleWatch } from './rule-watch.ts';

const nowUs = Date.parse('2026-11-23T12:00:00.000Z') * 1_000;
const second = 1_000_000;
const rule = (trigger: RuleFact['trigger'], more: Partial<RuleFact> = {}): RuleFact => ({ id: 1, name: 'r', trigger, watches: { kind: 'everything' }, level: 'cancel', stops: 'agent', mode: 'fire', agents: null, lastFiredUs: {}, ...more });
let next = 1;
const row = (more: Partial<RuleRow> = {}): RuleRow => ({ id: next++, agent: 5, head: 5, task: 9, connection: 1, kind: 'tool_call', status: 'ok', name: 'search', startUs: nowUs, micros: null, currency: null, ...more });

describe('bursts', () => {
  const failures = rule({ kind: 'failures', count: 3, withinS: 60 });

  it('fires at the count, not before, and not for others', () => {
    const watch = new RuleWatch();
    expect(watch.take([row({ status: 'error' }), row({ status: 'error' }), row({ status: 'error', head: 6 }), row()], [failures], nowUs).breaches).toEqual([]);
    const [breach] = watch.take([row({ status: 'error' })], [failures], nowUs).breaches;
    expect(breach).toMatchObject({ head: 5, text: '3 failures within 60 s.' });
  });

  it('counts only what lies within the window, in whatever order it comes', () => {
    const watch = new RuleWatch();
    const ago = (seconds: number): RuleRow => row({ status: 'error', startUs: nowUs - seconds * second });
    expect(watch.take([ago(0), ago(100), ago(61)], [failures], nowUs).breaches).toEqual([]);
    expect(watch.take([ago(59), ago(1)], [failures], nowUs).breaches).toHaveLength(1);
  });

  it('counts a row that is told twice once', () => {
    const watch = new RuleWatch();
    const same = row({ status: 'error' });
    expect(watch.take([same, same, same, row({ status: 'error' })], [failures], nowUs).breaches).toEqual([]);
  });

  it('is silent through its cool-down, and fires again after it', () => {
    const watch = new RuleWatch();
    const burst = (us: number): RuleRow[] => [1, 2, 3].map(() => row({ status: 'error', startUs: us }));
    expect(watch.take([...burst(nowUs), ...burst(nowUs)], [failures], nowUs).breaches).toHaveLength(1);
    expect(watch.take(burst(nowUs + 30 * second), [failures], nowUs + 30 * second).breaches).toEqual([]);
    expect(watch.take(burst(nowUs + 61 * second), [failures], nowUs + 61 * second).breaches).toHaveLength(1);
    expect(new RuleWatch().take(burst(nowUs), [{ ...failures, lastFiredUs: { 5: nowUs - 10 * second } }], nowUs).breaches).toEqual([]);
  });

  it('stops nobody for what happened long ago', () => {
    const old = [1, 2, 3].map(() => row({ status: 'error', startUs: nowUs - 3_600 * second }));
    expect(new RuleWatch().take(old, [failures], nowUs).breaches).toEqual([]);
  });

  it('counts denials of calls and denials that stand alone', () => {
    const denials = rule({ kind: 'denials', count: 2, withinS: 10 });
    expect(new RuleWatch().take([row({ status: 'denied' }), row({ kind: 'denial' })], [denials], nowUs).breaches).toHaveLength(1);
    expect(new RuleWatch().take([row({ status: 'error' }), row({ kind: 'denial' })], [denials], nowUs).breaches).toEqual([]);
  });

  it('judges each task by itself where tasks are stopped', () => {
    const byTask = rule({ kind: 'failures', count: 2, withinS: 60 }, { stops: 'task' });
    const [breach, ...others] = new RuleWatch().take([row({ status: 'error', task: 1 }), row({ status: 'error', task: 2 }), row({ status: 'error', task: 2 })], [byTask], nowUs).breaches;
    expect([breach?.row.task, others.length]).toEqual([2, 0]);
  });

  it('watches only the agents that it names', () => {
    const one = rule({ kind: 'tool', names: ['search'] }, { agents: [6] });
    expect(new RuleWatch().take([row(), row({ head: 6 })], [one], nowUs).breaches.map((breach) => breach.head)).toEqual([6]);
  });
});

describe('forbidden tools', () => {
  const forbids = rule({ kind: 'tool', names: ['shell_*', 'delete'] });
  it.each([['shell_exec', 1], ['delete', 1], ['delete_all', 0], ['my_shell_exec', 0]])('%s: %i', (name, times) => {
    expect(new RuleWatch().take([row({ name })], [forbids], nowUs).breaches).toHaveLength(times);
  });
  it('leaves calls that were denied, and everything that is no tool call', () => {
    expect(new RuleWatch().take([row({ name: 'delete', status: 'denied' }), row({ name: 'delete', kind: 'model_call' })], [forbids], nowUs).breaches).toEqual([]);
  });
});

describe('budgets', () => {
  const budget = rule({ kind: 'budget', amountMicros: 2_000_000, currency: 'USD', per: 'day' });
  it('asks for the sum once for many priced rows, fires when it is reached, and once a period', () => {
    const watch = new RuleWatch();
    const priced = (): RuleRow => row({ micros: 900_000, currency: 'USD' });
    const { budgets } = watch.take([priced(), priced(), priced(), row({ micros: 5, currency: 'EUR' }), row()], [budget], nowUs);
    expect(budgets).toHaveLength(1);
    const question = budgets[0];
    if (!question) throw new Error('no question');
    expect(watch.judgeBudget(question, 1_999_999, nowUs)).toBeNull();
    expect(watch.judgeBudget(question, 2_000_000, nowUs)?.text).toContain('2.00 USD');
    expect(watch.judgeBudget(question, 3_000_000, nowUs)).toBeNull();
    expect(watch.take([priced()], [budget], nowUs + 60 * second).budgets).toEqual([]);
    expect(watch.take([priced()], [budget], nowUs + 2 * 86_400 * second).budgets).toHaveLength(1);
  });

  it('begins with the hour, the day, the month of this machine\'s clock', () => {
    const at = (per: 'hour' | 'day' | 'month' | 'task'): Date => new Date(budgetSinceUs({ kind: 'budget', amountMicros: 1, currency: 'USD', per }, nowUs) / 1_000);
    expect([at('hour').getMinutes(), at('day').getHours(), at('month').getDate(), at('task').getTime()]).toEqual([0, 0, 1, 0]);
    expect(at('hour').getTime()).toBeLessThanOrEqual(nowUs / 1_000);
  });
});

it('forgets what it counted for rules that changed', () => {
  const watch = new RuleWatch();
  const failures = rule({ kind: 'failures', count: 2, withinS: 60 });
  watch.take([row({ status: 'error' })], [failures], nowUs);
  watch.forget([]);
  expect(watch.take([row({ status: 'error' })], [failures], nowUs).breaches).toEqual([]);
});
