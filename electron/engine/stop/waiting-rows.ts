/** Activities that were committed and wait to be looked at: the next ids, and rows that changed. */
import type { CommitNote } from '../ingest/writer-messages.ts';

export interface RowsAsked { readonly after: number; readonly upTo: number; readonly updated: readonly number[] }

const mostWaiting = 5_000;

export class WaitingRows {
  #afterId: number | null = null;
  #upToId = 0;
  readonly #updated = new Set<number>();

  get isEmpty(): boolean { return this.#afterId === null && this.#updated.size === 0; }

  /** false: more changed than can wait by name. */
  add({ inserted, firstActivityId, lastActivityId, updatedIds }: CommitNote): boolean {
    if (inserted > 0) {
      this.#afterId ??= firstActivityId - 1;
      this.#upToId = Math.max(this.#upToId, lastActivityId);
    }
    for (const id of updatedIds) this.again(id);
    return this.#updated.size < mostWaiting;
  }

  /** That one is to be looked at once more. */
  again(id: number): void { if (this.#updated.size < mostWaiting) this.#updated.add(id); }

  /** What is looked at next; null: nothing waits. */
  next(): RowsAsked | null {
    if (this.isEmpty) return null;
    const [after, updated] = [this.#afterId, [...this.#updated]];
    const upTo = after === null ? 0 : Math.min(this.#upToId, after + mostWaiting);
    this.#afterId = after === null || upTo >= this.#upToId ? null : upTo;
    this.#updated.clear();
    return { after: after ?? 0, upTo, updated };
  }

  clear(): void {
    this.#afterId = null;
    this.#updated.clear();
  }
}
