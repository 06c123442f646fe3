/** Tasks in memory: their facts, their rows that were met lately, who acts in them. */
import type { Statement } from 'better-sqlite3';
import { BASIS, KEY_KIND, OUTCOME } from '../codes.ts';
import type { WriteDb } from '../database.ts';
import { cut } from './agents.ts';
import { ManyRows } from './many-rows.ts';
import type { Row } from './row.ts';
import type { TraceState } from './traces.ts';

export interface TaskFacts {
  id: number;
  connection: number;
  keyKind: number;
  key: string;
  name: string;
  startedUs: number;
  lastUs: number;
  receivedUs: number;
  rootAgent: number;
  rootUs: number;
  looseAgent: number;
  looseUs: number;
  statedUs: number;
  statedOutcome: number;
  statedBasis: number;
  /** work that began before this and is still open is interrupted. */
  horizonUs: number;
  outcome: number;
  basis: number;
  activities: number;
  failures: number;
  denials: number;
  open: number;
  /** rows whose work was cut off. */
  interrupted: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  reasoning: number;
  micros: number;
  currency: number;
  priced: number;
  unpriced: number;
  /** of `priced`: only by the price book. */
  computed: number;
}

export interface TaskAgent {
  rows: number;
  firstUs: number;
  /** start of the latest model call of this agent that has ended. */
  modelUs: number;
  saved: { firstUs: number } | null;
  dirty: boolean;
  stale: boolean;
}

export class TaskState {
  readonly f: TaskFacts;
  readonly rows = new Map<number, Row>();
  /** every row of the task is in `rows`: a missing key need not be looked up. */
  complete: boolean;
  readonly agents = new Map<number, TaskAgent>();
  readonly runs = new Map<number, number>();
  readonly traces = new Set<TraceState>();
  readonly cacheKeys: string[] = [];
  dirty = true;
  fresh: boolean;
  /** started and last must be looked up again: a row left or began later than it seemed. */
  stale = false;
  horizonMoved = false;
  /** joined into another task. */
  gone = false;
  into: TaskState | null = null;

  constructor(facts: TaskFacts, fresh: boolean) {
    this.f = facts;
    this.fresh = fresh;
    this.complete = fresh;
  }

  agent(id: number): TaskAgent {
    let entry = this.agents.get(id);
    if (entry === undefined) {
      entry = { rows: 0, firstUs: Number.MAX_SAFE_INTEGER, modelUs: 0, saved: null, dirty: false, stale: false };
      this.agents.set(id, entry);
    }
    return entry;
  }

  /** The latest statement about how the task ended counts; between two of the same time the worse one. */
  state(atUs: number, outcome: number, basis: number): void {
    const f = this.f;
    const ofRun = f.keyKind === KEY_KIND.run;
    // That work goes on is seen from its records; said once, it would never fall quiet. A runtime is asked again and says when it ended.
    if (outcome === OUTCOME.running && !ofRun) return;
    const rank = (basisOf: number): number => (ofRun && basisOf === BASIS.reported ? 1 : 0);
    const better = rank(basis) - (f.statedUs > 0 ? rank(f.statedBasis) : 0);
    if (better < 0) return;
    if (better === 0 && (atUs < f.statedUs || (atUs === f.statedUs && severity(outcome) <= severity(f.statedOutcome)))) return;
    f.statedUs = atUs;
    f.statedOutcome = outcome;
    f.statedBasis = basis;
    this.dirty = true;
  }

  endWork(atUs: number): void {
    if (atUs <= this.f.horizonUs) return;
    this.f.horizonUs = atUs;
    this.horizonMoved = true;
    this.dirty = true;
  }
}

function severity(outcome: number): number {
  return [0, 3, 6, 5, 1, 2, 4][outcome] ?? 0;
}

