/** Entries, seals and keys as they stand in the file, byte for byte, for whoever checks or exports them. */
import { microTime } from '../audit/chain.ts';
import type { KeptEntry, KeptKey, KeptTombstone } from '../audit/log-check.ts';
import type { AnyDb } from './database.ts';
import { frontierOf } from './audit-head.ts';

interface Row {
  readonly id: number; readonly atUs: number; readonly actorKind: string; readonly action: string; readonly subject: string | null; readonly outcome: string;
  readonly body: Buffer; readonly hash: Buffer; readonly erasure: number | null; readonly salt: Buffer; readonly actor: string; readonly text: string; readonly details: string;
}

const texts = ['actor_kind', 'action', 'subject', 'outcome', 'actor', 'text', 'details'] as const;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isText(bytes: Buffer | null): boolean {
  try {
    if (bytes !== null) decoder.decode(bytes);
    return true;
  } catch {
    // No UTF-8: nothing that this program wrote.
    return false;
  }
}

const hex = (bytes: Buffer): string => bytes.toString('hex');

/** In order, from behind `after`. One statement: what is written meanwhile does not show. */
export function* readKeptEntries(db: AnyDb, after: number, upTo: number = Number.MAX_SAFE_INTEGER): Generator<KeptEntry> {
  const bytesOf = db.prepare<[number], Buffer | null>(`SELECT ${texts.map((name) => `CAST(${name} AS BLOB)`).join(', ')} FROM audit_entry WHERE id = ?`).raw();
  const rows = db.prepare<[number, number], Row>('SELECT id, at_us AS atUs, actor_kind AS actorKind, action, subject, outcome, body, hash, erasure, salt, actor, text, details FROM audit_entry WHERE id > ? AND id <= ? ORDER BY id').iterate(after, upTo);
  for (const row of rows) {
    const said = [row.actorKind, row.action, row.subject ?? '', row.outcome, row.actor, row.text, row.details];
    if (!isTyped(row, said)) {
      yield keptEntry(mended(row), false);
      continue;
    }
    // SECURITY: bytes that are no UTF-8 are read as the mark that stands for them, and so like what was written where that mark itself was written.
    const readable = !said.some((text) => text.includes('\ufffd')) || (bytesOf.get(row.id) as unknown as (Buffer | null)[]).every(isText);
    yield keptEntry(row, readable);
  }
}

/** In a page that was damaged a column may hold what its table does not allow. */
const isTyped = (row: Row, said: readonly unknown[]): boolean => said.every((text) => typeof text === 'string') && [row.body, row.hash, row.salt].every((bytes) => Buffer.isBuffer(bytes)) && typeof row.atUs === 'number' && (row.erasure === null || typeof row.erasure === 'number');
const asText = (value: unknown): string => (typeof value === 'string' ? value : `(no text: ${typeof value})`);
const asBytes = (value: unknown): Buffer => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));
const mended = (row: Row): Row => ({
  id: row.id, atUs: Number(row.atUs), actorKind: asText(row.actorKind), action: asText(row.action), subject: row.subject === null ? null : asText(row.subject), outcome: asText(row.outcome),
  body: asBytes(row.body), hash: asBytes(row.hash), erasure: typeof row.erasure === 'number' ? row.erasure : null, salt: asBytes(row.salt), actor: asText(row.actor), text: asText(row.text), details: asText(row.details),
});

function keptEntry(row: Row, readable: boolean): KeptEntry {
  const line = { seq: row.id, at: microTime(row.atUs), actorKind: row.actorKind, action: row.action, subject: row.subject, outcome: row.outcome, body: hex(row.body) };
  const body = { actor: row.actor, text: row.text, details: readable ? row.details : `${row.details} (not as it was written: bytes of this entry are no text)`, salt: hex(row.salt) };
  // Blank is blank only with the word of why: else it counts as what stands there.
  const erased = row.erasure !== null && row.actor === '' && row.text === '' && row.details === '' && row.salt.length === 0;
  return { line, hash: hex(row.hash), body: erased ? null : body, erasure: row.erasure };
}

export interface KeptSeal { readonly number: number; readonly hour: number; readonly size: number; readonly writtenUs: number; readonly reason: string | null; readonly note: string }
export const readSeals = (db: AnyDb): KeptSeal[] => db.prepare<[], KeptSeal>('SELECT number, hour, size, written_us AS writtenUs, reason, note FROM audit_seal ORDER BY number').all().map((row) => ({ ...row, note: asText(row.note) }));

export interface KeyRow { readonly id: number; readonly name: string; readonly public: Buffer; readonly madeUs: number; readonly retiredUs: number | null; readonly place: string; readonly handover: string | null }
export const readKeys = (db: AnyDb): KeyRow[] => db.prepare<[], KeyRow>('SELECT id, name, public, made_us AS madeUs, retired_us AS retiredUs, place, handover FROM audit_key ORDER BY id').all().map((row) => ({ ...row, name: asText(row.name), public: asBytes(row.public), place: asText(row.place), handover: row.handover === null ? null : asText(row.handover) }));
export const keptKeys = (db: AnyDb): KeptKey[] => readKeys(db).map(({ name, public: publicKey, handover }) => ({ key: { name, publicKey }, handover }));

export interface TombstoneRow { readonly id: number; readonly upTo: number; readonly entries: number; readonly atUs: number; readonly by: string; readonly reason: string; readonly seal: number; readonly last: Buffer; readonly frontier: Buffer; readonly entry: number }
export const readTombstones = (db: AnyDb): TombstoneRow[] => db.prepare<[], TombstoneRow>('SELECT id, up_to AS upTo, entries, at_us AS atUs, by, reason, seal, last, frontier, entry FROM audit_tombstone ORDER BY up_to').all().map((row) => ({ ...row, last: asBytes(row.last), frontier: asBytes(row.frontier) }));
export const keptTombstones = (db: AnyDb): KeptTombstone[] => readTombstones(db).flatMap(({ upTo, last, frontier, entries, seal, entry }) => {
  const roots = frontierOf(upTo, frontier);
  return roots === null ? [] : [{ entries, seal, entry, head: { frontier: roots, last: hex(last) } }];
});
