import { expect, it, vi } from 'vitest';
import { second } from '../store/test-history.ts';
import { words } from '../store/test-runtime.ts';
import { AlertHouse } from './test-house.ts';

const failureRate = { kind: 'failure_rate', percent: 50, least: 10, withinS: 900 } as const;
const newFailure = { kind: 'new_failure' } as const;

it('raises once what lasts, and ends it a minute after it was last so', async () => {
  const house = new AlertHouse();
  const id = house.rule(failureRate);
  house.failures(10);
  await house.look();
  await house.look(5);
  expect(house.alerts()).toMatchObject([{ rule: id, key: `agent:${house.agent('clerk')}`, state: 'open', times: 1, agent: house.agent('clerk'), title: 'clerk: 10 of 10 activities failed in 15 min' }]);
  for (let s = 0; s < 900; s += 25) await house.look(25);
  expect(house.keys()).toEqual([`agent:${house.agent('clerk')} open 1`]);
  for (let s = 0; s < 75; s += 25) await house.look(25);
  expect(house.alerts()).toMatchObject([{ state: 'resolved', resolved_by: null }]);
  expect(house.errors).toEqual([]);
});

it('says how it is while it lasts, once a minute and without telling anybody, and to whom it goes next', async () => {
  const house = new AlertHouse();
  const [first, second] = [house.target('first'), house.target('second')];
  house.rule(failureRate, { targets: [first], steps: [{ afterMin: 2, targets: [second] }] });
  house.failures(10);
  await house.look();
  house.failures(20);
  for (let s = 0; s < 55; s += 5) await house.look(5);
  expect(house.alerts()).toMatchObject([{ title: 'clerk: 10 of 10 activities failed in 15 min' }]);
  await house.look(5);
  expect(house.alerts()).toMatchObject([{ title: 'clerk: 30 of 30 activities failed in 15 min', text: expect.stringContaining('30 of 30') as string, times: 1 }]);
  for (let s = 0; s < 50; s += 5) await house.look(5);
  house.failures(5);
  for (let s = 0; s < 10; s += 5) await house.look(5);
  expect(house.deliveries().map((one) => [one.what, (JSON.parse(one.body) as { alert: { title: string } }).alert.title])).toEqual([
    ['raised', 'clerk: 10 of 10 activities failed in 15 min'], ['escalated', 'clerk: 35 of 35 activities failed in 15 min'],
  ]);
  expect(house.runtime.history.all('SELECT what FROM alert_said ORDER BY id')).toEqual([{ what: 'raised' }, { what: 'escalated' }]);
  expect(house.errors).toEqual([]);
});

it('writes nothing where it is as it was', async () => {
  const house = new AlertHouse();
  house.rule(failureRate, { sustainedS: 60 });
  house.failures(10);
  for (let s = 0; s < 80; s += 20) await house.look(20);
  const [was] = house.alerts();
  expect(was).toMatchObject({ state: 'open' });
  house.broken = 'alerts.goesOn';
  for (let s = 0; s < 200; s += 20) await house.look(20);
  expect(house.alerts()).toEqual([was]);
  expect(house.errors).toEqual([]);
});

it('opens the same alert again, and tells nobody, when it comes back soon', async () => {
  const house = new AlertHouse();
  const target = house.target('desk');
  house.rule({ ...failureRate, withinS: 60 }, { targets: [target] });
  house.failures(10);
  await house.look();
  for (let s = 0; s < 150; s += 25) await house.look(25);
  house.failures(10);
  await house.look();
  expect(house.alerts()).toMatchObject([{ state: 'open', times: 2 }]);
  expect(house.deliveries().map((one) => one.what)).toEqual(['raised']);
});

it('is not over while its connection is not seen', async () => {
  const house = new AlertHouse();
  house.rule({ ...failureRate, withinS: 60 });
  house.failures(10);
  await house.look();
  const gap = house.gap(house.sender(), house.atUs, null);
  for (let s = 0; s < 400; s += 25) await house.look(25);
  expect(house.alerts()).toMatchObject([{ state: 'open' }]);
  house.runtime.history.db.prepare('UPDATE gap SET to_us = ? WHERE id = ?').run(house.atUs, gap);
  for (let s = 0; s < 100; s += 25) await house.look(25);
  expect(house.alerts()).toMatchObject([{ state: 'resolved' }]);
});

