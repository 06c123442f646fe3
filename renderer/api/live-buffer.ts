/** What Live shows and what waits behind it. No DOM, no stream: rows in, one view out. */
import type { Activity } from '../../shared/domain.ts';
import type { LiveView } from './live.ts';

export class LiveBuffer {
  readonly #keep: number;
  #shown: readonly Activity[] = [];
  /** newest first, like what is shown. */
  #fresh: Activity[] = [];
  /** rows that came while paused or since the last view, whether they still fit or not. */
  #arrived = 0;
  /** rows missing directly below the oldest fresh row. */
  #hole = 0;
  #skipped = new Map<string, number>();
  #perSecond = 0;
  #paused = false;
  #state: LiveView['state'] = 'connecting';

  constructor(keep: number) {
    this.#keep = keep;
  }

  opened(): void { this.#state = 'open'; }
  lost(): void { this.#state = 'lost'; }
  pause(paused: boolean): void { this.#paused = paused; }

  /** `rows` in the order they happened or newest first: sorted here. An activity that changed comes again and replaces itself. */
  add(rows: readonly Activity[], dropped: number, perSecond: number): void {
    this.#perSecond = perSecond;
    this.#arrived += rows.length + dropped;
    const newest = rows.toSorted((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
    const ids = new Set(newest.map((row) => row.id));
    this.#fresh = this.#fresh.filter((row) => !ids.has(row.id));
    if (dropped > 0) {
      const oldest = newest.at(-1);
      if (oldest === undefined) this.#hole += dropped;
      else this.#skipped.set(oldest.id, (this.#skipped.get(oldest.id) ?? 0) + dropped);
    }
    this.#fresh = [...newest, ...this.#fresh];
    if (this.#fresh.length > this.#keep) {
      this.#hole += this.#fresh.length - this.#keep;
      this.#fresh.length = this.#keep;
    }
  }

  view(): LiveView {
    if (!this.#paused) this.#take();
    return { rows: this.#shown, skipped: this.#skipped, waiting: this.#paused ? this.#arrived : 0, perSecond: this.#perSecond, state: this.#state };
  }

  /** Puts the fresh rows above those shown; a row that came again moves nothing, it is replaced in its place. */
  #take(): void {
    this.#arrived = 0;
    if (this.#fresh.length === 0) {
      this.#shown = this.#shown.slice();
      return;
    }
    const again = new Map(this.#fresh.map((row) => [row.id, row]));
    const known = new Set<string>();
    const kept = this.#shown.map((row) => {
      const newer = again.get(row.id);
      if (newer === undefined) return row;
      known.add(row.id);
      return newer;
    });
    const above = this.#fresh.filter((row) => !known.has(row.id));
    const oldest = above.at(-1);
    if (this.#hole > 0 && oldest !== undefined) this.#skipped.set(oldest.id, (this.#skipped.get(oldest.id) ?? 0) + this.#hole);
    this.#shown = [...above, ...kept].slice(0, this.#keep);
    const shownIds = new Set(this.#shown.map((row) => row.id));
    this.#skipped = new Map([...this.#skipped].filter(([id]) => shownIds.has(id)));
    this.#fresh = [];
    this.#hole = 0;
  }
}
