import { describe, expect, it } from 'vitest';
import type { Alert, AlertDetail } from '../../../shared/alerts.ts';
import { contract, type NeedsYou, type Result } from '../../../shared/contract.ts';
import { addRule, addTarget, at, isoAt, newAlert, newDelivery } from './test-alerts.ts';
import { logDraft } from './test-history.ts';
import { freshRuntime, words, type TestRuntime } from './test-runtime.ts';
import { retain } from './retention.ts';

const get = (runtime: TestRuntime, id: number): AlertDetail => contract['alerts.get'].result.parse(runtime.ask('alerts.get', { id: `alt-${id}` }));
const list = (runtime: TestRuntime, params: Record<string, unknown> = {}): Result<'alerts.list'> => contract['alerts.list'].result.parse(runtime.ask('alerts.list', contract['alerts.list'].params.parse(params)));
const one = (runtime: TestRuntime, id: number): Alert => get(runtime, id).alert;
const states = (runtime: TestRuntime): string[] => runtime.history.all<{ line: string }>("SELECT target || ' ' || what || ' ' || state AS line FROM delivery ORDER BY id").map((row) => row.line);
const audits = (runtime: TestRuntime): string[] => runtime.history.all<{ action: string }>("SELECT action FROM audit_entry WHERE action LIKE 'alert%' ORDER BY id").map((row) => row.action);
const say = (runtime: TestRuntime, what: 'acknowledge' | 'resolve' | 'reopen', ids: readonly number[], seconds = 100, note = ''): { changed: number } =>
  runtime.command('alerts.say', { ids, what, by: 'ann', note, audit: words('ann', { action: `alerts.${what}` }) }, at(seconds));