const keys = {
  id: 'id', connection: 'connection', keyKind: 'key_kind', key: 'key', name: 'name', startedUs: 'started_us', lastUs: 'last_us', receivedUs: 'received_us',
  rootAgent: 'root_agent', rootUs: 'root_us', looseAgent: 'loose_agent', looseUs: 'loose_us', statedUs: 'stated_us', statedOutcome: 'stated_outcome',
  statedBasis: 'stated_basis', horizonUs: 'horizon_us', outcome: 'outcome', basis: 'basis', activities: 'activities', failures: 'failures',
  denials: 'denials', open: 'open', interrupted: 'interrupted', input: 'input', output: 'output', cacheRead: 'cache_read', cacheWrite: 'cache_write', reasoning: 'reasoning',
  micros: 'micros', currency: 'currency', priced: 'priced', unpriced: 'unpriced', computed: 'computed',
} as const satisfies Record<keyof TaskFacts, string>;
const fields = Object.keys(keys) as (keyof TaskFacts)[];
/** Connection and key of a task never change; leaving them out spares their index. */
const changing = fields.filter((field) => field !== 'id' && field !== 'connection' && field !== 'keyKind' && field !== 'key');
/** Always written. The rest of a task is nothing as a rule, see `isPlain`. */
const plainFields: ReadonlySet<keyof TaskFacts> = new Set([
  'id', 'connection', 'keyKind', 'key', 'startedUs', 'lastUs', 'receivedUs', 'rootAgent', 'rootUs', 'statedUs', 'statedOutcome', 'statedBasis', 'horizonUs', 'outcome', 'basis', 'activities', 'failures',
  'input', 'output', 'cacheRead', 'cacheWrite', 'reasoning', 'micros', 'currency', 'priced', 'unpriced', 'computed',
]);

function isPlain(f: TaskFacts): boolean {
  return f.name === '' && f.looseAgent === 0 && f.looseUs === 0 && f.denials === 0 && f.open === 0 && f.interrupted === 0;
}

const select = fields.map((field) => `${keys[field]} AS ${field}`).join(', ');

export class TaskBook {
  private byKey = new Map<string, TaskState>();
  /** The run asked for last: neighbours share it, and making a text to look it up by is felt. */
  private lastKey = '';
  private lastKind = 0;
  private lastConnection = 0;
  private last: TaskState | null = null;
  private byId = new Map<number, TaskState>();
  touched = new Set<TaskState>();
  /** holes in the tables, since they were made anew. */
  private dropped = 0;
  private nextId: number;
  /** some run is known to be part of another. */
  private aliased: boolean;
  private readonly db: WriteDb;
  private readonly findKey: Statement<[number, number, string], TaskFacts>;
  private readonly findId: Statement<[number], TaskFacts>;
  private readonly insert: Statement<(number | string)[]>;
  /** Most tasks have no name and nothing that went wrong. */
  private readonly plain: ManyRows;
  private readonly update: Statement<(number | string)[]>;
  private readonly readAgents: Statement<[number], { agent: number; rows: number; firstUs: number; modelUs: number }>;
  private readonly findAlias: Statement<[number, number, string], { task: number }>;
  private readonly writeAlias: Statement<[number, number, string, number]>;
  private readonly moveAliases: Statement<[number, number]>;
  private readonly moveAuthority: Statement<[number, number]>;
  private readonly dropAuthority: Statement<[number]>;
  private readonly readRuns: Statement<[number], { run: number; agent: number }>;
  private readonly moveMark: Statement<[number, number]>;
  private readonly dropMark: Statement<[number]>;
  private readonly readMarks: Statement<[], { task: number; outcome: number }>;
  /** Outcomes that persons gave: few. null: to be read. */
  private marks: Map<number, number> | null = null;

  constructor(db: WriteDb) {
    this.db = db;
    // IS: with = SQLite tests the parameter too, in a table that it makes each time (measured: half of the question's time).
    this.findKey = db.prepare(`SELECT ${select} FROM task WHERE connection = ? AND key_kind IS ? AND key_kind IN (1, 2, 4) AND key = ?`);
    this.findId = db.prepare(`SELECT ${select} FROM task WHERE id = ?`);
    // By position: binding by name costs several times as much, and there is a task for every few rows.
    const columns = fields.map((field) => keys[field]);
    // OR FAIL: a trigger counts tasks, see ManyRows.
    this.insert = db.prepare(`INSERT OR FAIL INTO task (${columns.join(', ')}) VALUES (${fields.map(() => '?').join(', ')})`);
    this.plain = new ManyRows(db, { table: 'task', columns, given: fields.map((field) => (plainFields.has(field) ? '?' : field === 'name' ? "''" : '0')) });
    this.update = db.prepare(`UPDATE task SET (${changing.map((field) => keys[field]).join(', ')}) = (${changing.map(() => '?').join(', ')}) WHERE id = ?`);
    this.findAlias = db.prepare('SELECT task FROM task_alias WHERE connection = ? AND key_kind = ? AND key = ?');
    this.writeAlias = db.prepare('INSERT OR REPLACE INTO task_alias (connection, key_kind, key, task) VALUES (?, ?, ?, ?)');
    this.moveAliases = db.prepare('UPDATE task_alias SET task = ? WHERE task = ?');
    this.moveAuthority = db.prepare('UPDATE OR IGNORE task_authority SET task = ? WHERE task = ?');
    this.dropAuthority = db.prepare('DELETE FROM task_authority WHERE task = ?');
    this.readAgents = db.prepare('SELECT agent, rows, first_us AS firstUs, model_us AS modelUs FROM task_agent WHERE task = ?');
    this.readRuns = db.prepare('SELECT run, agent FROM task_run WHERE task = ?');
    this.moveMark = db.prepare('UPDATE OR IGNORE task_mark SET task = ? WHERE task = ?');
    this.dropMark = db.prepare('DELETE FROM task_mark WHERE task = ?');
    this.readMarks = db.prepare('SELECT task, outcome FROM task_mark');
    this.nextId = this.lastId() + 1;
    this.aliased = db.prepare('SELECT 1 FROM task_alias LIMIT 1').get() !== undefined;
  }

