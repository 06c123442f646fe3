/** Writes what the assembler decided: rows once each, sums by difference, records in blocks. The last step inside a transaction. */
import type { Statement } from 'better-sqlite3';
import { BASIS } from '../codes.ts';
import type { WriteDb } from '../database.ts';
import type { Block } from '../payloads.ts';
import type { Assembler } from './assembler.ts';
import { AgentCalls } from './agent-calls.ts';
import { DayTurn } from './day-turn.ts';
import { Ledger, taskMoney } from './ledger.ts';
import { outcomeOf } from './outcome.ts';
import { shownCurrency } from './pricing.ts';
import type { Facts, Row } from './row.ts';
import type { TaskAgent, TaskState } from './tasks.ts';
import type { LastCalls } from './last-calls.ts';

export interface Changes {
  readonly firstId: number;
  readonly lastId: number;
  readonly inserted: number;
  /** existing rows that changed; at most `mostNamed`. */
  readonly updated: readonly number[];
  readonly agents: boolean;
  readonly tasks: boolean;
  readonly failures: boolean;
  readonly cost: boolean;
}

const mostNamed = 1_000;

/** What re-pricing changes in one task. */
class TaskMoney {
  readonly connection: number;
  readonly f = { micros: 0, priced: 0, unpriced: 0, computed: 0, currency: 0 };
  /** its money changed its currency. */
  mixed = false;

  constructor(connection: number) {
    this.connection = connection;
  }

  move(was: Facts, now: Facts): void {
    taskMoney(this.f, was, -1);
    taskMoney(this.f, now, 1);
    this.f.currency = shownCurrency(now) || this.f.currency;
    if (shownCurrency(was) !== 0 && shownCurrency(now) !== shownCurrency(was)) this.mixed = true;
  }
}

export class WriteOut {
  private readonly a: Assembler;
  private readonly ledger: Ledger;
  private readonly lastCalls: LastCalls;
  private readonly calls: AgentCalls;
  private readonly dayTurn: DayTurn;
  private readonly saveAgent: Statement<[number, number, number, number, number]>;
  private readonly dropAgent: Statement<[number, number]>;
  private readonly firstOfAgent: Statement<[number, number], { us: number | null }>;
  private readonly boundsOfTask: Statement<[number], { started: number | null; last: number | null }>;
  private readonly dropTask: Statement<[number]>;
  private readonly connectionOf: Statement<[number], { connection: number }>;
  private readonly addMoney: Statement<number[], { currency: number }>;
  private readonly mostMoney: Statement<[number], { currency: number }>;

  constructor(db: WriteDb, assembler: Assembler, lastCalls: LastCalls) {
    this.a = assembler;
    this.lastCalls = lastCalls;
    this.dayTurn = new DayTurn(db);
    this.calls = new AgentCalls(db, this.dayTurn);
    this.ledger = new Ledger(db, assembler.agents, this.dayTurn);
    this.saveAgent = db.prepare(`INSERT INTO task_agent (task, agent, rows, first_us, model_us) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET rows = excluded.rows, first_us = excluded.first_us, model_us = excluded.model_us`);
    this.dropAgent = db.prepare('DELETE FROM task_agent WHERE task = ? AND agent = ?');
    this.firstOfAgent = db.prepare('SELECT min(ts_us) AS us FROM activity INDEXED BY activity_key WHERE task = ? AND agent = ?');
    this.boundsOfTask = db.prepare('SELECT min(ts_us) AS started, max(ts_us + coalesce(dur_us, 0)) AS last FROM activity WHERE task = ?');
    this.connectionOf = db.prepare('SELECT connection FROM task WHERE id = ?');
    this.addMoney = db.prepare(`UPDATE task SET micros = micros + ?, priced = priced + ?, unpriced = unpriced + ?, computed = computed + ?,
      currency = coalesce(nullif(?, 0), nullif(currency, 0), ?) WHERE id = ? RETURNING currency`);
    this.mostMoney = db.prepare('SELECT currency FROM activity INDEXED BY activity_key WHERE task = ? AND micros IS NOT NULL GROUP BY currency ORDER BY sum(micros) DESC, currency LIMIT 1');
    this.dropTask = db.prepare('DELETE FROM task WHERE id = ?');
  }

