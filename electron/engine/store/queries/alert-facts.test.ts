import { describe, expect, it } from 'vitest';
import { nothingAsked } from '../../alerts/asking.ts';
import type { AlertFacts, AlertFactsAsked, WindowAsked } from '../../alerts/facts.ts';
import { AlertHouse } from '../../alerts/test-house.ts';
import { second } from '../test-history.ts';
import { foundApproval, runDraft, words } from '../test-runtime.ts';
import { newOrder } from '../test-stop.ts';

const ask = (house: AlertHouse, more: Partial<AlertFactsAsked>): AlertFacts => house.runtime.ask('alertFacts', { ...nothingAsked, ...more }, house.atUs) as AlertFacts;
const window = (house: AlertHouse, more: Partial<WindowAsked>): AlertFacts['windows'][number]['rows'] => ask(house, { windows: [{ withinS: 900, failed: null, denied: null, spent: [], ...more }] }).windows[0]?.rows ?? [];
const failed = { least: 1, percent: 50, newest: 1_000 };
const cost = (micros: number, currency = 'USD'): { kind: 'model_call'; model: string; reportedCost: { micros: number; currency: string } } => ({ kind: 'model_call', model: 'm', reportedCost: { micros, currency } });

describe('what agents did in a stretch of time', () => {
  it('counts what ended and what of it failed, not what runs and not what was before', () => {
    const house = new AlertHouse();
    house.failures(3);
    house.calls(5);
    house.failures(4, 'boom', { agoS: 901 });
    house.calls(2, { status: 'running', endUs: undefined });
    house.calls(9, { agent: 'planner' });
    expect(window(house, { failed })).toMatchObject([{ head: house.agent('clerk'), ended: 8, failed: 3, newestOnly: false }]);
    expect(window(house, { failed: { ...failed, least: 4 } })).toEqual([]);
  });

  it('counts work that began before and ended in it', () => {
    const house = new AlertHouse();
    house.failures(2, 'late', { agoS: 1_200, endUs: house.atUs - 100 * second });
    house.failures(1, 'long ago', { agoS: 1_200, endUs: house.atUs - 950 * second });
    expect(window(house, { failed })).toMatchObject([{ ended: 2, failed: 2 }]);
  });

  it.each([900, 7_200, 7_201, 86_400])('comes to the same by records and by hours: %d s', (withinS) => {
    const house = new AlertHouse();
    house.atUs += 40 * 60 * second;
    for (const agoS of [10, 600, 3_500, 7_300, 50_000, 90_000]) {
      house.failures(2, 'boom', { agoS });
      house.calls(1, { agoS, ...cost(1_000_000) });
      house.calls(1, { agoS, status: 'denied' });
    }
    const inside = [10, 600, 3_500, 7_300, 50_000, 90_000].filter((agoS) => agoS <= withinS).length;
    expect(window(house, { withinS, failed, denied: 1, spent: [{ currency: 'USD', micros: 1 }] })).toMatchObject([{ ended: inside * 4, failed: inside * 2, denied: inside, spent: [{ currency: 'USD', micros: inside * 1_000_000, about: false }] }]);
  });

  it('counts of a very busy agent the newest, and says so', () => {
    const house = new AlertHouse();
    const insert = house.runtime.history.db.prepare(`INSERT INTO activity (id, task, agent, ts_us, kind, status, flags, name, model, failure, key, trace, span, parent_span, claim, service, source, record, block, slot)
      SELECT ?, task, agent, ?, kind, ?, flags, name, model, ?, ?, trace, span, parent_span, claim, service, source, record, block, slot FROM activity WHERE id = 1`);
    house.failures(1);
    house.runtime.history.db.transaction(() => { for (let n = 0; n < 2_000; n++) insert.run(1_000 + n, house.atUs - 800 * second + n * 100_000, n < 1_500 ? 2 : 3, n < 1_500 ? null : 1, 1_000 + n); })();
    expect(window(house, { failed })).toMatchObject([{ ended: 1_000, failed: 501, newestOnly: true }]);
  });

  it('adds the sides of one agent up, and takes of its money the side that told more', () => {
    const house = new AlertHouse();
    house.failures(3, 'boom', cost(4_000_000));
    house.calls(7, { agent: 'other' });
    const asked = house.runtime.connection;
    house.runtime.collect({ records: [{ draft: runDraft('r1', 'failed', { at: 1, until: 2, agent: { id: 'a', name: 'asked' }, reportedCost: { micros: 9_000_000, currency: 'USD' }, kind: 'model_call', role: 'activity', model: 'm' }), raw: '{}' }] }, house.atUs, asked);
    for (const name of ['other', 'asked']) house.runtime.history.db.prepare("INSERT INTO agent_stitch (agent, head, by, why) VALUES (?, ?, 'person', '')").run(house.agent(name), house.agent('clerk'));
    const [row, ...others] = window(house, { failed, spent: [{ currency: 'USD', micros: 1 }] });
    expect(others).toEqual([]);
    expect(row).toMatchObject({ head: house.agent('clerk'), ended: 11, spent: [{ micros: 12_000_000 }] });
  });

  it('counts no money of another currency, and what has no price', () => {
    const house = new AlertHouse();
    house.calls(1, cost(5_000_000, 'EUR'));
    house.calls(2, { kind: 'model_call', model: 'unheard-of', usage: { inputTokens: 5, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 } });
    expect(window(house, { spent: [{ currency: 'USD', micros: 1 }] })).toEqual([]);
    expect(window(house, { spent: [{ currency: 'EUR', micros: 5_000_000 }] })).toMatchObject([{ unpriced: 2, spent: [{ currency: 'EUR', micros: 5_000_000, about: false }] }]);
    expect(window(house, { spent: [{ currency: 'EUR', micros: 5_000_001 }] })).toEqual([]);
  });

  it('tells each length of time by itself, with names and connections', () => {
    const house = new AlertHouse();
    house.failures(3, 'boom', { agoS: 400 });
    const some = ask(house, { windows: [300, 900].map((withinS) => ({ withinS, failed, denied: null, spent: [] })) });
    expect(some.windows.map((one) => one.rows.length)).toEqual([0, 1]);
    expect(some.agents).toEqual([{ id: house.agent('clerk'), name: 'clerk', connections: [house.sender()] }]);
  });
});

