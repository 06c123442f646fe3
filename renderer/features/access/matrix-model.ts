/** The grid of holders and columns: what stands where, and where a key leads. Pure. */
import type { AccessCell, AccessColumn, AccessRow } from '../../../shared/access.ts';
import { headWord } from './access-words.ts';

/** `column` -1: the name of the row. */
export interface Spot { row: number; column: number }
export interface GridSize { rows: number; columns: number; /** rows in sight. */ page: number }

const between = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** Where a key leads; null when it is none of the grid's. */
export function moved(from: Spot, key: string, size: GridSize): Spot | null {
  const to = (row: number, column: number): Spot => ({ row: between(row, 0, size.rows - 1), column: between(column, -1, size.columns - 1) });
  switch (key) {
    case 'ArrowRight': return to(from.row, from.column + 1);
    case 'ArrowLeft': return to(from.row, from.column - 1);
    case 'ArrowDown': return to(from.row + 1, from.column);
    case 'ArrowUp': return to(from.row - 1, from.column);
    case 'Home': return to(from.row, -1);
    case 'End': return to(from.row, size.columns - 1);
    case 'mod+Home': return to(0, -1);
    case 'mod+End': return to(size.rows - 1, size.columns - 1);
    case 'PageDown': return to(from.row + size.page, from.column);
    case 'PageUp': return to(from.row - size.page, from.column);
    default: return null;
  }
}

export type CellsByColumn = ReadonlyMap<number, AccessCell>;
export const cellsOf = (row: AccessRow): CellsByColumn => new Map(row.cells.map((cell) => [cell.column, cell]));

export interface Arranged { columns: readonly AccessColumn[]; rows: readonly AccessRow[] }

/** What says nothing stands last: first who holds or did something, then who does not, then whom nobody can see. */
const standing = (row: AccessRow): number => (row.notSeen !== null ? 2 : row.held > 0 || row.cells.length > 0 ? 0 : 1);

/**
 * The engine gives columns worst first. Classes of one resource stand beside each other here, each resource where its worst class stands.
 * Rows are arranged only when all are here: with more to come, the next page would push in between.
 */
export function arranged(columns: readonly AccessColumn[], rows: readonly AccessRow[], whole: boolean): Arranged {
  const first = new Map<string | null, number>();
  columns.forEach((column, at) => { if (!first.has(column.resource)) first.set(column.resource, at); });
  const order = columns.map((_column, at) => at).toSorted((a, b) => (first.get(columns[a]?.resource ?? null) ?? 0) - (first.get(columns[b]?.resource ?? null) ?? 0) || a - b);
  const place = new Map(order.map((from, to) => [from, to]));
  const moved = rows.map((row) => ({ ...row, cells: row.cells.map((cell) => ({ ...cell, column: place.get(cell.column) ?? cell.column })) }));
  return { columns: order.flatMap((from) => columns[from] ?? []), rows: whole ? moved.toSorted((a, b) => standing(a) - standing(b)) : moved };
}

/** A line stands before the first column of each resource. */
export const startsGroup = (columns: readonly AccessColumn[], at: number): boolean => at > 0 && columns[at]?.resource !== columns[at - 1]?.resource;

/** What the eye should land on first: a denial or an act without a grant in the rows on top, else the first grant. */
const rank: Record<AccessCell['state'], number> = { ungranted: 0, used_denied: 1, tried: 1, granted_denied: 1, used: 3, granted: 3, cannot_tell: 4 };
/** What is surely in sight before anybody scrolls. */
const inSight = { rows: 12, columns: 18 } as const;
export function firstSpot(rows: readonly AccessRow[]): Spot | null {
  let best: Spot | null = null;
  let bestRank = Infinity;
  rows.slice(0, inSight.rows).forEach((row, index) => {
    for (const cell of row.cells) {
      if (cell.column >= inSight.columns || rank[cell.state] >= bestRank) continue;
      bestRank = rank[cell.state];
      best = { row: index, column: cell.column };
    }
  });
  return best ?? (rows.length > 0 ? { row: 0, column: -1 } : null);
}

/** The spot that the address names; null when it is not among what is shown. */
export function spotOf(rows: readonly AccessRow[], columns: readonly AccessColumn[], rowId: string | null, columnId: string | null): Spot | null {
  const row = rowId === null ? -1 : rows.findIndex((one) => one.id === rowId);
  if (row < 0) return null;
  if (columnId === null) return { row, column: -1 };
  const column = columns.findIndex((one) => one.id === columnId);
  return column < 0 ? null : { row, column };
}

/** `1 to 40 of 312 columns`. */
export interface ColumnPage { from: number; to: number; of: number; before: number | null; next: number | null }
export function columnPage(after: number, shown: number, more: number, aPage: number): ColumnPage {
  return { from: shown === 0 ? 0 : after + 1, to: after + shown, of: after + shown + more, before: after > 0 ? Math.max(0, after - aPage) : null, next: more > 0 ? after + shown : null };
}

/** Column names stand at 58 degrees: as much height as the longest needs, so that names of tools stay apart, and no more. */
export interface HeadSize { height: number; slant: number }
const perCharacter = 6.4;
const markRoom = 14;
const slantLimits = { least: 104, most: 158 } as const;
const sine = Math.sin((58 * Math.PI) / 180);
const cosine = Math.cos((58 * Math.PI) / 180);
export function headSize(columns: readonly AccessColumn[]): HeadSize {
  const longest = columns.reduce((most, { resource, class: of }) => Math.max(most, resource === null ? of.length : resource.length + 1 + headWord(of).length), 0);
  const slant = between(Math.ceil(longest * perCharacter + markRoom), slantLimits.least, slantLimits.most);
  return { slant, height: Math.ceil(slant * sine + 16 * cosine) + 6 };
}
