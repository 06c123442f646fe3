/** What Live shows and asks for, apart from drawing. Pure. */
import type { StreamParams } from '../../../shared/contract.ts';
import type { Activity, ActivityKind, ActivityStatus } from '../../../shared/domain.ts';

// Written out here: importing the contract's values would bring all its checks into the page.
export const activityKinds: readonly ActivityKind[] = ['model_call', 'tool_call', 'handoff', 'approval', 'denial', 'error', 'lifecycle'];
export const activityStatuses: readonly ActivityStatus[] = ['running', 'ok', 'error', 'denied', 'cancelled', 'interrupted'];

export interface LiveFilter {
  text: string;
  kind: ActivityKind | null;
  status: ActivityStatus | null;
  connectionId: string | null;
  agentId: string | null;
}

export const noFilter: LiveFilter = { text: '', kind: null, status: null, connectionId: null, agentId: null };

/** From a place's parameters; what is not a known word is left out. */
export function filterOf(params: Readonly<Record<string, string>>): LiveFilter {
  return {
    text: params['text'] ?? '',
    kind: activityKinds.find((kind) => kind === params['kind']) ?? null,
    status: activityStatuses.find((status) => status === params['outcome']) ?? null,
    connectionId: params['connection'] ?? null,
    agentId: params['agent'] ?? null,
  };
}

export function paramsOf(filter: LiveFilter): Record<string, string | null> {
  return { text: filter.text === '' ? null : filter.text, kind: filter.kind, outcome: filter.status, connection: filter.connectionId, agent: filter.agentId };
}

/** The same filter for the stream and for the history below it. */
export function askedOf(filter: LiveFilter): StreamParams<'live.activity'> {
  const text = filter.text.trim().slice(0, 200);
  return {
    ...(text === '' ? {} : { text }),
    ...(filter.kind === null ? {} : { kinds: [filter.kind] }),
    ...(filter.status === null ? {} : { statuses: [filter.status] }),
    ...(filter.connectionId === null ? {} : { connectionId: filter.connectionId }),
    ...(filter.agentId === null ? {} : { agentId: filter.agentId }),
  };
}

export const isFiltered = (filter: LiveFilter): boolean => filter.text.trim() !== '' || filter.kind !== null || filter.status !== null || filter.connectionId !== null || filter.agentId !== null;

/** Live rows on top of what the history held when Live was opened; a row that came live replaces its older self. */
export function onTopOf(live: readonly Activity[], history: readonly Activity[], keep: number): readonly Activity[] {
  if (history.length === 0 || live.length >= keep) return live;
  const ids = new Set<string>();
  // Only the rows that came since can stand in the history as well, and it is short.
  for (const row of live) ids.add(row.id);
  const older = history.filter((row) => !ids.has(row.id));
  return [...live, ...older].slice(0, keep);
}
