/** Traces in memory: the tree of spans, with and without rows, by which agents and failures are found. */
import type { Statement } from 'better-sqlite3';
import type { WriteDb } from '../database.ts';
import type { Row } from './row.ts';
import type { TaskState } from './tasks.ts';

export const ROLE = { plain: 0, structure: 1, agent: 2, activity: 3 } as const;

/** One span of a trace. What `at*` hold belongs to the pass of `settle` numbered `pass`. */
export class SpanNode {
  readonly span: number;
  parent: number;
  role: number;
  claim: number;
  run: number;
  startUs: number;
  endUs: number;
  row: Row | null = null;
  /** structure that speaks of its parent's activity: the kind it needs there; 0 otherwise. */
  joinKind = 0;
  status = 0;
  explicit = false;
  /** how its task ended, when this span says so and stands at the top; 0 otherwise. */
  outcome = 0;
  outcomeBasis = 0;
  /** not (or no longer rightly) in `link`. */
  unsaved = true;
  pass = 0;
  atAgent = 0;
  atAgentRole = false;
  atTop = false;
  atRow: Row | null = null;

  constructor(span: number, parent: number, role: number, startUs: number, endUs: number) {
    this.span = span;
    this.parent = parent;
    this.role = role;
    this.claim = 0;
    this.run = 0;
    this.startUs = startUs;
    this.endUs = endUs;
  }
}

export class TraceState {
  id = 0;
  readonly connection: number;
  readonly traceId: string;
  readonly spans = new Map<number, SpanNode>();
  readonly rows: Row[] = [];
  task: TaskState | null = null;
  /** session, conversation or run that some record of this trace named. */
  run: { readonly kind: 'session' | 'conversation' | 'run'; readonly id: string } | null = null;
  rootAgent = 0;
  rootUs = 0;
  receivedUs = 0;
  /** something in it is more than a plain span. */
  matters = false;
  loaded = true;
  /** too big to be read back whole: what is not in memory is not known to be absent. */
  partial = false;
  changed = true;

  constructor(connection: number, traceId: string) {
    this.connection = connection;
    this.traceId = traceId;
  }
}

export interface TraceRecord {
  readonly id: number;
  readonly task: number;
  readonly rootAgent: number;
  readonly rootUs: number;
  readonly receivedUs: number;
}

export interface LinkRecord {
  readonly span: number;
  readonly parent: number;
  readonly role: number;
  readonly agent: number;
  readonly run: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly row: number;
  readonly kind: number;
  readonly status: number;
  readonly explicit: number;
  readonly outcome: number;
}

export class TraceBook {
  private byKey = new Map<string, TraceState>();
  private dropped = 0;
  private readonly find: Statement<[number, Uint8Array], TraceRecord>;
  private readonly ofTask: Statement<[number], { id: number; agent: number; us: number }>;
  private readonly insertOne: Statement<[number, Uint8Array, number, number, number, number]>;
  private readonly updateOne: Statement<[number, number, number, number, number]>;
  private readonly moveAll: Statement<[number, number]>;
  private readonly readLinks: Statement<[number], LinkRecord>;
  private readonly writeLink: Statement<number[]>;
  private readonly findId: Statement<[number], { connection: number; traceId: Buffer }>;
  private lastKey = '';
  private lastConnection = 0;
  private last: TraceState | null = null;

  constructor(db: WriteDb) {
    this.find = db.prepare('SELECT id, task, root_agent AS rootAgent, root_us AS rootUs, received_us AS receivedUs FROM trace WHERE connection = ? AND trace_id = ?');
    this.findId = db.prepare('SELECT connection, trace_id AS traceId FROM trace WHERE id = ?');
    this.ofTask = db.prepare('SELECT id, root_agent AS agent, root_us AS us FROM trace WHERE task = ? AND root_agent <> 0');
    this.insertOne = db.prepare('INSERT INTO trace (connection, trace_id, task, root_agent, root_us, received_us) VALUES (?, ?, ?, ?, ?, ?)');
    this.updateOne = db.prepare('UPDATE trace SET task = ?, root_agent = ?, root_us = ?, received_us = ? WHERE id = ?');
    this.moveAll = db.prepare('UPDATE trace SET task = ? WHERE task = ?');
    this.readLinks = db.prepare(`SELECT span, parent, role, agent, run, start_us AS startUs, end_us AS endUs, row, kind, status, explicit, outcome FROM link WHERE trace = ?`);
    this.writeLink = db.prepare(`INSERT INTO link (trace, span, parent, role, agent, run, start_us, end_us, row, kind, status, explicit, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET parent = excluded.parent, role = excluded.role, agent = excluded.agent, run = excluded.run, start_us = excluded.start_us,
        end_us = excluded.end_us, row = excluded.row, kind = excluded.kind, status = excluded.status, explicit = excluded.explicit, outcome = excluded.outcome`);
  }

