/** Columns of the matrix: action classes, or what is reached together with a class. And the state that a cell is in. */
import { accessClasses } from '../../../../shared/access.ts';
import type { AccessCell, AccessClass, AccessColumn, CellState } from '../../../../shared/access.ts';
import { US_DAY } from '../codes.ts';
import { publicId, rowIdOf } from '../ids.ts';
import { StoreError } from '../errors.ts';
import { iso, type Reading } from './reading.ts';

/** How bad the worst is that can come of it; `unknown` counts as the worst. The same words as in the index `access_column_rank`. */
export const columnRank = "holders DESC, (CASE reversibility WHEN 'unknown' THEN 5 WHEN 'irreversible' THEN 4 WHEN 'externally_reversible' THEN 3 WHEN 'reversible' THEN 2 ELSE 1 END) DESC, id";
export const classColumn = (name: AccessClass): number => -1 - accessClasses.indexOf(name);
const isClass = (name: string): name is AccessClass => (accessClasses as readonly string[]).includes(name);

/** Row id of a column that is called so. */
export function columnOf(id: string): number {
  const name = id.startsWith('cls-') ? id.slice(4) : '';
  const row = isClass(name) ? classColumn(name) : rowIdOf('column', id);
  if (row === null) throw new StoreError('not_found', `There is no column with the identifier ${id.slice(0, 40)}.`);
  return row;
}

export interface ColumnRow { readonly id: number; readonly resource: string; readonly class: AccessClass; readonly reversibility: AccessColumn['reversibility']; readonly holders: number }

export const toColumn = (row: ColumnRow): AccessColumn => ({ id: publicId('column', row.id), resource: row.resource, class: row.class, reversibility: row.reversibility, agents: row.holders });

export function resourceColumn(reading: Reading, id: number): AccessColumn | null {
  const row = reading.sql<[number], ColumnRow>('SELECT id, resource, class, reversibility, holders FROM access_column WHERE id = ?').get(id);
  return row === undefined ? null : toColumn(row);
}

/** How many hold a class, and the worst that can come of it with any of them; null: nobody holds it. */
export function classColumnOf(reading: Reading, name: AccessClass): AccessColumn | null {
  const agents = reading.sql<[number], { n: number }>('SELECT count(*) AS n FROM access_cell WHERE column_id = ?').get(classColumn(name))?.n ?? 0;
  const worst = agents === 0 ? undefined : reading.sql<[number], { worst: number | null }>('SELECT max(reversibility) AS worst FROM access_facet WHERE column_id = ?').get(classColumn(name));
  return agents === 0 ? null : { id: `cls-${name}`, resource: null, class: name, reversibility: reversibilityAt(worst?.worst ?? null), agents };
}

/** In the order of the classes; those that nobody holds are left out. */
export const classColumns = (reading: Reading): AccessColumn[] => accessClasses.flatMap((name) => classColumnOf(reading, name) ?? []);

const byPlace = ['read_only', 'reversible', 'externally_reversible', 'irreversible', 'unknown'] as const satisfies readonly AccessColumn['reversibility'][];
export const reversibilityAt = (place: number | null): AccessColumn['reversibility'] => byPlace[place ?? -1] ?? 'unknown';

/** Sums of a cell as the fold keeps them. */
export interface CellRow {
  readonly column: number; readonly grants: number; readonly cannotTell: number; readonly times: number; readonly denied: number; readonly lastUsedUs: number | null; readonly lastDeniedUs: number | null;
  readonly irreversible: number; readonly shared: number; readonly expiresUs: number | null; readonly firstUs: number | null;
}
export const cellColumns = 'x.column_id AS "column", x.grants, x.cannot_tell AS cannotTell, x.times, x.denied, x.last_used_us AS lastUsedUs, x.last_denied_us AS lastDeniedUs, x.irreversible, x.shared, x.expires_us AS expiresUs, x.first_us AS firstUs';

/** What "used in N days", "ends soon" and "new" mean in one question. */
export interface Cuts { readonly usedSinceUs: number; readonly expiresBeforeUs: number; readonly newSinceUs: number }

const usualExpiringDays = 30;
const usualNewDays = 7;

export const cutsOf = (params: { unusedDays: number; expiringDays?: number | undefined; newDays?: number | undefined }, nowUs: number): Cuts => ({
  usedSinceUs: nowUs - params.unusedDays * US_DAY, expiresBeforeUs: nowUs + (params.expiringDays ?? usualExpiringDays) * US_DAY, newSinceUs: nowUs - (params.newDays ?? usualNewDays) * US_DAY,
});

/** null: nothing is granted and nothing was done or tried. What is longer ago than the asked days is not used, and not denied, in them. */
export function stateOf(cell: Pick<CellRow, 'grants' | 'cannotTell' | 'times' | 'denied' | 'lastUsedUs' | 'lastDeniedUs'>, usedSinceUs: number): CellState | null {
  if (cell.grants === 0) return cell.times > 0 ? 'ungranted' : cell.denied > 0 ? 'tried' : null;
  const used = cell.lastUsedUs !== null && cell.lastUsedUs >= usedSinceUs;
  const denied = cell.lastDeniedUs !== null && cell.lastDeniedUs >= usedSinceUs;
  if (used) return denied ? 'used_denied' : 'used';
  if (denied) return 'granted_denied';
  // Of some of its grants nobody could have seen a use: then nobody can say that none was used.
  return cell.cannotTell > 0 ? 'cannot_tell' : 'granted';
}

/** `place`: in the columns of the answer. */
export function cellOf(row: CellRow, place: number, cuts: Cuts): AccessCell | null {
  const state = stateOf(row, cuts.usedSinceUs);
  if (state === null) return null;
  return {
    column: place, state, grants: row.grants, times: row.times, denied: row.denied, lastUsedAt: row.lastUsedUs === null ? null : iso(row.lastUsedUs), lastDeniedAt: row.lastDeniedUs === null ? null : iso(row.lastDeniedUs),
    irreversible: row.irreversible === 1, shared: row.shared === 1, expiring: row.expiresUs !== null && row.expiresUs < cuts.expiresBeforeUs, fresh: row.firstUs !== null && row.firstUs >= cuts.newSinceUs,
  };
}

/** A holder's public id: an agent's, or that of a connection for everybody with its credential. */
export const holderId = (holder: number): string => (holder > 0 ? publicId('agent', holder) : publicId('connection', -holder));

export function holderOf(reading: Reading, id: string): number {
  const connection = rowIdOf('connection', id);
  if (connection !== null) return -connection;
  const agent = rowIdOf('agent', id);
  if (agent === null) throw new StoreError('not_found', `There is no agent or connection with the identifier ${id.slice(0, 40)}.`);
  return reading.headOf(agent);
}
