/** What deserves a person's attention in what agents hold, the worst first. */
import { tagNames, tagOf } from '../../access/findings.ts';
import type { Finding } from '../../../../shared/access.ts';
import type { NeedsYou, ParsedParams, Result } from '../../../../shared/contract.ts';
import { SEVERITY, severityWord } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { holderId, holderOf } from './access-columns.ts';
import { likePattern } from './find.ts';
import { findingWords } from './finding-words.ts';
import { iso, type Reading } from './reading.ts';

interface FindingRow {
  readonly id: number; readonly subject: string; readonly rule: Finding['rule']; readonly severity: number; readonly holder: number; readonly holderName: string | null; readonly grant: number | null; readonly firstUs: number;
  readonly dismissedUs: number | null; readonly dismissedBy: string | null; readonly untilUs: number | null; readonly reason: string | null; readonly text: string; readonly advice: string;
}

const columns = `f.id, f.subject, f.rule, f.severity, f.holder, r.name AS holderName, f.grant_id AS "grant", f.first_us AS firstUs, f.dismissed_us AS dismissedUs, f.dismissed_by AS dismissedBy, f.dismissed_until_us AS untilUs,
  f.dismissed_reason AS reason, f.text, f.advice`;
/** A dismissal that has ended hides nothing. */
const isDismissed = '(f.dismissed_us IS NOT NULL AND (f.dismissed_until_us IS NULL OR f.dismissed_until_us > ?))';

function findingOf(reading: Reading, row: FindingRow, nowUs: number): Finding {
  const tag = tagOf({ rule: row.rule, subject: row.subject.slice(row.subject.indexOf(' ') + 1) });
  const agent = row.holder > 0;
  const dismissed = row.dismissedUs !== null && (row.untilUs === null || row.untilUs > nowUs);
  return {
    id: publicId('finding', row.id), rule: row.rule, severity: severityWord(row.severity), tag, tagName: tagNames[tag] ?? tag, agentId: agent ? holderId(row.holder) : null, agentName: agent ? (row.holderName ?? reading.agent(row.holder).name) : null,
    connectionId: agent ? null : holderId(row.holder), grantId: row.grant === null ? null : publicId('grant', row.grant), text: row.text, advice: row.advice, firstSeen: iso(row.firstUs),
    dismissed: dismissed ? { by: row.dismissedBy ?? '', at: iso(row.dismissedUs ?? 0), reason: row.reason ?? '', until: row.untilUs === null ? null : iso(row.untilUs) } : null,
  };
}

type Params = ParsedParams<'access.findings'>;

interface Where { readonly sql: string; readonly values: readonly (string | number)[] }

function whereOf(reading: Reading, params: Params, nowUs: number): Where {
  const agent = params.agentId === undefined ? null : holderOf(reading, params.agentId);
  return {
    sql: `f.gone_us IS NULL AND ${params.dismissed ? '' : 'NOT '}${isDismissed}${agent === null ? '' : ' AND f.holder = ?'}${params.rule === undefined ? '' : ' AND f.rule = ?'}`,
    values: [nowUs, ...(agent === null ? [] : [agent]), ...(params.rule === undefined ? [] : [params.rule])],
  };
}

type Place = readonly [severity: number, id: number];

function cursorOf(before: string | undefined): Place {
  if (before === undefined) return [Number.MAX_SAFE_INTEGER, 0];
  const match = /^(\d)\.(\d{1,15})$/.exec(before);
  if (match === null) throw new StoreError('bad_request', 'The page to go on from is not one that was given out.');
  return [Number(match[1]), Number(match[2])];
}

interface Page { readonly ids: readonly number[]; readonly more: boolean; readonly total: number }

/** In the order of the index: of a page no more is read, and the others are only counted. */
function ordered(reading: Reading, where: Where, [severity, id]: Place, limit: number): Page {
  const ids = reading.sql<(string | number)[], number>(`SELECT f.id FROM finding f WHERE ${where.sql} AND f.severity <= ? AND (f.severity < ? OR f.id > ?) ORDER BY f.severity DESC, f.id LIMIT ?`).pluck().all(...where.values, severity, severity, id, limit + 1);
  return { ids: ids.slice(0, limit), more: ids.length > limit, total: reading.sql<(string | number)[], number>(`SELECT count(*) FROM finding f WHERE ${where.sql}`).pluck().get(...where.values) ?? 0 };
}

