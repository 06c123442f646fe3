import { beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from '../connector.ts';
import { RuntimeFault } from '../connector.ts';
import { Collecting } from './collecting.ts';
import { chosen, PretendServer } from './test-server.ts';

const place = { chosen, agent: { id: 'http://127.0.0.1:9/.well-known/agent-card.json', name: 'Supplier desk' } };
const { signal } = new AbortController();

let server: PretendServer;
let collecting: Collecting;
let checkpoint: string | null;

beforeEach(() => {
  server = new PretendServer();
  collecting = new Collecting(server, () => server.nowMs);
  checkpoint = null;
});

async function look(): Promise<Batch> {
  const batch = await collecting.collect(checkpoint, place, signal);
  ({ checkpoint } = batch);
  return batch;
}

const passed = (ms: number): void => { server.nowMs += ms; };
const say = (n: number, by: 'agent' | 'user' = 'agent') => ({ id: `m${n}`, by, text: `text ${n}` });
const rows = (batch: Batch): string[] => batch.records.filter(({ draft }) => draft.role !== 'structure').map(({ draft }) => `${draft.run?.id} ${draft.kind} ${draft.name} ${draft.status}`);
const outcomes = (batch: Batch): string[] => batch.records.flatMap(({ draft }) => (draft.role === 'structure' && draft.taskOutcome ? [`${draft.run?.id} ${draft.taskOutcome}`] : []));

describe('what is told of a task', () => {
  it('tells its states, its messages once each, and its end with the artifacts', async () => {
    server.put('t1', 'working', { says: [say(1, 'user'), say(2)] });
    const first = await look();
    expect(rows(first)).toEqual(['t1 lifecycle message to the agent ok', 't1 lifecycle working ok', 't1 lifecycle task running']);
    expect(outcomes(first)).toEqual(['t1 running']);
    passed(1_000);
    server.put('t1', 'completed', { says: [say(1, 'user'), say(2), say(3), say(4)] });
    const second = await look();
    expect(rows(second)).toEqual(['t1 lifecycle message ok', 't1 lifecycle completed ok', 't1 lifecycle task ok']);
    expect(second.records.find(({ draft }) => draft.role === 'agent')).toMatchObject({ draft: { key: 'event:task:t1', taskOutcome: 'completed', startUs: (server.nowMs - 1_000) * 1_000, endUs: server.nowMs * 1_000 } });
    expect(second.records.find(({ draft }) => draft.role === 'agent')?.raw).toContain('result.txt');
    passed(1_000);
    expect(rows(await look())).toEqual([]);
  });

  it.each([
    ['completed', 'ok', 'completed'], ['failed', 'error', 'failed'], ['rejected', 'error', 'failed'], ['canceled', 'cancelled', 'cancelled'],
  ] as const)('takes %s for %s', async (state, status, outcome) => {
    server.put('t1', state, { says: [say(1)] });
    const row = (await look()).records.find(({ draft }) => draft.role === 'agent');
    expect(row?.draft).toMatchObject({ status, taskOutcome: outcome });
    expect(row?.draft.error?.message).toBe(status === 'error' ? 'text 1' : undefined);
  });

  it('places messages that came between two looks between their times, in order', async () => {
    server.put('t1', 'working', { says: [say(1)] });
    await look();
    passed(5_000);
    server.put('t1', 'working', { says: [say(1), say(2), say(3), say(4)] });
    const times = (await look()).records.filter(({ draft }) => draft.source === 'a2a/message').map(({ draft }) => draft.startUs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(3);
    expect(times.at(-1)).toBe(server.nowMs * 1_000);
  });

  it('asks for the whole task when a list cut what came between', async () => {
    server.put('t1', 'working', { says: [say(1)] });
    await look();
    passed(5_000);
    server.put('t1', 'working', { says: Array.from({ length: 80 }, (_, n) => say(n + 1)) });
    expect((await look()).records.filter(({ draft }) => draft.source === 'a2a/message')).toHaveLength(79);
  });

  it('makes the same keys of the same facts, told anew from no checkpoint', async () => {
    server.put('t1', 'completed', { says: [say(1, 'user'), say(2)] });
    server.put('t2', 'input-required', { says: [say(3)] });
    const keys = async (): Promise<string[]> => (await new Collecting(server, () => server.nowMs).collect(null, place, signal)).records.map(({ draft }) => `${draft.key} ${draft.startUs}`);
    expect(await keys()).toEqual(await keys());
  });
});

describe('waiting', () => {
  it('shows what waits, opens its row and closes it with what came after', async () => {
    server.put('t1', 'input-required', { says: [say(1)] });
    const first = await look();
    expect(first.approvals).toMatchObject([{ key: 't1#m1', kind: 'input', question: 'text 1', askedUs: server.nowMs * 1_000, run: { kind: 'run', id: 't1' } }]);
    expect(rows(first)).toEqual(['t1 approval input-required running', 't1 lifecycle task running']);
    expect(outcomes(first)).toEqual(['t1 waiting']);
    passed(3_000);
    server.put('t1', 'working', { says: [say(1), say(2, 'user'), say(3)] });
    const second = await look();
    expect(second.approvals).toEqual([]);
    expect(rows(second)[0]).toBe('t1 approval input-required ok');
    expect(second.records[0]?.draft.endUs).toBe(server.nowMs * 1_000);
    expect(outcomes(second)).toEqual(['t1 running']);
  });

  it('tells a second question of the same task as another one', async () => {
    server.put('t1', 'input-required', { says: [say(1)] });
    await look();
    passed(3_000);
    server.put('t1', 'input-required', { says: [say(1), say(2, 'user'), say(3)] });
    const second = await look();
    expect(second.approvals?.map(({ key }) => key)).toEqual(['t1#m3']);
    expect(rows(second).filter((one) => one.includes('approval'))).toEqual(['t1 approval input-required ok', 't1 approval input-required running']);
  });
});

describe('stuck and lost work', () => {
  it('shows work that says it goes on and does not change, never what waits', async () => {
    server.put('zombie', 'working', { ageMs: 119_000 });
    server.put('asks', 'input-required', { ageMs: 500_000 });
    expect((await look()).stuck).toEqual([]);
    passed(2_000);
    expect((await look()).stuck).toMatchObject([{ run: { kind: 'run', id: 'zombie' }, sinceUs: (server.nowMs - 121_000) * 1_000 }]);
    server.put('zombie', 'working');
    expect((await look()).stuck).toEqual([]);
  });

  it('measures by the server\'s clock, not by ours', async () => {
    collecting = new Collecting(server, () => server.nowMs + 3_600_000);
    server.put('t1', 'working', { ageMs: 1_000 });
    expect((await look()).stuck).toEqual([]);
  });

  it('says that work was lost when the server forgot it, and invents no end', async () => {
    server.put('t1', 'working');
    server.put('t2', 'input-required', { says: [say(1)] });
    await look();
    passed(11_000);
    server.tasks.clear();
    const batch = await look();
    expect(batch.gaps).toMatchObject([{ fromUs: (server.nowMs - 11_000) * 1_000, toUs: server.nowMs * 1_000 }]);
    expect(batch.gaps[0]?.text).toContain('2 tasks');
    expect(batch.records.filter(({ draft }) => draft.role === 'agent').map(({ draft }) => `${draft.run?.id} ${draft.status} ${draft.taskOutcome}`).toSorted((a, b) => a.localeCompare(b))).toEqual(['t1 interrupted unknown', 't2 interrupted unknown']);
    expect(batch.approvals).toEqual([]);
    passed(11_000);
    expect((await look()).gaps).toEqual([]);
  });

  it('leaves no gap over the time in which the lost work was still seen', async () => {
    server.put('t1', 'working');
    await look();
    passed(600_000);
    await look();
    const seenMs = server.nowMs;
    passed(11_000);
    server.tasks.clear();
    expect((await look()).gaps).toMatchObject([{ fromUs: seenMs * 1_000, toUs: server.nowMs * 1_000 }]);
  });

  it('tells the end of a task that changed while nobody looked, though its time is old', async () => {
    server.put('t1', 'working');
    await look();
    server.put('t1', 'completed', { ageMs: 60_000 });
    passed(11_000);
    expect(rows(await look())).toContain('t1 lifecycle task ok');
  });
});

describe('reading the list', () => {
  it('reads only what changed, with one question while nothing does', async () => {
    for (let n = 0; n < 40; n++) server.put(`t${n}`, 'completed', { ageMs: 60_000 });
    await look();
    passed(1_500);
    server.asked.length = 0;
    expect((await look()).records).toEqual([]);
    expect(server.asked).toHaveLength(1);
  });

  it('misses no task although the one at the cursor moves between pages', async () => {
    for (let n = 0; n < 250; n++) server.put(`t${n}`, 'completed', { ageMs: 60_000 + n });
    for (let n = 0; n < 250; n++) server.put(`w${n}`, 'working', { ageMs: 50_000 + n });
    let moved = 0;
    server.beforePage = (page) => {
      if (page % 2 === 0 || moved >= 6) return;
      // What stands at the end of a page is what the token names.
      const at = [...server.tasks.values()].filter(({ state }) => state === 'working').toSorted((a, b) => (b.atMs ?? 0) - (a.atMs ?? 0))[99];
      if (at) {
        server.put(at.id, 'working');
        moved += 1;
      }
    };
    const seen = new Set<string>();
    for (let n = 0; n < 12; n++) {
      const batch = await look();
      for (const { draft } of batch.records) seen.add(draft.run?.id ?? '');
      if (!batch.more) passed(1_500);
    }
    expect(moved).toBeGreaterThan(0);
    expect(seen.size).toBe(500);
  });

  it('begins a round anew when a batch of it was not stored', async () => {
    for (let n = 0; n < 450; n++) server.put(`t${n}`, 'completed', { ageMs: 60_000 + n });
    const first = await collecting.collect(null, place, signal);
    expect(first.more).toBe(true);
    const seen = new Set<string>();
    for (let more = true; more;) {
      const batch = await look();
      for (const { draft } of batch.records) seen.add(draft.run?.id ?? '');
      ({ more } = batch);
    }
    expect(seen.size).toBe(450);
  });

  it('loses nothing when the server fails in the middle of a round', async () => {
    for (let n = 0; n < 250; n++) server.put(`t${n}`, 'completed', { ageMs: 60_000 + n });
    const first = await look();
    expect(first.more).toBe(true);
    server.fails = () => new RuntimeFault('throttled', 'wait', { retryAfterMs: 1 });
    server.put('new', 'working');
    await expect(collecting.collect('other', place, signal)).rejects.toMatchObject({ kind: 'throttled' });
    server.fails = () => null;
    const seen = new Set(first.records.map(({ draft }) => draft.run?.id ?? ''));
    for (let more = true; more;) {
      const batch = await look();
      for (const { draft } of batch.records) seen.add(draft.run?.id ?? '');
      ({ more } = batch);
    }
    expect(seen.size).toBe(251);
  });

  it('is not blinded by a time in the future', async () => {
    server.put('future', 'completed', { ageMs: -86_400_000 * 365 });
    await look();
    passed(1_500);
    server.put('t1', 'working');
    expect(rows(await look())).toContain('t1 lifecycle task running');
  });

  it('reads tasks without a time by looking at all of them', async () => {
    server.put('t1', 'working', { ageMs: null, says: [say(1)] });
    await look();
    server.put('t1', 'completed', { ageMs: null, says: [say(1), say(2)] });
    passed(11_000);
    expect(rows(await look())).toContain('t1 lifecycle task ok');
    passed(11_000);
    expect((await look()).records).toEqual([]);
  });

  it('says that a list is not whole, believes nothing withdrawn by it, and does not hammer the server', async () => {
    server.put('t1', 'input-required', { says: [say(1)] });
    await look();
    server.totalSays = (real) => real + 1_000;
    server.asked.length = 0;
    passed(1_500);
    const batch = await look();
    expect(batch.refused).toMatchObject([{ count: 1 }]);
    expect(batch.approvals).toBeNull();
    expect(server.asked.length).toBeLessThan(40);
    server.asked.length = 0;
    passed(1_500);
    expect((await look()).refused).toEqual([]);
    expect(server.asked.length).toBeLessThanOrEqual(1);
  });

  it('reads the newest of more tasks than it can, says which time it left out, and goes on from there', async () => {
    for (let n = 0; n < 7_000; n++) server.put(`t${n}`, 'completed', { ageMs: 1_000 + n * 1_000 });
    const seen = new Set<string>();
    const gaps: Batch['gaps'][number][] = [];
    for (let more = true; more;) {
      const batch = await look();
      for (const { draft } of batch.records) seen.add(draft.run?.id ?? '');
      gaps.push(...batch.gaps);
      ({ more } = batch);
    }
    expect(seen.size).toBeGreaterThanOrEqual(5_000);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.toUs).toBe((server.nowMs - 1_000 - (seen.size - 1) * 1_000) * 1_000);
    passed(1_500);
    server.put('new', 'completed');
    server.asked.length = 0;
    expect(rows(await look())).toContain('new lifecycle task ok');
    expect(server.asked.length).toBeLessThan(5);
  });

  it('counts entries that are no tasks once, however often they are listed', async () => {
    server.put('x'.repeat(500), 'working');
    expect((await look()).refused).toMatchObject([{ reason: 'entries of the task list that are no tasks', count: 1 }]);
    passed(11_000);
    expect((await look()).refused).toEqual([]);
  });

  it('keeps the checkpoint within its size, whatever the server lists', async () => {
    for (let n = 0; n < 4_000; n++) server.put(`${'t'.repeat(190)}${n}`, 'working', { ageMs: n });
    for (let more = true; more;) {
      const batch = await look();
      expect(batch.checkpoint.length).toBeLessThanOrEqual(256 * 1_024);
      ({ more } = batch);
    }
    expect(collecting.open).toHaveLength(4_000);
  });
});
