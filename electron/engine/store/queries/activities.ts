/** Rows of activity: lists by keyset, one task's rows, one row with the records behind it. */
import type { ActivityDetail, ActivityFilter, ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Activity } from '../../../../shared/domain.ts';
import { decodeUnpacked } from '../../ingest/stored-record.ts';
import type { StoredRecord } from '../../ingest/stored-record.ts';
import { contentAttributes } from '../../ingest/normalise/content.ts';
import { FLAG, KIND, kindWord, STATUS, statusWord } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { iso, micros, parseCursor, rowId, writeCursor, type Keyset, type Reading } from './reading.ts';
import { readTask } from './tasks.ts';

export interface ActivityRow {
  readonly id: number; readonly task: number; readonly agent: number; readonly ts: number; readonly dur: number | null;
  readonly kind: number; readonly status: number; readonly flags: number; readonly name: number; readonly model: number;
  readonly errorType: number | null; readonly errorMessage: number | null; readonly failure: number | null;
  readonly input: number | null; readonly output: number | null; readonly cacheRead: number | null; readonly cacheWrite: number | null; readonly reasoning: number | null;
  readonly micros: number | null; readonly currency: number | null; readonly parent: number | null; readonly source: number;
}

const columns = `id, task, agent, ts_us AS ts, dur_us AS dur, kind, status, flags, name, model, error_type AS errorType, error_message AS errorMessage, failure,
  input, output, cache_read AS cacheRead, cache_write AS cacheWrite, reasoning, micros, currency, parent, source`;
/** A filter that no index serves looks at so many rows at most; the page then says where to go on. */
const mostScanned = 4_000;
/** A text longer than this is cut for transport; its whole length is told. */
const longestValue = 200_000;

function notesOf(flags: number): string[] {
  return [
    ...((flags & FLAG.clockSkew) !== 0 ? ['clock_skew'] : []),
    ...((flags & FLAG.badDuration) !== 0 ? ['bad_duration'] : []),
    ...((flags & FLAG.interruptedInferred) !== 0 ? ['interrupted_inferred'] : []),
  ];
}

function moneyOf(reading: Reading, row: ActivityRow): Activity['cost'] {
  if (row.micros !== null) return { amountMicros: row.micros, currency: reading.texts.of(row.currency) || 'USD', provenance: 'reported', unpriced: 0 };
  const units = (row.input ?? 0) + (row.output ?? 0) + (row.cacheRead ?? 0) + (row.cacheWrite ?? 0);
  return units > 0 ? { amountMicros: null, currency: 'USD', provenance: 'unpriced', unpriced: 1 } : null;
}

export function activityOf(reading: Reading, row: ActivityRow): Activity {
  const agent = reading.agent(row.agent);
  const ended = row.status !== STATUS.running && row.dur !== null;
  const text = (id: number | null): string | null => reading.texts.of(id) || null;
  return {
    id: publicId('activity', row.id), time: iso(row.ts), endTime: ended ? iso(row.ts + (row.dur ?? 0)) : null,
    agentId: publicId('agent', row.agent), agentName: agent.name, taskId: publicId('task', row.task), connectionId: publicId('connection', agent.connection),
    kind: kindWord(row.kind), name: reading.texts.of(row.name), status: statusWord(row.status), durationMs: row.dur === null ? null : row.dur / 1_000,
    usage: row.input === null ? null : { inputTokens: row.input, outputTokens: row.output ?? 0, cacheReadTokens: row.cacheRead ?? 0, cacheWriteTokens: row.cacheWrite ?? 0, reasoningTokens: row.reasoning ?? 0 },
    cost: moneyOf(reading, row), model: text(row.model),
    error: row.errorType === null && row.errorMessage === null ? null : { type: text(row.errorType), message: text(row.errorMessage) },
    parentId: row.parent === null || row.parent === 0 ? null : publicId('activity', row.parent), source: reading.texts.of(row.source),
    failureId: row.failure === null || row.failure === 0 ? null : publicId('failure', row.failure), notes: notesOf(row.flags),
  };
}

