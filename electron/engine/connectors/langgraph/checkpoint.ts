/** How far a connection has been read: survives a restart, bounded, and harmless when it is lost or damaged (the same facts make the same keys). */
import { z } from 'zod';


const threadMark = z.object({
  id: z.string(),
  /** the thread's own time of change when it was last read, microseconds; -1: must be read again. */
  updatedUs: z.number(),
  /** newest state that was read. */
  head: z.string().nullable(),
  /** runs that had not ended. */
  open: z.array(z.object({ run: z.string(), assistant: z.string(), startUs: z.number() })),
  /** questions that waited for a person, and the runs that asked them. */
  waits: z.array(z.object({ run: z.string(), id: z.string(), name: z.string() })).max(1_000),
});
export type ThreadMark = z.infer<typeof threadMark>;

const checkpoint = z.object({
  v: z.literal(1),
  /** every change of a thread up to here was read; null: the first time. */
  sinceUs: z.number().nullable(),
  /** the past, read from the newest to the oldest: how many threads of it are done; null: all. */
  backfill: z.object({ offset: z.number().int().nonnegative(), untilUs: z.number() }).nullable(),
  threads: z.array(threadMark),
});
export type Checkpoint = z.infer<typeof checkpoint>;

const mostMarks = 600;
const mostText = 240 * 1024;

export const firstCheckpoint: Checkpoint = { v: 1, sinceUs: null, backfill: null, threads: [] };

export function parseCheckpoint(text: string | null): Checkpoint {
  if (text === null) return firstCheckpoint;
  try {
    return checkpoint.parse(JSON.parse(text));
  } catch {
    // Of another version or damaged: begun anew, which costs reading and nothing else.
    return firstCheckpoint;
  }
}

export const isLive = (mark: ThreadMark): boolean => mark.open.length > 0 || mark.waits.length > 0;

/** Threads with open work are kept before all others, then those that changed last. */
export function writeCheckpoint(state: Omit<Checkpoint, 'threads'>, marks: Iterable<ThreadMark>): string {
  const sorted = [...marks].toSorted((a, b) => Number(isLive(b)) - Number(isLive(a)) || b.updatedUs - a.updatedUs || (a.id < b.id ? -1 : 1));
  for (let keep = Math.min(sorted.length, mostMarks); ; keep = Math.floor(keep / 2)) {
    const text = JSON.stringify({ ...state, threads: sorted.slice(0, keep) });
    if (text.length <= mostText || keep === 0) return text;
  }
}
