/** Rows of activity: lists by keyset, one task's rows, one row with the records behind it. */
import type { ActivityDetail, ActivityFilter, ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Activity } from '../../../../shared/domain.ts';
import { decodeUnpacked } from '../../ingest/stored-record.ts';
import type { StoredRecord } from '../../ingest/stored-record.ts';
import { contentAttributes } from '../../ingest/normalise/content.ts';
import { FLAG, KIND, kindWord, PROVENANCE, STATUS, statusWord } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { publicId, rowIdOf } from '../ids.ts';
import { iso, micros, parseCursor, rowId, writeCursor, type Keyset, type Reading } from './reading.ts';
import { readTask } from './tasks.ts';
import { walk } from './walk.ts';

export interface ActivityRow {
  readonly id: number; readonly task: number; readonly agent: number; readonly ts: number; readonly dur: number | null;
  readonly kind: number; readonly status: number; readonly flags: number; readonly name: number; readonly model: number;
  readonly errorType: number | null; readonly errorMessage: number | null; readonly failure: number | null;
  readonly input: number | null; readonly output: number | null; readonly cacheRead: number | null; readonly cacheWrite: number | null; readonly reasoning: number | null;
  readonly micros: number | null; readonly currency: number | null; readonly provenance: number | null; readonly parent: number | null; readonly source: number;
}

const columns = `id, task, agent, ts_us AS ts, dur_us AS dur, kind, status, flags, name, model, error_type AS errorType, error_message AS errorMessage, failure,
  input, output, cache_read AS cacheRead, cache_write AS cacheWrite, reasoning, micros, currency, provenance, parent, source`;
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
  if (row.micros !== null) return { amountMicros: row.micros, currency: reading.texts.of(row.currency) || 'USD', provenance: row.provenance === PROVENANCE.computed ? 'computed' : 'reported', unpriced: 0 };
  return row.provenance === PROVENANCE.unpriced ? { amountMicros: null, currency: 'USD', provenance: 'unpriced', unpriced: 1 } : null;
}

export function activityOf(reading: Reading, row: ActivityRow): Activity {
  const agent = reading.agent(row.agent);
  const ended = row.status !== STATUS.running && row.dur !== null;
  const text = (id: number | null): string | null => reading.texts.of(id) || null;
  return {
    id: publicId('activity', row.id), time: iso(row.ts), endTime: ended ? iso(row.ts + (row.dur ?? 0)) : null,
    agentId: reading.agentId(row.agent), agentName: agent.name, taskId: publicId('task', row.task), connectionId: publicId('connection', agent.connection),
    kind: kindWord(row.kind), name: reading.texts.of(row.name), status: statusWord(row.status), durationMs: row.dur === null ? null : row.dur / 1_000,
    usage: row.input === null ? null : { inputTokens: row.input, outputTokens: row.output ?? 0, cacheReadTokens: row.cacheRead ?? 0, cacheWriteTokens: row.cacheWrite ?? 0, reasoningTokens: row.reasoning ?? 0 },
    cost: moneyOf(reading, row), model: text(row.model),
    error: row.errorType === null && row.errorMessage === null ? null : { type: text(row.errorType), message: text(row.errorMessage) },
    parentId: row.parent === null || row.parent === 0 ? null : publicId('activity', row.parent), source: reading.texts.of(row.source),
    failureId: row.failure === null || row.failure === 0 ? null : publicId('failure', row.failure), authority: reading.authority(row.task, row.agent), notes: notesOf(row.flags),
  };
}

/** In the order of the ids. */
export function activitiesOf(reading: Reading, ids: readonly number[]): Activity[] {
  const rows = new Map(reading.sql<[string], ActivityRow>(`SELECT ${columns} FROM activity WHERE id IN (SELECT value FROM json_each(?))`).all(JSON.stringify(ids)).map((row) => [row.id, row]));
  return ids.flatMap((id) => { const row = rows.get(id); return row === undefined ? [] : [activityOf(reading, row)]; });
}

