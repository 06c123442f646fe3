import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHistory } from '../test-history.ts';
import { words } from '../test-runtime.ts';
import { asker, command, day, nowUs, period, spendInTier, spendSome, spendUnpriced } from './test-cost.ts';

let history: TestHistory;
let reader: ReturnType<typeof asker>;
beforeEach(() => {
  history = new TestHistory();
  spendSome(history);
});
afterEach(() => {
  reader.close();
  history.close();
});

function ready(): ReturnType<typeof asker>['ask'] {
  history.fold();
  reader = asker(history);
  return reader.ask;
}

const rows = { period, by: 'agent', sort: 'spend', descending: true, after: 0, limit: 100 } as const;
const spent = { finishedMicros: 3_900, retriedMicros: 1_000, failedMicros: 200, afterStopMicros: 0, openMicros: 0, unknownMicros: 0 };
/** 200 of 900 reported is how far the book is off; 4200 rest on it: 933. */
const perTask = { perTaskMicros: 2_550, lowMicros: 2_084, highMicros: 3_017 };
const march = (micros: number, model = 'test-m') => ({ bill: { connection: 1, name: 'March', format: 'csv' as const, currency: 'USD', fromDay: day, toDay: day, micros, lines: 1, refused: [], days: [{ day, model, micros }] }, audit: words('ann') });

describe('what a finished task costs', () => {
  it('is all money of tasks that ended by the number that finished, with what was lost and how sure it is', () => {
    const { rows: [row], all, total } = ready()('cost.rows', rows);
    expect(total).toBe(1);
    expect(row).toMatchObject({ name: 'planner', agentId: 'agt-1', finished: 2, failed: 1, open: 0, unknown: 0, spent, ...perTask, change: null, againstBill: null });
    expect(row?.wasted).toBeCloseTo(1_200 / 5_100, 12);
    expect(row?.money).toMatchObject({ shown: { amountMicros: 5_100, currency: 'USD', provenance: 'computed', unpriced: 0 }, shownReportedMicros: 900, shownComputedMicros: 4_200, billedMicros: null });
    expect(all).toEqual({ ...row, id: 'all', name: 'All', agentId: null });
  });

  it('has no upper end where some of the work has no price, and no figure where none is known', () => {
    spendUnpriced(history);
    const { rows: found, all } = ready()('cost.rows', rows);
    const stranger = found.find((row) => row.name === 'stranger');
    expect(stranger).toMatchObject({ finished: 1, perTaskMicros: null, lowMicros: null, highMicros: null, wasted: null, money: { shown: { amountMicros: null, provenance: 'unpriced', unpriced: 1 } } });
    // Three finished now: 5100 / 3, and what the stranger cost nobody knows.
    expect(all).toMatchObject({ finished: 3, perTaskMicros: 1_700, highMicros: null, money: { shown: { amountMicros: 5_100, provenance: 'unpriced', unpriced: 1 } } });
    expect(found.map((row) => row.name)).toEqual(['planner', 'stranger']);
  });

  it.each([['owner', 'nobody is named', /^-$/], ['model', 'test-m', /^\d+$/], ['kind', expect.any(String), /^\d+$/], ['version', 'planner (no version named)', /^agt-1 0$/], ['connection', 'one', /^con-1$/]] as const)('is told by %s too', (by, name, id) => {
    const ask = ready();
    const { rows: found } = ask('cost.rows', { ...rows, by });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ id: expect.stringMatching(id), name, finished: 2, failed: 1, spent, ...perTask });
    const { days } = ask('cost.trend', { period, by, id: found[0]?.id ?? '' });
    expect(days).toEqual([{ day: '2026-03-01', micros: 5_100, finished: 2, perTaskMicros: 2_550 }]);
  });

  it('counts what a person said', () => {
    history.db.prepare('INSERT INTO task_mark (task, outcome, actor, at_us, note) VALUES (1, 2, ?, ?, ?)').run('ann', nowUs, '');
    history.restart();
    history.db.prepare('UPDATE task SET outcome = 2, basis = 9 WHERE id = 1').run();
    const { rows: [row] } = ready()('cost.rows', rows);
    // Task 1 failed: 900 more lost, and one less finished.
    expect(row).toMatchObject({ finished: 1, failed: 2, perTaskMicros: 5_100, spent: { ...spent, finishedMicros: 3_000, failedMicros: 1_100 } });
  });

  it('counts once what both sides of an agent tell', () => {
    const second = history.connect('two');
    history.db.prepare("UPDATE connection SET kind = 'langgraph' WHERE id = ?").run(second);
    spendSome(history, second);
    history.db.prepare("INSERT INTO agent_stitch (agent, head, by, why) VALUES (2, 1, 'person', 'said so')").run();
    const ask = ready();
    const { rows: found, all } = ask('cost.rows', rows);
    expect(found.map((row) => row.id)).toEqual(['agt-1']);
    expect(all).toMatchObject({ finished: 2, failed: 1, spent, ...perTask });
    expect(ask('cost.summary', { period }).money).toMatchObject({ shown: { amountMicros: 5_100 }, reportedMicros: 900, computedMicros: 4_900 });
    // A call of task 2 failed and one of task 3: as often as one side tells.
    expect(ask('failures.groups', { period, limit: 100 }).rows.map((group) => group.count)).toEqual([2]);
  });

  it('is compared with the 14 days before', () => {
    history.fold();
    history.db.prepare('INSERT INTO task_day SELECT agent, day - 3, connection, kind, version, model, outcome, currency, tasks, micros / 2, retried, after_stop, only_computed, unpriced_tasks FROM task_day').run();
    reader = asker(history);
    expect(reader.ask('cost.rows', rows).rows[0]?.change).toBeCloseTo(1, 12);
  });
});

