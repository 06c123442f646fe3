import { afterEach, expect, it, vi } from 'vitest';
import type { HistoryPort } from '../history-port.ts';
import type { CommitNote } from '../ingest/writer-messages.ts';
import type { RuleFact, RuleRow } from '../store/stop-commands.ts';
import { AutoStop } from './auto-stop.ts';
import type { OrderByEngine } from './stop-desk.ts';

const nowMs = Date.parse('2026-11-23T12:00:00.000Z');
const forbids: RuleFact = { id: 1, name: 'no shell', trigger: { kind: 'tool', names: ['shell'] }, watches: { kind: 'everything' }, level: 'suspend', stops: 'agent', mode: 'fire', agents: null, lastFiredUs: {} };
const call = (id: number, more: Partial<RuleRow> = {}): RuleRow => ({ id, agent: 5, head: 5, task: 9, connection: 1, kind: 'tool_call', status: 'ok', name: 'shell', startUs: nowMs * 1_000, micros: null, currency: null, ...more });

interface House { readonly auto: AutoStop; readonly orders: OrderByEngine[]; readonly written: { fired: boolean; order: number | null; text: string; audit: { outcome: string; text: string } }[]; readonly asked: unknown[]; commit(note: Partial<CommitNote>): void; rules: RuleFact[]; rows: RuleRow[]; spent: number; at: number }
const open: AutoStop[] = [];
afterEach(async () => { for (const one of open.splice(0)) await one.close(); });

async function house(rules: RuleFact[], order: () => Promise<number> = () => Promise.resolve(77)): Promise<House> {
  const listeners = new Set<(note: CommitNote) => void>();
  const made: Omit<House, 'auto'> = {
    orders: [], written: [], asked: [], rules, rows: [], spent: 0, at: nowMs,
    commit: (note) => { for (const listener of listeners) listener({ t: 'commit', firstActivityId: 0, lastActivityId: 0, inserted: 0, updatedIds: [], topics: [], ...note }); },
  };
  const history = {
    onCommit: (listener: (note: CommitNote) => void) => { listeners.add(listener); return () => listeners.delete(listener); },
    command: (_name: string, params: House['written'][number]) => { made.written.push(params); return Promise.resolve({ id: 1 }); },
    query: (name: string, params: { after: number; upTo: number; updated: number[] }) => {
      if (name !== 'ruleFacts') made.asked.push({ name, params });
      if (name === 'ruleRows') return Promise.resolve(made.rows.filter((row) => (row.id > params.after && row.id <= params.upTo) || params.updated.includes(row.id)));
      return Promise.resolve(name === 'ruleFacts' ? made.rules : { micros: made.spent });
    },
  } as unknown as HistoryPort;
  const auto = new AutoStop({ history, order: (one) => { made.orders.push(one); return order(); }, log: { info: () => undefined, warn: () => undefined, error: () => undefined }, clock: { now: () => made.at } });
  open.push(auto);
  await auto.start();
  return Object.assign(made, { auto });
}

it('fires the rule\'s level at the agent of a row that came in, and writes it down', async () => {
  const made = await house([forbids]);
  made.rows = [call(11, { name: 'search' }), call(12)];
  made.commit({ firstActivityId: 11, lastActivityId: 12, inserted: 2 });
  await vi.waitFor(() => { expect(made.written).toHaveLength(1); });
  expect(made.orders).toEqual([{ scope: { kind: 'agent', id: 'agt-5' }, level: 'suspend', origin: 'rule', reason: 'Rule "no shell": The tool "shell" is forbidden.', rule: 1, actor: null }]);
  expect(made.written[0]).toMatchObject({ fired: true, order: 77, audit: { outcome: 'done' } });
});

it('sees a row that changed after it was stored', async () => {
  const made = await house([{ ...forbids, trigger: { kind: 'failures', count: 1, withinS: 60 }, stops: 'task' }]);
  made.rows = [call(3, { status: 'error' })];
  made.commit({ updatedIds: [3] });
  await vi.waitFor(() => { expect(made.orders).toMatchObject([{ scope: { kind: 'task', id: 'tsk-9' } }]); });
});

