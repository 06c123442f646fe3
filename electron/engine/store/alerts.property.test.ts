/** Whatever comes in whatever order: nobody is told the same twice, nothing that was sent is sent again, and what is counted is what is there. */
import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { DueDelivery } from './alert-commands.ts';
import { openReader } from './database.ts';
import { historyFile } from './open.ts';
import { dueDeliveries } from './queries/alert-targets.ts';
import { listAlerts } from './queries/alerts.ts';
import { Reading } from './queries/reading.ts';
import { contract } from '../../../shared/contract.ts';
import { publicId } from './ids.ts';
import { addRule, addTarget, at, newAlert, newDelivery } from './test-alerts.ts';
import { freshRuntime, words, type TestRuntime } from './test-runtime.ts';

vi.setConfig({ testTimeout: 60_000 });

type Deed =
  | { readonly t: 'raise'; readonly key: number; readonly targets: readonly number[]; readonly held: boolean; readonly once: boolean; readonly repeat: boolean }
  | { readonly t: 'over' | 'acknowledge' | 'resolve' | 'reopen'; readonly alert: number }
  | { readonly t: 'escalate'; readonly alert: number; readonly step: number; readonly targets: readonly number[] }
  | { readonly t: 'deliver'; readonly target: number; readonly result: 'sent' | 'again' | 'failed' | 'held' }
  /** an answer that came after its delivery was dropped, sent or given up. */
  | { readonly t: 'late'; readonly delivery: number; readonly result: 'sent' | 'again' | 'failed' | 'held' }
  | { readonly t: 'wake'; readonly target: number; readonly failedToo: boolean };

const some = fc.nat({ max: 30 });
const targetsOf = fc.array(fc.nat({ max: 2 }), { maxLength: 4 });
const result = fc.constantFrom('sent' as const, 'sent' as const, 'again' as const, 'failed' as const, 'held' as const);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ t: fc.constant('raise' as const), key: fc.nat({ max: 2 }), targets: targetsOf, held: fc.boolean(), once: fc.boolean(), repeat: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ t: fc.constantFrom('over' as const, 'acknowledge' as const, 'resolve' as const, 'reopen' as const), alert: some }) },
  { weight: 2, arbitrary: fc.record({ t: fc.constant('escalate' as const), alert: some, step: fc.nat({ max: 2 }), targets: targetsOf }) },
  { weight: 4, arbitrary: fc.record({ t: fc.constant('deliver' as const), target: fc.nat({ max: 2 }), result }) },
  { weight: 4, arbitrary: fc.record({ t: fc.constant('late' as const), delivery: some, result }) },
  { weight: 1, arbitrary: fc.record({ t: fc.constant('wake' as const), target: fc.nat({ max: 2 }), failedToo: fc.boolean() }) },
);

interface AlertRow { readonly id: number; readonly key: string; readonly state: string; readonly times: number; readonly steps: number; readonly due: number | null }
interface DeliveryRow { readonly id: number; readonly alert: number; readonly target: number; readonly what: string; readonly step: number; readonly state: string; readonly attempts: number }

/** One rule with its own targets in a history that others share. */
class World {
  readonly runtime: TestRuntime;
  readonly reading: Reading;
  readonly rule: number;
  readonly targets: readonly number[];
  readonly sent = new Map<number, number>();
  readonly raised = new Map<number, number>();
  seconds = 0;
  /** what is not as it must be. */
  readonly wrong: string[] = [];

  constructor(runtime: TestRuntime, reading: Reading) {
    this.runtime = runtime;
    this.reading = reading;
    this.targets = [0, 1, 2].map((n) => addTarget(runtime, `t${n}`));
    this.rule = addRule(runtime, {}, [], [1, 2, 3].map((afterMin) => ({ afterMin, targets: [...this.targets] })));
  }

