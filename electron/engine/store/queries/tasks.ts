/** Tasks: lists by keyset, one task, what is open right now. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Task } from '../../../../shared/domain.ts';
import { basisWord, keyKindWord, KIND, OUTCOME, outcomeWord } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { publicId, rowIdOf } from '../ids.ts';
import { costOf, iso, micros, parseCursor, rowId, usageOf, writeCursor, type MoneySums, type Reading, type UsageSums } from './reading.ts';
import { walk } from './walk.ts';

interface TaskRow extends MoneySums, UsageSums {
  readonly id: number; readonly connection: number; readonly keyKind: number; readonly key: string; readonly name: string;
  readonly startedUs: number; readonly lastUs: number; readonly rootAgent: number; readonly looseAgent: number;
  readonly outcome: number; readonly basis: number; readonly activities: number; readonly failures: number; readonly open: number;
}

const columns = `id, connection, key_kind AS keyKind, key, name, started_us AS startedUs, last_us AS lastUs, root_agent AS rootAgent, loose_agent AS looseAgent,
  outcome, basis, activities, failures, open, input, output, cache_read AS cacheRead, cache_write AS cacheWrite, reasoning, micros, currency, priced, computed, unpriced`;
const mostScanned = 5_000;
const isOpen = (outcome: number): boolean => outcome === OUTCOME.running || outcome === OUTCOME.waiting;

const mostAgents = 50;
/** Beyond, each task of a list is asked by itself. */
const mostTogether = 5_000;

interface Acted { readonly task: number; readonly agent: number; readonly firstUs: number }

/** Who acted in each of the tasks, all of them in one statement; null: too many. */
function actedInAll(reading: Reading, rows: readonly TaskRow[]): Map<number, Acted[]> | null {
  const lines = reading.sql<[string, number], Acted>('SELECT ta.task, ta.agent, ta.first_us AS firstUs FROM json_each(?) j CROSS JOIN task_agent ta ON ta.task = j.value AND ta.rows > 0 LIMIT ?')
    .all(JSON.stringify(rows.map((row) => row.id)), mostTogether);
  if (lines.length === mostTogether) return null;
  const found = new Map<number, Acted[]>();
  for (const line of lines) {
    const acted = found.get(line.task);
    if (acted) acted.push(line);
    else found.set(line.task, [line]);
  }
  for (const acted of found.values()) acted.sort((a, b) => a.firstUs - b.firstUs || a.agent - b.agent);
  return found;
}

function actedIn(reading: Reading, task: number): Acted[] {
  return reading.sql<number[], Acted>('SELECT task, agent, first_us AS firstUs FROM task_agent WHERE task = ? AND rows > 0 ORDER BY first_us, agent LIMIT ?').all(task, mostAgents);
}

/** In the order in which they came in, but the one that was asked first. */
function agentsIn(reading: Reading, row: TaskRow, acted: readonly Acted[]): { id: string; name: string }[] {
  const asked = row.rootAgent || row.looseAgent;
  const ids = acted.slice(0, mostAgents).map((one) => one.agent);
  const ordered = ids.includes(asked) ? [asked, ...ids.filter((id) => id !== asked)] : ids;
  return [...new Set(ordered.map((id) => reading.headOf(id)))].map((id) => ({ id: publicId('agent', id), name: reading.agent(id).name }));
}

/** Only work that goes on can be stuck; what is said of a task that ended since is old. */
function stuckOf(reading: Reading, row: TaskRow): Task['stuck'] {
  if (!isOpen(row.outcome)) return null;
  const found = reading.sql<[number], { sinceUs: number; text: string }>('SELECT since_us AS sinceUs, text FROM stuck WHERE task = ?').get(row.id);
  return found === undefined ? null : { text: found.text, since: iso(found.sinceUs) };
}

