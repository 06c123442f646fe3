/** Writes what the fold found of one holder: only lines that differ from those in the file, and the columns that this changes for all. */
import { reversibilities, type AccessClass, type GrantUse, type Reversibility } from '../../../shared/access.ts';
import type { Statement } from 'better-sqlite3';
import { classColumn, columnKey, type Cell, type FacetLine, type Sums, type UseOfGrant } from './access-sums.ts';
import type { WriteDb } from './database.ts';
import type { HeldGrant } from './held-grants.ts';
import { statement } from './statements.ts';

/** On disk: never renumber. */
const USE: Readonly<Record<GrantUse['state'], number>> = { used: 1, not_used: 2, cannot_tell: 3 };

/** Stands in `access_turn` for no holder: counted up when columns change, or which grants stand behind them. */
export const allColumns = 0;

/** What was saved of a holder last. */
export interface Saved { readonly rows: readonly HeldGrant[]; readonly sums: Sums }

export interface RowFacts { readonly name: string; readonly identity: number; readonly held: number; readonly cannotTell: number; readonly notUnderstood: number; readonly denied: number; readonly findings: number; readonly notSeen: string | null }

type Values = readonly (number | string | null)[];
const same = (a: Values | undefined, b: Values): boolean => a !== undefined && a.length === b.length && a.every((value, at) => value === b[at]);

export class AccessSave {
  private readonly db: WriteDb;
  private readonly columns = new Map<string, number>();
  private readonly findColumn: Statement<[string, string], { id: number }>;

  constructor(db: WriteDb) {
    this.db = db;
    this.findColumn = statement(db, 'SELECT id FROM access_column WHERE resource = ? AND class = ?');
  }

  /** After a rollback: columns that were made in it do not exist. */
  forget(): void {
    this.columns.clear();
  }

  /** `before`: what this saved of the holder last; null: it must be read. Answers whether anything changed. */
  sums(holder: number, rows: readonly HeldGrant[], sums: Sums, before: Saved | null): boolean {
    const used = this.uses(holder, rows, sums, before);
    const touched = new Touched();
    // Which cells a grant stands behind hangs on the grants, and on what is done without one.
    const facets = before !== null && before.rows === rows && sameLoose(before.sums, sums) ? false : this.facets(holder, rows, sums.facets, touched);
    const cells = this.cells(holder, sums.cells, before, touched);
    if (cells) this.turn(holder);
    if (facets) this.turn(allColumns);
    this.settleColumns(touched);
    return used || facets || cells;
  }

  row(holder: number, row: RowFacts, nowUs: number): boolean {
    const values: Values = [row.name, row.identity, row.held, row.cannotTell, row.notUnderstood, row.denied, row.findings, row.notSeen];
    const was = this.db.prepare<[number], (number | string | null)[]>('SELECT name, identity, held, cannot_tell, not_understood, denied, findings, not_seen FROM access_row WHERE holder = ?').raw().get(holder);
    statement(this.db, `INSERT INTO access_row (holder, name, identity, held, cannot_tell, not_understood, denied, findings, not_seen, folded_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name, identity = excluded.identity, held = excluded.held, cannot_tell = excluded.cannot_tell, not_understood = excluded.not_understood, denied = excluded.denied,
        findings = excluded.findings, not_seen = excluded.not_seen, folded_us = excluded.folded_us`).run(holder, ...values, nowUs);
    return !same(was, values);
  }

  /** Nobody of that name is there (any more): no trace of it stays but its findings, which are gone. */
  clear(holder: number, nowUs: number): boolean {
    const touched = new Touched();
    for (const column of statement<[number], number>(this.db, 'SELECT column_id FROM access_cell WHERE holder = ?').pluck().all(holder)) touched.left(column);
    if (touched.columns.size > 0) for (const one of [holder, allColumns]) this.turn(one);
    let lines = statement(this.db, 'UPDATE finding SET gone_us = ? WHERE holder = ? AND gone_us IS NULL').run(nowUs, holder).changes;
    for (const table of ['grant_use', 'access_facet', 'access_cell', 'access_row']) lines += statement(this.db, `DELETE FROM ${table} WHERE holder = ?`).run(holder).changes;
    this.settleColumns(touched);
    return lines > 0;
  }

