/**
 * Rows, traces and tasks that were met lately, each exactly once in memory: what two records say of one row meets in one
 * object. Bounded: tasks met longest ago are dropped with all their rows and traces, and read back when they come again.
 */
import type { Statement } from 'better-sqlite3';
import { BASIS, FLAG, KEY_KIND } from '../codes.ts';
import type { BillingBook } from './billing.ts';
import { outcomeOfSpan } from './facts-of.ts';
import { statementHolds } from './outcome.ts';
import type { WriteDb } from '../database.ts';
import { DigestBook } from '../digests.ts';
import { PayloadWriter, type Place } from '../payloads.ts';
import { has, Row, type Facts } from './row.ts';
import { RowStore } from './rows.ts';
import { TaskBook, type TaskState } from './tasks.ts';
import { ROLE, SpanNode, TraceBook, type TraceState } from './traces.ts';

/** Some 800 bytes each with its place in the tree. More are only copied about by the garbage collector (measured: 100,000 cost a tenth). */
const mostRows = 30_000;
const mostTraces = 100_000;
/** A task with more rows is not read back whole; its late parents are then not found (and cost nothing). */
export const mostRowsReadBack = 20_000;
const fewRows = 256;

/**
 * Work that has come to its end is hardly heard of again; kept, its rows would only be copied about by the garbage collector. A
 * session may go on: one that is read back with a few look-ups goes too.
 */
function isOver({ f }: TaskState): boolean {
  if (f.open !== 0 || !statementHolds(f)) return false;
  return f.keyKind === KEY_KIND.trace || (f.activities > 0 && f.activities <= fewRows);
}

/**
 * What is used up in a transaction gets a new table, here and elsewhere: one that is emptied by `clear` and filled again is an old object to
 * the garbage collector before long, the tables it had before point at the ones it has next, and whatever stood in any of them is copied
 * as if it were still needed (measured: every row that was ever met).
 */
export class RowCache {
  readonly tasks: TaskBook;
  readonly traces: TraceBook;
  readonly rows: RowStore;
  readonly payloads: PayloadWriter;
  readonly digests: DigestBook;
  /** of this transaction. */
  readonly changes: Row[] = [];
  touched = new Set<TraceState>();
  readonly furthers: { row: Row; record: number; payload: Place | null }[] = [];
  rebase = new Set<TaskState>();
  learned = new Map<TaskState, Set<number>>();
  private held = 0;
  private readonly writeRun: Statement<[number, number, number]>;

  constructor(db: WriteDb, billing: BillingBook) {
    this.tasks = new TaskBook(db);
    this.traces = new TraceBook(db);
    this.rows = new RowStore(db, billing);
    this.payloads = new PayloadWriter(db);
    this.digests = new DigestBook(db);
    this.writeRun = db.prepare('INSERT OR IGNORE INTO task_run (task, run, agent) VALUES (?, ?, ?)');
  }

  trace(connection: number, traceId: string): TraceState {
    const { state, known } = this.traces.named(connection, traceId);
    if (known !== undefined) {
      const task = known.task === 0 ? undefined : this.tasks.get(known.task);
      if (task !== undefined) {
        state.task = task;
        task.traces.add(state);
      }
    }
    if (!state.loaded) this.load(state);
    this.touched.add(state);
    return state;
  }

  /** The tree of a changed row is settled too; a row that was read by its key alone has not been placed in it yet. */
  markTraceOf(row: Row): void {
    if (row.trace === null && row.f.trace !== 0) {
      const key = this.traces.keyOf(row.f.trace);
      if (key !== undefined) this.trace(key.connection, key.traceId);
    }
    if (row.trace !== null) this.touched.add(row.trace);
  }

  mark(trace: TraceState): void {
    this.touched.add(trace);
  }

