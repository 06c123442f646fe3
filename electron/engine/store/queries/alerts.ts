/** The inbox, one alert with all that was said and told of it, and how many wait. */
import type { Alert, AlertDetail } from '../../../../shared/alerts.ts';
import type { NeedsYou, ParsedParams, Result } from '../../../../shared/contract.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { deliveriesOfAlert } from './alert-targets.ts';
import { iso, parseCursor, rowId, writeCursor, type Reading } from './reading.ts';

interface Row {
  readonly id: number; readonly rule: number; readonly kind: Alert['kind']; readonly severity: Alert['severity']; readonly state: Alert['state']; readonly title: string; readonly text: string; readonly agent: number | null; readonly agentName: string | null;
  readonly connection: number | null; readonly connectionName: string | null; readonly screen: Alert['target']['screen']; readonly screenId: string | null; readonly raisedUs: number; readonly lastUs: number; readonly times: number;
  readonly acknowledgedUs: number | null; readonly acknowledgedBy: string | null; readonly resolvedUs: number | null; readonly resolvedBy: string | null; readonly steps: number; readonly nextStepUs: number | null;
}
const columns = `a.id, a.rule, a.kind, a.severity, a.state, a.title, a.text, a.agent, a.agent_name AS agentName, a.connection, a.connection_name AS connectionName, a.screen, a.screen_id AS screenId, a.raised_us AS raisedUs, a.last_us AS lastUs, a.times,
  a.acknowledged_us AS acknowledgedUs, a.acknowledged_by AS acknowledgedBy, a.resolved_us AS resolvedUs, a.resolved_by AS resolvedBy, a.steps, a.next_step_us AS nextStepUs`;

const time = (us: number | null): string | null => (us === null ? null : iso(us));

type Told = { -readonly [K in keyof Alert['deliveries']]: Alert['deliveries'][K] };

/** What several alerts are about, looked up once. */
class Lookups {
  readonly #reading: Reading;
  readonly #rules = new Map<number, string>();
  readonly #agents = new Map<number, boolean>();
  readonly #connections = new Map<number, string | null>();
  readonly #told = new Map<number, Told>();

  constructor(reading: Reading, rows: readonly Row[]) {
    this.#reading = reading;
    const counted = reading.sql<[string], { alert: number; state: string; n: number }>('SELECT d.alert, d.state, count(*) AS n FROM json_each(?) j CROSS JOIN delivery d ON d.alert = j.value GROUP BY d.alert, d.state').all(JSON.stringify(rows.map((row) => row.id)));
    for (const { alert, state, n } of counted) {
      const told = this.told(alert);
      if (state === 'sent' || state === 'failed') told[state] += n;
      else if (state !== 'dropped') told.waiting += n;
      this.#told.set(alert, told);
    }
  }

