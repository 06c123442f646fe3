/** What a task's rows cost, by currency, with what of it was spent in vain. */
import { PROVENANCE, STATUS } from './codes.ts';
import type { WriteDb } from './database.ts';
import { statement } from './statements.ts';

export interface Spent {
  readonly currency: number;
  readonly micros: number;
  /** of micros, on calls that failed, before any stop. */
  readonly retried: number;
  readonly afterStop: number;
  readonly onlyComputed: number;
  readonly unpriced: number;
}

export interface Money {
  /** The main one first: it counts the task and what is unpriced in it. */
  readonly spent: readonly (Spent & { readonly main: boolean })[];
  readonly model: number;
  /** rows of it are gone. */
  readonly partly: boolean;
}

export interface MoneyOf { readonly id: number; readonly startedUs: number; readonly lastUs: number }

interface Sums { readonly model: number; readonly currency: number; readonly micros: number; readonly retried: number; readonly afterStop: number; readonly onlyComputed: number; readonly unpriced: number; readonly tokens: number }
interface Row { readonly agent: number; readonly ts: number; readonly model: number; readonly currency: number; readonly micros: number; readonly failed: number; readonly only: number; readonly unpriced: number; readonly tokens: number }

/** Orders of a task or of an agent in it, each from the time it was sent until it was released. */
interface Stop { readonly id: number; readonly fromUs: number; readonly toUs: number; readonly tasks: string | null }
interface Span { readonly agents: ReadonlySet<number>; readonly whole: boolean; readonly fromUs: number; readonly toUs: number }

const failed = `(failure IS NOT NULL OR status = ${STATUS.error})`;
const tokens = 'coalesce(input, 0) + coalesce(output, 0) + coalesce(cache_read, 0) + coalesce(cache_write, 0)';
const money = 'CASE WHEN micros IS NULL THEN 0 ELSE coalesce(currency, 0) END';

export class TaskMoney {
  private readonly db: WriteDb;

  constructor(db: WriteDb) {
    this.db = db;
  }

  of(task: MoneyOf): Money {
    const stops = this.stopsOf(task);
    const sums = stops.length === 0 ? this.summed(task.id) : this.counted(this.rowsOf(task.id), stops);
    const kept = statement<[number], Sums>(this.db, 'SELECT model, currency, micros, retried, after_stop AS afterStop, only_computed AS onlyComputed, unpriced, tokens FROM task_kept WHERE task = ?').all(task.id);
    return { ...joined([...sums, ...kept]), partly: kept.length > 0 };
  }

  /** The retention is about to take these rows of a task that may stay: what they brought is kept. */
  keep(task: MoneyOf, ids: readonly number[]): void {
    const rows = statement<[string], Row>(this.db, `SELECT ${rowColumns} FROM activity WHERE id IN (SELECT value FROM json_each(?))`).all(JSON.stringify(ids));
    for (const one of this.counted(rows, this.stopsOf(task))) {
      statement<number[]>(this.db, `INSERT INTO task_kept (task, model, currency, micros, retried, after_stop, only_computed, unpriced, tokens) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET micros = micros + excluded.micros, retried = retried + excluded.retried, after_stop = after_stop + excluded.after_stop, only_computed = only_computed + excluded.only_computed,
          unpriced = unpriced + excluded.unpriced, tokens = tokens + excluded.tokens`)
        .run(task.id, one.model, one.currency, one.micros, one.retried, one.afterStop, one.onlyComputed, one.unpriced, one.tokens);
    }
  }

  private summed(task: number): Sums[] {
    return statement<[number], Sums>(this.db, `SELECT model, ${money} AS currency, sum(coalesce(micros, 0)) AS micros, sum(CASE WHEN ${failed} THEN coalesce(micros, 0) ELSE 0 END) AS retried, 0 AS afterStop,
      sum(CASE WHEN provenance = ${PROVENANCE.computed} THEN micros ELSE 0 END) AS onlyComputed, sum(coalesce(provenance = ${PROVENANCE.unpriced}, 0)) AS unpriced, sum(${tokens}) AS tokens
      FROM activity INDEXED BY activity_key WHERE task = ? GROUP BY 1, 2`).all(task);
  }