  tie(trace: TraceState, task: TaskState): void {
    if (trace.task === task) return;
    trace.task?.traces.delete(trace);
    trace.task = task;
    task.traces.add(trace);
    trace.changed = true;
    if (trace.rootAgent !== 0) this.rebase.add(task);
    // What stood at its top before its task was known.
    for (const node of trace.spans.values()) {
      if (node.parent !== 0 || node.outcome === 0 || node.endUs === 0) continue;
      task.state(node.endUs, node.outcome, node.outcomeBasis);
      task.endWork(node.endUs);
    }
  }

  /** The row of a key, from memory or from the file; null: there is none. */
  row(task: TaskState, key: number): Row | null {
    const known = task.rows.get(key);
    if (known !== undefined) return known;
    if (task.complete) return null;
    const facts = this.rows.withKey(task.f.id, key);
    return facts === null ? null : this.adopt(task, facts);
  }

  /** A row from the file; the object in memory when there is one already. */
  adopt(task: TaskState, facts: Facts): Row {
    const known = task.rows.get(facts.key);
    if (known !== undefined) return known;
    const row = new Row(facts, task, this.changes);
    task.rows.set(facts.key, row);
    this.held += 1;
    return row;
  }

  /** What the price book says of a row changed in the file: between transactions no row in memory is about to be written. */
  reprice(now: Facts): void {
    const row = this.tasks.held(now.task)?.rows.get(now.key);
    if (row === undefined) return;
    row.f.computed = now.computed;
    row.f.computedCurrency = now.computedCurrency;
  }

  begin(task: TaskState, facts: Facts, payload: Place | null): Row {
    const row = new Row(facts, task, this.changes);
    row.touch();
    row.payload = payload;
    task.rows.set(facts.key, row);
    this.held += 1;
    return row;
  }

  /** Ties a row to the place in the tree where its record stands. */
  attach(row: Row, trace: TraceState | null, node: SpanNode | null): void {
    if (trace === null) return;
    if (node !== null && node.row !== row) {
      node.row = row;
      node.unsaved = true;
      if (row.f.span !== node.span) row.aliased = true;
    }
    if (row.trace === trace) return;
    // A log and a span may name different traces: the span's tree is the one that knows ancestors.
    if (row.trace !== null && (node === null || row.trace.spans.get(row.f.span)?.row === row)) return;
    // The other tree forgets it when it is settled next.
    if (row.trace !== null) this.touched.add(row.trace);
    row.trace = trace;
    trace.rows.push(row);
    if (row.f.id !== 0 && row.f.trace !== trace.id) row.touch();
    this.touched.add(trace);
  }

  isRepeat(row: Row, record: number): boolean {
    if (row.f.record === record) return true;
    if (row.also?.includes(record) === true) return true;
    return row.f.id !== 0 && this.payloads.knows(row.f.id, record);
  }

  further(row: Row, record: number, payload: Place | null): void {
    this.furthers.push({ row, record, payload });
    row.also = [...(row.also ?? []), record].slice(-100);
  }

  learnRun(task: TaskState, run: number, agent: number): void {
    task.runs.set(run, agent);
    const runs = this.learned.get(task) ?? new Set();
    runs.add(run);
    this.learned.set(task, runs);
    for (const trace of task.traces) this.touched.add(trace);
  }

  saveRuns(): void {
    for (const [task, runs] of this.learned) for (const run of runs) this.writeRun.run(task.f.id, run, task.runs.get(run) ?? 0);
  }

  looseRoot(task: TaskState, agent: number, us: number): void {
    const f = task.f;
    if (f.looseAgent !== 0 && (us > f.looseUs || (us === f.looseUs && agent >= f.looseAgent))) return;
    const before = this.rootAgent(task);
    f.looseAgent = agent;
    f.looseUs = us;
    task.dirty = true;
    if (this.rootAgent(task) !== before) this.rebase.add(task);
  }

