/** Groups of activities that failed in the same way. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Failure } from '../../../../shared/domain.ts';
import { kindWord, US_DAY } from '../codes.ts';
import { publicId } from '../ids.ts';
import { iso, micros, rowId, type Reading } from './reading.ts';

interface FailureRow { readonly id: number; readonly kind: number; readonly name: number; readonly errorType: number | null; readonly errorMessage: number | null; readonly firstUs: number; readonly lastUs: number }
interface Part { readonly agent: number; readonly count: number }
export interface Example { readonly id: number; readonly task: number; readonly ts: number }
interface Group { readonly row: FailureRow; readonly example: Example }

/** `day` null: over all time. */
interface Asked { /** sources of one agent; null: all agents. */ readonly agents: readonly number[] | null; readonly sinceUs: number; readonly day: number | null }

const mostAgents = 50;
const columns = 'f.id, f.kind, f.name, f.error_type AS errorType, f.error_message AS errorMessage, f.first_us AS firstUs, f.last_us AS lastUs';

const marks = (ids: readonly number[]): string => ids.map(() => '?').join(', ');

/** Kinds of failure, the last seen first; of one agent: by when anybody was last seen to fail so. */
function kindsOf(reading: Reading, { agents, sinceUs }: Asked): FailureRow[] | IterableIterator<FailureRow> {
  return agents === null
    ? reading.sql<number[], FailureRow>(`SELECT ${columns} FROM failure f WHERE f.last_us >= ? ORDER BY f.last_us DESC`).iterate(sinceUs)
    : reading.sql<number[], FailureRow>(`SELECT ${agents.length > 1 ? 'DISTINCT ' : ''}${columns} FROM failure_agent fa CROSS JOIN failure f ON f.id = fa.failure WHERE fa.agent IN (${marks(agents)}) AND f.last_us >= ? ORDER BY f.last_us DESC`).all(...agents, sinceUs);
}

/**
 * Who failed so and how often, the most frequent first; all groups in one statement. Counts by day: a `since` inside a day
 * counts that whole day, as the first line of the screen says.
 */
function partsOf(reading: Reading, groups: readonly Group[], { agents, day }: Asked): Map<number, Part[]> {
  const ids = JSON.stringify(groups.map((group) => group.row.id));
  const from = `json_each(?) j CROSS JOIN failure_agent fa ON fa.failure = j.value ${agents === null ? '' : `AND fa.agent IN (${marks(agents)})`}`;
  const values = [ids, ...(agents ?? [])];
  const lines = day === null
    ? reading.sql<unknown[], Part & { failure: number }>(`SELECT fa.failure, fa.agent, fa.count FROM ${from}`).all(...values)
    : reading.sql<unknown[], Part & { failure: number }>(`SELECT fa.failure, fa.agent,
        coalesce((SELECT sum(d.count) FROM failure_day d WHERE d.failure = fa.failure AND d.agent = fa.agent AND d.day >= ?), 0) AS count FROM ${from}`).all(day, ...values);
  const found = new Map<number, Part[]>();
  for (const line of lines) {
    if (line.count <= 0) continue;
    const parts = found.get(line.failure);
    if (parts) parts.push(line);
    else found.set(line.failure, [line]);
  }
  for (const parts of found.values()) parts.sort((a, b) => b.count - a.count || a.agent - b.agent);
  return found;
}

export function newest(reading: Reading, failure: number, agents: readonly number[] | null): Example | undefined {
  if (agents !== null) return agents.map((agent) => newestOf(reading, failure, agent)).filter((one) => one !== undefined).toSorted((a, b) => b.ts - a.ts)[0];
  return reading.sql<number[], Example>('SELECT id, task, ts_us AS ts FROM activity WHERE failure = ? ORDER BY ts_us DESC LIMIT 1').get(failure);
}

/** Of many kinds in one statement: each by itself takes ten times as long. */
export function newestOfEach(reading: Reading, failures: readonly number[]): Map<number, Example> {
  const rows = reading.sql<[string], Example & { failure: number }>(`SELECT j.value AS failure, a.id, a.task, a.ts_us AS ts
    FROM json_each(?) j CROSS JOIN activity a ON a.id = (SELECT id FROM activity INDEXED BY activity_failure WHERE failure = j.value ORDER BY ts_us DESC LIMIT 1)`).all(JSON.stringify(failures));
  return new Map(rows.map(({ failure, ...example }) => [failure, example]));
}

function newestOf(reading: Reading, failure: number, agent: number): Example | undefined {
  // Others may have failed so many times since: the day is known, so that only one is looked through. An agent does far more in a day than fail in one way.
  const day = reading.sql<number[], { day: number | null }>('SELECT max(day) AS day FROM failure_day WHERE failure = ? AND agent = ?').get(failure, agent)?.day ?? null;
  if (day === null) return undefined;
  return reading.sql<number[], Example>('SELECT id, task, ts_us AS ts FROM activity INDEXED BY activity_failure WHERE failure = ? AND ts_us >= ? AND ts_us < ? AND agent = ? ORDER BY ts_us DESC LIMIT 1')
    .get(failure, day * US_DAY, (day + 1) * US_DAY, agent);
}

/** Every further kind was last seen at `lastUs` at the latest: are there enough that were seen later? */
const enough = (found: readonly Group[], limit: number, lastUs: number): boolean => found.length >= limit && found.filter((group) => group.example.ts > lastUs).length >= limit;

function groupsOf(reading: Reading, asked: Asked, limit: number): Group[] {
  const found: Group[] = [];
  for (const row of kindsOf(reading, asked)) {
    if (enough(found, limit, row.lastUs)) break;
    const example = newest(reading, row.id, asked.agents);
    if (!example || example.ts < asked.sinceUs) continue;
    found.push({ row, example });
  }
  return found.toSorted((a, b) => b.example.ts - a.example.ts || a.row.id - b.row.id).slice(0, limit);
}

function failureOf(reading: Reading, { row, example }: Group, parts: readonly Part[]): Failure {
  const ids = [...new Set(parts.map((part) => reading.headOf(part.agent)))].slice(0, mostAgents);
  return {
    id: publicId('failure', row.id), agentIds: ids.map((id) => publicId('agent', id)), agentNames: ids.map((id) => reading.agent(id).name), kind: kindWord(row.kind),
    name: reading.texts.of(row.name), error: { type: reading.texts.of(row.errorType) || null, message: reading.texts.of(row.errorMessage) || null },
    count: parts.reduce((sum, part) => sum + part.count, 0), firstSeen: iso(row.firstUs), lastSeen: iso(example.ts),
    exampleActivityId: publicId('activity', example.id), exampleTaskId: publicId('task', example.task),
  };
}

export function listFailures(reading: Reading, params: ParsedParams<'failures.list'>): Result<'failures.list'> {
  const sinceUs = params.since === undefined ? 0 : micros(params.since);
  const asked: Asked = { agents: params.agentId === undefined ? null : reading.sourcesOf(rowId('agent', params.agentId)), sinceUs, day: params.since === undefined ? null : Math.floor(sinceUs / US_DAY) };
  const groups = groupsOf(reading, asked, params.limit);
  const parts = partsOf(reading, groups, asked);
  return { rows: groups.map((group) => failureOf(reading, group, parts.get(group.row.id) ?? [])) };
}
