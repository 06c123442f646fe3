/**
 * Keeps what the questions of cost read: what each task cost and how it came out (task_cost), their sums (task_day), and which tasks a failure
 * hit. A task that changed is folded anew as a whole from its rows, so what is kept equals what would be computed from nothing. One turn takes as
 * many tasks as fit into its time.
 */
import { Dictionary } from './dictionary.ts';
import { US_DAY } from './codes.ts';
import type { WriteDb } from './database.ts';
import type { DirtyTasks } from './dirty-tasks.ts';
import { FailureHits } from './failure-hits.ts';
import { FailureTasks } from './failure-tasks.ts';
import { statement } from './statements.ts';
import { TaskMoney, type Spent } from './task-money.ts';

/** A turn looks at this many tasks of the file at once. */
const scanned = 2_000;
/** And folds so many of them: a turn must stay short also when all of history is new to it. */
const foldedAScan = 50;
/** A task with more rows is folded less often while it goes on: reading it costs as much as it is long. */
const large = 2_000;
const longestRestMs = 60_000;

interface TaskRow {
  readonly id: number; readonly connection: number; readonly name: string; readonly startedUs: number; readonly lastUs: number; readonly receivedUs: number; readonly asked: number;
  readonly outcome: number; readonly activities: number; readonly failures: number; readonly micros: number; readonly unpriced: number;
}

/** A line of task_cost: how the task counts, and what it brings. */
interface Line extends Spent {
  readonly main: number; readonly day: number; readonly agent: number; readonly connection: number; readonly kind: number; readonly version: number; readonly model: number; readonly outcome: number;
}

interface Kept extends Line { readonly seenMicros: number; readonly seenRows: number; readonly seenUs: number }

const counted = ['main', 'day', 'agent', 'connection', 'kind', 'version', 'model', 'outcome', 'currency', 'micros', 'retried', 'afterStop', 'onlyComputed', 'unpriced'] as const satisfies readonly (keyof Line)[];
const columns = 'task, main, day, agent, connection, kind, version, model, outcome, currency, micros, retried, after_stop, only_computed, unpriced, seen_micros, seen_rows, seen_us';

export interface TasksFolded { readonly changed: boolean; readonly more: boolean }

export class TaskFold {
  private readonly db: WriteDb;
  private readonly dirty: DirtyTasks;
  private readonly texts: Dictionary;
  private readonly money: TaskMoney;
  private readonly failures: FailureTasks;
  private readonly hits: FailureHits;
  /** large tasks that were folded a moment ago, and until when they rest. */
  private readonly resting = new Map<number, number>();

  constructor(db: WriteDb, dirty: DirtyTasks) {
    this.db = db;
    this.dirty = dirty;
    this.texts = new Dictionary(db);
    this.money = new TaskMoney(db);
    this.failures = new FailureTasks(db);
    this.hits = new FailureHits(db);
  }

  forget(): void {
    this.texts.forget();
    // What was folded in the transaction that failed is not in the file.
    this.dirty.scanFrom = 0;
  }

  /** Inside a transaction of the writer's. `spentMs`: how long this turn has taken so far. */
  turn(nowMs: number, spentMs: () => number, mostMs: number): TasksFolded {
    let changed = false;
    for (const id of this.dirty.all()) {
      if ((this.resting.get(id) ?? 0) > nowMs) continue;
      this.dirty.delete(id);
      changed = this.fold(id, nowMs) || changed;
      if (spentMs() >= mostMs) return { changed, more: true };
    }
    do {
      if (this.dirty.scanFrom !== null) changed = this.scan(this.dirty.scanFrom, nowMs) || changed;
    } while (this.dirty.scanFrom !== null && spentMs() < mostMs);
    return { changed, more: this.dirty.scanFrom !== null };
  }

  /** Now, whatever rests. */
  foldNow(ids: Iterable<number>): void {
    for (const id of ids) {
      this.dirty.delete(id);
      this.fold(id, 0);
    }
  }

  /** Tasks of the file whose lines are not as they are, and lines of tasks that are gone. */
  private scan(from: number, nowMs: number): boolean {
    const last = statement<[], { id: number | null }>(this.db, 'SELECT max(id) AS id FROM (SELECT max(id) AS id FROM task UNION ALL SELECT max(task) AS id FROM task_cost)').get()?.id ?? 0;
    const to = from + scanned;
    const ids = statement<number[], { id: number }>(this.db, `SELECT t.id FROM task t LEFT JOIN task_cost c ON c.task = t.id AND c.main = 1 WHERE t.id > ? AND t.id <= ? AND (c.task IS NULL OR c.seen_micros <> t.micros
      OR c.seen_rows <> t.activities OR c.seen_us <> t.received_us OR c.outcome <> t.outcome OR c.unpriced <> t.unpriced)
      UNION SELECT c.task FROM task_cost c WHERE c.task > ? AND c.task <= ? AND NOT EXISTS (SELECT 1 FROM task t WHERE t.id = c.task) ORDER BY 1 LIMIT ?`).all(from, to, from, to, foldedAScan);
    let changed = false;
    for (const { id } of ids) {
      this.dirty.delete(id);
      changed = this.fold(id, nowMs) || changed;
    }
    const lastFolded = ids.at(-1)?.id;
    if (ids.length === foldedAScan && lastFolded !== undefined) this.dirty.scanFrom = lastFolded;
    else this.dirty.scanFrom = to >= last ? null : to;
    return changed;
  }

