/** The audit log, newest first. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { AuditEntry } from '../../../../shared/domain.ts';
import { publicId } from '../ids.ts';
import { iso, parseCursor, writeCursor, type Reading } from './reading.ts';

interface AuditRow extends Omit<AuditEntry, 'id' | 'at'> { readonly id: number; readonly atUs: number }

/** SECURITY: one line may hold a whole answer. A page of the longest would be a gigabyte; it is ended early, and the next goes on. */
const mostCharacters = 4 * 1024 * 1024;

/** In the order in which it was written: a clock that was set back changes nothing about that. */
export function listAudit(reading: Reading, params: ParsedParams<'audit.list'>): Result<'audit.list'> {
  const before = params.before === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(params.before).id;
  const found = reading.sql<(string | number)[], AuditRow>(`SELECT id, at_us AS atUs, actor, actor_kind AS actorKind, action, subject, outcome, text, details FROM audit_entry
    WHERE id < ? ${params.subject === undefined ? '' : 'AND subject = ?'} ORDER BY id DESC LIMIT ?`).iterate(before, ...(params.subject === undefined ? [] : [params.subject]), params.limit + 1);
  const page: AuditRow[] = [];
  let characters = 0;
  let more = false;
  for (const row of found) {
    characters += row.details.length;
    more = page.length === params.limit || (page.length > 0 && characters > mostCharacters);
    if (more) break;
    page.push(row);
  }
  const last = page.at(-1);
  return {
    rows: page.map(({ id, atUs, ...words }) => ({ id: publicId('audit', id), at: iso(atUs), ...words })),
    next: more && last ? writeCursor({ us: last.atUs, id: last.id }) : null,
  };
}
