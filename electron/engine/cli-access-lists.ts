/** The lists of access on the command line: columns for people; as JSON each row is the contract's own. */
import type { AccessCell, AccessRow, Baseline, Finding, Grant, GrantChange, GrantDocument } from '../../shared/access.ts';
import type { Params, Result } from '../../shared/contract.ts';
import type { AccessCommand } from './cli-access-arguments.ts';
import { findAgent, findConnection } from './cli-find.ts';
import { one, paged, pageSize } from './cli-lists.ts';
import type { Listing } from './cli-output.ts';
import { count, time } from './cli-text.ts';
import type { Column } from './cli-text.ts';
import type { Caller } from './control-client.ts';

type Asked<N extends AccessCommand['name']> = Extract<AccessCommand, { name: N }>;

export const words = (text: string): string => text.replaceAll('_', ' ');
export const onlyGiven = async (caller: Caller, { agent, connection }: { readonly agent?: string | null; readonly connection?: string | null }): Promise<{ agentId?: string; connectionId?: string }> => ({
  ...(agent === null || agent === undefined ? {} : { agentId: await findAgent(caller, agent) }), ...(connection === null || connection === undefined ? {} : { connectionId: await findConnection(caller, connection) }),
});

export function usedText({ state, times, denied }: Grant['use']): string {
  if (state === 'cannot_tell') return 'cannot tell';
  return `${times === 0 ? 'never' : `${count(times)}x`}${denied > 0 ? `, denied ${count(denied)}x` : ''}`;
}

const classText = ({ classes, understood }: Grant): string => (classes.length === 0 ? (understood === 'not' ? 'not understood' : '') : [...new Set(classes.map((one) => words(one.class)))].join(', '));

const grantColumns: readonly Column<Grant>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'HOLDER', cell: (row) => row.agentName ?? `any with ${row.connectionName ?? 'it'}`, most: 28 }, { head: 'KIND', cell: (row) => row.kind }, { head: 'NAME', cell: (row) => row.name, most: 44 },
  { head: 'EFFECT', cell: (row) => row.effect }, { head: 'CLASSES', cell: classText, most: 30 }, { head: 'REVERSIBILITY', cell: (row) => words(row.reversibility) }, { head: 'USED', cell: (row) => usedText(row.use) },
  { head: 'LAST USED', cell: (row) => time(row.use.lastUsedAt) }, { head: 'HELD TO IT', cell: (row) => words(row.enforcement) }, { head: 'EXPIRES', cell: (row) => time(row.expiresAt) }, { head: 'FROM', cell: (row) => row.from, most: 28 },
  { head: 'GONE', cell: (row) => time(row.goneAt) },
];

export async function grantsListing(caller: Caller, command: Asked<'access grants'>, limit: number): Promise<Listing<Grant>> {
  const of: Params<'grants.list'> = {
    ...await onlyGiven(caller, command), ...(command.document === null ? {} : { documentId: await findDocument(caller, command.document) }), ...(command.class === null ? {} : { class: command.class }),
    ...(command.text === null ? {} : { text: command.text }), gone: command.gone,
  };
  return { pages: paged((before) => caller.call('grants.list', { ...of, limit: pageSize(limit), ...(before === undefined ? {} : { before }) })), columns: grantColumns, json: (row) => row, none: 'No grant was found where we could read any.' };
}

const findingColumns: readonly Column<Finding>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'SEVERITY', cell: (row) => row.severity }, { head: 'RULE', cell: (row) => words(row.rule) }, { head: 'OWASP', cell: (row) => row.tag }, { head: 'AGENT', cell: (row) => row.agentName ?? row.connectionId ?? '', most: 28 },
  { head: 'SINCE', cell: (row) => time(row.firstSeen) }, { head: 'WHAT', cell: (row) => row.text, most: 100 }, { head: 'DISMISSED', cell: (row) => (row.dismissed === null ? '' : `${row.dismissed.by}: ${row.dismissed.reason}`), most: 40 },
];

export async function findingsListing(caller: Caller, command: Asked<'access findings'>, limit: number): Promise<Listing<Finding>> {
  const of = { ...await onlyGiven(caller, command), ...(command.rule === null ? {} : { rule: command.rule }), dismissed: command.dismissed };
  return {
    pages: paged((before) => caller.call('access.findings', { ...of, limit: pageSize(limit), ...(before === undefined ? {} : { before }) })), columns: findingColumns, json: (row) => row,
    none: command.dismissed ? 'No finding is dismissed.' : 'No finding where we could look.',
  };
}

const changeColumns: readonly Column<GrantChange>[] = [
  { head: 'TIME', cell: (row) => time(row.at) }, { head: 'WHAT', cell: (row) => row.what }, { head: 'FURTHER', cell: (row) => (row.widening ? 'further' : '') }, { head: 'HOLDER', cell: (row) => row.agentName ?? `any with ${row.connectionName ?? 'it'}`, most: 28 },
  { head: 'KIND', cell: (row) => row.kind }, { head: 'NAME', cell: (row) => row.name, most: 40 }, { head: 'USED SINCE', cell: (row) => (row.usedSince === null ? 'cannot tell' : count(row.usedSince.times)), right: true }, { head: 'TEXT', cell: (row) => row.text, most: 100 },
];