describe('what is open', () => {
  it('is gaps: those that are, and those that the time before now overlaps', () => {
    const house = new AlertHouse();
    const us = house.atUs;
    const [open, near] = [house.gap(1, us - 900 * second, null), house.gap(1, us - 800 * second, us - 700 * second)];
    house.gap(1, us - 5_000 * second, us - 901 * second);
    expect(ask(house, { gapsS: 900 }).gaps.map((one) => one.id)).toEqual([open, near]);
    expect(ask(house, { gapsS: 0 }).gaps.map((one) => one.id)).toEqual([open]);
    expect(ask(house, {}).gaps).toEqual([]);
  });

  it('is approvals that wait for so long and have not expired', () => {
    const house = new AlertHouse();
    const us = house.atUs;
    house.runtime.collect({ records: [{ draft: runDraft('r1', 'waiting'), raw: '{}' }], approvals: [foundApproval('a', { askedUs: us - 60 * second }), foundApproval('b', { askedUs: us - 50 * second, expiresUs: us - second })] }, us);
    const found = house.runtime.history.all<{ id: number; key: string }>('SELECT id, key FROM approval');
    expect(found).toHaveLength(2);
    expect(ask(house, { approvalsUs: us - 10 * second }).approvals).toMatchObject([{ id: found.find((one) => one.key === 'a')?.id, title: 'Allow a?', agentName: 'clerk', head: house.agent('clerk') }]);
    expect(ask(house, { approvalsUs: us - 61 * second }).approvals).toEqual([]);
  });

  it('is stops that are not verified: those that go on, of the last day, and those that have an alert', () => {
    const house = new AlertHouse();
    house.calls(1);
    const order = (state: 'unverified' | 'still_acting' | 'verified', more: object): number => {
      const { id } = house.command('stops.begin', newOrder({ agents: [house.agent('clerk')], sources: [house.agent('clerk')] }));
      house.command('stops.write', { id, order: { state, ...more } });
      return id;
    };
    const [acting, ended, old] = [order('still_acting', {}), order('unverified', { endedUs: house.atUs - second }), order('unverified', { endedUs: house.atUs - 90_000 * second })];
    order('verified', {});
    order('unverified', { endedUs: house.atUs - second, releasedUs: house.atUs });
    expect(ask(house, { stops: [] }).stops.map((one) => [one.id, one.state, one.heads])).toEqual([[acting, 'still_acting', [house.agent('clerk')]], [ended, 'unverified', [house.agent('clerk')]]]);
    expect(ask(house, { stops: [old] }).stops.map((one) => one.id)).toEqual([acting, ended, old]);
  });
});