  /** For whoever keeps cells and texts of findings that it read, and for `allColumns` what it read of columns. */
  turn(holder: number): void {
    statement(this.db, 'INSERT INTO access_turn (holder, n) VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1').run(holder);
  }

  private uses(holder: number, rows: readonly HeldGrant[], { uses }: Sums, before: Saved | null): boolean {
    const was: Map<number, Values> = before !== null ? new Map(before.rows.map(({ id }, at) => [id, valuesOfUse(before.sums.uses[at])])) : new Map(this.db.prepare<[number], (number | string | null)[]>('SELECT grant_id, state, times, denied, first_used_us, last_used_us, last_denied_us, why FROM grant_use WHERE holder = ?').raw().all(holder).map(([grant, ...values]) => [Number(grant), values]));
    const put = statement(this.db, `INSERT INTO grant_use (grant_id, holder, state, times, denied, first_used_us, last_used_us, last_denied_us, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET state = excluded.state, times = excluded.times, denied = excluded.denied, first_used_us = excluded.first_used_us, last_used_us = excluded.last_used_us, last_denied_us = excluded.last_denied_us, why = excluded.why`);
    let changed = false;
    for (const [at, { id }] of rows.entries()) {
      const use = uses[at];
      if (use === undefined) continue;
      const values = valuesOfUse(use);
      const known = was.get(id);
      was.delete(id);
      if (same(known, values)) continue;
      put.run(id, holder, ...values);
      changed = true;
    }
    const drop = statement(this.db, 'DELETE FROM grant_use WHERE grant_id = ? AND holder = ?');
    for (const id of was.keys()) drop.run(id, holder);
    return changed || was.size > 0;
  }

  private facets(holder: number, rows: readonly HeldGrant[], lines: readonly FacetLine[], touched: Touched): boolean {
    const was = new Map(statement<[number], [number, number, number]>(this.db, 'SELECT column_id, grant_id, reversibility FROM access_facet WHERE holder = ?').raw().all(holder).map(([column, grant, rank]) => [`${column} ${grant}`, rank]));
    const wanted = new Map<string, { column: number; grant: number; rank: number }>();
    for (const { resource, class: name, at, rank } of lines) {
      const column = this.column(resource, name);
      // Grant 0: activity without one.
      const grant = rows[at]?.id ?? 0;
      const key = `${column} ${grant}`;
      const known = wanted.get(key);
      if (known === undefined) wanted.set(key, { column, grant, rank });
      else known.rank = Math.max(known.rank, rank);
    }
    const put = statement(this.db, 'INSERT OR REPLACE INTO access_facet (holder, column_id, grant_id, reversibility) VALUES (?, ?, ?, ?)');
    let changed = false;
    for (const [key, { column, grant, rank }] of wanted) {
      const before = was.get(key);
      was.delete(key);
      if (before === rank) continue;
      put.run(holder, column, grant, rank);
      if (before !== undefined && before > rank) touched.milder(column);
      touched.worse(column, rank);
      changed = true;
    }
    const drop = statement(this.db, 'DELETE FROM access_facet WHERE holder = ? AND column_id = ? AND grant_id = ?');
    for (const key of was.keys()) {
      const [column = 0, grant = 0] = key.split(' ').map(Number);
      drop.run(holder, column, grant);
      touched.milder(column);
    }
    return changed || was.size > 0;
  }

