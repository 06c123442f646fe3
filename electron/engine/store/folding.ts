/**
 * When the log beside the history is folded into it. The writer alone would stand still for it every few seconds under load, so a
 * thread beside it does the most of it, and the writer only the rest: what it has written meanwhile. Only between transactions of the
 * writer can the log be begun anew, so the last step has to be its own.
 */
import { Worker } from 'node:worker_threads';
import { logPages, type WriteDb } from './database.ts';
import type { FromFolder, ToFolder } from './protocol.ts';

export class Folding {
  private readonly db: WriteDb;
  private readonly pages: number;
  private thread: Worker | null = null;
  private state: 'idle' | 'folding' | 'folded' = 'idle';
  /** length of the log at which it is folded next. */
  private due: number;

  constructor(db: WriteDb, pages: number = logPages) {
    this.db = db;
    this.pages = pages;
    this.due = pages;
    // Where the thread does not come after, the writer folds the log by itself.
    db.pragma(`wal_autocheckpoint = ${pages * 4}`);
  }

  /** After each transaction. */
  step(): void {
    if (this.state === 'folding') return;
    if (this.state === 'folded') {
      this.state = 'idle';
      this.finish();
      return;
    }
    if (this.fold('NOOP').log < this.due) return;
    this.state = 'folding';
    this.thread ??= this.start();
    this.thread.postMessage({ t: 'fold' } satisfies ToFolder);
  }

  private finish(): void {
    try {
      this.fold('PASSIVE');
    } catch {
      // A full disk: bodies are told so by their own transactions. The log keeps everything meanwhile.
    }
    const { log, checkpointed } = this.fold('NOOP');
    // Somebody still reads from the log, or the disk is full: to try again after each transaction would cost more than it brings.
    this.due = checkpointed < log ? log + this.pages : this.pages;
  }

  /** The last connection that closes folds the log for good, and that must be the writer's. */
  async close(): Promise<void> {
    const { thread } = this;
    if (thread === null) return;
    const gone = new Promise<void>((resolve) => { thread.once('exit', () => { resolve(); }); });
    thread.postMessage({ t: 'close' } satisfies ToFolder);
    await gone;
  }

  private fold(how: 'NOOP' | 'PASSIVE'): { readonly log: number; readonly checkpointed: number } {
    const [said] = this.db.pragma(`wal_checkpoint(${how})`) as [{ log: number; checkpointed: number }];
    return said;
  }

  private start(): Worker {
    const file = `./fold-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
    const thread = new Worker(new URL(file, import.meta.url), { workerData: { file: this.db.name }, name: 'fold-worker' });
    thread.on('message', (_: FromFolder) => { this.state = 'folded'; });
    // Without it the writer folds the log by itself.
    thread.on('error', () => { this.gone(thread); });
    thread.on('exit', () => { this.gone(thread); });
    thread.unref();
    return thread;
  }

  private gone(thread: Worker): void {
    if (this.thread === thread) this.thread = null;
    this.state = 'folded';
  }
}
