/**
 * Lets history go, oldest first, in transactions small enough that telemetry is taken in between. Sums (by_hour, by_day,
 * tool_day) stay: what was done and spent remains known when the records themselves are gone.
 */
import { packPayloads, payloadFormat, slotsOf, unpackPayload, type PayloadRef } from '../ingest/payload.ts';
import { markAround, markConnection, markDirty } from './access-dirty.ts';
import { dropResolved, resolveWhere } from './alerts.ts';
import { dropDecided, withdrawAll } from './approvals.ts';
import type { WriteDb } from './database.ts';
import { recordsGone } from './digests.ts';
import { compress, decompress } from './payloads.ts';
import { noteChanges } from './grant-changes.ts';
import { planBefore, PlanTables, type Plan } from './retention-plan.ts';
import { statement } from './statements.ts';
import { restitch } from './stitching.ts';
import { dropGrants } from './stored-grant.ts';
import { TaskMoney, type MoneyOf } from './task-money.ts';
import type { Writer } from './writer.ts';

export const rowsAStep = 2_048;

interface Old { id: number; task: number; agent: number; us: number; block: number; slot: number }
/** What leaves one block; two rows may stand on one record. */
interface Gone { readonly slots: Set<number>; count: number }

/** Each step is one transaction; the answer of `next` says how many activities went. A number: before that time, whatever the periods are. */
export function* retain(writer: Writer, wanted: number | Plan): Generator<number> {
  const { db } = writer;
  const tables = new PlanTables(db, typeof wanted === 'number' ? planBefore(db, wanted) : wanted);
  const agents = db.prepare<[], AgentOf>('SELECT id, connection FROM agent WHERE rows > 0 ORDER BY connection, id').all();
  const walk = { at: 0 };
  const connections = new Map(agents.map((one) => [one.id, one.connection]));
  while (walk.at < agents.length) {
    yield dropActivities(writer, () => {
      const old = oldOf(db, tables, agents, walk);
      countGone(db, old, connections);
      return old;
    });
  }
  const cursor = { us: Number.MIN_SAFE_INTEGER, id: 0 };
  while (removeTasks(writer, tables, cursor) > 0) yield 0;
  writer.inTransaction(() => {
    tables.look();
    dropDecided(db);
    // Whoever has no record left may be shown no more.
    db.exec('INSERT OR IGNORE INTO access_dirty SELECT id FROM agent WHERE rows = 0');
  });
  yield 0;
  while (writer.inTransaction(() => { tables.look(); return dropResolved(db, tables.other, tables.held.everything); })) yield 0;
  writer.inTransaction(() => noteGone(db, tables));
  yield* shrink(db);
}

interface AgentOf { readonly id: number; readonly connection: number }

/** The next that are past their time and under no hold; `walk` goes on to the next agent when one has no more. */
function oldOf(db: WriteDb, tables: PlanTables, agents: readonly AgentOf[], walk: { at: number }): Old[] {
  tables.look();
  const find = statement<[number, number, number], Old>(db, 'SELECT id, task, agent, ts_us AS us, block, slot FROM activity INDEXED BY activity_agent WHERE agent = ? AND ts_us < ? ORDER BY ts_us LIMIT ?');
  const old: Old[] = [];
  while (walk.at < agents.length && old.length < rowsAStep) {
    const { id, connection } = agents[walk.at] as AgentOf;
    const before = tables.held.agents.has(id) ? null : tables.before(connection);
    const room = rowsAStep - old.length;
    const found = before === null ? [] : find.all(id, before, room);
    old.push(...found);
    if (found.length < room) walk.at += 1;
  }
  return old;
}

function countGone(db: WriteDb, old: readonly Old[], connections: ReadonlyMap<number, number>): void {
  const counts = new Map<number, { n: number; newest: number }>();
  for (const { agent, us } of old) {
    const connection = connections.get(agent) ?? 0;
    const known = counts.get(connection);
    if (known === undefined) counts.set(connection, { n: 1, newest: us });
    else {
      known.n += 1;
      known.newest = Math.max(known.newest, us);
    }
  }
  const add = statement(db, 'INSERT INTO retention_gone (connection, before_us, newest_us, activities, at_us) VALUES (?, 0, ?, ?, ?) ON CONFLICT DO UPDATE SET newest_us = max(newest_us, excluded.newest_us), activities = activities + excluded.activities, at_us = excluded.at_us');
  for (const [connection, { n, newest }] of counts) add.run(connection, newest, n, Date.now() * 1_000);
}

