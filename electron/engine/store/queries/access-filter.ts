/** Which rows and columns of the matrix a filter keeps: those with a cell that fits it. */
import type { AccessColumn } from '../../../../shared/access.ts';
import type { ParsedParams } from '../../../../shared/contract.ts';
import { columnRank, holderOf, type Cuts } from './access-columns.ts';
import { columnsWith, type Turns, type Word } from './access-witness.ts';
import { grantNames } from './grant-names.ts';
import { rankedColumns } from './ranked-columns.ts';
import type { Reading } from './reading.ts';

export type AccessFilter = ParsedParams<'access.matrix'>['filter'];

/** A condition on `access_cell x` or `access_row r`, and its values. `index`: where it stands alone, all of it can be looked up there. */
export interface Where { readonly sql: string; readonly values: readonly number[]; readonly index?: string }

const none: Where = { sql: '', values: [] };
const and = (parts: readonly Where[]): Where => (parts.length === 1 && parts[0] !== undefined ? parts[0] : { sql: parts.map(({ sql }) => sql).join(' AND '), values: parts.flatMap(({ values }) => values) });

/** The words of it that speak of cells; an empty text: none does. */
export function cellWhere(filter: AccessFilter, cuts: Cuts): Where {
  return and([
    ...(filter.unused ? [{ sql: 'x.grants > 0 AND x.cannot_tell = 0 AND (x.last_used_us IS NULL OR x.last_used_us < ?)', values: [cuts.usedSinceUs] }] : []), ...lasting(filter, cuts),
  ]);
}

/** A class's cell has the sum, the earliest end and the newest sight of all its resources' cells: where it fits none of these, none of them does. */
function lasting(filter: AccessFilter, cuts: Cuts): Where[] {
  return [
    ...(filter.attempted ? [{ sql: 'x.denied > 0 AND (x.grants = 0 OR x.last_denied_us >= ?)', values: [cuts.usedSinceUs], index: 'access_cell_denied' }] : []),
    ...(filter.irreversible ? [{ sql: 'x.irreversible = 1', values: [] }] : []),
    ...(filter.shared ? [{ sql: 'x.shared = 1', values: [], index: 'access_cell_shared' }] : []),
    ...(filter.expiringDays === undefined ? [] : [{ sql: 'x.expires_us < ?', values: [cuts.expiresBeforeUs], index: 'access_cell_expires' }]),
    ...(filter.newDays === undefined ? [] : [{ sql: 'x.first_us >= ?', values: [cuts.newSinceUs], index: 'access_cell_new' }]),
  ];
}

const ofClasses = 'x.column_id BETWEEN -8 AND -1';
const ofResources = 'x.column_id > 0';

/** Most filters say one word only; null: none, or several. */
function wordOf(filter: AccessFilter): Word | null {
  const said: Word[] = [
    ...(filter.unused ? ['unused' as const] : []), ...(filter.attempted ? ['attempted' as const] : []), ...(filter.irreversible ? ['irreversible' as const] : []), ...(filter.shared ? ['shared' as const] : []),
    ...(filter.expiringDays === undefined ? [] : ['expiring' as const]), ...(filter.newDays === undefined ? [] : ['new' as const]),
  ];
  return said.length === 1 ? (said[0] ?? null) : null;
}

/** Which cells of a holder say that its row fits one word: of all but what is unused, the few of its classes say it for all others. */
const rangeOf = (by: 'class' | 'resource', word: Word): string => (by === 'resource' && word === 'unused' ? ofResources : ofClasses);
const someCell = (range: string, { sql, values }: Where): Where => ({ sql: `EXISTS (SELECT 1 FROM access_cell x WHERE x.holder = r.holder AND ${range} AND ${sql})`, values });

function rowsByCells(by: 'class' | 'resource', filter: AccessFilter, cuts: Cuts): Where[] {
  const where = cellWhere(filter, cuts);
  if (where.sql === '') return [];
  if (by === 'class') return [someCell(ofClasses, where)];
  const parts = lasting(filter, cuts);
  // The few cells of the classes pass most rows over; of one such word alone they say as much as all the others.
  const quick = parts.map((part) => someCell(ofClasses, part));
  return parts.length === 1 && !filter.unused ? quick : [...quick, someCell(ofResources, where)];
}

export type NamedRow = readonly [holder: number, name: string, turn: number];

