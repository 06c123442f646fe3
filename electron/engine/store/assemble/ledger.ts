/**
 * Sums that screens read. Each row enters with what it is after the transaction and leaves with what it was before it, so
 * sums always equal a count over the rows, however rows were joined or moved meanwhile.
 */
import type { Statement } from 'better-sqlite3';
import { FLAG, KIND, STATUS, US_DAY, US_HOUR, US_MINUTE } from '../codes.ts';
import type { WriteDb } from '../database.ts';
import { durationBucket } from '../histogram.ts';
import type { AgentBook } from './agents.ts';
import type { DayTurn } from './day-turn.ts';
import { isUnpriced, shownCurrency, shownMicros } from './pricing.ts';
import type { Facts } from './row.ts';
import { ScreenSums } from './screen-sums.ts';
import type { TaskAgent, TaskFacts, TaskState } from './tasks.ts';
import { ToolTurn } from './tool-turn.ts';
import { ToolUse, type ToolChange } from './tool-use.ts';

/** One line of by_hour or by_day: the differences of this transaction. */
class Sum {
  readonly at: number;
  readonly connection: number;
  readonly agent: number;
  readonly model: number;
  readonly currency: number;
  tasks = 0;
  activities = 0;
  failures = 0;
  denials = 0;
  input = 0;
  output = 0;
  cacheRead = 0;
  cacheWrite = 0;
  reasoning = 0;
  micros = 0;
  priced = 0;
  unpriced = 0;
  /** of `priced` and of `micros`: only computed. */
  computed = 0;
  onlyBook = 0;
  /** what the price book says, also beside what was reported. */
  book = 0;
  bookCount = 0;

  constructor(at: number, connection: number, agent: number, model: number, currency: number) {
    this.at = at;
    this.connection = connection;
    this.agent = agent;
    this.model = model;
    this.currency = currency;
  }

  /** In the order of `sumColumns`. */
  values(): number[] {
    return [this.tasks, this.activities, this.failures, this.denials, this.input, this.output, this.cacheRead, this.cacheWrite, this.reasoning, this.micros, this.priced, this.unpriced, this.computed];
  }

  /** In the order of `dayColumns`. */
  dayValues(): number[] {
    return [...this.values(), this.onlyBook, this.book, this.bookCount];
  }

  add(other: Sum): void {
    this.tasks += other.tasks;
    this.activities += other.activities;
    this.failures += other.failures;
    this.denials += other.denials;
    this.input += other.input;
    this.output += other.output;
    this.cacheRead += other.cacheRead;
    this.cacheWrite += other.cacheWrite;
    this.reasoning += other.reasoning;
    this.micros += other.micros;
    this.priced += other.priced;
    this.unpriced += other.unpriced;
    this.computed += other.computed;
    this.onlyBook += other.onlyBook;
    this.book += other.book;
    this.bookCount += other.bookCount;
  }
}

interface Tool extends ToolChange { day: number; bucket: number; failures: number; lastUs: number }
interface FailureDay { day: number; failure: number; agent: number; count: number }
interface Minute { minute: number; connection: number; activities: number; failures: number }
export interface FailureChange { count: number; firstUs: number; lastUs: number; left: boolean }

