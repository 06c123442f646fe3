/** Stop orders as screens and certificates show them, and what of them still stands. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { LandedAct, OrderLever, PlanLever, StopEvent, StopOrder, StopOrderDetail, StopPlan } from '../../../../shared/stop.ts';
import { US_DAY } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { actsOf, countLanded, landedActs, type LandedPeriod } from '../landed.ts';
import type { Watched } from '../stop-rows.ts';
import { iso, parseCursor, rowId, writeCursor, type Reading } from './reading.ts';
import { nextRung } from './stop-next.ts';
import { gapsOf } from './stop-sight.ts';

export interface OrderRow {
  readonly id: number; readonly scope: string; readonly scopeName: string; readonly level: StopOrder['level']; readonly origin: StopOrder['origin']; readonly state: StopOrder['state']; readonly headline: string;
  readonly orderedBy: string; readonly secondBy: string | null; readonly reasonKind: StopOrder['reasonKind']; readonly reason: string; readonly ticket: string | null; readonly silenceS: number; readonly watchS: number;
  readonly intentUs: number; readonly commandedUs: number | null; readonly firstAnswerUs: number | null; readonly answeredUs: number | null; readonly lastActUs: number | null; readonly containedUs: number | null;
  readonly verifiedUs: number | null; readonly watchUntilUs: number | null; readonly reopened: number; readonly endedUs: number | null; readonly releasedUs: number | null; readonly events: number;
  readonly landed: number | null; readonly agents: string; readonly sources: string; readonly tasks: string | null;
}
interface DetailRow extends OrderRow { readonly stillOpen: string; readonly landedActs: string | null; readonly plan: string }

export const orderColumns = `o.id, o.scope, o.scope_name AS scopeName, o.level, o.origin, o.state, o.headline, o.ordered_by AS orderedBy, o.second_by AS secondBy, o.reason_kind AS reasonKind, o.reason, o.ticket, o.silence_s AS silenceS,
  o.watch_s AS watchS, o.intent_us AS intentUs, o.commanded_us AS commandedUs, o.first_answer_us AS firstAnswerUs, o.answered_us AS answeredUs, o.last_act_us AS lastActUs, o.contained_us AS containedUs,
  o.verified_us AS verifiedUs, o.watch_until_us AS watchUntilUs, o.reopened, o.ended_us AS endedUs, o.released_us AS releasedUs, o.events, o.landed, o.agents, o.sources, o.tasks`;

const isoOrNull = (us: number | null): string | null => (us === null ? null : iso(us));
export const watchedOf = ({ sources, tasks }: Pick<OrderRow, 'sources' | 'tasks'>): Watched => ({ sources: JSON.parse(sources) as number[], tasks: tasks === null ? null : (JSON.parse(tasks) as number[]) });

/** From the command until nobody watches any more or the scope was released; null: nothing was sent. */
function periodOf({ commandedUs, endedUs, releasedUs }: OrderRow, nowUs: number): LandedPeriod | null {
  return commandedUs === null ? null : { fromUs: commandedUs, toUs: Math.min(endedUs ?? nowUs, releasedUs ?? nowUs) };
}

/** The retention may have taken the records meanwhile: what was counted when the order ended stays. */
function landedCount(reading: Reading, row: OrderRow, nowUs: number): number {
  const period = periodOf(row, nowUs);
  return row.landed ?? (period === null ? 0 : countLanded(reading, watchedOf(row), period));
}

type LeverSums = StopOrder['levers'];

function leverSums(reading: Reading, stop: number): LeverSums {
  return reading.sql<[number], LeverSums>(`SELECT count(*) AS "all", coalesce(sum(state = 'reported'), 0) AS reported, coalesce(sum(confirmed = 'yes'), 0) AS confirmed, coalesce(sum(state IN ('failed', 'unknown') OR reported = 'refused'), 0) AS failed,
    coalesce(sum(undo_state IN ('open', 'failed')), 0) AS undoable, coalesce(sum(lever_id = 'console.hold' AND undo_state IN ('open', 'failed')), 0) AS holds FROM stop_lever WHERE stop = ?`).get(stop)
    ?? { all: 0, reported: 0, confirmed: 0, failed: 0, undoable: 0, holds: 0 };
}