describe('days and months of money', () => {
  it('tell each side, and show the best', () => {
    const found = ready()('cost.summary', { period });
    expect(found).toMatchObject({ currency: 'USD', others: [], finished: 2, ...perTask, spent, medianPerTaskMicros: null, newestBill: null, agreement: null });
    expect(found.money).toEqual({ billedMicros: null, reportedMicros: 900, computedMicros: 4_900, shown: { amountMicros: 5_100, currency: 'USD', provenance: 'computed', unpriced: 0 }, shownReportedMicros: 900, shownComputedMicros: 4_200, shownBilledMicros: 0, unpriced: 0 });
    expect(found.days).toHaveLength(1);
    expect(found.days[0]).toMatchObject({ day: '2026-03-01', shownReportedMicros: 900, shownComputedMicros: 4_200, seen: 1 });
    expect(found.month).toMatchObject({ cost: { amountMicros: 5_100 }, forecastMicros: null });
  });

  it('show the bill of a day that has one, whatever was known of it', () => {
    spendUnpriced(history);
    command(history, 'bills.import', march(6_000));
    const ask = ready();
    const found = ask('cost.summary', { period });
    expect(found.money).toMatchObject({ billedMicros: 6_000, reportedMicros: 900, shown: { amountMicros: 6_000, provenance: 'billed', unpriced: 0 }, shownBilledMicros: 6_000, shownReportedMicros: 0, shownComputedMicros: 0 });
    expect(found.newestBill).toEqual({ day: '2026-03-01', connection: 'one' });
    expect(found.agreement?.days).toBe(1);
    expect(found.agreement?.within).toBeCloseTo(0.15, 12);
    expect(ask('cost.rows', { ...rows, by: 'connection' }).rows[0]?.againstBill).toBeCloseTo(-0.15, 12);
    expect(ask('cost.rows', rows).rows.map((row) => row.againstBill)).toEqual([null, null]);
    expect(ask('cost.bills', {}).rows).toMatchObject([{ id: 'bil-1', connectionId: 'con-1', from: '2026-03-01', to: '2026-03-01', micros: 6_000, importedBy: 'ann' }]);
  });

  it('lay each day beside its bill, and say why they differ', () => {
    command(history, 'bills.import', march(6_000));
    const { rows: [row], more } = ready()('cost.reconciliation', { period, limit: 10 });
    expect(more).toBe(0);
    expect(row).toMatchObject({ day: '2026-03-01', connectionName: 'one', billedMicros: 6_000, reportedMicros: 900, computedMicros: 4_900, differenceMicros: -900 });
    expect(row?.reasons.reduce((sum, reason) => sum + (reason.micros ?? 0), 0)).toBe(-900);
  });

  it('know nothing of a day after its bill was removed', () => {
    command(history, 'bills.import', march(6_000));
    command(history, 'bills.remove', { id: 1, audit: words('ann') });
    const ask = ready();
    expect(ask('cost.summary', { period }).money.billedMicros).toBeNull();
    expect(ask('cost.bills', {}).rows).toEqual([]);
  });

  it('never add what is in another currency', () => {
    history.fold();
    const euro = Number(history.db.prepare("INSERT INTO string (hash, text) VALUES (1, 'EUR')").run().lastInsertRowid);
    history.db.prepare('INSERT INTO by_day (agent, day, model, currency, tasks, activities, failures, denials, input, output, cache_read, cache_write, reasoning, micros, priced, unpriced) VALUES (1, ?, 0, ?, 0, 1, 0, 0, 0, 0, 0, 0, 0, 70, 1, 0)').run(day, euro);
    reader = asker(history);
    const found = reader.ask('cost.summary', { period });
    expect(found.money.shown.amountMicros).toBe(5_100);
    expect(found.others).toEqual([{ amountMicros: 70, currency: 'EUR', provenance: 'reported', unpriced: 0 }]);
  });
});

