/**
 * What Live holds: the newest rows of a stream in a ring of fixed size, so that memory stays flat at any rate.
 * No React here: the screen looks at it at most four times a second.
 *
 * Nothing is lost in silence. A row that comes again replaces itself in place. While paused, rows wait in a second ring
 * of the same size; what overflows there, and what the engine could not send, is counted (all of it is in the history).
 */
export interface FeedRow { readonly id: string }

export class FeedRing<T extends FeedRow> {
  readonly #capacity: number;
  /** slot = sequence number modulo capacity. */
  readonly #slots: (T | undefined)[];
  readonly #sequenceOf = new Map<string, number>();
  /** sequence number of the next new row; rows [next - size, next) are held. */
  #next = 0;
  #size = 0;
  #paused: { waiting: FeedRing<T> | null } | null = null;
  #version = 0;
  /** rows that the engine did not send, and rows that did not fit while paused. */
  #dropped = 0;
  #overflowed = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#slots = Array.from({ length: capacity });
  }

  get size(): number { return this.#size; }
  /** Rows ever shown, counting each once: how far everything has moved since another moment. */
  get total(): number { return this.#next; }
  /** Changes whenever what is shown changes. */
  get version(): number { return this.#version; }
  get paused(): boolean { return this.#paused !== null; }
  get waiting(): number { return this.#paused?.waiting?.size ?? 0; }
  get dropped(): number { return this.#dropped; }
  get overflowed(): number { return this.#overflowed; }

  /** Rows in the order in which they came. While paused, changes of rows on screen wait as well: nothing moves. */
  push(rows: readonly T[], dropped = 0): void {
    this.#dropped += dropped;
    if (rows.length === 0 && dropped === 0) return;
    if (this.#paused !== null) {
      this.#paused.waiting ??= new FeedRing<T>(this.#capacity);
      const before = this.#paused.waiting.total - this.#paused.waiting.size;
      this.#paused.waiting.push(rows);
      this.#overflowed += this.#paused.waiting.total - this.#paused.waiting.size - before;
    } else {
      for (const row of rows) this.#put(row);
    }
    this.#version += 1;
  }

  #put(row: T): void {
    const known = this.#sequenceOf.get(row.id);
    if (known !== undefined) {
      this.#slots[known % this.#capacity] = row;
      return;
    }
    const slot = this.#next % this.#capacity;
    const old = this.#slots[slot];
    if (old !== undefined) this.#sequenceOf.delete(old.id);
    this.#slots[slot] = row;
    this.#sequenceOf.set(row.id, this.#next);
    this.#next += 1;
    this.#size = Math.min(this.#capacity, this.#size + 1);
  }

  /** The nth row, newest first. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.#size) return undefined;
    return this.#slots[(this.#next - 1 - index) % this.#capacity];
  }

  /** Where a row stands now, newest first; -1 when it has left the ring. */
  indexOf(id: string): number {
    const sequence = this.#sequenceOf.get(id);
    return sequence === undefined ? -1 : this.#next - 1 - sequence;
  }

  /** From `start` towards older rows, the first that fits; -1 when there is none. */
  find(start: number, test: (row: T) => boolean): number {
    for (let index = Math.max(0, start); index < this.#size; index += 1) {
      const row = this.at(index);
      if (row !== undefined && test(row)) return index;
    }
    return -1;
  }

  pause(): void {
    this.#paused ??= { waiting: null };
    this.#version += 1;
  }

  /** Catches up with everything that waited. */
  resume(): void {
    const waiting = this.#paused?.waiting ?? null;
    this.#paused = null;
    if (waiting !== null) for (let index = waiting.size - 1; index >= 0; index -= 1) this.#put(waiting.at(index) as T);
    this.#version += 1;
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#sequenceOf.clear();
    this.#next = 0;
    this.#size = 0;
    if (this.#paused !== null) this.#paused.waiting = null;
    this.#dropped = 0;
    this.#overflowed = 0;
    this.#version += 1;
  }
}