export function orderOf(reading: Reading, row: OrderRow, landed: number): StopOrder {
  return {
    id: publicId('stop', row.id), number: row.id, scope: JSON.parse(row.scope) as StopOrder['scope'], scopeName: row.scopeName, level: row.level, origin: row.origin, state: row.state, headline: row.headline,
    orderedBy: row.orderedBy, secondBy: row.secondBy, reasonKind: row.reasonKind, reason: row.reason, ticket: row.ticket, intentAt: iso(row.intentUs), commandedAt: isoOrNull(row.commandedUs), firstAnswerAt: isoOrNull(row.firstAnswerUs),
    answeredAt: isoOrNull(row.answeredUs), lastActAt: isoOrNull(row.lastActUs), containedAt: isoOrNull(row.containedUs), verifiedAt: isoOrNull(row.verifiedUs), silenceS: row.silenceS, watchUntil: isoOrNull(row.watchUntilUs),
    reopened: row.reopened, endedAt: isoOrNull(row.endedUs), releasedAt: isoOrNull(row.releasedUs),
    agents: (JSON.parse(row.agents) as { id: number; name: string }[]).map((one) => ({ id: publicId('agent', one.id), name: one.name })), levers: leverSums(reading, row.id), landed,
  };
}

const stateOf = { open: 'AND o.ended_us IS NULL', ended: 'AND o.ended_us IS NOT NULL', all: '' } as const;

/** Newest first. */
export function listStops(reading: Reading, params: ParsedParams<'stop.list'>, nowUs: number): Result<'stop.list'> {
  const before = params.before === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(params.before).id;
  const agents = params.agentId === undefined ? null : reading.sourcesOf(rowId('agent', params.agentId));
  const rows = agents === null
    ? reading.sql<number[], OrderRow>(`SELECT ${orderColumns} FROM stop_order o WHERE o.id < ? ${stateOf[params.state]} ORDER BY o.id DESC LIMIT ?`).all(before, params.limit + 1)
    : ordersOf(reading, agents, before, params);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  return { rows: page.map((row) => orderOf(reading, row, landedCount(reading, row, nowUs))), next: rows.length > params.limit && last ? writeCursor({ us: last.intentUs, id: last.id }) : null, open: countStops(reading).open };
}

/** An agent that is tried every hour has thousands: only those of the page are read. */
function ordersOf(reading: Reading, agents: readonly number[], before: number, { state, limit }: ParsedParams<'stop.list'>): OrderRow[] {
  const ids = reading.sql<number[], { stop: number }>(`SELECT stop FROM stop_agent WHERE agent IN (${agents.map(() => '?').join(', ')}) AND stop < ?`).all(...agents, before).map((row) => row.stop);
  const find = reading.sql<[number], OrderRow>(`SELECT ${orderColumns} FROM stop_order o WHERE o.id = ? ${stateOf[state]}`);
  const rows: OrderRow[] = [];
  for (const id of [...new Set(ids)].toSorted((one, two) => two - one)) {
    const row = find.get(id);
    if (row !== undefined) rows.push(row);
    if (rows.length > limit) break;
  }
  return rows;
}

export function countStops(reading: Reading): { readonly open: number; readonly failing: number } {
  return reading.sql<[], { open: number; failing: number }>("SELECT count(*) AS open, coalesce(sum(state IN ('still_acting', 'unverified')), 0) AS failing FROM stop_order INDEXED BY stop_open WHERE ended_us IS NULL").get() ?? { open: 0, failing: 0 };
}

export interface NeedsSomebody { readonly id: number; readonly scopeName: string; readonly headline: string; readonly intentUs: number; readonly commandedUs: number | null; /** where it is about one. */ readonly agent: number | null }

/** Newest first. One that ended without a stop is told for a day more, unless it was released. */
export function stopsNeedingSomebody(reading: Reading, nowUs: number, most: number): NeedsSomebody[] {
  const columns = 'id, scope_name AS scopeName, headline, intent_us AS intentUs, commanded_us AS commandedUs, agents';
  const open = reading.sql<[], NeedsSomebody & { agents: string }>(`SELECT ${columns} FROM stop_order INDEXED BY stop_open WHERE ended_us IS NULL AND (state IN ('still_acting', 'unverified', 'waiting_second') OR reopened > 0) ORDER BY id DESC`).all();
  const ended = reading.sql<[number], NeedsSomebody & { agents: string }>(`SELECT ${columns} FROM stop_order INDEXED BY stop_failing WHERE state IN ('still_acting', 'unverified') AND ended_us >= ? AND released_us IS NULL`).all(nowUs - US_DAY);
  return [...open, ...ended].toSorted((one, two) => two.id - one.id).slice(0, most).map(({ agents, ...row }) => {
    const [agent, ...others] = JSON.parse(agents) as { id: number }[];
    return { ...row, agent: agent === undefined || others.length > 0 ? null : agent.id };
  });
}

