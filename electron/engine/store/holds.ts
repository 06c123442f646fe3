/**
 * Legal holds: what must not go, whatever the periods say and whoever asks. Read anew in every step of what lets go, so that one that is placed
 * meanwhile counts at once.
 */
import { appendAudit } from './audit.ts';
import { bounded } from './bounded.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { headOf, membersOf } from './heads.ts';
import { publicId } from './ids.ts';
import type { RetentionCommands } from './retention-commands.ts';
import { statement } from './statements.ts';

interface Standing { readonly id: number; readonly connection: number | null; readonly agent: number | null; readonly name: string }

export interface Held {
  /** nothing may go. */
  readonly everything: boolean;
  readonly connections: ReadonlySet<number>;
  /** every source of a held agent, and every agent of a held connection. */
  readonly agents: ReadonlySet<number>;
  /** the same holds give the same word. */
  readonly word: string;
}

const standing = (db: AnyDb): Standing[] => statement<[], Standing>(db, 'SELECT id, connection, agent, name FROM hold WHERE lifted_us IS NULL ORDER BY id').all();

export function heldNow(db: AnyDb): Held {
  const holds = standing(db);
  const connections = new Set(holds.flatMap((one) => (one.connection === null ? [] : [one.connection])));
  const agents = new Set(holds.flatMap((one) => (one.agent === null ? [] : membersOf(db, headOf(db, one.agent)))));
  const ofConnection = statement<[number], { id: number }>(db, 'SELECT id FROM agent WHERE connection = ?');
  for (const connection of connections) for (const { id } of ofConnection.all(connection)) agents.add(id);
  // Agents that are stitched anew, or that come, change whom a hold covers.
  return { everything: holds.some((one) => one.connection === null && one.agent === null), connections, agents, word: `${holds.map((one) => one.id).join()} ${[...agents].join()}` };
}

const words = (holds: readonly Standing[]): string => holds.slice(0, 3).map((one) => `${publicId('hold', one.id)} on ${one.name}`).join(', ') + (holds.length > 3 ? ` and ${holds.length - 3} more` : '');

/** Why a connection's history may not be removed; null: nothing stands against it. */
export function removalRefusal(db: AnyDb, connection: number): string | null {
  const against = standing(db).filter((one) => (one.agent === null ? one.connection === null || one.connection === connection : membersOf(db, headOf(db, one.agent)).some((agent) => connectionOf(db, agent) === connection)));
  return against.length === 0 ? null : `A legal hold keeps this history: ${words(against)}. Nothing was removed. Remove the connection and keep its history, or have the hold lifted first.`;
}

/** Why entries of the audit log may not be let go: it can only be cut from its beginning, so any hold keeps all of it. */
export function pruneRefusal(db: AnyDb): string | null {
  const against = standing(db);
  return against.length === 0 ? null : `A legal hold stands: ${words(against)}. Entries of the audit log can only be let go from the oldest on, and what is held may be among them. Nothing was removed; have the hold lifted first.`;
}

/** Why nobody can be erased at all. What single holds cover is left out of an erasure and counted. */
export function erasureRefusal(db: AnyDb): string | null {
  const against = standing(db).filter((one) => one.connection === null && one.agent === null);
  return against.length === 0 ? null : `A legal hold keeps everything: ${words(against)}. Nothing was erased; have the hold lifted first.`;
}

function connectionOf(db: AnyDb, agent: number): number | null {
  return statement<[number], { connection: number }>(db, 'SELECT connection FROM agent WHERE id = ?').get(agent)?.connection ?? null;
}

export function placeHold(db: WriteDb, p: RetentionCommands['holds.place']['params'], nowUs: number): { id: number } {
  const name = p.connection !== null ? nameOf(db, 'connection', p.connection) : p.agent !== null ? nameOf(db, 'agent', p.agent) : 'everything';
  const { lastInsertRowid } = db.prepare('INSERT INTO hold (connection, agent, name, reason, placed_us, placed_by) VALUES (?, ?, ?, ?, ?, ?)')
    .run(p.connection, p.agent, bounded(name, 300), bounded(p.reason, 1_000), nowUs, bounded(p.audit.actor, 256));
  const id = Number(lastInsertRowid);
  appendAudit(db, { ...p.audit, subject: publicId('hold', id), text: `Placed a legal hold on ${name}: nothing that it covers goes until it is lifted. Reason: ${p.reason}`, details: { ...p.audit.details, hold: publicId('hold', id), name, before: null, after: { reason: p.reason } } }, nowUs);
  return { id };
}

function nameOf(db: WriteDb, table: 'connection' | 'agent', id: number): string {
  const row = db.prepare<[number], { name: string }>(`SELECT name FROM ${table} WHERE id = ?`).get(id);
  if (row === undefined) throw new StoreError('not_found', `There is no such ${table} any more. Nothing was changed.`);
  return row.name;
}

export function liftHold(db: WriteDb, p: RetentionCommands['holds.lift']['params'], nowUs: number): { id: number } {
  const row = db.prepare<[number], Standing & { readonly reason: string; readonly lifted: number | null }>('SELECT id, connection, agent, name, reason, lifted_us AS lifted FROM hold WHERE id = ?').get(p.id);
  if (row === undefined) throw new StoreError('not_found', 'There is no such legal hold. Nothing was changed.');
  if (row.lifted !== null) throw new StoreError('conflict', 'This legal hold was lifted already. Nothing was changed.');
  db.prepare('UPDATE hold SET lifted_us = ?, lifted_by = ?, lift_reason = ? WHERE id = ?').run(nowUs, bounded(p.audit.actor, 256), bounded(p.reason, 1_000), p.id);
  appendAudit(db, { ...p.audit, subject: publicId('hold', p.id), text: `Lifted the legal hold on ${row.name}: what it kept goes when its period is over. Reason: ${p.reason}`, details: { ...p.audit.details, name: row.name, before: { reason: row.reason }, after: null, reason: p.reason } }, nowUs);
  return { id: p.id };
}
