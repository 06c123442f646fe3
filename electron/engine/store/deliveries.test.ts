import { describe, expect, it } from 'vitest';
import type { AlertTarget, Delivery } from '../../../shared/alerts.ts';
import { contract } from '../../../shared/contract.ts';
import type { DueDelivery, TargetFact } from './alert-commands.ts';
import { publicId } from './ids.ts';
import type { StoredTarget } from './queries/alert-targets.ts';
import { addRule, addTarget, at, isoAt, newAlert, newDelivery } from './test-alerts.ts';
import { freshRuntime, runDraft, words, type TestRuntime } from './test-runtime.ts';

const due = (runtime: TestRuntime): DueDelivery[] => runtime.ask('dueDeliveries', {}) as DueDelivery[];
const facts = (runtime: TestRuntime): TargetFact[] => runtime.ask('targetFacts', {}) as TargetFact[];
const targets = (runtime: TestRuntime): StoredTarget[] => (runtime.ask('targets.list', {}) as { rows: StoredTarget[] }).rows;
const deliveries = (runtime: TestRuntime, params: Record<string, unknown> = {}): readonly Delivery[] => contract['targets.deliveries'].result.parse(runtime.ask('targets.deliveries', contract['targets.deliveries'].params.parse(params))).rows;
const tried = (runtime: TestRuntime, id: number, result: 'sent' | 'again' | 'failed' | 'held', seconds: number, dueSeconds: number | null = null): unknown =>
  runtime.command('deliveries.tried', { id, result, atUs: at(seconds), dueUs: dueSeconds === null ? null : at(dueSeconds), error: result === 'sent' || result === 'held' ? null : 'refused the connection' });

/** So many alerts, each to the same targets. */
function raise(runtime: TestRuntime, count: number, ...to: number[]): void {
  for (let n = 0; n < count; n += 1) runtime.command('alerts.raise', newAlert({ key: `agent:${n}`, atUs: at(n), deliveries: to.map((target) => newDelivery(target)) }));
}

