/** Auto-stop rules, what they fired, and what they are judged by as activity comes in. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { RuleTrigger, StopRule, StopScope } from '../../../../shared/stop.ts';
import { kindWord, statusWord, US_HOUR } from '../codes.ts';
import { publicId, rowIdOf } from '../ids.ts';
import type { RuleFact, RuleRow, Spent } from '../stop-commands.ts';
import { textId } from '../stop-rows.ts';
import { iso, parseCursor, rowId, writeCursor, type Reading } from './reading.ts';

interface StoredRule { readonly id: number; readonly name: string; readonly fires: string; readonly watches: string; readonly level: StopRule['level']; readonly stops: StopRule['stops']; readonly mode: StopRule['mode']; readonly createdUs: number; readonly changedBy: string; readonly fired: number; readonly would: number; readonly lastUs: number | null }
const columns = 'id, name, fires, watches, level, stops, mode, created_us AS createdUs, changed_by AS changedBy, fired, would, last_us AS lastUs';

export function listRules(reading: Reading): Result<'stop.rules'> {
  return {
    rows: reading.sql<[], StoredRule>(`SELECT ${columns} FROM stop_rule WHERE removed_us IS NULL ORDER BY name COLLATE NOCASE, id`).all().map((row) => {
      const watches = JSON.parse(row.watches) as StopRule['watches'];
      return {
        id: publicId('rule', row.id), name: row.name, trigger: JSON.parse(row.fires) as RuleTrigger, watches, watchesName: nameOf(reading, watches), level: row.level, stops: row.stops, mode: row.mode,
        createdAt: iso(row.createdUs), changedBy: row.changedBy, fired: row.fired, would: row.would, lastAt: row.lastUs === null ? null : iso(row.lastUs),
      };
    }),
  };
}

const gone = '(no longer there)';

export function nameOf(reading: Reading, scope: StopScope): string {
  if (scope.kind === 'everything') return 'Everything';
  if (scope.kind === 'tag') return `Tag ${scope.tag}`;
  const id = rowIdOf(scope.kind, scope.id);
  if (id === null || scope.kind === 'task') return gone;
  if (scope.kind === 'connection') return reading.sql<[number], { name: string }>('SELECT name FROM connection WHERE id = ?').get(id)?.name ?? gone;
  return reading.sql<[number], { n: number }>('SELECT 1 AS n FROM agent WHERE id = ?').get(id) === undefined ? gone : reading.agent(id).name;
}

interface FiringRow { readonly id: number; readonly rule: number; readonly ruleName: string; readonly atUs: number; readonly agent: number; readonly agentName: string; readonly activity: number | null; readonly fired: number; readonly stop: number | null; readonly text: string }

/** Newest first. */
export function listFirings(reading: Reading, params: ParsedParams<'stop.firings'>): Result<'stop.firings'> {
  const before = params.before === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(params.before).id;
  const rule = params.ruleId === undefined ? null : rowId('rule', params.ruleId);
  const rows = reading.sql<number[], FiringRow>(`SELECT f.id, f.rule, coalesce(r.name, '') AS ruleName, f.at_us AS atUs, f.agent, f.agent_name AS agentName, f.activity, f.fired, f.stop, f.text FROM rule_firing f LEFT JOIN stop_rule r ON r.id = f.rule
    WHERE f.id < ? ${rule === null ? '' : 'AND f.rule = ?'} ORDER BY f.id DESC LIMIT ?`).all(before, ...(rule === null ? [] : [rule]), params.limit + 1);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  return {
    rows: page.map((row) => ({
      id: publicId('firing', row.id), ruleId: publicId('rule', row.rule), ruleName: row.ruleName, at: iso(row.atUs), agentId: reading.agentId(row.agent), agentName: row.agentName, activityId: row.activity === null ? null : publicId('activity', row.activity),
      fired: row.fired === 1, orderId: row.stop === null ? null : publicId('stop', row.stop), text: row.text,
    })),
    next: rows.length > params.limit && last ? writeCursor({ us: last.atUs, id: last.id }) : null,
  };
}

/** Rules that are not off, with the agents that they watch as they are shown now. What is no longer there watches nobody. */
export function ruleFacts(reading: Reading): RuleFact[] {
  const last = reading.sql<[number], { agent: number; atUs: number }>('SELECT agent, at_us AS atUs FROM rule_last WHERE rule = ? ORDER BY at_us');
  return reading.sql<[], StoredRule>(`SELECT ${columns} FROM stop_rule WHERE removed_us IS NULL AND mode <> 'off' ORDER BY id`).all().map((row) => {
    const watches = JSON.parse(row.watches) as StopScope;
    return {
      id: row.id, name: row.name, trigger: JSON.parse(row.fires) as RuleTrigger, watches, level: row.level, stops: row.stops, mode: row.mode, agents: watched(reading, watches),
      lastFiredUs: Object.fromEntries(last.all(row.id).map(({ agent, atUs }) => [reading.headOf(agent), atUs])),
    };
  });
}

