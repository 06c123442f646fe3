/**
 * Gaps that are open now. What cannot be written (the disk is full, which is the reason for the gap) is kept here and
 * written when the history takes writes again: a gap must not be lost to its own cause.
 */
import type { Gap } from '../../shared/domain.ts';
import type { Log } from './ports.ts';

export interface GapWords {
  /** row id of the connection; null: all of them. */
  readonly connection: number | null;
  readonly fromUs: number;
  readonly reason: Gap['reason'];
  readonly text: string;
}
export interface GapStore {
  open(gap: GapWords & { readonly toUs: number | null }): Promise<{ readonly id: number }>;
  close(gap: { readonly id: number; readonly toUs: number }): Promise<unknown>;
}

interface Kept { readonly words: GapWords; id: number | null; toUs: number | null }

export class GapKeeper {
  readonly #store: GapStore;
  readonly #log: Log;
  readonly #kept = new Map<string, Kept>();
  /** ended, but not yet written. */
  readonly #ended: Kept[] = [];
  #working: Promise<void> = Promise.resolve();

  constructor(store: GapStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** One gap a key: what goes on for long is one gap, not one a second. */
  begin(key: string, words: GapWords): void {
    if (this.#kept.has(key)) return;
    this.#kept.set(key, { words, id: null, toUs: null });
    void this.settle();
  }

  end(key: string, toUs: number): void {
    const kept = this.#kept.get(key);
    if (!kept) return;
    this.#kept.delete(key);
    kept.toUs = Math.max(toUs, kept.words.fromUs);
    this.#ended.push(kept);
    void this.settle();
  }

  /** A gap that is over when it is found: the engine was off, the machine slept. */
  record(words: GapWords, toUs: number): void {
    this.#ended.push({ words, id: null, toUs });
    void this.settle();
  }

  /** A gap that an earlier engine opened and that still goes on. */
  adopt(key: string, id: number): void {
    this.#kept.set(key, { words: { connection: null, fromUs: 0, reason: 'connection_off', text: '' }, id, toUs: null });
  }

  isOpen(key: string): boolean { return this.#kept.has(key); }

  /** Writes what is not written; called again later when that fails. */
  settle(): Promise<void> {
    this.#working = this.#working.then(() => this.#writeAll());
    return this.#working;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#ended[0]) {
        const [gap] = this.#ended;
        const toUs = gap.toUs ?? gap.words.fromUs;
        if (gap.id === null) await this.#store.open({ ...gap.words, toUs });
        else await this.#store.close({ id: gap.id, toUs });
        this.#ended.shift();
      }
      for (const gap of this.#kept.values()) gap.id ??= (await this.#store.open({ ...gap.words, toUs: null })).id;
    } catch (error) {
      this.#log.error('a gap could not be written yet', error);
    }
  }
}
