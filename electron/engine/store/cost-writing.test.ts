/** What is written about money: what is shown and what the book says beside it, prices of persons, marks, stops, bills, and what people say of failures. */
import { describe, expect, it } from 'vitest';
import type { Draft } from '../ingest/draft.ts';
import { BASIS, OUTCOME, PROVENANCE, US_DAY } from './codes.ts';
import { runCommand, type CommandName, type Commands } from './commands.ts';
import { ownPrices } from './price-entries.ts';
import { repricingState } from './repricing.ts';
import { freshCost, price, type TestCost } from './test-cost.ts';
import { later, logDraft, refusal, second, t0 } from './test-history.ts';
import { words } from './test-runtime.ts';

const audit = words('ann');
const run = <N extends CommandName>(cost: TestCost, name: N, params: Commands[N]['params'], atUs = later): Commands[N]['result'] => cost.writer.inTransaction(() => runCommand(name, cost.history.db, params, cost.writer.tallies, atUs));
const audited = (cost: TestCost): unknown[] => cost.history.all("SELECT actor, subject FROM audit_entry WHERE action = 'test' ORDER BY id");

const call = (key: string, at: number, more: Partial<Draft> = {}): Draft => logDraft(`model:${key}`, at, {
  kind: 'model_call', model: 'model-a', name: 'call', agent: { name: 'agent' }, usage: { inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }, ...more,
});
const money = (cost: TestCost): unknown[] => cost.history.all('SELECT micros, provenance, computed FROM activity ORDER BY ts_us');

describe('the price book', () => {
  it('computes what nobody told, and stands beside what somebody did', () => {
    const cost = freshCost();
    cost.setPrice(price('model-a', { input: '3' }));
    cost.tell([call('1', 1), call('2', 2, { reportedCost: { micros: 5, currency: 'USD' } }), call('3', 3, { model: 'nobody-knows' })]);
    expect(money(cost)).toEqual([
      { micros: 3_000_000, provenance: PROVENANCE.computed, computed: 3_000_000 }, { micros: 5, provenance: PROVENANCE.reported, computed: 3_000_000 }, { micros: null, provenance: PROVENANCE.unpriced, computed: null },
    ]);
    cost.tell([call('1', 1, { source: 'other/log', reportedCost: { micros: 9, currency: 'USD' } })]);
    expect(money(cost)[0]).toEqual({ micros: 9, provenance: PROVENANCE.reported, computed: 3_000_000 });
  });

  it('knows provider, tier, cache kept for an hour and other units, whichever telling brings them', () => {
    const cost = freshCost();
    cost.setPrice(price('model-a', { input: '3', cache_write: '4', cache_write_1h: '8', web_search: '10000' }, { provider: 'here', tier: 'batch' }));
    const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 1_000_000, reasoningTokens: 0 };
    const tellings = [call('1', 1, { source: 'a/log', usage, billing: { provider: 'here', cacheWrite1h: 400_000 } }), call('1', 1, { source: 'b/log', usage: undefined, billing: { tier: 'batch', units: { web_search: 2 } } })];
    cost.tell(tellings.slice(0, 1));
    expect(money(cost)).toEqual([{ micros: null, provenance: PROVENANCE.unpriced, computed: null }]);
    cost.restart();
    cost.tell(tellings.slice(1));
    expect(money(cost)).toEqual([{ micros: 2_400_000 + 3_200_000 + 20_000, provenance: PROVENANCE.computed, computed: 5_620_000 }]);
    expect(cost.history.all('SELECT b.provider, b.region, b.tier, a.cache_write_1h AS kept, u.units FROM activity a JOIN billing b ON b.id = a.billing JOIN activity_units u ON u.activity = a.id')).toEqual([{ provider: 'here', region: '', tier: 'batch', kept: 400_000, units: '{"web_search":2}' }]);
  });

  it('changes what comes in at once and history after it, also over a restart', () => {
    const cost = freshCost();
    cost.tell(Array.from({ length: 1_200 }, (_, n) => call(`${n}`, n)));
    const first = cost.setPrice(price('model-a', { input: '3' }));
    cost.tell([call('new', 5_000)]);
    expect(cost.history.all('SELECT sum(priced) AS priced, sum(unpriced) AS unpriced FROM by_day')).toEqual([{ priced: 1, unpriced: 1_200 }]);
    while (repricingState(cost.history.db)?.done === 0) cost.writer.costTurn(0);
    expect(repricingState(cost.history.db)).toEqual({ before: 689, done: 512, of: 1_200 });
    cost.restart();
    cost.settle();
    expect(cost.history.all('SELECT sum(micros) AS micros, sum(priced) AS priced, sum(computed) AS computed, sum(unpriced) AS unpriced FROM by_day')).toEqual([{ micros: 1_201 * 3_000_000, priced: 1_201, computed: 1_201, unpriced: 0 }]);
    cost.setPrice(price('model-a', { input: '4' }), first);
    cost.settle();
    expect(cost.history.all('SELECT sum(micros) AS micros FROM task_day')).toEqual([{ micros: 1_201 * 4_000_000 }]);
    cost.tell([call('late', 6_000)]);
    for (const [name, [kept, counted]] of Object.entries(cost.history.sumsTwice())) expect([name, kept]).toEqual([name, counted]);
  });

  it('keeps versions, names who changed them, and lets no version be replaced twice', () => {
    const cost = freshCost();
    const { id } = run(cost, 'prices.save', { entry: price('model-a', { input: '3' }), replaces: null, overrides: 'bundled:x', audit });
    const next = run(cost, 'prices.save', { entry: price('model-a', { input: '4' }), replaces: id, overrides: null, audit }).id;
    expect(refusal(() => run(cost, 'prices.save', { entry: price('model-a', { input: '5' }), replaces: id, overrides: null, audit })).code).toBe('not_found');
    expect(ownPrices(cost.history.db)).toMatchObject([{ id: `prc-${next}`, origin: 'local', model: 'model-a', units: [{ unit: 'input', price: '4' }], changedBy: 'ann', changedAt: new Date(later / 1_000).toISOString() }]);
    const file = { entries: [price('model-b', { input: '1' }), price('model-c', { input: '1' })].map((entry) => ({ ...entry, replaces: null, overrides: null })), audit };
    expect(run(cost, 'prices.import', file)).toEqual({ entries: 2, replaced: 0 });
    expect(run(cost, 'prices.import', file)).toEqual({ entries: 2, replaced: 2 });
    run(cost, 'prices.remove', { id: next, audit: { ...audit, subject: `prc-${next}` } });
    expect(ownPrices(cost.history.db).map((one) => [one.origin, one.model])).toEqual([['import', 'model-b'], ['import', 'model-c']]);
    expect(cost.history.all('SELECT id, replaces, overrides, removed_by FROM price_entry WHERE model = ? ORDER BY id', 'model-a')).toEqual([{ id: 1, replaces: null, overrides: 'bundled:x', removed_by: 'ann' }, { id: 2, replaces: 1, overrides: null, removed_by: 'ann' }]);
    expect(audited(cost)).toEqual(['prc-1', 'prc-2', null, null, 'prc-2'].map((subject) => ({ actor: 'ann', subject })));
  });
});

