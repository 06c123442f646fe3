/** What a section of a printed report is made with: sums and first rows over the same WHERE as the rows of the data files, and cells as people read them. */
import type { ReportContent, ReportDocument } from '../../../../shared/reports.ts';
import type { Column, Row } from '../../export/columns.ts';
import { columnsOf } from '../../export/columns.ts';
import { decimal } from '../../export/decimal.ts';
import { disclosure } from '../../export/disclose.ts';
import type { Pseudonyms } from '../../export/disclose.ts';
import type { ReportSpec } from '../../../../shared/reports.ts';
import { US_DAY } from '../codes.ts';
import { dayText } from './report-cells.ts';
import { countPart } from './report-part.ts';
import type { Part, SqlValue } from './report-part.ts';
import type { Selection } from './report-scope.ts';
import type { Reading } from './reading.ts';

export type Section = ReportDocument['sections'][number];
export type Chart = NonNullable<Section['chart']>;

export interface SectionContext {
  readonly reading: Reading;
  readonly spec: ReportSpec;
  readonly selection: Selection;
  readonly pseudonyms: Pseudonyms;
}

/** What a section says beside its rows. */
export interface Drawn { readonly title: string; readonly sentences: readonly string[]; readonly chart: Chart | null; readonly columns: readonly ShownColumn[]; readonly rows: readonly Row[] }

/** One column on paper. */
export interface ShownColumn { readonly name: string; readonly align?: 'end'; readonly cell: (row: Row) => string }

/** SECURITY: however long the history, a document stays a document. */
export const mostRows = 40;
export const mostPoints = 62;
const mostCharacters = 240;

export function partNamed(parts: readonly Part[], row: string): Part {
  const found = parts.find((one) => one.row === row);
  if (found === undefined) throw new Error(`A report has no rows of the kind ${row}.`);
  return found;
}

export const countOf = ({ reading }: SectionContext, parts: readonly Part[]): number => parts.reduce((sum, one) => sum + countPart(reading, one), 0);

/** `walk`: where a join that the rows are read with is needed, too. */
export function grouped<R>({ reading }: SectionContext, { from, where }: Pick<Part, 'from' | 'where'>, select: string, rest: string): R[] {
  return reading.sql<SqlValue[], R>(`SELECT ${select} FROM ${from} WHERE (${where.sql}) ${rest}`).all(...where.values);
}

/** The first rows in another order than that of the files, disclosed as these are. Found by their key first: what is looked up for each row is looked up for these only. */
export function firstRows({ reading, spec, pseudonyms }: SectionContext, content: ReportContent, { from, walk, where, key, select, rowsOf }: Part, order: string, values: readonly SqlValue[] = []): Row[] {
  const found = `(${key.join(', ')}) IN (SELECT ${key.join(', ')} FROM ${from} WHERE (${where.sql}) ORDER BY ${order} LIMIT ${mostRows})`;
  const raw = reading.sql<SqlValue[], Readonly<Record<string, string | number | Buffer | null>>>(`SELECT ${select} FROM ${walk} WHERE ${found} ORDER BY ${order}`).all(...where.values, ...values, ...values);
  return disclosure(columnsOf[content], spec, pseudonyms).rows([...rowsOf(reading, raw)]);
}

/** A cell of a column as it is disclosed, for words that stand in a sentence or a chart. */
export function disclosed({ spec, pseudonyms }: SectionContext, columns: readonly Column[], name: string, value: string): string {
  return said(disclosure(columns, spec, pseudonyms).rows([{ [name]: value }])[0]?.[name]);
}

/** Days of the period, together where there are more of them than a chart can hold. */
export interface Buckets { readonly labels: readonly string[]; at(day: number): number | null; readonly daysEach: number }

export function bucketsOf({ fromUs, toUs, nowUs }: Pick<Selection, 'fromUs' | 'toUs' | 'nowUs'>): Buckets {
  const first = Math.floor(fromUs / US_DAY);
  const last = Math.max(first, Math.floor((Math.min(toUs, Math.max(nowUs, fromUs + 1)) - 1) / US_DAY));
  const daysEach = Math.max(1, Math.ceil((last - first + 1) / mostPoints));
  const labels = Array.from({ length: Math.ceil((last - first + 1) / daysEach) }, (_, i) => dayText(first + i * daysEach));
  return { labels, daysEach, at: (day) => (day < first || day > last ? null : Math.floor((day - first) / daysEach)) };
}

export const perDays = ({ daysEach }: Buckets): string => (daysEach === 1 ? 'day' : `${daysEach} days`);

export const said = (cell: Row[string] | undefined): string => (cell === null || cell === undefined ? '' : short(String(cell)));
export const short = (text: string): string => (text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1).replace(/[\ud800-\udbff]$/, '')}\u2026` : text);
export const inNumbers = (count: number): string => count.toLocaleString('en');
/** To the second: the files have the rest. */
export const when = (cell: Row[string] | undefined): string => said(cell).slice(0, 19).replace('T', ' ');
export const money = (micros: number, currency: string): string => `${decimal(micros)} ${currency}`;
/** Which of its names tells it: a name that is hashed tells nobody, the id does. */
export const agentName = (row: Row): string => (/^sha256:[0-9a-f]{64} /.test(said(row['agentName'])) || row['agentName'] === null ? said(row['agentId']) : said(row['agentName']));

export const text = (title: string, name: string): ShownColumn => ({ name: title, cell: (row) => said(row[name]) });
export const time = (title: string, name: string): ShownColumn => ({ name: title, cell: (row) => when(row[name]) });
export const figure = (title: string, name: string): ShownColumn => ({ name: title, align: 'end', cell: (row) => (typeof row[name] === 'number' ? inNumbers(row[name]) : said(row[name])) });
export const amount = (title: string, name: string, currency = 'currency'): ShownColumn => ({ name: title, align: 'end', cell: (row) => (typeof row[name] === 'number' ? money(row[name], said(row[currency])) : '') });
export const agent: ShownColumn = { name: 'Agent', cell: agentName };
export const connection: ShownColumn = text('Connection', 'connectionName');

/** `3 approved, 1 rejected`; the words as they are, without those that are 0. */
export const listed = (counts: readonly (readonly [word: string, count: number])[]): string => counts.filter(([, count]) => count > 0).map(([word, count]) => `${inNumbers(count)} ${word.replaceAll('_', ' ')}`).join(', ');

export function sectionOf(content: ReportContent, count: number, { title, sentences, chart, columns, rows }: Drawn): Section {
  return {
    content, title, count, sentences: [...sentences], chart, columns: columns.map(({ name, align }) => ({ name, align: align ?? 'start' as const })),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))), more: count - rows.length,
  };
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

export const lengthWords = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : ms < 120_000 ? `${Math.round(ms / 100) / 10} s` : ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 360_000) / 10} h`);
