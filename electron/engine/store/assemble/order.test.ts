/** Whatever the order, the grouping and the repetitions in which drafts arrive: the same history, and sums that equal its rows. */
import { describe, expect, it } from 'vitest';
import type { Draft } from '../../ingest/draft.ts';
import { agentDraft, freshHistory, later, logDraft, span, spanDraft, trace } from '../test-history.ts';

/** mulberry32: small, seeded, good enough to shuffle. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function pickOne<T>(next: () => number, list: readonly T[]): T {
  return list[Math.floor(next() * list.length)] as T;
}

/** A consistent story: what it tells twice it does not tell differently. */
function story(seed: number, plain: boolean): Draft[] {
  const next = random(seed);
  const drafts: Draft[] = [];
  const names = ['planner', 'coder', 'critic'];
  const sessions = ['s1', 's2'];
  let n = 1;
  for (let t = 1; t <= 4; t++) {
    const traceId = trace(t);
    const run = next() < 0.5 ? { kind: 'session' as const, id: pickOne(next, sessions) } : undefined;
    const spans: number[] = [0];
    const count = 3 + Math.floor(next() * 9);
    for (let i = 0; i < count; i++) {
      const id = n++;
      const parent = i === 0 ? 0 : pickOne(next, spans);
      spans.push(id);
      const told = run !== undefined && next() < 0.3 ? { run } : {};
      drafts.push(...oneSpan(next, id, parent, { traceId, at: id, ...told }, names, plain));
    }
  }
  for (let i = 0; i < 8; i++) drafts.push(...oneCall(next, i));
  return drafts;
}

function oneSpan(next: () => number, id: number, parent: number, base: Partial<Draft> & { at: number }, names: readonly string[], plain: boolean): Draft[] {
  const dice = next();
  const failed = next() < 0.3 ? { status: 'error' as const, statusExplicit: true, error: { type: 'E', message: pickOne(next, ['boom', 'bang', '']) } } : {};
  if (dice < 0.25) return [agentDraft(id, parent, pickOne(next, names), { ...base, for: 20, ...failed })];
  if (dice < 0.4) {
    const agent = next() < 0.3 ? { agent: { name: pickOne(next, names) } } : {};
    return [spanDraft(id, parent, { ...base, role: 'structure', name: '', for: 20, ...agent })];
  }
  if (dice < 0.45 && plain) return [spanDraft(id, parent, { ...base, role: 'structure', plain: true, name: '' })];
  if (dice < 0.5) return [spanDraft(id, parent, { ...base, role: 'structure', joins: 'parent', kind: 'tool_call', name: '', status: 'denied', statusExplicit: true })];
  if (dice < 0.75) {
    const usage = { inputTokens: id * 10, outputTokens: id, cacheReadTokens: 3, cacheWriteTokens: 0, reasoningTokens: 1 };
    const cost = next() < 0.5 ? { reportedCost: { micros: id * 100, currency: 'USD' } } : {};
    return [spanDraft(id, parent, { ...base, kind: 'model_call', name: 'm', model: pickOne(next, ['m1', 'm2']), usage, ...cost, ...failed })];
  }
  const joins = next() < 0.2 ? { joins: 'parent' as const } : {};
  return [spanDraft(id, parent, { ...base, ...failed, ...joins })];
}

/** Decision and result of a tool by logs, some with a span beside them, some without a result. */
function oneCall(next: () => number, i: number): Draft[] {
  const run = { kind: 'session' as const, id: pickOne(next, ['s1', 's2']) };
  const key = `tool:${i}`;
  const claim = next() < 0.3 ? { agent: next() < 0.5 ? { name: 'helper', runId: 'r1' } : { runId: 'r1' } } : {};
  const drafts = [logDraft(key, 100 + i, { run, status: 'running', endUs: undefined, name: 'Bash', ...claim })];
  if (next() < 0.7) drafts.push(logDraft(key, 103 + i, { run, name: 'Bash', status: next() < 0.3 ? 'error' : 'ok', error: { message: 'no' }, ...claim }));
  if (next() < 0.5) drafts.push(spanDraft(900 + i, 0, { run, traceId: trace(50 + i), key, name: 'Bash', at: 99 + i, for: 3 }));
  if (next() < 0.2) drafts.push(logDraft(`end:${i}`, 130 + i, { run, kind: 'lifecycle', name: 'end', endsSession: true }));
  return drafts;
}

function shuffled<T>(next: () => number, list: readonly T[]): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

describe('order of arrival', () => {
  it.each(Array.from({ length: 40 }, (_, i) => i + 1))('story %i', (seed) => {
    // Spans of programs that are no agents are only kept once an agent's span is in their trace: a restart before that loses them.
    const restarts = seed % 2 === 0;
    const drafts = story(seed, !restarts);
    const inOrder = freshHistory();
    inOrder.tell(drafts);
    inOrder.sweep(later);
    inOrder.sweep(later);
    const next = random(seed * 7919);
    const mixed = freshHistory();
    const deliveries = shuffled(next, [...drafts, ...drafts.filter(() => next() < 0.4)]);
    while (deliveries.length > 0) {
      mixed.tell(deliveries.splice(0, 1 + Math.floor(next() * 6)));
      if (restarts && next() < 0.2) mixed.restart();
    }
    mixed.sweep(later);
    mixed.sweep(later);
    for (const history of [inOrder, mixed]) {
      for (const [table, [kept, counted]] of Object.entries(history.sumsTwice())) expect({ table, sums: kept }).toEqual({ table, sums: counted });
    }
    expect(mixed.snapshot()).toEqual(inOrder.snapshot());
  });
});

describe('the same again', () => {
  it('changes nothing, in memory or after a restart', () => {
    const drafts = story(99, true);
    const history = freshHistory();
    history.tell(drafts);
    const before = history.snapshot();
    const again = history.tell(drafts);
    expect(again.inserted).toBe(0);
    expect(again.updated).toEqual([]);
    history.restart();
    const afterRestart = history.tell(drafts);
    expect(afterRestart.inserted).toBe(0);
    expect(afterRestart.updated).toEqual([]);
    expect(history.snapshot()).toEqual(before);
    expect(span(1)).toHaveLength(16);
  });
});
