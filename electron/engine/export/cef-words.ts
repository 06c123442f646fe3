/** Which keys of CEF's dictionary the cells of each content go to. Every other cell has a key of its own, so that a line tells all that its row tells. */
import type { ReportContent } from '../../../shared/reports.ts';
import type { Column, Row } from './columns.ts';
import type { CefRecord } from './cef-line.ts';
import { decimal } from './decimal.ts';

type Custom = 'cs1' | 'cs2' | 'cs3' | 'cs4' | 'cs5' | 'cs6' | 'cn1' | 'cn2' | 'cn3';

interface CefWords {
  readonly time: readonly string[];
  readonly classId: (row: Row) => string;
  readonly name: (row: Row) => string;
  readonly severity: (row: Row) => number;
  /** keys of the dictionary. */
  readonly keys: Readonly<Record<string, string>>;
  /** custom fields, each with the label that the dictionary asks for. */
  readonly custom: Readonly<Partial<Record<Custom, readonly [column: string, label: string]>>>;
}

const text = (row: Row, name: string): string => (typeof row[name] === 'string' ? row[name] : '');
/** Class ids are ours, or words of a fixed list: what else comes is left out of them. */
const word = (row: Row, name: string): string => text(row, name).replace(/[^a-z_.]/g, '').slice(0, 60) || 'unknown';
const graded = (row: Row, column: string, grades: Readonly<Record<string, number>>, usual: number): number => grades[text(row, column)] ?? usual;
const agent = { agentId: 'suid', agentName: 'suser' } as const;
const agentIds = { cs1: ['agentId', 'Agent'], cs2: ['connectionName', 'Connection'] } as const;

export const cefWords: Readonly<Record<ReportContent, CefWords>> = {
  activity: {
    time: ['time'], classId: (row) => `agent.${word(row, 'kind')}.${word(row, 'status')}`, name: (row) => `Agent: ${word(row, 'kind').replaceAll('_', ' ')}`,
    severity: (row) => graded(row, 'status', { error: 5, denied: 6, interrupted: 4, cancelled: 3 }, 1),
    keys: { ...agent, time: 'start', endTime: 'end', id: 'externalId', name: 'act', status: 'outcome', errorMessage: 'reason', kind: 'cat', input: 'request', onBehalfOf: 'duser' },
    custom: { ...agentIds, cs3: ['onBehalfOf', 'On behalf of'], cs4: ['decision', 'Decision'], cs5: ['taskId', 'Task'], cs6: ['recordHashes', 'Record hashes'], cn1: ['cost', 'Cost (millionths)'], cn2: ['outputTokens', 'Output tokens'], cn3: ['durationUs', 'Duration (us)'] },
  },
  console: {
    time: ['at'], classId: (row) => `console.${word(row, 'action')}.${word(row, 'outcome')}`, name: (row) => `Console: ${word(row, 'action')}`, severity: (row) => graded(row, 'outcome', { failed: 5, refused: 6 }, 2),
    keys: { actor: 'suser', id: 'externalId', action: 'act', outcome: 'outcome', text: 'msg', subject: 'duid', actorKind: 'cat' },
    custom: { cs1: ['hash', 'Hash in the log'], cs2: ['previous', 'Hash before it'], cs3: ['bodyHash', 'Hash of its body'], cn1: ['seq', 'Number in the log'] },
  },
  stops: {
    time: ['at'], classId: (row) => `stop.${word(row, 'row')}.${row['row'] === 'lever' ? word(row, 'leverState') : row['row'] === 'event' ? word(row, 'eventKind') : row['row'] === 'firing' ? String(row['fired']) : word(row, 'state')}`,
    name: (row) => `Stop: ${word(row, 'row')}`, severity: (row) => (row['row'] === 'drill' ? 2 : row['state'] === 'still_acting' || row['leverState'] === 'failed' ? 9 : row['row'] === 'event' ? 3 : 7),
    keys: { ...agent, id: 'externalId', orderedBy: 'duser', scopeName: 'dproc', level: 'act', state: 'outcome', reason: 'reason', headline: 'msg', row: 'cat' },
    custom: { cs1: ['stopId', 'Stop order'], cs2: ['connectionName', 'Connection'], cs3: ['reasonKind', 'Kind of reason'], cs4: ['lever', 'Lever'], cs5: ['secondBy', 'Second person'], cs6: ['confirmed', 'Seen from outside'], cn1: ['number', 'Number of the order'], cn2: ['landed', 'Acts after the command'], cn3: ['reopened', 'Times it came back'] },
  },
  access: {
    time: ['at'], classId: (row) => `access.${word(row, 'row')}${row['row'] === 'change' ? `.${word(row, 'what')}` : ''}`, name: (row) => `Access: ${word(row, 'row')}`,
    severity: (row) => (row['row'] === 'finding' ? graded(row, 'severity', { attention: 6, serious: 8 }, 3) : row['widening'] === true ? 5 : 2),
    keys: { ...agent, id: 'externalId', name: 'request', text: 'msg', by: 'duser', row: 'cat', rule: 'reason', effect: 'act' },
    custom: { ...agentIds, cs3: ['use', 'Use'], cs4: ['reversibility', 'Reversibility'], cs5: ['grantId', 'Grant'], cs6: ['documentId', 'Document'], cn1: ['times', 'Times used'], cn2: ['denied', 'Times denied'] },
  },
  approvals: {
    time: ['askedAt', 'seenAt'], classId: (row) => `approval.${word(row, 'kind')}.${word(row, 'state')}`, name: (row) => `Approval: ${word(row, 'state').replaceAll('_', ' ')}`, severity: (row) => graded(row, 'state', { rejected: 5, expired: 5, waiting: 3 }, 2),
    keys: { ...agent, id: 'externalId', title: 'act', state: 'outcome', reason: 'reason', decidedBy: 'duser', kind: 'cat', actions: 'request', question: 'msg' },
    custom: { ...agentIds, cs3: ['onBehalfOf', 'On behalf of'], cs4: ['fingerprint', 'Fingerprint of the request'], cs5: ['taskId', 'Task'] },
  },
  cost: {
    time: ['day', 'importedAt'], classId: (row) => `cost.${word(row, 'row')}`, name: (row) => `Cost: ${word(row, 'row').replaceAll('_', ' ')}`, severity: () => 1,
    keys: { ...agent, row: 'cat', billId: 'externalId', importedBy: 'duser' },
    custom: { ...agentIds, cs3: ['model', 'Model'], cs4: ['currency', 'Currency'], cs5: ['costProvenance', 'Provenance of the cost'], cn1: ['cost', 'Cost (millionths)'], cn2: ['activities', 'Activities'], cn3: ['unpricedActivities', 'Activities without a price'] },
  },
  failures: {
    time: ['at', 'day', 'lastSeen'], classId: (row) => `failure.${word(row, 'row')}`, name: (row) => `Failure: ${word(row, 'row')}`, severity: (row) => (row['row'] === 'said' ? 2 : 5),
    keys: { ...agent, failureId: 'externalId', firstSeen: 'start', lastSeen: 'end', name: 'act', errorMessage: 'reason', row: 'cat', note: 'msg', by: 'duser', count: 'cnt' },
    custom: { ...agentIds, cs3: ['errorType', 'Type of error'], cs4: ['taskOutcome', 'Outcome of its tasks'], cs5: ['currency', 'Currency'], cn1: ['ownCost', 'Cost of the calls (millionths)'], cn2: ['tasks', 'Tasks'], cn3: ['lostCost', 'Cost lost with it (millionths)'] },
  },
  gaps: {
    time: ['from'], classId: (row) => `gap.${word(row, 'reason')}`, name: () => 'Not seen', severity: () => 4,
    keys: { id: 'externalId', from: 'start', to: 'end', reason: 'reason', text: 'msg' }, custom: { cs2: ['connectionName', 'Connection'], cs3: ['connectionId', 'Connection id'], cn3: ['durationUs', 'Duration (us)'] },
  },
};

