/** The scopes of the plan with what the history knows about them. */
import { useQuery } from '@tanstack/react-query';
import { agentQueries, connectionQueries, stopQueries, systemQueries } from '../../../api/queries.ts';
import { useAskedPeriod } from '../../../app/period.ts';
import type { StopContext } from '../../../app/stop-choice.ts';
import { scopeOptions, type ScopeOption } from './scope-options.ts';

export function useScopes(context: StopContext): ScopeOption[] {
  const agentId = context.agent?.id ?? null;
  const agent = useQuery({ ...agentQueries.get(useAskedPeriod(), agentId ?? ''), enabled: agentId !== null }).data;
  const connections = useQuery(connectionQueries.list()).data?.rows ?? [];
  const status = useQuery(systemQueries.status()).data;
  const readiness = useQuery({ ...stopQueries.readiness(), enabled: agentId !== null }).data;
  const tags = useQuery(stopQueries.tags()).data?.rows ?? [];
  const tagsHere = context.tag !== undefined ? [context.tag] : (readiness?.rows.find((row) => row.agentId === agentId)?.tags ?? []);
  const reached = new Map<string, string>();
  if (context.connection !== undefined) reached.set(context.connection.id, context.connection.name);
  for (const source of agent?.sources ?? []) reached.set(source.connectionId, source.connectionName);
  return scopeOptions({
    context,
    tags: tagsHere.map((tag) => tags.find((row) => row.tag === tag) ?? { tag, agents: null }),
    connections: [...reached].map(([id, name]) => ({ id, name, agents: connections.find((row) => row.id === id)?.agents ?? null })),
    agents: status?.agents ?? null,
  });
}
