/** Everything that a plan is made of besides what runtimes say now: whom a scope names, where they are, what runs, who else is there. */
import type { Connection, Lever, RuntimeLink } from '../../../../shared/domain.ts';
import type { RuntimeTarget } from '../../../../shared/contract.ts';
import type { StopScope } from '../../../../shared/stop.ts';
import type { RightCheck } from '../../ingest/collected.ts';
import { IDENTITY, identityWord, KEY_KIND } from '../codes.ts';
import { readSettings } from '../commands.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { addressOf } from '../runtimes.ts';
import { scopeKey } from '../scope-key.ts';
import type { ScopeAgent, ScopeConnection, ScopeFacts } from '../stop-commands.ts';
import { rowId, type Reading } from './reading.ts';
import { usualTimes } from './stop-times.ts';

const mostTasks = 1_000;

interface Source { readonly id: number; readonly key: string; readonly name: string; readonly service: string; readonly connection: number; readonly identity: number; readonly identityOf: string | null; readonly lastUs: number; readonly removed: number; readonly told: number }

const sourceColumns = `a.id, a.key, a.name, a.service, a.connection, a.identity, a.identity_of AS identityOf, a.last_us AS lastUs, c.removed_us IS NOT NULL AS removed, a.rows > 0 OR a.discovered_us IS NOT NULL AS told`;
const shown = '(a.rows > 0 OR a.discovered_us IS NOT NULL)';

interface Named { readonly name: string; readonly heads: readonly number[]; /** also without an agent. */ readonly connections: readonly number[]; /** the one task. */ readonly task: TaskRow | null }

function headsOf(reading: Reading, where: string, ...values: (number | string)[]): number[] {
  const rows = reading.sql<(number | string)[], { id: number }>(`SELECT a.id FROM agent a JOIN connection c ON c.id = a.connection WHERE ${shown} AND c.removed_us IS NULL AND ${where}`).all(...values);
  return [...new Set(rows.map((row) => reading.headOf(row.id)))];
}

function named(reading: Reading, scope: StopScope): Named {
  if (scope.kind === 'task') return namedTask(reading, scope.id);
  if (scope.kind === 'agent') {
    const id = rowId('agent', scope.id);
    if (reading.sql<[number], { n: number }>('SELECT 1 AS n FROM agent WHERE id = ?').get(id) === undefined) throw new StoreError('not_found', `There is no agent with the identifier ${scope.id}: it may have been removed with its connection.`);
    return { name: reading.agent(id).name, heads: [reading.headOf(id)], connections: [], task: null };
  }
  if (scope.kind === 'connection') {
    const id = rowId('connection', scope.id);
    const row = reading.sql<[number], { name: string }>('SELECT name FROM connection WHERE id = ? AND removed_us IS NULL').get(id);
    if (row === undefined) throw new StoreError('not_found', `There is no connection with the identifier ${scope.id} any more.`);
    return { name: row.name, heads: headsOf(reading, 'a.connection = ?', id), connections: [id], task: null };
  }
  if (scope.kind === 'tag') {
    const heads = [...new Set(reading.sql<[string], { agent: number }>('SELECT agent FROM agent_tag WHERE tag = ?').all(scope.tag).map((row) => reading.headOf(row.agent)))];
    if (heads.length === 0) throw new StoreError('not_found', `No agent has the tag ${scope.tag}.`);
    return { name: `Tag ${scope.tag}`, heads, connections: [], task: null };
  }
  const enabled = reading.sql<[], { id: number }>('SELECT id FROM connection WHERE removed_us IS NULL AND enabled = 1').all().map((row) => row.id);
  return { name: 'Everything', heads: headsOf(reading, '1'), connections: enabled, task: null };
}

interface TaskRow { readonly id: number; readonly agent: number; readonly connection: number; readonly keyKind: number; readonly key: string; readonly startedUs: number; readonly lastUs: number; readonly name: string }
const taskColumns = 't.id, CASE t.root_agent WHEN 0 THEN t.loose_agent ELSE t.root_agent END AS agent, t.connection, t.key_kind AS keyKind, t.key, t.started_us AS startedUs, t.last_us AS lastUs, t.name';

