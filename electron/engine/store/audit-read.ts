/** Entries, seals and keys as they stand in the file, byte for byte, for whoever checks or exports them. */
import { microTime } from '../audit/chain.ts';
import type { KeptEntry, KeptKey, KeptTombstone } from '../audit/log-check.ts';
import type { AnyDb } from './database.ts';
import { frontierOf } from './audit-head.ts';

interface Row {
  readonly id: number; readonly atUs: number; readonly actorKind: Buffer; readonly action: Buffer; readonly subject: Buffer | null; readonly outcome: Buffer;
  readonly body: Buffer; readonly hash: Buffer; readonly erasure: number | null; readonly salt: Buffer; readonly actor: Buffer; readonly text: Buffer; readonly details: Buffer;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** SECURITY: read as text, bytes that are no UTF-8 would look like the mark that stands for them, and so like what was written where that mark was written. */
function textOf(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return `${bytes.toString('hex')} (no text)`;
  }
}

const hex = (bytes: Buffer): string => bytes.toString('hex');
const columns = `id, at_us AS atUs, CAST(actor_kind AS BLOB) AS actorKind, CAST(action AS BLOB) AS action, CAST(subject AS BLOB) AS subject, CAST(outcome AS BLOB) AS outcome,
  body, hash, erasure, salt, CAST(actor AS BLOB) AS actor, CAST(text AS BLOB) AS text, CAST(details AS BLOB) AS details`;

/** In order, from behind `after`. One statement: what is written meanwhile does not show. */
export function* readKeptEntries(db: AnyDb, after: number, upTo: number = Number.MAX_SAFE_INTEGER): Generator<KeptEntry> {
  for (const row of db.prepare<[number, number], Row>(`SELECT ${columns} FROM audit_entry WHERE id > ? AND id <= ? ORDER BY id`).iterate(after, upTo)) yield keptEntry(row);
}

function keptEntry(row: Row): KeptEntry {
  const line = { seq: row.id, at: microTime(row.atUs), actorKind: textOf(row.actorKind), action: textOf(row.action), subject: row.subject === null ? null : textOf(row.subject), outcome: textOf(row.outcome), body: hex(row.body) };
  const body = { actor: textOf(row.actor), text: textOf(row.text), details: textOf(row.details), salt: hex(row.salt) };
  // Blank is blank only with the word of why: else it counts as what stands there.
  const erased = row.erasure !== null && body.actor === '' && body.text === '' && body.details === '' && body.salt === '';
  return { line, hash: hex(row.hash), body: erased ? null : body, erasure: row.erasure };
}

export interface KeptSeal { readonly number: number; readonly hour: number; readonly size: number; readonly writtenUs: number; readonly reason: string | null; readonly note: string }
export const readSeals = (db: AnyDb): KeptSeal[] => db.prepare<[], KeptSeal>('SELECT number, hour, size, written_us AS writtenUs, reason, note FROM audit_seal ORDER BY number').all();

export interface KeyRow { readonly id: number; readonly name: string; readonly public: Buffer; readonly madeUs: number; readonly retiredUs: number | null; readonly place: string; readonly handover: string | null }
export const readKeys = (db: AnyDb): KeyRow[] => db.prepare<[], KeyRow>('SELECT id, name, public, made_us AS madeUs, retired_us AS retiredUs, place, handover FROM audit_key ORDER BY id').all();
export const keptKeys = (db: AnyDb): KeptKey[] => readKeys(db).map(({ name, public: publicKey, handover }) => ({ key: { name, publicKey }, handover }));

export interface TombstoneRow { readonly id: number; readonly upTo: number; readonly entries: number; readonly atUs: number; readonly by: string; readonly reason: string; readonly seal: number; readonly last: Buffer; readonly frontier: Buffer; readonly entry: number }
export const readTombstones = (db: AnyDb): TombstoneRow[] => db.prepare<[], TombstoneRow>('SELECT id, up_to AS upTo, entries, at_us AS atUs, by, reason, seal, last, frontier, entry FROM audit_tombstone ORDER BY up_to').all();
export const keptTombstones = (db: AnyDb): KeptTombstone[] => readTombstones(db).flatMap(({ upTo, last, frontier, entries, seal, entry }) => {
  const roots = frontierOf(upTo, frontier);
  return roots === null ? [] : [{ entries, seal, entry, head: { frontier: roots, last: hex(last) } }];
});