/** What filters look at. Reading only this of rows that are passed over takes half the time of reading them whole (measured). */
type Glance = Pick<ActivityRow, 'id' | 'ts' | 'task' | 'agent' | 'kind' | 'status' | 'failure' | 'name' | 'model' | 'errorType' | 'errorMessage'>;
type Column = Exclude<keyof Glance, 'id' | 'ts'>;
interface Test { readonly reads: readonly Column[]; readonly holds: (row: Glance) => boolean }
const glanceColumns: { readonly [C in Column]: string } = {
  task: 'task', agent: 'agent', kind: 'kind', status: 'status', failure: 'failure', name: 'name', model: 'model', errorType: 'error_type AS errorType', errorMessage: 'error_message AS errorMessage',
};

/** Asked once for each of the few different values, not for each row. */
function remembered(answerOf: (id: number) => boolean): (id: number) => boolean {
  const known = new Map<number, boolean>();
  return (id) => {
    let answer = known.get(id);
    if (answer === undefined) {
      answer = answerOf(id);
      known.set(id, answer);
    }
    return answer;
  };
}

function textTest(reading: Reading, text: string): Test {
  const wanted = text.toLowerCase();
  const activity = rowIdOf('activity', wanted);
  const task = rowIdOf('task', wanted);
  const textSays = remembered((id) => reading.texts.of(id).toLowerCase().includes(wanted));
  const says = (id: number | null): boolean => id !== null && id !== 0 && textSays(id);
  const agentSays = remembered((id) => reading.agent(id).name.toLowerCase().includes(wanted));
  return {
    reads: ['agent', 'name', 'model', 'errorType', 'errorMessage', ...(task === null ? [] : ['task' as const])],
    holds: (row) => says(row.name) || says(row.model) || says(row.errorMessage) || says(row.errorType) || agentSays(row.agent) || row.id === activity || (task !== null && row.task === task),
  };
}

/** What is asked besides. */
function testsOf(reading: Reading, filter: ActivityFilter): Test[] {
  const tests: Test[] = [];
  const kinds = new Set<number>(filter.kinds?.map((kind) => KIND[kind]));
  if (kinds.size > 0) tests.push({ reads: ['kind'], holds: (row) => kinds.has(row.kind) });
  const statuses = new Set<number>(filter.statuses?.map((status) => STATUS[status]));
  if (statuses.size > 0) tests.push({ reads: ['status'], holds: (row) => statuses.has(row.status) });
  if (filter.agentId !== undefined) { const agents = new Set(reading.sourcesOf(rowId('agent', filter.agentId))); tests.push({ reads: ['agent'], holds: (row) => agents.has(row.agent) }); }
  if (filter.taskId !== undefined) { const task = rowId('task', filter.taskId); tests.push({ reads: ['task'], holds: (row) => row.task === task }); }
  if (filter.failureId !== undefined) { const failure = rowId('failure', filter.failureId); tests.push({ reads: ['failure'], holds: (row) => row.failure === failure }); }
  if (filter.connectionId !== undefined) { const connection = rowId('connection', filter.connectionId); tests.push({ reads: ['agent'], holds: (row) => reading.agent(row.agent).connection === connection }); }
  if (filter.text !== undefined && filter.text.trim() !== '') tests.push(textTest(reading, filter.text.trim()));
  return tests;
}

interface Walk { readonly where: string; /** For each source of an agent its own: the walks along them are merged. */ readonly values: readonly (readonly number[])[]; /** What of the filter the index does not say. */ readonly rest: ActivityFilter }

/** The narrowest index that the filter allows; each walks its rows from the newest to the oldest. */
function walkOf(reading: Reading, filter: ActivityFilter): Walk {
  const { taskId, failureId, agentId, statuses, ...others } = filter;
  if (taskId !== undefined) return { where: 'task = ?', values: [[rowId('task', taskId)]], rest: { ...others, failureId, agentId, statuses } };
  if (failureId !== undefined) return { where: 'failure = ?', values: [[rowId('failure', failureId)]], rest: { ...others, agentId, statuses } };
  if (agentId === undefined) return { where: '1', values: [[]], rest: { ...others, statuses } };
  const values = reading.sourcesOf(rowId('agent', agentId)).map((source) => [source]);
  const onlyErrors = statuses?.length === 1 && statuses[0] === 'error';
  return onlyErrors ? { where: `agent = ? AND status = ${STATUS.error}`, values, rest: others } : { where: 'agent = ?', values, rest: { ...others, statuses } };
}

