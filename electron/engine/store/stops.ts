/**
 * Stop orders as the history keeps them: the intent before anything leaves, then what was sent, reported and confirmed, each by itself.
 * Orders and their evidence are records: they are never deleted, by no retention and with no connection.
 */
import type { StopEvent } from '../../../shared/stop.ts';
import { appendAudit } from './audit.ts';
import { bounded, boundedOrNull, wholeUs } from './bounded.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';
import { keepLanded } from './landed.ts';
import { scopeKey } from './scope-key.ts';
import type { LeverPatch, NewEvent, NewLever, OrderPatch, StopCommands, WatchedSource } from './stop-commands.ts';

type Params<N extends keyof StopCommands> = StopCommands[N]['params'];

/** SECURITY: evidence comes as fast as agents and runtimes speak. */
const mostEvents = 10_000;
const mostActs = 50;
const mostSaved = 1024 * 1024;
/** The oldest of the first go first, then of the others. What tells of the course of an order stays, however much is said beside it. */
const droppable: readonly StopEvent['kind'][] = ['not_seen', 'for', 'note', 'against', 'hold'];

export function beginStop(db: WriteDb, p: Params<'stops.begin'>, nowUs: number): { id: number; number: number; levers: readonly number[] } {
  const names = db.prepare<[number], { name: string }>('SELECT name FROM agent WHERE id = ?');
  const agents = p.agents.map((id) => ({ id, name: names.get(id)?.name ?? '(unknown)', ...(p.watched === undefined ? {} : { sources: p.watched.filter((one) => one.head === id).map(kept) }) }));
  const { lastInsertRowid } = db.prepare(`INSERT INTO stop_order (scope_key, scope, scope_name, level, origin, state, headline, ordered_by, reason_kind, reason, ticket, rule, silence_s, watch_s, intent_us, agents, sources, tasks, plan)
    VALUES (@key, @scope, @scopeName, @level, @origin, @state, @headline, @orderedBy, @reasonKind, @reason, @ticket, @rule, @silenceS, @watchS, @nowUs, @agents, @sources, @tasks, @plan)`).run({
    key: scopeKey(p.scope), scope: JSON.stringify(p.scope), scopeName: bounded(p.scopeName, 300), level: p.level, origin: p.origin, state: p.state,
    headline: p.state === 'waiting_second' ? 'Waits for a second person. Nothing was sent.' : 'Stopping: no lever was sent yet.', orderedBy: bounded(p.orderedBy, 256), reasonKind: p.reasonKind,
    reason: bounded(p.reason, 4_000), ticket: boundedOrNull(p.ticket, 200), rule: p.rule, silenceS: p.silenceS, watchS: p.watchS, nowUs,
    agents: JSON.stringify(agents), sources: JSON.stringify(p.sources), tasks: p.tasks === null ? null : JSON.stringify(p.tasks), plan: JSON.stringify(p.plan),
  });
  const id = Number(lastInsertRowid);
  const mark = db.prepare('INSERT OR IGNORE INTO stop_agent (agent, stop) VALUES (?, ?)');
  for (const agent of new Set([...p.agents, ...p.sources])) mark.run(agent, id);
  const levers = p.levers.map((lever) => addLever(db, id, lever));
  addEvents(db, id, [{ atUs: nowUs, kind: 'intent', lever: null, by: 'console', text: `${p.orderedBy} ordered it: ${p.audit.text}` }], nowUs);
  // Only now it has a name.
  appendAudit(db, { ...p.audit, subject: p.audit.subject ?? publicId('stop', id) }, nowUs);
  return { id, number: id, levers };
}

const kept = ({ agent, key, connection, connectionName, kind }: WatchedSource): Omit<WatchedSource, 'head'> => ({ agent, key, connection, connectionName: bounded(connectionName, 300), kind });