function namedTask(reading: Reading, id: string): Named {
  const task = reading.sql<[number], TaskRow>(`SELECT ${taskColumns} FROM task t WHERE t.id = ?`).get(rowId('task', id));
  if (task === undefined) throw new StoreError('not_found', `The task ${id} is no longer in the history: the retention or somebody removed it.`);
  const agent = reading.agent(task.agent).name;
  return { name: task.name === '' || task.name === agent ? `${agent}, task ${task.key.slice(0, 40)}` : `${agent}: ${task.name.slice(0, 100)}`, heads: [reading.headOf(task.agent)], connections: [task.connection], task };
}

/** Of an agent's sources those whose connection is still there; of a task only those of its own runtime: another one cannot stop it. */
function agentsOf(reading: Reading, { heads, task }: Named): { readonly agents: ScopeAgent[]; readonly lastUs: number } {
  const find = reading.sql<[number], Source>(`SELECT ${sourceColumns} FROM agent a JOIN connection c ON c.id = a.connection WHERE a.id = ?`);
  const members = membersOf(reading, heads);
  let lastUs = 0;
  const agents = heads.map((head): ScopeAgent => {
    const rows = (members.get(head) ?? [head]).flatMap((id) => find.get(id) ?? []);
    const present = rows.filter((row) => row.removed === 0 && (task === null || row.connection === task.connection));
    const sources = present.length > 0 ? present : rows;
    const said = rows.find((row) => identityWord(row.identity) !== 'unknown') ?? rows[0];
    lastUs = Math.max(lastUs, ...sources.map((row) => row.lastUs));
    return {
      id: head, publicId: publicId('agent', head), name: reading.agent(head).name, identity: said === undefined ? 'unknown' : identityWord(said.identity), identityOf: said?.identityOf ?? null,
      sources: sources.map(({ id, key, service, connection }) => ({ agent: id, key, service, connection })),
    };
  });
  return { agents, lastUs };
}

function membersOf(reading: Reading, heads: readonly number[]): ReadonlyMap<number, number[]> {
  const members = new Map(heads.map((head) => [head, [head]]));
  for (const [agent, head] of reading.heads()) members.get(head)?.push(agent);
  return members;
}

/** Open tasks in which one of these sources acts. */
function openTasks(reading: Reading, sources: ReadonlySet<number>): TaskRow[] {
  const acting = reading.sql<[number], { agent: number }>('SELECT agent FROM task_agent WHERE task = ? AND rows > 0');
  return reading.sql<[], TaskRow>(`SELECT ${taskColumns} FROM task t INDEXED BY task_live WHERE t.outcome IN (4, 5) AND t.activities > 0`).all().flatMap((task) => {
    if (sources.has(task.agent)) return [task];
    const agent = acting.all(task.id).find((one) => sources.has(one.agent))?.agent;
    return agent === undefined ? [] : [{ ...task, agent }];
  }).toSorted((one, two) => two.startedUs - one.startedUs || two.id - one.id);
}

const taskFact = (row: TaskRow): ScopeFacts['tasks'][number] => ({
  id: row.id, publicId: publicId('task', row.id), agent: row.agent, connection: row.connection, runKey: row.keyKind === KEY_KIND.run ? row.key : null, startedUs: row.startedUs, name: row.name,
});

interface ConnectionRow { readonly id: number; readonly name: string; readonly kind: Connection['kind']; readonly enabled: number; readonly target: string | null; readonly facts: string | null }

function connectionsOf(reading: Reading, ids: ReadonlySet<number>, inScope: ReadonlySet<number>): ScopeConnection[] {
  const find = reading.sql<[number], ConnectionRow>('SELECT c.id, c.name, c.kind, c.enabled AND c.removed_us IS NULL AS enabled, r.target, r.facts FROM connection c LEFT JOIN runtime r ON r.connection = c.id WHERE c.id = ?');
  const rights = reading.sql<[number], RightCheck & { readonly atUs: number }>('SELECT level, result, text, at_us AS atUs FROM right_check WHERE connection = ?');
  const agents = reading.sql<[number], Source>(`SELECT ${sourceColumns} FROM agent a JOIN connection c ON c.id = a.connection WHERE a.connection = ? AND ${shown} ORDER BY a.id`);
  return [...ids].flatMap((id) => find.get(id) ?? []).map((row) => {
    const facts = row.facts === null ? null : (JSON.parse(row.facts) as Pick<RuntimeLink, 'levers' | 'visibility'>);
    const levers: readonly Lever[] = facts?.levers ?? [];
    return {
      id: row.id, publicId: publicId('connection', row.id), name: row.name, kind: row.kind, enabled: row.enabled === 1, address: row.target === null ? null : addressOf(JSON.parse(row.target) as RuntimeTarget),
      visibility: facts?.visibility ?? 'unknown', levers, rights: rights.all(row.id),
      agents: agents.all(row.id).map((one) => ({ id: one.id, publicId: reading.agentId(one.id), name: reading.agent(one.id).name, key: one.key, inScope: inScope.has(one.id) })),
    };
  });
}