function passes(tests: readonly Test[]): (row: Glance) => boolean {
  return (row) => tests.every((test) => test.holds(row));
}

type ListParams = ParsedParams<'activity.list'>;

const startOf = (params: ListParams): Keyset => (params.before === undefined ? { us: params.until === undefined ? Number.MAX_SAFE_INTEGER : micros(params.until), id: 0 } : parseCursor(params.before));
const sinceOf = (params: ListParams): number => (params.since === undefined ? 0 : micros(params.since));

/** `read` has to name ts and id. */
function pageSql(read: string, { where, values }: Walk): string {
  const one = `SELECT ${read} FROM activity WHERE ${where} AND (ts_us, id) < (?, ?) AND ts_us >= ?`;
  return `${values.map(() => one).join(' UNION ALL ')} ORDER BY ts DESC, id DESC LIMIT ?`;
}

const pageValues = ({ values }: Walk, before: Keyset, params: ListParams): number[] => values.flatMap((own) => [...own, before.us, before.id, sinceOf(params)]);

const readsOf = (tests: readonly Test[]): string => [...new Set(tests.flatMap((test) => test.reads))].map((column) => `, ${glanceColumns[column]}`).join('');

/** Rows at a glance, newest first, at most `most`. */
function glances(reading: Reading, params: ListParams, along: Walk, tests: readonly Test[], most: number): Generator<Glance> {
  const page = reading.sql<number[], Glance>(pageSql(`id, ts_us AS ts${readsOf(tests)}`, along));
  return walk({
    from: startOf(params), first: 2 * params.limit, most, at: (row) => ({ us: row.ts, id: row.id }),
    read: (before, rows) => page.all(...pageValues(along, before, params), rows),
  });
}

export function listActivity(reading: Reading, params: ListParams): Result<'activity.list'> {
  const along = walkOf(reading, params);
  const inRow = inRowOf(along);
  if (inRow !== null) return listInRow(reading, params, along, inRow);
  const tests = testsOf(reading, along.rest);
  return tests.length === 0 ? listWhole(reading, params, along) : listPassing(reading, params, along, tests);
}

function listWhole(reading: Reading, params: ListParams, along: Walk): Result<'activity.list'> {
  const before = startOf(params);
  const found = reading.sql<number[], ActivityRow>(pageSql(columns, along)).all(...pageValues(along, before, params), params.limit + 1);
  const rows = found.slice(0, params.limit);
  const last = rows.at(-1);
  return { rows: rows.map((row) => activityOf(reading, row)), next: found.length > params.limit && last ? writeCursor({ us: last.ts, id: last.id }) : null };
}

function listPassing(reading: Reading, params: ListParams, along: Walk, tests: readonly Test[]): Result<'activity.list'> {
  const most = mostScanned + params.limit;
  const test = passes(tests);
  const whole = reading.sql<[number], ActivityRow>(`SELECT ${columns} FROM activity WHERE id = ?`);
  const rows: Activity[] = [];
  let last: Glance | null = null;
  let scanned = 0;
  // One more than is looked at says whether there is more.
  for (const glance of glances(reading, params, along, tests, most + 1)) {
    if (rows.length >= params.limit || scanned >= most) return { rows, next: last === null ? null : writeCursor({ us: last.ts, id: last.id }) };
    scanned += 1;
    last = glance;
    const row = test(glance) ? whole.get(glance.id) : undefined;
    if (row) rows.push(activityOf(reading, row));
  }
  return { rows, next: null };
}

