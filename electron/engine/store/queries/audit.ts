/** The audit log, newest first. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { AuditEntry } from '../../../../shared/domain.ts';
import { publicId } from '../ids.ts';
import { iso, parseCursor, writeCursor, type Reading } from './reading.ts';

interface AuditRow extends Omit<AuditEntry, 'id' | 'at'> { readonly id: number; readonly atUs: number }

/** In the order in which it was written: a clock that was set back changes nothing about that. */
export function listAudit(reading: Reading, params: ParsedParams<'audit.list'>): Result<'audit.list'> {
  const before = params.before === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(params.before).id;
  const rows = reading.sql<(string | number)[], AuditRow>(`SELECT id, at_us AS atUs, actor, actor_kind AS actorKind, action, subject, outcome, text, details FROM audit_entry
    WHERE id < ? ${params.subject === undefined ? '' : 'AND subject = ?'} ORDER BY id DESC LIMIT ?`).all(before, ...(params.subject === undefined ? [] : [params.subject]), params.limit + 1);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  return {
    rows: page.map(({ id, atUs, ...words }) => ({ id: publicId('audit', id), at: iso(atUs), ...words })),
    next: rows.length > params.limit && last ? writeCursor({ us: last.atUs, id: last.id }) : null,
  };
}
