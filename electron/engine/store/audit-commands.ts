/** What is written about the audit log itself: its keys, its seals, and what is let go behind a seal. */
import { pruneAction } from '../audit/log-check.ts';
import { appendAudit } from './audit.ts';
import { frontierBytes, frontierOf, prunedHead } from './audit-head.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { pruneRefusal } from './holds.ts';
import type { AuditWords } from './runtime-commands.ts';

export interface NewSeal { readonly hour: number; readonly size: number; readonly writtenUs: number; readonly reason: string | null; readonly note: string }
/** Where the log stood at a size: hashes and roots as hex. */
export interface ToldHead { readonly size: number; readonly last: string; readonly roots: string }

export interface AuditCommands {
  /** The key that signs from now on; the one before is retired. */
  'audit.key': { params: { name: string; publicKey: string; place: string; handover: string | null; audit: AuditWords }; result: { id: number } };
  /** Behind seal `after`, the newest: `conflict` if it is not. */
  'audit.seal': { params: { after: number; seals: readonly NewSeal[] }; result: { number: number } };
  /** Says that entries up to the head's size go, behind that seal. They are removed by `audit.pruneSome`, so that other writing is not held up. */
  'audit.prune': { params: { head: ToldHead; seal: number; reason: string; audit: Omit<AuditWords, 'action'> }; result: { entries: number } };
  'audit.pruneSome': { params: { most: number }; result: { removed: number } };
}

type Params<N extends keyof AuditCommands> = AuditCommands[N]['params'];

export function addAuditKey(db: WriteDb, p: Params<'audit.key'>, nowUs: number): { id: number } {
  db.prepare('UPDATE audit_key SET retired_us = ? WHERE retired_us IS NULL').run(nowUs);
  const { lastInsertRowid } = db.prepare('INSERT INTO audit_key (name, public, made_us, place, handover) VALUES (?, ?, ?, ?, ?)').run(p.name, Buffer.from(p.publicKey, 'hex'), nowUs, p.place, p.handover);
  appendAudit(db, p.audit, nowUs);
  return { id: Number(lastInsertRowid) };
}

export function addSeals(db: WriteDb, { after, seals }: Params<'audit.seal'>): { number: number } {
  const newest = db.prepare<[], { number: number }>('SELECT coalesce(max(number), 0) AS number FROM audit_seal').get()?.number ?? 0;
  if (newest !== after) throw new StoreError('conflict', 'Another seal was written meanwhile. Nothing was sealed.');
  const add = db.prepare('INSERT INTO audit_seal (number, hour, size, written_us, reason, note) VALUES (?, ?, ?, ?, ?, ?)');
  seals.forEach(({ hour, size, writtenUs, reason, note }, i) => { add.run(after + 1 + i, hour, size, writtenUs, reason, note); });
  return { number: after + seals.length };
}

export function pruneAudit(db: WriteDb, { head, seal, reason, audit }: Params<'audit.prune'>, nowUs: number): { entries: number } {
  // Asked again here: a hold may have been placed while the log was read through.
  const refusal = pruneRefusal(db);
  if (refusal !== null) throw new StoreError('conflict', refusal);
  const frontier = frontierOf(head.size, Buffer.from(head.roots, 'hex'));
  const base = prunedHead(db).frontier.size;
  const sealed = db.prepare<[number], { size: number }>('SELECT size FROM audit_seal WHERE number = ?').get(seal)?.size;
  if (frontier === null || sealed !== head.size || head.size <= base) throw new StoreError('conflict', 'There is no seal that counts exactly these entries. Nothing was removed.');
  const entries = head.size - base;
  const { id } = appendAudit(db, { ...audit, action: pruneAction, details: { ...audit.details, upTo: head.size, entries, reason } }, nowUs);
  db.prepare('INSERT INTO audit_tombstone (up_to, entries, at_us, by, reason, seal, last, frontier, entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(head.size, entries, nowUs, audit.actor, reason, seal, Buffer.from(head.last, 'hex'), frontierBytes(frontier), id);
  return { entries };
}

export function pruneSome(db: WriteDb, { most }: Params<'audit.pruneSome'>): { removed: number } {
  const upTo = prunedHead(db).frontier.size;
  return { removed: upTo === 0 ? 0 : db.prepare('DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_entry WHERE id <= ? ORDER BY id LIMIT ?)').run(upTo, most).changes };
}