it('waits until it was so at every look of the rule\'s time, and says for how long', async () => {
  const house = new AlertHouse();
  house.rule(failureRate, { sustainedS: 60 });
  house.failures(10);
  for (let s = 0; s < 60; s += 20) await house.look(20);
  expect(house.alerts()).toEqual([]);
  await house.look(20);
  expect(house.alerts()).toMatchObject([{ text: expect.stringMatching(/It has been so for at least 1 min without a break\.$/) as string }]);
});

it('does not raise again after a restart what is open, nor what a person resolved and is still the same', async () => {
  const house = new AlertHouse();
  const id = house.rule({ kind: 'gap', afterS: 0 });
  house.gap(house.sender(), house.atUs - second, null);
  await house.look();
  expect(house.keys()).toEqual([`connection:${house.sender()} open 1`]);
  await house.restart();
  await house.look(5);
  expect(house.keys()).toEqual([`connection:${house.sender()} open 1`]);
  house.command('alerts.say', { ids: [1], what: 'resolve', by: 'ann', note: '', audit: words('ann') });
  await house.look(5);
  await house.restart();
  await house.look(5);
  expect(house.keys()).toEqual([`connection:${house.sender()} resolved 1`]);
  // Another gap is another matter.
  house.runtime.history.db.prepare('UPDATE gap SET to_us = ?').run(house.atUs);
  await house.look(5);
  house.gap(house.sender(), house.atUs, null);
  await house.look(5);
  expect(house.alerts()).toMatchObject([{ state: 'resolved' }, { rule: id, state: 'open' }]);
});

it('after a restart holds to a person\'s word about a rate for as long as it is of the same activities', async () => {
  const house = new AlertHouse();
  house.rule(failureRate, { sustainedS: 60 });
  const looks = async (seconds: number): Promise<void> => { for (let s = 0; s < seconds; s += 20) await house.look(20); };
  house.failures(10);
  await looks(80);
  house.command('alerts.say', { ids: [1], what: 'resolve', by: 'ann', note: '', audit: words('ann') });
  await house.restart();
  await looks(200);
  expect(house.keys()).toEqual([`agent:${house.agent('clerk')} resolved 1`]);
  // It goes on: the same engine does not raise it again, and a new one does when the word is older than what is looked at.
  for (let s = 0; s < 1_000; s += 200) { house.failures(10); await looks(200); }
  expect(house.keys()).toHaveLength(1);
  await house.restart();
  await looks(80);
  expect(house.keys()).toEqual([`agent:${house.agent('clerk')} resolved 1`, `agent:${house.agent('clerk')} open 1`]);
});

it('after a restart raises a rate anew that was over in between', async () => {
  const house = new AlertHouse();
  house.rule({ ...failureRate, withinS: 300 });
  house.failures(10);
  await house.look();
  house.command('alerts.say', { ids: [1], what: 'resolve', by: 'ann', note: '', audit: words('ann') });
  house.calls(20);
  await house.restart();
  for (let s = 0; s < 80; s += 20) await house.look(20);
  house.failures(20);
  await house.look(5);
  expect(house.keys()).toEqual([`agent:${house.agent('clerk')} resolved 1`, `agent:${house.agent('clerk')} open 1`]);
});

it('tells of failures from the making of the rule on, across a restart, and none twice', async () => {
  const house = new AlertHouse();
  house.failures(1, 'before');
  await house.look(5);
  house.rule(newFailure);
  await house.look(1);
  expect(house.keys()).toEqual([]);
  house.failures(1, 'after');
  await house.look(5);
  house.failures(1, 'while nobody looked');
  await house.restart();
  await house.look(5);
  await house.look(5);
  expect(house.keys()).toEqual(['failure:2:new open 1', 'failure:3:new open 1']);
});

it('tells of a rule that was changed while no engine ran only what came since', async () => {
  const house = new AlertHouse();
  const id = house.rule(newFailure);
  await house.look();
  await house.keeper.close();
  house.failures(1, 'before');
  house.atUs += second;
  house.rule(newFailure, { id, name: 'other' });
  house.failures(1, 'after');
  await house.restart();
  await house.look(5);
  expect(house.keys()).toEqual(['failure:2:new open 1']);
});

