import { describe, expect, it } from 'vitest';
import type { RuleTrigger, StopRule } from '../../../shared/stop.ts';
import { emptyForm, formOf, microsOf, ruleOf } from './rule-form.ts';

const form = { ...emptyForm, name: 'Spend' };
const rule = (trigger: RuleTrigger, watches: StopRule['watches'] = { kind: 'everything' }): StopRule => ({ id: 'rul-1', name: 'Spend', trigger, watches, watchesName: 'x', level: 'suspend', stops: 'task', mode: 'fire', createdAt: '2026-11-17T13:00:00.000Z', changedBy: 'anna', fired: 0, would: 0, lastAt: null });

describe('money', () => {
  it.each([['25', 25_000_000], ['0.50', 500_000], ['0,1', 100_000], ['1.000001', 1_000_001], ['0', null], ['-3', null], ['1e9', null], ['', null], ['1.2345678', null]])('%s', (text, micros) => { expect(microsOf(text)).toBe(micros); });
});

describe('a rule', () => {
  it('is would by default, so that nothing fires that nobody has watched', () => { expect(emptyForm.mode).toBe('would'); });

  it('comes out as it went in', () => {
    for (const one of [
      rule({ kind: 'budget', amountMicros: 1_500_000, currency: 'EUR', per: 'month' }), rule({ kind: 'failures', count: 5, withinS: 90 }, { kind: 'tag', tag: 'a:b' }),
      rule({ kind: 'denials', count: 1, withinS: 60 }, { kind: 'agent', id: 'agt-1' }), rule({ kind: 'tool', names: ['send_*', 'shell'] }, { kind: 'connection', id: 'con-1' }),
    ]) expect(ruleOf(formOf(one), one.id)).toEqual({ id: one.id, name: one.name, trigger: one.trigger, watches: one.watches, level: one.level, stops: one.stops, mode: one.mode });
  });

  it.each([
    [{ ...form, name: ' ' }, 'A name.'], [{ ...form, amount: '' }, 'An amount'], [{ ...form, amount: '1', currency: 'US' }, 'A currency'],
    [{ ...form, kind: 'failures' as const, count: '0' }, 'How many'], [{ ...form, kind: 'denials' as const, within: '99999999' }, 'Within how many'], [{ ...form, kind: 'tool' as const, tools: ' \n ' }, 'At least one tool'],
  ])('says what is missing: %#', (typed, words) => { expect(ruleOf(typed, null)).toContain(words); });

  it('takes each tool once', () => { expect(ruleOf({ ...form, kind: 'tool', tools: 'a\n b \na\n' }, null)).toMatchObject({ trigger: { names: ['a', 'b'] } }); });
});
