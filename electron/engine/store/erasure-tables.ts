/**
 * Where texts stand in the history, table by table as the file itself says: a table that a later version adds is looked through without being named here.
 * What must stay as it is while it is in use is named, with why.
 */
import type { ErasurePlace, ErasureRemains } from '../../../shared/retention.ts';
import type { AnyDb } from './database.ts';

export interface TextTable {
  readonly name: string;
  readonly place: ErasurePlace;
  /** rowid, or the columns of the primary key. */
  readonly keys: readonly string[];
  readonly columns: readonly string[];
  /** whose columns say which connection, agent or order a row belongs to. */
  readonly links: readonly string[];
  /** rows that are left as they are; null: none. */
  readonly inUse: InUse | null;
}

interface InUse { readonly where: string; readonly why: ErasureRemains['why']; readonly text: string }

/** Nothing of people stands in them, or they are erased in another way. */
const passed = new Set(['meta', 'setting', 'payload', 'audit_entry', 'audit_head', 'audit_seal', 'audit_key', 'audit_tombstone', 'erasure', 'digest', 'digest_run', 'digest_chunk', 'counted']);

const places: readonly (readonly [RegExp, ErasurePlace])[] = [
  [/^task_authority$/, 'authority'], [/^agent_owner$/, 'owners'], [/^identity_/, 'identity'], [/^approval$/, 'approvals'], [/^(stop|rule)_|^operator$|^canary$|^agent_tried$/, 'stops'],
  [/^alert|^delivery$/, 'alerts'], [/^budget/, 'budgets'], [/^(grant_|access_|finding|credential|agent_credential|right_check)/, 'access'], [/^(price_entry|bill|billing)/, 'cost'], [/^failure/, 'failures'],
  [/^(task|stuck|trace)/, 'tasks'], [/^(string|agent)/, 'names'], [/^(connection|runtime|checkpoint|gap|stranger|tally|metric|alarm)/, 'connections'], [/^(hold|chore|retention_)/, 'retention'], [/^report/, 'reports'],
];

export const placeTexts: Readonly<Record<ErasurePlace, string>> = {
  authority: 'on whose authority agents acted', owners: 'owners and sponsors of agents', identity: 'evidence of identity', approvals: 'approvals: who asked, who decided, what was asked', stops: 'stop orders, their reasons and certificates, rules and drills',
  alerts: 'alerts, rules and what was delivered', budgets: 'budgets and their events', access: 'grants, documents, credentials and findings', cost: 'prices and bills', failures: 'what people said of failures', tasks: 'tasks: names, keys and marks',
  names: 'names and texts of agents and activities', records: 'kept records of activities: they become tombstones', audit: 'entries of the audit log by or about them: actor, text and details are blanked, the chain stays', connections: 'connections, gaps and senders',
  retention: 'holds and jobs', reports: 'reports and templates', other: 'elsewhere in the history',
};

const inUse: Readonly<Record<string, InUse>> = {
  runtime: { where: '1', why: 'in_use', text: 'The address, command or facts of a connection name them, and it needs those. Change or remove the connection.' },
  checkpoint: { where: '1', why: 'in_use', text: 'Where a connector left off names them. It goes when the connection is removed.' },
  alert_target: { where: 'removed_us IS NULL', why: 'in_use', text: 'A target of alerts names them or sends to them. Change or remove the target.' },
  operator: { where: '1', why: 'in_use', text: 'An operator for stops has that name. Remove the operator.' },
  approval: { where: "state = 'waiting'", why: 'waiting', text: 'An approval still waits at its runtime. Erase again when it is decided.' },
  stop_order: { where: 'ended_us IS NULL', why: 'waiting', text: 'A stop order has not ended. Erase again when it has.' },
  stop_lever: { where: "undo_state IN ('open', 'failed') OR EXISTS (SELECT 1 FROM stop_order o WHERE o.id = stop_lever.stop AND o.ended_us IS NULL)", why: 'waiting', text: 'What a stop order changed is not put back yet, and what it was before names them. Erase again when it is released.' },
  grant_seen: { where: 'document = 0 AND gone_us IS NULL', why: 'told', text: 'A runtime lists a grant that names them, and would tell it again. Change it there.' },
  grant_source: { where: 'EXISTS (SELECT 1 FROM grant_seen g WHERE g.id = grant_source.grant_id AND g.document = 0 AND g.gone_us IS NULL)', why: 'told', text: 'A runtime lists a grant that names them, and would tell it again. Change it there.' },
};

const linkNames = ['connection', 'agent', 'task', 'stop', 'alert', 'holder', 'caller', 'called', 'failure', 'grant_id', 'root_agent', 'other', 'head', 'rule', 'budget', 'credential'];
/** Two spellings of one person become one: of such rows the second goes. */
export const mergedTables = new Set(['task_authority', 'identity_evidence', 'agent_alias', 'agent_tag', 'agent_version', 'stranger', 'tally']);

interface ColumnInfo { readonly name: string; readonly type: string; readonly pk: number; readonly hidden: number }

export function textTables(db: AnyDb): TextTable[] {
  const tables = db.prepare<[], { name: string; wr: number }>("SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name").all();
  return tables.filter(({ name }) => !passed.has(name)).flatMap(({ name, wr }) => {
    const columns = db.prepare<[string], ColumnInfo>('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)').all(name).filter((one) => one.hidden === 0);
    const texts = columns.filter((one) => one.type === 'TEXT').map((one) => one.name);
    if (texts.length === 0) return [];
    const keys = wr === 1 ? columns.filter((one) => one.pk > 0).toSorted((a, b) => a.pk - b.pk).map((one) => one.name) : ['rowid'];
    const place = places.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
    return [{ name, place, keys, columns: texts, links: columns.map((one) => one.name).filter((one) => linkNames.includes(one)), inUse: inUse[name] ?? null }];
  });
}
