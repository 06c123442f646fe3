/** One whole look at a runtime, as the collector would take it: what came of it, or why nothing did. */
import { RuntimeFault } from '../connector.ts';
import type { Batch, Connector, Discovered } from '../connector.ts';

export interface Seen {
  readonly discovered: Discovered;
  readonly batches: readonly Batch[];
  readonly checkpoint: string;
  /** a backlog was left when we stopped. */
  readonly more: boolean;
  /** the longest batch. */
  readonly slowestMs: number;
}

/** As many as the collector takes in one poll; the rest comes with the next. */
const mostBatches = 50;

export async function look(connector: Connector, checkpoint: string | null, signal: AbortSignal, mostMs = Number.POSITIVE_INFINITY): Promise<Seen> {
  const discovered = await connector.discover(signal);
  return { discovered, ...await collectAll(connector, checkpoint, signal, mostMs) };
}

export async function collectAll(connector: Connector, checkpoint: string | null, signal: AbortSignal, mostMs = Number.POSITIVE_INFINITY): Promise<Omit<Seen, 'discovered'>> {
  const batches: Batch[] = [];
  const startedMs = performance.now();
  let slowestMs = 0;
  for (let at = checkpoint; ;) {
    const beganMs = performance.now();
    const batch = await connector.collect(at, signal);
    slowestMs = Math.max(slowestMs, performance.now() - beganMs);
    batches.push(batch);
    at = batch.checkpoint;
    if (!batch.more || batches.length >= mostBatches || performance.now() - startedMs > mostMs) return { batches, checkpoint: at, more: batch.more, slowestMs };
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