function taskOf(reading: Reading, row: TaskRow, acted: readonly Acted[] = actedIn(reading, row.id)): Task {
  const agents = agentsIn(reading, row, acted);
  const first = agents[0] ?? { id: reading.agentId(row.rootAgent || row.looseAgent || 1), name: '(unknown)' };
  return {
    id: publicId('task', row.id), agentId: first.id, agentName: first.name, connectionId: publicId('connection', row.connection),
    key: row.key, keyKind: keyKindWord(row.keyKind), name: row.name, startedAt: iso(row.startedUs), endedAt: isOpen(row.outcome) ? null : iso(row.lastUs), lastActivityAt: iso(row.lastUs),
    outcome: outcomeWord(row.outcome), outcomeBasis: basisWord(row.basis), usage: usageOf(row), cost: costOf(reading, row),
    activities: row.activities, failures: row.failures, open: row.open, agents, stuck: stuckOf(reading, row),
  };
}

export function readTask(reading: Reading, id: number): Task {
  const row = reading.sql<[number], TaskRow>(`SELECT ${columns} FROM task WHERE id = ?`).get(id);
  if (!row) throw new StoreError('not_found', 'This task is no longer in the history: the retention or somebody removed it.');
  return taskOf(reading, row);
}

export const getTask = (reading: Reading, params: ParsedParams<'tasks.get'>): Task => readTask(reading, rowId('task', params.id));

type ListParams = ParsedParams<'tasks.list'>;
/** What filters look at. Rows are read whole at once where each is wanted, else when they pass. */
type Glance = Pick<TaskRow, 'id' | 'connection' | 'outcome' | 'activities' | 'key' | 'name'> & { readonly at: number };
const glanceColumns = 'id, connection, outcome, activities';
type Test = (row: Glance) => boolean;

function testsOf(params: ListParams): Test[] {
  const tests: Test[] = [(row) => row.activities > 0];
  if (params.connectionId !== undefined) { const connection = rowId('connection', params.connectionId); tests.push((row) => row.connection === connection); }
  const outcomes = new Set<number>(params.outcomes?.map((outcome) => OUTCOME[outcome]));
  if (outcomes.size > 0) tests.push((row) => outcomes.has(row.outcome));
  const text = params.text?.trim().toLowerCase();
  if (text) { const id = rowIdOf('task', text); tests.push((row) => row.key.toLowerCase().includes(text) || row.name.toLowerCase().includes(text) || row.id === id); }
  return tests;
}

const newestFirst = (a: Glance, b: Glance): number => b.at - a.at || b.id - a.id;

/** Tasks from the newest on: of one agent by when it first acted in them, else by when they started. At most `most`, before several sources are told as one. */
function walkTasks(reading: Reading, params: ListParams, sources: readonly number[] | null, read: string, most: number): Generator<Glance> {
  const ofOne = 'SELECT task, first_us AS at FROM task_agent WHERE agent = ? AND (first_us, task) < (?, ?) AND first_us >= ?';
  const page = reading.sql<number[], Glance>(sources === null
    ? `SELECT ${read}, started_us AS at FROM task WHERE (started_us, id) < (?, ?) AND started_us >= ? ORDER BY started_us DESC, id DESC LIMIT ?`
    : `SELECT ${read}, at FROM (${sources.map(() => ofOne).join(' UNION ALL ')} ORDER BY at DESC, task DESC LIMIT ?) CROSS JOIN task ON id = task`);
  const sinceUs = params.since === undefined ? 0 : micros(params.since);
  return walk({
    from: params.before === undefined ? { us: Number.MAX_SAFE_INTEGER, id: 0 } : parseCursor(params.before), first: params.limit + 1, most, at: (row) => ({ us: row.at, id: row.id }),
    // SQLite joins in the order of the inner question, but does not promise it.
    read: (before, rows) => page.all(...(sources ?? [null]).flatMap((source) => [...(source === null ? [] : [source]), before.us, before.id, sinceUs]), rows).toSorted(newestFirst),
  });
}