  /** The task of a trace that has none in the file: a trace's line there names its task. */
  ofTrace(connection: number, traceId: string): TaskState {
    const key = cut(traceId, 512);
    const known = this.byKey.get(`${connection}\n${KEY_KIND.trace}\n${key}`);
    const state = known ?? this.begin(connection, KEY_KIND.trace, key);
    if (known === undefined) this.remember(state);
    this.touched.add(state);
    return state;
  }

  /** The task of a session, a conversation or a run. */
  named(connection: number, keyKind: number, key: string): TaskState {
    if (this.last === null || this.lastKey !== key || this.lastKind !== keyKind || this.lastConnection !== connection) {
      this.last = this.find(connection, keyKind, key);
      this.lastKey = key;
      this.lastKind = keyKind;
      this.lastConnection = connection;
    }
    this.touched.add(this.last);
    return this.last;
  }

  private find(connection: number, keyKind: number, key: string): TaskState {
    const short = cut(key, 512);
    const cacheKey = `${connection}\n${keyKind}\n${short}`;
    let state = this.byKey.get(cacheKey);
    if (state === undefined) {
      const alias = !this.aliased ? undefined : this.findAlias.get(connection, keyKind, short);
      state = alias === undefined ? undefined : this.get(alias.task);
      if (state !== undefined) this.point(cacheKey, state);
    }
    if (state === undefined) {
      const facts = this.findKey.get(connection, keyKind, short);
      state = facts === undefined ? this.begin(connection, keyKind, short) : this.load(facts);
      this.remember(state);
    }
    return state;
  }

  get(id: number): TaskState | undefined {
    let state = this.byId.get(id);
    if (state === undefined) {
      const facts = this.findId.get(id);
      if (facts === undefined) return undefined;
      state = this.load(facts);
      this.remember(state);
    }
    this.touched.add(state);
    return state;
  }

  /** From now on the key of `from` means `into`. */
  alias(from: TaskState, into: TaskState): void {
    const { connection, keyKind, key } = from.f;
    this.moveAliases.run(into.f.id, from.f.id);
    this.moveAuthority.run(into.f.id, from.f.id);
    this.dropAuthority.run(from.f.id);
    this.joinMarks(from.f.id, into.f.id);
    if (keyKind !== KEY_KIND.trace) {
      this.writeAlias.run(connection, keyKind, key, into.f.id);
      this.aliased = true;
    }
    for (const cacheKey of from.cacheKeys) this.point(cacheKey, into);
    this.last = null;
    this.byId.delete(from.f.id);
  }

  /** What a person said of how it came out; 0: nobody did. */
  markOf(task: number): number {
    this.marks ??= new Map(this.readMarks.all().map((one) => [one.task, one.outcome]));
    return this.marks.get(task) ?? 0;
  }

  /** Marks were changed in the file. */
  forgetMarks(): void {
    this.marks = null;
  }

  private joinMarks(from: number, into: number): void {
    if (this.markOf(from) === 0) return;
    this.moveMark.run(into, from);
    this.dropMark.run(from);
    this.forgetMarks();
  }