  private cells(holder: number, cells: ReadonlyMap<string, Cell>, saved: Saved | null, touched: Touched): boolean {
    const was: Map<number, Values> = saved !== null ? new Map([...saved.sums.cells].map(([key, cell]) => [this.columnAt(key), valuesOfCell(cell)])) : new Map(this.db.prepare<[number], (number | null)[]>('SELECT column_id, grants, cannot_tell, times, denied, last_used_us, last_denied_us, irreversible, shared, expires_us, first_us FROM access_cell WHERE holder = ?').raw().all(holder).map(([column, ...values]) => [Number(column), values]));
    const put = statement(this.db, 'INSERT OR REPLACE INTO access_cell (holder, column_id, grants, cannot_tell, times, denied, last_used_us, last_denied_us, irreversible, shared, expires_us, first_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    let changed = false;
    for (const [key, cell] of cells) {
      const column = this.columnAt(key);
      const values = valuesOfCell(cell);
      const before = was.get(column);
      was.delete(column);
      if (same(before, values)) continue;
      if (before === undefined) touched.came(column);
      put.run(holder, column, ...values);
      changed = true;
    }
    const drop = statement(this.db, 'DELETE FROM access_cell WHERE holder = ? AND column_id = ?');
    for (const column of was.keys()) {
      drop.run(holder, column);
      touched.left(column);
    }
    return changed || was.size > 0;
  }

  private columnAt(key: string): number {
    const known = this.columns.get(key);
    if (known !== undefined) return known;
    const [resource = '', name = ''] = key.split('\n');
    return this.column(name.startsWith('*') ? null : resource, name.replace('*', '') as AccessClass);
  }

  private column(resource: string | null, name: AccessClass): number {
    if (resource === null) return classColumn(name);
    const key = columnKey(resource, name);
    let id = this.columns.get(key);
    if (id === undefined) {
      id = this.findColumn.get(resource, name)?.id ?? Number(statement(this.db, "INSERT INTO access_column (resource, class, reversibility) VALUES (?, ?, 'unknown')").run(resource, name).lastInsertRowid);
      if (this.columns.size > 50_000) this.columns.clear();
      this.columns.set(key, id);
    }
    return id;
  }

  /** How many hold each, and the worst that any of them can do there. One that nobody holds is no column. */
  private settleColumns(touched: Touched): void {
    const find = statement<[number], { holders: number; reversibility: Reversibility }>(this.db, 'SELECT holders, reversibility FROM access_column WHERE id = ?');
    const worst = statement<[number], { rank: number | null }>(this.db, 'SELECT max(reversibility) AS rank FROM access_facet WHERE column_id = ?');
    const put = statement(this.db, 'UPDATE access_column SET holders = ?, reversibility = ? WHERE id = ?');
    let changed = false;
    for (const [column, change] of touched.columns) {
      const was = column < 0 ? undefined : find.get(column);
      if (was === undefined) continue;
      const holders = was.holders + change.holders;
      if (holders <= 0) {
        statement(this.db, 'DELETE FROM access_column WHERE id = ?').run(column);
        this.columns.clear();
        changed = true;
        continue;
      }
      // Only where something milder came in the place of something worse must all be looked at.
      const rank = change.milder ? (worst.get(column)?.rank ?? -1) : Math.max(change.rank, was.holders === 0 ? -1 : reversibilities.indexOf(was.reversibility));
      const reversibility = reversibilities[rank] ?? 'unknown';
      if (holders === was.holders && reversibility === was.reversibility) continue;
      put.run(holders, reversibility, column);
      changed = true;
    }
    if (changed) this.turn(allColumns);
  }
}

/** What a fold did to columns, to be settled in one go. */
class Touched {
  readonly columns = new Map<number, { holders: number; rank: number; milder: boolean }>();

  came(column: number): void { this.at(column).holders += 1; }

  left(column: number): void {
    this.at(column).holders -= 1;
    this.milder(column);
  }

  worse(column: number, rank: number): void {
    const one = this.at(column);
    one.rank = Math.max(one.rank, rank);
  }

  milder(column: number): void { this.at(column).milder = true; }

  private at(column: number): { holders: number; rank: number; milder: boolean } {
    let one = this.columns.get(column);
    if (one === undefined) {
      one = { holders: 0, rank: -1, milder: false };
      this.columns.set(column, one);
    }
    return one;
  }
}

const valuesOfUse = (use: UseOfGrant | undefined): Values => (use === undefined ? [] : [USE[use.state], use.times, use.denied, use.firstUsedUs, use.lastUsedUs, use.lastDeniedUs, use.why]);
const valuesOfCell = (cell: Cell): Values => [cell.grants, cell.cannotTell, cell.times, cell.denied, cell.lastUsedUs, cell.lastDeniedUs, Number(cell.irreversible), Number(cell.shared), cell.expiresUs, cell.firstUs];

function sameLoose(a: Sums, b: Sums): boolean {
  return a.ungranted.length === b.ungranted.length && a.ungranted.every((one, at) => one.use.name === b.ungranted[at]?.use.name);
}
