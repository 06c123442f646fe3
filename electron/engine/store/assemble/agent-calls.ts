/**
 * Who has whom run, by day: one call for each run of an agent inside another's work, however many rows that run has. What an activity brought in
 * is kept beside it, since who called can change when more of its tree comes, and the row itself does not say it.
 */
import type { Statement } from 'better-sqlite3';
import { FLAG, US_DAY } from '../codes.ts';
import type { WriteDb } from '../database.ts';
import type { DayTurn } from './day-turn.ts';
import { has, type AgentCall, type Row } from './row.ts';

interface Saved { readonly caller: number; readonly called: number; readonly day: number; readonly failed: number }

export class AgentCalls {
  private readonly read: Statement<[number], Saved>;
  private readonly keep: Statement<number[]>;
  private readonly forget: Statement<[number]>;
  private readonly up: Statement<number[]>;
  private readonly empty: Statement<[number, number, number]>;
  private readonly turn: DayTurn;

  constructor(db: WriteDb, turn: DayTurn) {
    this.turn = turn;
    this.read = db.prepare('SELECT caller, called, day, failed FROM agent_call WHERE activity = ?');
    this.keep = db.prepare('INSERT OR REPLACE INTO agent_call (activity, caller, called, day, failed) VALUES (?, ?, ?, ?, ?)');
    this.forget = db.prepare('DELETE FROM agent_call WHERE activity = ?');
    this.up = db.prepare(`INSERT INTO link_day (caller, called, day, calls, failures, last_us) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, failures = failures + excluded.failures, last_us = max(last_us, excluded.last_us)`);
    this.empty = db.prepare('DELETE FROM link_day WHERE caller = ? AND called = ? AND day = ? AND calls <= 0');
  }

  /** `callers`: 0 where the row is no call. Rows from `firstId` on are new. */
  save(callers: ReadonlyMap<Row, number>, firstId: number): void {
    for (const [row, caller] of callers) {
      const { f } = row;
      if (row.gone || f.id === 0) continue;
      const now: AgentCall | null = caller === 0 || f.agent === 0 || caller === f.agent ? null : { caller, called: f.agent, day: Math.floor(f.ts / US_DAY), failed: f.failure === 0 ? 0 : 1, us: f.ts };
      const was = row.call === undefined ? this.saved(row, firstId) : row.call;
      row.call = now;
      if (was === null && now === null) continue;
      if (was !== null && now !== null && was.caller === now.caller && was.called === now.called && was.day === now.day && was.failed === now.failed) continue;
      if (was !== null) this.count(was, -1);
      if (now === null) this.forget.run(f.id);
      else {
        this.keep.run(f.id, now.caller, now.called, now.day, now.failed);
        this.count(now, 1);
      }
    }
  }

  /** The row vanished: it went into another one. */
  drop(row: Row): void {
    const { saved } = row;
    if (saved === null || !has(saved, FLAG.agentRole)) return;
    const was = this.read.get(saved.id);
    if (was === undefined) return;
    this.count({ ...was, us: 0 }, -1);
    this.forget.run(saved.id);
  }

  private saved(row: Row, firstId: number): AgentCall | null {
    const was = row.f.id >= firstId ? undefined : this.read.get(row.f.id);
    return was === undefined ? null : { ...was, us: 0 };
  }

  private count({ caller, called, day, failed, us }: AgentCall, sign: 1 | -1): void {
    this.turn.changes(day);
    this.up.run(caller, called, day, sign, sign * failed, sign === 1 ? us : 0);
    if (sign === -1) this.empty.run(caller, called, day);
  }
}