/** A filter that the rows themselves answer, of one walk along an index by time; null: texts or names are asked too. */
function inRowOf({ where, values, rest: { kinds = [], statuses = [], text = '', connectionId, agentId, failureId } }: Walk): string | null {
  if (kinds.length + statuses.length === 0 || values.length !== 1 || where.startsWith('task') || text.trim() !== '' || [connectionId, agentId, failureId].some((one) => one !== undefined)) return null;
  const parts = [...(kinds.length === 0 ? [] : [`kind IN (${kinds.map((kind) => KIND[kind]).join(', ')})`]), ...(statuses.length === 0 ? [] : [`status IN (${statuses.map((status) => STATUS[status]).join(', ')})`])];
  return parts.join(' AND ');
}

/** As `listPassing`; but only rows that pass leave the statement, which takes a third of the time where few do. Where the walk ends is counted in the index alone. */
function listInRow(reading: Reading, params: ListParams, { where, values: [own = []] }: Walk, passing: string): Result<'activity.list'> {
  const most = mostScanned + params.limit;
  const walked = `FROM activity WHERE ${where} AND (ts_us, id) < (?, ?) AND ts_us >= ? ORDER BY ts_us DESC, id DESC LIMIT`;
  const place = reading.sql<number[], Keyset>(`SELECT ts_us AS us, id ${walked} 1 OFFSET ?`);
  const from = (at: Keyset): number[] => [...own, at.us, at.id, sinceOf(params)];
  const start = from(startOf(params));
  const hits = reading.sql<number[], Keyset>(`SELECT us, id FROM (SELECT ts_us AS us, id, kind, status ${walked} ?) WHERE ${passing} LIMIT ?`).all(...start, most, params.limit);
  const last = hits.length < params.limit ? place.get(...start, most - 1) : hits.at(-1);
  const more = last !== undefined && place.get(...from(last), 0) !== undefined;
  return { rows: activitiesOf(reading, hits.map(({ id }) => id)), next: more ? writeCursor(last) : null };
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

/** So many newer rows are looked at for one message to Live. */
const mostNew = 20_000;

/** For Live: rows by row id, the newest `limit` of those in `(after, upTo]`, and those named in `ids`; filtered. */
export function liveRows(reading: Reading, params: { after: number; upTo: number; ids: readonly number[]; limit: number; filter: ActivityFilter }): { rows: Activity[]; passed: number } {
  const tests = testsOf(reading, params.filter);
  const test = passes(tests);
  const found = newRows(reading, params, tests);
  const one = reading.sql<[number], ActivityRow>(`SELECT ${columns} FROM activity WHERE id = ?`);
  for (const id of params.ids) {
    const row = id <= params.after ? one.get(id) : undefined;
    if (row && test(row) && found.rows.length < params.limit) found.rows.push(row);
  }
  return { rows: found.rows.toReversed().map((row) => activityOf(reading, row)), passed: found.passed };
}

function newRows(reading: Reading, { after, upTo, limit }: { after: number; upTo: number; limit: number }, tests: readonly Test[]): { rows: ActivityRow[]; passed: number } {
  const newest = (read: string): string => `SELECT ${read} FROM activity WHERE id > ? AND id <= ? ORDER BY id DESC LIMIT ?`;
  if (tests.length === 0) {
    // What is not sent is only counted: at full speed that is most of it.
    const passed = reading.sql<number[], { n: number }>('SELECT count(*) AS n FROM (SELECT 1 FROM activity WHERE id > ? AND id <= ? LIMIT ?)').get(after, upTo, mostNew)?.n ?? 0;
    return { rows: reading.sql<number[], ActivityRow>(newest(columns)).all(after, upTo, Math.min(limit, mostNew)), passed };
  }
  const passing = reading.sql<number[], Glance>(newest(`id${readsOf(tests)}`)).all(after, upTo, mostNew).filter(passes(tests));
  const one = reading.sql<[number], ActivityRow>(`SELECT ${columns} FROM activity WHERE id = ?`);
  const rows = passing.slice(0, limit).flatMap((glance) => one.get(glance.id) ?? []);
  return { rows, passed: passing.length };
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
