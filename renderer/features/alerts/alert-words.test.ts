import { describe, expect, it } from 'vitest';
import { aboutOf, credentialWords, dueWords, escalationOf, quietWords, ruleSentence, seenWords, spanWords, stateLook, stepsWords, targetLook, tellsWords, toldLook, triggerWords, watchesWords, watchingWords, whereWords, worstRank } from './alert-words.ts';
import { testAlert, testRule, testTarget } from './test-alerts.ts';

const at = '2026-11-17T13:00:00.000Z';

describe('a rule as a sentence', () => {
  it.each([
    [{ kind: 'failure_rate', percent: 50, least: 10, withinS: 900 }, '50 % of at least 10 activities failed within 15 min'],
    [{ kind: 'spend_rate', amountMicros: 25_500_000, currency: 'EUR', withinS: 3_600 }, 'more than 25.50 EUR is spent within 1 h'],
    [{ kind: 'budget', on: ['soft', 'hard', 'forecast'] }, 'a budget reaches a soft limit, a hard limit or a forecast above the limit'],
    [{ kind: 'denials', count: 1, withinS: 90 }, '1 act is denied within 90 s'],
    [{ kind: 'gap', afterS: 0 }, 'a connection is not seen'],
    [{ kind: 'approval', afterS: 86_400 }, 'an approval waits for 1 d'],
  ] as const)('%j', (trigger, words) => {
    expect(triggerWords(trigger.kind === 'budget' ? { kind: 'budget', on: [...trigger.on] } : trigger)).toBe(words);
  });

  it('says how long it must hold only of what lasts', () => {
    expect(ruleSentence(testRule({ sustainedS: 60, tellEnd: true }))).toBe('When 10 acts are denied within 5 min, and it holds for 1 min; its end is told too');
    expect(ruleSentence(testRule({ sustainedS: 60, trigger: { kind: 'new_failure' } }))).toBe('When a failure is new, or back after it was resolved');
    expect([59, 60, 90, 3_600, 5_400, 172_800].map(spanWords)).toEqual(['59 s', '1 min', '90 s', '1 h', '90 min', '2 d']);
  });

  it('says whose and who is told, with what cannot be seen made visible', () => {
    expect(watchesWords(testRule({ watches: { kind: 'agent', id: 'agt-1' }, watchesName: 'refund\u202Erunner' }))).toBe('agent refund[U+202E]runner');
    expect(tellsWords(testRule(), [])).toBe('inbox only');
    expect(tellsWords(testRule({ targetIds: ['tgt-1', 'tgt-9'] }), [testTarget()])).toBe('On call and a removed target');
    expect(stepsWords(testRule({ escalation: [{ afterMin: 15, targetIds: ['tgt-1'] }, { afterMin: 120, targetIds: ['tgt-9'] }] }), [testTarget()])).toBe('after 15 min: On call; after 2 h: a removed target');
    expect(stepsWords(testRule(), [])).toBeNull();
    expect([watchesWords(testRule()), watchesWords(testRule({ trigger: { kind: 'gap', afterS: 0 } }))]).toEqual(['every agent', 'every connection']);
  });
});