  #same(found: unknown, must: unknown): void {
    const [one, other] = [JSON.stringify(found), JSON.stringify(must)];
    if (one !== other) this.wrong.push(`${one} instead of ${other}`);
  }

  alerts(): AlertRow[] { return this.runtime.history.all<AlertRow>('SELECT id, key, state, times, steps, next_step_us AS due FROM alert WHERE rule = ? ORDER BY id', this.rule); }
  deliveries(): DeliveryRow[] { return this.runtime.history.all<DeliveryRow>('SELECT d.id, d.alert, d.target, d.what, d.step, d.state, d.attempts FROM delivery d JOIN alert a ON a.id = d.alert WHERE a.rule = ? ORDER BY d.id', this.rule); }
  due(): DueDelivery[] {
    this.reading.begin();
    return dueDeliveries(this.reading).filter((one) => this.targets.includes(one.target));
  }

  run(one: Deed): void {
    this.seconds += 20;
    const alerts = this.alerts();
    const alert = 'alert' in one ? alerts[one.alert % Math.max(1, alerts.length)] : undefined;
    switch (one.t) {
      case 'raise': return this.#raise(one);
      case 'deliver': {
        const due = this.due().find((row) => row.target === this.targets[one.target]);
        return due === undefined ? undefined : this.#tried(due.id, one.result);
      }
      case 'late': {
        const rows = this.deliveries();
        const row = rows[one.delivery % Math.max(1, rows.length)];
        return row === undefined ? undefined : this.#tried(row.id, one.result);
      }
      case 'wake':
        this.runtime.command('deliveries.wake', { target: this.targets[one.target] ?? 0, failedToo: one.failedToo, atUs: at(this.seconds) });
        return undefined;
      default:
        if (alert !== undefined) this.#about(one, alert);
        return undefined;
    }
  }

  #raise({ key, targets, held, once, repeat }: Extract<Deed, { t: 'raise' }>): void {
    const atUs = at(repeat ? this.seconds - 20 : this.seconds);
    const to = targets.map((n) => newDelivery(this.targets[n] ?? 0, 'raised', held ? at(this.seconds + 900) : null));
    const before = new Map(this.alerts().map((row) => [row.id, row]));
    const { id, fresh } = this.runtime.command('alerts.raise', newAlert({ rule: this.rule, key: `${once ? 'event' : 'agent'}:${key}`, kind: once ? 'new_failure' : 'failure_rate', atUs, nextStepUs: atUs + 60_000_000, deliveries: to }));
    const now = this.alerts().find((row) => row.id === id);
    this.#same(fresh, !before.has(id));
    this.raised.set(id, fresh ? 1 : (this.raised.get(id) ?? 0) + ((now?.times ?? 0) > (before.get(id)?.times ?? 0) ? 1 : 0));
    // What is no new alert tells nobody.
    if (!fresh) this.#same(this.deliveries().filter((row) => row.alert === id && row.what === 'raised' && row.step === 0).length, this.#told.get(id));
    else this.#told.set(id, new Set(targets).size);
  }
  readonly #told = new Map<number, number>();

  #tried(id: number, outcome: 'sent' | 'again' | 'failed' | 'held'): void {
    const before = this.deliveries().find((row) => row.id === id);
    this.runtime.command('deliveries.tried', { id, result: outcome, atUs: at(this.seconds), dueUs: at(this.seconds + 30), error: outcome === 'sent' ? null : 'no' });
    if (outcome === 'sent' && before?.state !== 'sent') this.sent.set(id, (before?.attempts ?? 0) + 1);
  }

  #about(one: Exclude<Deed, { t: 'raise' | 'deliver' | 'late' | 'wake' }>, alert: AlertRow): void {
    const count = (): number => this.deliveries().filter((row) => row.what === 'escalated').length;
    if (one.t === 'over') this.runtime.command('alerts.over', { id: alert.id, atUs: at(this.seconds), text: 'over', deliveries: this.targets.map((target) => newDelivery(target, 'over')) });
    else if (one.t === 'escalate') {
      const before = count();
      this.runtime.command('alerts.escalate', { id: alert.id, step: one.step, nextStepUs: null, text: 'step', deliveries: one.targets.map((n) => newDelivery(this.targets[n] ?? 0, 'escalated')) }, at(this.seconds));
      this.#same(count() - before, alert.state === 'open' && alert.steps === one.step ? new Set(one.targets).size : 0);
    } else this.runtime.command('alerts.say', { ids: [alert.id], what: one.t, by: 'ann', note: '', audit: words('ann') }, at(this.seconds));
  }

  check(): void {
    const [alerts, rows] = [this.alerts(), this.deliveries()];
    this.#same(new Set(rows.map((row) => `${row.alert} ${row.target} ${row.what} ${row.step}`)).size, rows.length);
    const live = alerts.filter((row) => row.state !== 'resolved');
    this.#same(new Set(live.map((row) => row.key)).size, live.length);
    for (const row of alerts) {
      this.#same(row.times, this.raised.get(row.id));
      if (row.state !== 'open') this.#same(row.due, null);
    }
    for (const row of rows) this.#same([row.id, row.state === 'sent', row.state === 'sent' ? row.attempts : null], [row.id, this.sent.has(row.id), this.sent.get(row.id) ?? null]);
    for (const target of this.targets) this.#same(this.due().find((one) => one.target === target)?.id, rows.find((row) => row.target === target && row.state === 'waiting')?.id);
    this.#counted(alerts, rows);
  }

  #counted(alerts: readonly AlertRow[], rows: readonly DeliveryRow[]): void {
    const listed = listAlerts(this.reading, contract['alerts.list'].params.parse({ state: 'all', ruleId: publicId('alertRule', this.rule), limit: 1_000 }));
    this.#same(listed.rows.map((row) => row.id), alerts.map((row) => publicId('alert', row.id)).toReversed());
    for (const [at_, row] of listed.rows.toReversed().entries()) {
      const mine = rows.filter((one) => one.alert === alerts[at_]?.id);
      const of = (...states: string[]): number => mine.filter((one) => states.includes(one.state)).length;
      this.#same(row.deliveries, { sent: of('sent'), waiting: of('waiting', 'held'), failed: of('failed') });
    }
    const all = this.runtime.history.all<{ state: string; n: number }>('SELECT state, count(*) AS n FROM alert GROUP BY state');
    this.#same([listed.open, listed.acknowledged], [all.find((one) => one.state === 'open')?.n ?? 0, all.find((one) => one.state === 'acknowledged')?.n ?? 0]);
  }
}

it('nobody is told the same twice, nothing that was sent is sent again, and counts are what is there', () => {
  const runtime = freshRuntime();
  // Not about what a disk keeps.
  runtime.history.db.pragma('synchronous = OFF');
  const db = openReader(historyFile(runtime.history.dir));
  onTestFinished(() => { db.close(); });
  fc.assert(fc.property(fc.array(deed, { minLength: 15, maxLength: 40 }), (deeds) => {
    const world = new World(runtime, new Reading(db));
    for (const one of deeds) world.run(one);
    world.check();
    expect(world.wrong).toEqual([]);
  }), { numRuns: 40 });
});