/** Only a run that came to its end can say that nothing older is left. */
function noteGone(db: WriteDb, tables: PlanTables): void {
  tables.look();
  for (const { connection, before } of db.prepare<[], { connection: number; before: number }>('SELECT connection, before_us AS before FROM temp.retention_before').all()) {
    statement(db, 'UPDATE retention_gone SET before_us = max(before_us, ?) WHERE connection = ?').run(before, connection);
  }
}

/** Everything of one connection, sums included. */
export function* removeConnection(writer: Writer, connection: number): Generator<number> {
  const { db } = writer;
  const tasks = db.prepare<[number], { id: number }>('SELECT id FROM task WHERE connection = ? LIMIT 1');
  const ofTask = db.prepare<[number, number], Old>('SELECT id, task, agent, ts_us AS us, block, slot FROM activity WHERE task = ? ORDER BY id LIMIT ?');
  for (let task = tasks.get(connection); task !== undefined; task = tasks.get(connection)) {
    const at = task.id;
    for (;;) {
      const gone = dropActivities(writer, () => ofTask.all(at, rowsAStep));
      yield gone;
      if (gone < rowsAStep) break;
    }
    const { id } = task;
    writer.inTransaction(() => dropTask(db, id));
  }
  writer.inTransaction(() => {
    const agents = 'SELECT id FROM agent WHERE connection = @connection';
    forgetAccess(db, connection);
    // What they were about is gone; what they said stays readable.
    const removedUs = db.prepare<[number], { us: number | null }>('SELECT removed_us AS us FROM connection WHERE id = ?').get(connection)?.us ?? Date.now() * 1_000;
    resolveWhere(db, `connection = @value OR agent IN (${agents.replace('@connection', '@value')})`, connection, 'Its connection was removed with its history.', removedUs);
    for (const table of ['by_hour', 'by_day', 'failed_hours', 'tool_day', 'failure_day', 'failure_agent', 'agent_version', 'identity_evidence', 'identity_change', 'agent_alias', 'agent_stitch', 'agent_tag', 'canary', 'rule_last', 'agent_tried', 'tool_use', 'tool_turn', 'task_authority', 'agent_credential', 'agent_owner', 'access_baseline', 'task_day', 'failure_hit']) {
      db.prepare(`DELETE FROM ${table} WHERE agent IN (${agents})`).run({ connection });
    }
    for (const table of ['agent_link', 'link_day', 'agent_call']) db.prepare(`DELETE FROM ${table} WHERE caller IN (${agents}) OR called IN (${agents})`).run({ connection });
    // Days that are over lost something.
    db.prepare('UPDATE day_turn SET n = n + 1').run();
    db.prepare('UPDATE hit_turn SET n = n + 1').run();
    for (const table of ['agent_joined', 'agent_apart']) db.prepare(`DELETE FROM ${table} WHERE agent IN (${agents}) OR other IN (${agents})`).run({ connection });
    db.prepare('DELETE FROM failure WHERE id NOT IN (SELECT failure FROM failure_day)').run();
    for (const table of ['failure_state', 'failure_said', 'failure_task', 'failure_hit', 'hit_turn']) db.prepare(`DELETE FROM ${table} WHERE failure NOT IN (SELECT id FROM failure)`).run();
    db.prepare('UPDATE failure SET count = (SELECT sum(count) FROM failure_day WHERE failure = failure.id)').run();
    for (const table of ['agent', 'by_minute', 'hour_total', 'spend_hour', 'tally', 'seen', 'gap', 'metric', 'trace', 'task_alias', 'runtime', 'checkpoint', 'approval', 'stuck', 'right_check', 'grant_holder', 'grant_change', 'bill', 'bill_day', 'task_cost', 'task_day', 'retention_period', 'retention_gone']) db.prepare(`DELETE FROM ${table} WHERE connection = ?`).run(connection);
    db.prepare('DELETE FROM connection WHERE id = ?').run(connection);
    // Others may have been one agent by way of one of these.
    restitch(db);
  });
  writer.forget();
  yield 0;
  yield* shrink(db);
}

/** Its agents are folded once more, and then there are none: their lines, and what others share with them, are made anew without them. */
function forgetAccess(db: WriteDb, connection: number): void {
  const ids = db.prepare<[number], number>('SELECT id FROM agent WHERE connection = ?').pluck().all(connection);
  markConnection(db, connection);
  for (let at = 0; at < ids.length; at += 500) markAround(db, ids.slice(at, at + 500), 0);
  // Agents that one of them was shown as hold less now; who was shown as whom is forgotten next.
  markDirty(db, db.prepare<[number], number>('SELECT DISTINCT head FROM agent_stitch WHERE agent IN (SELECT id FROM agent WHERE connection = ?)').pluck().all(connection));
  dropGrants(db, 'connection = ?', connection);
  dropGrants(db, 'agent > 0 AND agent IN (SELECT id FROM agent WHERE connection = ?)', connection);
  db.prepare('DELETE FROM grant_holder WHERE agent IN (SELECT id FROM agent WHERE connection = ?)').run(connection);
}