describe('deliveries', () => {
  it('of one target wait in order: nothing overtakes what is tried again, held ones stand aside', () => {
    const runtime = freshRuntime();
    const [one, two] = [addTarget(runtime, 'one'), addTarget(runtime, 'two')];
    raise(runtime, 3, one, two);
    tried(runtime, 1, 'again', 10, 15);
    expect(due(runtime).map((row) => [row.target, row.id, row.dueUs, row.firstUs, row.attempts, row.severity, row.what])).toEqual([[one, 1, at(15), at(10), 1, 'attention', 'raised'], [two, 2, at(0), null, 0, 'attention', 'raised']]);
    tried(runtime, 1, 'held', 16, 900);
    expect([due(runtime)[0]?.id, facts(runtime).map((fact) => [fact.id, fact.held])]).toEqual([3, [[1, 0], [one, 1], [two, 0]]]);
    expect(runtime.command('deliveries.wake', { target: one, failedToo: false, atUs: at(900) })).toEqual({ deliveries: 1 });
    expect(due(runtime)[0]).toMatchObject({ id: 1, dueUs: at(900), firstUs: at(10), attempts: 1 });
    expect(deliveries(runtime, { targetId: `tgt-${one}` }).map((row) => row.id)).toEqual(['dlv-5', 'dlv-3', 'dlv-1']);
  });

  it('that were sent are never sent again, whatever is said of them later', () => {
    const runtime = freshRuntime();
    const target = addTarget(runtime, 'one');
    raise(runtime, 1, target);
    tried(runtime, 1, 'sent', 5);
    tried(runtime, 1, 'again', 6, 10);
    tried(runtime, 1, 'held', 6, 10);
    runtime.command('deliveries.wake', { target, failedToo: true, atUs: at(20) });
    expect([due(runtime), deliveries(runtime)[0]]).toEqual([[], expect.objectContaining({ state: 'sent', sentAt: isoAt(5), attempts: 1, dueAt: null })]);
    tried(runtime, 77, 'sent', 7);
  });

  it('say since when a target fails and why, until something arrives', () => {
    const runtime = freshRuntime();
    const target = addTarget(runtime, 'one');
    raise(runtime, 2, target);
    tried(runtime, 1, 'again', 10, 20);
    tried(runtime, 1, 'again', 20, 40);
    const shown = (): StoredTarget | undefined => targets(runtime).find((row) => row.id === `tgt-${target}`);
    expect(shown()).toMatchObject({ failing: { since: isoAt(10), text: 'refused the connection', nextAt: isoAt(40) }, waiting: 2, failed: 0, lastSentAt: null });
    tried(runtime, 1, 'failed', 40);
    expect(shown()).toMatchObject({ failing: { since: isoAt(10), nextAt: isoAt(1) }, waiting: 1, failed: 1 });
    tried(runtime, 2, 'sent', 50);
    expect(shown()).toMatchObject({ failing: null, waiting: 0, failed: 1, lastSentAt: isoAt(50) });
    expect(runtime.command('deliveries.wake', { target, failedToo: true, atUs: at(60), audit: words('ann', { action: 'targets.retry' }) })).toEqual({ deliveries: 1 });
    expect(due(runtime)).toMatchObject([{ id: 1, dueUs: at(60), firstUs: null, attempts: 3 }]);
    expect(runtime.history.all("SELECT 1 FROM audit_entry WHERE action = 'targets.retry'").length).toBe(1);
  });

  it('are kept for the newest, for what waits, and for alerts that are not over', () => {
    const runtime = freshRuntime();
    const target = addTarget(runtime, 'one');
    raise(runtime, 6, target);
    for (const id of [1, 2, 3, 4]) tried(runtime, id, 'sent', 20);
    for (const id of [1, 2, 4]) runtime.command('alerts.over', { id, atUs: at(30), text: 'over', deliveries: [] });
    expect(runtime.command('deliveries.prune', { keep: 2 })).toEqual({ deliveries: 3 });
    expect(deliveries(runtime).map((row) => [row.id, row.state])).toEqual([['dlv-6', 'waiting'], ['dlv-5', 'waiting'], ['dlv-3', 'sent']]);
  });

  it('of a test stand among them, and a failed test is not in the queue', () => {
    const runtime = freshRuntime();
    const target = addTarget(runtime, 'one');
    const { message } = newDelivery(target);
    const test = (uid: string, ok: boolean, seconds: number): unknown => runtime.command('deliveries.tested', { target, uid, message: { ...message, delivery: uid, event: 'test' }, ok, text: ok ? 'taken' : 'HTTP 500', atUs: at(seconds), audit: words('ann', { action: 'targets.test' }) });
    test('u1', false, 5);
    expect(targets(runtime)[0]?.name).toBe('one');
    expect(targets(runtime)[0]).toMatchObject({ failing: { text: 'HTTP 500' }, failed: 0 });
    expect(runtime.command('deliveries.wake', { target, failedToo: true, atUs: at(6) })).toEqual({ deliveries: 0 });
    test('u2', true, 8);
    expect(targets(runtime)[0]).toMatchObject({ failing: null, lastSentAt: isoAt(8) });
    expect(deliveries(runtime).map((row) => [row.what, row.state, row.alertId, row.title])).toEqual([['test', 'sent', null, 'Test'], ['test', 'failed', null, 'Test']]);
  });
});

describe('a target', () => {
  it('keeps its credential until it is said anew, and forgets it when it goes', () => {
    const runtime = freshRuntime();
    const save = (id: number | null, more: object): { id: number } => runtime.command('targets.save', { id, name: 'hook', config: { kind: 'webhook', url: 'https://example.com/x', scheme: 'plain', header: 'X-Key' }, quiet: null, enabled: true, changedBy: 'ann', audit: words('ann', { action: 'targets.save' }), ...more });
    const { id } = save(null, { credential: { reference: 'vault:c-1', hint: 'beef' } });
    save(id, { enabled: false, quiet: { from: '22:00', to: '06:00', days: [1, 2] } });
    expect(facts(runtime).find((fact) => fact.id === id)).toEqual({ id, name: 'hook', config: { kind: 'webhook', url: 'https://example.com/x', scheme: 'plain', header: 'X-Key' }, quiet: { from: '22:00', to: '06:00', days: [1, 2] }, enabled: false, credential: 'vault:c-1', held: 0 });
    expect(targets(runtime).find((row) => row.id === `tgt-${id}`)?.credential).toEqual({ from: 'vault', hint: 'beef', reference: 'vault:c-1' } satisfies Omit<NonNullable<AlertTarget['credential']>, 'lost'> & { reference: string });
    save(id, { credential: { reference: null, hint: null } });
    expect(facts(runtime).find((fact) => fact.id === id)?.credential).toBeNull();
    expect(() => save(99, {})).toThrow(/no such target/);
    expect(runtime.history.all("SELECT subject FROM audit_entry WHERE action = 'targets.save'")).toEqual([{ subject: 'tgt-2' }, { subject: 'tgt-2' }, { subject: 'tgt-2' }]);
  });

  it('that is removed is named by nobody, and what waited for it is dropped and said', () => {
    const runtime = freshRuntime();
    const target = addTarget(runtime, 'one');
    const rule = addRule(runtime, {}, [target, 1], [{ afterMin: 5, targets: [target] }, { afterMin: 9, targets: [1, target] }]);
    raise(runtime, 1, target);
    expect(targets(runtime).find((row) => row.id === `tgt-${target}`)?.usedBy).toBe(3);
    runtime.command('targets.remove', { id: target, audit: words('ann', { action: 'targets.remove' }) });
    expect(facts(runtime).map((fact) => fact.id)).toEqual([1]);
    expect(deliveries(runtime)[0]).toMatchObject({ targetName: 'one', state: 'dropped', lastError: 'The target was removed.' });
    const kept = contract['alerts.rules'].result.parse(runtime.ask('alerts.rules', {})).rows.find((row) => row.id === publicId('alertRule', rule));
    expect([kept?.targetIds, kept?.escalation]).toEqual([['tgt-1'], [{ afterMin: 9, targetIds: ['tgt-1'] }]]);
    // Whoever drafted it before is told nobody, and a rule cannot name it any more.
    runtime.command('alerts.raise', newAlert({ key: 'agent:9', deliveries: [newDelivery(target)] }));
    expect([due(runtime), runtime.history.all('SELECT id FROM delivery').length]).toEqual([[], 1]);
    expect(() => addRule(runtime, {}, [target])).toThrow(/no target with the identifier/);
  });
});

