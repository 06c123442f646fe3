import { describe, expect, it } from 'vitest';
import { conditionsOf, mostOfARule } from './conditions.ts';
import type { AlertRuleFact } from '../store/alert-commands.ts';
import type { AlertFacts } from './facts.ts';
import { facts, failureRate, minute, nowUs, openAlert, rule, second, windowFact } from './test-alerts.ts';

const holding = (one: AlertRuleFact, some: AlertFacts): ReturnType<typeof conditionsOf> => conditionsOf([one], some, nowUs).filter(({ holds }) => holds);
const within = (rows: AlertFacts['windows'][number]['rows'], withinS = 900): AlertFacts => facts({ windows: [{ withinS, rows }] });

describe('a failure rate', () => {
  it('holds from its share of the least count on, with exact figures', () => {
    expect(holding(rule(failureRate), within([windowFact(5, { ended: 20, failed: 10 }), windowFact(6, { ended: 21, failed: 10 })]))).toMatchObject([
      { key: 'agent:5', kind: 'failure_rate', severity: 'attention', agent: 5, agentName: 'clerk', screen: 'agent', screenId: 'agt-5', seen: true, title: 'clerk: 10 of 20 activities failed in 15 min', text: '10 of 20 activities that ended in the last 15 min failed (50 %); told from 50 % of at least 10 on.' },
    ]);
  });

  it('does not hold below the least count, however many of them failed', () => {
    expect(holding(rule(failureRate), within([windowFact(5, { ended: 9, failed: 9 })]))).toEqual([]);
    expect(holding(rule(failureRate), within([windowFact(5, { ended: 10, failed: 9 })]))).toHaveLength(1);
  });

  it('rounds no share up to its limit', () => {
    expect(holding(rule({ ...failureRate, percent: 34 }), within([windowFact(5, { ended: 300, failed: 101 })]))).toEqual([]);
    expect(holding(rule({ ...failureRate, percent: 33 }), within([windowFact(5, { ended: 300, failed: 101 })]))).toMatchObject([{ text: expect.stringContaining('(33.6 %)') as string }]);
  });

  it('says that only the newest were counted, and what of the time was not seen', () => {
    const some = { ...within([windowFact(5, { ended: 5_000, failed: 5_000, newestOnly: true })]), gaps: [
      { id: 1, connection: 1, fromUs: nowUs - 20 * minute, toUs: nowUs - 12 * minute, reason: 'connection_off' as const, text: '' }, { id: 2, connection: null, fromUs: nowUs - 13 * minute, toUs: nowUs - 10 * minute, reason: 'engine_off' as const, text: '' },
      { id: 3, connection: 2, fromUs: nowUs - 5 * minute, toUs: null, reason: 'connection_off' as const, text: '' },
    ] };
    expect(holding(rule(failureRate), some)).toMatchObject([{ seen: true, text: expect.stringMatching(/It did more than that: these are the newest\. 5 min of that time its connection was not seen\.$/) as string }]);
  });

  it('is of the agents that the rule watches', () => {
    const rows = [windowFact(5, { ended: 20, failed: 20 }), windowFact(6, { ended: 20, failed: 20 })];
    expect(holding(rule(failureRate, { agents: [6], watches: { kind: 'tag', tag: 'prod' } }), within(rows)).map((one) => one.key)).toEqual(['agent:6']);
    expect(holding(rule(failureRate, { agents: [], watches: { kind: 'tag', tag: 'gone' } }), within(rows))).toEqual([]);
  });

  it('is judged over its own time only', () => {
    expect(holding(rule(failureRate), within([windowFact(5, { ended: 20, failed: 20 })], 300))).toEqual([]);
  });
});

describe('denials and money', () => {
  it('hold from the count and the amount on', () => {
    const rows = [windowFact(5, { denied: 9, spent: [{ currency: 'USD', micros: 9_999_999, about: false }] }), windowFact(6, { denied: 10, spent: [{ currency: 'USD', micros: 10_000_000, about: true }], unpriced: 3 })];
    expect(holding(rule({ kind: 'denials', count: 10, withinS: 300 }), within(rows, 300))).toMatchObject([{ key: 'agent:6', title: 'planner: denied 10 times in 5 min', text: '10 activities were denied in the last 5 min; told from 10 on.' }]);
    expect(holding(rule({ kind: 'spend_rate', amountMicros: 10_000_000, currency: 'USD', withinS: 300 }), within(rows, 300))).toMatchObject([{
      key: 'agent:6', title: 'planner: about 10.00 USD in 5 min', text: expect.stringMatching(/^It spent about 10\.00 USD in the last 5 min; told from 10\.00 USD on\. 3 activities without a price count nothing\./) as string,
    }]);
  });

  it('of no known money, or in another currency, is no condition', () => {
    const spend = rule({ kind: 'spend_rate', amountMicros: 1, currency: 'EUR', withinS: 300 });
    expect(holding(spend, within([windowFact(5, { unpriced: 50 }), windowFact(6, { spent: [{ currency: 'USD', micros: 1_000_000, about: false }] })], 300))).toEqual([]);
  });
});