describe('the cost of tasks', () => {
  it('counts a person\'s word everywhere, and takes it back', () => {
    const cost = freshCost();
    cost.setPrice(price('model-a', { input: '3' }));
    cost.tell([call('1', 1)]);
    cost.writer.sweep(later);
    const outcomes = (): unknown[] => {
      cost.settle();
      return cost.history.all('SELECT t.outcome, t.basis, d.outcome AS counted FROM task t, task_day d');
    };
    const before = outcomes();
    cost.mark(1, OUTCOME.failed);
    expect(outcomes()).toEqual([{ outcome: OUTCOME.failed, basis: BASIS.marked, counted: OUTCOME.failed }]);
    cost.restart();
    cost.tell([call('2', 2)]);
    expect(outcomes()).toEqual([{ outcome: OUTCOME.failed, basis: BASIS.marked, counted: OUTCOME.failed }]);
    cost.mark(1, null);
    expect(outcomes()).toEqual(before);
    expect(refusal(() => cost.mark(9, OUTCOME.failed)).code).toBe('not_found');
    expect(audited(cost)).toHaveLength(3);
  });

  it('tells apart what failed calls cost and what was spent after a stop', () => {
    const cost = freshCost();
    cost.setPrice(price('model-a', { input: '3' }));
    const failed: Partial<Draft> = { status: 'error', error: { message: 'no' } };
    cost.tell([call('1', 1), call('2', 2, failed), call('3', 30, failed), call('4', 31)]);
    cost.settle();
    const spent = (): unknown[] => cost.history.all('SELECT micros, retried, after_stop FROM task_day');
    expect(spent()).toEqual([{ micros: 12_000_000, retried: 6_000_000, after_stop: 0 }]);
    cost.history.db.prepare(`INSERT INTO stop_order (scope_key, scope, scope_name, level, origin, state, headline, ordered_by, reason_kind, reason, silence_s, watch_s, intent_us, commanded_us, agents, sources, plan)
      VALUES ('x', '{}', 'x', 'pause', 'person', 'verified', '', 'ann', 'other', '', 1, 1, 0, ?, '[]', '[]', '{}')`).run(t0 + 20 * second);
    cost.history.db.exec('INSERT INTO stop_agent (agent, stop) SELECT id, 1 FROM agent');
    cost.writer.stopsMoved(1);
    cost.settle();
    expect(spent()).toEqual([{ micros: 12_000_000, retried: 3_000_000, after_stop: 6_000_000 }]);
    cost.history.db.prepare('UPDATE stop_order SET released_us = ?').run(t0 + 31 * second);
    cost.writer.stopsMoved(1);
    cost.settle();
    expect(spent()).toEqual([{ micros: 12_000_000, retried: 3_000_000, after_stop: 3_000_000 }]);
    expect(cost.history.all('SELECT times, micros, is_last FROM failure_task')).toEqual([{ times: 2, micros: 6_000_000, is_last: 1 }]);
  });

  it('goes by the version that the agent had then, also when that becomes known late', () => {
    const cost = freshCost();
    const versions = (): unknown[] => {
      cost.settle();
      return cost.history.all('SELECT (SELECT key FROM task WHERE id = c.task) AS task, (SELECT text FROM string WHERE id = c.version) AS version FROM task_cost c ORDER BY 1');
    };
    cost.tell([call('1', 1, { run: { kind: 'session', id: 's1' } }), call('2', 100, { run: { kind: 'session', id: 's2' }, agent: { name: 'agent', version: '2.0' } })]);
    expect(versions()).toEqual([{ task: 's1', version: null }, { task: 's2', version: '2.0' }]);
    cost.tell([call('0', 0, { run: { kind: 'session', id: 's0' }, agent: { name: 'agent', version: '1.0' } })]);
    expect(versions()).toEqual([{ task: 's0', version: '1.0' }, { task: 's1', version: '1.0' }, { task: 's2', version: '2.0' }]);
  });
});

