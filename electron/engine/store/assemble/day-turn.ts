/**
 * Until when the sums of days that are over stand as whoever read them found them. The present day is left out: it changes with every transaction.
 * One line for all agents, since only late data, other prices and what is removed end it.
 */
import type { Statement } from 'better-sqlite3';
import { US_DAY } from '../codes.ts';
import type { WriteDb } from '../database.ts';

export class DayTurn {
  private readonly up: Statement<{ readonly newest: number; readonly oldest: number; readonly today: number }[]>;
  private readonly past: Statement<number[]>;
  private oldest = Number.MAX_SAFE_INTEGER;
  private newest = 0;

  constructor(db: WriteDb) {
    // Where nothing but open days changed nothing is written. A day to come was opened by a clock that was wrong meanwhile: else no day would be kept until it comes.
    this.up = db.prepare(`INSERT INTO day_turn (id, open, n) VALUES (1, @newest, 1)
      ON CONFLICT DO UPDATE SET n = n + (@oldest < open), open = CASE WHEN open > @today + 1 THEN @newest ELSE max(open, @newest) END
      WHERE @newest > open OR @oldest < open OR open > @today + 1`);
    this.past = db.prepare('UPDATE day_turn SET n = n + 1 WHERE ? < open');
  }

  /** Something of that day changes in this transaction. */
  changes(day: number): void {
    if (day < this.oldest) this.oldest = day;
    if (day > this.newest) this.newest = day;
  }

  flush(nowUs: number): void {
    if (this.oldest > this.newest) return;
    const today = Math.floor(nowUs / US_DAY);
    // A sender whose clock runs ahead does not close the day for all others.
    this.up.run({ newest: Math.min(this.newest, today), oldest: this.oldest, today });
    this.forget();
  }

  /** Nothing came in that could open a day. */
  flushPast(): void {
    if (this.oldest <= this.newest) this.past.run(this.oldest);
    this.forget();
  }

  forget(): void {
    this.oldest = Number.MAX_SAFE_INTEGER;
    this.newest = 0;
  }
}