export function isDenial(f: Facts): boolean {
  return f.status === STATUS.denied || f.kind === KIND.denial;
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

export function taskMoney(t: Pick<TaskFacts, 'micros' | 'priced' | 'unpriced' | 'computed' | 'currency'>, f: Facts, sign: 1 | -1): void {
  const micros = shownMicros(f);
  if (micros >= 0) {
    t.micros += sign * micros;
    t.priced += sign;
    if (f.micros < 0) t.computed += sign;
    if (t.currency === 0) t.currency = shownCurrency(f);
  } else if (isUnpriced(f)) t.unpriced += sign;
}

export class Ledger {
  /** by hour and agent, then by model and currency: numbers, since making a text for each row is felt. */
  private hours = new Map<number, Map<number, Sum>>();
  private minutes = new Map<number, Minute>();
  private tools = new Map<number, Map<number, Tool>>();
  private failureDays = new Map<string, FailureDay>();
  failures = new Map<number, FailureChange>();
  /** Counted last: neighbours are in the same line. */
  private lastMinute: Minute = { minute: -1, connection: -1, activities: 0, failures: 0 };
  private readonly statements: Statements;
  private readonly screens: ScreenSums;
  private readonly toolUse: ToolUse;
  private readonly toolTurn: ToolTurn;
  private readonly agents: AgentBook;
  private readonly dayTurn: DayTurn;

  constructor(db: WriteDb, agents: AgentBook, dayTurn: DayTurn) {
    this.agents = agents;
    this.dayTurn = dayTurn;
    this.statements = new Statements(db);
    this.screens = new ScreenSums(db);
    this.toolUse = new ToolUse(db);
    this.toolTurn = new ToolTurn(db);
  }

  /** `sign` 1: the row as it is now; -1: as it was. */
  count(f: Facts, task: TaskState, sign: 1 | -1): void {
    const failed = f.failure === 0 ? 0 : sign;
    this.inSums(f, task.f.connection, sign);
    const minute = Math.floor(f.ts / US_MINUTE);
    const { connection } = task.f;
    if (this.lastMinute.minute !== minute || this.lastMinute.connection !== connection) this.lastMinute = at(this.minutes, minute * 10_000_000 + connection, () => ({ minute, connection, activities: 0, failures: 0 }));
    const perMinute = this.lastMinute;
    perMinute.activities += sign;
    perMinute.failures += failed;
    if (f.kind === KIND.tool_call) this.tool(f, sign);
    if (f.failure !== 0) this.failed(f, sign);
    this.agents.addRows(f.agent, sign, f.ts);
    this.inTask(f, task, sign);
  }

  /** Sums by hour and by day, which stand apart by the currency of what is shown. */
  inSums(f: Facts, connection: number, sign: 1 | -1): void {
    const hour = Math.floor(f.ts / US_HOUR);
    const sum = this.sum(hour, connection, f.agent, f.model, shownCurrency(f));
    sum.activities += sign;
    if (f.failure !== 0) sum.failures += sign;
    if (isDenial(f)) sum.denials += sign;
    this.money(sum, f, sign);
    if (f.computed < 0) return;
    const book = f.micros < 0 || f.currency === f.computedCurrency ? sum : this.sum(hour, connection, f.agent, f.model, f.computedCurrency);
    book.book += sign * f.computed;
    book.bookCount += sign;
  }

  private sum(hour: number, connection: number, agent: number, model: number, currency: number): Sum {
    const inHour = at(this.hours, agent * 10_000_000 + hour, () => new Map<number, Sum>());
    return at(inHour, model * 10_000_000 + currency, () => new Sum(hour, connection, agent, model, currency));
  }

  private money(sum: Sum, f: Facts, sign: number): void {
    if (f.hasUsage) {
      sum.input += sign * f.input;
      sum.output += sign * f.output;
      sum.cacheRead += sign * f.cacheRead;
      sum.cacheWrite += sign * f.cacheWrite;
      sum.reasoning += sign * f.reasoning;
    }
    if (f.micros >= 0) {
      sum.micros += sign * f.micros;
      sum.priced += sign;
    } else if (f.computed >= 0) {
      sum.micros += sign * f.computed;
      sum.priced += sign;
      sum.onlyBook += sign * f.computed;
      sum.computed += sign;
    } else if (isUnpriced(f)) sum.unpriced += sign;
  }

  private tool(f: Facts, sign: number): void {
    const day = Math.floor(f.ts / US_DAY);
    const bucket = f.dur > 0 || (f.dur === 0 && f.startRank > 1) ? durationBucket(f.dur) : -1;
    const ofDay = at(this.tools, f.agent * 100_000 + day, () => new Map<number, Tool>());
    const entry = at(ofDay, f.name * 1_024 + bucket + 1, () => ({ agent: f.agent, day, name: f.name, bucket, calls: 0, failures: 0, lastUs: 0, denied: 0, lastDeniedUs: 0, firstUsedUs: Number.MAX_SAFE_INTEGER, lastUsedUs: 0 }));
    entry.calls += sign;
    if (f.failure !== 0) entry.failures += sign;
    if (f.status === STATUS.denied) entry.denied += sign;
    if (sign === -1) return;
    entry.lastUs = Math.max(entry.lastUs, f.ts);
    if (f.status === STATUS.denied) entry.lastDeniedUs = Math.max(entry.lastDeniedUs, f.ts);
    // One that runs may still be refused: only what came to an end was a use.
    else if (f.status !== STATUS.running) {
      entry.firstUsedUs = Math.min(entry.firstUsedUs, f.ts);
      entry.lastUsedUs = Math.max(entry.lastUsedUs, f.ts);
    }
  }

  private failed(f: Facts, sign: number): void {
    const day = Math.floor(f.ts / US_DAY);
    at(this.failureDays, `${day}|${f.failure}|${f.agent}`, () => ({ day, failure: f.failure, agent: f.agent, count: 0 })).count += sign;
    const change = at(this.failures, f.failure, () => ({ count: 0, firstUs: Number.MAX_SAFE_INTEGER, lastUs: 0, left: false }));
    change.count += sign;
    if (sign === -1) change.left = true;
    else {
      change.firstUs = Math.min(change.firstUs, f.ts);
      change.lastUs = Math.max(change.lastUs, f.ts);
    }
  }

  private inTask(f: Facts, task: TaskState, sign: 1 | -1): void {
    const t = task.f;
    t.activities += sign;
    if (f.failure !== 0) t.failures += sign;
    if (isDenial(f)) t.denials += sign;
    if (f.status === STATUS.running) t.open += sign;
    else if (f.status === STATUS.interrupted) t.interrupted += sign;
    if (f.hasUsage) {
      t.input += sign * f.input;
      t.output += sign * f.output;
      t.cacheRead += sign * f.cacheRead;
      t.cacheWrite += sign * f.cacheWrite;
      t.reasoning += sign * f.reasoning;
    }
    taskMoney(t, f, sign);
    task.dirty = true;
    const end = f.ts + Math.max(0, f.dur);
    const entry = task.agent(f.agent);
    entry.rows += sign;
    entry.dirty = true;
    if (sign === 1) {
      t.startedUs = Math.min(t.startedUs, f.ts);
      t.lastUs = Math.max(t.lastUs, end);
      entry.firstUs = Math.min(entry.firstUs, f.ts);
      if (f.kind === KIND.model_call && f.status !== STATUS.running && (f.flags & FLAG.interruptedInferred) === 0) entry.modelUs = Math.max(entry.modelUs, f.ts);
    } else {
      if (f.ts <= t.startedUs || end >= t.lastUs) task.stale = true;
      if (f.ts <= entry.firstUs) entry.stale = true;
    }
  }

  /** A task counts for an agent in the hour in which the agent first acted in it. */
  taskAgent(connection: number, agent: number, entry: TaskAgent): void {
    if (entry.saved !== null) this.sum(Math.floor(entry.saved.firstUs / US_HOUR), connection, agent, 0, 0).tasks -= 1;
    if (entry.rows > 0) this.sum(Math.floor(entry.firstUs / US_HOUR), connection, agent, 0, 0).tasks += 1;
  }

  flush(failures: (changes: ReadonlyMap<number, FailureChange>) => void): void {
    const days = new Map<string, Sum>();
    const totals = new Map<string, Sum>();
    const spent = new Map<string, Sum>();
    for (const inHour of this.hours.values()) {
      for (const sum of inHour.values()) {
        this.statements.sum(this.statements.hour, this.statements.emptyHour, sum);
        this.screens.hour(sum);
        if (sum.priced !== 0 || sum.micros !== 0) at(spent, `${sum.at}|${sum.connection}|${sum.model}|${sum.currency}`, () => new Sum(sum.at, sum.connection, 0, sum.model, sum.currency)).add(sum);
        const day = Math.floor(sum.at / 24);
        // Also where something moved within its day: readers keep hours too.
        if (sum.activities !== 0 || sum.failures !== 0 || sum.denials !== 0) this.dayTurn.changes(day);
        at(days, `${day}|${sum.agent}|${sum.model}|${sum.currency}`, () => new Sum(day, sum.connection, sum.agent, sum.model, sum.currency)).add(sum);
        at(totals, `${sum.at}|${sum.connection}|${sum.currency}`, () => new Sum(sum.at, sum.connection, 0, 0, sum.currency)).add(sum);
      }
    }
    for (const sum of days.values()) {
      if (this.statements.day(sum)) this.dayTurn.changes(sum.at);
    }
    for (const sum of spent.values()) this.screens.spend(sum);
    for (const sum of totals.values()) this.statements.total(sum);
    for (const one of this.minutes.values()) this.statements.minute(one);
    for (const ofDay of this.tools.values()) for (const one of ofDay.values()) this.statements.toolDay(one);
    this.toolTurn.flush([...this.tools.keys()].map((key) => [Math.floor(key / 100_000), key % 100_000]));
    if (this.tools.size > 0) for (const agent of this.toolUse.flush(this.tools.values())) this.agents.marked.add(agent);
    for (const one of this.failureDays.values()) this.failureDay(one);
    failures(this.failures);
    this.clear();
  }

  private failureDay(one: FailureDay): void {
    if (one.count === 0) return;
    // Also where one failure took another's place.
    this.dayTurn.changes(one.day);
    this.statements.failureDay(one);
    this.screens.failure(one.failure, one.agent, one.count);
  }

  /** New tables: see RowCache. */
  clear(): void {
    this.hours = new Map();
    this.minutes = new Map();
    this.lastMinute = { minute: -1, connection: -1, activities: 0, failures: 0 };
    this.tools = new Map();
    this.failureDays = new Map();
    this.failures = new Map();
  }
}

const sumColumns = ['tasks', 'activities', 'failures', 'denials', 'input', 'output', 'cache_read', 'cache_write', 'reasoning', 'micros', 'priced', 'unpriced', 'computed'];
const dayColumns = [...sumColumns, 'only_computed', 'book', 'book_n'];

class Statements {
  readonly hour: Statement<number[]>;
  readonly emptyHour: Statement<number[]>;
  private readonly dayUp: Statement<number[]>;
  private readonly dayEmpty: Statement<number[]>;
  private readonly totalUp: Statement<number[]>;
  private readonly totalEmpty: Statement<number[]>;
  private readonly minuteUp: Statement<number[]>;
  private readonly minuteEmpty: Statement<number[]>;
  private readonly toolUp: Statement<number[]>;
  private readonly toolEmpty: Statement<number[]>;
  private readonly failureUp: Statement<number[]>;
  private readonly failureEmpty: Statement<number[]>;

  constructor(db: WriteDb) {
    const up = (table: string, columns: readonly string[], ...key: string[]): Statement<number[]> => db.prepare(`INSERT INTO ${table} (${key.join(', ')}, ${columns.join(', ')})
      VALUES (${key.map(() => '?').join(', ')}, ${columns.map(() => '?').join(', ')}) ON CONFLICT DO UPDATE SET ${columns.map((c) => `${c} = ${c} + excluded.${c}`).join(', ')}`);
    const empty = (table: string, also: string, ...key: string[]): Statement<number[]> =>
      db.prepare(`DELETE FROM ${table} WHERE ${key.map((column) => `${column} = ?`).join(' AND ')} AND activities = 0 AND tasks = 0${also}`);
    this.hour = up('by_hour', sumColumns, 'hour', 'agent', 'model', 'currency');
    this.emptyHour = empty('by_hour', '', 'hour', 'agent', 'model', 'currency');
    this.dayUp = up('by_day', dayColumns, 'day', 'agent', 'model', 'currency');
    this.dayEmpty = empty('by_day', ' AND book_n = 0', 'day', 'agent', 'model', 'currency');
    this.totalUp = up('hour_total', sumColumns, 'hour', 'connection', 'currency');
    this.totalEmpty = empty('hour_total', '', 'hour', 'connection', 'currency');
    this.minuteUp = db.prepare(`INSERT INTO by_minute (minute, connection, activities, failures) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET activities = activities + excluded.activities, failures = failures + excluded.failures`);
    this.minuteEmpty = db.prepare('DELETE FROM by_minute WHERE minute = ? AND connection = ? AND activities = 0');
    this.toolUp = db.prepare(`INSERT INTO tool_day (agent, day, name, bucket, calls, failures, last_us, denied, last_denied_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, failures = failures + excluded.failures, last_us = max(last_us, excluded.last_us),
        denied = denied + excluded.denied, last_denied_us = max(last_denied_us, excluded.last_denied_us)`);
    this.toolEmpty = db.prepare('DELETE FROM tool_day WHERE agent = ? AND day = ? AND name = ? AND bucket = ? AND calls = 0');
    this.failureUp = db.prepare(`INSERT INTO failure_day (day, failure, agent, count) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count`);
    this.failureEmpty = db.prepare('DELETE FROM failure_day WHERE day = ? AND failure = ? AND agent = ? AND count = 0');
  }

  sum(up: Statement<number[]>, empty: Statement<number[]>, s: Sum): void {
    const values = s.values();
    if (values.every((value) => value === 0)) return;
    up.run(s.at, s.agent, s.model, s.currency, ...values);
    // Only a row that left can have emptied a line.
    if (s.activities <= 0) empty.run(s.at, s.agent, s.model, s.currency);
  }

  /** Whether anything changed. */
  day(s: Sum): boolean {
    const values = s.dayValues();
    if (values.every((value) => value === 0)) return false;
    this.dayUp.run(s.at, s.agent, s.model, s.currency, ...values);
    if (s.activities <= 0) this.dayEmpty.run(s.at, s.agent, s.model, s.currency);
    return true;
  }

  total(s: Sum): void {
    const values = s.values();
    if (values.every((value) => value === 0)) return;
    this.totalUp.run(s.at, s.connection, s.currency, ...values);
    if (s.activities <= 0) this.totalEmpty.run(s.at, s.connection, s.currency);
  }

  minute(m: Minute): void {
    if (m.activities === 0 && m.failures === 0) return;
    this.minuteUp.run(m.minute, m.connection, m.activities, m.failures);
    if (m.activities <= 0) this.minuteEmpty.run(m.minute, m.connection);
  }

  toolDay(t: Tool): void {
    if (t.calls === 0 && t.failures === 0 && t.denied === 0) return;
    this.toolUp.run(t.agent, t.day, t.name, t.bucket, t.calls, t.failures, t.lastUs, t.denied, t.lastDeniedUs);
    if (t.calls <= 0) this.toolEmpty.run(t.agent, t.day, t.name, t.bucket);
  }

  failureDay(f: FailureDay): void {
    this.failureUp.run(f.day, f.failure, f.agent, f.count);
    if (f.count <= 0) this.failureEmpty.run(f.day, f.failure, f.agent);
  }
}
