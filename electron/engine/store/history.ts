/**
 * The history as the engine's main thread sees it: bodies in, commands in, questions out. Two threads do the work; this side
 * only keeps what waits, bounded, and what it promised to answer.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Method } from '../../../shared/contract.ts';
import type { BodyJob, BodyResult, CommitNote } from '../ingest/writer-messages.ts';
import { StoreError } from './errors.ts';
import { historyFile } from './open.ts';
import type { AllCommands, AnyCommand, FromReader, FromWriter, ToPreparer, ToReader, ToWriter } from './protocol.ts';
import { StoreThread } from './store-thread.ts';

export interface HistoryOptions {
  readonly dataDir: string;
  readonly clock: { now(): number };
  /** a thread died, or another thing that people should be told. */
  readonly onAlarm?: (alarm: { readonly id: string; readonly severity: 'attention' | 'failed'; readonly text: string }) => void;
}

interface Opened { readonly file: string; readonly sqlite: string; readonly schemaVersion: number }
interface Waiting { readonly done: (value: unknown) => void; readonly fail: (error: StoreError) => void }
interface WaitingBody { readonly done: (result: BodyResult) => void; readonly bytes: number }

/** What may wait for the writer; beyond it senders are told to come again. */
export const mostWaitingBodies = 2_000;
export const mostWaitingBytes = 64 * 1024 * 1024;

/**
 * The young generation of each thread, at most. What a transaction makes lives until its end: a larger nursery spares copying it (measured: 128 is 5 to 9 %
 * better than 64, 192 no better). What a question makes is let go with its answer: the reader's would only lie there, grown once and kept.
 */
const nurseryMb = { writer: 128, reader: 12 } as const;

export class History {
  readonly file: string;
  private readonly options: HistoryOptions;
  private readonly writer: StoreThread<ToWriter, FromWriter>;
  private readonly reader: StoreThread<ToReader, FromReader>;
  private readonly bodies = new Map<number, WaitingBody>();
  private readonly commands = new Map<number, Waiting>();
  private readonly queries = new Map<number, Waiting>();
  private readonly listeners = new Set<(note: CommitNote) => void>();
  private waitingBytes = 0;
  private nextN = 1;
  private opened: Opened | null = null;
  /** where bodies are handed in; null while there is no writer. */
  private intake: MessagePort | null = null;
  /** the writer was told of the first body. */
  private preparing = false;
  private held: BodyJob[] = [];
  private readonly opening: { done: () => void; fail: (error: StoreError) => void }[] = [];
  private closing: (() => void) | null = null;
  private closed = false;
  /** A question met damage in the file: the next start must read it through. */
  private damageMet = false;
  private reading = false;

  private constructor(options: HistoryOptions) {
    this.options = options;
    this.file = historyFile(options.dataDir);
    this.writer = new StoreThread('writer-worker', { dataDir: options.dataDir }, nurseryMb.writer, (message) => this.fromWriter(message), (again) => this.writerDied(again));
    this.reader = new StoreThread('reader-worker', { file: this.file }, nurseryMb.reader, (message) => this.fromReader(message), (again) => this.readerDied(again));
  }

  /** Rejects with a StoreError in words when the file cannot be opened. */
  static async open(options: HistoryOptions): Promise<History> {
    const history = new History(options);
    history.writer.start();
    try {
      await new Promise<void>((done, fail) => { history.opening.push({ done, fail }); });
    } catch (cause) {
      history.closed = true;
      await history.writer.stop();
      throw cause;
    }
    return history;
  }

  get sqlite(): string { return this.opened?.sqlite ?? ''; }
  get schemaVersion(): number { return this.opened?.schemaVersion ?? 0; }
  get waiting(): { readonly bodies: number; readonly bytes: number } { return { bodies: this.bodies.size, bytes: this.waitingBytes }; }

