/** One whole look at a runtime, as the collector would take it: what came of it, or why nothing did. */
import { RuntimeFault } from '../connector.ts';
import type { Batch, Connector, Discovered } from '../connector.ts';

export interface Seen {
  readonly discovered: Discovered;
  readonly batches: readonly Batch[];
  readonly checkpoint: string;
}

const mostBatches = 200;

export async function look(connector: Connector, checkpoint: string | null, signal: AbortSignal): Promise<Seen> {
  const discovered = await connector.discover(signal);
  return { discovered, ...await collectAll(connector, checkpoint, signal) };
}

export async function collectAll(connector: Connector, checkpoint: string | null, signal: AbortSignal): Promise<Pick<Seen, 'batches' | 'checkpoint'>> {
  const batches: Batch[] = [];
  let at = checkpoint;
  for (;;) {
    const batch = await connector.collect(at, signal);
    batches.push(batch);
    at = batch.checkpoint;
    if (!batch.more) return { batches, checkpoint: at };
    if (batches.length >= mostBatches) throw new Error(`A backlog that does not end: ${mostBatches} batches.`);
  }
}

/** Names everything that a store would keep, once however often it is told. */
export function keysOf({ batches }: Pick<Seen, 'batches'>): Set<string> {
  return new Set(batches.flatMap(({ records }) => records.map(({ draft }) => [draft.run?.id ?? '', draft.traceId, draft.key].join(' | '))));
}

export function namesOf({ discovered }: Pick<Seen, 'discovered'>): Set<string> {
  const grants = [...discovered.grants, ...discovered.agents.flatMap((agent) => agent.grants)];
  return new Set([...discovered.agents.map(({ claim }) => `agent ${claim.id}`), ...grants.map(({ kind, name }) => `${kind} ${name}`)]);
}

export function refusedCount({ discovered, batches }: Seen): number {
  return [...discovered.refused, ...batches.flatMap(({ refused }) => refused)].reduce((sum, { count }) => sum + count, 0);
}

export function approvalsOf({ batches }: Pick<Seen, 'batches'>): NonNullable<Batch['approvals']> {
  return batches.findLast(({ approvals }) => approvals !== null)?.approvals ?? [];
}

export type Outcome = { readonly t: 'seen'; readonly seen: Seen; readonly ms: number } | { readonly t: 'fault'; readonly fault: RuntimeFault; readonly ms: number } | { readonly t: 'mistake'; readonly error: unknown; readonly ms: number };

export async function outcomeOf(work: () => Promise<Seen>): Promise<Outcome> {
  const startedMs = performance.now();
  const ms = (): number => Math.round(performance.now() - startedMs);
  try {
    return { t: 'seen', seen: await work(), ms: ms() };
  } catch (error) {
    return error instanceof RuntimeFault ? { t: 'fault', fault: error, ms: ms() } : { t: 'mistake', error, ms: ms() };
  }
}