describe('an alert', () => {
  it('is raised once with its deliveries, and then counts up and tells nobody', () => {
    const runtime = freshRuntime();
    const target = addTarget(runtime, 'hook');
    const deliveries = [newDelivery(target), newDelivery(1, 'raised', at(500))];
    expect(runtime.command('alerts.raise', newAlert({ deliveries }))).toEqual({ id: 1, fresh: true });
    expect(runtime.command('alerts.raise', newAlert({ deliveries, atUs: at(30), title: 'clerk fails more' }))).toEqual({ id: 1, fresh: false });
    expect(runtime.command('alerts.raise', newAlert({ deliveries, key: 'agent:2' })).fresh).toBe(true);
    const { alert, deliveries: told, history } = get(runtime, 1);
    expect(alert).toMatchObject({ id: 'alt-1', ruleId: 'alr-5', ruleName: 'Failures pile up', state: 'open', title: 'clerk fails more', raisedAt: isoAt(0), lastAt: isoAt(30), times: 2, deliveries: { sent: 0, waiting: 2, failed: 0 } });
    expect(told.map((row) => [row.targetId, row.what, row.state, row.dueAt])).toEqual([[`tgt-${target}`, 'raised', 'waiting', isoAt(0)], ['tgt-1', 'raised', 'held', isoAt(500)]]);
    expect(history.map((row) => row.text)).toEqual(['clerk fails', 'Came again: 2 times by now.']);
    const [body] = runtime.history.all<{ uid: string; body: string }>('SELECT uid, body FROM delivery WHERE id = 1');
    expect(JSON.parse(body?.body ?? '')).toMatchObject({ delivery: body?.uid, event: 'raised', alert: { id: 'alt-1', title: 'clerk fails' } });
    expect(new Set(runtime.history.all<{ uid: string }>('SELECT uid FROM delivery').map((row) => row.uid)).size).toBe(4);
  });

  it('that cannot be written leaves no delivery behind', () => {
    const runtime = freshRuntime();
    expect(() => runtime.command('alerts.raise', newAlert({ deliveries: [newDelivery(1)], nextStepUs: 0.5 }))).toThrow(/INTEGER/);
    expect([states(runtime), list(runtime).rows]).toEqual([[], []]);
  });

  it('of something that happened once is raised by it once, also when a crash came before the cursor was kept', () => {
    const runtime = freshRuntime();
    const event = newAlert({ rule: 4, kind: 'new_failure', key: 'failure:7:new', atUs: at(5), deliveries: [newDelivery(1)] });
    runtime.command('alerts.raise', event);
    runtime.restart();
    expect(runtime.command('alerts.raise', event)).toEqual({ id: 1, fresh: false });
    say(runtime, 'resolve', [1]);
    runtime.restart();
    expect(runtime.command('alerts.raise', event)).toEqual({ id: 1, fresh: false });
    expect([one(runtime, 1).times, one(runtime, 1).state, states(runtime)]).toEqual([1, 'resolved', ['1 raised dropped']]);
    runtime.command('alerts.cursor', { failures: 7, grants: 3, budgets: 0 });
    runtime.command('alerts.cursor', { failures: 5, grants: 4, budgets: 0 });
    expect(runtime.history.all('SELECT what, id FROM alert_cursor ORDER BY what')).toEqual([{ what: 'budgets', id: 0 }, { what: 'failures', id: 7 }, { what: 'grants', id: 4 }]);
    // Later the same day another grant: the same alert, counted up.
    const grant = newAlert({ rule: 7, kind: 'grant', key: 'agent:1:2026-03-01', atUs: at(10) });
    const { id } = runtime.command('alerts.raise', grant);
    runtime.command('alerts.raise', { ...grant, atUs: at(20) });
    runtime.command('alerts.raise', { ...grant, atUs: at(20) });
    expect(one(runtime, id).times).toBe(2);
  });

  it('that is back within ten minutes is the same one and tells nobody; later it is another', () => {
    const runtime = freshRuntime();
    const raise = (seconds: number): { id: number; fresh: boolean } => runtime.command('alerts.raise', newAlert({ atUs: at(seconds), deliveries: [newDelivery(1)] }));
    const over = (seconds: number): unknown => runtime.command('alerts.over', { id: 1, atUs: at(seconds), text: 'Nothing failed for a minute.', deliveries: [newDelivery(1, 'over')] });
    raise(0);
    runtime.command('deliveries.tried', { id: 1, result: 'sent', atUs: at(1), dueUs: null, error: null });
    over(100);
    expect(one(runtime, 1)).toMatchObject({ state: 'resolved', resolvedAt: isoAt(100), resolvedBy: null });
    expect(states(runtime)).toEqual(['1 raised sent', '1 over waiting']);
    expect(raise(699)).toEqual({ id: 1, fresh: false });
    expect(one(runtime, 1)).toMatchObject({ state: 'open', resolvedAt: null, times: 2 });
    expect(states(runtime)).toEqual(['1 raised sent', '1 over dropped']);
    over(800);
    expect(raise(1_400)).toEqual({ id: 2, fresh: true });
    expect(states(runtime)).toEqual(['1 raised sent', '1 over dropped', '1 raised waiting']);
    expect(get(runtime, 1).history.map((row) => row.text)).toEqual(['clerk fails', 'Told This desktop.', 'Nothing failed for a minute.', 'It is back, soon after it was over.', 'Nothing failed for a minute.']);
  });

  it('that comes back is known to whoever knew of it, and one that a person resolved is raised anew', () => {
    const runtime = freshRuntime();
    runtime.command('alerts.raise', newAlert({ nextStepUs: at(60) }));
    say(runtime, 'acknowledge', [1], 10);
    runtime.command('alerts.over', { id: 1, atUs: at(100), text: 'over', deliveries: [] });
    expect(runtime.command('alerts.raise', newAlert({ atUs: at(200) })).id).toBe(1);
    expect(one(runtime, 1)).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ann', nextStepAt: null });
    say(runtime, 'resolve', [1], 300);
    expect(runtime.command('alerts.raise', newAlert({ atUs: at(310) }))).toEqual({ id: 2, fresh: true });
    // The first is not opened again beside the second.
    expect(say(runtime, 'reopen', [1], 320)).toEqual({ changed: 0 });
  });

  it('tells its end only to whom it reached', () => {
    const runtime = freshRuntime();
    const [told, down] = [addTarget(runtime, 'told'), addTarget(runtime, 'down')];
    runtime.command('alerts.raise', newAlert({ deliveries: [newDelivery(told), newDelivery(down), newDelivery(1, 'raised', at(500))] }));
    runtime.command('deliveries.tried', { id: 1, result: 'sent', atUs: at(1), dueUs: null, error: null });
    runtime.command('deliveries.tried', { id: 2, result: 'again', atUs: at(2), dueUs: at(12), error: 'refused' });
    runtime.command('alerts.over', { id: 1, atUs: at(90), text: 'over', deliveries: [newDelivery(told, 'over'), newDelivery(down, 'over'), newDelivery(1, 'over')] });
    expect(states(runtime)).toEqual([`${told} raised sent`, `${down} raised dropped`, '1 raised dropped', `${told} over waiting`]);
    // It was on its way when it was dropped, and arrived.
    runtime.command('deliveries.tried', { id: 2, result: 'sent', atUs: at(91), dueUs: null, error: null });
    expect(states(runtime)[1]).toBe(`${down} raised sent`);
  });
});

