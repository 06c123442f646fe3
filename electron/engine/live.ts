/**
 * The Live stream: after a commit, the new and the changed rows that a page wants to see. The page grants credits (rows);
 * what does not fit is counted, not queued: the history has it, and a queue would only show old news later.
 */
import type { z } from 'zod';
import type { streams } from '../../shared/contract.ts';
import type { Activity } from '../../shared/domain.ts';
import type { CommitNote } from './ingest/writer-messages.ts';
import type { CommitSource } from './ports.ts';
import type { OpenStream, StreamSink } from './rpc.ts';

export const liveEveryMs = 250;
/** A page cannot draw more in a quarter of a second, however many credits it grants. */
export const mostRowsASend = 500;

export type LiveFilter = z.output<(typeof streams)['live.activity']['params']>;

export interface LiveRead {
  /** rows with `afterId < id <= upToId`, or named in `ids`; the newest `limit` of them, oldest first. */
  readonly afterId: number;
  readonly upToId: number;
  readonly ids: readonly number[];
  readonly filter: LiveFilter;
  readonly limit: number;
}
export interface LiveParts {
  readonly commits: CommitSource;
  /** `matched` counts all rows that the filter lets through, sent or not. */
  readonly read: (ask: LiveRead) => Promise<{ readonly rows: Activity[]; readonly matched: number }>;
  readonly perSecond: () => number;
}

export function openLive(parts: LiveParts, filter: LiveFilter, credits: number, sink: StreamSink<'live.activity'>): OpenStream {
  const stream = new LiveStream(parts, filter, credits, sink);
  return { credit: (rows) => stream.credit(rows), close: () => stream.close() };
}

class LiveStream {
  readonly #parts: LiveParts;
  readonly #filter: LiveFilter;
  readonly #sink: StreamSink<'live.activity'>;
  readonly #stopListening: () => void;
  #credits: number;
  #afterId: number | null = null;
  #upToId = 0;
  #changed = new Set<number>();
  #droppedUntold = 0;
  #timer: NodeJS.Timeout | null = null;
  #sending = false;
  #closed = false;

  constructor(parts: LiveParts, filter: LiveFilter, credits: number, sink: StreamSink<'live.activity'>) {
    this.#parts = parts;
    this.#filter = filter;
    this.#credits = credits;
    this.#sink = sink;
    this.#stopListening = parts.commits.onCommit((note) => this.#note(note));
  }

  credit(rows: number): void {
    this.#credits = Math.min(this.#credits + rows, 1_000_000);
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    if (this.#timer) clearTimeout(this.#timer);
  }

  #note(note: CommitNote): void {
    if (note.inserted > 0) {
      this.#afterId ??= note.firstActivityId - 1;
      this.#upToId = Math.max(this.#upToId, note.lastActivityId);
    }
    // A row that changes all the time is sent once a turn; ids beyond the cap are found again in the history.
    for (const id of note.updatedIds) if (this.#changed.size < 2 * mostRowsASend) this.#changed.add(id);
    this.#wake();
  }

  #wake(): void {
    if (!this.#timer && !this.#sending) this.#timer = setTimeout(() => void this.#send(), 0);
  }

  async #send(): Promise<void> {
    this.#timer = null;
    // Without credits (a paused page) nothing is read; what waits is read, or counted as dropped, with the next credit.
    if (this.#closed || this.#credits === 0 || (this.#afterId === null && this.#changed.size === 0)) return;
    this.#sending = true;
    const limit = Math.min(this.#credits, mostRowsASend);
    const ask: LiveRead = { afterId: this.#afterId ?? this.#upToId, upToId: this.#upToId, ids: [...this.#changed].slice(-limit), filter: this.#filter, limit };
    this.#afterId = null;
    this.#changed = new Set();
    try {
      const { rows, matched } = await this.#parts.read(ask);
      if (!this.#closed) this.#deliver(rows, matched);
    } catch (error) {
      if (!this.#closed) this.#sink.fail(error);
    } finally {
      this.#sending = false;
      if (!this.#closed) this.#timer = setTimeout(() => void this.#send(), liveEveryMs);
    }
  }

  #deliver(rows: Activity[], matched: number): void {
    this.#droppedUntold += Math.max(0, matched - rows.length);
    this.#credits -= rows.length;
    if (rows.length === 0) return;
    this.#sink.item({ rows, dropped: this.#droppedUntold, perSecond: this.#parts.perSecond() });
    this.#droppedUntold = 0;
  }
}