export async function driftListing(caller: Caller, command: Asked<'access drift'>, limit: number): Promise<Listing<GrantChange>> {
  const of = { ...await onlyGiven(caller, command), widening: command.widening, ...(command.since === null ? {} : { since: command.since }) };
  return { pages: paged((before) => caller.call('access.drift', { ...of, limit: pageSize(limit), ...(before === undefined ? {} : { before }) })), columns: changeColumns, json: (row) => row, none: 'Nothing changed since it was first read.' };
}

const documentColumns: readonly Column<GrantDocument>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'NAME', cell: (row) => row.name, most: 40 }, { head: 'FORMAT', cell: (row) => words(row.format) }, { head: 'ROLE', cell: (row) => row.role }, { head: 'HELD TO IT', cell: (row) => words(row.enforcement) },
  { head: 'CREDENTIAL', cell: (row) => row.credential?.name ?? '', most: 44 }, { head: 'AGENTS', cell: (row) => row.agents.map((agent) => agent.name).join(', '), most: 40 }, { head: 'GRANTS', cell: (row) => count(row.grants), right: true },
  { head: 'UNDERSTOOD', cell: (row) => row.understood }, { head: 'ADDED', cell: (row) => time(row.addedAt) }, { head: 'BY', cell: (row) => row.addedBy, most: 20 },
];

export async function documentsListing(caller: Caller, command: Asked<'access documents'>): Promise<Listing<GrantDocument>> {
  const asked: Promise<Result<'access.documents'>> = caller.call('access.documents', await onlyGiven(caller, command));
  return { pages: one(asked.then(({ rows }) => rows)), columns: documentColumns, json: (row) => row, none: 'Nobody imported a document.' };
}

/** By id, or the exact name of exactly one. */
export async function findDocument(caller: Caller, wanted: string): Promise<string> {
  const { rows } = await caller.call('access.documents', {});
  const named = rows.filter((row) => row.name === wanted);
  return rows.some((row) => row.id === wanted) || named.length !== 1 || named[0] === undefined ? wanted : named[0].id;
}

const marks: Readonly<Record<AccessCell['state'], string>> = { granted: 'granted', used: 'used', granted_denied: 'granted, denied', tried: 'TRIED', used_denied: 'used, denied', ungranted: 'NOT GRANTED, USED', cannot_tell: 'cannot tell' };

/** One cell in a terminal: the state in words, then how often. */
export function cellText(cell: AccessCell | undefined): string {
  if (cell === undefined) return '';
  const times = [cell.times > 0 ? `${count(cell.times)}x` : '', cell.denied > 0 ? `${count(cell.denied)} denied` : ''].filter((part) => part !== '');
  return `${marks[cell.state]}${times.length === 0 ? '' : ` ${times.join(', ')}`}${cell.irreversible ? ' !' : ''}`;
}

export function matrixColumns({ columns }: Pick<Result<'access.matrix'>, 'columns'>, byResource: boolean): readonly Column<AccessRow>[] {
  return [
    { head: 'HOLDER', cell: (row) => (row.holder === 'connection' ? `any with ${row.name}` : row.name), most: 32 }, { head: 'IDENTITY', cell: (row) => row.identity },
    ...columns.map((column, at): Column<AccessRow> => ({ head: `${byResource ? `${column.resource ?? ''}: ` : ''}${words(column.class)}`.toUpperCase(), cell: (row) => cellText(row.cells.find((cell) => cell.column === at)) })),
    { head: 'HELD', cell: (row) => count(row.held), right: true }, { head: 'USED', cell: (row) => (row.notSeen === null ? count(row.used) : 'not seen'), right: true }, { head: 'FINDINGS', cell: (row) => count(row.findings), right: true },
  ];
}

export type AgainstBaseline = { readonly what: 'added' | 'removed' | 'changed'; readonly kind: string; readonly name: string; readonly text: string };
export const baselineRows = ({ added, removed, changed }: Baseline): AgainstBaseline[] => [
  ...added.map((row) => ({ what: 'added' as const, kind: row.kind, name: row.name, text: `since ${time(row.since)}, ${row.times === null ? 'whether it was used cannot be told' : `used ${count(row.times)}x`}` })),
  ...changed.map((row) => ({ what: 'changed' as const, kind: row.kind, name: row.name, text: `${row.widening ? 'reaches further: ' : ''}${row.text}` })),
  ...removed.map((row) => ({ what: 'removed' as const, kind: row.kind, name: row.name, text: '' })),
];
export const baselineColumns: readonly Column<AgainstBaseline>[] = [{ head: 'AGAINST IT', cell: (row) => row.what }, { head: 'KIND', cell: (row) => row.kind }, { head: 'NAME', cell: (row) => row.name, most: 48 }, { head: 'WHAT', cell: (row) => row.text, most: 100 }];
