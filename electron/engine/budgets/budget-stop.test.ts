import { afterEach, expect, it, vi } from 'vitest';
import type { HistoryPort } from '../history-port.ts';
import type { CommitNote } from '../ingest/writer-messages.ts';
import type { BudgetCommands, BudgetFact, PendingBudget } from '../store/budget-commands.ts';
import { toldKey } from '../store/budget-commands.ts';
import type { OrderByEngine } from '../stop/stop-desk.ts';
import { BudgetStop } from './budget-stop.ts';
import { draft, fact, hour, Ledger, noon, row, type LedgerRow } from './test-ledger.ts';

type Reached = BudgetCommands['budgets.reached']['params'];
type Outcome = BudgetCommands['budgets.outcome']['params'];

/** A history that holds what it is told as the real one does: a limit is claimed once. */
class House {
  readonly ledger = new Ledger();
  readonly orders: OrderByEngine[] = [];
  readonly claims: Reached[] = [];
  readonly outcomes: Outcome[] = [];
  readonly asked: string[] = [];
  facts: BudgetFact[];
  pending: PendingBudget[] = [];
  covering: { id: number; standing: boolean } | null = null;
  forecast: { micros: number; spent: number } | null = null;
  atMs = noon / 1_000;
  order: (order: OrderByEngine) => Promise<number> = () => Promise.resolve(77);
  claimFails = false;
  readonly #listeners = new Set<(note: CommitNote) => void>();
  readonly #told = new Set<string>();
  #stop: BudgetStop | null = null;

  constructor(facts: BudgetFact[]) { this.facts = facts; }