  told(alert: number): Told { return this.#told.get(alert) ?? { sent: 0, waiting: 0, failed: 0 }; }
  rule(id: number): string { return known(this.#rules, id, () => this.#reading.sql<[number], { name: string }>('SELECT name FROM alert_rule WHERE id = ?').get(id)?.name ?? ''); }
  hasAgent(id: number): boolean { return known(this.#agents, id, () => this.#reading.sql<[number], { id: number }>('SELECT id FROM agent WHERE id = ?').get(id) !== undefined); }
  connection(id: number): string | null { return known(this.#connections, id, () => this.#reading.sql<[number], { name: string }>('SELECT name FROM connection WHERE id = ?').get(id)?.name ?? null); }
}

function known<T>(map: Map<number, T>, id: number, find: () => T): T {
  const found = map.get(id) ?? find();
  map.set(id, found);
  return found;
}

function alertOf(reading: Reading, row: Row, lookups = new Lookups(reading, [row])): Alert {
  const agent = row.agent !== null && lookups.hasAgent(row.agent) ? row.agent : null;
  const connectionName = row.connection === null ? null : lookups.connection(row.connection);
  return {
    id: publicId('alert', row.id), ruleId: publicId('alertRule', row.rule), ruleName: lookups.rule(row.rule), kind: row.kind, severity: row.severity, state: row.state, title: row.title, text: row.text,
    // What is gone from the history keeps the name that it had.
    agentId: agent === null ? null : reading.agentId(agent), agentName: agent === null ? row.agentName : reading.agent(agent).name,
    connectionId: connectionName === null || row.connection === null ? null : publicId('connection', row.connection), connectionName: connectionName ?? row.connectionName,
    target: { screen: row.screen, id: row.screenId }, raisedAt: iso(row.raisedUs), lastAt: iso(row.lastUs), times: row.times,
    acknowledgedAt: time(row.acknowledgedUs), acknowledgedBy: row.acknowledgedBy, resolvedAt: time(row.resolvedUs), resolvedBy: row.resolvedBy,
    steps: row.steps, nextStepAt: time(row.nextStepUs), deliveries: lookups.told(row.id),
  };
}

export const countOpen = (reading: Reading): number => reading.sql<[], { n: number }>("SELECT count(*) AS n FROM alert INDEXED BY alert_open WHERE state = 'open'").get()?.n ?? 0;

const stateWhere = { open: "a.state = 'open'", active: "a.state <> 'resolved'", all: '1' } as const;

/** Newest first. The sources of one agent are asked one by one, so that each finds its rows in order. */
export function listAlerts(reading: Reading, params: ParsedParams<'alerts.list'>): Result<'alerts.list'> {
  const before = params.before === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(params.before).id;
  const where: string[] = [stateWhere[params.state]];
  const values: (number | string)[] = [];
  if (params.ruleId !== undefined) {
    where.push('a.rule = ?');
    values.push(rowId('alertRule', params.ruleId));
  }
  if (params.text !== undefined && params.text !== '') {
    where.push("(a.title LIKE ?1 ESCAPE '\\' OR a.text LIKE ?1 ESCAPE '\\' OR a.agent_name LIKE ?1 ESCAPE '\\' OR a.connection_name LIKE ?1 ESCAPE '\\')".replaceAll('?1', '?'));
    values.push(...Array.from({ length: 4 }, () => `%${(params.text ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`));
  }
  const index = params.agentId !== undefined ? 'alert_agent' : params.ruleId !== undefined ? 'alert_rule_id' : { open: 'alert_open', active: 'alert_active', all: null }[params.state];
  const find = reading.sql<(number | string)[], Row>(`SELECT ${columns} FROM alert a ${index === null ? '' : `INDEXED BY ${index}`} WHERE ${params.agentId === undefined ? '' : 'a.agent = ? AND '}a.id < ? AND ${where.join(' AND ')} ORDER BY a.id DESC LIMIT ?`);
  const rows = params.agentId === undefined
    ? find.all(before, ...values, params.limit + 1)
    : reading.sourcesOf(rowId('agent', params.agentId)).flatMap((source) => find.all(source, before, ...values, params.limit + 1)).toSorted((one, two) => two.id - one.id);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  const lookups = new Lookups(reading, page);
  const acknowledged = reading.sql<[], { n: number }>("SELECT count(*) AS n FROM alert INDEXED BY alert_acknowledged WHERE state = 'acknowledged'").get()?.n ?? 0;
  return { rows: page.map((row) => alertOf(reading, row, lookups)), next: rows.length > params.limit && last ? writeCursor({ us: last.raisedUs, id: last.id }) : null, open: countOpen(reading), acknowledged };
}

interface SaidRow { readonly atUs: number; readonly by: string; readonly text: string }

/** What was said, and whom it was told to, in the order of time. */
export function getAlert(reading: Reading, { id }: ParsedParams<'alerts.get'>): AlertDetail {
  const row = reading.sql<[number], Row>(`SELECT ${columns} FROM alert a WHERE a.id = ?`).get(rowId('alert', id));
  if (row === undefined) throw new StoreError('not_found', `There is no alert with the identifier ${id.slice(0, 40)} any more: the retention removed it.`);
  const said = reading.sql<[number], SaidRow>('SELECT at_us AS atUs, by, text FROM alert_said WHERE alert = ? ORDER BY id').all(row.id).map((one) => ({ at: iso(one.atUs), by: one.by, text: one.text }));
  const deliveries = deliveriesOfAlert(reading, row.id);
  const words = { raised: 'Told', escalated: 'Told, as a step of escalation,', over: 'Told the end to', test: 'Tested' } as const;
  const told = deliveries.flatMap((one) => (one.sentAt === null ? [] : [{ at: one.sentAt, by: 'Gatehouse', text: `${words[one.what]} ${one.targetName}.` }]));
  // The sort is stable: of one moment what was said stands before what was told of it.
  return { alert: alertOf(reading, row), deliveries, history: [...said, ...told].toSorted((one, two) => (one.at < two.at ? -1 : one.at > two.at ? 1 : 0)) };
}

export interface NeededAlerts { readonly lines: NeedsYou[]; /** denials of this agent, or this group of failures, are told by one of them. */ tells(kind: NeedsYou['kind'], id: string | null): boolean }

/** What is urgent, and kinds that have no line of their own: stops, approvals and gaps have. Of many the worst, the newest first. */
export function alertsNeedingSomebody(reading: Reading, most: number): NeededAlerts {
  const rows = reading.sql<[number], Row>(`SELECT ${columns} FROM alert a INDEXED BY alert_needs WHERE a.state = 'open' AND (a.severity = 'urgent' OR a.kind IN ('failure_rate', 'spend_rate', 'denials', 'budget'))
    AND a.kind NOT IN ('stop', 'approval', 'gap') ORDER BY a.id DESC LIMIT ?`).all(most * 20).toSorted((one, two) => Number(two.severity === 'urgent') - Number(one.severity === 'urgent') || two.id - one.id).slice(0, most);
  const told = new Set<string>();
  const lines = rows.map((row): NeedsYou => {
    const { id, agentId, agentName, title, raisedAt } = alertOf(reading, row);
    if (row.kind === 'denials' && agentId !== null) told.add(`denied ${agentId}`);
    if (row.kind === 'new_failure' && row.screenId !== null) told.add(`failure ${row.screenId}`);
    return { id, kind: 'alert', agentId, agentName, text: title, since: raisedAt, target: { screen: 'alerts', id } };
  });
  return { lines, tells: (kind, id) => told.has(`${kind} ${id ?? ''}`) };
}