  private fold(id: number, nowMs: number): boolean {
    const hits = this.hits.of(id);
    const changed = this.foldLines(id, nowMs);
    this.hits.moved(hits, this.hits.of(id));
    return changed;
  }

  private foldLines(id: number, nowMs: number): boolean {
    const task = statement<[number], TaskRow>(this.db, `SELECT id, connection, name, started_us AS startedUs, last_us AS lastUs, received_us AS receivedUs, coalesce(nullif(root_agent, 0), loose_agent) AS asked,
      outcome, activities, failures, micros, unpriced FROM task WHERE id = ?`).get(id);
    const was = statement<[number], Kept>(this.db, `SELECT main, day, agent, connection, kind, version, model, outcome, currency, micros, retried, after_stop AS afterStop, only_computed AS onlyComputed, unpriced,
      seen_micros AS seenMicros, seen_rows AS seenRows, seen_us AS seenUs FROM task_cost WHERE task = ? ORDER BY currency`).all(id);
    const lines = task === undefined ? [] : this.linesOf(task, was);
    const failed = this.failures.fold(id, task === undefined ? 0 : task.failures, lines.find((line) => line.main === 1));
    if (task !== undefined && task.activities > large) this.rest(id, task.activities, nowMs);
    const same = was.length === lines.length && lines.every((line, at) => counted.every((key) => line[key] === was[at]?.[key]));
    const seen = task === undefined || was.every((one) => one.seenMicros === task.micros && one.seenRows === task.activities && one.seenUs === task.receivedUs);
    if (same && seen) return failed;
    statement(this.db, 'DELETE FROM task_cost WHERE task = ?').run(id);
    if (task !== undefined) for (const line of lines) this.keep(task, line);
    if (same) return failed;
    for (const line of was) this.sum(line, -1);
    for (const line of lines) this.sum(line, 1);
    return true;
  }

  private rest(id: number, activities: number, nowMs: number): void {
    if (nowMs === 0) return;
    for (const [one, until] of this.resting) if (until <= nowMs) this.resting.delete(one);
    this.resting.set(id, nowMs + Math.min(longestRestMs, activities));
  }

  private linesOf(task: TaskRow, was: readonly Kept[]): Line[] {
    const agent = this.agentOf(task);
    const { spent, model, partly } = this.money.of(task);
    const began = Math.floor(task.startedUs / US_DAY);
    const common = {
      agent: agent.agent, connection: task.connection, kind: this.texts.id(task.name), version: this.versionOf(agent, task.lastUs), model, outcome: task.outcome,
      // The rows that it began with may be gone: the day on which it counts stays.
      day: partly ? Math.min(began, was[0]?.day ?? began) : began,
    };
    return spent.map((one) => ({ ...common, ...one, main: one.main ? 1 : 0 }));
  }

  /** The one that it was given to, where that one acted; else the first that did. */
  private agentOf(task: TaskRow): { agent: number; firstUs: number } {
    const acted = statement<[number, number], { agent: number; firstUs: number }>(this.db, 'SELECT agent, first_us AS firstUs FROM task_agent WHERE task = ? AND rows > 0 ORDER BY agent <> ?, first_us, agent LIMIT 1').get(task.id, task.asked);
    return acted ?? { agent: task.asked, firstUs: task.startedUs };
  }

  /** What it ran as when it began, else what it first said it ran as before the task ended. */
  private versionOf({ agent, firstUs }: { agent: number; firstUs: number }, lastUs: number): number {
    const version = statement<[number, number], { version: string }>(this.db, 'SELECT version FROM agent_version WHERE agent = ? AND first_us <= ? ORDER BY first_us DESC, version DESC LIMIT 1').get(agent, firstUs)
      ?? statement<[number, number], { version: string }>(this.db, 'SELECT version FROM agent_version WHERE agent = ? AND first_us <= ? ORDER BY first_us, version LIMIT 1').get(agent, lastUs);
    return version === undefined ? 0 : this.texts.id(version.version);
  }

  private keep(task: TaskRow, line: Line): void {
    statement<number[]>(this.db, `INSERT INTO task_cost (${columns}) VALUES (${columns.split(', ').map(() => '?').join(', ')})`)
      .run(task.id, ...counted.map((key) => line[key]), task.micros, task.activities, task.receivedUs);
  }

  private sum(line: Line, sign: 1 | -1): void {
    const key = [line.agent, line.day, line.kind, line.version, line.model, line.outcome, line.currency];
    const unpricedTasks = line.unpriced > 0 ? sign : 0;
    statement<number[]>(this.db, `INSERT INTO task_day (agent, day, kind, version, model, outcome, currency, connection, tasks, micros, retried, after_stop, only_computed, unpriced_tasks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET tasks = tasks + excluded.tasks, micros = micros + excluded.micros, retried = retried + excluded.retried, after_stop = after_stop + excluded.after_stop,
        only_computed = only_computed + excluded.only_computed, unpriced_tasks = unpriced_tasks + excluded.unpriced_tasks`)
      .run(...key, line.connection, sign * line.main, sign * line.micros, sign * line.retried, sign * line.afterStop, sign * line.onlyComputed, unpricedTasks);
    if (sign === -1) {
      statement<number[]>(this.db, `DELETE FROM task_day WHERE agent = ? AND day = ? AND kind = ? AND version = ? AND model = ? AND outcome = ? AND currency = ?
        AND tasks = 0 AND micros = 0 AND retried = 0 AND after_stop = 0 AND only_computed = 0 AND unpriced_tasks = 0`).run(...key);
    }
  }
}