const times = new Set(['rt', 'start', 'end']);

interface CefPlan { readonly keys: readonly (readonly [name: string, key: string, isTime: boolean])[]; readonly custom: readonly (readonly [name: string, key: string, labelKey: string, label: string])[]; readonly own: readonly (readonly [name: string, key: string, isMoney: boolean])[] }
const plans = new WeakMap<readonly Column[], CefPlan>();

/** CEF's times are whole milliseconds and its money a whole number: the exact ones stand beside. */
function planOf(content: ReportContent, columns: readonly Column[]): CefPlan {
  let plan = plans.get(columns);
  if (plan === undefined) {
    const { keys, custom } = cefWords[content];
    const told = new Set([...Object.entries(keys).filter(([, key]) => !times.has(key)).map(([name]) => name), ...Object.values(custom).map(([name]) => name)]);
    plan = {
      keys: Object.entries(keys).map(([name, key]) => [name, key, times.has(key)] as const), custom: Object.entries(custom).map(([key, [name, label]]) => [name, key, `${key}Label`, label] as const),
      own: columns.filter(({ name, type }) => !told.has(name) || type === 'micros').map(({ name, type }) => [name, ownKey(name), type === 'micros'] as const),
    };
    plans.set(columns, plan);
  }
  return plan;
}

export function cefRecord(content: ReportContent, columns: readonly Column[], row: Row): CefRecord {
  const words = cefWords[content];
  const { keys, custom, own } = planOf(content, columns);
  const pairs: (readonly [string, string])[] = [];
  const time = words.time.map((name) => timeMs(row[name])).find((ms) => ms !== undefined);
  if (time !== undefined) pairs.push(['rt', time]);
  for (const [name, key, isTime] of keys) {
    const cell = row[name] ?? null;
    const value = isTime ? timeMs(cell) : cell === null ? undefined : String(cell);
    if (value !== undefined) pairs.push([key, value]);
  }
  for (const [name, key, labelKey, label] of custom) {
    const cell = row[name] ?? null;
    if (cell !== null) pairs.push([key, String(cell)], [labelKey, label]);
  }
  for (const [name, key, isMoney] of own) {
    const cell = row[name] ?? null;
    if (cell !== null) pairs.push([key, isMoney && typeof cell === 'number' ? decimal(cell) : String(cell)]);
  }
  return { classId: words.classId(row), name: words.name(row), severity: words.severity(row), pairs };
}

/** As the dictionary wants custom keys: after maker and product. */
export const ownKey = (column: string): string => `GatehouseConsole${column.slice(0, 1).toUpperCase()}${column.slice(1)}`;

function timeMs(cell: Row[string] | undefined): string | undefined {
  const ms = typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
  return Number.isNaN(ms) ? undefined : String(ms);
}