it('only says that it would have fired', async () => {
  const made = await house([{ ...forbids, mode: 'would' }]);
  made.rows = [call(1)];
  made.commit({ firstActivityId: 1, lastActivityId: 1, inserted: 1 });
  await vi.waitFor(() => { expect(made.written).toMatchObject([{ fired: false, order: null, audit: { text: 'Rule "no shell" would have fired: The tool "shell" is forbidden.' } }]); });
  expect(made.orders).toEqual([]);
});

it('says it when a stop could not be ordered', async () => {
  const made = await house([forbids], () => Promise.reject(new Error('No lever reaches it.')));
  made.rows = [call(1)];
  made.commit({ firstActivityId: 1, lastActivityId: 1, inserted: 1 });
  await vi.waitFor(() => { expect(made.written).toMatchObject([{ fired: false, audit: { outcome: 'failed', text: expect.stringContaining('No lever reaches it.') as string } }]); });
});

it('asks for nothing while no rule is on, and begins when one is switched on', async () => {
  const made = await house([]);
  made.rows = [call(1), call(2)];
  made.commit({ firstActivityId: 1, lastActivityId: 1, inserted: 1 });
  expect(made.asked).toEqual([]);
  made.rules = [forbids];
  made.at += 2_000;
  made.commit({ topics: ['stop'] });
  await vi.waitFor(() => {
    made.commit({ firstActivityId: 2, lastActivityId: 2, inserted: 1 });
    expect(made.orders).toHaveLength(1);
  });
});

it('sums a budget at most twice a second, and comes back to what it put off', async () => {
  const budget: RuleFact = { ...forbids, trigger: { kind: 'budget', amountMicros: 1_000_000, currency: 'USD', per: 'day' } };
  const made = await house([budget]);
  made.rows = [call(1, { micros: 400_000, currency: 'USD' }), call(2, { micros: 700_000, currency: 'USD' })];
  made.commit({ firstActivityId: 1, lastActivityId: 1, inserted: 1 });
  const sums = (): number => made.asked.filter((one) => (one as { name: string }).name === 'spentSince').length;
  await vi.waitFor(() => { expect(sums()).toBe(1); });
  made.spent = 1_100_000;
  made.commit({ firstActivityId: 2, lastActivityId: 2, inserted: 1 });
  await vi.waitFor(() => { expect(made.asked.filter((one) => (one as { name: string }).name === 'ruleRows').length).toBeGreaterThan(1); });
  expect([sums(), made.orders.length]).toEqual([1, 0]);
  made.at += 600;
  await vi.waitFor(() => { expect(made.orders).toHaveLength(1); });
});

it('holds what came in right after a rule was saved against that rule too', async () => {
  const made = await house([{ ...forbids, id: 2, trigger: { kind: 'denials', count: 99, withinS: 60 } }]);
  made.rules = [...made.rules, forbids];
  made.rows = [call(1)];
  made.commit({ topics: ['stop'] });
  made.commit({ firstActivityId: 1, lastActivityId: 1, inserted: 1 });
  made.at += 150;
  await vi.waitFor(() => { expect(made.orders).toMatchObject([{ rule: 1 }]); });
});

it('stops the agent once when task after task breaches', async () => {
  const made = await house([{ ...forbids, stops: 'task' }]);
  made.rows = Array.from({ length: 40 }, (_, at) => call(at + 1, { task: at + 1 }));
  made.commit({ firstActivityId: 1, lastActivityId: 40, inserted: 40 });
  await vi.waitFor(() => { expect(made.orders).toHaveLength(11); });
  expect(made.orders.map(({ scope }) => scope.kind)).toEqual([...Array.from({ length: 10 }, () => 'task'), 'agent']);
  expect(made.written.at(-1)?.text).toContain('10 tasks of it breached within a minute, so the agent is stopped.');
  made.rows.push(call(41, { task: 41 }));
  made.commit({ firstActivityId: 41, lastActivityId: 41, inserted: 1 });
  await vi.waitFor(() => { expect(made.asked.filter((one) => (one as { name: string }).name === 'ruleRows')).toHaveLength(2); });
  expect(made.orders).toHaveLength(11);
});