function addLever(db: WriteDb, stop: number, { plan, connection, target, repeatable, idleOnly }: NewLever): number {
  return Number(db.prepare('INSERT INTO stop_lever (stop, plan_id, lever_id, connection, repeatable, idle_only, target, plan) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(stop, plan.id, plan.leverId, connection, repeatable ? 1 : 0, idleOnly ? 1 : 0, JSON.stringify(target), JSON.stringify(plan)).lastInsertRowid);
}

export function writeStop(db: WriteDb, p: Params<'stops.write'>, nowUs: number): { id: number } {
  if (db.prepare('SELECT 1 FROM stop_order WHERE id = ?').get(p.id) === undefined) throw new StoreError('not_found', 'There is no such stop order. Nothing was changed.');
  if (p.order !== undefined) patchOrder(db, p.id, p.order, nowUs);
  for (const lever of p.levers ?? []) patchLever(db, p.id, lever, nowUs);
  if (p.events !== undefined) addEvents(db, p.id, p.events, nowUs);
  for (const audit of p.audit ?? []) appendAudit(db, { ...audit, subject: audit.subject ?? publicId('stop', p.id) }, nowUs);
  if (p.order?.endedUs !== undefined || p.order?.releasedUs !== undefined || p.levers?.some((one) => one.undoState === 'done') === true) letGo(db, p.id);
  // Its acts are counted once more when nobody watches it any longer: the records that they stand on may go, the order does not.
  if (p.order?.endedUs !== undefined && p.order.endedUs !== null) keepLanded(db, p.id);
  return { id: p.id };
}

/**
 * What undoing or looking for a lever's effect needed may be a whole assistant with its instructions: it goes as soon as nobody can need it any
 * more. Where a lever may still be sent again, what was there before its first attempt stays: after that it could not be read.
 */
function letGo(db: WriteDb, stop: number): void {
  db.prepare(`UPDATE stop_lever SET saved = NULL WHERE stop = @stop AND saved IS NOT NULL AND (undo_state = 'done' OR (undo_state = 'none' AND EXISTS (SELECT 1 FROM stop_order o WHERE o.id = @stop AND (o.released_us IS NOT NULL
    OR (o.ended_us IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stop_lever l WHERE l.stop = @stop AND l.state IN ('failed', 'unknown', 'skipped')))))))`).run({ stop });
}

type Columns = Readonly<Record<string, string | number | null | undefined>>;

/** Column names come from this file only. */
function patch(db: WriteDb, table: 'stop_order' | 'stop_lever', where: string, ids: readonly number[], columns: Columns): number {
  const set = Object.entries(columns).filter(([, value]) => value !== undefined);
  if (set.length === 0) return 1;
  return db.prepare(`UPDATE ${table} SET ${set.map(([name]) => `${name} = ?`).join(', ')} WHERE ${where}`).run(...set.map(([, value]) => value), ...ids).changes;
}

/** null is a word here: there is no such time any more. */
function time(us: number | null | undefined, nowUs: number): number | null | undefined {
  return us === undefined || us === null ? us : wholeUs(us, nowUs);
}
const text = (words: string | undefined, most: number): string | undefined => (words === undefined ? undefined : bounded(words, most));

function patchOrder(db: WriteDb, id: number, p: OrderPatch, nowUs: number): void {
  patch(db, 'stop_order', 'id = ?', [id], {
    state: p.state, headline: text(p.headline, 1_000), second_by: text(p.secondBy, 256), commanded_us: time(p.commandedUs, nowUs), first_answer_us: time(p.firstAnswerUs, nowUs), answered_us: time(p.answeredUs, nowUs),
    last_act_us: time(p.lastActUs, nowUs), contained_us: time(p.containedUs, nowUs), verified_us: time(p.verifiedUs, nowUs), watch_until_us: time(p.watchUntilUs, nowUs), reopened: p.reopened,
    ended_us: time(p.endedUs, nowUs), released_us: time(p.releasedUs, nowUs), still_open: p.stillOpen === undefined ? undefined : JSON.stringify(p.stillOpen.slice(0, 1_000).map(shown)),
  });
  noteTried(db, id, p.state);
}

/** Readiness tells the newest that came to a verdict, whichever it was. */
function noteTried(db: WriteDb, id: number, state: OrderPatch['state']): void {
  if (state !== 'verified' && state !== 'still_acting' && state !== 'unverified') return;
  db.prepare(`INSERT INTO agent_tried (agent, level, stop) SELECT s.agent, o.level, o.id FROM stop_order o JOIN stop_agent s ON s.stop = o.id WHERE o.id = ?
    ON CONFLICT (agent, level) DO UPDATE SET stop = excluded.stop WHERE excluded.stop > stop`).run(id);
}

const shown = (one: { readonly id: string; readonly title: string; readonly detail: string }): { id: string; title: string; detail: string } => ({ id: bounded(one.id, 512), title: bounded(one.title, 300), detail: bounded(one.detail, 1_000) });

function patchLever(db: WriteDb, stop: number, p: LeverPatch, nowUs: number): void {
  if (p.saved !== undefined && p.saved !== null && p.saved.length > mostSaved) throw new StoreError('bad_request', `A lever wanted to keep ${p.saved.length} characters to undo it; ${mostSaved} is the most. Nothing was changed, and it must not be pulled.`);
  const changed = patch(db, 'stop_lever', 'id = ? AND stop = ?', [p.id, stop], {
    state: p.state, saved: p.saved, sent_us: time(p.sentUs, nowUs), reported_us: time(p.reportedUs, nowUs), reported: p.reported, reported_text: text(p.reportedText, 4_000),
    confirmed: p.confirmed, confirmed_us: time(p.confirmedUs, nowUs), confirmed_text: text(p.confirmedText, 4_000), attempts: p.attempts,
    undo_state: p.undoState, undone_us: time(p.undoneUs, nowUs), undone_text: text(p.undoneText, 4_000), acts: p.actsUs === undefined ? undefined : JSON.stringify(moreActs(db, p.id, p.actsUs, nowUs)),
    ...(p.hold === undefined ? {} : { hold_cancelled: p.hold.cancelled, hold_cancelled_us: time(p.hold.lastCancelledUs, nowUs), hold_look_us: time(p.hold.lastLookUs, nowUs), hold_problem: boundedOrNull(p.hold.problem, 1_000) }),
  });
  if (changed === 0) throw new StoreError('not_found', 'The stop order has no such lever. Nothing was changed.');
}

function moreActs(db: WriteDb, lever: number, acts: readonly number[], nowUs: number): number[] {
  const known = JSON.parse(db.prepare<[number], { acts: string }>('SELECT acts FROM stop_lever WHERE id = ?').get(lever)?.acts ?? '[]') as number[];
  return [...new Set([...known, ...acts.map((us) => wholeUs(us, nowUs))])].toSorted((a, b) => a - b).slice(-mostActs);
}

function addEvents(db: WriteDb, stop: number, events: readonly NewEvent[], nowUs: number): void {
  const add = db.prepare('INSERT INTO stop_event (stop, at_us, kind, lever, by, text) VALUES (?, ?, ?, ?, ?, ?)');
  for (const one of events) add.run(stop, wholeUs(one.atUs, nowUs), one.kind, one.lever, bounded(one.by, 64), bounded(one.text, 4_000));
  db.prepare('UPDATE stop_order SET events = events + ? WHERE id = ?').run(events.length, stop);
  const row = db.prepare<[number], { events: number; dropped: number; note: number | null }>('SELECT events, dropped, dropped_event AS note FROM stop_order WHERE id = ?').get(stop);
  if (row !== undefined && row.events > mostEvents) dropEvents(db, stop, row, nowUs);
}

/** A tenth at once: an order that is full does not pay for it with every line. One line says how many went. */
function dropEvents(db: WriteDb, stop: number, { events, dropped, note }: { readonly events: number; readonly dropped: number; readonly note: number | null }, nowUs: number): void {
  const { changes } = db.prepare(`DELETE FROM stop_event WHERE id IN (SELECT id FROM stop_event WHERE stop = ? AND kind IN (${droppable.map(() => '?').join(', ')}) AND id <> ? ORDER BY kind IN ('against', 'hold'), id LIMIT ?)`)
    .run(stop, ...droppable, note ?? 0, events - mostEvents + mostEvents / 10);
  if (changes === 0) return;
  const gone = dropped + changes;
  const words = `${gone} older lines of evidence were dropped: an order keeps ${mostEvents}, and what was ordered, sent, answered and undone is never dropped.`;
  const line = note ?? Number(db.prepare("INSERT INTO stop_event (stop, at_us, kind, by, text) VALUES (?, ?, 'note', 'console', '')").run(stop, nowUs).lastInsertRowid);
  db.prepare('UPDATE stop_event SET at_us = ?, text = ? WHERE id = ?').run(nowUs, words, line);
  db.prepare('UPDATE stop_order SET events = ?, dropped = ?, dropped_event = ? WHERE id = ?').run(events - changes + (note === null ? 1 : 0), gone, line, stop);
}