describe('rules for alerts', () => {
  it('come with Gatehouse, are changed and removed, and take their alerts along', () => {
    const runtime = freshRuntime();
    const rules = (): { id: string; name: string; builtIn: boolean; targetIds: readonly string[] }[] => [...contract['alerts.rules'].result.parse(runtime.ask('alerts.rules', {})).rows];
    expect(rules().map((rule) => [rule.name, rule.builtIn, rule.targetIds.length])).toEqual([
      ['A budget limit was reached', true, 1], ['A budget nears its limit', true, 0], ['A connection is not seen', true, 0], ['A stop is not verified', true, 1], ['Access widened', true, 0], ['An approval waits', true, 0], ['Denied in a burst', true, 0], ['Failures pile up', true, 0], ['New failure', true, 0],
    ]);
    expect(targets(runtime)).toMatchObject([{ name: 'This desktop', config: { kind: 'desktop' }, usedBy: 2 }]);
    runtime.command('alertRules.save', { id: 5, draft: { name: 'Mine', trigger: { kind: 'new_failure' }, watches: { kind: 'owner', name: 'Bo' }, severity: 'info', sustainedS: 0, targetIds: [], escalation: [], tellEnd: false, enabled: false }, targets: [], escalation: [], changedBy: 'ann', audit: words('ann') });
    expect(rules().find((rule) => rule.id === 'alr-5')).toMatchObject({ name: 'Mine', builtIn: false, watchesName: 'Agents of Bo', changedBy: 'ann', enabled: false });
    expect((runtime.ask('alertRuleFacts', {}) as { id: number }[]).map((fact) => fact.id)).not.toContain(5);
    runtime.command('alerts.raise', newAlert({ rule: 5, deliveries: [newDelivery(1)] }));
    runtime.command('alertRules.remove', { id: 5, audit: words('ann', { action: 'alertRules.remove' }) });
    expect(runtime.ask('alerts.get', { id: 'alt-1' })).toMatchObject({ alert: { state: 'resolved', resolvedBy: 'Gatehouse', ruleName: 'Mine' }, deliveries: [{ state: 'dropped' }] });
    expect(() => runtime.command('alertRules.remove', { id: 5, audit: words('ann') })).toThrow(/no such rule/);
    expect(rules().some((rule) => rule.id === 'alr-5')).toBe(false);
  });

  it('mean the agents and connections that are in their scope now', () => {
    const runtime = freshRuntime();
    runtime.collect({ records: [{ draft: runDraft('r1', 'running'), raw: '{}' }] });
    runtime.command('tags.set', { agent: 1, tags: ['prod'], audit: words('ann') });
    addRule(runtime, { watches: { kind: 'tag', tag: 'prod' } });
    addRule(runtime, { watches: { kind: 'connection', id: `con-${runtime.connection}` } });
    addRule(runtime, { watches: { kind: 'agent', id: 'agt-77' } });
    const found = (runtime.ask('alertRuleFacts', {}) as { id: number; agents: number[] | null; connections: number[] | null }[]).filter((fact) => fact.id > 9 || fact.id === 1);
    expect(found.map((fact) => [fact.agents, fact.connections])).toEqual([[null, null], [[1], [runtime.connection]], [[1], [runtime.connection]], [[], []]]);
  });
});