describe('an alert', () => {
  it('is over by itself or by somebody, and is told worst first', () => {
    expect([stateLook(testAlert()).word, stateLook(testAlert({ state: 'acknowledged' })).word, stateLook(testAlert({ state: 'resolved' })).word, stateLook(testAlert({ state: 'resolved', resolvedBy: 'Anna' })).word]).toEqual(['Open', 'Acknowledged', 'Over', 'Resolved']);
    expect(toldLook({ sent: 3, waiting: 1, failed: 1 })?.word).toBe('1 failed');
    expect(toldLook({ sent: 3, waiting: 1, failed: 0 })?.word).toBe('1 waiting');
    expect(toldLook({ sent: 0, waiting: 0, failed: 0 })).toBeNull();
  });

  it('stands before what is less urgent, known or older', () => {
    const rows = [testAlert({ id: 'over', state: 'resolved', severity: 'urgent' }), testAlert({ id: 'old' }), testAlert({ id: 'known', state: 'acknowledged', severity: 'urgent' }), testAlert({ id: 'new', lastAt: '2026-11-17T14:00:00.000Z' }), testAlert({ id: 'urgent', severity: 'urgent' })];
    expect(rows.toSorted((a, b) => worstRank(a) - worstRank(b)).map((row) => row.id)).toEqual(['urgent', 'new', 'old', 'known', 'over']);
  });

  it('says to whom it goes while nobody acknowledges', () => {
    const rule = testRule({ escalation: [{ afterMin: 5, targetIds: ['tgt-1'] }, { afterMin: 15, targetIds: ['tgt-2'] }] });
    const targets = [testTarget(), testTarget({ id: 'tgt-2', name: 'Lead' })];
    expect(escalationOf(testAlert({ nextStepAt: at }), rule, targets)).toEqual({ text: 'Escalates to On call', at });
    expect(escalationOf(testAlert({ steps: 1, nextStepAt: at }), rule, targets)?.text).toBe('Escalates to Lead');
    expect(escalationOf(testAlert({ steps: 1, nextStepAt: at }), undefined, targets)?.text).toBe('Escalates');
    expect(escalationOf(testAlert({ steps: 2 }), rule, targets)).toEqual({ text: 'Escalated 2 times; no further step is left, and nobody has acknowledged', at: null });
    expect(escalationOf(testAlert({ steps: 1, state: 'acknowledged' }), rule, targets)?.text).toBe('Escalated once');
    expect(escalationOf(testAlert(), rule, targets)).toBeNull();
    const from = Date.parse(at);
    expect([0, 30_000, 61_000, 3_600_000, 200_000_000].map((ms) => dueWords(new Date(from + ms).toISOString(), from))).toEqual(['now', 'in 30 s', 'in 2 min', 'in 1 h', 'in 2 d']);
  });

  it('leads to what it is about', () => {
    expect(aboutOf(testAlert())).toEqual({ screen: 'agent', id: 'agt-1' });
    expect(aboutOf(testAlert({ target: { screen: 'failures', id: 'fai-1' } }))).toEqual({ screen: 'failures', id: 'fai-1', params: { show: 'all' } });
    expect(aboutOf(testAlert({ target: { screen: 'failures', id: null } })).params).toEqual({ show: 'all', agent: 'agt-1' });
    expect(aboutOf(testAlert({ target: { screen: 'live', id: null } }))).toEqual({ screen: 'live', params: { agent: 'agt-1' } });
    expect(aboutOf(testAlert({ kind: 'budget', target: { screen: 'cost', id: 'bud-1' } })).params).toEqual({ tab: 'budgets' });
  });
});

describe('a target', () => {
  it('says where to without anything secret, and how it stands', () => {
    expect(whereWords({ kind: 'slack' })).toContain('its address is the credential');
    expect(whereWords({ kind: 'syslog', host: 'logs', port: 6514, transport: 'tls', facility: 13 })).toBe('logs:6514, TLS');
    expect(targetLook(testTarget()).word).toBe('Nothing sent yet');
    expect(targetLook(testTarget({ lastSentAt: at })).word).toBe('Works');
    expect(targetLook(testTarget({ lastSentAt: at, failing: { since: at, text: 'refused', nextAt: null } })).word).toBe('Fails');
    expect(targetLook(testTarget({ enabled: false, failing: { since: at, text: 'refused', nextAt: null } })).word).toBe('Off');
    expect(credentialWords({ from: 'env', hint: 'TOKEN', lost: true })).toBe('an environment variable, TOKEN; it is lost, give it again');
  });

  it('says quiet hours as people do', () => {
    expect(quietWords(null)).toBe('none');
    expect(quietWords({ from: '22:00', to: '07:00', days: [0, 1, 2, 3, 4, 5, 6] })).toBe('22:00 to 07:00, every day');
    expect(quietWords({ from: '18:00', to: '08:00', days: [1, 2, 3, 4, 5] })).toBe('18:00 to 08:00, Mon to Fri');
    expect(quietWords({ from: '18:00', to: '08:00', days: [0, 5] })).toBe('18:00 to 08:00, Fri, Sun');
  });
});

it('says what silence rests on', () => {
  expect([seenWords(null, 0, 'Last 24 h'), seenWords(1, 0, 'Last 24 h'), seenWords(0.5, 2, 'Last 24 h')]).toEqual(['Nothing was seen in the last 24 h, so nothing can be said.', 'All connection time of the last 24 h was seen.', 'In the last 24 h 50\u2009% of connection time was seen, 2 gaps: of the rest nothing can be said.']);
  expect(watchingWords([])).toBe('No rule watches.');
  expect(watchingWords([testRule({ enabled: false })])).toBe('No rule watches: 1 rule is switched off.');
  expect(watchingWords([testRule({ name: 'A' }), testRule({ name: 'B' }), testRule({ enabled: false })])).toBe('2 rules watch: “A”, “B”. 1 rule is switched off.');
});
