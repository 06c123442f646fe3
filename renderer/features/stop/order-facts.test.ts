import { describe, expect, it } from 'vitest';
import { alsoHit, closingWords, factsOf, filterOrders, headlineOf, lastActAfter, timesOf, undoable, worstFirst, worthRetrying } from './order-facts.ts';
import { at, testLever, testOrder } from './test-order.ts';

const none = { text: '', state: null, agentId: null };

describe('the list', () => {
  it('puts what still acts before everything, then what could not be seen', () => {
    const orders = [testOrder({ id: 'v', state: 'verified' }), testOrder({ id: 's', state: 'stopping' }), testOrder({ id: 'w', state: 'waiting_second' }), testOrder({ id: 'u', state: 'unverified' }), testOrder({ id: 'a', state: 'still_acting' })];
    expect(worstFirst(orders).map((order) => order.id)).toEqual(['a', 'u', 'w', 's', 'v']);
  });

  it('puts the newest first among equals', () => {
    expect(worstFirst([testOrder({ id: 'old', intentAt: at(0) }), testOrder({ id: 'new', intentAt: at(9) })]).map((order) => order.id)).toEqual(['new', 'old']);
  });

  it('finds by number, name, reason, ticket and state', () => {
    const orders = [testOrder({ ticket: 'INC-7' }), testOrder({ id: 'b', number: 9, scopeName: 'other', agents: [{ id: 'x', name: 'x-agent' }], state: 'verified', headline: 'Stopped', reason: '' })];
    expect(filterOrders(orders, { ...none, text: '118' })).toHaveLength(1);
    expect(filterOrders(orders, { ...none, text: 'inc-7 REFUND' })).toHaveLength(1);
    expect(filterOrders(orders, { ...none, text: 'x-agent' }).map((order) => order.id)).toEqual(['b']);
    expect(filterOrders(orders, { ...none, state: 'verified' }).map((order) => order.id)).toEqual(['b']);
    expect(filterOrders(orders, { ...none, agentId: 'agt-1' }).map((order) => order.id)).toEqual(['sto-1']);
  });
});

describe('the four facts', () => {
  const reached = (order: Parameters<typeof testOrder>[0]) => Object.fromEntries(factsOf(testOrder(order)).map((fact) => [fact.id, fact.reached]));

  it('never takes an answer for an effect', () => {
    const answered = { firstAnswerAt: at(3), answeredAt: at(110), levers: { all: 6, reported: 6, confirmed: 0, failed: 0, undoable: 0, holds: 0 } };
    expect(reached({ ...answered, state: 'still_acting' })).toEqual({ requested: true, reported: true, confirmed: false, contained: false });
    expect(reached({ ...answered, levers: { ...answered.levers, confirmed: 6 } })).toEqual({ requested: true, reported: true, confirmed: true, contained: false });
    expect(reached({ ...answered, containedAt: at(200), verifiedAt: at(90_200) }).contained).toBe(true);
  });

  it('is not sent before the second operator', () => {
    const facts = factsOf(testOrder({ state: 'waiting_second', commandedAt: null }));
    expect(facts[0]).toMatchObject({ reached: false, time: 'not sent' });
  });

  it('says failed levers', () => {
    expect(factsOf(testOrder({ answeredAt: at(2_000), levers: { all: 6, reported: 4, confirmed: 1, failed: 2, undoable: 0, holds: 0 } }))[1]).toMatchObject({ says: '4 of 6 levers answered in 2.0 s, 2 failed', reached: false });
  });
});

describe('times', () => {
  it('keeps "time to" open until it is contained', () => {
    const acting = testOrder({ lastActAt: at(108_666), firstAnswerAt: at(600) });
    expect(timesOf(acting)).toMatchObject({ firstAnswer: '0.6 s', timeToLastAct: 'open', timeToContain: 'open' });
    expect(timesOf({ ...acting, containedAt: at(108_666) })).toMatchObject({ timeToLastAct: '1 min 49 s', timeToContain: '1 min 49 s' });
  });

  it('says that no act came after the command', () => {
    expect(lastActAfter(testOrder({ lastActAt: at(-400) }))).toBeNull();
    expect(timesOf(testOrder({ lastActAt: at(-400), containedAt: at(110) }))).toMatchObject({ timeToLastAct: 'no act after the command', timeToContain: '0.1 s' });
    expect(timesOf(testOrder({ commandedAt: null })).firstAnswer).toBe('nothing was sent');
  });
});

describe('what can be done', () => {
  it('puts back what is open, the last change first', () => {
    const levers = [testLever({ id: '1', undoState: 'open' }), testLever({ id: '2', undoState: 'done' }), testLever({ id: '3', undoState: 'failed' }), testLever({ id: '4', undoState: 'none' })];
    expect(undoable(levers).map((lever) => lever.id)).toEqual(['3', '1']);
  });

  it('sends nothing again whose answer is unknown', () => {
    expect(worthRetrying(testLever({ state: 'unknown' }))).toBe(false);
    expect(worthRetrying(testLever({ state: 'failed' }))).toBe(true);
    expect(worthRetrying(testLever({ state: 'reported', confirmed: 'no' }))).toBe(true);
    expect(worthRetrying(testLever({ state: 'reported', confirmed: 'yes' }))).toBe(false);
  });

  it('says what stays when this machine closes', () => {
    const cut = testLever({ state: 'reported' });
    const hold = testLever({ kind: 'hold', state: 'reported', undoState: 'open' });
    expect(closingWords([cut, cut])).toBeNull();
    expect(closingWords([cut, cut, hold])).toBe('If this machine closes, levers 1 and 2 stay. Lever 3 (hold) ends and resumes at the next start.');
    expect(closingWords([hold, cut])).toBe('If this machine closes, lever 2 stays. Lever 1 (hold) ends and resumes at the next start.');
    expect(closingWords([hold])).toBe('If this machine closes, lever 1 (hold) ends and resumes at the next start.');
  });

  it('names each other victim once, and only of levers that were pulled', () => {
    const hits = [{ agentId: 'a', name: 'ledger', why: 'same key' }];
    expect(alsoHit({ orderLevers: [testLever({ sentAt: at(0), state: 'reported', alsoHits: hits }), testLever({ sentAt: at(0), state: 'reported', alsoHits: [...hits, { agentId: null, name: 'unknown caller', why: 'same host' }] }), testLever({ state: 'skipped', alsoHits: [{ agentId: 'z', name: 'z', why: '' }] })] }).map((one) => one.name)).toEqual(['ledger', 'unknown caller']);
  });
});

describe('the headline', () => {
  it('says its times as the page says all others, also past midnight and into another day', () => {
    const said = (headline: string, intentAt: string): string => headlineOf({ headline, intentAt }, 'Europe/Berlin');
    expect(said('Stopped, verified 13:31:31 UTC: no act since 13:30:40 UTC.', '2026-07-17T13:30:00.000Z')).toBe('Stopped, verified 15:31:31: no act since 15:30:40.');
    // The night in which the clocks go back: what comes after it is told by the other hour.
    expect([said('last 00:59:00 UTC', '2026-10-24T23:50:00.000Z'), said('last 01:01:00 UTC', '2026-10-24T23:50:00.000Z')]).toEqual(['last 02:59:00', 'last 02:01:00']);
    expect(said('Unverified: nothing could be seen.', '2026-07-17T13:30:00.000Z')).toBe('Unverified: nothing could be seen.');
  });
});