type Test = (row: ActivityRow) => boolean;

function textTest(reading: Reading, text: string): Test {
  const wanted = text.toLowerCase();
  const known = new Map<number, boolean>();
  const says = (id: number | null): boolean => {
    if (id === null || id === 0) return false;
    let answer = known.get(id);
    if (answer === undefined) {
      answer = reading.texts.of(id).toLowerCase().includes(wanted);
      known.set(id, answer);
    }
    return answer;
  };
  return (row) => says(row.name) || says(row.model) || says(row.errorMessage) || says(row.errorType) || reading.agent(row.agent).name.toLowerCase().includes(wanted)
    || publicId('activity', row.id) === wanted || publicId('task', row.task) === wanted;
}

/** What the index that is used does not already say. */
function testsOf(reading: Reading, filter: ActivityFilter): Test[] {
  const tests: Test[] = [];
  const kinds = filter.kinds?.map((kind) => KIND[kind]);
  if (kinds && kinds.length > 0) tests.push((row) => kinds.includes(row.kind as (typeof kinds)[number]));
  const statuses = filter.statuses?.map((status) => STATUS[status]);
  if (statuses && statuses.length > 0) tests.push((row) => statuses.includes(row.status as (typeof statuses)[number]));
  if (filter.agentId !== undefined) { const agent = rowId('agent', filter.agentId); tests.push((row) => row.agent === agent); }
  if (filter.taskId !== undefined) { const task = rowId('task', filter.taskId); tests.push((row) => row.task === task); }
  if (filter.failureId !== undefined) { const failure = rowId('failure', filter.failureId); tests.push((row) => row.failure === failure); }
  if (filter.connectionId !== undefined) { const connection = rowId('connection', filter.connectionId); tests.push((row) => reading.agent(row.agent).connection === connection); }
  if (filter.text !== undefined && filter.text.trim() !== '') tests.push(textTest(reading, filter.text.trim()));
  return tests;
}

/** The narrowest index that the filter allows; each walks its rows from the newest to the oldest. */
function walkOf(filter: ActivityFilter): { where: string; values: number[] } {
  if (filter.taskId !== undefined) return { where: 'task = ?', values: [rowId('task', filter.taskId)] };
  if (filter.failureId !== undefined) return { where: 'failure = ?', values: [rowId('failure', filter.failureId)] };
  if (filter.agentId === undefined) return { where: '1', values: [] };
  const onlyErrors = filter.statuses?.length === 1 && filter.statuses[0] === 'error';
  return { where: onlyErrors ? `agent = ? AND status = ${STATUS.error}` : 'agent = ?', values: [rowId('agent', filter.agentId)] };
}

export function passes(reading: Reading, filter: ActivityFilter): Test {
  const tests = testsOf(reading, filter);
  return (row) => tests.every((test) => test(row));
}

export function listActivity(reading: Reading, params: ParsedParams<'activity.list'>): Result<'activity.list'> {
  const walk = walkOf(params);
  const before: Keyset = params.before === undefined ? { us: params.until === undefined ? Number.MAX_SAFE_INTEGER : micros(params.until), id: 0 } : parseCursor(params.before);
  const sinceUs = params.since === undefined ? 0 : micros(params.since);
  const statement = reading.sql<number[], ActivityRow>(
    `SELECT ${columns} FROM activity WHERE ${walk.where} AND (ts_us, id) < (?, ?) AND ts_us >= ? ORDER BY ts_us DESC, id DESC`);
  const test = passes(reading, params);
  const rows: Activity[] = [];
  let last: ActivityRow | null = null;
  let scanned = 0;
  for (const row of statement.iterate(...walk.values, before.us, before.id, sinceUs)) {
    if (rows.length >= params.limit || scanned >= mostScanned + params.limit) return { rows, next: last === null ? null : writeCursor({ us: last.ts, id: last.id }) };
    scanned += 1;
    last = row;
    if (test(row)) rows.push(activityOf(reading, row));
  }
  return { rows, next: null };
}

