/** Holders against action classes, or against resources: from the sums that the fold keeps. */
import type { AccessRow } from '../../../../shared/access.ts';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { identityWord } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { classColumn, classColumns, cutsOf, holderId, toColumn, type ColumnRow, type Cuts } from './access-columns.ts';
import { keptBy, keptColumns, type Columns, type Kept, type NamedRow } from './access-filter.ts';
import { rowsWith, type Turns } from './access-witness.ts';
import { matrixCells } from './matrix-cells.ts';
import type { Reading } from './reading.ts';

type Params = ParsedParams<'access.matrix'>;

function columnsOf(reading: Reading, params: Params, kept: Kept, cuts: Cuts, turns: Turns): Columns {
  if (params.by === 'class') {
    const columns = classColumns(reading);
    return { ids: columns.map((one) => classColumn(one.class)), columns, more: 0 };
  }
  const { ids, more } = keptColumns(reading, kept, cuts, turns, { after: params.columnsAfter, most: params.columns });
  const rows = ofIds(reading, ids);
  return { ids: rows.map((row) => row.id), columns: rows.map(toColumn), more };
}

function ofIds(reading: Reading, ids: readonly number[]): ColumnRow[] {
  return reading.sql<[string], ColumnRow>('SELECT c.id, c.resource, c.class, c.reversibility, c.holders FROM json_each(?) i CROSS JOIN access_column c ON c.id = i.value').all(JSON.stringify(ids));
}

/** Agents by name, then connections by name: with their turns, which are read before anything that is kept by them. In the order of their index, which knows nothing of the two kinds. */
function allRows(reading: Reading): NamedRow[] {
  const rows = reading.sql<[], [number, string, number]>('SELECT r.holder, r.name, coalesce(t.n, 0) FROM access_row r LEFT JOIN access_turn t ON t.holder = r.holder ORDER BY r.name, r.holder').raw().all();
  return [...rows.filter(([holder]) => holder > 0), ...rows.filter(([holder]) => holder < 0)];
}

function holdersOf(reading: Reading, kept: Kept, cuts: Cuts, turns: Turns): number[] {
  const named = kept.text?.holders;
  const holders = kept.word !== null ? rowsWith(reading, kept.word.is, cuts, kept.word.range, turns) : kept.rows.sql === '' ? [...turns.keys()]
    : reading.sql<number[], number>(`SELECT r.holder FROM access_row r WHERE ${kept.rows.sql} ORDER BY r.holder < 0, r.name, r.holder`).pluck().all(...kept.rows.values);
  return named === undefined ? holders : holders.filter((holder) => named.has(holder));
}

function pageOf(holders: readonly number[], { before, limit }: Params): { page: readonly number[]; next: string | null } {
  const at = before === undefined ? -1 : holders.indexOf(Number(before));
  if (before !== undefined && at === -1) throw new StoreError('bad_request', 'The page to go on from is not there any more: begin anew.');
  const page = holders.slice(at + 1, at + 1 + limit);
  return { page, next: at + 1 + page.length < holders.length ? String(page.at(-1)) : null };
}

interface RowFacts { readonly holder: number; readonly name: string; readonly identity: number; readonly held: number; readonly findings: number; readonly notSeen: string | null; readonly used: number }

function rowsOf(reading: Reading, page: readonly number[], { ids }: Columns, cuts: Cuts, turns: Turns): AccessRow[] {
  const facts = reading.sql<[number, string], RowFacts>(`SELECT r.holder, r.name, r.identity, r.held, r.findings, r.not_seen AS notSeen,
    (SELECT count(*) FROM grant_use u WHERE u.holder = r.holder AND u.last_used_us >= ?) AS used FROM json_each(?) h CROSS JOIN access_row r ON r.holder = h.value`).all(cuts.usedSinceUs, JSON.stringify(page));
  const cells = matrixCells(reading, facts.map(({ holder }) => ({ holder, turn: turns.get(holder) ?? 0 })), ids, cuts);
  return facts.map((row, at) => ({
    id: holderId(row.holder), holder: row.holder > 0 ? 'agent' : 'connection', name: row.name, identity: identityWord(row.identity), held: row.held, used: row.used, findings: row.findings, notSeen: row.notSeen,
    cells: cells[at] ?? [],
  }));
}

export function accessMatrix(reading: Reading, params: Params, nowUs: number): Result<'access.matrix'> {
  const cuts = cutsOf({ unusedDays: params.unusedDays, expiringDays: params.filter.expiringDays, newDays: params.filter.newDays }, nowUs);
  const all = allRows(reading);
  const turns = new Map(all.map(([holder, , turn]) => [holder, turn]));
  const kept = keptBy(reading, params.by, params.filter, cuts, all);
  const columns = columnsOf(reading, params, kept, cuts, turns);
  const holders = holdersOf(reading, kept, cuts, turns);
  const { page, next } = pageOf(holders, params);
  return { columns: [...columns.columns], moreColumns: columns.more, rows: rowsOf(reading, page, columns, cuts, turns), next, total: holders.length };
}
