/** Holders against action classes, or against resources: from the sums that the fold keeps. */
import type { AccessRow } from '../../../../shared/access.ts';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { identityWord } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { classColumn, classColumns, columnRank, cutsOf, holderId, toColumn, type ColumnRow, type Cuts } from './access-columns.ts';
import { keptBy, keptColumns, type Columns, type Kept } from './access-filter.ts';
import { matrixCells } from './matrix-cells.ts';
import type { Reading } from './reading.ts';

type Params = ParsedParams<'access.matrix'>;

function columnsOf(reading: Reading, params: Params, kept: Kept): Columns {
  if (params.by === 'class') {
    const columns = classColumns(reading);
    return { ids: columns.map((one) => classColumn(one.class)), columns, more: 0 };
  }
  const some = keptColumns(reading, kept, { after: params.columnsAfter, most: params.columns });
  const rows = some === null ? firstColumns(reading, params) : ofIds(reading, some.ids);
  const more = some?.more ?? (reading.sql<[], { n: number }>('SELECT count(*) AS n FROM access_column WHERE holders > 0').get()?.n ?? 0) - params.columnsAfter - rows.length;
  return { ids: rows.map((row) => row.id), columns: rows.map(toColumn), more: Math.max(0, more) };
}

const select = 'SELECT id, resource, class, reversibility, holders FROM access_column';

function firstColumns(reading: Reading, { columns, columnsAfter }: Params): ColumnRow[] {
  return reading.sql<number[], ColumnRow>(`${select} WHERE holders > 0 ORDER BY ${columnRank} LIMIT ? OFFSET ?`).all(columns, columnsAfter);
}

function ofIds(reading: Reading, ids: readonly number[]): ColumnRow[] {
  return reading.sql<[string], ColumnRow>('SELECT c.id, c.resource, c.class, c.reversibility, c.holders FROM json_each(?) i CROSS JOIN access_column c ON c.id = i.value').all(JSON.stringify(ids));
}

/** Agents by name, then connections by name. */
function holdersOf(reading: Reading, kept: Kept): number[] {
  const where = kept.rows.sql === '' ? '' : `WHERE ${kept.rows.sql}`;
  const holders = reading.sql<number[], number>(`SELECT r.holder FROM access_row r ${where} ORDER BY r.holder < 0, r.name, r.holder`).pluck().all(...kept.rows.values);
  const named = kept.text?.holders;
  return named === undefined ? holders : holders.filter((holder) => named.has(holder));
}

function pageOf(holders: readonly number[], { before, limit }: Params): { page: readonly number[]; next: string | null } {
  const at = before === undefined ? -1 : holders.indexOf(Number(before));
  if (before !== undefined && at === -1) throw new StoreError('bad_request', 'The page to go on from is not there any more: begin anew.');
  const page = holders.slice(at + 1, at + 1 + limit);
  return { page, next: at + 1 + page.length < holders.length ? String(page.at(-1)) : null };
}

interface RowFacts { readonly holder: number; readonly name: string; readonly identity: number; readonly held: number; readonly findings: number; readonly notSeen: string | null; readonly used: number; readonly turn: number }

function rowsOf(reading: Reading, page: readonly number[], { ids }: Columns, cuts: Cuts): AccessRow[] {
  const facts = reading.sql<[number, string], RowFacts>(`SELECT r.holder, r.name, r.identity, r.held, r.findings, r.not_seen AS notSeen,
    (SELECT count(*) FROM grant_use u WHERE u.holder = r.holder AND u.last_used_us >= ?) AS used, coalesce((SELECT n FROM access_turn t WHERE t.holder = r.holder), 0) AS turn FROM json_each(?) h CROSS JOIN access_row r ON r.holder = h.value`).all(cuts.usedSinceUs, JSON.stringify(page));
  const cells = matrixCells(reading, facts, ids, cuts);
  return facts.map((row, at) => ({
    id: holderId(row.holder), holder: row.holder > 0 ? 'agent' : 'connection', name: row.name, identity: identityWord(row.identity), held: row.held, used: row.used, findings: row.findings, notSeen: row.notSeen,
    cells: cells[at] ?? [],
  }));
}

export function accessMatrix(reading: Reading, params: Params, nowUs: number): Result<'access.matrix'> {
  const cuts = cutsOf({ unusedDays: params.unusedDays, expiringDays: params.filter.expiringDays, newDays: params.filter.newDays }, nowUs);
  const kept = keptBy(reading, params.by, params.filter, cuts);
  const columns = columnsOf(reading, params, kept);
  const holders = holdersOf(reading, kept);
  const { page, next } = pageOf(holders, params);
  return { columns: [...columns.columns], moreColumns: columns.more, rows: rowsOf(reading, page, columns, cuts), next, total: holders.length };
}
