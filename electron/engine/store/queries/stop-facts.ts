/** Orders as the kill switch itself goes on with them, also after a restart. */
import type { PlanLever, StopPlan, StopScope } from '../../../../shared/stop.ts';
import type { StopTarget } from '../../ingest/collected.ts';
import type { LeverFact, OrderFact, WatchedSource } from '../stop-commands.ts';
import type { Reading } from './reading.ts';
import { orderColumns, watchedOf, type OrderRow } from './stops.ts';

interface FactRow extends OrderRow { readonly plan: string }
interface LeverRow extends Pick<LeverFact, 'id' | 'connection' | 'state' | 'saved' | 'attempts' | 'sentUs' | 'reportedUs' | 'reported' | 'confirmed' | 'confirmedUs' | 'undoState' | 'holdCancelled'> {
  readonly plan: string; readonly target: string; readonly repeatable: number; readonly idleOnly: number;
}

function leversOf(reading: Reading, stop: number): LeverFact[] {
  return reading.sql<[number], LeverRow>(`SELECT id, connection, state, saved, attempts, sent_us AS sentUs, reported_us AS reportedUs, reported, confirmed, confirmed_us AS confirmedUs, undo_state AS undoState, hold_cancelled AS holdCancelled,
    plan, target, repeatable, idle_only AS idleOnly FROM stop_lever WHERE stop = ? ORDER BY id`).all(stop).map(({ plan, target, repeatable, idleOnly, ...row }) => ({
    ...row, plan: JSON.parse(plan) as PlanLever, target: JSON.parse(target) as StopTarget, repeatable: repeatable === 1, idleOnly: idleOnly === 1,
  }));
}

interface AgentThen { readonly id: number; readonly sources?: readonly Omit<WatchedSource, 'head'>[] }

function factOf(reading: Reading, row: FactRow): OrderFact {
  const agents = JSON.parse(row.agents) as AgentThen[];
  const isKnown = agents.every((one) => one.sources !== undefined);
  return {
    id: row.id, number: row.id, plan: JSON.parse(row.plan) as StopPlan, scope: JSON.parse(row.scope) as StopScope, scopeName: row.scopeName, level: row.level, origin: row.origin, state: row.state, headline: row.headline,
    agents: agents.map((one) => one.id), ...watchedOf(row), ...(isKnown ? { watched: agents.flatMap(({ id, sources = [] }) => sources.map((source) => ({ head: id, ...source }))) } : {}), orderedBy: row.orderedBy, intentUs: row.intentUs, commandedUs: row.commandedUs, firstAnswerUs: row.firstAnswerUs, answeredUs: row.answeredUs,
    lastActUs: row.lastActUs, containedUs: row.containedUs, verifiedUs: row.verifiedUs, watchUntilUs: row.watchUntilUs, silenceS: row.silenceS, watchS: row.watchS, reopened: row.reopened, endedUs: row.endedUs, releasedUs: row.releasedUs,
    levers: leversOf(reading, row.id),
  };
}

/** null: all that are watched, wait for somebody, or hold something. */
export function stopFacts(reading: Reading, { ids }: { readonly ids: readonly number[] | null }): OrderFact[] {
  const wanted = ids ?? reading.sql<[], { id: number }>(`SELECT id FROM stop_order INDEXED BY stop_open WHERE ended_us IS NULL
    UNION SELECT stop AS id FROM stop_lever INDEXED BY stop_lever_undo WHERE undo_state IN ('open', 'failed') AND lever_id = 'console.hold' ORDER BY id`).all().map((one) => one.id);
  const find = reading.sql<[number], FactRow>(`SELECT ${orderColumns}, o.plan FROM stop_order o WHERE o.id = ?`);
  return wanted.flatMap((id) => find.get(id) ?? []).map((row) => factOf(reading, row));
}
