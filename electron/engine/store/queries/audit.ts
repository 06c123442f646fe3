/** The audit log, newest first, and one entry with what proves it. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { AuditEntryDetail } from '../../../../shared/audit.ts';
import type { AuditEntry } from '../../../../shared/domain.ts';
import { firstPrevious, lineText, microTime } from '../../audit/chain.ts';
import { prunedHead } from '../audit-head.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { iso, micros, parseCursor, rowId, writeCursor, type Reading } from './reading.ts';

interface AuditRow extends Omit<AuditEntry, 'id' | 'at'> { readonly id: number; readonly atUs: number }

/** SECURITY: one entry may hold a whole answer. A page of the longest would be a gigabyte; it is ended early, and the next goes on. */
const mostCharacters = 4 * 1024 * 1024;

const columns = 'id, at_us AS atUs, actor, actor_kind AS actorKind, action, subject, outcome, text, details';
const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`);

/** An action that ends with a dot stands for all that begin with it. */
function conditions(params: ParsedParams<'audit.list'>): { readonly where: string; readonly values: (string | number)[] } {
  const list: [string, ...(string | number)[]][] = [];
  if (params.subject !== undefined) list.push(['subject = ?', params.subject]);
  if (params.actor !== undefined) list.push(['actor = ?', params.actor]);
  if (params.actorKind !== undefined) list.push(['actor_kind = ?', params.actorKind]);
  if (params.action?.endsWith('.') === true) list.push(['action >= ? AND action < ?', params.action, `${params.action.slice(0, -1)}/`]);
  else if (params.action !== undefined) list.push(['action = ?', params.action]);
  if (params.outcome !== undefined) list.push(['outcome = ?', params.outcome]);
  if (params.text !== undefined) list.push([String.raw`(text LIKE ? ESCAPE '\' OR details LIKE ? ESCAPE '\')`, `%${escaped(params.text)}%`, `%${escaped(params.text)}%`]);
  if (params.from !== undefined) list.push(['at_us >= ?', micros(params.from)]);
  if (params.to !== undefined) list.push(['at_us < ?', micros(params.to)]);
  return { where: list.map(([sql]) => ` AND ${sql}`).join(''), values: list.flatMap(([, ...values]) => values) };
}

/** In the order in which it was written: a clock that was set back changes nothing about that. */
export function listAudit(reading: Reading, params: ParsedParams<'audit.list'>): Result<'audit.list'> {
  const before = params.before === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(params.before).id;
  const { where, values } = conditions(params);
  const found = reading.sql<(string | number)[], AuditRow>(`SELECT ${columns} FROM audit_entry WHERE id < ? AND id > ?${where} ORDER BY id DESC LIMIT ?`).iterate(before, prunedHead(reading.db).frontier.size, ...values, params.limit + 1);
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

interface DetailRow extends AuditRow { readonly body: Buffer; readonly hash: Buffer; readonly erasure: number | null }

export function getAudit(reading: Reading, { id }: { readonly id: string }): AuditEntryDetail {
  const seq = rowId('audit', id);
  const base = prunedHead(reading.db);
  const row = reading.sql<[number, number], DetailRow>(`SELECT ${columns}, body, hash, erasure FROM audit_entry WHERE id = ? AND id > ?`).get(seq, base.frontier.size);
  if (row === undefined) throw new StoreError('not_found', seq <= base.frontier.size ? `Entry ${seq} was removed behind a seal. The tombstones say when and why.` : `There is no entry ${id.slice(0, 40)} in the audit log.`);
  const before = reading.sql<[number], { hash: Buffer }>('SELECT hash FROM audit_entry WHERE id = ?').get(seq - 1)?.hash.toString('hex') ?? (seq - 1 === base.frontier.size ? base.last : firstPrevious);
  const body = row.body.toString('hex');
  const erasedUs = row.erasure === null ? undefined : reading.sql<[number], { us: number }>('SELECT at_us AS us FROM audit_entry WHERE id = ?').get(row.erasure)?.us;
  const sealedUs = reading.sql<[number], { us: number }>('SELECT written_us AS us FROM audit_seal WHERE size >= ? ORDER BY size, number LIMIT 1').get(seq)?.us;
  const { atUs, actor, actorKind, action, subject, outcome, text, details } = row;
  return {
    id: publicId('audit', seq), at: iso(atUs), actor, actorKind, action, subject, outcome, text, details, seq, body, hash: row.hash.toString('hex'), previous: before,
    erasedAt: erasedUs === undefined ? null : iso(erasedUs), sealedAt: sealedUs === undefined ? null : iso(sealedUs),
    line: lineText({ seq, at: microTime(atUs), actorKind, action, subject, outcome, body }, before),
  };
}

const mostFacets = 500;

/** Each step goes to the next name in the index, however many entries bear one. */
const distinct = (column: 'actor' | 'action'): string => `WITH RECURSIVE name(v) AS (SELECT min(${column}) FROM audit_entry UNION ALL SELECT (SELECT min(${column}) FROM audit_entry WHERE ${column} > v) FROM name WHERE v IS NOT NULL) SELECT v FROM name WHERE v IS NOT NULL AND v <> '' LIMIT ${mostFacets}`;

export function auditFacets(reading: Reading): Result<'audit.facets'> {
  const names = (column: 'actor' | 'action'): string[] => reading.sql<[], { v: string }>(distinct(column)).all().map((row) => row.v);
  return { actors: names('actor'), actions: names('action') };
}
