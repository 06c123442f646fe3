/** For tests: a small history of work whose money can be added up by hand. */
import type { PriceEntry } from '../../../../shared/cost.ts';
import { PriceBook } from '../../cost/book.ts';
import type { Draft } from '../../ingest/draft.ts';
import { runCommand, type CommandName, type Commands } from '../commands.ts';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { Tallies } from '../tallies.ts';
import { agentDraft, second, spanDraft, t0, trace, type TestHistory } from '../test-history.ts';
import { Reading } from './reading.ts';
import { queries, type QueryName, type QueryParams, type QueryResult } from './table.ts';

/** A token of input costs 2 micro-units, one of output 10. */
export const priceOfM: PriceEntry = {
  id: 'prc-1', origin: 'local', provider: null, model: 'test-m', match: [{ equals: 'test-m' }], region: null, tier: null, currency: 'USD', units: [{ unit: 'input', per: 1_000_000, price: '2' }, { unit: 'output', per: 1_000_000, price: '10' }],
  from: null, to: null, source: 'a list', sourceDate: '2026-03-01', changedAt: null, changedBy: null, note: null,
};

export const day = Math.floor(t0 / (86_400 * second));
export const nowUs = t0 + 7_200 * second;
export const period = { from: new Date(t0 / 1_000 - 3_600_000).toISOString(), to: null };
const usage = (input: number, output: number): Draft['usage'] => ({ inputTokens: input, outputTokens: output, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 });
const call = (n: number, t: number, input: number, output: number, more: Partial<Draft> = {}): Draft => spanDraft(n, 1, { traceId: trace(t), at: n, kind: 'model_call', name: 'chat', model: 'test-m', usage: usage(input, output), ...more });
const failed: Partial<Draft> = { status: 'error', statusExplicit: true, error: { type: 'Boom', message: 'no luck with "a"' } };

/**
 * Task 1 finished: 100 in, 50 out, reported as 900 (the book: 700). Task 2 finished: 1000 in, 100 out (3000), after a call of 500 in that failed (1000).
 * Task 3 failed: 50 in, 10 out (200). Known: 900 reported, 4200 computed.
 */
export function spendSome(history: TestHistory, connection = 1): void {
  history.assembler.pricing.book = new PriceBook([priceOfM]);
  const tell = (drafts: readonly Draft[]): unknown => history.tell(drafts, nowUs, 'svc', connection);
  tell([agentDraft(1, 0, 'planner', { traceId: trace(1), at: 0, for: 30 }), call(2, 1, 100, 50, { reportedCost: { micros: 900, currency: 'USD' } })]);
  tell([agentDraft(1, 0, 'planner', { traceId: trace(2), at: 0, for: 30 }), call(2, 2, 500, 0, failed), call(3, 2, 1_000, 100)]);
  tell([agentDraft(1, 0, 'planner', { traceId: trace(3), at: 0, for: 30, status: 'error', statusExplicit: true, error: { type: 'Boom', message: 'given up' } }), call(2, 3, 50, 10, { ...failed, error: { type: 'Boom', message: 'no luck with "b"' } })]);
}

/** Finished by an agent of its own, with a model that nobody has a price for. */
export function spendUnpriced(history: TestHistory): void {
  history.tell([agentDraft(1, 0, 'stranger', { traceId: trace(4), at: 0, for: 30 }), call(2, 4, 10, 10, { model: 'never-heard-of' })], nowUs);
}

/** The model that has a price, in a tier that has none. */
export function spendInTier(history: TestHistory): void {
  history.tell([agentDraft(1, 0, 'hasty', { traceId: trace(5), at: 0, for: 30 }), call(2, 5, 10, 10, { billing: { provider: 'openai', tier: 'priority' } })], nowUs);
}

export function command<N extends CommandName>(history: TestHistory, name: N, params: Commands[N]['params']): Commands[N]['result'] {
  return history.db.transaction(() => runCommand(name, history.db, params, new Tallies(history.db), nowUs)).immediate();
}

/** As the reader thread answers; with its own connection to the file. */
export function asker(history: TestHistory): { ask<N extends QueryName>(name: N, params: QueryParams<N>, atUs?: number): QueryResult<N>; close(): void } {
  const db = openReader(historyFile(history.dir));
  const reading = new Reading(db);
  return {
    ask: (name, params, atUs = nowUs) => {
      reading.begin();
      return (queries[name] as unknown as (reading: Reading, params: unknown, nowUs: number) => never)(reading, params, atUs);
    },
    close: () => db.close(),
  };
}
