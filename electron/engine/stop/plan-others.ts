/** Who else a lever hits: everybody whom it reaches and who is not in the scope. */
import type { Lever } from '../../../shared/domain.ts';
import type { PlanLever } from '../../../shared/stop.ts';
import type { ScopeConnection, ScopeFacts } from '../store/stop-commands.ts';
import type { PlanPort } from './plan-input.ts';
import { inert } from './time-words.ts';

type Hit = PlanLever['alsoHits'][number];

export function othersHit(lever: Lever, connection: ScopeConnection, port: PlanPort | undefined, facts: ScopeFacts): Hit[] {
  const hits = [...surveyed(lever, connection, port), ...neighbours(lever, connection, facts), ...otherTasks(lever, connection, facts), ...sharers(lever, facts)];
  const single = new Map<string, Hit>();
  for (const hit of hits) {
    const key = hit.agentId ?? `name:${hit.name}`;
    if (!single.has(key)) single.set(key, hit);
  }
  return [...single.values()].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : (a.agentId ?? '') < (b.agentId ?? '') ? -1 : 1));
}

/** What the runtime itself told. */
function surveyed(lever: Lever, connection: ScopeConnection, port: PlanPort | undefined): Hit[] {
  return (port?.survey?.alsoHits ?? []).filter((hit) => hit.leverId === lever.id).flatMap((hit) => {
    const known = hit.agent === null ? undefined : connection.agents.find((agent) => agent.key === hit.agent);
    if (known?.inScope === true) return [];
    return [{ agentId: known?.publicId ?? null, name: inert(known?.name ?? hit.name), why: inert(hit.why, 200) }];
  });
}

/** A lever of the whole connection hits everybody there, seen or not. */
function neighbours(lever: Lever, connection: ScopeConnection, facts: ScopeFacts): Hit[] {
  if (lever.reach !== 'connection') return [];
  const known = connection.agents.filter((agent) => !agent.inScope).map((agent) => ({ agentId: agent.publicId, name: inert(agent.name), why: `It stands behind ${inert(connection.name)} too, and the lever reaches everything there.` }));
  return facts.scope.kind === 'task' ? [...known, ...inScope(connection, 'Its other tasks: the lever reaches everything behind the connection.')] : known;
}

/** A lever of the whole agent, where one of its tasks is named. */
function otherTasks(lever: Lever, connection: ScopeConnection, facts: ScopeFacts): Hit[] {
  return lever.reach === 'agent' && facts.scope.kind === 'task' ? inScope(connection, 'Its other tasks: the lever reaches the whole agent.') : [];
}
const inScope = (connection: ScopeConnection, why: string): Hit[] => connection.agents.filter((agent) => agent.inScope).map((agent) => ({ agentId: agent.publicId, name: inert(agent.name), why }));

/** Taking an identity away takes it from everybody who acts with it. */
function sharers(lever: Lever, facts: ScopeFacts): Hit[] {
  if (lever.step !== 'revoke') return [];
  return (facts.sharing ?? []).map((other) => ({ agentId: other.id, name: inert(other.name), why: `It acts with the same account, ${inert(other.identityOf)}.` }));
}