describe('bills', () => {
  it('take the place of the days that they cover, and give them free when they are removed', () => {
    const cost = freshCost();
    const day = Math.floor(t0 / US_DAY);
    const bill = (days: readonly { day: number; model: string; micros: number }[]): Commands['bills.import']['params'] => ({
      bill: { connection: 1, name: 'march.csv', format: 'csv', currency: 'USD', fromDay: day, toDay: day + 1, micros: 5, lines: 2, refused: [{ line: 3, reason: 'no day' }], days }, audit,
    });
    expect(run(cost, 'bills.import', bill([{ day, model: '', micros: 3 }, { day: day + 1, model: '', micros: 2 }]))).toEqual({ id: 1 });
    run(cost, 'bills.import', bill([{ day, model: 'model-a', micros: 7 }]));
    expect(cost.history.all('SELECT day, model, micros, bill FROM bill_day ORDER BY day')).toEqual([{ day, model: 'model-a', micros: 7, bill: 2 }, { day: day + 1, model: '', micros: 2, bill: 1 }]);
    run(cost, 'bills.remove', { id: 2, audit });
    expect(cost.history.all('SELECT day FROM bill_day')).toEqual([{ day: day + 1 }]);
    expect(refusal(() => run(cost, 'bills.remove', { id: 2, audit })).code).toBe('not_found');
    expect(refusal(() => run(cost, 'bills.import', { ...bill([]), bill: { ...bill([]).bill, connection: 9 } })).code).toBe('not_found');
    expect(audited(cost)).toHaveLength(3);
  });
});

describe('what people say of failures', () => {
  it('is a state that can be taken back, and notes that stay, each with its line in the audit log', () => {
    const cost = freshCost();
    cost.tell([call('1', 1, { status: 'error', error: { message: 'no' } })]);
    const say = (state: 'known' | 'snoozed' | 'open', untilUs: number | null = null): unknown => run(cost, 'failures.setState', { id: 1, state, untilUs, note: state === 'known' ? 'the proxy' : null, audit });
    say('known');
    expect(cost.history.all('SELECT state, actor, until_us, seen FROM failure_state')).toEqual([{ state: 'known', actor: 'ann', until_us: null, seen: 1 }]);
    say('snoozed', later + second);
    expect(cost.history.all('SELECT state, until_us FROM failure_state')).toEqual([{ state: 'snoozed', until_us: later + second }]);
    say('open');
    run(cost, 'failures.note', { id: 1, text: 'x'.repeat(5_000), audit });
    expect(cost.history.all('SELECT count(*) AS n FROM failure_state')).toEqual([{ n: 0 }]);
    expect(cost.history.all('SELECT state, length(note) AS note FROM failure_said ORDER BY id')).toEqual([{ state: 'known', note: 9 }, { state: 'snoozed', note: null }, { state: 'new', note: null }, { state: null, note: 4_000 }]);
    expect(refusal(() => run(cost, 'failures.note', { id: 7, text: 'x', audit })).code).toBe('not_found');
    expect(audited(cost)).toHaveLength(4);
  });
});