  write(nowUs: number, left: ReadonlyMap<number, number>, calls: ReadonlyMap<Row, number>): Changes {
    const { cache } = this.a;
    const firstId = cache.rows.peekId;
    const created = cache.changes.filter((row) => row.f.id === 0 && !row.gone);
    for (const row of created) {
      row.f.id = cache.rows.nextId();
      row.f.block = cache.payloads.use(row.payload);
      row.f.slot = row.payload?.slot ?? 0;
    }
    this.saveTraces();
    const updated = this.saveRows();
    this.calls.save(calls, firstId);
    this.saveLinks();
    this.saveTasks(nowUs);
    cache.saveRuns();
    const failures = this.ledger.failures.size > 0;
    const cost = created.some((row) => row.f.hasUsage || row.f.micros >= 0) || updated.length > 0;
    this.ledger.flush((changes) => this.a.failures.flush(changes));
    this.dayTurn.flush(nowUs);
    this.a.identity.flush(nowUs);
    const emptied = this.a.agents.flush();
    for (const gone of emptied) {
      const heir = left.get(gone);
      if (heir !== undefined) this.a.identity.hand(gone, heir, nowUs);
    }
    this.a.agents.flush();
    this.a.aliases.flush(emptied);
    this.savePayloads(created, nowUs);
    const changes = {
      firstId, lastId: cache.rows.peekId - 1, inserted: created.length, updated, failures, cost,
      agents: created.length > 0 || updated.length > 0, tasks: cache.tasks.touched.size > 0,
    };
    for (const row of cache.changes) {
      row.dirty = false;
      row.saved = null;
      row.payload = null;
      row.parentRow = null;
    }
    cache.endTransaction();
    return changes;
  }

  /** The price book says something else of rows that are in the file: `was` and `now` differ in what is computed only. */
  moveMoney(changes: readonly { readonly was: Facts; readonly now: Facts }[]): void {
    const tasks = new Map<number, TaskMoney>();
    for (const { was, now } of changes) {
      let money = tasks.get(was.task);
      if (money === undefined) {
        money = new TaskMoney(this.connectionOf.get(was.task)?.connection ?? 0);
        tasks.set(was.task, money);
      }
      this.ledger.inSums(was, money.connection, -1);
      this.ledger.inSums(now, money.connection, 1);
      money.move(was, now);
      this.a.cache.rows.writeMoney(now);
      this.a.cache.reprice(now);
    }
    for (const [task, money] of tasks) {
      const { f } = money;
      const currency = this.addMoney.get(f.micros, f.priced, f.unpriced, f.computed, money.mixed ? (this.mostMoney.get(task)?.currency ?? f.currency) : 0, f.currency, task);
      if (currency !== undefined) this.a.cache.tasks.addMoney(task, f, currency.currency);
      this.a.dirtyTasks.add(task);
    }
    this.ledger.flush((failures) => this.a.failures.flush(failures));
    this.dayTurn.flushPast();
  }

  forget(): void {
    this.ledger.clear();
    this.dayTurn.forget();
  }

  private saveTraces(): void {
    const withRows = new Set<number>();
    for (const row of this.a.cache.changes) if (!row.gone) withRows.add(row.f.task);
    for (const trace of this.a.cache.touched) {
      const { task } = trace;
      if (!trace.matters || task === null || (!trace.changed && trace.id !== 0)) continue;
      // A task without rows is not in the file, and its number may be given again.
      const kept = task.f.activities > 0 || withRows.has(task.f.id);
      this.a.cache.traces.save(trace, kept ? task.f.id : 0);
      trace.changed = !kept;
    }
  }

  private saveRows(): number[] {
    const { cache } = this.a;
    const updated: number[] = [];
    for (const row of cache.changes) if (row.gone) this.remove(row);
    for (const row of cache.changes) {
      if (row.gone) continue;
      const { f } = row;
      f.trace = row.trace?.id ?? f.trace;
      if (row.parentRow !== null) f.parent = (row.parentRow.into ?? row.parentRow).f.id;
      cache.tasks.touched.add(row.owner);
      this.a.pricing.price(f);
      if (row.saved === null) cache.rows.insert(f);
      else {
        this.leave(row);
        cache.rows.update(f);
        if (updated.length < mostNamed) updated.push(f.id);
      }
      this.ledger.count(f, row.owner, 1);
    }
    return updated;
  }