export function watched(reading: Reading, scope: StopScope): number[] | null {
  if (scope.kind === 'everything') return null;
  const agents = scope.kind === 'tag'
    ? reading.sql<[string], { agent: number }>('SELECT agent FROM agent_tag WHERE tag = ?').all(scope.tag)
    : scope.kind === 'connection' ? reading.sql<[number], { agent: number }>('SELECT id AS agent FROM agent WHERE connection = ?').all(rowIdOf('connection', scope.id) ?? 0)
      : reading.sql<[number], { agent: number }>('SELECT id AS agent FROM agent WHERE id = ?').all(scope.kind === 'agent' ? (rowIdOf('agent', scope.id) ?? 0) : 0);
  return [...new Set(agents.map((one) => reading.headOf(one.agent)))];
}

interface NewRow { readonly id: number; readonly agent: number; readonly task: number; readonly kind: number; readonly status: number; readonly name: number; readonly ts: number; readonly micros: number | null; readonly currency: number | null }
const rowColumns = 'a.id, a.agent, a.task, a.kind, a.status, a.name, a.ts_us AS ts, a.micros, a.currency';
const mostNew = 50_000;

/** What came in, by row id, and what changed since it did. */
export function ruleRows(reading: Reading, { after, upTo, updated }: { readonly after: number; readonly upTo: number; readonly updated: readonly number[] }): RuleRow[] {
  const rows = reading.sql<number[], NewRow>(`SELECT ${rowColumns} FROM activity a WHERE a.id > ? AND a.id <= ? ORDER BY a.id LIMIT ?`).all(after, upTo, mostNew);
  const changed = updated.length === 0 ? [] : reading.sql<[string], NewRow>(`SELECT ${rowColumns} FROM json_each(?) j CROSS JOIN activity a ON a.id = j.value`).all(JSON.stringify(updated)).filter((row) => row.id <= after || row.id > upTo);
  return [...changed, ...rows].map((row) => ({
    id: row.id, agent: row.agent, head: reading.headOf(row.agent), task: row.task, connection: reading.agent(row.agent).connection, kind: kindWord(row.kind), status: statusWord(row.status), name: reading.texts.of(row.name),
    startUs: row.ts, micros: row.micros, currency: row.micros === null ? null : reading.texts.of(row.currency) || 'USD',
  }));
}

/** Known money: of one task all of it, else of the agent since then. Telemetry and a management API may tell of the same calls: whichever side told more. */
export function spentSince(reading: Reading, { head, task, sinceUs, currency }: { readonly head: number; readonly task: number | null; readonly sinceUs: number; readonly currency: string }): Spent {
  // No currency is US dollars (reading.ts).
  const known = textId(reading, currency);
  const currencies = [...(known === null ? [] : [known]), ...(currency === 'USD' ? [0] : [])];
  if (currencies.length === 0) return { micros: 0 };
  if (task !== null) {
    const row = reading.sql<[number], { micros: number; currency: number }>('SELECT micros, currency FROM task WHERE id = ?').get(task);
    return { micros: row !== undefined && currencies.includes(row.currency) ? row.micros : 0 };
  }
  const kind = reading.sql<[number], { kind: string }>('SELECT kind FROM connection WHERE id = ?');
  const sums = { sent: 0, asked: 0 };
  for (const source of reading.sourcesOf(head)) sums[kind.get(reading.agent(source).connection)?.kind === 'otlp' ? 'sent' : 'asked'] += spentBy(reading, source, sinceUs, currencies);
  return { micros: Math.max(sums.sent, sums.asked) };
}

/** Whole hours from the sums, the part of an hour before them from the records. */
function spentBy(reading: Reading, agent: number, sinceUs: number, currencies: readonly number[]): number {
  const marks = currencies.map(() => '?').join(', ');
  const hour = Math.ceil(sinceUs / US_HOUR);
  const whole = reading.sql<number[], { micros: number }>(`SELECT coalesce(sum(micros), 0) AS micros FROM by_hour WHERE agent = ? AND hour >= ? AND currency IN (${marks})`).get(agent, hour, ...currencies)?.micros ?? 0;
  if (hour * US_HOUR === sinceUs) return whole;
  const part = reading.sql<number[], { micros: number }>(`SELECT coalesce(sum(micros), 0) AS micros FROM activity INDEXED BY activity_agent WHERE agent = ? AND ts_us >= ? AND ts_us < ? AND micros IS NOT NULL AND coalesce(currency, 0) IN (${marks})`);
  return whole + (part.get(agent, sinceUs, hour * US_HOUR, ...currencies)?.micros ?? 0);
}