it('tells of a failure that is back, once each time', async () => {
  const house = new AlertHouse();
  house.rule(newFailure);
  await house.look();
  house.failures(1);
  await house.look(5);
  const resolve = (): void => { house.command('failures.setState', { id: 1, state: 'resolved', untilUs: null, note: '', audit: words('ann') }); };
  resolve();
  await house.look(5);
  expect(house.keys()).toHaveLength(1);
  for (let round = 0; round < 3; round++) {
    house.failures(1);
    await house.look(5);
    if (round === 1) await house.restart();
  }
  expect(house.alerts().map((one) => [one.state, one.times])).toEqual([['open', 1], ['open', 1]]);
  resolve();
  house.atUs += second;
  house.failures(1, 'boom', { agoS: 0 });
  await house.look(5);
  expect(house.alerts()).toHaveLength(3);
});

it('looks again at what could not be written, and raises nothing else twice', async () => {
  const house = new AlertHouse();
  house.rule(newFailure);
  house.rule(failureRate);
  await house.look();
  house.failures(10);
  house.broken = 'alerts.raise';
  await house.look(5);
  expect([house.errors.length, house.keys()]).toEqual([2, []]);
  house.broken = 'alerts.cursor';
  await house.look(5);
  house.broken = null;
  await house.look(5);
  await house.restart();
  await house.look(5);
  expect(house.keys()).toEqual([`agent:${house.agent('clerk')} open 1`, 'failure:1:new open 1']);
});

it('waits for what came of a budget\'s stop, but not for ever', async () => {
  const house = new AlertHouse();
  house.rule({ kind: 'budget', on: ['hard'] }, { severity: 'urgent' });
  await house.look();
  const db = house.runtime.history.db;
  db.prepare("INSERT INTO budget (name, scope, per, currency, hard, forecast, on_hard, level, stops, created_us, changed_us, changed_by) VALUES ('month', '{\"kind\":\"everything\"}', 'month', 'USD', 10, 0, 'stop', 'cancel', 'agent', 1, 1, 'ann')").run();
  const reached = (): void => { db.prepare("INSERT INTO budget_event (budget, at_us, kind, period_us, key, pending, agent, agent_name, spent, limit_micros, currency, fired, text) VALUES (1, ?, 'hard', 1, '', 1, 1, 'clerk', 11, 10, 'USD', 0, 'reached')").run(house.atUs); };
  reached();
  await house.look(1);
  expect(house.keys()).toEqual([]);
  db.exec("UPDATE budget_event SET pending = 0, text = 'It was stopped.'");
  await house.look(1);
  expect(house.alerts()).toMatchObject([{ key: 'budget:1', text: expect.stringMatching(/^It was stopped\./) as string }]);
  reached();
  await house.look(14);
  expect(house.alerts()).toHaveLength(1);
  await house.look(1);
  expect(house.alerts()).toMatchObject([{}, { key: 'budget:2', text: expect.stringMatching(/What came of its stop is not known yet\.$/) as string }]);
});

it('counts grants of one agent up within a day', async () => {
  const house = new AlertHouse();
  house.rule({ kind: 'grant', on: 'any' });
  house.calls(1);
  await house.look();
  const change = (name: string): void => { house.runtime.history.db.prepare("INSERT INTO grant_change (at_us, connection, agent, grant_id, kind, name, what, widening, first, text) VALUES (?, ?, ?, 1, 'tool', ?, 'added', 1, 0, 'words')").run(house.atUs, house.sender(), house.agent('clerk'), name); };
  for (const name of ['shell', 'files']) {
    change(name);
    await house.look(5);
  }
  await house.restart();
  await house.look(5);
  expect(house.alerts()).toMatchObject([{ key: `agent:${house.agent('clerk')}:2026-03-01`, times: 2, title: 'clerk: access widened (1 grant)' }]);
});