  /** The agent that the task was given to; 0: not known. */
  rootAgent(task: TaskState): number {
    const f = task.f;
    if (f.rootAgent === 0 || f.looseAgent === 0) return f.rootAgent || f.looseAgent;
    return f.looseUs < f.rootUs ? f.looseAgent : f.rootAgent;
  }

  endTransaction(): void {
    for (const { row } of this.furthers) row.also = null;
    this.changes.length = 0;
    this.furthers.length = 0;
    this.touched = new Set();
    this.rebase = new Set();
    this.learned = new Map();
    for (const task of this.tasks.touched) {
      if (isOver(task)) this.drop(task);
      else this.tasks.used(task);
    }
    this.shrink();
    this.tasks.endTransaction();
    this.traces.endTransaction();
  }

  forget(): void {
    this.tasks.forget();
    this.traces.forget();
    this.rows.forget();
    this.payloads.forget();
    this.digests.forget();
    this.changes.length = 0;
    this.furthers.length = 0;
    this.touched = new Set();
    this.rebase = new Set();
    this.learned = new Map();
    this.held = 0;
  }

  /** Drops one task from memory, e.g. because its rows were removed from the file by other means. */
  drop(task: TaskState): void {
    this.held -= task.rows.size;
    for (const trace of task.traces) this.traces.drop(trace);
    this.tasks.drop(task);
  }

  private shrink(): void {
    if (this.held > mostRows) {
      for (const task of this.tasks.oldest()) {
        if (this.held <= mostRows / 2) break;
        this.drop(task);
      }
    }
    if (this.traces.size > mostTraces) {
      // Traces of nothing but plain spans: they wait in memory for an agent that may come, the oldest wait in vain.
      let left = mostTraces / 2;
      for (const trace of this.traces.plainOnes()) {
        if (left-- <= 0) break;
        this.traces.drop(trace);
      }
      for (const task of this.tasks.oldest()) {
        if (this.traces.size <= mostTraces) break;
        this.drop(task);
      }
    }
  }

  /** Reads a trace back: its rows are spans or logs, `link` holds the spans without a row. */
  private load(trace: TraceState): void {
    trace.loaded = true;
    const { task } = trace;
    if (task !== null && task.f.activities > mostRowsReadBack) {
      trace.partial = true;
      return;
    }
    const byId = task === null ? new Map<number, Row>() : this.loadRows(trace, task);
    for (const link of this.traces.links(trace.id)) {
      const node = trace.spans.get(link.span) ?? new SpanNode(link.span, link.parent, link.role, link.startUs, link.endUs);
      node.parent = link.parent;
      node.role = Math.max(node.role, link.role);
      node.claim ||= link.agent;
      node.run ||= link.run;
      node.row ??= byId.get(link.row) ?? null;
      if (node.row !== null && node.row.f.span !== node.span) node.row.aliased = true;
      node.joinKind = link.kind;
      node.status = link.status;
      node.explicit = link.explicit === 1;
      node.outcome = link.outcome & 15;
      node.outcomeBasis = link.outcome >> 4;
      node.unsaved = false;
      trace.spans.set(link.span, node);
    }
  }

  private loadRows(trace: TraceState, task: TaskState): Map<number, Row> {
    const byId = new Map<number, Row>();
    for (const facts of this.rows.allOfTrace(task.f.id, trace.id)) {
      const row = this.adopt(task, facts);
      row.trace = trace;
      trace.rows.push(row);
      byId.set(facts.id, row);
      if (row.f.span === 0) continue;
      const node = new SpanNode(row.f.span, row.f.parentSpan, has(row.f, FLAG.agentRole) ? ROLE.agent : ROLE.activity, row.f.ts, row.f.dur < 0 ? 0 : row.f.ts + row.f.dur);
      node.row = row;
      node.claim = row.f.claim;
      node.run = row.f.run;
      node.unsaved = false;
      node.outcome = outcomeOfSpan(row.f.status);
      node.outcomeBasis = BASIS.root_ended;
      trace.spans.set(node.span, node);
    }
    return byId;
  }
}
