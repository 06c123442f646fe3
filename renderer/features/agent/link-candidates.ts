/** Which agents could be another side of this one. Pure. */
import type { Agent, AgentDetail } from '../../../shared/domain.ts';

const likeness = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Those of other connections first, the same name before all: another side of an agent is seldom told by the same connection. */
export function candidatesFor(agent: Pick<AgentDetail, 'id' | 'name' | 'connectionId' | 'sources'>, rows: readonly Agent[], text: string): Agent[] {
  const own = new Set([agent.id, ...agent.sources.map((source) => source.agentId)]);
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const rank = (one: Agent): number => (one.connectionId === agent.connectionId ? 2 : 0) + (likeness(one.name) === likeness(agent.name) ? 0 : 1);
  return rows
    .filter((one) => !own.has(one.id) && words.every((word) => `${one.name}\n${one.service}\n${one.connectionName}\n${one.source}\n${one.id}`.toLowerCase().includes(word)))
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}
