/** Reads and writes rows of `activity`. */
import type { Statement } from 'better-sqlite3';
import type { BilledUnits } from '../../cost/price.ts';
import type { WriteDb } from '../database.ts';
import { PROVENANCE } from '../codes.ts';
import type { BillingBook } from './billing.ts';
import { provenanceOf, shownCurrency, shownMicros } from './pricing.ts';
import { hasUnits, packFlags, type Facts } from './row.ts';

const columns = [
  'id', 'task', 'agent', 'ts_us', 'dur_us', 'kind', 'status', 'flags', 'name', 'model', 'error_type', 'error_message', 'error_stack', 'failure',
  'input', 'output', 'cache_read', 'cache_write', 'reasoning', 'micros', 'currency', 'provenance', 'parent', 'key', 'trace', 'span', 'parent_span',
  'claim', 'run', 'service', 'source', 'record', 'block', 'slot', 'computed', 'computed_currency', 'billing', 'cache_write_1h',
] as const;

const plainColumns = [
  'id', 'task', 'agent', 'ts_us', 'dur_us', 'kind', 'status', 'flags', 'name', 'model', 'parent', 'key', 'trace', 'span', 'parent_span', 'claim', 'service', 'source', 'record', 'block', 'slot',
] as const;
const usageColumns = ['input', 'output', 'cache_read', 'cache_write', 'reasoning', 'micros', 'currency', 'provenance', 'computed', 'computed_currency', 'billing', 'cache_write_1h'] as const;

type Raw = readonly (number | null)[];

export class RowStore {
  private readonly byKey: Statement<[number, number], Raw>;
  private readonly insertOne: Statement<unknown[]>;
  /** Most rows have no error and no run, many no usage: binding nothing thirteen times is felt. */
  private readonly insertPlain: Statement<unknown[]>;
  private readonly insertUsed: Statement<unknown[]>;
  private readonly updateOne: Statement<unknown[]>;
  private readonly deleteOne: Statement<[number]>;
  private readonly ofTask: Statement<[number], Raw>;
  private readonly ofTrace: Statement<[number, number], Raw>;
  private readonly runningOf: Statement<[number, number], Raw>;
  private readonly last: Statement<[], { n: number }>;
  private readonly usedOnes: Statement<[number, number], Raw>;
  private readonly updateMoney: Statement<(number | null)[]>;
  private readonly writeUnits: Statement<[number, string]>;
  private readonly readUnits: Statement<[number], { units: string }>;
  private readonly dropUnits: Statement<[number]>;
  private readonly billing: BillingBook;
  private nextRow: number;

  constructor(db: WriteDb, billing: BillingBook) {
    this.billing = billing;
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
    this.usedOnes = db.prepare<[number, number], Raw>(`SELECT ${list} FROM activity WHERE id >= ? AND id < ? AND (input IS NOT NULL OR flags & ${hasUnits} <> 0) ORDER BY id DESC`).raw();
    this.updateMoney = db.prepare('UPDATE activity SET micros = ?, currency = ?, provenance = ?, computed = ?, computed_currency = ? WHERE id = ?');
    this.writeUnits = db.prepare('INSERT OR REPLACE INTO activity_units (activity, units) VALUES (?, ?)');
    this.readUnits = db.prepare('SELECT units FROM activity_units WHERE activity = ?');
    this.dropUnits = db.prepare('DELETE FROM activity_units WHERE activity = ?');
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
    const raw = this.byKey.get(task, key);
    return raw === undefined ? null : this.facts(raw);
  }

  allOfTask(task: number): Facts[] {
    return this.ofTask.all(task).map((raw) => this.facts(raw));
  }

  allOfTrace(task: number, trace: number): Facts[] {
    return this.ofTrace.all(task, trace).map((raw) => this.facts(raw));
  }

  running(task: number, beforeUs: number): Facts[] {
    return this.runningOf.all(task, beforeUs).map((raw) => this.facts(raw));
  }

  /** Rows with billed units, newest first. */
  used(fromId: number, beforeId: number): Facts[] {
    return this.usedOnes.all(fromId, beforeId).map((raw) => this.facts(raw));
  }

  writeMoney(f: Facts): void {
    const money = shownMicros(f);
    this.updateMoney.run(money < 0 ? null : money, orNull(shownCurrency(f)), provenanceOf(f), f.computed < 0 ? null : f.computed, orNull(f.computedCurrency), f.id);
  }

