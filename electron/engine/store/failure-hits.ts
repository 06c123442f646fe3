/** Sums of which tasks failures hit, by the day of the last time: a month of them is read without looking at each task. */
import { US_DAY } from './codes.ts';
import type { WriteDb } from './database.ts';
import { statement } from './statements.ts';

/** Own: of its calls that failed. Lost: the rest of a task that failed with it as its last failure. Both in the currency of the task's main line. */
interface Hit { readonly failure: number; readonly day: number; readonly agent: number; readonly version: number; readonly outcome: number; readonly currency: number; readonly own: number; readonly lost: number; readonly computed: number; readonly unpriced: number }

const keys = ['failure', 'day', 'agent', 'version', 'outcome', 'currency'] as const satisfies readonly (keyof Hit)[];
const sums = ['own', 'lost', 'computed', 'unpriced'] as const satisfies readonly (keyof Hit)[];
const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

/** What one hit brings; the alias of failure_task is `h`. */
export const hitColumns = 'h.version, h.outcome, h.currency, h.micros AS own, h.lost, h.computed, h.unpriced';

export class FailureHits {
  private readonly db: WriteDb;

  constructor(db: WriteDb) {
    this.db = db;
  }

  of(task: number): readonly Hit[] {
    return statement<[number], Hit>(this.db, `SELECT h.failure, h.last_us / ${US_DAY} AS day, h.agent, ${hitColumns} FROM failure_task h INDEXED BY failure_task_task WHERE h.task = ? ORDER BY h.failure`).all(task);
  }

  moved(was: readonly Hit[], is: readonly Hit[]): void {
    if (was.length === is.length && was.every((hit, at) => [...keys, ...sums].every((key) => hit[key] === is[at]?.[key]))) return;
    for (const hit of is) this.add(hit, 1);
    for (const hit of was) this.add(hit, -1);
  }

  private add(hit: Hit, sign: 1 | -1): void {
    const place = keys.map((key) => hit[key]);
    // Where the newest day alone changes nothing is written.
    statement<number[]>(this.db, 'INSERT INTO hit_turn (failure, newest, n) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + (excluded.newest < newest), newest = max(newest, excluded.newest) WHERE excluded.newest <> newest').run(hit.failure, hit.day);
    statement<number[]>(this.db, `INSERT INTO failure_hit (${keys.join(', ')}, tasks, ${sums.join(', ')}) VALUES (${marks(keys.length + 1 + sums.length)}) ON CONFLICT DO UPDATE SET tasks = tasks + excluded.tasks, ${sums.map((key) => `${key} = ${key} + excluded.${key}`).join(', ')}`)
      .run(...place, sign, ...sums.map((key) => sign * hit[key]));
    if (sign === -1) statement<number[]>(this.db, `DELETE FROM failure_hit WHERE ${keys.map((key) => `${key} = ?`).join(' AND ')} AND tasks = 0 AND own = 0 AND lost = 0`).run(...place);
  }
}