  /** Money that was changed in the file, of a task that may be in memory. */
  addMoney(id: number, by: Pick<TaskFacts, 'micros' | 'priced' | 'unpriced' | 'computed'>, currency: number): void {
    const f = this.byId.get(id)?.f;
    if (f === undefined) return;
    f.micros += by.micros;
    f.priced += by.priced;
    f.unpriced += by.unpriced;
    f.computed += by.computed;
    f.currency = currency;
  }

  /** In memory only. */
  held(id: number): TaskState | undefined {
    return this.byId.get(id);
  }

  save(state: TaskState): void {
    const { f } = state;
    if (state.fresh) this.create(f);
    else this.update.run(...changing.map((field) => f[field]), f.id);
    state.fresh = false;
    state.dirty = false;
  }

  /** See RowCache: tables are made anew where more has left them than is left. */
  endTransaction(): void {
    this.touched = new Set();
    if (this.dropped <= this.byId.size) return;
    this.dropped = 0;
    this.byKey = new Map(this.byKey);
    this.byId = new Map(this.byId);
  }

  drop(state: TaskState): void {
    this.dropped += 1;
    if (this.last === state) this.last = null;
    this.byId.delete(state.f.id);
    for (const key of state.cacheKeys) this.byKey.delete(key);
    this.touched.delete(state);
  }

  private create(f: TaskFacts): void {
    if (isPlain(f)) {
      this.plain.add(
        f.id, f.connection, f.keyKind, f.key, f.startedUs, f.lastUs, f.receivedUs, f.rootAgent, f.rootUs, f.statedUs, f.statedOutcome, f.statedBasis, f.horizonUs, f.outcome, f.basis, f.activities, f.failures,
        f.input, f.output, f.cacheRead, f.cacheWrite, f.reasoning, f.micros, f.currency, f.priced, f.unpriced, f.computed,
      );
      return;
    }
    // Numbers of tasks grow: they go into the table in their order.
    this.plain.flush();
    this.insert.run(...fields.map((field) => f[field]));
  }

  /** New tasks that were saved are in the file after it. */
  flush(): void {
    this.plain.flush();
  }

  /** Tasks met longest ago first. */
  *oldest(): Iterable<TaskState> {
    yield* this.byId.values();
  }

  /** Moves a task to the young end of `oldest`. */
  used(state: TaskState): void {
    if (!this.byId.delete(state.f.id)) return;
    this.dropped += 1;
    this.byId.set(state.f.id, state);
  }

  forget(): void {
    this.byKey.clear();
    this.byId.clear();
    this.last = null;
    this.touched = new Set();
    this.plain.forget();
    this.forgetMarks();
    this.nextId = this.lastId() + 1;
  }

  private lastId(): number {
    // The sequence, not the table: the id of a task that was removed is never given again.
    const row = this.db.prepare<[], { seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'task'").get();
    return row?.seq ?? 0;
  }

  private begin(connection: number, keyKind: number, key: string): TaskState {
    return new TaskState({
      id: this.nextId++, connection, keyKind, key, name: '', startedUs: Number.MAX_SAFE_INTEGER, lastUs: 0, receivedUs: 0, rootAgent: 0, rootUs: 0,
      looseAgent: 0, looseUs: 0, statedUs: 0, statedOutcome: OUTCOME.unknown, statedBasis: BASIS.nothing_known, horizonUs: 0,
      outcome: OUTCOME.running, basis: BASIS.recent_activity, activities: 0, failures: 0, denials: 0, open: 0, interrupted: 0, input: 0, output: 0, cacheRead: 0,
      cacheWrite: 0, reasoning: 0, micros: 0, currency: 0, priced: 0, unpriced: 0, computed: 0,
    }, true);
  }

  private load(facts: TaskFacts): TaskState {
    const state = new TaskState(facts, false);
    state.dirty = false;
    for (const one of this.readAgents.iterate(facts.id)) {
      state.agents.set(one.agent, { rows: one.rows, firstUs: one.firstUs, modelUs: one.modelUs, saved: { firstUs: one.firstUs }, dirty: false, stale: false });
    }
    for (const one of this.readRuns.iterate(facts.id)) state.runs.set(one.run, one.agent);
    return state;
  }

  private point(cacheKey: string, state: TaskState): void {
    this.byKey.set(cacheKey, state);
    state.cacheKeys.push(cacheKey);
  }

  private remember(state: TaskState): void {
    this.point(`${state.f.connection}\n${state.f.keyKind}\n${state.f.key}`, state);
    this.byId.set(state.f.id, state);
  }
}