/** Few fit: they are found without their order, which is made afterwards. */
function sorted(reading: Reading, where: Where, [severity, id]: Place, limit: number): Page {
  const all = reading.sql<(string | number)[], [number, number]>(`SELECT f.id, f.severity FROM finding f WHERE ${where.sql} ORDER BY f.severity DESC, f.id`).raw().all(...where.values);
  const at = all.findIndex(([ofId, ofSeverity]) => ofSeverity < severity || (ofSeverity === severity && ofId > id));
  const start = at === -1 ? all.length : at;
  return { ids: all.slice(start, start + limit).map(([one]) => one), more: start + limit < all.length, total: all.length };
}

const and = (where: Where, sql: string, ...values: readonly (string | number)[]): Where => ({ sql: `${where.sql} AND ${sql}`, values: [...where.values, ...values] });

function pageOf(reading: Reading, params: Params, nowUs: number): Page {
  const where = whereOf(reading, params, nowUs);
  const before = cursorOf(params.before);
  const text = params.text?.trim() ?? '';
  if (text !== '') {
    const named = "SELECT o.id FROM access_row r CROSS JOIN finding o ON o.holder = r.holder AND o.gone_us IS NULL WHERE r.name LIKE ? ESCAPE '\\'";
    return sorted(reading, and(where, `f.id IN (SELECT value FROM json_each(?) UNION ALL ${named})`, JSON.stringify(findingWords(reading).saying(text)), likePattern(text)), before, params.limit);
  }
  if (params.agentId !== undefined) return sorted(reading, where, before, params.limit);
  return params.rule === undefined ? ordered(reading, where, before, params.limit) : sorted(reading, and(where, 'f.id IN (SELECT value FROM json_each(?))', JSON.stringify(findingWords(reading).ofRule(params.rule))), before, params.limit);
}

export function listFindings(reading: Reading, params: Params, nowUs: number): Result<'access.findings'> {
  const { ids, more, total } = pageOf(reading, params, nowUs);
  const rows = reading.sql<[string], FindingRow>(`SELECT ${columns} FROM json_each(?) i CROSS JOIN finding f ON f.id = i.value LEFT JOIN access_row r ON r.holder = f.holder ORDER BY i.key`).all(JSON.stringify(ids));
  const last = rows.at(-1);
  return { rows: rows.map((row) => findingOf(reading, row, nowUs)), next: last !== undefined && more ? `${last.severity}.${last.id}` : null, total };
}

/** So many findings are told one by one where a person first looks; the rest is told by its number. */
const mostLines = 3;

/** Power that grew, and what is serious and new since the last visit. */
export function findingsNeedingSomebody(reading: Reading, sinceUs: number, nowUs: number): NeedsYou[] {
  const rows = reading.sql<number[], FindingRow>(`SELECT ${columns} FROM finding f LEFT JOIN access_row r ON r.holder = f.holder
    WHERE f.gone_us IS NULL AND f.severity >= ${SEVERITY.attention} AND (f.rule = 'widened' OR (f.severity = ${SEVERITY.serious} AND f.first_us >= ?)) AND NOT ${isDismissed} ORDER BY f.severity DESC, f.id LIMIT 500`).all(sinceUs, nowUs);
  const lines = rows.slice(0, mostLines).map((row): NeedsYou => {
    const found = findingOf(reading, row, nowUs);
    return { id: found.id, kind: 'access', agentId: found.agentId, agentName: found.agentName ?? row.holderName, text: found.text, since: found.firstSeen, target: { screen: 'access', id: found.agentId } };
  });
  const next = rows[mostLines];
  if (next === undefined) return lines;
  const more = rows.length - mostLines;
  return [...lines, { id: 'access-more', kind: 'access', agentId: null, agentName: null, text: more === 1 ? 'One more finding about access' : `${more}${rows.length === 500 ? ' or more' : ' more'} findings about access`, since: iso(next.firstUs), target: { screen: 'access', id: null } }];
}
