/** Which tasks each failure hit, how often, what the calls that failed cost, and how those tasks came out: looking each of ten thousand tasks up where they are asked for took longer than all else. */
import { OUTCOME } from './codes.ts';
import type { WriteDb } from './database.ts';
import { statement } from './statements.ts';

interface Call { readonly failure: number; readonly lastUs: number; readonly agent: number; readonly times: number; readonly currency: number; readonly micros: number }
interface Hit extends Call { readonly isLast: number; readonly version: number; readonly outcome: number; readonly lost: number; readonly computed: number; readonly unpriced: number }

/** The line of task_cost that counts the task. */
export interface MainLine { readonly currency: number; readonly version: number; readonly outcome: number; readonly micros: number; readonly onlyComputed: number; readonly unpriced: number }
const noLine: MainLine = { currency: 0, version: 0, outcome: OUTCOME.unknown, micros: 0, onlyComputed: 0, unpriced: 0 };

const keys = ['failure', 'lastUs', 'agent', 'times', 'currency', 'micros', 'isLast', 'version', 'outcome', 'lost', 'computed', 'unpriced'] as const satisfies readonly (keyof Hit)[];

export class FailureTasks {
  private readonly db: WriteDb;

  constructor(db: WriteDb) {
    this.db = db;
  }

  /** `failures`: of the task. Answers whether anything changed. */
  fold(task: number, failures: number, main: MainLine = noLine): boolean {
    const was = statement<[number], Hit>(this.db, `SELECT failure, last_us AS lastUs, agent, times, currency, micros, is_last AS isLast, version, outcome, lost, computed, unpriced FROM failure_task INDEXED BY failure_task_task WHERE task = ? ORDER BY failure`).all(task);
    const hits = failures > 0 ? this.hitsOf(task, main) : [];
    if (was.length === hits.length && hits.every((hit, at) => keys.every((key) => hit[key] === was[at]?.[key]))) return false;
    statement(this.db, 'DELETE FROM failure_task WHERE task = ?').run(task);
    for (const hit of hits) {
      statement<number[]>(this.db, 'INSERT INTO failure_task (task, failure, last_us, agent, times, currency, micros, is_last, version, outcome, lost, computed, unpriced) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(task, ...keys.map((key) => hit[key]));
    }
    return true;
  }

  /** The agent is the one of the last time. */
  private hitsOf(task: number, { currency, version, outcome, micros, onlyComputed, unpriced }: MainLine): Hit[] {
    const found = statement<[number, number, number], Call & { lastId: number }>(this.db, `SELECT failure, max(ts_us) AS lastUs, agent, count(*) AS times, ? AS currency, sum(CASE WHEN currency = ? THEN coalesce(micros, 0) ELSE 0 END) AS micros, id AS lastId
      FROM activity INDEXED BY activity_key WHERE task = ? AND failure IS NOT NULL GROUP BY failure ORDER BY failure`).all(currency, currency, task);
    const last = found.reduce<typeof found[number] | undefined>((best, one) => (best === undefined || one.lastUs > best.lastUs || (one.lastUs === best.lastUs && one.lastId > best.lastId) ? one : best), undefined);
    return found.map(({ lastId: _lastId, ...hit }) => {
      const isLast = hit.failure === last?.failure;
      return { ...hit, isLast: isLast ? 1 : 0, version, outcome, lost: isLast && outcome === OUTCOME.failed ? Math.max(0, micros - hit.micros) : 0, computed: onlyComputed > 0 ? 1 : 0, unpriced: unpriced > 0 ? 1 : 0 };
    });
  }
}