  private rowsOf(task: number): Row[] {
    return statement<[number], Row>(this.db, `SELECT ${rowColumns} FROM activity INDEXED BY activity_key WHERE task = ?`).all(task);
  }

  private counted(rows: readonly Row[], stops: readonly Span[]): Sums[] {
    const sums = new Map<string, { -readonly [K in keyof Sums]: Sums[K] }>();
    for (const row of rows) {
      const key = `${row.model} ${row.currency}`;
      let sum = sums.get(key);
      if (sum === undefined) {
        sum = { model: row.model, currency: row.currency, micros: 0, retried: 0, afterStop: 0, onlyComputed: 0, unpriced: 0, tokens: 0 };
        sums.set(key, sum);
      }
      sum.micros += row.micros;
      if (stops.some((stop) => row.ts >= stop.fromUs && row.ts < stop.toUs && (stop.whole || stop.agents.has(row.agent)))) sum.afterStop += row.micros;
      else if (row.failed === 1) sum.retried += row.micros;
      if (row.only === 1) sum.onlyComputed += row.micros;
      sum.unpriced += row.unpriced;
      sum.tokens += row.tokens;
    }
    return [...sums.values()];
  }

  /** Stop orders that were sent while the task went on. */
  private stopsOf(task: MoneyOf): Span[] {
    const stops = statement<[number, number], Stop>(this.db, 'SELECT id, commanded_us AS fromUs, coalesce(released_us, 9007199254740991) AS toUs, tasks FROM stop_order INDEXED BY stop_commanded WHERE commanded_us BETWEEN ? AND ?').all(task.startedUs, task.lastUs);
    return stops.flatMap(({ id, fromUs, toUs, tasks }): Span[] => {
      const named = tasks === null ? null : (JSON.parse(tasks) as number[]);
      if (named !== null) return named.includes(task.id) ? [{ agents: new Set<number>(), whole: true, fromUs, toUs }] : [];
      const agents = new Set(statement<[number, number], { agent: number }>(this.db, 'SELECT s.agent FROM task_agent t CROSS JOIN stop_agent s ON s.agent = t.agent AND s.stop = ? WHERE t.task = ?').all(id, task.id).map((one) => one.agent));
      return agents.size === 0 ? [] : [{ agents, whole: false, fromUs, toUs }];
    });
  }
}

const rowColumns = `agent, ts_us AS ts, model, ${money} AS currency, coalesce(micros, 0) AS micros, ${failed} AS failed, coalesce(provenance = ${PROVENANCE.computed}, 0) AS only,
  coalesce(provenance = ${PROVENANCE.unpriced}, 0) AS unpriced, ${tokens} AS tokens`;

function joined(sums: readonly Sums[]): Omit<Money, 'partly'> {
  const byCurrency = new Map<number, { -readonly [K in keyof Spent]: Spent[K] }>();
  const byModel = new Map<number, { micros: number; tokens: number }>();
  let unpriced = 0;
  for (const sum of sums) {
    unpriced += sum.unpriced;
    const model = byModel.get(sum.model) ?? { micros: 0, tokens: 0 };
    byModel.set(sum.model, { micros: model.micros + sum.micros, tokens: model.tokens + sum.tokens });
    if (sum.currency === 0) continue;
    const spent = byCurrency.get(sum.currency) ?? { currency: sum.currency, micros: 0, retried: 0, afterStop: 0, onlyComputed: 0, unpriced: 0 };
    spent.micros += sum.micros;
    spent.retried += sum.retried;
    spent.afterStop += sum.afterStop;
    spent.onlyComputed += sum.onlyComputed;
    byCurrency.set(sum.currency, spent);
  }
  const main = [...byCurrency.values()].toSorted((a, b) => b.micros - a.micros || a.currency - b.currency)[0] ?? { currency: 0, micros: 0, retried: 0, afterStop: 0, onlyComputed: 0, unpriced: 0 };
  const spent = byCurrency.size === 0 ? [main] : [...byCurrency.values()];
  const model = [...byModel].filter(([id]) => id !== 0).toSorted(([a, x], [b, y]) => y.micros - x.micros || y.tokens - x.tokens || a - b)[0]?.[0] ?? 0;
  return { model, spent: spent.toSorted((a, b) => a.currency - b.currency).map((one) => (one === main ? { ...one, unpriced, main: true } : { ...one, main: false })) };
}
