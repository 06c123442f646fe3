/**
 * Inserts rows several at a time. Worth it only where a statement by itself does more than its rows: a table with AUTOINCREMENT reads and writes its
 * last number once for each statement. Where it does not (activities, traces, sums), handing over the rows together costs what it saves (measured).
 * Rows keep their order; they are in the file after `flush`, which comes before whoever reads them.
 */
import type { Statement } from 'better-sqlite3';
import type { WriteDb } from '../database.ts';

type Value = number | string;

export interface ManyRowsOptions {
  readonly table: string;
  readonly columns: readonly string[];
  /** what stands for each column; `?` is taken from the row. */
  readonly given: readonly string[];
}

/** More are hardly faster, and leave more rows over at the end. */
const atOnce = 8;

export class ManyRows {
  private readonly width: number;
  private readonly one: Statement<Value[]>;
  private readonly many: Statement<Value[]>;
  private values: Value[] = [];

  constructor(db: WriteDb, { table, columns, given }: ManyRowsOptions) {
    this.width = given.filter((one) => one === '?').length;
    // OR FAIL: ABORT would copy pages aside before they are changed, so that one statement can be undone. Whatever fails, the transaction is undone as a whole.
    const insert = (rows: number): Statement<Value[]> => db.prepare(`INSERT OR FAIL INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: rows }, () => `(${given.join(', ')})`).join(', ')}`);
    this.one = insert(1);
    this.many = insert(atOnce);
  }

  add(...row: readonly Value[]): void {
    if (this.values.push(...row) < this.width * atOnce) return;
    const { values } = this;
    this.values = [];
    this.many.run(...values);
  }

  flush(): void {
    const { values, width } = this;
    this.values = [];
    for (let at = 0; at < values.length; at += width) this.one.run(...values.slice(at, at + width));
  }

  /** After a rollback. */
  forget(): void {
    this.values = [];
  }
}
