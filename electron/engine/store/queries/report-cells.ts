/** How rows of a report are spelled: times with microseconds, ids as people see them, a row with every column of its content. */
import type { Cell, Row } from '../../export/columns.ts';
import { publicId } from '../ids.ts';
import type { IdKind } from '../ids.ts';
import { iso, type Reading } from './reading.ts';

/** ISO 8601 UTC with microseconds. */
export function at(us: number): string {
  const left = us - Math.floor(us / 1_000) * 1_000;
  return `${iso(us).slice(0, -1)}${String(left).padStart(3, '0')}Z`;
}
export const atOrNull = (us: number | null): string | null => (us === null ? null : at(us));
/** Of a day since the epoch. */
export const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
export const yes = (value: number | null): boolean | null => (value === null ? null : value === 1);
export const idOrNull = (kind: IdKind, row: number | null): string | null => (row === null || row === 0 ? null : publicId(kind, row));
/** An empty list of a JSON column says nothing. */
export const listOrNull = (list: readonly unknown[] | undefined): string | null => (list === undefined || list.length === 0 ? null : JSON.stringify(list));

/** Every column, those that are not told as null; a cell that is no column of the content is a mistake of ours. */
export function rowMaker(columns: readonly { readonly name: string }[]): (cells: Readonly<Record<string, Cell>>) => Row {
  const empty = Object.fromEntries(columns.map(({ name }) => [name, null]));
  return (cells) => {
    for (const name in cells) if (!(name in empty)) throw new Error(`A report has no column ${name}.`);
    return { ...empty, ...cells };
  };
}

/** The agent that it is shown as. */
export const agentCells = (reading: Reading, agent: number | null): { agentId: string | null; agentName: string | null } =>
  agent === null || agent <= 0 ? { agentId: null, agentName: null } : { agentId: reading.agentId(agent), agentName: reading.agent(agent).name };

export interface ConnectionName { readonly id: number; readonly kind: string; readonly name: string; readonly content: string }

export function connectionOf(reading: Reading, id: number): ConnectionName {
  return reading.sql<[number], ConnectionName>('SELECT id, kind, name, content FROM connection WHERE id = ?').get(id) ?? { id, kind: '', name: '', content: '' };
}

export const connectionCells = (reading: Reading, id: number | null): { connectionId: string | null; connectionName: string | null } =>
  id === null || id <= 0 ? { connectionId: null, connectionName: null } : { connectionId: publicId('connection', id), connectionName: connectionOf(reading, id).name || null };