/** The connection stays readable in the history; its token no longer opens anything, its credential is forgotten, and nobody can answer for it. */
export function retireConnection(db: WriteDb, connection: number, nowUs: number): void {
  db.prepare('UPDATE connection SET removed_us = ?, enabled = 0, token_hash = NULL WHERE id = ? AND removed_us IS NULL').run(nowUs, connection);
  db.prepare('UPDATE runtime SET credential = NULL, credential_hint = NULL, stop_credential = NULL, stop_credential_hint = NULL, consent = NULL, next_poll_us = NULL WHERE connection = ?').run(connection);
  for (const table of ['checkpoint', 'stuck']) db.prepare(`DELETE FROM ${table} WHERE connection = ?`).run(connection);
  withdrawAll(db, connection, nowUs);
  retireGrants(db, connection, nowUs);
}

interface Retired { readonly agent: number; readonly grant: number; readonly kind: 'tool'; readonly name: string }

/** Nobody lists them any more, so nobody knows whether they still hold: they are told as gone, and it is no drift. */
function retireGrants(db: WriteDb, connection: number, nowUs: number): void {
  const grants = db.prepare<[number], Retired>('SELECT agent, id AS "grant", kind, name FROM grant_seen WHERE connection = ? AND gone_us IS NULL').all(connection);
  db.prepare('UPDATE grant_seen SET gone_us = ? WHERE connection = ? AND gone_us IS NULL').run(nowUs, connection);
  noteChanges(db, grants.map((one) => ({ ...one, connection, what: 'removed', widening: false, first: true, text: 'The connection was removed: nobody asks its runtime any more.' })), nowUs);
  markConnection(db, connection);
}

/** `choose` is asked within the transaction that lets them go. */
function dropActivities(writer: Writer, choose: () => readonly Old[]): number {
  const { db } = writer;
  const gone = writer.inTransaction(() => {
    const old = choose();
    if (old.length > 0) dropRows(db, old);
    return old.length;
  });
  if (gone > 0) writer.forget();
  return gone;
}

function dropRows(db: WriteDb, old: readonly Old[]): void {
  const drop = db.prepare('DELETE FROM activity WHERE id = ?');
  const dropCall = db.prepare('DELETE FROM agent_call WHERE activity = ?');
  const dropUnits = db.prepare('DELETE FROM activity_units WHERE activity = ?');
  const refs = db.prepare<[number], { block: number; slot: number }>('SELECT block, slot FROM extra_ref WHERE activity = ? AND block <> 0');
  const dropRefs = db.prepare('DELETE FROM extra_ref WHERE activity = ?');
  keepMoney(db, old);
  const agents = new Map<number, number>();
  const gone = new Map<number, Gone>();
  for (const row of old) {
    drop.run(row.id);
    dropCall.run(row.id);
    dropUnits.run(row.id);
    agents.set(row.agent, (agents.get(row.agent) ?? 0) + 1);
    for (const { block, slot } of [row, ...refs.all(row.id)]) {
      const inBlock = gone.get(block) ?? { slots: new Set(), count: 0 };
      inBlock.slots.add(slot);
      inBlock.count += 1;
      gone.set(block, inBlock);
    }
    dropRefs.run(row.id);
  }
  dropPayloads(db, gone);
  const fewer = db.prepare('UPDATE agent SET rows = max(0, rows - ?) WHERE id = ?');
  for (const [agent, count] of agents) fewer.run(count, agent);
}

/** What these rows brought into the cost of their tasks stays known, though the rows go. */
function keepMoney(db: WriteDb, old: readonly Old[]): void {
  const money = new TaskMoney(db);
  const byTask = new Map<number, number[]>();
  for (const { id, task } of old) {
    const ids = byTask.get(task);
    if (ids === undefined) byTask.set(task, [id]);
    else ids.push(id);
  }
  const find = db.prepare<[number], MoneyOf>('SELECT id, started_us AS startedUs, last_us AS lastUs FROM task WHERE id = ?');
  for (const [id, ids] of byTask) {
    const task = find.get(id);
    if (task !== undefined) money.keep(task, ids);
  }
}