  insert(f: Facts): void {
    if (f.units !== null) this.writeUnits.run(f.id, unitsText(f.units));
    const money = shownMicros(f);
    if (f.errorType === 0 && f.errorMessage === 0 && f.errorStack === 0 && f.failure === 0 && f.run === 0 && (f.hasUsage || (money < 0 && f.units === null && f.billing.id === 0))) {
      const dur = f.dur < 0 ? null : f.dur;
      if (!f.hasUsage) {
        this.insertPlain.run(f.id, f.task, f.agent, f.ts, dur, f.kind, f.status, packFlags(f), f.name, f.model, orNull(f.parent), f.key, f.trace, f.span, f.parentSpan, f.claim, f.service, f.source, f.record, f.block, f.slot);
      } else {
        this.insertUsed.run(f.id, f.task, f.agent, f.ts, dur, f.kind, f.status, packFlags(f), f.name, f.model, orNull(f.parent), f.key, f.trace, f.span, f.parentSpan, f.claim, f.service, f.source, f.record, f.block, f.slot,
          f.input, f.output, f.cacheRead, f.cacheWrite, f.reasoning, money < 0 ? null : money, orNull(shownCurrency(f)), provenanceOf(f), f.computed < 0 ? null : f.computed, orNull(f.computedCurrency), this.billing.idOf(f.billing), f.cacheWrite1h < 0 ? null : f.cacheWrite1h);
      }
      return;
    }
    this.insertOne.run(
      f.id, f.task, f.agent, f.ts, f.dur < 0 ? null : f.dur, f.kind, f.status, packFlags(f), f.name, f.model, orNull(f.errorType), orNull(f.errorMessage), orNull(f.errorStack), orNull(f.failure),
      f.hasUsage ? f.input : null, f.hasUsage ? f.output : null, f.hasUsage ? f.cacheRead : null, f.hasUsage ? f.cacheWrite : null, f.hasUsage ? f.reasoning : null,
      money < 0 ? null : money, orNull(shownCurrency(f)), provenanceOf(f), orNull(f.parent), f.key, f.trace, f.span, f.parentSpan,
      f.claim, orNull(f.run), f.service, f.source, f.record, f.block, f.slot, f.computed < 0 ? null : f.computed, orNull(f.computedCurrency), this.billing.idOf(f.billing), f.cacheWrite1h < 0 ? null : f.cacheWrite1h,
    );
  }

  update(f: Facts): void {
    if (f.units !== null) this.writeUnits.run(f.id, unitsText(f.units));
    const money = shownMicros(f);
    this.updateOne.run(
      f.task, f.agent, f.ts, f.dur < 0 ? null : f.dur, f.kind, f.status, packFlags(f), f.name, f.model, orNull(f.errorType), orNull(f.errorMessage), orNull(f.errorStack), orNull(f.failure),
      f.hasUsage ? f.input : null, f.hasUsage ? f.output : null, f.hasUsage ? f.cacheRead : null, f.hasUsage ? f.cacheWrite : null, f.hasUsage ? f.reasoning : null,
      money < 0 ? null : money, orNull(shownCurrency(f)), provenanceOf(f), orNull(f.parent), f.key, f.trace, f.span, f.parentSpan,
      f.claim, orNull(f.run), f.service, f.source, f.record, f.block, f.slot, f.computed < 0 ? null : f.computed, orNull(f.computedCurrency), this.billing.idOf(f.billing), f.cacheWrite1h < 0 ? null : f.cacheWrite1h, f.id,
    );
  }

  delete(id: number): void {
    this.deleteOne.run(id);
    this.dropUnits.run(id);
  }

  /** Columns in the order of `columns`. */
  private facts(raw: Raw): Facts {
    const at = (i: number): number => raw[i] ?? 0;
    const flags = at(7);
    const reported = raw[19] !== null && at(21) !== PROVENANCE.computed;
    return {
      id: at(0), task: at(1), agent: at(2), ts: at(3), dur: raw[4] ?? -1, kind: at(5), status: at(6),
      flags: flags & 0xff, startRank: (flags >> 8) & 3, endRank: (flags >> 10) & 3, nameRank: (flags >> 12) & 3, basis: (flags >> 14) & 3,
      name: at(8), model: at(9), errorType: at(10), errorMessage: at(11), errorStack: at(12), failure: at(13),
      hasUsage: raw[14] !== null, input: at(14), output: at(15), cacheRead: at(16), cacheWrite: at(17), reasoning: at(18), cacheWrite1h: raw[37] ?? -1,
      units: (flags & hasUnits) === 0 ? null : unitsOf(this.readUnits.get(at(0))?.units), billing: this.billing.at(at(36)),
      micros: reported ? at(19) : -1, currency: reported ? at(20) : 0, computed: raw[34] ?? -1, computedCurrency: at(35),
      parent: at(22), key: at(23), trace: at(24), span: at(25), parentSpan: at(26),
      claim: at(27), run: at(28), service: at(29), source: at(30), record: at(31), block: at(32), slot: at(33),
    };
  }
}

function orNull(id: number): number | null {
  return id === 0 ? null : id;
}

/** In one order, so that the same units are the same text. */
function unitsText(units: BilledUnits): string {
  return JSON.stringify(Object.fromEntries(Object.entries(units).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

export function unitsOf(text: string | undefined): BilledUnits | null {
  return text === undefined ? null : (JSON.parse(text) as BilledUnits);
}
