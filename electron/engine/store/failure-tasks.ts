/** Which tasks each failure hit, how often, and what the calls that failed cost. */
import type { WriteDb } from './database.ts';
import { statement } from './statements.ts';

interface Hit { readonly failure: number; readonly lastUs: number; readonly agent: number; readonly times: number; readonly currency: number; readonly micros: number; readonly isLast: number }

const keys = ['failure', 'lastUs', 'agent', 'times', 'currency', 'micros', 'isLast'] as const satisfies readonly (keyof Hit)[];

export class FailureTasks {
  private readonly db: WriteDb;

  constructor(db: WriteDb) {
    this.db = db;
  }

  /** `failures`: of the task; `currency`: the one that its money counts in. Answers whether anything changed. */
  fold(task: number, failures: number, currency: number): boolean {
    const was = statement<[number], Hit>(this.db, `SELECT failure, last_us AS lastUs, agent, times, currency, micros, is_last AS isLast FROM failure_task INDEXED BY failure_task_task WHERE task = ? ORDER BY failure`).all(task);
    const hits = failures > 0 ? this.hitsOf(task, currency) : [];
    if (was.length === hits.length && hits.every((hit, at) => keys.every((key) => hit[key] === was[at]?.[key]))) return false;
    statement(this.db, 'DELETE FROM failure_task WHERE task = ?').run(task);
    for (const hit of hits) {
      statement<number[]>(this.db, 'INSERT INTO failure_task (task, failure, last_us, agent, times, currency, micros, is_last) VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(task, ...keys.map((key) => hit[key]));
    }
    return true;
  }

  /** The agent is the one of the last time. */
  private hitsOf(task: number, currency: number): Hit[] {
    const found = statement<[number, number, number], Omit<Hit, 'isLast'> & { lastId: number }>(this.db, `SELECT failure, max(ts_us) AS lastUs, agent, count(*) AS times, ? AS currency, sum(CASE WHEN currency = ? THEN coalesce(micros, 0) ELSE 0 END) AS micros, id AS lastId
      FROM activity INDEXED BY activity_key WHERE task = ? AND failure IS NOT NULL GROUP BY failure ORDER BY failure`).all(currency, currency, task);
    const last = found.reduce<typeof found[number] | undefined>((best, one) => (best === undefined || one.lastUs > best.lastUs || (one.lastUs === best.lastUs && one.lastId > best.lastId) ? one : best), undefined);
    return found.map(({ lastId: _lastId, ...hit }) => ({ ...hit, isLast: hit.failure === last?.failure ? 1 : 0 }));
  }
}