/** SECURITY: what is past its time must not stay readable because a younger neighbour shares its block: such blocks are written anew without it. */
export function dropPayloads(db: WriteDb, gone: ReadonlyMap<number, Gone>): void {
  const find = db.prepare<[number], { format: number; codec: number; body: Buffer; used: number }>('SELECT format, codec, body, used FROM payload WHERE id = ?');
  const drop = db.prepare('DELETE FROM payload WHERE id = ?');
  const rewrite = db.prepare('UPDATE payload SET format = ?, codec = ?, body = ?, used = ? WHERE id = ?');
  for (const [id, { slots, count }] of gone) {
    const block = find.get(id);
    if (block === undefined) continue;
    const isWhole = block.used <= count;
    recordsGone(db, id, isWhole ? null : slots, Date.now() * 1_000);
    if (isWhole) {
      drop.run(id);
      continue;
    }
    const plain = decompress(block);
    const refs = Array.from({ length: slotsOf(plain) }, (_, slot) => (slots.has(slot) ? nothing : refTo(block.format, plain, slot)));
    const { codec, body } = compress(packPayloads(refs));
    rewrite.run(payloadFormat, codec, body, block.used - count, id);
  }
}

const nothing: PayloadRef = {
  kind: 5, source: new Uint8Array(0), start: 0, end: 0,
  context: { source: new Uint8Array(0), resourceStart: 0, resourceEnd: 0, scopeStart: 0, scopeEnd: 0 },
};

export function refTo(format: number, block: Uint8Array, slot: number): PayloadRef {
  const { kind, record, resource, scope } = unpackPayload(format, block, slot);
  if (record.length === 0) return nothing;
  const source = Buffer.concat([resource, scope, record]);
  const scopeEnd = resource.length + scope.length;
  return {
    kind: kind as PayloadRef['kind'], source, start: scopeEnd, end: source.length,
    context: { source, resourceStart: 0, resourceEnd: resource.length, scopeStart: resource.length, scopeEnd },
  };
}

/** Tasks of which nothing is left, in the order of their beginning: `cursor` says how far that went, so that those that stay are looked at once. */
function removeTasks(writer: Writer, tables: PlanTables, cursor: { us: number; id: number }): number {
  const { db } = writer;
  return writer.inTransaction(() => {
    tables.look();
    const { latest } = tables;
    if (latest === null) return 0;
    const old = statement<[number, number, number], { id: number; us: number; gone: number }>(db, `SELECT t.id, t.started_us AS us, t.started_us < b.before_us AND t.last_us < b.before_us AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.task = t.id) AS gone
      FROM task t LEFT JOIN temp.retention_before b ON b.connection = t.connection WHERE (t.started_us, t.id) > (?, ?) AND t.started_us < ? ORDER BY t.started_us, t.id LIMIT 500`).all(cursor.us, cursor.id, latest);
    const last = old.at(-1);
    if (last === undefined) return 0;
    Object.assign(cursor, { us: last.us, id: last.id });
    const going = old.filter((one) => one.gone === 1).map((one) => one.id);
    // Their sums stay: they have to be whole before the tasks go.
    writer.tasks.foldNow(going);
    for (const id of going) dropTask(db, id);
    if (going.length === 0) return old.length;
    // What people said of a failure is theirs: it is found again when it comes back.
    db.prepare(`DELETE FROM failure WHERE last_us < ? AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.failure = failure.id) AND NOT EXISTS (SELECT 1 FROM failure_said s WHERE s.failure = failure.id)
      AND NOT EXISTS (SELECT 1 FROM failure_agent f JOIN temp.retention_held h ON h.agent = f.agent WHERE f.failure = failure.id)`).run(latest);
    writer.forget();
    return old.length;
  });
}

function dropTask(db: WriteDb, task: number): void {
  db.prepare('DELETE FROM link WHERE trace IN (SELECT id FROM trace WHERE task = ?)').run(task);
  for (const table of ['trace', 'task_agent', 'task_run', 'task_alias', 'task_authority', 'stuck', 'task_cost', 'task_kept', 'task_mark', 'failure_task']) db.prepare(`DELETE FROM ${table} WHERE task = ?`).run(task);
  db.prepare('UPDATE approval SET task = 0 WHERE task = ?').run(task);
  db.prepare('DELETE FROM task WHERE id = ?').run(task);
}

const pagesAStep = 4_096;

/** Gives freed pages back to the disk, some at a time: the pages that stand behind them are moved forward. */
export function* shrink(db: WriteDb): Generator<number> {
  const free = (): number => Number(db.pragma('freelist_count', { simple: true }));
  for (let left = free(); left > 0;) {
    db.pragma(`incremental_vacuum(${pagesAStep})`);
    yield 0;
    const now = free();
    if (now >= left) break;
    left = now;
  }
  db.pragma('wal_checkpoint(TRUNCATE)');
  yield 0;
}
