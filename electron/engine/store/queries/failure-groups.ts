/** Groups of failures as the Failures screen shows them: what needs somebody first, and where "no failure" can be said. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { FailureGroup, FailureState } from '../../../../shared/failures.ts';
import { failureStates } from '../../../../shared/failures.ts';
import { KIND, kindWord } from '../codes.ts';
import { hash53 } from '../hash.ts';
import { publicId } from '../ids.ts';
import { failureBins, type Bins } from './failure-bins.ts';
import { hitsOf, type Hit } from './failure-cost.ts';
import { barsOf, countsOf, groupRows, Tally, type Counts, type GroupRow } from './failure-counts.ts';
import { sortOf, stateOf, stateRank } from './failure-state.ts';
import { newestOfEach, type Example } from './failures.ts';
import { inOneView } from './one-view.ts';
import { iso, parseCursor, rowId, type Reading } from './reading.ts';
import { Sight } from './span-of-time.ts';

const mostAgents = 50;
type Params = ParsedParams<'failures.groups'>;

interface Found { readonly row: GroupRow; readonly state: FailureState; readonly agents: ReadonlyMap<number, number>; readonly count: number }

/** What every group of an answer is made with. */
export interface Scene { readonly reading: Reading; readonly bins: Bins; readonly sight: Sight; readonly nowUs: number }

const errorOf = (reading: Reading, row: GroupRow): { type: string; message: string } => ({ type: reading.texts.of(row.errorType), message: reading.texts.of(row.errorMessage) });

function textTest(reading: Reading, text: string | undefined): (row: GroupRow, agents: Iterable<number>) => boolean {
  const wanted = text?.trim().toLowerCase() ?? '';
  if (wanted === '') return () => true;
  const has = (one: string): boolean => one.toLowerCase().includes(wanted);
  return (row, agents) => {
    const { type, message } = errorOf(reading, row);
    return has(reading.texts.of(row.name)) || has(type) || has(message) || publicId('failure', row.id) === wanted || [...agents].some((agent) => has(reading.agent(agent).name));
  };
}

/** Whether a task that ran as that version was hit in the period. */
function versionTest(reading: Reading, { fromUs, toUs }: Bins, version: string | undefined): (row: GroupRow) => boolean {
  if (version === undefined) return () => true;
  const id = reading.sql<[number, string], number>('SELECT id FROM string WHERE hash = ? AND text = ?').pluck().get(hash53(version), version);
  if (id === undefined) return () => false;
  const hit = reading.sql<number[], { n: number }>('SELECT 1 AS n FROM failure_task WHERE version = ? AND failure = ? AND last_us >= ? AND last_us < ? LIMIT 1');
  return (row) => hit.get(id, row.id, fromUs, toUs) !== undefined;
}

/** Agents that a question is about; null: all. */
function agentsOf(reading: Reading, { agentId, connectionId }: Params): ReadonlySet<number> | null {
  if (agentId === undefined && connectionId === undefined) return null;
  const sources = agentId === undefined ? null : new Set(reading.sourcesOf(rowId('agent', agentId)));
  if (connectionId === undefined) return sources;
  const of = reading.sql<[number], number>('SELECT id FROM agent WHERE connection = ?').pluck().all(rowId('connection', connectionId));
  return new Set(of.filter((id) => sources === null || sources.has(id)));
}

function select(scene: Scene, params: Params, rows: readonly GroupRow[], counts: Counts): Found[] {
  const { reading, bins, nowUs } = scene;
  const only = agentsOf(reading, params);
  const kinds = params.kinds === undefined || params.kinds.length === 0 ? null : new Set<number>(params.kinds.map((kind) => KIND[kind]));
  const [hasText, hasVersion] = [textTest(reading, params.text), versionTest(reading, bins, params.version)];
  return rows.flatMap((row) => {
    const all = counts.get(row.id);
    if (all === undefined || (kinds !== null && !kinds.has(row.kind))) return [];
    const agents = only === null ? all : new Map([...all].filter(([agent]) => only.has(agent)));
    if (agents.size === 0 || !hasText(row, agents.keys()) || !hasVersion(row)) return [];
    return [{ row, state: stateOf(row, nowUs), agents, count: [...agents.values()].reduce((sum, count) => sum + count, 0) }];
  });
}

const worstFirst = (a: Found, b: Found): number => stateRank[a.state] - stateRank[b.state] || b.count - a.count || b.row.lastUs - a.row.lastUs || a.row.id - b.row.id;

export const failureGroups = (reading: Reading, params: Params, nowUs: number): Result<'failures.groups'> => inOneView(reading, () => groupsIn(reading, params, nowUs));

function groupsIn(reading: Reading, params: Params, nowUs: number): Result<'failures.groups'> {
  const bins = failureBins(params.period, nowUs);
  const scene: Scene = { reading, bins, sight: new Sight(reading, bins, nowUs), nowUs };
  const rows = groupRows(reading, bins);
  const tally = new Tally(reading, bins, rows.map((row) => row.id));
  const counts = countsOf(reading, tally);
  const found = select(scene, params, rows, counts);
  const wanted = new Set(params.states ?? []);
  const shown = (wanted.size === 0 ? found : found.filter((one) => wanted.has(one.state))).toSorted(worstFirst);
  const from = params.before === undefined ? 0 : Math.max(0, parseCursor(params.before).us);
  const page = shown.slice(from, from + params.limit);
  const next = from + page.length < shown.length ? `${from + page.length}.0` : null;
  const states = Object.fromEntries(failureStates.map((state) => [state, found.filter((one) => one.state === state).length])) as Record<FailureState, number>;
  return { rows: groupsOf(scene, page, tally), next, counts: states, total: shown.length, seen: seenOf(scene, counts), versions: versionsOf(scene), quiet: quietOf(scene, counts) };
}

