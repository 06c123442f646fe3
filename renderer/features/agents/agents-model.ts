/** Which agents a person asked for, and what the list says about them all together. Pure. */
import type { Agent, AgentState, Cost, IdentityKind } from '../../../shared/domain.ts';

export interface AgentFilter {
  text: string;
  /** hides those that are idle: "Active or not seen". */
  active: boolean;
  identity: IdentityKind | null;
  connectionId: string | null;
  state: AgentState | null;
}

export const noFilter: AgentFilter = { text: '', active: false, identity: null, connectionId: null, state: null };

const textOf = (agent: Agent): string => [agent.name, agent.service, agent.id, agent.version, agent.identityOf, agent.connectionName, agent.source].join('\n').toLowerCase();

export function filterAgents(agents: readonly Agent[], filter: AgentFilter): Agent[] {
  const words = filter.text.trim().toLowerCase().split(/\s+/).filter((word) => word !== '');
  return agents.filter((agent) => {
    if (filter.active && agent.state === 'idle') return false;
    if (filter.identity !== null && agent.identity !== filter.identity) return false;
    if (filter.connectionId !== null && agent.connectionId !== filter.connectionId) return false;
    if (filter.state !== null && agent.state !== filter.state) return false;
    if (words.length === 0) return true;
    const text = textOf(agent);
    return words.every((word) => text.includes(word));
  });
}

export interface KnownSum { known: number; currency: string; agentsWithUnpriced: number }

/** What is known of the cost, one sum a currency: currencies are never added to each other. */
export function knownCost(agents: readonly { cost: Cost }[]): KnownSum[] {
  const sums = new Map<string, KnownSum>();
  for (const { cost } of agents) {
    const sum = sums.get(cost.currency) ?? { known: 0, currency: cost.currency, agentsWithUnpriced: 0 };
    sum.known += cost.amountMicros ?? 0;
    if (cost.unpriced > 0 || cost.amountMicros === null) sum.agentsWithUnpriced += 1;
    sums.set(cost.currency, sum);
  }
  return [...sums.values()].toSorted((a, b) => b.known - a.known);
}

/** The filters in words, for a list without rows. */
export function filterWords(filter: AgentFilter, connectionName: string | null): string[] {
  return [
    filter.text.trim() === '' ? null : `text "${filter.text.trim()}"`,
    filter.active ? 'active or not seen' : null,
    filter.identity === null ? null : `identity ${filter.identity}`,
    filter.connectionId === null ? null : `connection ${connectionName ?? filter.connectionId}`,
    filter.state === null ? null : `state ${filter.state.replace('_', ' ')}`,
  ].filter((word) => word !== null);
}

/** All tokens that were read, written and cached. */
export const allTokens = ({ usage }: Pick<Agent, 'usage'>): number => usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;

/** What a stop would be about: those that are ticked, else the one that has the focus. A tick is the stronger word: it stays where it was put. */
export function chosenToStop<T extends { id: string }>(agents: readonly T[], ticked: ReadonlySet<string>, focused: string | null): T[] {
  const chosen = agents.filter((agent) => ticked.has(agent.id));
  return chosen.length > 0 ? chosen : agents.filter((agent) => agent.id === focused);
}
