import { expect, it } from 'vitest';
import { askedBy, merged, questionsOf } from './asking.ts';
import { facts, failureRate, nowUs, rule, second, windowFact } from './test-alerts.ts';

const cursors = { failures: 7, grants: 8, budgets: 9 };
const about = { heads: [5], stops: [3] };

it('asks of each length of time the least that any rule asks, and of nothing that no rule needs', () => {
  const rules = [rule(failureRate), rule({ ...failureRate, percent: 10, least: 2_000 }), rule({ kind: 'denials', count: 5, withinS: 900 }), rule({ kind: 'spend_rate', amountMicros: 7, currency: 'USD', withinS: 60 }), rule({ kind: 'spend_rate', amountMicros: 3, currency: 'USD', withinS: 60 }), rule({ kind: 'spend_rate', amountMicros: 5, currency: 'EUR', withinS: 60 })];
  expect(askedBy(rules, cursors, about, nowUs)).toEqual({
    windows: [{ withinS: 900, failed: { least: 5, percent: 10, newest: 2_000 }, denied: 5, spent: [] }, { withinS: 60, failed: null, denied: null, spent: [{ currency: 'USD', micros: 3 }, { currency: 'EUR', micros: 5 }] }],
    heads: [5], gapsS: 900, approvalsUs: null, stops: null, after: { failures: null, grants: null, budgets: null }, keys: [], open: true,
  });
  expect(askedBy([rule({ kind: 'approval', afterS: 60 }), rule({ kind: 'approval', afterS: 30 }), rule({ kind: 'stop' }), rule({ kind: 'gap', afterS: 5 }), rule({ kind: 'new_failure' }), rule({ kind: 'grant', on: 'any' }), rule({ kind: 'budget', on: ['soft'] })], cursors, about, nowUs))
    .toMatchObject({ windows: [], heads: [], gapsS: 0, approvalsUs: nowUs - 30 * second, stops: [3], after: cursors });
});

it('asks for long stretches of time by themselves, and takes the answers as one', () => {
  const asked = askedBy([60, 120, 180, 240, 300, 7_201, 86_400].map((withinS) => rule({ ...failureRate, withinS })), cursors, about, nowUs);
  const questions = questionsOf(asked);
  expect(questions.map((one) => [one.windows.map((of) => of.withinS), one.open])).toEqual([[[60, 120, 180, 240], true], [[300], false], [[7_201], false], [[86_400], false]]);
  expect(questionsOf(askedBy([rule({ kind: 'stop' })], cursors, about, nowUs))).toMatchObject([{ windows: [], stops: [3], open: true }]);
  const [one, other] = [60, 300].map((withinS) => facts({ windows: [{ withinS, rows: [windowFact(5)] }], agents: [{ id: withinS, name: 'a', connections: [] }, { id: 5, name: 'b', connections: [] }] }));
  expect(merged(one ?? facts(), other === undefined ? [] : [other])).toMatchObject({ windows: [{ withinS: 60 }, { withinS: 300 }], agents: [{ id: 60 }, { id: 5 }, { id: 300 }] });
});