interface LeverRow {
  readonly plan: string; readonly state: OrderLever['state']; readonly sentUs: number | null; readonly reportedUs: number | null; readonly reported: OrderLever['reported']; readonly reportedText: string | null; readonly confirmed: OrderLever['confirmed'];
  readonly confirmedUs: number | null; readonly confirmedText: string | null; readonly attempts: number; readonly undoState: OrderLever['undoState']; readonly undoneUs: number | null; readonly undoneText: string | null; readonly acts: string;
}

function leversOf(reading: Reading, stop: number): OrderLever[] {
  return reading.sql<[number], LeverRow>(`SELECT plan, state, sent_us AS sentUs, reported_us AS reportedUs, reported, reported_text AS reportedText, confirmed, confirmed_us AS confirmedUs, confirmed_text AS confirmedText, attempts,
    undo_state AS undoState, undone_us AS undoneUs, undone_text AS undoneText, acts FROM stop_lever WHERE stop = ? ORDER BY id`).all(stop).map((row) => ({
    ...(JSON.parse(row.plan) as PlanLever), state: row.state, sentAt: isoOrNull(row.sentUs), reportedAt: isoOrNull(row.reportedUs), reported: row.reported, reportedText: row.reportedText, confirmed: row.confirmed,
    confirmedAt: isoOrNull(row.confirmedUs), confirmedText: row.confirmedText, attempts: row.attempts, undoState: row.undoState, undoneAt: isoOrNull(row.undoneUs), undoneText: row.undoneText,
    actsAt: (JSON.parse(row.acts) as number[]).map(iso),
  }));
}

const mostShown = 500;
interface EventRow { readonly id: number; readonly atUs: number; readonly kind: StopEvent['kind']; readonly leverId: string | null; readonly by: string; readonly text: string }

/** In the order of their times: evidence may be learned after what it tells of. */
function eventsOf(reading: Reading, stop: number): StopEvent[] {
  return reading.sql<[number, number], EventRow>(`SELECT e.id, e.at_us AS atUs, e.kind, l.plan_id AS leverId, e.by, e.text FROM stop_event e LEFT JOIN stop_lever l ON l.id = e.lever WHERE e.stop = ? ORDER BY e.id DESC LIMIT ?`).all(stop, mostShown)
    .toSorted((one, two) => one.atUs - two.atUs || one.id - two.id).map((row) => ({ id: publicId('stopEvent', row.id), at: iso(row.atUs), kind: row.kind, leverId: row.leverId, by: row.by, text: row.text }));
}

function landedOf(reading: Reading, row: DetailRow, nowUs: number): { readonly landed: number; readonly landedActs: LandedAct[] } {
  const period = periodOf(row, nowUs);
  if (period === null) return { landed: 0, landedActs: [] };
  const now = landedActs(reading, watchedOf(row), period);
  // Something may have been told after the end; or the records were let go since.
  if (row.landed !== null && row.landedActs !== null && row.landed > now.count) return { landed: row.landed, landedActs: JSON.parse(row.landedActs) as LandedAct[] };
  return { landed: now.count, landedActs: actsOf(now.rows, { text: (id) => reading.texts.of(id), agent: (id) => reading.agent(id).name }, period.fromUs) };
}

function notSeenOf(reading: Reading, row: OrderRow, nowUs: number): StopOrderDetail['notSeen'] {
  if (row.commandedUs === null) return [];
  const names = new Map(reading.sql<[number], { id: number; name: string }>('SELECT DISTINCT c.id, c.name FROM stop_agent s JOIN agent a ON a.id = s.agent JOIN connection c ON c.id = a.connection WHERE s.stop = ?').all(row.id).map((one) => [one.id, one.name]));
  for (const one of reading.sql<[number], { id: number; name: string }>('SELECT DISTINCT c.id, c.name FROM stop_lever l JOIN connection c ON c.id = l.connection WHERE l.stop = ?').all(row.id)) names.set(one.id, one.name);
  return gapsOf(reading, { fromUs: row.commandedUs, toUs: row.endedUs ?? nowUs }).filter((gap) => gap.connection === null || names.has(gap.connection))
    .map((gap) => ({ from: iso(gap.fromUs), to: isoOrNull(gap.toUs), connectionName: gap.connection === null ? null : (names.get(gap.connection) ?? null), text: gap.text }));
}

