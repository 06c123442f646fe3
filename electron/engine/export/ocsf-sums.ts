/** Failures as application errors, what was not seen as scans that did not happen, and cost, of which OCSF has no class. */
import type { Row } from './columns.ts';
import { classes } from './ocsf-classes.ts';
import { agentActor, agentColumns, aiAgent } from './ocsf-entities.ts';
import { compact, failure, milliseconds, named, numberOf, said, textOf, uidByContent } from './ocsf-event.ts';
import type { Attributes, OcsfContext, Told } from './ocsf-event.ts';

const dayMs = 86_400_000;
const ofDay = (row: Row): string | null => (textOf(row, 'day') === null ? null : `${textOf(row, 'day')}T00:00:00.000000Z`);
const rowUid = (content: string, row: Row, ...names: readonly string[]): string => [`${content}.${named(row['row'])}`, ...names.map((name) => row[name]).filter((cell) => cell !== null && cell !== undefined).map(String)].join(':');

export function failureEvent(row: Row, { version }: OcsfContext): Told {
  const saidBy = textOf(row, 'row') === 'said';
  const count = numberOf(row, 'count');
  const actor = agentActor(row, version, null);
  return {
    class: classes.failure, activity: saidBy ? 99 : 1, ...(saidBy ? { other: `Said to be ${named(row['state'])}` } : {}), severity: saidBy ? 1 : 3, status: saidBy ? null : failure,
    time: textOf(row, 'at') ?? ofDay(row) ?? textOf(row, 'firstSeen'), uid: row['row'] === 'group' ? rowUid('failure', row, 'failureId') : uidByContent(rowUid('failure', row, 'failureId', 'day'), row),
    metadata: { log_name: 'failures', event_code: said(row['row']), correlation_uid: said(row['failureId']) }, ...(actor === undefined ? {} : { actor }), ai: version === '1.8.0' ? {} : { ai_agent: aiAgent(row) },
    attributes: {
      message: named(row['errorMessage'], row['note'], row['name'], row['failureId']), status_code: said(row['errorType']), status_detail: textOf(row, 'note') ?? undefined, count: count === null || count < 1 ? undefined : count,
      ...between(textOf(row, 'firstSeen'), textOf(row, 'lastSeen')),
    },
    mapped: ['errorMessage', ...agentColumns, 'errorType', 'note'],
  };
}

export function gapEvent(row: Row, _context: OcsfContext): Told {
  const us = numberOf(row, 'durationUs');
  return {
    class: classes.scan, activity: 99, other: 'Not seen', severity: 2, time: textOf(row, 'from'), uid: `gap:${named(row['id'])}`, status: failure,
    metadata: { log_name: 'gaps', event_code: said(row['reason']), original_event_uid: said(row['id']) },
    attributes: {
      message: textOf(row, 'text') ?? undefined, status_code: said(row['reason']), duration: us === null ? undefined : Math.round(us / 1_000), ...between(textOf(row, 'from'), textOf(row, 'to')),
      scan: compact({ uid: named(row['connectionId'], row['id']), name: named(row['connectionName'], 'all connections'), type_id: 99, type: 'Collecting of activity' }),
    },
    mapped: ['text'],
  };
}

export function costEvent(row: Row, _context: OcsfContext): Told {
  const from = ofDay(row);
  const fromMs = milliseconds(from);
  const count = numberOf(row, 'activities');
  return {
    class: classes.base, activity: 99, other: textOf(row, 'row') === 'bill' ? 'Bill' : 'Cost of a day', time: from, uid: rowUid('cost', row, 'day', 'connectionId', 'sourceAgentId', 'agentId', 'model', 'currency', 'billId'),
    metadata: { log_name: 'cost', event_code: said(row['row']) },
    attributes: { message: messageOf(row), count: count === null || count < 1 ? undefined : count, start_time: fromMs, end_time: fromMs === undefined ? undefined : fromMs + dayMs },
    mapped: [],
  };
}

function messageOf(row: Row): string {
  const [micros, currency] = [numberOf(row, 'billed') ?? numberOf(row, 'cost'), textOf(row, 'currency')];
  const what = textOf(row, 'row') === 'bill' ? 'Billed' : textOf(row, 'row') === 'told_twice' ? 'Cost told twice, not to be added' : 'Known cost';
  return micros === null ? `${what}: none` : `${what}: ${micros} millionths of ${currency ?? 'an unknown currency'} (${named(row['costProvenance'])})`;
}

function between(from: string | null, to: string | null): Attributes {
  return { start_time: milliseconds(from), end_time: milliseconds(to) };
}