describe('what a person says of alerts', () => {
  it('is kept with its entry in the audit log, ends escalation and drops what quiet hours hold', () => {
    const runtime = freshRuntime();
    const target = addTarget(runtime, 'hook');
    runtime.command('alerts.raise', newAlert({ nextStepUs: at(300), deliveries: [newDelivery(target), newDelivery(1, 'raised', at(500))] }));
    runtime.command('alerts.raise', newAlert({ key: 'agent:2' }));
    expect(list(runtime)).toMatchObject({ open: 2, acknowledged: 0 });
    expect(say(runtime, 'acknowledge', [1, 1, 99], 100, 'on it')).toEqual({ changed: 1 });
    expect(one(runtime, 1)).toMatchObject({ state: 'acknowledged', acknowledgedAt: isoAt(100), acknowledgedBy: 'ann', nextStepAt: null });
    expect(states(runtime)).toEqual([`${target} raised waiting`, '1 raised dropped']);
    expect(get(runtime, 1).history.at(-1)).toEqual({ at: isoAt(100), by: 'ann', text: 'Acknowledged. on it' });
    expect(list(runtime)).toMatchObject({ open: 1, acknowledged: 1 });
    // Nothing changed, nothing is said of it.
    expect(say(runtime, 'acknowledge', [1])).toEqual({ changed: 0 });
    expect(audits(runtime)).toEqual(['alerts.acknowledge']);
    expect(say(runtime, 'resolve', [1, 2], 200)).toEqual({ changed: 2 });
    expect([states(runtime)[0], list(runtime).rows, list(runtime, { state: 'all' }).rows.map((row) => row.id)]).toEqual([`${target} raised dropped`, [], ['alt-2', 'alt-1']]);
    expect(say(runtime, 'reopen', [1], 210)).toEqual({ changed: 1 });
    expect(one(runtime, 1)).toMatchObject({ state: 'open', acknowledgedBy: null, resolvedBy: null, resolvedAt: null });
    expect(audits(runtime)).toEqual(['alerts.acknowledge', 'alerts.resolve', 'alerts.reopen']);
  });

  it('does not open again what was over by itself', () => {
    const runtime = freshRuntime();
    runtime.command('alerts.raise', newAlert());
    runtime.command('alerts.over', { id: 1, atUs: at(9), text: 'over', deliveries: [] });
    expect([say(runtime, 'reopen', [1]), say(runtime, 'resolve', [1]), one(runtime, 1).resolvedBy]).toEqual([{ changed: 0 }, { changed: 0 }, null]);
  });
});

describe('escalation', () => {
  it('goes step by step while nobody has acknowledged, each once, and goes on when that is taken back', () => {
    const runtime = freshRuntime();
    const target = addTarget(runtime, 'hook');
    const rule = addRule(runtime, {}, [], [{ afterMin: 5, targets: [target] }, { afterMin: 10, targets: [target, 1] }, { afterMin: 20, targets: [1] }]);
    const { id } = runtime.command('alerts.raise', newAlert({ rule, nextStepUs: at(300) }));
    const escalate = (step: number, nextStepUs: number | null, ...targets: number[]): unknown => runtime.command('alerts.escalate', { id, step, nextStepUs, text: `Step ${step + 1}.`, deliveries: targets.map((one) => newDelivery(one, 'escalated')) }, at(301));
    escalate(1, null, 1);
    expect([one(runtime, id).steps, states(runtime)]).toEqual([0, []]);
    escalate(0, at(600), target);
    escalate(0, at(600), target);
    escalate(1, at(1_200), target, 1);
    expect([one(runtime, id).steps, one(runtime, id).nextStepAt, states(runtime)]).toEqual([2, isoAt(1_200), [`${target} escalated waiting`, `${target} escalated waiting`, '1 escalated waiting']]);
    say(runtime, 'acknowledge', [id], 700);
    escalate(2, null, 1);
    expect([one(runtime, id).steps, one(runtime, id).nextStepAt]).toEqual([2, null]);
    say(runtime, 'reopen', [id], 800);
    expect(one(runtime, id).nextStepAt).toBe(isoAt(1_200));
    escalate(2, null, 1);
    expect([one(runtime, id).steps, one(runtime, id).nextStepAt, states(runtime).length]).toEqual([3, null, 4]);
  });
});

