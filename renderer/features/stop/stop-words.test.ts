import { describe, expect, it } from 'vitest';
import { answerWords, confirmedWords, leverSentence, msBetween, orderLooks, reasonLine, scopeWords, spanWords, stopStates, triggerWords } from './stop-words.ts';
import { at, testLever, testOrder } from './test-order.ts';

describe('words of a lever', () => {
  it('keeps the three facts apart', () => {
    const lever = testLever({ state: 'reported', reported: 'stopped', sentAt: at(0), reportedAt: at(600), confirmed: 'no', actsAt: [at(9_000)] });
    expect(leverSentence(lever, at(0))).toMatch(/^requested \d\d:\d\d:17\.204; stopped after 0\.6 s; not confirmed, 1 act against it$/);
  });
  it('says what is not known', () => {
    expect(answerWords(testLever({ state: 'unknown', sentAt: at(0) }), at(0))).toBe('no answer known, not sent again');
    expect(confirmedWords(testLever({ confirmed: 'cannot' }), at(0))).toBe('nothing outside it can be checked');
    expect(confirmedWords(testLever({ state: 'failed' }), at(0))).toBe('nothing to confirm');
  });
});

it('has a shape and a word of its own for every state', () => {
  expect(new Set(stopStates.map((state) => orderLooks[state].word)).size).toBe(stopStates.length);
  expect(new Set(stopStates.map((state) => orderLooks[state].state)).size).toBe(stopStates.length);
});

it('cleans the name that a runtime gave', () => {
  expect(scopeWords(testOrder({ scopeName: 'a\u202Eb' }))).not.toContain('\u202E');
  expect(scopeWords(testOrder({ scope: { kind: 'everything' }, scopeName: 'everything' }))).toBe('everything');
});

it.each([[90, '90 s'], [120, '2 min'], [900, '15 min'], [3_600, '1 h'], [125, '2 min 5 s']])('%d s is %s', (seconds, words) => { expect(spanWords(seconds)).toBe(words); });

it('says a reason once', () => {
  expect(reasonLine(testOrder({ reasonKind: 'drill', reason: 'Drill.' }))).toBe('Drill');
  expect(reasonLine(testOrder({ reasonKind: 'security', reason: 'Refunds retried' }))).toBe('Security: Refunds retried');
  expect(reasonLine(testOrder({ reasonKind: 'cost', reason: '' }))).toBe('Cost');
});

it('measures only between two known times', () => {
  expect(msBetween(at(0), at(250))).toBe(250);
  expect(msBetween(null, at(250))).toBeNull();
});

describe('triggers', () => {
  it.each([
    [{ kind: 'budget', amountMicros: 25_000_000, currency: 'USD', per: 'day' }, 'more than 25.00 USD in a day'],
    [{ kind: 'budget', amountMicros: 500_000, currency: 'EUR', per: 'task' }, 'more than 0.50 EUR in one task'],
    [{ kind: 'failures', count: 5, withinS: 60 }, '5 failures within 1 minute'],
    [{ kind: 'denials', count: 1, withinS: 90 }, '1 denied act within 90 seconds'],
    [{ kind: 'tool', names: ['send_payment', 'shell*'] }, 'calls send_payment or shell*'],
  ] as const)('%j', (trigger, words) => { expect(triggerWords(trigger.kind === 'tool' ? { ...trigger, names: [...trigger.names] } : trigger)).toBe(words); });
});
