/**
 * Until when the sums of days that are over stand as whoever read them found them. The present day is left out: it changes with every transaction.
 * One line for all agents, since only late data ends it.
 */
import type { Statement } from 'better-sqlite3';
import { US_DAY } from '../codes.ts';
import type { WriteDb } from '../database.ts';

export class DayTurn {
  private readonly up: Statement<number[]>;
  private oldest = Number.MAX_SAFE_INTEGER;
  private newest = 0;

  constructor(db: WriteDb) {
    // Where nothing but open days changed nothing is written.
    this.up = db.prepare(`INSERT INTO day_turn (id, open, n) VALUES (1, ?, 1)
      ON CONFLICT DO UPDATE SET n = n + (? < open), open = max(open, excluded.open) WHERE excluded.open > open OR ? < open`);
  }

  /** Something of that day changes in this transaction. */
  changes(day: number): void {
    if (day < this.oldest) this.oldest = day;
    if (day > this.newest) this.newest = day;
  }

  flush(nowUs: number): void {
    if (this.oldest > this.newest) return;
    // A sender whose clock runs ahead does not close the day for all others.
    this.up.run(Math.min(this.newest, Math.floor(nowUs / US_DAY)), this.oldest, this.oldest);
    this.forget();
  }

  forget(): void {
    this.oldest = Number.MAX_SAFE_INTEGER;
    this.newest = 0;
  }
}