/** What a text names: agents, connections, resources, or grants and through them holders and columns. */
export interface Named { readonly holders: ReadonlySet<number>; /** by their own name. */ readonly byName: readonly number[]; readonly columns: ReadonlySet<number> }

function named(reading: Reading, text: string, rows: readonly NamedRow[]): Named {
  const wanted = text.toLowerCase();
  const byName = rows.filter(([, name]) => name.toLowerCase().includes(wanted)).map(([holder]) => holder);
  const holders = new Set(byName);
  const names = grantNames(reading);
  // Names of columns that are gone stay known.
  const { present } = rankedColumns(reading);
  const columns = new Set(names.columnsWith(wanted).filter((id) => present.has(id)));
  const grants = names.with(wanted);
  const at = holdersAt(reading);
  for (const place of new Set(grants.flatMap(({ places }) => [...places]))) for (const holder of at(place)) holders.add(holder);
  holdersOfColumns(reading, columns, { holders, all: rows.length });
  columnsOfGrants(reading, grants, columns);
  return { holders, byName, columns };
}

/** Whoever holds what stands at that place: an agent as it is shown, or everybody with the credential of a connection and the agents that are said to hold it. */
function holdersAt(reading: Reading): (place: number) => number[] {
  let said: ReadonlyMap<number, [number, number][]> | null = null;
  return (place) => {
    if (place > 0) return [reading.headOf(place)];
    said ??= Map.groupBy(reading.sql<[], [number, number]>('SELECT connection, agent FROM grant_holder').raw().all(), ([connection]) => connection);
    return [place, ...(said.get(-place) ?? []).map(([, agent]) => reading.headOf(agent))];
  };
}

/** So many columns are looked up at once, until everybody is found. */
const chunk = 50;

function holdersOfColumns(reading: Reading, columns: ReadonlySet<number>, { holders, all }: { holders: Set<number>; all: number }): void {
  const of = reading.sql<[string], number>('SELECT DISTINCT x.holder FROM json_each(?) c CROSS JOIN access_cell x ON x.column_id = c.value').pluck();
  const wanted = [...columns];
  for (let at = 0; at < wanted.length && holders.size < all; at += chunk) for (const holder of of.all(JSON.stringify(wanted.slice(at, at + chunk)))) holders.add(holder);
}

/** A text that so many names of grants have says too little to choose columns by. */
const mostNames = 100;
const mostFacets = 5_000;

function columnsOfGrants(reading: Reading, grants: readonly { readonly name: string }[], columns: Set<number>): void {
  if (grants.length > mostNames) return;
  const of = reading.sql<[string, number], number>(`SELECT f.column_id FROM json_each(?) n CROSS JOIN grant_seen g ON g.name = n.value AND g.gone_us IS NULL CROSS JOIN access_facet f ON f.grant_id = g.id AND f.column_id > 0 LIMIT ?`).pluck();
  for (const column of of.iterate(JSON.stringify(grants.map(({ name }) => name)), mostFacets)) columns.add(column);
}

export interface Kept {
  readonly rows: Where; readonly cells: Where; readonly text: Named | null; /** only this row. */ readonly holder: number | null;
  /** All that is asked of cells, and that of all holders. */
  readonly word: { readonly is: Word; readonly range: string } | null;
}

export function keptBy(reading: Reading, by: 'class' | 'resource', filter: AccessFilter, cuts: Cuts, all: readonly NamedRow[]): Kept {
  const text = filter.text?.trim() ?? '';
  const holder = filter.agentId === undefined ? null : holderOf(reading, filter.agentId);
  const rows = and([...(holder === null ? [] : [{ sql: 'r.holder = ?', values: [holder] }]), ...rowsByCells(by, filter, cuts)]);
  const word = holder === null ? wordOf(filter) : null;
  return { rows, cells: cellWhere(filter, cuts), text: text === '' ? null : named(reading, text, all), holder, word: word === null ? null : { is: word, range: rangeOf(by, word) } };
}

/** On `access_column c`. */
function columnsFitting({ cells, holder }: Kept): Where {
  if (cells.sql === '') return none;
  const among = holder === null ? `access_cell x ${cells.index === undefined ? '' : `INDEXED BY ${cells.index}`} WHERE` : `access_cell x WHERE x.holder = ${holder} AND`;
  return { sql: `AND EXISTS (SELECT 1 FROM ${among} x.column_id = c.id AND ${cells.sql})`, values: cells.values };
}