  /** The body is handed over: its buffer can no longer be used here. Answers after the commit that holds it. */
  submit(job: Omit<BodyJob, 'n'>): Promise<BodyResult> {
    const n = this.nextN++;
    const bytes = job.body.byteLength;
    if (this.closed) return Promise.resolve({ n, t: 'unavailable', reason: 'The history is closed. Nothing of this was stored.' });
    if (this.bodies.size >= mostWaitingBodies || this.waitingBytes + bytes > mostWaitingBytes) {
      return Promise.resolve({ n, t: 'unavailable', reason: 'The buffer before the history is full. Nothing of this was stored; send it again.' });
    }
    this.waitingBytes += bytes;
    return new Promise((done) => {
      this.bodies.set(n, { done, bytes });
      // A view of a pooled buffer must not take its neighbours along.
      const body = job.body.byteOffset === 0 && job.body.byteLength === job.body.buffer.byteLength && job.body.buffer instanceof ArrayBuffer ? job.body : new Uint8Array(job.body);
      this.handIn({ ...job, n, body });
    });
  }

  /** While a thread that died is started again, bodies wait here. */
  private handIn(job: BodyJob): void {
    if (this.intake === null) {
      this.held.push(job);
      return;
    }
    // Not before: many engines are only looked at or written from, and the thread takes 10 MB.
    if (!this.preparing) this.writer.post({ t: 'prepare' });
    this.preparing = true;
    this.intake.postMessage({ t: 'body', job } satisfies ToPreparer, [job.body.buffer as ArrayBuffer]);
  }

  command<N extends AnyCommand>(name: N, params: AllCommands[N]['params']): Promise<AllCommands[N]['result']> {
    if (this.closed) return Promise.reject(new StoreError('closed', 'The history is closed. Nothing was changed.'));
    const n = this.nextN++;
    return new Promise((done, fail) => {
      this.commands.set(n, { done: done as (value: unknown) => void, fail });
      this.writer.post({ t: 'command', n, name, params });
    });
  }

  /** Asks the reader thread. `signal` gives up waiting; the reader's own work on one question is short. */
  query(name: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    return this.ask(name, params, signal, false);
  }

  /** The contract's answer to one of its methods, checked and written as JSON by the reader. */
  queryJson(name: Method, params: unknown, signal?: AbortSignal): Promise<string> {
    return this.ask(name, params, signal, true) as Promise<string>;
  }

  private ask(name: string, params: unknown, signal: AbortSignal | undefined, checked: boolean): Promise<unknown> {
    if (this.closed) return Promise.reject(new StoreError('closed', 'The history is closed.'));
    if (signal?.aborted === true) return Promise.reject(cancelled());
    if (!this.reading) {
      // At the first question, since what is started is waited for at the end; some only write.
      this.reading = true;
      this.reader.start();
    }
    const n = this.nextN++;
    return new Promise((done, fail) => {
      const stop = (): void => {
        this.queries.delete(n);
        fail(cancelled());
      };
      const end = (): void => signal?.removeEventListener('abort', stop);
      signal?.addEventListener('abort', stop, { once: true });
      this.queries.set(n, {
        done: (value) => { end(); done(value); },
        fail: (error) => { end(); fail(error); },
      });
      this.reader.post({ n, name, params, nowUs: this.options.clock.now() * 1_000, checked });
    });
  }

  onCommit(listener: (note: CommitNote) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Stores what was taken in, then closes the file. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    // The reader first: the last one to close the file folds the log beside it into it.
    this.reader.post({ t: 'close' });
    await this.reader.stop();
    const closed = new Promise<void>((done) => { this.closing = done; });
    this.writer.willEnd();
    const close = { t: 'close', damageMet: this.damageMet } as const;
    // Behind the last body, and through the thread that reads bodies, which so ends too.
    if (this.intake === null || !this.preparing) this.writer.post(close);
    else this.intake.postMessage(close);
    await Promise.race([closed, this.writer.ended]);
    this.giveUp(new StoreError('closed', 'The history was closed before this was answered.'));
    await this.writer.stop();
  }

