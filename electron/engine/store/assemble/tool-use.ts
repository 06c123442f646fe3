/** How often an agent called each tool over all time, how often it was refused, and when: what grants are compared with. */
import type { Statement } from 'better-sqlite3';
import type { WriteDb } from '../database.ts';

/** The differences of one transaction. */
export interface ToolChange { agent: number; name: number; calls: number; denied: number; lastDeniedUs: number; /** the greatest integer: none. */ firstUsedUs: number; lastUsedUs: number }

const never = Number.MAX_SAFE_INTEGER;

export class ToolUse {
  private readonly up: Statement<number[]>;
  private readonly empty: Statement<[number, number]>;

  constructor(db: WriteDb) {
    this.up = db.prepare(`INSERT INTO tool_use (agent, name, calls, denied, first_used_us, last_used_us, last_denied_us) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, denied = denied + excluded.denied,
        first_used_us = CASE WHEN first_used_us = 0 THEN excluded.first_used_us WHEN excluded.first_used_us = 0 THEN first_used_us ELSE min(first_used_us, excluded.first_used_us) END,
        last_used_us = max(last_used_us, excluded.last_used_us), last_denied_us = max(last_denied_us, excluded.last_denied_us)`);
    this.empty = db.prepare('DELETE FROM tool_use WHERE agent = ? AND name = ? AND calls = 0');
  }

  /** Adds up the lines of all days. Answers the agents that it changed. */
  flush(days: Iterable<ReadonlyMap<number, ToolChange>>): Set<number> {
    const all = new Map<number, ToolChange>();
    const agents = new Set<number>();
    for (const ofDay of days) {
      for (const one of ofDay.values()) {
        // Names are ids of texts: far fewer than this.
        const key = one.agent * 16_777_216 + one.name;
        const sum = all.get(key);
        if (sum === undefined) all.set(key, { ...one });
        else {
          sum.calls += one.calls;
          sum.denied += one.denied;
          sum.lastDeniedUs = Math.max(sum.lastDeniedUs, one.lastDeniedUs);
          sum.firstUsedUs = Math.min(sum.firstUsedUs, one.firstUsedUs);
          sum.lastUsedUs = Math.max(sum.lastUsedUs, one.lastUsedUs);
        }
      }
    }
    for (const { agent, name, calls, denied, lastDeniedUs, firstUsedUs, lastUsedUs } of all.values()) {
      if (calls === 0 && denied === 0 && lastUsedUs === 0 && lastDeniedUs === 0) continue;
      this.up.run(agent, name, calls, denied, firstUsedUs === never ? 0 : firstUsedUs, lastUsedUs, lastDeniedUs);
      if (calls <= 0) this.empty.run(agent, name);
      agents.add(agent);
    }
    return agents;
  }
}
