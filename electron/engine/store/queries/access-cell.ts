/** What stands behind one cell of the matrix: its grants, what was done and tried by them, and who else has it. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { accessClasses } from '../../../../shared/access.ts';
import type { AccessColumn } from '../../../../shared/access.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { callersOf, callsOf, heldIndex, inCell, newestCalls, type NameSums } from './access-calls.ts';
import { cellColumns, cellOf, classColumnOf, columnOf, cutsOf, holderOf, resourceColumn, type CellRow } from './access-columns.ts';
import { grantsOf } from './grants.ts';
import { iso, type Reading } from './reading.ts';

type Params = ParsedParams<'access.cell'>;
type Answer = Result<'access.cell'>;

const mostGrants = 100;
const mostActivities = 10;
const mostOthers = 100;

function columnWith(reading: Reading, id: number): AccessColumn {
  const found = id > 0 ? resourceColumn(reading, id) : classColumnOf(reading, accessClasses[-1 - id] ?? 'not_understood');
  if (found === null) throw new StoreError('not_found', 'Nobody holds this any more, so there is no such column.');
  return found;
}

function othersOf(reading: Reading, column: number, holder: number): Answer['others'] {
  return reading.sql<number[], { holder: number; name: string; times: number; lastUsedUs: number | null }>(`SELECT x.holder, r.name, x.times, x.last_used_us AS lastUsedUs FROM access_cell x JOIN access_row r ON r.holder = x.holder
    WHERE x.column_id = ? AND x.holder > 0 AND x.holder <> ? ORDER BY x.times DESC, r.name LIMIT ${mostOthers}`).all(column, holder)
    .map((row) => ({ agentId: publicId('agent', row.holder), name: row.name, times: row.times, lastUsedAt: row.lastUsedUs === null ? null : iso(row.lastUsedUs) }));
}

const latest = (names: readonly NameSums[], of: 'lastUsedUs' | 'lastDeniedUs'): number => Math.max(0, ...names.map((one) => one[of]));

function activitiesBehind(reading: Reading, holder: number, place: Parameters<typeof inCell>[2]): Pick<Answer, 'uses' | 'attempts'> {
  const callers = callersOf(reading, holder);
  const names = inCell(callsOf(reading, callers), heldIndex(reading, holder), place);
  const used = names.filter((one) => one.lastUsedUs > 0);
  const denied = names.filter((one) => one.denied > 0);
  const newest = (of: readonly NameSums[], isDenied: boolean, untilUs: number): Answer['uses'] => newestCalls(reading, callers, { names: of.map((one) => one.name), denied: isDenied, untilUs, most: mostActivities });
  return { uses: newest(used, false, latest(used, 'lastUsedUs')), attempts: newest(denied, true, latest(denied, 'lastDeniedUs')) };
}

export function accessCell(reading: Reading, params: Params, nowUs: number): Answer {
  const holder = holderOf(reading, params.rowId);
  const column = columnOf(params.columnId);
  const head = columnWith(reading, column);
  const row = reading.sql<number[], CellRow>(`SELECT ${cellColumns} FROM access_cell x WHERE x.holder = ? AND x.column_id = ?`).get(holder, column);
  const behind = reading.sql<number[], number>('SELECT grant_id FROM access_facet WHERE holder = ? AND column_id = ? AND grant_id > 0').pluck().all(holder, column);
  const acted = row !== undefined && (row.times > 0 || row.denied > 0);
  return {
    column: head, cell: row === undefined ? null : cellOf(row, 0, cutsOf(params, nowUs)),
    grants: grantsOf(reading, behind.slice(0, mostGrants), holder), moreGrants: Math.max(0, behind.length - mostGrants),
    ...(acted ? activitiesBehind(reading, holder, { resource: head.resource, class: head.class, grants: new Set(behind) }) : { uses: [], attempts: [] }),
    others: othersOf(reading, column, holder), notSeen: reading.sql<[number], { why: string | null }>('SELECT not_seen AS why FROM access_row WHERE holder = ?').get(holder)?.why ?? null,
  };
}
