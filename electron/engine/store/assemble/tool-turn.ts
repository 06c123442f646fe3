/** Until when the sums of an agent's tool calls stand as whoever read them found them: they only grow on its newest day, unless late data comes. */
import type { Statement } from 'better-sqlite3';
import type { WriteDb } from '../database.ts';

export class ToolTurn {
  private readonly up: Statement<number[]>;

  constructor(db: WriteDb) {
    // Where the newest day alone grew nothing is written.
    this.up = db.prepare(`INSERT INTO tool_turn (agent, newest, n) VALUES (?, ?, 1)
      ON CONFLICT DO UPDATE SET n = n + (? < newest), newest = max(newest, excluded.newest) WHERE excluded.newest > newest OR ? < newest`);
  }

  /** Which days of which agents change in this transaction. */
  flush(changed: Iterable<readonly [agent: number, day: number]>): void {
    const spans = new Map<number, { oldest: number; newest: number }>();
    for (const [agent, day] of changed) {
      const span = spans.get(agent);
      if (span === undefined) spans.set(agent, { oldest: day, newest: day });
      else {
        span.oldest = Math.min(span.oldest, day);
        span.newest = Math.max(span.newest, day);
      }
    }
    for (const [agent, { oldest, newest }] of spans) this.up.run(agent, newest, oldest, oldest);
  }
}
