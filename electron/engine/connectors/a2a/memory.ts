/** What the last look left behind: how far the list was read, and what was told of each task that may still change. Survives a restart as the checkpoint. */
import { z } from 'zod';
import { states } from './task.ts';
import type { State, WireTask } from './task.ts';

export interface Known {
  readonly state: State;
  /** microseconds; 0: the server does not say. */
  readonly statusUs: number;
  /** the first time that is known of it. */
  readonly begunUs: number;
  readonly seenUs: number;
  /** last message that was told; '': none. */
  readonly messageId: string;
  /** the question that is open: key and time of its row. */
  readonly waiting: { readonly key: string; readonly sinceUs: number } | null;
}

export interface Memory {
  /** status time up to which changes were told, microseconds; null: nothing was read yet. */
  readonly afterUs: number | null;
  readonly known: ReadonlyMap<string, Known>;
}

const entry = z.tuple([z.enum(states), z.int(), z.int(), z.int(), z.string(), z.string(), z.int()]);
const shape = z.object({ v: z.literal(1), after: z.int().nullable(), known: z.record(z.string(), entry) });

/** A checkpoint that cannot be read is like none: the same facts make the same keys. */
export function readMemory(checkpoint: string | null): Memory {
  const empty: Memory = { afterUs: null, known: new Map() };
  if (checkpoint === null) return empty;
  let value: unknown;
  try {
    value = JSON.parse(checkpoint);
  } catch {
    // Not ours, or cut: see above.
    return empty;
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) return empty;
  const known = Object.entries(parsed.data.known).map(([id, [state, statusUs, begunUs, seenUs, messageId, waitKey, waitUs]]): [string, Known] => [
    id, { state, statusUs, begunUs, seenUs, messageId, waiting: waitKey === '' ? null : { key: waitKey, sinceUs: waitUs } },
  ]);
  return { afterUs: parsed.data.after, known: new Map(known) };
}

/** The contract allows 256 KiB; two ids of 200 characters and the numbers are the largest entry. */
const mostBytes = 240 * 1024;

/** `left`: tasks that did not fit; they are read anew next time. */
export function writeMemory({ afterUs, known }: Memory): { readonly checkpoint: string; readonly left: number } {
  const kept: Record<string, z.infer<typeof entry>> = {};
  let bytes = 60;
  let left = 0;
  // The newest first: they change soonest.
  for (const [id, one] of [...known].toSorted((a, b) => b[1].statusUs - a[1].statusUs)) {
    const value: z.infer<typeof entry> = [one.state, one.statusUs, one.begunUs, one.seenUs, one.messageId, one.waiting?.key ?? '', one.waiting?.sinceUs ?? 0];
    bytes += Buffer.byteLength(JSON.stringify(id)) + Buffer.byteLength(JSON.stringify(value)) + 2;
    if (bytes > mostBytes) left += 1;
    else kept[id] = value;
  }
  return { checkpoint: JSON.stringify({ v: 1, after: afterUs, known: kept }), left };
}

/** Nothing of it changed since it was told. */
export function isTold(task: WireTask, known: Known | undefined): boolean {
  return known !== undefined && known.state === task.state && known.statusUs === (task.statusUs ?? 0) && known.messageId === lastMessageId(task);
}

export function lastMessageId(task: WireTask): string {
  return task.message?.id ?? task.history.at(-1)?.id ?? '';
}
