/** Which failures a person asked for: what lasts between visits, and what the address says. Pure. */
import type { Params } from '../../../shared/contract.ts';
import type { ActivityKind } from '../../../shared/domain.ts';
import { activityKindIds, stateLooks } from './failure-words.ts';
import type { FailureState } from '../../../shared/failures.ts';

export const shownIds = ['open', 'snoozed', 'resolved', 'all'] as const;
export type Shown = (typeof shownIds)[number];

/** Kept between visits. */
export interface KeptFilter { show: Shown; kind: ActivityKind | null; connectionId: string | null; version: string | null }
export const usualFilter: KeptFilter = { show: 'open', kind: null, connectionId: null, version: null };

const textOrNull = (value: unknown): value is string | null => value === null || (typeof value === 'string' && value.length <= 200);

export function isKeptFilter(value: unknown): value is KeptFilter {
  if (typeof value !== 'object' || value === null) return false;
  const { show, kind, connectionId, version } = value as Record<string, unknown>;
  return shownIds.some((one) => one === show) && (kind === null || activityKindIds.some((one) => one === kind)) && textOrNull(connectionId) && textOrNull(version);
}

export interface FailuresView extends KeptFilter { text: string; agentId: string | null }

/** The address goes before what is kept: a link from another screen must show what it promises. */
export function readView(kept: KeptFilter, params: Readonly<Record<string, string>>): FailuresView {
  return { ...kept, show: shownIds.find((one) => one === params['show']) ?? kept.show, text: (params['q'] ?? '').slice(0, 200), agentId: params['agent'] ?? null };
}

const statesOf: Record<Shown, readonly FailureState[] | null> = { open: ['new', 'back', 'known'], snoozed: ['snoozed'], resolved: ['resolved'], all: null };

/** What the engine is asked for. */
export function askedOf(view: FailuresView): Omit<Params<'failures.groups'>, 'period' | 'before'> {
  const states = statesOf[view.show];
  const text = view.text.trim();
  return {
    limit: 200,
    ...(states === null ? {} : { states: [...states] }), ...(text === '' ? {} : { text }), ...(view.agentId === null ? {} : { agentId: view.agentId }),
    ...(view.kind === null ? {} : { kinds: [view.kind] }), ...(view.connectionId === null ? {} : { connectionId: view.connectionId }), ...(view.version === null ? {} : { version: view.version }),
  };
}

export type Counts = Readonly<Record<FailureState, number>>;

/** New and come back: nobody looked at them since. */
export const needing = (counts: Counts): number => counts.new + counts.back;

export function countOf(counts: Counts, show: Shown): number {
  const states = statesOf[show] ?? (Object.keys(counts) as FailureState[]);
  return states.reduce((sum, state) => sum + counts[state], 0);
}

/** The filter in words, without what is only a part of the list (open, snoozed…). */
export function filterWords(view: FailuresView, connectionName: string | null): string[] {
  return [
    ...(view.text.trim() === '' ? [] : [`text “${view.text.trim()}”`]),
    ...(view.kind === null ? [] : [`kind ${kindWords[view.kind]}`]),
    ...(view.connectionId === null ? [] : [`connection ${connectionName ?? view.connectionId}`]),
    ...(view.version === null ? [] : [`version ${view.version}`]),
    ...(view.agentId === null ? [] : ['only one agent']),
  ];
}

export const kindWords: Record<ActivityKind, string> = { model_call: 'model call', tool_call: 'tool call', handoff: 'hand-off', approval: 'approval', denial: 'denial', error: 'error', lifecycle: 'life cycle' };

/** Worst first, as the engine orders its pages: who needs somebody, then how often. */
export const worstRank = (row: { state: FailureState; count: number }): number => stateLooks[row.state].rank * 1e12 - row.count;