describe('what is open', () => {
  const gap = { id: 1, connection: 1, fromUs: nowUs - 5 * minute, toUs: null, reason: 'connection_off' as const, text: 'It was switched off.' };

  it('is a gap of a connection that lasts', () => {
    expect(holding(rule({ kind: 'gap', afterS: 300 }), facts({ gaps: [gap] }))).toMatchObject([{ key: 'connection:1', connection: 1, connectionName: 'shop', screen: 'connections', screenId: 'con-1', sinceUs: gap.fromUs, title: 'shop is not seen since 2026-03-01 11:55:00 UTC', text: expect.stringMatching(/^It was switched off\. Not seen for 5 min:/) as string }]);
    expect(holding(rule({ kind: 'gap', afterS: 301 }), facts({ gaps: [gap] }))).toEqual([]);
    expect(holding(rule({ kind: 'gap', afterS: 0 }), facts({ gaps: [{ ...gap, toUs: nowUs }] }))).toEqual([]);
  });

  it('is one for each connection, of those that are still there and watched', () => {
    expect(holding(rule({ kind: 'gap', afterS: 0 }), facts({ gaps: [gap, { ...gap, id: 2, fromUs: nowUs - 9 * minute }, { ...gap, id: 3, connection: 99 }, { ...gap, id: 4, connection: null }] }))).toMatchObject([{ key: 'connection:1', sinceUs: nowUs - 9 * minute }]);
    expect(holding(rule({ kind: 'gap', afterS: 0 }, { connections: [2] }), facts({ gaps: [gap] }))).toEqual([]);
  });

  it('is an approval that waits', () => {
    const approval = { id: 9, connection: 1, head: 5, agentName: 'clerk', title: 'Send\nmail', askedUs: nowUs - 15 * minute };
    expect(holding(rule({ kind: 'approval', afterS: 900 }), facts({ approvals: [approval, { ...approval, id: 10, askedUs: nowUs - 14 * minute }] }))).toMatchObject([{ key: 'approval:9', agent: 5, screen: 'approvals', screenId: 'apr-9', sinceUs: approval.askedUs, title: 'clerk waits for an approval: Send mail' }]);
    expect(holding(rule({ kind: 'approval', afterS: 0 }, { agents: [6], connections: [2], watches: { kind: 'connection', id: 'con-2' } }), facts({ approvals: [{ ...approval, head: null, connection: 2 }, approval] }))).toMatchObject([{ key: 'approval:9', agent: null }]);
  });

  it('is a stop that is not verified', () => {
    const stop = { id: 3, scopeName: 'clerk', level: 'cancel', origin: 'person', state: 'unverified' as const, headline: 'Nobody can tell.', heads: [5], sinceUs: nowUs - minute };
    expect(holding(rule({ kind: 'stop' }, { severity: 'urgent' }), facts({ stops: [stop, { ...stop, id: 4, state: 'still_acting', heads: [5, 6], scopeName: 'Everything', origin: 'drill' }] }))).toMatchObject([
      { key: 'stop:3', severity: 'urgent', agent: 5, screen: 'stop', screenId: 'stp-3', title: 'The stop of clerk is not verified', text: 'Nobody can tell. Ordered at 2026-03-01 11:59:00 UTC, level cancel.' },
      { key: 'stop:4', agent: null, title: 'Drill: Everything is still acting after it was told to stop' },
    ]);
    expect(holding(rule({ kind: 'stop' }, { agents: [6] }), facts({ stops: [stop] }))).toEqual([]);
  });
});

describe('an open alert of which nothing is said any more', () => {
  it('is a condition that does not hold, and nobody can tell while its connection is not seen', () => {
    const gap = { id: 1, connection: 1, fromUs: nowUs - 5 * second, toUs: null, reason: 'connection_off' as const, text: '' };
    expect(conditionsOf([rule(failureRate)], facts({ open: [openAlert()] }), nowUs)).toMatchObject([{ key: 'agent:5', holds: false, seen: true, text: 'It is below the limit again.' }]);
    for (const connection of [1, null]) expect(conditionsOf([rule(failureRate)], facts({ open: [openAlert()], gaps: [{ ...gap, connection }] }), nowUs)).toMatchObject([{ holds: false, seen: false }]);
    expect(conditionsOf([rule(failureRate)], facts({ open: [openAlert()], gaps: [{ ...gap, connection: 2 }] }), nowUs)).toMatchObject([{ holds: false, seen: true }]);
  });

  it('of another rule or kind is not its business', () => {
    expect(conditionsOf([rule(failureRate)], facts({ open: [openAlert({ rule: 2 }), openAlert({ kind: 'denials' })] }), nowUs)).toEqual([]);
  });
});

it('tells of a fleet that fails as a whole in one alert more, and keeps those that have one', () => {
  const rows = Array.from({ length: mostOfARule + 30 }, (_, at) => windowFact(at + 1, { ended: 20, failed: 20 }));
  const found = holding(rule(failureRate), { ...within(rows), open: [openAlert({ key: `agent:${mostOfARule + 30}`, agent: mostOfARule + 30 })] });
  expect(found).toHaveLength(mostOfARule + 1);
  expect(found.find((one) => one.key === `agent:${mostOfARule + 30}`)).toBeDefined();
  expect(found.at(-1)).toMatchObject({ key: 'more', title: '30 more for the rule "rule"' });
  // When it is over it ends as any other.
  expect(conditionsOf([rule(failureRate)], facts({ open: [openAlert({ key: 'more', agent: null })] }), nowUs)).toMatchObject([{ key: 'more', holds: false, seen: true }]);
});

it('keeps what agents wrote within bounds and on one line', () => {
  const loud = facts({ windows: [{ withinS: 900, rows: [windowFact(5, { ended: 10, failed: 10 })] }], agents: [{ id: 5, name: `evil\n\u202E${'x'.repeat(5_000)}`, connections: [1] }] });
  const [one] = holding(rule(failureRate), loud);
  expect(one?.title.length).toBeLessThanOrEqual(200);
  expect(one?.title).not.toContain('\n');
});
