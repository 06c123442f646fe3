/** Writes what the fold found of one holder: only lines that differ from those in the file, and the columns that this changes for all. */
import { reversibilities, type AccessClass, type GrantUse } from '../../../shared/access.ts';
import type { Statement } from 'better-sqlite3';
import { classColumn, columnKey, type Cell, type FacetLine, type Sums } from './access-sums.ts';
import type { WriteDb } from './database.ts';
import type { HeldGrant } from './held-grants.ts';

/** On disk: never renumber. */
const USE: Readonly<Record<GrantUse['state'], number>> = { used: 1, not_used: 2, cannot_tell: 3 };

export interface RowFacts { readonly name: string; readonly identity: number; readonly held: number; readonly cannotTell: number; readonly notUnderstood: number; readonly denied: number; readonly findings: number; readonly notSeen: string | null }

type Values = readonly (number | string | null)[];
const same = (a: Values | undefined, b: Values): boolean => a !== undefined && a.every((value, at) => value === b[at]);

export class AccessSave {
  private readonly db: WriteDb;
  private readonly columns = new Map<string, number>();
  private readonly findColumn: Statement<[string, string], { id: number }>;

  constructor(db: WriteDb) {
    this.db = db;
    this.findColumn = db.prepare('SELECT id FROM access_column WHERE resource = ? AND class = ?');
  }

  /** After a rollback: columns that were made in it do not exist. */
  forget(): void {
    this.columns.clear();
  }

  /** Answers whether anything changed. */
  sums(holder: number, rows: readonly HeldGrant[], sums: Sums): boolean {
    const used = this.uses(holder, rows, sums);
    const touched = new Set<number>();
    const facets = this.facets(holder, rows, sums.facets, touched);
    const cells = this.cells(holder, sums.cells, touched);
    this.settleColumns(touched);
    return used || facets || cells;
  }

  row(holder: number, row: RowFacts, nowUs: number): boolean {
    const values: Values = [row.name, row.identity, row.held, row.cannotTell, row.notUnderstood, row.denied, row.findings, row.notSeen];
    const was = this.db.prepare<[number], (number | string | null)[]>('SELECT name, identity, held, cannot_tell, not_understood, denied, findings, not_seen FROM access_row WHERE holder = ?').raw().get(holder);
    this.db.prepare(`INSERT INTO access_row (holder, name, identity, held, cannot_tell, not_understood, denied, findings, not_seen, folded_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name, identity = excluded.identity, held = excluded.held, cannot_tell = excluded.cannot_tell, not_understood = excluded.not_understood, denied = excluded.denied,
        findings = excluded.findings, not_seen = excluded.not_seen, folded_us = excluded.folded_us`).run(holder, ...values, nowUs);
    return !same(was, values);
  }

  /** Nobody of that name is there (any more): no trace of it stays but its findings, which are gone. */
  clear(holder: number, nowUs: number): boolean {
    const touched = new Set(this.db.prepare<[number], number>('SELECT column_id FROM access_cell WHERE holder = ?').pluck().all(holder));
    let lines = this.db.prepare('UPDATE finding SET gone_us = ? WHERE holder = ? AND gone_us IS NULL').run(nowUs, holder).changes;
    for (const table of ['grant_use', 'access_facet', 'access_cell', 'access_row']) lines += this.db.prepare(`DELETE FROM ${table} WHERE holder = ?`).run(holder).changes;
    this.settleColumns(touched);
    return lines > 0;
  }

  private uses(holder: number, rows: readonly HeldGrant[], { uses }: Sums): boolean {
    const was = new Map(this.db.prepare<[number], (number | string | null)[]>('SELECT grant_id, state, times, denied, first_used_us, last_used_us, last_denied_us, why FROM grant_use WHERE holder = ?').raw().all(holder).map(([grant, ...values]) => [Number(grant), values]));
    const put = this.db.prepare(`INSERT INTO grant_use (grant_id, holder, state, times, denied, first_used_us, last_used_us, last_denied_us, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET state = excluded.state, times = excluded.times, denied = excluded.denied, first_used_us = excluded.first_used_us, last_used_us = excluded.last_used_us, last_denied_us = excluded.last_denied_us, why = excluded.why`);
    let changed = false;
    for (const [at, { id }] of rows.entries()) {
      const use = uses[at];
      if (use === undefined) continue;
      const values: Values = [USE[use.state], use.times, use.denied, use.firstUsedUs, use.lastUsedUs, use.lastDeniedUs, use.why];
      const before = was.get(id);
      was.delete(id);
      if (same(before, values)) continue;
      put.run(id, holder, ...values);
      changed = true;
    }
    const drop = this.db.prepare('DELETE FROM grant_use WHERE grant_id = ? AND holder = ?');
    for (const id of was.keys()) drop.run(id, holder);
    return changed || was.size > 0;
  }