export function listTaskActivities(reading: Reading, params: ParsedParams<'tasks.activities'>): Result<'tasks.activities'> {
  const after: Keyset = params.after === undefined ? { us: -1, id: 0 } : parseCursor(params.after);
  const rows = reading.sql<number[], ActivityRow>(
    `SELECT ${columns} FROM activity WHERE task = ? AND (ts_us, id) > (?, ?) ORDER BY ts_us, id LIMIT ?`,
  ).all(rowId('task', params.id), after.us, after.id, params.limit + 1);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  return { rows: page.map((row) => activityOf(reading, row)), next: rows.length > params.limit && last ? writeCursor({ us: last.ts, id: last.id }) : null };
}

/** For Live: rows by row id, the newest `limit` of those in `(after, upTo]`, and those named in `ids`; filtered. */
export function liveRows(reading: Reading, params: { after: number; upTo: number; ids: readonly number[]; limit: number; filter: ActivityFilter }): { rows: Activity[]; passed: number } {
  const test = passes(reading, params.filter);
  const found: ActivityRow[] = [];
  let passed = 0;
  for (const row of reading.sql<number[], ActivityRow>(`SELECT ${columns} FROM activity WHERE id > ? AND id <= ? ORDER BY id DESC LIMIT 20000`).iterate(params.after, params.upTo)) {
    if (!test(row)) continue;
    passed += 1;
    if (found.length < params.limit) found.push(row);
  }
  const one = reading.sql<[number], ActivityRow>(`SELECT ${columns} FROM activity WHERE id = ?`);
  for (const id of params.ids) {
    const row = id <= params.after ? one.get(id) : undefined;
    if (row && test(row) && found.length < params.limit) found.push(row);
  }
  return { rows: found.toReversed().map((row) => activityOf(reading, row)), passed };
}

function neighbour(reading: Reading, row: ActivityRow, later: boolean): string | null {
  const found = reading.sql<number[], { id: number }>(later
    ? 'SELECT id FROM activity WHERE task = ? AND (ts_us, id) > (?, ?) ORDER BY ts_us, id LIMIT 1'
    : 'SELECT id FROM activity WHERE task = ? AND (ts_us, id) < (?, ?) ORDER BY ts_us DESC, id DESC LIMIT 1').get(row.task, row.ts, row.id);
  return found ? publicId('activity', found.id) : null;
}

const cutValue = (value: string): string => (value.length > longestValue ? value.slice(0, longestValue) : value);

function attributesOf(record: StoredRecord): ActivityDetail['attributes'] {
  return record.attributes.map(({ key, value }) => ({ key, value: cutValue(value), length: value.length, agentText: contentAttributes(key) }));
}

export function getActivity(reading: Reading, params: ParsedParams<'activity.get'>): ActivityDetail {
  const row = reading.sql<[number], ActivityRow>(`SELECT ${columns} FROM activity WHERE id = ?`).get(rowId('activity', params.id));
  if (!row) throw new StoreError('not_found', `The activity ${params.id} is no longer in the history: the retention or somebody removed it.`);
  const records = reading.payloads.recordsOf(row.id).map(decodeUnpacked);
  const content = reading.sql<[number], { content: ActivityDetail['content'] }>('SELECT content FROM connection WHERE id = ?').get(reading.agent(row.agent).connection)?.content ?? 'redacted';
  return {
    activity: activityOf(reading, row), task: readTask(reading, row.task), content,
    attributes: records.flatMap(attributesOf),
    events: records.flatMap((record) => record.events.map((event) => ({
      name: event.name, at: event.timeUs === null ? null : iso(event.timeUs), attributes: event.attributes.map(({ key, value }) => ({ key, value: cutValue(value) })),
    }))),
    resource: (records[0]?.resource ?? []).map(({ key, value }) => ({ key, value: cutValue(value) })),
    raw: records.map((record) => cutValue(record.json)),
    neighbours: { before: neighbour(reading, row, false), after: neighbour(reading, row, true) },
  };
}