  async start(): Promise<void> {
    const stop = new BudgetStop({
      history: { onCommit: (listener: (note: CommitNote) => void) => { this.#listeners.add(listener); return () => this.#listeners.delete(listener); }, command: (name: string, params: unknown) => this.#command(name, params), query: (name: string, params: unknown) => this.#query(name, params) } as unknown as HistoryPort,
      order: (one) => { this.orders.push(one); return this.order(one); }, begun: () => Promise.resolve(), log: { info: () => undefined, warn: () => undefined, error: () => undefined }, clock: { now: () => this.atMs },
    });
    this.#stop = stop;
    open.push(this);
    await stop.start();
  }

  async close(): Promise<void> { await this.#stop?.close(); }

  commit(rows: readonly LedgerRow[], topics: CommitNote['topics'] = ['activity', 'agents', 'cost']): void {
    const fresh = rows.filter((one) => !this.ledger.rows.has(one.id)).map((one) => one.id);
    this.ledger.put(rows);
    this.note({ inserted: fresh.length, firstActivityId: Math.min(...fresh), lastActivityId: Math.max(...fresh), updatedIds: rows.map((one) => one.id).filter((id) => !fresh.includes(id)), topics });
  }

  note(note: Partial<CommitNote>): void { for (const listener of this.#listeners) listener({ t: 'commit', firstActivityId: 0, lastActivityId: 0, inserted: 0, updatedIds: [], topics: [], ...note }); }

  #command(name: string, params: unknown): Promise<unknown> {
    if (name === 'budgets.outcome') {
      this.outcomes.push(params as Outcome);
      return Promise.resolve({ id: 1 });
    }
    if (this.claimFails) return Promise.reject(new Error('The disk is full.'));
    const claim = params as Reached;
    const key = `${claim.budget} ${toldKey(claim.periodUs, claim.kind, claim.key)}`;
    if (this.#told.has(key)) return Promise.resolve({ id: 0, told: false });
    this.#told.add(key);
    this.claims.push(claim);
    return Promise.resolve({ id: this.claims.length, told: true });
  }

  #query(name: string, params: unknown): Promise<unknown> {
    this.asked.push(name);
    switch (name) {
      case 'budgetFacts': return Promise.resolve(this.facts.map((one) => ({ ...one, told: [...one.told, ...[...this.#told].filter((key) => key.startsWith(`${one.id} `)).map((key) => key.slice(String(one.id).length + 1))] })));
      case 'budgetPending': return Promise.resolve(this.pending);
      case 'budgetRows': {
        const { after, upTo, updated } = params as { after: number; upTo: number; updated: number[] };
        return Promise.resolve([...this.ledger.rows.values()].filter((one) => (one.id > after && one.id <= upTo) || updated.includes(one.id)));
      }
      case 'budgetSpent': {
        const question = params as { budget: number; periodUs: number; tasks: number[] | null };
        const found = this.facts.find((one) => one.id === question.budget);
        return Promise.resolve(found === undefined ? null : this.ledger.answer(found, question));
      }
      case 'coveringStop': return Promise.resolve(this.covering);
      case 'stopFacts': return Promise.resolve([{ commandedUs: this.atMs * 1_000 + 38_000 }]);
      default: return Promise.resolve(this.forecast);
    }
  }
}

const open: House[] = [];
afterEach(async () => { for (const one of open.splice(0)) await one.close(); });

async function house(facts: BudgetFact[], before: (made: House) => void = () => undefined): Promise<House> {
  const made = new House(facts);
  before(made);
  await made.start();
  return made;
}

/** All that was committed was looked at. */
const looked = (made: House, rows: number): Promise<void> => vi.waitFor(() => { expect(made.asked.filter((one) => one === 'budgetRows').length).toBeGreaterThanOrEqual(rows); });

it('stops the agent whose activity reached the hard limit: claimed first, then ordered, then written with the time it took', async () => {
  const made = await house([fact(draft({ softMicros: 50, level: 'suspend' }))]);
  made.commit([row(1, 60)]);
  await vi.waitFor(() => { expect(made.claims).toMatchObject([{ kind: 'soft', spent: 60, limit: 50, stop: false, agent: 1, activity: 1 }]); });
  made.commit([row(2, 50, { head: 2 })]);
  await vi.waitFor(() => { expect(made.outcomes).toHaveLength(1); });
  expect(made.claims[1]).toMatchObject({ kind: 'hard', key: 'a2', spent: 110, limit: 100, stop: true, agent: 2, activity: 2, periodUs: noon - 12 * hour });
  expect(made.orders).toEqual([{ scope: { kind: 'agent', id: 'agt-2' }, level: 'suspend', origin: 'rule', reason: 'Budget "b": 0.00011 of 0.0001 USD known spend this day: the hard limit is reached. (bev-2)', rule: null, actor: null }]);
  expect(made.outcomes[0]).toMatchObject({ event: 2, order: 77, fired: true, tookUs: 38_000, audit: { outcome: 'done', subject: 'agt-2' } });
  // Who spends on is stopped too; nobody twice.
  made.commit([row(3, 1), row(4, 1, { head: 2 })]);
  await vi.waitFor(() => { expect(made.orders).toHaveLength(2); });
  made.commit([row(5, 1), row(6, 1, { head: 2 })]);
  await looked(made, 4);
  expect(made.orders.map((one) => one.scope)).toEqual([{ kind: 'agent', id: 'agt-2' }, { kind: 'agent', id: 'agt-1' }]);
});

it('only tells where it is to tell', async () => {
  const made = await house([fact(draft({ onHard: 'tell' }))]);
  made.commit([row(1, 100)]);
  await vi.waitFor(() => { expect(made.claims).toMatchObject([{ kind: 'hard', key: '', stop: false, agent: 1 }]); });
  expect(made.orders).toEqual([]);
});

it('says it when it cannot stop, and tries again while the agent spends on', async () => {
  const made = await house([fact(draft())], (one) => { one.order = () => Promise.reject(new Error('No lever of it can be pulled.')); });
  made.commit([row(1, 100)]);
  await vi.waitFor(() => { expect(made.outcomes).toMatchObject([{ event: 1, order: null, fired: false, text: expect.stringContaining('It could not be stopped: No lever of it can be pulled.') as string, audit: { outcome: 'failed' } }]); });
  made.facts = [fact(draft(), { failed: [{ key: 'a1', event: 1 }] })];
  made.atMs += 2_000;
  made.note({ topics: ['budgets'] });
  await vi.waitFor(() => { expect(made.asked.filter((one) => one === 'budgetFacts').length).toBeGreaterThanOrEqual(2); });
  made.commit([row(2, 1)]);
  await looked(made, 2);
  expect(made.orders).toHaveLength(1);
  made.atMs += 61_000;
  made.order = () => Promise.resolve(78);
  made.commit([row(3, 1)]);
  await vi.waitFor(() => { expect(made.outcomes[1]).toMatchObject({ event: 1, order: 78, fired: true, text: expect.stringContaining('It could not be stopped at first.') as string }); });
  expect(made.claims).toHaveLength(1);
});

it('orders no second stop of an agent that is being stopped: it says so', async () => {
  const made = await house([fact(draft())], (one) => { one.covering = { id: 12, standing: false }; });
  made.commit([row(1, 100)]);
  await vi.waitFor(() => { expect(made.outcomes).toMatchObject([{ order: 12, fired: false, text: expect.stringContaining('Stop order 12 is stopping it already') as string, audit: { outcome: 'done' } }]); });
  expect(made.orders).toEqual([]);
});

it('stops an agent of several budgets once: the second waits for the order of the first', async () => {
  const made = await house([fact(draft()), fact(draft({ name: 'c', hardMicros: 90 }), { id: 2 })]);
  made.order = async () => {
    await new Promise((done) => { setTimeout(done, 30); });
    made.covering = { id: 77, standing: false };
    return 77;
  };
  made.commit([row(1, 100)]);
  await vi.waitFor(() => { expect(made.outcomes).toHaveLength(2); });
  expect(made.orders).toHaveLength(1);
  expect(made.outcomes.map((one) => one.fired)).toEqual([true, false]);
});

it('is told of a sum that new prices lifted over the limit, and stops whoever spends next', async () => {
  const made = await house([fact(draft())]);
  made.commit([row(1, 10)]);
  await looked(made, 1);
  made.ledger.put([row(1, 150)]);
  made.note({ topics: ['activity', 'agents', 'tasks', 'cost'] });
  await vi.waitFor(() => { expect(made.claims).toMatchObject([{ kind: 'hard', key: '', stop: false, agent: null, spent: 150, text: expect.stringContaining('whoever spends next is stopped') as string }]); });
  expect(made.orders).toEqual([]);
  made.commit([row(2, 1, { head: 3 })]);
  await vi.waitFor(() => { expect(made.orders).toMatchObject([{ scope: { id: 'agt-3' } }]); });
});

it('counts late data for the period in which it began, and stops nobody for it', async () => {
  const made = await house([fact(draft())]);
  made.commit([row(1, 150, { startUs: noon - 20 * hour })]);
  await vi.waitFor(() => { expect(made.claims).toMatchObject([{ kind: 'hard', periodUs: noon - 36 * hour, stop: false, text: expect.stringContaining('so nothing is stopped for it') as string }]); });
  made.commit([row(2, 99)]);
  await looked(made, 2);
  expect(made.orders).toEqual([]);
});

it('judges an agent anew in the next period', async () => {
  const made = await house([fact(draft({ per: 'hour' }))]);
  made.commit([row(1, 100)]);
  await vi.waitFor(() => { expect(made.orders).toHaveLength(1); });
  made.atMs += 3_600_000;
  made.commit([row(2, 100, { startUs: noon + hour })]);
  await vi.waitFor(() => { expect(made.orders).toHaveLength(2); });
});

it('stops each task that alone costs too much, and the agent when they flood', async () => {
  const made = await house([fact(draft({ per: 'task', stops: 'task' }))]);
  made.commit([row(1, 60, { task: 5 }), row(2, 60, { task: 6 })]);
  await looked(made, 1);
  expect(made.orders).toEqual([]);
  made.commit([row(3, 60, { task: 5 })]);
  await vi.waitFor(() => { expect(made.orders).toMatchObject([{ scope: { kind: 'task', id: 'tsk-5' } }]); });
  made.commit(Array.from({ length: 14 }, (_, at) => row(100 + at, 100, { task: 20 + at })));
  await vi.waitFor(() => { expect(made.outcomes).toHaveLength(15); });
  expect(made.orders.map((one) => one.scope.kind)).toEqual([...Array.from({ length: 10 }, () => 'task'), 'agent']);
  expect(made.outcomes.at(-1)?.text).toContain('the agent itself was stopped for the one before');
});

it('watches from then on what a person just saved, and no longer what was removed or is another scope', async () => {
  const made = await house([]);
  made.commit([row(1, 500)]);
  expect(made.asked).toEqual(['budgetFacts', 'budgetPending']);
  made.facts = [fact(draft({ hardMicros: 600 }), { agents: [2] })];
  made.atMs += 200;
  made.note({ topics: ['budgets'] });
  made.commit([row(2, 590, { head: 2 })]);
  await looked(made, 1);
  // An agent that came into its scope, by its tag for one.
  made.facts = [fact(draft({ hardMicros: 600 }), { agents: [1, 2] })];
  made.atMs += 2_000;
  made.note({ topics: ['stop'] });
  await vi.waitFor(() => { expect(made.claims).toMatchObject([{ kind: 'hard', key: '', spent: 1_090 }]); });
  made.facts = [];
  made.atMs += 2_000;
  made.note({ topics: ['budgets'] });
  await vi.waitFor(() => { expect(made.asked.filter((one) => one === 'budgetFacts').length).toBeGreaterThanOrEqual(4); });
  made.commit([row(3, 900, { head: 2 })]);
  expect(made.orders).toEqual([]);
});

const waiting = (more: Partial<PendingBudget> = {}): PendingBudget => ({ event: 9, budget: 1, name: 'b', draft: draft(), removed: false, atUs: noon - 60_000_000, periodUs: noon - 12 * hour, key: 'a4', agent: 4, task: 8, activity: 3, spent: 120, limit: 100, text: 'Reached.', order: null, ...more });
const told = [toldKey(noon - 12 * hour, 'hard', 'a4')];

it.each([
  ['carries out what was claimed and not ordered', {}, { event: 9, order: 77, fired: true }, 1],
  ['finds the order that was written already', { order: 66 }, { order: 66, fired: true, again: false, text: expect.stringContaining('the engine ended before that was written here') as string }, 0],
  ['tells what is too old as not done, and stops whoever spends next', { atUs: noon - hour }, { order: null, fired: false, again: true }, 0],
  ['tells what another budget claimed as not done', { removed: true }, { order: null, fired: false, again: false }, 0],
  ['tells what another limit claimed as not done', { limit: 90 }, { order: null, fired: false, again: false }, 0],
])('after a restart %s', async (_what, more, outcome, orders) => {
  const made = await house([fact(draft(), { told })], (one) => { one.pending = [waiting(more)]; });
  await vi.waitFor(() => { expect(made.outcomes).toMatchObject([outcome]); });
  expect(made.orders).toHaveLength(orders);
});

it('does not tell again at a start what an engine before it told', async () => {
  const made = await house([fact(draft(), { told })], (one) => { one.ledger.put([row(1, 150, { head: 4 })]); });
  made.commit([row(2, 1, { head: 4 })]);
  await looked(made, 1);
  expect([made.claims, made.orders]).toEqual([[], []]);
});

it('stops nobody where the claim cannot be written, and judges the next row anew', async () => {
  const made = await house([fact(draft())], (one) => { one.claimFails = true; });
  made.commit([row(1, 100)]);
  await looked(made, 1);
  expect(made.orders).toEqual([]);
  made.claimFails = false;
  made.commit([row(2, 1)]);
  await vi.waitFor(() => { expect(made.orders).toHaveLength(1); });
});

it('tells once a period that the forecast is above the limit', async () => {
  const month = draft({ per: 'month', forecast: true });
  const made = await house([fact(month)], (one) => { one.forecast = { micros: 30_000_000, spent: 5 }; });
  await vi.waitFor(() => { expect(made.claims).toMatchObject([{ kind: 'forecast', spent: 5, limit: 100, agent: null, text: '0.000005 USD known spend this month, forecast to come to 30.00: above the hard limit of 0.0001.' }]); });
});