  private facets(holder: number, rows: readonly HeldGrant[], lines: readonly FacetLine[], touched: Set<number>): boolean {
    const was = new Map(this.db.prepare<[number], [number, number, number]>('SELECT column_id, grant_id, reversibility FROM access_facet WHERE holder = ?').raw().all(holder).map(([column, grant, rank]) => [`${column} ${grant}`, rank]));
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
    const put = this.db.prepare('INSERT OR REPLACE INTO access_facet (holder, column_id, grant_id, reversibility) VALUES (?, ?, ?, ?)');
    let changed = false;
    for (const [key, { column, grant, rank }] of wanted) {
      const before = was.get(key);
      was.delete(key);
      if (before === rank) continue;
      put.run(holder, column, grant, rank);
      touched.add(column);
      changed = true;
    }
    const drop = this.db.prepare('DELETE FROM access_facet WHERE holder = ? AND column_id = ? AND grant_id = ?');
    for (const key of was.keys()) {
      const [column = 0, grant = 0] = key.split(' ').map(Number);
      drop.run(holder, column, grant);
      touched.add(column);
    }
    return changed || was.size > 0;
  }

  private cells(holder: number, cells: ReadonlyMap<string, Cell>, touched: Set<number>): boolean {
    const was = new Map(this.db.prepare<[number], (number | null)[]>('SELECT column_id, grants, cannot_tell, times, denied, last_used_us, last_denied_us, irreversible, shared, expires_us, first_us FROM access_cell WHERE holder = ?').raw().all(holder).map(([column, ...values]) => [Number(column), values]));
    const put = this.db.prepare('INSERT OR REPLACE INTO access_cell (holder, column_id, grants, cannot_tell, times, denied, last_used_us, last_denied_us, irreversible, shared, expires_us, first_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    let changed = false;
    for (const [key, cell] of cells) {
      const column = this.columnAt(key);
      const values: Values = [cell.grants, cell.cannotTell, cell.times, cell.denied, cell.lastUsedUs, cell.lastDeniedUs, Number(cell.irreversible), Number(cell.shared), cell.expiresUs, cell.firstUs];
      const before = was.get(column);
      was.delete(column);
      if (same(before, values)) continue;
      if (before === undefined) touched.add(column);
      put.run(holder, column, ...values);
      changed = true;
    }
    const drop = this.db.prepare('DELETE FROM access_cell WHERE holder = ? AND column_id = ?');
    for (const column of was.keys()) {
      drop.run(holder, column);
      touched.add(column);
    }
    return changed || was.size > 0;
  }

  private columnAt(key: string): number {
    const [resource = '', name = ''] = key.split('\n');
    return this.column(name.startsWith('*') ? null : resource, name.replace('*', '') as AccessClass);
  }

  private column(resource: string | null, name: AccessClass): number {
    if (resource === null) return classColumn(name);
    // Labels come in one line; one that does not would stand for two.
    const label = resource.replaceAll('\n', ' ');
    const key = columnKey(label, name);
    let id = this.columns.get(key);
    if (id === undefined) {
      id = this.findColumn.get(label, name)?.id ?? Number(this.db.prepare("INSERT INTO access_column (resource, class, reversibility) VALUES (?, ?, 'unknown')").run(label, name).lastInsertRowid);
      if (this.columns.size > 50_000) this.columns.clear();
      this.columns.set(key, id);
    }
    return id;
  }

  /** How many hold each, and the worst that any of them can do there. One that nobody holds is no column. */
  private settleColumns(touched: ReadonlySet<number>): void {
    const count = this.db.prepare<[number], { n: number }>('SELECT count(*) AS n FROM access_cell WHERE column_id = ?');
    const worst = this.db.prepare<[number], { rank: number | null }>('SELECT max(reversibility) AS rank FROM access_facet WHERE column_id = ?');
    const put = this.db.prepare('UPDATE access_column SET holders = ?, reversibility = ? WHERE id = ? AND (holders <> ? OR reversibility <> ?)');
    for (const column of touched) {
      if (column < 0) continue;
      const holders = count.get(column)?.n ?? 0;
      const reversibility = reversibilities[worst.get(column)?.rank ?? -1] ?? 'unknown';
      if (holders > 0) put.run(holders, reversibility, column, holders, reversibility);
      else {
        this.db.prepare('DELETE FROM access_column WHERE id = ?').run(column);
        this.columns.clear();
      }
    }
  }
}