describe('what happened', () => {
  const after = { failures: 0, grants: 0, budgets: 0 };

  it('is a failure that nobody has seen before, and one that is back', () => {
    const house = new AlertHouse();
    house.failures(2, 'one');
    house.failures(1, 'two');
    const { failures, upTo } = ask(house, { after });
    expect(failures).toMatchObject([{ id: 1, name: 'search', error: 'one', count: 2, backUs: null, heads: [house.agent('clerk')] }, { id: 2, error: 'two' }]);
    expect(ask(house, { after: { ...after, failures: upTo.failures } }).failures).toEqual([]);
    const saidUs = house.atUs;
    house.command('failures.setState', { id: 1, state: 'resolved', untilUs: null, note: '', audit: words('ann') });
    house.command('failures.setState', { id: 2, state: 'known', untilUs: null, note: '', audit: words('ann') });
    house.atUs += 60 * second;
    house.failures(1, 'two');
    expect(ask(house, { after: { ...after, failures: upTo.failures } }).failures).toEqual([]);
    house.failures(1, 'one');
    expect(ask(house, { after: { ...after, failures: upTo.failures } }).failures).toMatchObject([{ id: 1, backUs: saidUs, atUs: house.atUs - second }]);
  });

  it('is no history that came in late', () => {
    const house = new AlertHouse();
    house.failures(1, 'old', { agoS: 90_000 });
    const { failures, upTo } = ask(house, { after });
    expect([failures, upTo.failures]).toEqual([[], 1]);
  });

  it('is a grant, beyond what was held or, where there is one, beyond the baseline', () => {
    const house = new AlertHouse();
    house.calls(1);
    const agent = house.agent('clerk');
    const add = house.runtime.history.db.prepare("INSERT INTO grant_seen (connection, agent, kind, name, source, first_us, last_us) VALUES (?, ?, 'tool', ?, 'tools/list', 1, 1)");
    const change = house.runtime.history.db.prepare("INSERT INTO grant_change (at_us, connection, agent, grant_id, kind, name, what, widening, first, text) VALUES (?, ?, ?, ?, 'tool', ?, ?, ?, ?, 'words')");
    const grant = (name: string): number => Number(add.run(house.sender(), agent, name).lastInsertRowid);
    const [shell, files] = [grant('shell'), grant('files')];
    change.run(house.atUs, house.sender(), agent, shell, 'shell', 'added', 1, 1);
    change.run(house.atUs, house.sender(), agent, files, 'files', 'changed', 0, 0);
    change.run(house.atUs, house.sender(), agent, shell, 'shell', 'back', 1, 0);
    const beyond = (): unknown[] => ask(house, { after }).grants.map((one) => [one.name, one.head, one.added, one.beyond, one.baseline]);
    expect(beyond()).toEqual([['files', agent, false, false, false], ['shell', agent, true, true, false]]);
    // What is back was approved: it is nothing new.
    house.command('access.approve', { agent, note: '', audit: words('ann') });
    expect(beyond()).toEqual([['files', agent, false, false, true], ['shell', agent, true, false, true]]);
    const mail = grant('mail');
    change.run(house.atUs, house.sender(), agent, mail, 'mail', 'added', 1, 0);
    change.run(house.atUs, house.sender(), 0, mail, 'mail', 'added', 1, 0);
    expect(beyond().slice(2)).toEqual([['mail', agent, true, true, true], ['mail', null, true, true, false]]);
    expect(ask(house, { after: { ...after, grants: ask(house, {}).upTo.grants } }).grants).toEqual([]);
  });

  it('is a limit of a budget that was reached', () => {
    const house = new AlertHouse();
    house.calls(1);
    const db = house.runtime.history.db;
    db.prepare("INSERT INTO budget (name, scope, per, currency, soft, hard, forecast, on_hard, level, stops, created_us, changed_us, changed_by) VALUES ('month', '{\"kind\":\"everything\"}', 'month', 'USD', NULL, 10, 0, 'stop', 'cancel', 'agent', 1, 1, 'ann')").run();
    db.prepare("INSERT INTO budget_event (budget, at_us, kind, period_us, key, pending, agent, agent_name, spent, limit_micros, currency, fired, text) VALUES (1, ?, 'hard', 1, '', 1, ?, 'clerk', 11, 10, 'USD', 0, 'words')").run(house.atUs, house.agent('clerk'));
    expect(ask(house, { after })).toMatchObject({ budgets: [{ id: 1, budget: 'month', scope: { kind: 'everything' }, kind: 'hard', head: house.agent('clerk'), agentName: 'clerk', spent: 11, limit: 10, currency: 'USD', fired: false, pending: true, text: 'words' }], upTo: { budgets: 1 } });
    expect(ask(house, { after: { ...after, budgets: 1 } }).budgets).toEqual([]);
  });

  it('goes on from where it was, some at a time', () => {
    const house = new AlertHouse();
    const insert = house.runtime.history.db.prepare('INSERT INTO failure (fingerprint, kind, name, first_us, last_us, count, created_us) VALUES (?, 2, 0, ?, ?, 1, ?)');
    for (let n = 0; n < 250; n++) insert.run(n, house.atUs, house.atUs, house.atUs);
    const first = ask(house, { after });
    expect([first.failures.length, first.upTo.failures]).toEqual([200, 200]);
    expect(ask(house, { after: { ...after, failures: 200 } }).failures).toHaveLength(50);
  });
});
