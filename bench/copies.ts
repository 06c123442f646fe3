/**
 * Ten million activities out of one million: the rows of a history that the real receiver took in are copied ten times, each
 * copy a tenth of the distance between two bodies later, with durations of its own; every sum is counted anew over the rows.
 * Telling ten million through the receiver costs five times as much time.
 */
import Sqlite from 'better-sqlite3';
import { US_DAY, US_HOUR, US_MINUTE } from '../electron/engine/store/codes.ts';
import { hitColumns } from '../electron/engine/store/failure-hits.ts';

interface Column { readonly name: string }

/** Copies the rows of a table with some columns changed. `k` and `d` stand for the copy's number and its delay. */
function copyRows(db: Sqlite.Database, table: string, changed: Readonly<Record<string, string>>, k: number, d: number): void {
  const names = db.prepare<[string], Column>('SELECT name FROM pragma_table_info(?)').all(table).map((column) => column.name);
  const values = names.map((name) => (changed[name] ?? name).replaceAll('$k', String(k)).replaceAll('$d', String(d)));
  db.exec(`INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')} FROM ${table} WHERE ${(changed['where'] ?? '1')}`);
}

const most = (db: Sqlite.Database, table: string): number => db.prepare<[], { n: number }>(`SELECT coalesce(max(id), 0) AS n FROM ${table}`).get()?.n ?? 0;

function copyAll(db: Sqlite.Database, copies: number, stepUs: number): void {
  const [activity, task, trace, payload] = ['activity', 'task', 'trace', 'payload'].map((table) => most(db, table)) as [number, number, number, number];
  const other = (column: string, offset: number): string => `CASE WHEN ${column} > 0 THEN ${column} + $k * ${offset} ELSE ${column} END`;
  for (let k = 1; k < copies; k += 1) {
    const d = Math.round((stepUs * k) / copies);
    copyRows(db, 'payload', { id: `id + $k * ${payload}`, where: `id <= ${payload}` }, k, d);
    copyRows(db, 'trace', { id: `id + $k * ${trace}`, trace_id: 'randomblob(16)', task: other('task', task), where: `id <= ${trace}` }, k, d);
    copyRows(db, 'task', { id: `id + $k * ${task}`, key: "key || '~$k'", started_us: 'started_us + $d', last_us: 'last_us + $d', where: `id <= ${task}` }, k, d);
    copyRows(db, 'task_agent', { task: `task + $k * ${task}`, first_us: 'first_us + $d', where: `task <= ${task}` }, k, d);
    copyRows(db, 'activity', {
      id: `id + $k * ${activity}`, task: `task + $k * ${task}`, ts_us: 'ts_us + $d', dur_us: 'CAST(dur_us * (1 + $k * 0.11) AS INTEGER)', parent: other('parent', activity), trace: other('trace', trace),
      block: other('block', payload), where: `id <= ${activity}`,
    }, k, d);
    // A copy stays on its task's day: how large the sums are does not depend on it.
    copyRows(db, 'task_cost', { task: `task + $k * ${task}`, where: `task <= ${task}` }, k, d);
    copyRows(db, 'failure_task', { task: `task + $k * ${task}`, last_us: 'last_us + $d', where: `task <= ${task}` }, k, d);
    process.stderr.write(`copied: ${(k + 1).toString()} of ${copies.toString()}\n`);
  }
  db.exec(`UPDATE agent SET rows = rows * ${copies}, last_us = last_us + ${stepUs}; UPDATE connection SET last_data_us = last_data_us + ${stepUs}, spans = spans * ${copies}`);
  db.exec('UPDATE failure SET (count, first_us, last_us) = (SELECT count(*), min(ts_us), max(ts_us) FROM activity WHERE failure = failure.id)');
}

const sums = 'tasks, activities, failures, denials, input, output, cache_read, cache_write, reasoning, micros, priced, unpriced, computed';
const added = sums.split(', ').map((column) => `sum(${column})`).join(', ');
const hours = Array.from({ length: 24 }, (_, hour) => hour);

