/**
 * Subscribes to tasks that go on, so that a change is read when it happens. Measured: a subscription of somebody else leaves the owner's
 * stream whole. It only rings; what happened is read from the list, which also knows what the stream missed.
 */
import type { Client } from '@a2a-js/sdk/client';
import { pause } from '../pause.ts';
import { isWaiting } from './task.ts';
import type { WireTask } from './task.ts';

/** Streams held at once; the newest tasks get them, the others wait for the poll. */
const mostStreams = 16;
const lookEveryMs = 500;

export interface Watched {
  /** null: there is no way to subscribe now. */
  client(signal: AbortSignal): Promise<Client | null>;
  open(): readonly WireTask[];
}

/** What works says something soon; what waits for a person may do so for days. */
function byInterest(a: WireTask, b: WireTask): number {
  return Number(isWaiting(a.state)) - Number(isWaiting(b.state)) || (b.statusUs ?? 0) - (a.statusUs ?? 0);
}

/** Lives until `signal` ends. */
export async function watchTasks(watched: Watched, ring: () => void, signal: AbortSignal): Promise<void> {
  const streams = new Map<string, AbortController>();
  /** the state in which a stream of a task ended by itself: another one is no use until that changes (a zombie, a server without streams). */
  const ended = new Map<string, string>();
  const stamp = (task: WireTask): string => `${task.state} ${task.statusUs ?? 0}`;
  const follow = async (client: Client, task: WireTask, own: AbortController): Promise<void> => {
    try {
      let first = true;
      for await (const _event of client.resubscribeTask({ tenant: '', id: task.id }, { signal: AbortSignal.any([signal, own.signal]) })) {
        // The first one is the task as we know it.
        if (!first) ring();
        first = false;
      }
      if (!first) ring();
    } catch {
      // Ended, refused (-32004: it is over) or broken off: the poll tells what there is to tell, and faults are its business.
    } finally {
      ended.set(task.id, stamp(task));
      streams.delete(task.id);
    }
  };
  while (!signal.aborted) {
    const open = watched.open();
    const ids = new Set(open.map((task) => task.id));
    for (const [id, own] of streams) if (!ids.has(id)) own.abort();
    for (const id of ended.keys()) if (!ids.has(id)) ended.delete(id);
    const wanted = open.filter((task) => !streams.has(task.id) && ended.get(task.id) !== stamp(task)).toSorted(byInterest).slice(0, Math.max(0, mostStreams - streams.size));
    const client = wanted.length === 0 ? null : await watched.client(signal);
    if (client !== null) {
      for (const task of wanted) {
        const own = new AbortController();
        streams.set(task.id, own);
        void follow(client, task, own);
      }
    }
    await pause(lookEveryMs, signal);
  }
}