export function getStop(reading: Reading, params: ParsedParams<'stop.get'>, nowUs: number): StopOrderDetail {
  const row = reading.sql<[number], DetailRow>(`SELECT ${orderColumns}, o.still_open AS stillOpen, o.landed_acts AS landedActs, o.plan FROM stop_order o WHERE o.id = ?`).get(rowId('stop', params.id));
  if (row === undefined) throw new StoreError('not_found', `There is no stop order ${params.id}.`);
  const plan = JSON.parse(row.plan) as StopPlan;
  const orderLevers = leversOf(reading, row.id);
  const events = eventsOf(reading, row.id);
  const { landed, landedActs: acts } = landedOf(reading, row, nowUs);
  return {
    ...orderOf(reading, row, landed), plan, orderLevers, events, moreEvents: Math.max(0, row.events - events.length), landedActs: acts,
    stillOpen: JSON.parse(row.stillOpen) as StopOrderDetail['stillOpen'], residual: plan.residual, notSeen: notSeenOf(reading, row, nowUs), next: nextRung(row, plan, orderLevers),
    auditIds: reading.sql<[string], { id: number }>('SELECT id FROM audit_entry WHERE subject = ? ORDER BY id LIMIT 1000').all(params.id).map((one) => publicId('audit', one.id)),
  };
}

interface StandingRow {
  readonly stop: number; readonly scopeName: string; readonly connection: number; readonly connectionName: string | null; readonly leverId: string; readonly id: number; readonly plan: string; readonly sentUs: number | null; readonly intentUs: number;
  readonly cancelled: number; readonly cancelledUs: number | null; readonly lookUs: number | null; readonly problem: string | null; readonly undoState: OrderLever['undoState']; readonly undoneText: string | null;
}

/** Everything that the console changed and nobody put back. */
export function standing(reading: Reading): Result<'stop.standing'> {
  const rows = reading.sql<[], StandingRow>(`SELECT l.stop, o.scope_name AS scopeName, l.connection, c.name AS connectionName, l.lever_id AS leverId, l.id, l.plan, l.sent_us AS sentUs, o.intent_us AS intentUs, l.hold_cancelled AS cancelled,
    l.hold_cancelled_us AS cancelledUs, l.hold_look_us AS lookUs, l.hold_problem AS problem, l.undo_state AS undoState, l.undone_text AS undoneText
    FROM stop_lever l INDEXED BY stop_lever_undo CROSS JOIN stop_order o ON o.id = l.stop LEFT JOIN connection c ON c.id = l.connection WHERE l.undo_state IN ('open', 'failed') ORDER BY l.stop DESC, l.id LIMIT 2000`).all();
  const isHold = (row: StandingRow): boolean => row.leverId === 'console.hold';
  return {
    holds: rows.filter(isHold).map((row) => ({
      id: `${publicId('stop', row.stop)}-${row.id}`, orderId: publicId('stop', row.stop), leverId: (JSON.parse(row.plan) as PlanLever).id, orderNumber: row.stop, scopeName: row.scopeName, connectionId: publicId('connection', row.connection), connectionName: nameOf(row),
      since: iso(row.sentUs ?? row.intentUs), cancelled: row.cancelled, lastCancelledAt: isoOrNull(row.cancelledUs), lastLookAt: isoOrNull(row.lookUs), problem: undoProblem(row) ?? row.problem,
    })),
    changes: rows.filter((row) => !isHold(row)).map((row) => changeOf(row, JSON.parse(row.plan) as PlanLever)),
  };
}

const undoProblem = (row: StandingRow): string | null => (row.undoState === 'failed' ? (row.undoneText ?? 'Putting it back failed.') : null);
const nameOf = (row: StandingRow): string => row.connectionName ?? (JSON.parse(row.plan) as PlanLever).connectionName;

function changeOf(row: StandingRow, plan: PlanLever): Result<'stop.standing'>['changes'][number] {
  return {
    orderId: publicId('stop', row.stop), orderNumber: row.stop, leverId: plan.id, title: plan.title, scopeName: row.scopeName, connectionName: nameOf(row), since: iso(row.sentUs ?? row.intentUs), undo: plan.undo, undoText: plan.undoText,
    problem: undoProblem(row),
  };
}
