/**
 * One kind of rows of a report: where they stand and how one is told. Counting and reading share one WHERE, so that what is promised is what is
 * written; pages go along a key, so that a report of millions holds only a few rows in memory.
 */
import type { Row } from '../../export/columns.ts';
import type { Reading } from './reading.ts';

export type SqlValue = string | number;
export interface Where { readonly sql: string; readonly values: readonly SqlValue[] }
type Raw = Readonly<Record<string, string | number | Buffer | null>>;

export interface Part {
  /** kind of its rows, as the column `row` of its content says. */
  readonly row: string;
  readonly from: string;
  /** the same rows for reading them: with what is only looked up for each; a join of it may neither drop nor repeat one. */
  readonly walk: string;
  readonly where: Where;
  /** along which it is walked; unique. */
  readonly key: readonly string[];
  /** where the walk begins: nothing of it stands at or before it. Absent: nowhere in particular. */
  readonly after?: number;
  readonly select: string;
  /** what is read at first is short: mostly numbers. */
  readonly short?: true;
  readonly rowsOf: (reading: Reading, raw: readonly Raw[]) => Iterable<Row>;
}

interface PartOf<R extends object> extends Omit<Part, 'rowsOf' | 'walk'> {
  readonly walk?: string;
  readonly rowOf: (reading: Reading, raw: R) => Row;
}

/** A part whose rows are told one by one. */
export function part<R extends object>({ rowOf, walk, ...rest }: PartOf<R>): Part {
  return { ...rest, walk: walk ?? rest.from, rowsOf: (reading, raw) => raw.map((one) => rowOf(reading, one as R)) };
}

export const both = (...all: readonly Where[]): Where => ({ sql: all.map(({ sql }) => `(${sql})`).join(' AND ') || '1', values: all.flatMap(({ values }) => values) });
/** null: everything. */
export const oneOf = (column: string, ids: readonly SqlValue[] | null): Where => (ids === null ? { sql: '1', values: [] } : { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(ids)] });

export function countPart(reading: Reading, { from, where }: Part): number {
  return reading.sql<SqlValue[], { n: number }>(`SELECT count(*) AS n FROM ${from} WHERE ${where.sql}`).get(...where.values)?.n ?? 0;
}

/**
 * What comes in from now on is not of it. Only where the key is one growing number. The plus keeps the lower end from being where a page is looked for: of two
 * lower ends SQLite takes the first, and walked all pages before it again for each (measured: the last page of a million 1,000 times as long as the first).
 */
export function fixed(reading: Reading, one: Part): Part {
  const [key] = one.key;
  if (key === undefined || one.key.length > 1) return one;
  const ends = reading.sql<SqlValue[], { least: number | null; most: number | null }>(`SELECT min(${key}) AS least, max(${key}) AS most FROM ${one.from} WHERE ${one.where.sql}`).get(...one.where.values);
  const [least, most] = [ends?.least ?? 0, ends?.most ?? -1];
  return { ...one, after: least - 1, where: both(one.where, { sql: `+${key} >= ? AND ${key} <= ?`, values: [least, most] }) };
}

const rowsInPage = 200;
const shortRowsInPage = 500;
/** SECURITY: a row may hold megabytes of an agent's words. A page of them is ended early. */
const charactersInPage = 512 * 1024;

/** All rows along the key. Nothing of the file is held between two pages: the writer and the retention go on meanwhile. */
export function* pagesOf(reading: Reading, { walk, where, key, after: begin = Number.MIN_SAFE_INTEGER, select, short, rowsOf }: Part): Generator<Row[]> {
  const keys = key.map((column, i) => `${column} AS key${i}`).join(', ');
  const page = reading.sql<SqlValue[], Raw>(`SELECT ${select}, ${keys} FROM ${walk} WHERE (${where.sql}) AND (${key.join(', ')}) > (${key.map(() => '?').join(', ')}) ORDER BY ${key.join(', ')} LIMIT ${short === true ? shortRowsInPage : rowsInPage}`);
  let after: SqlValue[] = key.map(() => begin);
  for (;;) {
    const raw = short === true ? page.all(...where.values, ...after) : takePage(page.iterate(...where.values, ...after));
    const last = raw.at(-1);
    if (last === undefined) return;
    after = key.map((_, i) => last[`key${i}`] as SqlValue);
    // Names may change meanwhile, and what is remembered of them must not grow with the report.
    reading.begin();
    yield* chunks(rowsOf(reading, raw));
  }
}

function takePage(rows: Iterable<Raw>): Raw[] {
  const taken: Raw[] = [];
  let characters = 0;
  for (const row of rows) {
    taken.push(row);
    for (const value of Object.values(row)) if (typeof value === 'string') characters += value.length;
    if (characters > charactersInPage) break;
  }
  return taken;
}

function* chunks(rows: Iterable<Row>): Generator<Row[]> {
  let chunk: Row[] = [];
  let characters = 0;
  for (const row of rows) {
    chunk.push(row);
    for (const name in row) {
      const value = row[name];
      if (typeof value === 'string') characters += value.length;
    }
    if (characters <= charactersInPage) continue;
    yield chunk;
    chunk = [];
    characters = 0;
  }
  if (chunk.length > 0) yield chunk;
}
