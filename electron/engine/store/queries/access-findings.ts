/** What deserves a person's attention in what agents hold, the worst first. */
import { tagNames, tagOf } from '../../access/findings.ts';
import type { Finding } from '../../../../shared/access.ts';
import type { NeedsYou, ParsedParams, Result } from '../../../../shared/contract.ts';
import { SEVERITY, severityWord } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { holderId, holderOf } from './access-columns.ts';
import { likePattern } from './find.ts';
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

function whereOf(reading: Reading, params: Params, nowUs: number): { sql: string; values: (string | number)[] } {
  const text = params.text?.trim() ?? '';
  return {
    sql: `f.gone_us IS NULL AND ${params.dismissed ? '' : 'NOT '}${isDismissed}${params.agentId === undefined ? '' : ' AND f.holder = ?'}${params.rule === undefined ? '' : ' AND f.rule = ?'}${text === '' ? '' : " AND (f.holder IN (SELECT holder FROM access_row WHERE name LIKE ? ESCAPE '\\') OR f.text LIKE ? ESCAPE '\\')"}`,
    values: [nowUs, ...(params.agentId === undefined ? [] : [holderOf(reading, params.agentId)]), ...(params.rule === undefined ? [] : [params.rule]), ...(text === '' ? [] : [likePattern(text), likePattern(text)])],
  };
}

function cursorOf(before: string | undefined): [severity: number, id: number] {
  if (before === undefined) return [Number.MAX_SAFE_INTEGER, 0];
  const match = /^(\d)\.(\d{1,15})$/.exec(before);
  if (match === null) throw new StoreError('bad_request', 'The page to go on from is not one that was given out.');
  return [Number(match[1]), Number(match[2])];
}

/** Ids below, severities (a handful) above: JavaScript knows the number exactly. */
const place = 2 ** 48;

/** Those that fit, in their order, and from where the page begins. Looked through once: each text is compared. */
export function listFindings(reading: Reading, params: Params, nowUs: number): Result<'access.findings'> {
  const where = whereOf(reading, params, nowUs);
  const [severity, id] = cursorOf(params.before);
  // Both as one number: there may be tens of thousands, and making a row of two takes three times as long.
  const all = reading.sql<(string | number)[], number>(`SELECT f.severity * ${place} + f.id FROM finding f WHERE ${where.sql} ORDER BY f.severity DESC, f.id`).pluck().all(...where.values);
  const start = all.findIndex((one) => { const [ofSeverity, ofId] = [Math.floor(one / place), one % place]; return ofSeverity < severity || (ofSeverity === severity && ofId > id); });
  const page = start === -1 ? [] : all.slice(start, start + params.limit);
  const rows = reading.sql<[string], FindingRow>(`SELECT ${columns} FROM json_each(?) i CROSS JOIN finding f ON f.id = i.value LEFT JOIN access_row r ON r.holder = f.holder ORDER BY i.key`).all(JSON.stringify(page.map((one) => one % place)));
  const last = page.at(-1);
  return { rows: rows.map((row) => findingOf(reading, row, nowUs)), next: last !== undefined && start + page.length < all.length ? `${Math.floor(last / place)}.${last % place}` : null, total: all.length };
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