  private remove(row: Row): void {
    if (row.saved === null) return;
    this.leave(row);
    this.a.cache.rows.delete(row.saved.id);
    this.calls.drop(row);
    const into = row.into;
    if (into !== null) this.a.cache.payloads.move(into.f.id, row.saved);
  }

  private leave(row: Row): void {
    if (row.saved === null) return;
    const task = row.saved.task === row.owner.f.id ? row.owner : this.a.cache.tasks.get(row.saved.task);
    if (task !== undefined) this.ledger.count(row.saved, task, -1);
  }

  /** Spans with a row of their own are found by it; the others are kept beside, for what comes later. */
  private saveLinks(): void {
    for (const trace of this.a.cache.touched) {
      if (trace.id === 0) continue;
      for (const node of trace.spans.values()) {
        if (!node.unsaved) continue;
        if (node.row !== null && node.row.f.span === node.span && node.joinKind === 0) node.unsaved = false;
        else this.a.cache.traces.saveLink(trace.id, node);
      }
    }
  }

  private saveTasks(nowUs: number): void {
    for (const task of this.a.cache.tasks.touched) {
      for (const [agent, entry] of task.agents) if (entry.dirty) this.saveTaskAgent(task, agent, entry);
      if (task.gone) {
        this.dropTask.run(task.f.id);
        this.a.dirtyTasks.add(task.f.id);
        this.a.cache.tasks.drop(task);
        continue;
      }
      if (task.f.activities === 0) {
        this.empty(task);
        continue;
      }
      if (task.stale) this.lookUpBounds(task);
      if (task.dirty || task.fresh) this.saveTask(task, nowUs);
    }
    this.a.cache.tasks.flush();
  }

  private saveTask(task: TaskState, nowUs: number): void {
    const marked = this.a.cache.tasks.markOf(task.f.id);
    const now = marked === 0 ? outcomeOf(task.f, this.lastCalls.of(task.f, nowUs), nowUs) : { outcome: marked, basis: BASIS.marked };
    task.f.outcome = now.outcome;
    task.f.basis = now.basis;
    this.a.cache.tasks.save(task);
    this.a.dirtyTasks.add(task.f.id);
  }

  /** Nothing happens in it (any more): no task that anybody should see. What was said of it is kept in mind, its rows may come yet. */
  private empty(task: TaskState): void {
    if (!task.fresh) {
      this.dropTask.run(task.f.id);
      this.a.dirtyTasks.add(task.f.id);
      this.a.cache.traces.moveToTask(task.f.id, 0);
      for (const trace of task.traces) trace.changed = true;
    }
    task.fresh = true;
    task.complete = true;
    task.stale = false;
    task.f.startedUs = Number.MAX_SAFE_INTEGER;
    task.f.lastUs = 0;
  }

  private lookUpBounds(task: TaskState): void {
    const bounds = this.boundsOfTask.get(task.f.id);
    task.f.startedUs = bounds?.started ?? task.f.startedUs;
    task.f.lastUs = bounds?.last ?? task.f.lastUs;
    task.stale = false;
    task.dirty = true;
  }

  private saveTaskAgent(task: TaskState, agent: number, entry: TaskAgent): void {
    if (entry.stale && entry.rows > 0) entry.firstUs = this.firstOfAgent.get(task.f.id, agent)?.us ?? entry.firstUs;
    this.ledger.taskAgent(task.f.connection, agent, entry);
    entry.stale = false;
    entry.dirty = false;
    if (entry.rows > 0) {
      entry.saved = { firstUs: entry.firstUs };
      this.saveAgent.run(task.f.id, agent, entry.rows, entry.firstUs, entry.modelUs);
    } else {
      task.agents.delete(agent);
      if (entry.saved !== null) this.dropAgent.run(task.f.id, agent);
    }
  }

  private savePayloads(created: readonly Row[], nowUs: number): void {
    const { payloads, furthers, digests } = this.a.cache;
    const blocks = new Set<Block>();
    for (const { row, record, payload } of furthers) {
      let into = row;
      while (into.into !== null) into = into.into;
      if (!payloads.further(into.f.id, record, payload) || payload === null) continue;
      blocks.add(payload.block);
      digests.keep(into.owner.f.connection, payload);
    }
    for (const row of created) {
      if (row.payload === null) continue;
      blocks.add(row.payload.block);
      digests.keep(row.owner.f.connection, row.payload);
    }
    payloads.write(blocks);
    digests.flush(nowUs);
  }
}