/** Whoever calls one of them and goes on: it may start it anew. */
function callersOf(reading: Reading, heads: ReadonlySet<number>, sources: ReadonlySet<number>): ScopeFacts['callers'] {
  const found = new Map<string, ScopeFacts['callers'][number]>();
  for (const { caller, called } of reading.sql<[], { caller: number; called: number }>('SELECT caller, called FROM agent_link').all()) {
    const by = reading.headOf(caller);
    if (!sources.has(called) || heads.has(by)) continue;
    found.set(`${by}/${reading.headOf(called)}`, { id: publicId('agent', by), name: reading.agent(by).name, calls: reading.agent(called).name });
  }
  return [...found.values()].slice(0, 100);
}

/** Whoever else acts with the same shared or borrowed account: taking it away takes it from them too. */
function sharingOf(reading: Reading, agents: readonly ScopeAgent[]): NonNullable<ScopeFacts['sharing']> {
  const inScope = new Set(agents.map((one) => one.id));
  const accounts = new Set(agents.flatMap((one) => (one.identityOf !== null && (one.identity === 'shared' || one.identity === 'borrowed') ? [one.identityOf] : [])));
  if (accounts.size === 0) return [];
  const all = reading.sql<[], { id: number; identityOf: string }>(`SELECT a.id, a.identity_of AS identityOf FROM agent a JOIN connection c ON c.id = a.connection WHERE a.identity IN (${IDENTITY.shared}, ${IDENTITY.borrowed}) AND a.identity_of IS NOT NULL AND c.removed_us IS NULL AND ${shown} ORDER BY a.id`).all();
  const found = new Map<number, NonNullable<ScopeFacts['sharing']>[number]>();
  for (const { id, identityOf } of all) {
    const head = reading.headOf(id);
    if (accounts.has(identityOf) && !inScope.has(head) && !found.has(head)) found.set(head, { id: publicId('agent', head), name: reading.agent(head).name, identityOf });
  }
  return [...found.values()];
}

export function scopeFacts(reading: Reading, { scope }: { readonly scope: StopScope }): ScopeFacts {
  const target = named(reading, scope);
  const { agents, lastUs } = agentsOf(reading, target);
  const sources = new Set(agents.flatMap((one) => one.sources.map((source) => source.agent)));
  const connections = new Set([...target.connections, ...agents.flatMap((one) => one.sources.map((source) => source.connection))]);
  const tasks = target.task === null ? openTasks(reading, sources) : [target.task];
  const lastActUs = target.task?.lastUs ?? lastUs;
  return {
    scope, scopeName: target.name, agents, tasks: tasks.slice(0, mostTasks).map(taskFact), tasksOpen: target.task === null ? tasks.length : openTasks(reading, sources).filter((one) => one.id === target.task?.id).length,
    lastActUs: lastActUs === 0 ? null : lastActUs, connections: connectionsOf(reading, connections, sources), callers: callersOf(reading, new Set(target.heads), sources), sharing: sharingOf(reading, agents),
    usual: usualTimes(reading, connections), tried: triedOf(reading, scope), settings: readSettings(reading.db),
  };
}

function triedOf(reading: Reading, scope: StopScope): ScopeFacts['tried'] {
  return reading.sql<[string], { level: ScopeFacts['tried'][number]['level']; atUs: number }>("SELECT level, max(verified_us) AS atUs FROM stop_order INDEXED BY stop_tried WHERE state = 'verified' AND scope_key = ? AND verified_us IS NOT NULL GROUP BY level").all(scopeKey(scope));
}