describe('the price book', () => {
  const save = { entry: { provider: null, model: 'test-m', match: [{ equals: 'test-m' }], region: null, tier: null, currency: 'USD', units: [{ unit: 'input' as const, per: 1_000_000, price: '3' }, { unit: 'output' as const, per: 1_000_000, price: '10' }], from: null, to: null, source: 'a letter', sourceDate: '2026-03-01', note: null }, audit: words('ann') };
  const activity = (task: number): string => `act-${history.all<{ id: number }>('SELECT id FROM activity WHERE task = ? AND kind = 1 ORDER BY ts_us DESC', task)[0]?.id.toString(36) ?? ''}`;

  it('explains a figure by its parts, beside what was reported', () => {
    command(history, 'prices.save', { ...save, replaces: null, overrides: null });
    const found = ready()('cost.explain', { activityId: activity(1) });
    expect(found).toMatchObject({ shown: { amountMicros: 900, provenance: 'reported' }, reported: { amountMicros: 900, currency: 'USD' }, whyNot: null, billing: { provider: null, region: null, tier: null } });
    // 100 x 3 + 50 x 10, by the book as it is now.
    expect(found.computed).toMatchObject({ amountMicros: 800, entry: { id: 'prc-1', source: 'a letter' }, parts: [{ unit: 'input', units: 100, price: '3', amount: '0.0003' }, { unit: 'output', units: 50, price: '10', amount: '0.0005' }] });
  });

  it('says why there is no figure, and lists the model until it has a price', () => {
    spendUnpriced(history);
    const ask = ready();
    expect(ask('cost.explain', { activityId: activity(4) })).toMatchObject({ shown: { amountMicros: null, provenance: 'unpriced', unpriced: 1 }, reported: null, computed: null, whyNot: 'The price book has no entry for never-heard-of.' });
    expect(ask('prices.unpriced', {}).rows).toMatchObject([{ model: 'never-heard-of', provider: null, activities: 1, inputTokens: 10, outputTokens: 10 }]);
    expect(ask('prices.book', {})).toMatchObject({ own: 0, repricing: null, unpricedModels: 1 });
  });

  it('says in which tier a call has no price, and offers no price of the usual one for it', () => {
    spendInTier(history);
    spendUnpriced(history);
    const { rows: found } = ready()('prices.unpriced', {});
    expect(found.find((row) => row.model === 'test-m')).toMatchObject({ provider: 'openai', tier: 'priority', like: null });
    expect(found.find((row) => row.model === 'never-heard-of')).toMatchObject({ provider: null, tier: null });
  });

  it('keeps versions of a price, and tells own ones from those that came with the program', () => {
    const { id } = command(history, 'prices.save', { ...save, replaces: null, overrides: null });
    command(history, 'prices.save', { ...save, entry: { ...save.entry, source: 'a newer letter' }, replaces: id, overrides: null });
    const ask = ready();
    expect(ask('prices.history', { id: 'prc-1' }).rows).toMatchObject([{ id: 'prc-2', source: 'a newer letter', removed: false, changedBy: 'ann' }, { id: 'prc-1', source: 'a letter', removed: true }]);
    expect(ask('prices.list', { origin: 'own', usedOnly: false, after: 0, limit: 10 })).toMatchObject({ rows: [{ id: 'prc-2', used: true }], total: 1 });
    const bundled = ask('prices.list', { origin: 'bundled', usedOnly: false, after: 0, limit: 10 });
    expect(bundled.total).toBe(ask('prices.book', {}).bundled.entries);
    expect(bundled.total).toBeGreaterThan(100);
    expect(() => ask('prices.history', { id: 'prc-9' })).toThrow('There is no price with the identifier prc-9.');
  });
});
