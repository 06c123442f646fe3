/** Parquet: times as microseconds of UTC, money as decimals, everything else as it is. A row group is written as soon as it is full. */
import zlib from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ColumnSource } from 'hyparquet-writer';
import type { Cell, Column, ColumnType, Row } from './columns.ts';
import type { Format, Sink } from './format.ts';
import { written } from './format.ts';
import { wellFormed } from './inert-text.ts';

/** A group is held in memory: it ends at so many rows, or characters. */
const rowsInGroup = 4_000;
const charactersInGroup = 2 * 1024 * 1024;

export const writeParquet: Format = async (columns, pages, out, { spec, content, madeAt, version }) => {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer, schema: [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)], codec: 'ZSTD', compressors: { ZSTD: zstd }, createdBy: `Gatehouse ${version}`,
    kvMetadata: [{ key: 'gatehouse.report', value: JSON.stringify({ content, name: spec.name, from: spec.from, to: spec.to, text: spec.text, people: spec.people, madeAt }) }, { key: 'gatehouse.columns', value: JSON.stringify(Object.fromEntries(columns.map(({ name, note }) => [name, note]))) }],
  });
  const group = new Group(columns);
  const words = new Map<string, unknown>();
  let rows = 0;
  const flush = (): void => {
    if (group.rows > 0) {
      void parquet.write({ columnData: group.take(), rowGroupSize: rowsInGroup + 1, pageSize: 1024 * 1024 });
      shareWords(parquet, words);
    }
    drain(writer, out);
  };
  for await (const page of pages) {
    for (const row of page) group.add(row);
    rows += page.length;
    if (group.rows >= rowsInGroup || group.characters >= charactersInGroup) flush();
  }
  flush();
  void parquet.finish();
  drain(writer, out);
  return written(out, rows, group.spelled === 0 ? [] : [`${group.spelled} texts held half a surrogate pair, which UTF-8 cannot: it is spelled out (\\ud800).`]);
};

/** What the end of the file tells of each column of each group is held until then, 250 times the same lists for a million rows: each is held once. */
function shareWords(parquet: ParquetWriter, words: Map<string, unknown>): void {
  const shared = <T>(of: T): T => {
    const key = JSON.stringify(of);
    if (key === undefined) return of;
    if (!words.has(key)) words.set(key, of);
    return words.get(key) as T;
  };
  for (const { meta_data: told } of parquet.row_groups.at(-1)?.columns ?? []) {
    if (told === undefined) continue;
    told.path_in_schema = shared(told.path_in_schema);
    told.encodings = shared(told.encodings);
    if (told.encoding_stats !== undefined) told.encoding_stats = shared(told.encoding_stats);
  }
  // Neither indexes nor filters are written.
  parquet.pendingIndexes.length = 0;
}

const zstd = (bytes: Uint8Array): Uint8Array => zlib.zstdCompressSync(bytes, { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } });

/** The writer's own buffer is used again: what it held is in the file. Its offset goes on counting. */
function drain(writer: ByteWriter, out: Sink): void {
  if (writer.index > 0) out.write(new Uint8Array(writer.buffer, 0, writer.index).slice());
  writer.index = 0;
}

const elements: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  time: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } },
  day: { type: 'INT32', converted_type: 'DATE' },
  int: { type: 'INT64' },
  micros: { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 6 },
  bool: { type: 'BOOLEAN' },
};
const elementOf = ({ name, type }: Column): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...elements[type] });

class Group {
  rows = 0;
  characters = 0;
  spelled = 0;
  private readonly columns: readonly Column[];
  private cells: unknown[][];

  constructor(columns: readonly Column[]) {
    this.columns = columns;
    this.cells = columns.map(() => []);
  }

  add(row: Row): void {
    this.rows += 1;
    for (const [i, column] of this.columns.entries()) (this.cells[i] as unknown[]).push(this.cell(column.type, row[column.name] ?? null));
  }

  take(): ColumnSource[] {
    // Least and greatest of a text help nobody who looks for one, and are held until the end of the file, with whatever longer text they were cut from.
    const taken = this.columns.map(({ name, type }, i) => ({ name, data: this.cells[i] as unknown[], offsetIndex: false, statistics: type !== 'text' && type !== 'json' }));
    this.cells = this.columns.map(() => []);
    this.rows = 0;
    this.characters = 0;
    return taken;
  }

  private cell(type: ColumnType, value: Cell): unknown {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number') return BigInt(value);
    if (type === 'time') return microsOf(value);
    if (type === 'day') return new Date(`${value}T00:00:00Z`);
    this.characters += value.length;
    const text = wellFormed(value);
    if (text !== value) this.spelled += 1;
    return text;
  }
}

/** `2026-02-01T10:00:00.000001Z`: what is beyond the milliseconds is in the last three digits. */
const microsOf = (time: string): bigint => BigInt(Date.parse(`${time.slice(0, 23)}Z`)) * 1_000n + BigInt(time.slice(23, 26));
