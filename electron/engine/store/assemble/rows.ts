/** Reads and writes rows of `activity`. */
import type { Statement } from 'better-sqlite3';
import type { WriteDb } from '../database.ts';
import { isUnpriced } from './merge.ts';
import { packFlags, type Facts } from './row.ts';
import { PROVENANCE } from '../codes.ts';

const columns = [
  'id', 'task', 'agent', 'ts_us', 'dur_us', 'kind', 'status', 'flags', 'name', 'model', 'error_type', 'error_message', 'error_stack', 'failure',
  'input', 'output', 'cache_read', 'cache_write', 'reasoning', 'micros', 'currency', 'provenance', 'parent', 'key', 'trace', 'span', 'parent_span',
  'claim', 'run', 'service', 'source', 'record', 'block', 'slot',
] as const;

const plainColumns = [
  'id', 'task', 'agent', 'ts_us', 'dur_us', 'kind', 'status', 'flags', 'name', 'model', 'parent', 'key', 'trace', 'span', 'parent_span', 'claim', 'service', 'source', 'record', 'block', 'slot',
] as const;
const usageColumns = ['input', 'output', 'cache_read', 'cache_write', 'reasoning', 'provenance'] as const;

type Raw = readonly (number | null)[];

export class RowStore {
  private readonly byKey: Statement<[number, number], Raw>;
  private readonly insertOne: Statement<unknown[]>;
  /** Most rows have no error, no money and no run, many no usage: binding nothing thirteen times is felt. */
  private readonly insertPlain: Statement<unknown[]>;
  private readonly insertUsed: Statement<unknown[]>;
  private readonly updateOne: Statement<unknown[]>;
  private readonly deleteOne: Statement<[number]>;
  private readonly ofTask: Statement<[number], Raw>;
  private readonly ofTrace: Statement<[number, number], Raw>;
  private readonly runningOf: Statement<[number, number], Raw>;
  private readonly last: Statement<[], { n: number }>;
  private nextRow: number;

  constructor(db: WriteDb) {
    const list = columns.join(', ');
    const marks = columns.map(() => '?').join(', ');
    this.byKey = db.prepare<[number, number], Raw>(`SELECT ${list} FROM activity WHERE task = ? AND key = ?`).raw();
    this.ofTask = db.prepare<[number], Raw>(`SELECT ${list} FROM activity WHERE task = ? ORDER BY id`).raw();
    this.ofTrace = db.prepare<[number, number], Raw>(`SELECT ${list} FROM activity WHERE task = ? AND trace = ? ORDER BY id`).raw();
    this.runningOf = db.prepare<[number, number], Raw>(`SELECT ${list} FROM activity WHERE task = ? AND ts_us < ? AND status = 1 ORDER BY ts_us`).raw();
    this.insertOne = db.prepare(`INSERT INTO activity (${list}) VALUES (${marks})`);
    const put = (some: readonly string[]): Statement<unknown[]> => db.prepare(`INSERT INTO activity (${some.join(', ')}) VALUES (${some.map(() => '?').join(', ')})`);
    this.insertPlain = put(plainColumns);
    this.insertUsed = put([...plainColumns, ...usageColumns]);
    this.updateOne = db.prepare(`UPDATE activity SET (${columns.slice(1).join(', ')}) = (${columns.slice(1).map(() => '?').join(', ')}) WHERE id = ?`);
    this.deleteOne = db.prepare('DELETE FROM activity WHERE id = ?');
    this.last = db.prepare('SELECT coalesce(max(id), 0) AS n FROM activity');
    this.nextRow = this.lastId() + 1;
  }

  nextId(): number {
    return this.nextRow++;
  }

  get peekId(): number {
    return this.nextRow;
  }

  forget(): void {
    this.nextRow = this.lastId() + 1;
  }

  private lastId(): number {
    return this.last.get()?.n ?? 0;
  }

  withKey(task: number, key: number): Facts | null {
    return factsOf(this.byKey.get(task, key));
  }

  allOfTask(task: number): Facts[] {
    return this.ofTask.all(task).map(facts);
  }

  allOfTrace(task: number, trace: number): Facts[] {
    return this.ofTrace.all(task, trace).map(facts);
  }

