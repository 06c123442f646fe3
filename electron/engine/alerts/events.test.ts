import { describe, expect, it } from 'vitest';
import { eventsOf } from './events.ts';
import type { BudgetEventFact, FailureFact, GrantFact } from './facts.ts';
import { facts, minute, nowUs, rule } from './test-alerts.ts';

const always = (): number => 0;
const failure: FailureFact = { id: 7, name: 'search', error: 'timed out', count: 3, atUs: nowUs - minute, backUs: null, heads: [5] };
const grant: GrantFact = { id: 1, atUs: nowUs, head: 5, connection: 1, kind: 'tool', name: 'shell', added: true, beyond: true, baseline: false, text: 'It is listed for the first time.' };
const reached: BudgetEventFact = { id: 4, atUs: nowUs, budget: 'month', scope: { kind: 'everything' }, kind: 'hard', head: 5, agentName: 'clerk', spent: 10_500_000, limit: 10_000_000, currency: 'USD', fired: true, pending: false, text: 'clerk was stopped.' };

describe('a failure', () => {
  it('is told when it is new, and when it is back, each under its own key', () => {
    expect(eventsOf([rule({ kind: 'new_failure' })], facts({ failures: [failure, { ...failure, id: 8, backUs: nowUs - 60 * minute, heads: [5, 6] }] }), always)).toMatchObject([
      { key: 'failure:7:new', countsUp: false, agent: 5, screen: 'failures', screenId: 'fal-7', sinceUs: failure.atUs, title: 'New failure: search: timed out', text: 'clerk failed in a way that was not seen before. Seen 3 times so far, last at 2026-03-01 11:59:00 UTC. search: timed out' },
      { key: `failure:8:${nowUs - 60 * minute}`, agent: null, title: 'A failure is back: search: timed out', text: expect.stringContaining('clerk, planner failed in a way that was said to be over at 2026-03-01 11:00:00 UTC.') as string },
    ]);
  });

  it('of agents that the rule does not watch, or of before it, is not told', () => {
    expect(eventsOf([rule({ kind: 'new_failure' }, { agents: [6] })], facts({ failures: [failure] }), always)).toEqual([]);
    expect(eventsOf([rule({ kind: 'new_failure' })], facts({ failures: [failure] }), () => nowUs - minute + 1)).toEqual([]);
    expect(eventsOf([rule({ kind: 'new_failure' })], facts({ failures: [failure] }), () => nowUs - minute)).toHaveLength(1);
  });
});

describe('grants', () => {
  it('of one agent and day are told together, and count up', () => {
    const later = { ...grant, id: 2, name: 'files', atUs: nowUs + minute };
    expect(eventsOf([rule({ kind: 'grant', on: 'widened' })], facts({ grants: [grant, later, { ...grant, id: 3, head: 6 }, { ...grant, id: 4, head: null }, { ...grant, id: 5, atUs: nowUs + 13 * 60 * minute }] }), always)).toMatchObject([
      { key: 'agent:5:2026-03-01', countsUp: true, agent: 5, sinceUs: nowUs + minute, screen: 'access', screenId: 'agt-5', title: 'clerk: access widened (2 grants)', text: 'It may do more than before. tool shell: It is listed for the first time. tool files: It is listed for the first time.' },
      { key: 'agent:6:2026-03-01' }, { key: 'connection:1:2026-03-01', agent: null, connection: 1, title: 'Everybody with the credential of shop: access widened (1 grant)' }, { key: 'agent:5:2026-03-02' },
    ]);
  });

  it('that do not widen, or stay within the baseline, are told only to who asks for any', () => {
    const within = facts({ grants: [{ ...grant, beyond: false, baseline: true }, { ...grant, id: 2, head: 6, beyond: false, added: false }] });
    expect(eventsOf([rule({ kind: 'grant', on: 'widened' })], within, always)).toEqual([]);
    expect(eventsOf([rule({ kind: 'grant', on: 'any' })], within, always)).toMatchObject([{ key: 'agent:5:2026-03-01', title: 'clerk: 1 new grant' }]);
  });

  it('say what is beyond the baseline where there is one', () => {
    expect(eventsOf([rule({ kind: 'grant', on: 'widened' })], facts({ grants: [{ ...grant, baseline: true }] }), always)).toMatchObject([{ text: expect.stringMatching(/^It may do more than its baseline says\./) as string }]);
  });
});

describe('a limit of a budget', () => {
  it('is told with what came of it', () => {
    expect(eventsOf([rule({ kind: 'budget', on: ['hard'] }, { severity: 'urgent' })], facts({ budgets: [reached, { ...reached, id: 5, kind: 'soft' }] }), always)).toMatchObject([
      { key: 'budget:4', severity: 'urgent', agent: 5, agentName: 'clerk', screen: 'cost', title: 'Budget month reached its hard limit: 10.00 USD', text: 'clerk was stopped. Spent 10.50 USD of 10.00 USD.' },
    ]);
  });

  it('is of a rule\'s scope by the agent that spent, or by the same scope', () => {
    const tag = { kind: 'tag' as const, tag: 'prod' };
    const forecast = { ...reached, kind: 'forecast' as const, head: null, agentName: null, scope: tag };
    expect(eventsOf([rule({ kind: 'budget', on: ['hard', 'forecast'] }, { agents: [6], watches: tag })], facts({ budgets: [reached, forecast, { ...reached, id: 6, head: 6 }, { ...forecast, id: 7, scope: { kind: 'everything' } }] }), always).map((one) => one.key)).toEqual(['budget:4', 'budget:6']);
  });
});
