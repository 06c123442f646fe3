/**
 * Hints of the engine -> queries asked again. Topics collect and are spent once a second at most
 * (figures that change faster cannot be read); a topic whose query
 * is still being answered waits for the next turn, so that the last hint of a burst is never lost, and a slow query
 * is never asked again before it has answered.
 */
import type { Query } from '@tanstack/react-query';
import type { HintTopic } from '../../shared/contract.ts';
import { onEngineState, onHint } from './client.ts';
import { queryClient } from './query-client.ts';

const pauseMs = 1000;
const pending = new Set<HintTopic>();
let timer: ReturnType<typeof setTimeout> | null = null;

const restsOn = (query: Query, topics: ReadonlySet<HintTopic>): boolean => query.meta?.topics.some((topic) => topics.has(topic)) ?? false;

function schedule(): void {
  if (timer !== null || pending.size === 0 || document.hidden) return;
  timer = setTimeout(spend, pauseMs);
}

function spend(): void {
  timer = null;
  if (document.hidden) return;
  const topics = new Set(pending);
  pending.clear();
  const busy = queryClient.getQueryCache().findAll({ type: 'active', predicate: (query) => query.state.fetchStatus === 'fetching' && restsOn(query, topics) });
  for (const query of busy) for (const topic of query.meta?.topics ?? []) if (topics.has(topic)) pending.add(topic);
  void queryClient.invalidateQueries({ predicate: (query) => restsOn(query, topics) }, { cancelRefetch: false });
  schedule();
}

export function startHints(): void {
  onHint((topics) => {
    for (const topic of topics) pending.add(topic);
    schedule();
  });
  document.addEventListener('visibilitychange', schedule);
  // What happened while the engine was away was hinted to nobody.
  onEngineState((now, before) => {
    if (now === 'ready' && before !== 'ready') void queryClient.invalidateQueries();
  });
}