it('puts its messages in the queue, tells the end to who was told, and escalates while nobody knows', async () => {
  const house = new AlertHouse();
  const [desk, mail, boss] = ['desk', 'mail', 'boss'].map((name) => house.target(name)) as [number, number, number];
  house.rule({ kind: 'gap', afterS: 0 }, { targets: [desk, mail], steps: [{ afterMin: 5, targets: [boss] }, { afterMin: 10, targets: [desk] }], tellEnd: true, severity: 'urgent' });
  house.gap(house.sender(), house.atUs - second, null);
  await house.look();
  expect(house.deliveries().map((one) => [one.what, one.target])).toEqual([['raised', desk], ['raised', mail]]);
  expect(JSON.parse(house.deliveries()[0]?.body ?? '')).toMatchObject({ gatehouse: 'alert', version: 1, event: 'raised', alert: { kind: 'gap', severity: 'urgent', rule: 'mine', connection: 'one', agent: null, times: 1 }, from: { product: 'Gatehouse', host: 'here' } });
  await house.look(299);
  expect(house.deliveries()).toHaveLength(2);
  await house.look(1);
  await house.look(1);
  expect(house.deliveries().slice(2).map((one) => [one.what, one.target, one.step])).toEqual([['escalated', boss, 1]]);
  await house.look(300);
  await house.look(300);
  expect(house.deliveries().slice(3).map((one) => [one.what, one.target, one.step])).toEqual([['escalated', desk, 2]]);
  house.runtime.history.db.exec("UPDATE delivery SET state = 'sent'");
  house.runtime.history.db.prepare('UPDATE gap SET to_us = ?').run(house.atUs);
  await house.look(1);
  expect(house.deliveries().slice(4).map((one) => [one.what, one.target])).toEqual([['over', desk], ['over', mail], ['over', boss]]);
  expect(house.errors).toEqual([]);
});

it('does not escalate what somebody acknowledged', async () => {
  const house = new AlertHouse();
  house.rule({ kind: 'gap', afterS: 0 }, { steps: [{ afterMin: 1, targets: [house.target('boss')] }] });
  house.gap(house.sender(), house.atUs - second, null);
  await house.look();
  house.command('alerts.say', { ids: [1], what: 'acknowledge', by: 'ann', note: '', audit: words('ann') });
  await house.look(120);
  expect([house.deliveries(), house.keys()]).toEqual([[], [`connection:${house.sender()} acknowledged 1`]]);
});

it('ends the alerts of a rule that is switched off, with the last rule too, and then costs nothing', async () => {
  const house = new AlertHouse();
  const id = house.rule({ kind: 'gap', afterS: 0 });
  house.gap(house.sender(), house.atUs - second, null);
  await house.look();
  house.keeper.start();
  await vi.waitFor(() => { expect(house.asked.length).toBeGreaterThan(3); });
  house.rule({ kind: 'gap', afterS: 0 }, { id, enabled: false });
  await vi.waitFor(() => { expect(house.alerts()).toMatchObject([{ state: 'resolved' }]); }, 5_000);
  const asked = house.asked.length;
  house.commit(['failures', 'gaps', 'cost', 'grants']);
  await new Promise((done) => { setTimeout(done, 400); });
  expect(house.asked.length).toBe(asked);
});

it('looks soon after a commit that matters, and at most once a second', async () => {
  const house = new AlertHouse();
  house.rule({ kind: 'gap', afterS: 0 });
  house.keeper.start();
  await vi.waitFor(() => { expect(house.asked).toContain('alertFacts'); });
  await house.look();
  house.gap(house.sender(), house.atUs - second, null);
  house.commit(['activity']);
  house.atUs += 2 * second;
  for (let n = 0; n < 20; n++) house.commit(['gaps']);
  await vi.waitFor(() => { expect(house.alerts()).toHaveLength(1); }, 3_000);
});

it('goes on after a fault, and ends when it is closed', async () => {
  const house = new AlertHouse();
  house.rule({ kind: 'gap', afterS: 0 });
  house.gap(house.sender(), house.atUs - second, null);
  const real = house.runtime.ask.bind(house.runtime);
  house.runtime.ask = () => { throw new Error('the reader died'); };
  house.keeper.start();
  await vi.waitFor(() => { expect(house.errors).toHaveLength(1); });
  house.runtime.ask = real;
  await vi.waitFor(() => { expect(house.alerts()).toHaveLength(1); }, 5_000);
  await house.keeper.close();
  const asked = house.asked.length;
  await house.keeper.look();
  expect(house.asked.length).toBe(asked);
});
