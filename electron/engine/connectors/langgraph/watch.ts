/**
 * Rings when a run of the thread protocol makes progress. Only where it cannot change anything for whoever owns the run:
 * - only runs of the protocol: the streams of all others are one queue, and each watcher takes events away from the owner (measured);
 * - server-sent events, never the WebSocket: closing that one cuts the owner's stream (measured);
 * - only while such a run goes on, so that the server's record of the thread was made by its owner: whoever opens the stream of a thread
 *   without a record makes it, and runs that are started on it after that run in the watcher's name (measured);
 * - and for the same reason only at servers that know no identities at all.
 */
import { pause } from '../pause.ts';
import type { Api } from './api.ts';

const mostStreams = 4;
const lookEveryMs = 1_000;
const channels: readonly string[] = ['lifecycle', 'tools', 'input', 'checkpoints', 'tasks'];

export interface WatchParts {
  readonly api: Api;
  readonly mayWatch: () => boolean;
  /** threads with a protocol run that goes on now. */
  readonly threads: () => readonly string[];
  readonly ring: () => void;
  readonly signal: AbortSignal;
}

export async function watchThreads({ api, mayWatch, threads, ring, signal }: WatchParts): Promise<void> {
  const open = new Map<string, AbortController>();
  while (!signal.aborted) {
    const wanted = mayWatch() ? threads() : [];
    for (const [id, stream] of open) if (!wanted.includes(id)) stream.abort();
    for (const id of wanted) {
      if (open.size >= mostStreams || open.has(id)) continue;
      const stream = new AbortController();
      open.set(id, stream);
      const life = AbortSignal.any([signal, stream.signal]);
      // Polls tell what is wrong with the server. One that ended is not opened again: its record may be gone by then.
      void listen(api, id, ring, life).catch(() => undefined);
    }
    for (const [id, stream] of open) if (stream.signal.aborted && !wanted.includes(id)) open.delete(id);
    await pause(lookEveryMs, signal);
  }
  for (const stream of open.values()) stream.abort();
}

async function listen(api: Api, threadId: string, ring: () => void, signal: AbortSignal): Promise<void> {
  const response = await api.raw(`/threads/${encodeURIComponent(threadId)}/stream/events`, {
    method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/event-stream' }, body: JSON.stringify({ channels }), signal,
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    return;
  }
  // What is said is not looked at: every byte only means that something happened.
  for await (const chunk of response.body) if (chunk.length > 0) ring();
}
