/** SECURITY: text of strangers through every format: nothing runs, nothing is lost, and what had to be changed is said. Read back by programs that are not ours. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import readXlsxFile from 'read-excel-file/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Column, Row } from './columns.ts';
import { changedColumn, writeCsv } from './format-csv.ts';
import { writeJsonl } from './format-jsonl.ts';
import { writeParquet } from './format-parquet.ts';
import { writeSheets, writeXlsx } from './format-xlsx.ts';
import { noFormula, seen, wellFormed } from './inert-text.ts';
import { context, MemorySink, paged } from './test-report.ts';

const columns: readonly Column[] = [
  { name: 'id', type: 'text', note: 'the row' }, { name: 'at', type: 'time', note: 'when' }, { name: 'day', type: 'day', note: 'day' }, { name: 'n', type: 'int', note: 'number' }, { name: 'cost', type: 'micros', note: 'money' }, { name: 'ok', type: 'bool', note: 'yes or no' },
  { name: 'words', type: 'text', note: 'words', agentText: true }, { name: 'details', type: 'json', note: 'more', agentText: true },
];

const half = String.fromCharCode(0xd800);
const flip = String.fromCharCode(0x202e);
const nul = String.fromCharCode(0);
const hostile: readonly string[] = [
  '=1+1', '=cmd|\' /C calc\'!A0', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '\uff1d1+1', 'a;=1+1', 'a\n=1+1', ' =1', '"=1', '\'=1', 'x\t@y',
  'plain', '', '"', '""', ',', 'a,b', 'a"b', 'line\r\nline', '\\', '\\u0041', '<script>alert(1)</script>', '<!--', ']]>', '&lt;', '_x0041_', '_x000D_', 'null', 'true', '00123', '1e5', 'é 漢字 👩‍👩‍👧', `a${nul}b`, `a${flip}b`, `a${String.fromCharCode(7)}b`, `a${half}b`, `${half}`, `${String.fromCharCode(0xdc00)}x`, '\ufeffx', 'a\u2028b', 'x'.repeat(1_000_000),
];
const rows: readonly Row[] = hostile.map((words, i) => ({
  id: `r${i}`, at: `2026-02-0${1 + (i % 9)}T10:00:00.${String(i).padStart(6, '0')}Z`, day: '2026-02-01', n: i - 3, cost: i === 0 ? -1_500_000 : 12_345 + i, ok: i % 2 === 0, words, details: JSON.stringify({ words, '=evil': [words] }),
}));
const empty: Row = { id: 'last', at: null, day: null, n: null, cost: null, ok: null, words: null, details: null };
const all = [...rows, empty];

describe('hostile text', () => {
  it('comes through JSON Lines as it is, one row a line', async () => {
    const sink = new MemorySink();
    const done = await writeJsonl(columns, paged(all), sink, context('activity'));
    const text = sink.body.toString('utf8');
    const lines = text.split('\n').slice(0, -1);
    expect(done).toMatchObject({ rows: all.length, bytes: sink.bytes });
    expect(lines).toHaveLength(all.length);
    for (const [i, line] of lines.entries()) {
      const read = JSON.parse(line) as Record<string, unknown>;
      const row = all[i] as Row;
      expect(read['words']).toBe(row['words']);
      expect(read['details']).toEqual(row['details'] === null ? null : JSON.parse(String(row['details'])));
      expect(read['at']).toBe(row['at']);
    }
    expect(JSON.parse(lines[0] as string)).toMatchObject({ cost: -1.5, n: -3 });
    // Neither a control, nor a sign of direction, nor another line end stands in it as itself.
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\ufeff]/u);
  });

  it('comes through CSV so that no spreadsheet runs it, with the changed cells named', async () => {
    const sink = new MemorySink();
    const done = await writeCsv(columns, paged(all), sink, context('activity'));
    expect([...sink.body.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const read = parse(sink.body, { bom: true, columns: true, record_delimiter: '\r\n' }) as Record<string, string>[];
    expect(read).toHaveLength(all.length);
    // What asks for quotes has them, and nothing else.
    expect(sink.body.toString('utf8').slice(1)).toBe(stringify(parse(sink.body, { bom: true, record_delimiter: '\r\n' }) as string[][], { record_delimiter: '\r\n', quote_record_delimiter: true }));
    expect(done.rows).toBe(all.length);
    for (const [i, row] of rows.entries()) {
      const words = String(row['words']);
      const cell = read[i] as Record<string, string>;
      expect(cell['words']).toBe(noFormula(seen(words)));
      expect((cell[changedColumn] ?? '').split(' ').includes('words')).toBe(cell['words'] !== words);
      expect(cell['words']).not.toMatch(/(^|[;|\t\r\n])[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/);
      expect(cell['words']).not.toMatch(/[^\P{Cc}\t\r\n]|[\u202a-\u202e]/u);
      expect(cell['words']?.isWellFormed()).toBe(true);
    }
    // Read with another separator, no cell begins a formula either.
    for (const cell of (parse(sink.body, { bom: true, delimiter: ';', relax_quotes: true, relax_column_count: true, quote: null }) as string[][]).flatMap((line) => line.slice(1))) expect(cell).not.toMatch(/^[\s"]*[=+@\uff1d\uff0b\uff0d\uff20]/);
    expect(read[0]).toMatchObject({ id: 'r0', cost: '-1.5', n: '-3', ok: 'true', at: rows[0]?.['at'] });
    expect(read.at(-1)).toMatchObject({ id: 'last', at: '', cost: '', words: '' });
    expect(done.notes?.[0]).toMatch(/cells were changed/);
  });

  it('comes through Parquet as DuckDB reads it, with microseconds and exact money', async () => {
    const sink = new MemorySink();
    await writeParquet(columns, paged(all), sink, context('activity'));
    const dir = mkdtempSync(join(tmpdir(), 'gatehouse-parquet-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, 'rows.parquet');
    writeFileSync(file, sink.body);
    const db = await DuckDBInstance.create(':memory:');
    const connection = await db.connect();
    const types = await connection.runAndReadAll(`SELECT name, type FROM (DESCRIBE SELECT * FROM read_parquet('${file}')) t(name, type, a, b, c, d)`);
    expect(Object.fromEntries(types.getRows().map(([name, type]) => [String(name), String(type)]))).toEqual({ id: 'VARCHAR', at: 'TIMESTAMP WITH TIME ZONE', day: 'DATE', n: 'BIGINT', cost: 'DECIMAL(18,6)', ok: 'BOOLEAN', words: 'VARCHAR', details: 'VARCHAR' });
    const read = (await connection.runAndReadAll(`SELECT id, epoch_us("at") AS us, CAST(day AS VARCHAR) AS day, n, CAST(cost AS VARCHAR) AS cost, ok, words, hex(encode(words)) AS bytes, details FROM read_parquet('${file}')`)).getRowObjects();
    expect(read).toHaveLength(all.length);
    for (const [i, row] of rows.entries()) {
      expect(read[i]).toMatchObject({ id: row['id'], us: BigInt(Date.parse(`${String(row['at']).slice(0, 23)}Z`)) * 1_000n + BigInt(i % 1_000), day: '2026-02-01', n: BigInt(Number(row['n'])), ok: row['ok'] });
      // By its bytes: the reader's own decoding of texts drops a byte order mark.
      expect(read[i]?.['bytes']).toBe(Buffer.from(wellFormed(String(row['words']))).toString('hex').toUpperCase());
      expect(JSON.parse(String(read[i]?.['details']))).toEqual(JSON.parse(wellFormed(String(row['details']))));
    }
    expect(read[0]).toMatchObject({ cost: '-1.500000' });
    expect(read[1]).toMatchObject({ cost: '0.012346' });
    expect(read.at(-1)).toMatchObject({ id: 'last', us: null, cost: null, words: null });
    connection.closeSync();
  });

  it('comes through a spreadsheet as text, with what is too long for a cell in a file beside it', async () => {
    const sink = new MemorySink();
    const besides = new Map<string, MemorySink>();
    const done = await writeXlsx(columns, paged(all), sink, context('activity', besides));
    expect(sink.body.includes('<f>')).toBe(false);
    const [header, ...read] = await sheetOf(sink.body);
    expect(header?.slice(0, 3)).toEqual(['id', 'at', 'day']);
    expect(read).toHaveLength(all.length);
    const long = new Map((besides.get('activity.long-texts.jsonl')?.body.toString('utf8').trim().split('\n') ?? []).map((line) => { const one = JSON.parse(line) as { id: string; column: string; text: string }; return [`${one.id} ${one.column}`, one.text]; }));
    for (const [i, row] of rows.entries()) {
      const words = String(row['words']);
      const cell = String(read[i]?.[6] ?? '');
      const isLong = words.length > 32_767;
      expect(cell.length).toBeLessThanOrEqual(32_767);
      expect(cell.includes('the whole text is row')).toBe(isLong);
      // A cell that is cut begins as the text does; the rest stands beside.
      expect(isLong ? long.get(`r${i} words`) : cell).toBe(isLong ? words : seen(words));
      expect(String(read[i]?.[8] ?? '').split(' ').includes('words')).toBe(seen(words) !== words || isLong);
    }
    expect(read[1]?.[4]).toBe(0.012346);
    expect(done.notes?.join(' ')).toMatch(/longer than a cell can hold/);
  }, 30_000);

  it('goes on in a further sheet where one is full', async () => {
    const sink = new MemorySink();
    await writeSheets(columns, paged(rows.slice(14, 24)), sink, context('activity'), 5);
    const sheets = (await readXlsxFile(sink.body)) as unknown as { sheet: string; data: unknown[][] }[];
    expect(sheets.flatMap(({ data }) => data.slice(1).map((row) => row[0]))).toEqual(rows.slice(14, 24).map((row) => row['id']));
    expect(sheets.length).toBeGreaterThan(1);
    for (const { data } of sheets) expect(data[0]?.[0]).toBe('id');
  });
});

async function sheetOf(body: Buffer): Promise<(string | number | boolean | null)[][]> {
  const sheets = (await readXlsxFile(body, { trim: false })) as unknown as { data: (string | number | boolean | null)[][] }[];
  return sheets[0]?.data ?? [];
}