  /** The trace in memory; `known` carries the file's record of it when it was not in memory but is in the file. */
  named(connection: number, traceId: string): { readonly state: TraceState; readonly known: TraceRecord | undefined } {
    if (this.last !== null && this.lastKey === traceId && this.lastConnection === connection) return { state: this.last, known: undefined };
    const key = `${connection}\n${traceId}`;
    let state = this.byKey.get(key);
    let known: TraceRecord | undefined;
    if (state === undefined) {
      known = this.find.get(connection, traceBytes(traceId));
      state = new TraceState(connection, traceId);
      if (known !== undefined) {
        state.id = known.id;
        state.rootAgent = known.rootAgent;
        state.rootUs = known.rootUs;
        state.receivedUs = known.receivedUs;
        state.matters = true;
        state.loaded = false;
        state.changed = false;
      }
      this.byKey.set(key, state);
    }
    this.last = state;
    this.lastKey = traceId;
    this.lastConnection = connection;
    return { state, known };
  }

  /** Connection and trace id of a trace's row. */
  keyOf(id: number): { connection: number; traceId: string } | undefined {
    const found = this.findId.get(id);
    return found === undefined ? undefined : { connection: found.connection, traceId: found.traceId.length === 16 ? found.traceId.toString('hex') : found.traceId.toString().slice(1) };
  }

  links(trace: number): LinkRecord[] {
    return this.readLinks.all(trace);
  }

  rootsOf(task: number): { id: number; agent: number; us: number }[] {
    return this.ofTask.all(task);
  }

  moveToTask(from: number, to: number): void {
    this.moveAll.run(to, from);
  }

  /** Rows remember their trace by its id, so a new trace is written before its rows. */
  save(state: TraceState, task: number): void {
    if (state.id === 0) {
      state.id = Number(this.insertOne.run(state.connection, traceBytes(state.traceId), task, state.rootAgent, state.rootUs, state.receivedUs).lastInsertRowid);
    } else {
      this.updateOne.run(task, state.rootAgent, state.rootUs, state.receivedUs, state.id);
    }
    state.changed = false;
  }

  saveLink(trace: number, node: SpanNode): void {
    const row = node.row === null ? 0 : node.row.f.id;
    this.writeLink.run(trace, node.span, node.parent, node.role, node.claim, node.run, node.startUs, node.endUs, row, node.joinKind, node.status, node.explicit ? 1 : 0, node.outcome | (node.outcomeBasis << 4));
    node.unsaved = false;
  }

  /** See RowCache. */
  endTransaction(): void {
    if (this.dropped <= this.byKey.size) return;
    this.dropped = 0;
    this.byKey = new Map(this.byKey);
  }

  drop(state: TraceState): void {
    this.dropped += 1;
    this.byKey.delete(`${state.connection}\n${state.traceId}`);
    if (this.last === state) this.last = null;
  }

  *plainOnes(): Iterable<TraceState> {
    for (const state of this.byKey.values()) if (!state.matters) yield state;
  }

  get size(): number {
    return this.byKey.size;
  }

  forget(): void {
    this.byKey.clear();
    this.last = null;
  }
}

/** SECURITY: 32 hex digits from a decoder that checked them; anything else is kept apart as its own bytes, never cut to another trace. */
function traceBytes(traceId: string): Uint8Array {
  const bytes = Buffer.from(traceId, 'hex');
  return bytes.length === 16 && traceId.length === 32 ? bytes : Buffer.from(`?${traceId}`);
}