  running(task: number, beforeUs: number): Facts[] {
    return this.runningOf.all(task, beforeUs).map(facts);
  }

  insert(f: Facts): void {
    if (f.errorType === 0 && f.errorMessage === 0 && f.errorStack === 0 && f.failure === 0 && f.micros < 0 && f.run === 0) {
      const dur = f.dur < 0 ? null : f.dur;
      if (!f.hasUsage) {
        this.insertPlain.run(f.id, f.task, f.agent, f.ts, dur, f.kind, f.status, packFlags(f), f.name, f.model, orNull(f.parent), f.key, f.trace, f.span, f.parentSpan, f.claim, f.service, f.source, f.record, f.block, f.slot);
      } else {
        this.insertUsed.run(f.id, f.task, f.agent, f.ts, dur, f.kind, f.status, packFlags(f), f.name, f.model, orNull(f.parent), f.key, f.trace, f.span, f.parentSpan, f.claim, f.service, f.source, f.record, f.block, f.slot,
          f.input, f.output, f.cacheRead, f.cacheWrite, f.reasoning, provenanceOf(f));
      }
      return;
    }
    this.insertOne.run(
      f.id, f.task, f.agent, f.ts, f.dur < 0 ? null : f.dur, f.kind, f.status, packFlags(f), f.name, f.model, orNull(f.errorType), orNull(f.errorMessage), orNull(f.errorStack), orNull(f.failure),
      f.hasUsage ? f.input : null, f.hasUsage ? f.output : null, f.hasUsage ? f.cacheRead : null, f.hasUsage ? f.cacheWrite : null, f.hasUsage ? f.reasoning : null,
      f.micros < 0 ? null : f.micros, orNull(f.currency), provenanceOf(f), orNull(f.parent), f.key, f.trace, f.span, f.parentSpan,
      f.claim, orNull(f.run), f.service, f.source, f.record, f.block, f.slot,
    );
  }

  update(f: Facts): void {
    this.updateOne.run(
      f.task, f.agent, f.ts, f.dur < 0 ? null : f.dur, f.kind, f.status, packFlags(f), f.name, f.model, orNull(f.errorType), orNull(f.errorMessage), orNull(f.errorStack), orNull(f.failure),
      f.hasUsage ? f.input : null, f.hasUsage ? f.output : null, f.hasUsage ? f.cacheRead : null, f.hasUsage ? f.cacheWrite : null, f.hasUsage ? f.reasoning : null,
      f.micros < 0 ? null : f.micros, orNull(f.currency), provenanceOf(f), orNull(f.parent), f.key, f.trace, f.span, f.parentSpan,
      f.claim, orNull(f.run), f.service, f.source, f.record, f.block, f.slot, f.id,
    );
  }

  delete(id: number): void {
    this.deleteOne.run(id);
  }
}

function orNull(id: number): number | null {
  return id === 0 ? null : id;
}

function provenanceOf(f: Facts): number | null {
  if (f.micros >= 0) return PROVENANCE.reported;
  return isUnpriced(f) ? PROVENANCE.unpriced : null;
}

function factsOf(raw: Raw | undefined): Facts | null {
  return raw === undefined ? null : facts(raw);
}

/** Columns in the order of `columns`. */
function facts(raw: Raw): Facts {
  const at = (i: number): number => raw[i] ?? 0;
  const flags = at(7);
  return {
    id: at(0), task: at(1), agent: at(2), ts: at(3), dur: raw[4] ?? -1, kind: at(5), status: at(6),
    flags: flags & 0xff, startRank: (flags >> 8) & 3, endRank: (flags >> 10) & 3, nameRank: (flags >> 12) & 3, basis: (flags >> 14) & 3,
    name: at(8), model: at(9), errorType: at(10), errorMessage: at(11), errorStack: at(12), failure: at(13),
    hasUsage: raw[14] !== null, input: at(14), output: at(15), cacheRead: at(16), cacheWrite: at(17), reasoning: at(18),
    micros: raw[19] ?? -1, currency: at(20), parent: at(22), key: at(23), trace: at(24), span: at(25), parentSpan: at(26),
    claim: at(27), run: at(28), service: at(29), source: at(30), record: at(31), block: at(32), slot: at(33),
  };
}