/** Names of agents that fit a text bring their columns; of many, that would be all columns. */
const mostNamed = 20;

/** More columns than these after a page are not counted one by one. */
const mostCounted = 2_000;

interface Page { readonly after: number; readonly most: number }
interface PageOfColumns { readonly ids: readonly number[]; readonly more: number }

const pageOf = (ids: readonly number[], { after, most }: Page): PageOfColumns => ({ ids: ids.slice(after, after + most), more: Math.max(0, ids.length - after - most) });

/** The ids of a page of the columns by resource, in their order, and how many come after it. `turns`: read before the cells. */
export function keptColumns(reading: Reading, kept: Kept, cuts: Cuts, turns: Turns, page: Page): PageOfColumns {
  const narrowed = kept.holder !== null || (kept.text !== null && kept.text.byName.length <= mostNamed && (kept.text.holders.size === 0 || kept.text.columns.size + kept.text.byName.length > 0));
  const columns = rankedColumns(reading);
  const exists = columnsFitting(kept);
  if (narrowed) {
    const wanted = wantedColumns(reading, kept);
    return pageOf(exists.sql === '' ? columns.ids.filter((id) => wanted.has(id)) : fittingOf(reading, exists, wanted), page);
  }
  if (exists.sql === '') return pageOf(columns.ids, page);
  const most = page.after + page.most + mostCounted;
  // The worst of a column is the worst of its cells.
  if (kept.word?.is === 'irreversible') return pageOf(columns.ids.filter((_, at) => columns.irreversible[at] === 1).slice(0, most), page);
  if (kept.word !== null) return pageOf(columnsWith(reading, kept.word.is, cuts, { ids: columns.ids, turns, most }), page);
  return dense(reading, exists, page) ?? ranked(reading, exists, page);
}

function fittingOf(reading: Reading, exists: Where, wanted: ReadonlySet<number>): number[] {
  return reading.sql<(string | number)[], number>(`SELECT c.id FROM access_column c WHERE c.id IN (SELECT value FROM json_each(?)) AND c.holders > 0 ${exists.sql} ORDER BY ${columnRank}`).pluck().all(JSON.stringify([...wanted]), ...exists.values);
}

function ranked(reading: Reading, exists: Where, { after, most }: Page): { ids: number[]; more: number } {
  const ids = reading.sql<number[], number>(`SELECT c.id FROM access_column c WHERE c.holders > 0 ${exists.sql} ORDER BY ${columnRank} LIMIT ? OFFSET ?`).pluck().all(...exists.values, most + mostCounted, after);
  return { ids: ids.slice(0, most), more: Math.max(0, ids.length - most) };
}

/** Where most columns fit, the page is near the front and the others need only be counted, in the order that they lie in the file: half the time. null: too few fit. */
function dense(reading: Reading, exists: Where, { after, most }: Page): { ids: number[]; more: number } | null {
  const ids = reading.sql<number[], number>(`SELECT c.id FROM (SELECT id, reversibility FROM access_column WHERE holders > 0 ORDER BY ${columnRank} LIMIT ?) c WHERE true ${exists.sql} LIMIT ? OFFSET ?`).pluck().all((after + most) * 2, ...exists.values, most, after);
  if (ids.length < most) return null;
  const all = reading.sql<number[], number>(`SELECT count(*) FROM (SELECT 1 FROM access_column c NOT INDEXED WHERE c.holders > 0 ${exists.sql} LIMIT ?)`).pluck().get(...exists.values, after + most + mostCounted) ?? 0;
  return { ids, more: all - after - most };
}

/** What the text names, and what those have whom it names. */
function wantedColumns(reading: Reading, { holder, text }: Kept): Set<number> {
  const wanted = new Set(holder === null ? text?.columns : []);
  const held = reading.sql<[number], number>('SELECT column_id FROM access_cell WHERE holder = ? AND column_id > 0').pluck();
  for (const one of holder !== null ? [holder] : (text?.byName ?? [])) {
    const all = text === null || text.byName.includes(one);
    for (const column of held.all(one)) if (all || text.columns.has(column)) wanted.add(column);
  }
  return wanted;
}

export type Columns = { readonly ids: readonly number[]; readonly columns: readonly AccessColumn[]; readonly more: number };