export function groupsOf(scene: Scene, page: readonly Found[], tally: Tally): FailureGroup[] {
  const { reading, bins } = scene;
  const ids = page.map((one) => one.row.id);
  const bars = barsOf(bins, tally, new Map(page.map((one) => [one.row.id, one.agents])));
  const hits = hitsOf(reading, bins, ids);
  const notes = new Map(reading.sql<[string], { failure: number; n: number }>('SELECT s.failure, count(s.note) AS n FROM json_each(?) j CROSS JOIN failure_said s ON s.failure = j.value GROUP BY s.failure').all(JSON.stringify(ids)).map((one) => [one.failure, one.n]));
  const examples = newestOfEach(reading, ids);
  return page.map((one) => ({ ...groupOf(scene, one, examples.get(one.row.id)), spark: unseen(scene, one.agents, bars.get(one.row.id) ?? []), ...(hits.get(one.row.id) ?? noHit), notes: notes.get(one.row.id) ?? 0 }));
}

const noHit: Hit = { tasks: { failed: 0, finishedAfter: 0, other: 0 }, versions: [], cost: { amountMicros: 0, currency: 'USD', provenance: 'computed', unpriced: 0 } };

function groupOf({ reading, bins }: Scene, { row, state, agents, count }: Found, newest: Example | undefined): Omit<FailureGroup, 'spark' | 'tasks' | 'versions' | 'cost' | 'notes'> {
  const heads = [...new Set([...agents].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).map(([agent]) => reading.headOf(agent)))].slice(0, mostAgents);
  const { type, message } = errorOf(reading, row);
  // Its records may be gone while it is still counted by the day.
  const example = newest ?? { id: 1, task: 1, ts: row.lastUs };
  return {
    id: publicId('failure', row.id), agentIds: heads.map((id) => publicId('agent', id)), agentNames: heads.map((id) => reading.agent(id).name), kind: kindWord(row.kind), name: reading.texts.of(row.name), error: { type: type || null, message: message || null },
    count, firstSeen: iso(Math.max(row.firstUs, bins.fromUs)), lastSeen: iso(row.lastUs), exampleActivityId: publicId('activity', example.id), exampleTaskId: publicId('task', example.task),
    state, sort: sortOf(row.kind, type, message), since: iso(row.firstUs), snoozedUntil: state === 'snoozed' && row.untilUs !== null ? iso(row.untilUs) : null,
  };
}

/** A bar of nothing counts only where one of its agents' connections was seen for half of that time. */
function unseen({ reading, bins, sight }: Scene, agents: ReadonlyMap<number, number>, bars: readonly number[]): FailureGroup['spark'] {
  const connections = [...new Set([...agents.keys()].map((agent) => reading.agent(agent).connection))];
  return bars.map((bar, at) => (bar > 0 || connections.some((one) => sight.share(one, bins.fromUs + at * bins.binUs, bins.fromUs + (at + 1) * bins.binUs) >= 0.5) ? bar : null));
}

function seenOf({ reading, bins, sight }: Scene, counts: Counts): Result<'failures.groups'>['seen'] {
  const groups = new Map<number, number>();
  for (const agents of counts.values()) for (const connection of new Set([...agents.keys()].map((agent) => reading.agent(agent).connection))) groups.set(connection, (groups.get(connection) ?? 0) + 1);
  const rows = reading.sql<[number], { id: number; name: string }>('SELECT id, name FROM connection WHERE removed_us IS NULL AND created_us < ? OR id IN (SELECT connection FROM agent WHERE rows > 0) ORDER BY name, id').all(bins.toUs);
  return rows.map(({ id, name }) => ({
    connectionId: publicId('connection', id), name, share: sight.share(id, bins.fromUs, bins.toUs), groups: groups.get(id) ?? 0,
    seen: Array.from({ length: bins.count }, (_, at) => sight.share(id, bins.fromUs + at * bins.binUs, Math.min(bins.toUs, bins.fromUs + (at + 1) * bins.binUs))),
  }));
}

const mostVersions = 200;

function versionsOf({ reading, bins }: Scene): string[] {
  return reading.sql<[number, number], string>(`SELECT DISTINCT version FROM agent_version WHERE last_us >= ? AND first_us < ? ORDER BY version LIMIT ${mostVersions}`).pluck().all(bins.fromUs, bins.toUs);
}

function quietOf({ reading, bins, sight }: Scene, counts: Counts): Result<'failures.groups'>['quiet'] {
  const failing = new Set([...counts.values()].flatMap((agents) => [...agents.keys()].map((agent) => reading.headOf(agent))));
  const rows = reading.sql<[number, number], { id: number; connection: number }>('SELECT id, connection FROM agent WHERE rows > 0 AND last_us >= ? AND first_us < ?').all(bins.fromUs, bins.toUs);
  const quiet = new Map<number, boolean>();
  const whole = new Map<number, boolean>();
  for (const { id, connection } of rows) {
    const head = reading.headOf(id);
    if (failing.has(head)) continue;
    let seen = whole.get(connection);
    if (seen === undefined) whole.set(connection, seen = sight.share(connection, bins.fromUs, bins.toUs) > 0.999);
    quiet.set(head, (quiet.get(head) ?? false) || seen);
  }
  return { agents: quiet.size, notSeen: [...quiet.values()].filter((seen) => !seen).length };
}