/** The same sums as the ledger keeps, counted over the rows: of a history that was taken in, every line came out the same. */
function countAnew(db: Sqlite.Database): void {
  for (const table of ['by_minute', 'by_hour', 'by_day', 'hour_total', 'failed_hours', 'spend_hour', 'failure_day', 'failure_agent', 'tool_day']) db.exec(`DELETE FROM ${table}`);
  const total = (column: string): string => `sum(coalesce(${column}, 0))`;
  const connection = '(SELECT connection FROM agent WHERE id = agent)';
  db.exec(`INSERT INTO by_hour (agent, hour, model, currency, ${sums})
    SELECT agent, ts_us / ${US_HOUR}, model, CASE WHEN micros IS NULL THEN 0 ELSE coalesce(currency, 0) END, 0, count(*), sum(failure IS NOT NULL), sum(status = 4 OR kind = 5), ${total('input')}, ${total('output')},
      ${total('cache_read')}, ${total('cache_write')}, ${total('reasoning')}, ${total('micros')}, sum(coalesce(provenance IN (2, 3), 0)), sum(coalesce(provenance = 4, 0)), sum(coalesce(provenance = 3, 0)) FROM activity GROUP BY 1, 2, 3, 4`);
  db.exec(`INSERT INTO by_hour (agent, hour, model, currency, ${sums}) SELECT agent, first_us / ${US_HOUR}, 0, 0, count(*), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM task_agent WHERE rows > 0 GROUP BY 1, 2
    ON CONFLICT DO UPDATE SET tasks = excluded.tasks`);
  db.exec(`INSERT INTO by_day (agent, day, model, currency, ${sums}) SELECT agent, hour / 24, model, currency, ${added} FROM by_hour GROUP BY 1, 2, 3, 4`);
  db.exec(`INSERT INTO hour_total (hour, connection, currency, ${sums}) SELECT hour, ${connection}, currency, ${added} FROM by_hour GROUP BY 1, 2, 3`);
  db.exec(`INSERT INTO spend_hour (hour, connection, model, currency, micros, priced) SELECT hour, ${connection}, model, currency, sum(micros), sum(priced) FROM by_hour WHERE priced > 0 GROUP BY 1, 2, 3, 4`);
  db.exec(`INSERT INTO failed_hours (agent, day, ${hours.map((hour) => `h${hour}`).join(', ')})
    SELECT agent, hour / 24, ${hours.map((hour) => `sum(CASE hour % 24 WHEN ${hour} THEN failures ELSE 0 END)`).join(', ')} FROM by_hour WHERE failures > 0 GROUP BY 1, 2`);
  db.exec(`INSERT INTO by_minute (minute, connection, activities, failures) SELECT minute, connection, sum(n), sum(failed) FROM
    (SELECT ts_us / ${US_MINUTE} AS minute, agent, count(*) AS n, sum(failure IS NOT NULL) AS failed FROM activity GROUP BY 1, 2) JOIN agent ON agent.id = agent GROUP BY 1, 2`);
  db.exec(`INSERT INTO failure_day (failure, agent, day, count) SELECT failure, agent, ts_us / ${US_DAY}, count(*) FROM activity WHERE failure IS NOT NULL GROUP BY 1, 2, 3`);
  db.exec('INSERT INTO failure_agent (failure, agent, count) SELECT failure, agent, sum(count) FROM failure_day GROUP BY 1, 2');
  db.exec(`INSERT INTO tool_day (agent, day, name, bucket, calls, failures, last_us) SELECT agent, ts_us / ${US_DAY}, name, CASE WHEN dur_us > 0 THEN 1 + CAST(log2(dur_us) * 4 AS INTEGER) ELSE -1 END,
    count(*), sum(failure IS NOT NULL), max(ts_us) FROM activity WHERE kind = 2 GROUP BY 1, 2, 3, 4`);
}

/** The sums of money: of agents' days over the rows, of tasks and of what failures hit over the tasks. */
function countMoney(db: Sqlite.Database): void {
  for (const table of ['task_day', 'failure_hit']) db.exec(`DELETE FROM ${table}`);
  const none = sums.split(', ').map(() => '0').join(', ');
  db.exec(`INSERT INTO by_day (agent, day, model, currency, ${sums}, only_computed, book, book_n)
    SELECT agent, ts_us / ${US_DAY}, model, coalesce(CASE WHEN micros IS NULL THEN 0 ELSE currency END, 0), ${none}, sum(CASE WHEN provenance = 3 THEN micros ELSE 0 END), sum(coalesce(computed, 0)), sum(computed IS NOT NULL)
    FROM activity WHERE provenance IS NOT NULL GROUP BY 1, 2, 3, 4 ON CONFLICT DO UPDATE SET only_computed = excluded.only_computed, book = excluded.book, book_n = excluded.book_n`);
  db.exec(`INSERT INTO task_day (agent, day, connection, kind, version, model, outcome, currency, tasks, micros, retried, after_stop, only_computed, unpriced_tasks)
    SELECT agent, day, connection, kind, version, model, outcome, currency, sum(main), sum(micros), sum(retried), sum(after_stop), sum(only_computed), sum(unpriced > 0) FROM task_cost GROUP BY agent, day, kind, version, model, outcome, currency`);
  db.exec(`INSERT INTO failure_hit (failure, day, agent, version, outcome, currency, tasks, own, lost, computed, unpriced) SELECT failure, day, agent, version, outcome, currency, count(*), sum(own), sum(lost), sum(computed), sum(unpriced)
    FROM (SELECT h.failure, h.last_us / ${US_DAY} AS day, h.agent, ${hitColumns} FROM failure_task h) GROUP BY 1, 2, 3, 4, 5, 6`);
}

/** `file` holds the rows that are copied; they become the first of the copies. */
export function multiply(file: string, copies: number, stepUs: number): void {
  const db = new Sqlite(file);
  // Else the driver does not allow to go without a journal; a file that was not made to its end is thrown away.
  db.unsafeMode();
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -1000000');
  copyAll(db, copies, stepUs);
  countAnew(db);
  countMoney(db);
  db.pragma('journal_mode = WAL');
  db.close();
}