/** Several sources of one agent may act in one task: it is told once, by the earliest of them. */
function* firstActs(reading: Reading, sources: readonly number[], met: Iterable<Glance>): Generator<Glance> {
  const first = reading.sql<number[], { at: number }>(`SELECT first_us AS at FROM task_agent WHERE task = ? AND agent IN (${sources.map(() => '?').join(', ')}) ORDER BY first_us LIMIT 1`);
  let last = 0;
  for (const one of met) {
    if (one.id === last || first.get(one.id, ...sources)?.at !== one.at) continue;
    last = one.id;
    yield one;
  }
}

function tasksOf(reading: Reading, rows: readonly TaskRow[]): Task[] {
  const acted = actedInAll(reading, rows);
  return rows.map((row) => taskOf(reading, row, acted === null ? actedIn(reading, row.id) : (acted.get(row.id) ?? [])));
}

export function listTasks(reading: Reading, params: ListParams): Result<'tasks.list'> {
  const sources = params.agentId === undefined ? null : reading.sourcesOf(rowId('agent', params.agentId));
  const several = sources !== null && sources.length > 1;
  const tests = testsOf(params);
  const isWhole = tests.length === 1;
  // Texts cost most of what is read.
  const read = isWhole ? columns : params.text === undefined ? glanceColumns : `${glanceColumns}, key, name`;
  const one = reading.sql<[number], TaskRow>(`SELECT ${columns} FROM task WHERE id = ?`);
  // One more than is looked at says whether there is more; each source may tell of the same tasks.
  const met = walkTasks(reading, params, sources, read, (mostScanned + 1) * (sources?.length ?? 1));
  const rows: TaskRow[] = [];
  let last: Glance | null = null;
  let scanned = 0;
  let more = false;
  for (const glance of several ? firstActs(reading, sources, met) : met) {
    more = rows.length >= params.limit || scanned >= mostScanned;
    if (more) break;
    scanned += 1;
    last = glance;
    if (!tests.every((test) => test(glance))) continue;
    const row = isWhole ? glance as Glance & TaskRow : one.get(glance.id);
    if (row) rows.push(row);
  }
  return { rows: tasksOf(reading, rows), next: more && last ? writeCursor({ us: last.at, id: last.id }) : null };
}

/** What the task is at: the newest running activity, else the newest of all. */
function whatNow(reading: Reading, task: number): string {
  const running = reading.sql<[number], { name: number; kind: number }>('SELECT name, kind FROM activity WHERE task = ? AND status = 1 ORDER BY ts_us DESC LIMIT 1').get(task);
  if (running) return `${running.kind === KIND.model_call ? 'model call' : running.kind === KIND.tool_call ? 'tool' : running.kind === KIND.approval ? 'waits for an answer' : 'at'}: ${reading.texts.of(running.name)}`;
  const agents = reading.sql<[number], { n: number }>('SELECT count(*) AS n FROM task_agent WHERE task = ? AND rows > 0').get(task)?.n ?? 0;
  return agents > 1 ? `${agents} agents at work` : 'between two activities';
}

export function listOpen(reading: Reading, nowUs: number): Result<'live.open'> {
  const open = reading.sql<[], TaskRow>(`SELECT ${columns} FROM task WHERE outcome IN (4, 5) AND activities > 0 ORDER BY last_us DESC LIMIT 2000`).all();
  const byAgent = new Map<number, { oldest: TaskRow; count: number }>();
  for (const row of open) {
    const agent = reading.headOf(row.rootAgent || row.looseAgent);
    const entry = byAgent.get(agent);
    if (!entry) byAgent.set(agent, { oldest: row, count: 1 });
    else byAgent.set(agent, { oldest: row.startedUs < entry.oldest.startedUs ? row : entry.oldest, count: entry.count + 1 });
  }
  const rows = [...byAgent.values()].toSorted((a, b) => a.oldest.startedUs - b.oldest.startedUs).slice(0, 50).map(({ oldest, count }) => {
    const task = taskOf(reading, oldest);
    return { taskId: task.id, agentId: task.agentId, agentName: task.agentName, what: whatNow(reading, oldest.id), since: task.startedAt, outcome: task.outcome, openTasks: count };
  });
  return { rows, tasks: open.length, at: iso(nowUs) };
}