  private fromWriter(message: FromWriter): void {
    if (message.t === 'results') {
      for (const result of message.results) this.settle(result);
      if (message.note !== null) this.tell(message.note);
    } else if (message.t === 'swept') this.tell(message.note);
    else if (message.t === 'answer') this.answer(message);
    else if (message.t === 'opened') {
      this.opened = message;
      this.intake = message.bodies;
      for (const job of this.held.splice(0)) this.handIn(job);
      for (const one of this.opening.splice(0)) one.done();
    } else if (message.t === 'not_opened') {
      const error = new StoreError(message.error.code, message.error.message);
      for (const one of this.opening.splice(0)) one.fail(error);
    } else this.closing?.();
  }

  private answer(message: Extract<FromWriter, { t: 'answer' }>): void {
    const waiting = this.commands.get(message.n);
    this.commands.delete(message.n);
    if (message.error === undefined) waiting?.done(message.ok);
    else waiting?.fail(new StoreError(message.error.code, message.error.message));
    if (message.topics.length > 0) this.tell({ t: 'commit', firstActivityId: 0, lastActivityId: 0, inserted: 0, updatedIds: [], topics: message.topics });
  }

  private settle(result: BodyResult): void {
    const waiting = this.bodies.get(result.n);
    if (waiting === undefined) return;
    this.bodies.delete(result.n);
    this.waitingBytes -= waiting.bytes;
    waiting.done(result);
  }

  private tell(note: CommitNote): void {
    for (const listener of this.listeners) listener(note);
  }

  private fromReader(message: FromReader): void {
    const waiting = this.queries.get(message.n);
    this.queries.delete(message.n);
    if ('error' in message && message.error.code === 'corrupt') this.damageMet = true;
    if ('error' in message) waiting?.fail(new StoreError(message.error.code, message.error.message));
    else waiting?.done(message.ok);
  }

  /** What it had not committed is lost to it, and told so to the senders: they send again. */
  private writerDied(again: boolean): void {
    this.intake = null;
    this.preparing = false;
    this.held = [];
    for (const n of this.bodies.keys()) this.settle({ n, t: 'unavailable', reason: 'The part of Gatehouse that writes the history stopped. Nothing of this was stored; send it again.' });
    const error = new StoreError('worker', 'The part of Gatehouse that writes the history stopped before it answered. It may or may not have been done; look before you try again.');
    for (const waiting of this.commands.values()) waiting.fail(error);
    this.commands.clear();
    for (const one of this.opening.splice(0)) one.fail(error);
    this.closing?.();
    if (!this.closed) this.alarm('writer', again);
  }

  private readerDied(again: boolean): void {
    const error = new StoreError('worker', 'The part of Gatehouse that reads the history stopped before it answered. Nothing was changed; ask again.');
    for (const waiting of this.queries.values()) waiting.fail(error);
    this.queries.clear();
    if (!this.closed) this.alarm('reader', again);
  }

  private alarm(which: 'writer' | 'reader', again: boolean): void {
    const what = which === 'writer' ? 'writes' : 'reads';
    const text = again
      ? `The part of Gatehouse that ${what} the history stopped unexpectedly and was started again. What was acknowledged was kept.`
      : `The part of Gatehouse that ${what} the history stopped again and stays off. What was acknowledged was kept. Restart Gatehouse.`;
    if (!again && which === 'writer') this.closed = true;
    this.options.onAlarm?.({ id: `store-${which}`, severity: again ? 'attention' : 'failed', text });
  }

  private giveUp(error: StoreError): void {
    for (const n of this.bodies.keys()) this.settle({ n, t: 'unavailable', reason: 'The history was closed. Nothing of this was stored; send it again.' });
    for (const waiting of [...this.commands.values(), ...this.queries.values()]) waiting.fail(error);
    this.commands.clear();
    this.queries.clear();
  }
}

function cancelled(): StoreError {
  return new StoreError('cancelled', 'The question was taken back.');
}