describe('alerts in the history', () => {
  it('are found by state, agent, rule and text, page by page', () => {
    const runtime = freshRuntime();
    runtime.tell([logDraft('tool:a', 0)], runtime.history.connect('two'));
    for (let n = 1; n <= 5; n += 1) runtime.command('alerts.raise', newAlert({ key: `agent:${n}`, agent: n === 3 ? 1 : null, rule: n === 4 ? 6 : 5, title: n === 5 ? '100% of it_' : 'clerk' }));
    say(runtime, 'acknowledge', [2]);
    say(runtime, 'resolve', [1]);
    const ids = (params: Record<string, unknown>): string[] => list(runtime, params).rows.map((row) => row.id);
    expect([ids({}), ids({ state: 'open' }), ids({ state: 'all' })]).toEqual([['alt-5', 'alt-4', 'alt-3', 'alt-2'], ['alt-5', 'alt-4', 'alt-3'], ['alt-5', 'alt-4', 'alt-3', 'alt-2', 'alt-1']]);
    expect([ids({ agentId: 'agt-1' }), ids({ ruleId: 'alr-6' }), ids({ text: '0% OF' }), ids({ text: 'it_' }), ids({ text: '_' }), ids({ state: 'all', text: 'clerk', ruleId: 'alr-5' })]).toEqual([['alt-3'], ['alt-4'], ['alt-5'], ['alt-5'], ['alt-5'], ['alt-3', 'alt-2', 'alt-1']]);
    const first = list(runtime, { limit: 2 });
    expect([first.next === null, ids({ limit: 2, before: first.next ?? '' }), list(runtime, { limit: 2, before: first.next ?? '' }).next]).toEqual([false, ['alt-3', 'alt-2'], null]);
    expect(runtime.ask('counts', {})).toMatchObject({ alertsOpen: 3 });
  });

  it('keep the names that their agent and connection had, and say why nobody looks any more', () => {
    const runtime = freshRuntime();
    const connection = runtime.history.connect('two');
    runtime.tell([logDraft('tool:a', 0)], connection);
    const [agent] = runtime.history.all<{ id: number; name: string }>('SELECT id, name FROM agent WHERE connection = ?', connection);
    runtime.command('alerts.raise', newAlert({ agent: agent?.id ?? 0, connection, deliveries: [newDelivery(1)] }));
    expect(one(runtime, 1)).toMatchObject({ agentId: `agt-${agent?.id}`, agentName: agent?.name, connectionId: `con-${connection}`, connectionName: 'two' });
    runtime.retire(at(120), connection);
    runtime.remove(connection);
    expect(one(runtime, 1)).toMatchObject({ agentId: null, agentName: agent?.name, connectionId: null, connectionName: 'two', state: 'resolved', resolvedAt: isoAt(120) });
    expect(get(runtime, 1).history.at(-1)?.text).toBe('Its connection was removed with its history.');
    expect(states(runtime)).toEqual(['1 raised dropped']);
  });

  it('go with the retention once they are resolved, and count in their rule all the same', () => {
    const runtime = freshRuntime();
    for (const key of ['agent:1', 'agent:2', 'agent:3']) runtime.command('alerts.raise', newAlert({ key, deliveries: [newDelivery(1)] }));
    say(runtime, 'resolve', [1], 10);
    say(runtime, 'resolve', [2], 5_000);
    for (const gone of retain(runtime.writer, at(1_000))) expect(gone).toBe(0);
    expect(list(runtime, { state: 'all' }).rows.map((row) => row.id)).toEqual(['alt-3', 'alt-2']);
    expect(runtime.history.all('SELECT DISTINCT alert FROM alert_said UNION SELECT alert FROM delivery ORDER BY 1')).toEqual([{ alert: 2 }, { alert: 3 }]);
    const rules = contract['alerts.rules'].result.parse(runtime.ask('alerts.rules', {}));
    expect(rules.rows.find((rule) => rule.id === 'alr-5')).toMatchObject({ raised: 3, open: 1, lastAt: isoAt(0) });
  });

  it('say on the first screen what no other line says, the urgent first', () => {
    const runtime = freshRuntime();
    const raise = (more: Parameters<typeof newAlert>[0]): unknown => runtime.command('alerts.raise', newAlert(more));
    runtime.tell([logDraft('tool:a', 0)], runtime.history.connect('two'));
    raise({ key: 'a', kind: 'denials', title: 'denied', agent: 1 });
    raise({ key: 'b', kind: 'budget', severity: 'urgent', title: 'hard' });
    raise({ key: 'c', kind: 'stop', severity: 'urgent', title: 'stop' });
    raise({ key: 'd', kind: 'grant', title: 'widened' });
    raise({ key: 'e', kind: 'failure_rate', title: 'known' });
    say(runtime, 'acknowledge', [5]);
    const needs = (contract['overview.get'].result.parse(runtime.ask('overview.get', { period: { from: isoAt(-3_600), to: null }, since: isoAt(-10) }, at(60))).needsYou satisfies NeedsYou[]).filter((line) => line.kind === 'alert');
    expect(needs.map((line) => [line.text, line.target])).toEqual([['hard', { screen: 'alerts', id: 'alt-2' }], ['denied', { screen: 'alerts', id: 'alt-1' }]]);
  });
});
