/** What an order's looks are aimed at: every connection of its agents, whether or not a lever was pulled there. */
import type { StopTarget } from '../connectors/stopping.ts';
import { publicId } from '../store/ids.ts';
import type { OrderFact, ScopeConnection, ScopeFacts, WatchedSource } from '../store/stop-commands.ts';
import type { JudgedConnection } from './judge-input.ts';

export interface WatchedConnection {
  readonly connection: number;
  readonly name: string;
  readonly shows: JudgedConnection['shows'];
  readonly visibility: JudgedConnection['visibility'];
  /** on this machine: looks cost nobody anything. */
  readonly local: boolean;
  readonly target: StopTarget;
  /** heads of the scope that have a source here, with the row ids of those sources and the runtime's names for them. */
  readonly agents: readonly { readonly head: number; readonly sources: readonly number[]; readonly keys: readonly string[] }[];
}

export interface Watched {
  readonly connections: readonly WatchedConnection[];
  /** null: not known. */
  readonly openBefore: number | null;
}

const shows = (kind: ScopeConnection['kind']): JudgedConnection['shows'] => (kind === 'otlp' ? 'telemetry' : kind === 'mcp' ? 'nothing' : 'looks');

/** What of a scope's facts is needed to look. */
export type WatchedScope = Pick<ScopeFacts, 'agents' | 'tasks' | 'connections'>;

/** `facts` as they are now; what joined an agent after the order is not part of it. */
export function watchedOf(fact: OrderFact, facts: WatchedScope, isLocal: (address: string | null) => boolean): Watched {
  const agents = agentsOf(fact, facts);
  const tasks = fact.tasks === null ? null : new Set(fact.tasks);
  const removed = gone(fact, facts);
  const connections = [...facts.connections, ...removed].flatMap((one): WatchedConnection[] => {
    const here = agents.map((agent) => ({ head: agent.head, sources: agent.sources.filter((source) => source.connection === one.id) })).filter((agent) => agent.sources.length > 0);
    const levers = fact.levers.filter((lever) => lever.connection === one.id);
    if (here.length === 0 && levers.length === 0) return [];
    const runs = tasks === null ? null : facts.tasks.filter((task) => tasks.has(task.id) && task.connection === one.id).flatMap((task) => task.runKey ?? []);
    // A task elsewhere: nothing of it is here.
    if (runs !== null && runs.length === 0 && levers.length === 0 && !removed.includes(one)) return [];
    const keys = [...new Set(here.flatMap((agent) => agent.sources.map((source) => source.key)))];
    const whole = fact.scope.kind === 'everything' || (fact.scope.kind === 'connection' && fact.scope.id === one.publicId);
    return [{
      connection: one.id, name: one.name, shows: shows(one.kind), visibility: one.visibility, local: isLocal(one.address),
      target: { agents: whole ? null : keys, runs: runs === null || runs.length === 0 ? leverRuns(levers) : runs },
      agents: here.map((agent) => ({ head: agent.head, sources: agent.sources.map((source) => source.agent), keys: agent.sources.map((source) => source.key) })),
    }];
  });
  const { survey, tasksOpen } = fact.plan;
  return { connections, openBefore: tasksOpen > 0 || (survey !== null && survey.failed.length === 0) ? tasksOpen : null };
}

/**
 * What is left to watch when levers were put back. Each lever that can be put back keeps something from acting: new runs (refuse), what starts them
 * (disarm), what acts for them (revoke). Released, the agents behind it may act again: at that connection, and wherever else they are told of. An
 * act of theirs would no longer speak against the stop, so nobody waits for their silence either. All others are watched on as before.
 */
export function stillWatched(watched: Watched, levers: OrderFact['levers']): Watched {
  const released = new Set(levers.filter((one) => one.undoState === 'done').map((one) => one.connection));
  if (released.size === 0) return watched;
  const free = new Set(watched.connections.filter((one) => released.has(one.connection)).flatMap((one) => one.agents.map((agent) => agent.head)));
  const connections = watched.connections.filter((one) => !released.has(one.connection)).flatMap((one): WatchedConnection[] => {
    const agents = one.agents.filter((agent) => !free.has(agent.head));
    if (agents.length === one.agents.length) return [one];
    return agents.length === 0 ? [] : [{ ...one, agents, target: { ...one.target, agents: [...new Set(agents.flatMap((agent) => agent.keys))] } }];
  });
  return { ...watched, connections };
}

interface AgentThen { readonly head: number; readonly sources: readonly Pick<WatchedSource, 'agent' | 'key' | 'connection'>[] }

/** As they were when it was ordered; an order of an older version knows only which sources there were. */
function agentsOf(fact: OrderFact, facts: WatchedScope): readonly AgentThen[] {
  if (fact.watched !== undefined) return fact.agents.map((head) => ({ head, sources: (fact.watched ?? []).filter((source) => source.head === head) }));
  return facts.agents.map((agent) => ({ head: agent.id, sources: agent.sources.filter((source) => fact.sources.includes(source.agent)) }));
}

/**
 * SECURITY: a connection that was removed since is not forgotten, whether or not a lever was pulled there: what happens behind it is no longer
 * seen, so that nothing can be verified without it.
 */
function gone(fact: OrderFact, facts: WatchedScope): ScopeConnection[] {
  const named = new Map<number, Pick<ScopeConnection, 'publicId' | 'name' | 'kind'>>([
    ...fact.levers.map(({ connection, plan }) => [connection, { publicId: plan.connectionId, name: plan.connectionName, kind: 'langgraph' as const }] as const),
    ...(fact.watched ?? []).map(({ connection, connectionName, kind }) => [connection, { publicId: publicId('connection', connection), name: connectionName, kind }] as const),
  ]);
  for (const { id } of facts.connections) named.delete(id);
  return [...named].map(([id, one]) => ({ ...one, id, enabled: false, address: null, visibility: 'unknown', levers: [], rights: [], agents: [] }));
}

/** For the order: where each agent of a scope is, so that it is known for as long as the order is watched. */
export function watchedSources({ agents, connections }: Pick<ScopeFacts, 'agents' | 'connections'>): WatchedSource[] {
  const known = new Map(connections.map((one) => [one.id, one]));
  return agents.flatMap((head) => head.sources.flatMap(({ agent, key, connection }) => {
    const its = known.get(connection);
    return its === undefined ? [] : [{ head: head.id, agent, key, connection, connectionName: its.name, kind: its.kind }];
  }));
}

/** A task of which the history holds no runtime's id is looked at as its levers aim at it. */
function leverRuns(levers: OrderFact['levers']): readonly string[] | null {
  const named = levers.map((lever) => lever.target.runs);
  return named.length === 0 || named.includes(null) ? null : [...new Set(named.flatMap((runs) => runs ?? []))];
}
