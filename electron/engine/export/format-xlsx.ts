/** A spreadsheet (Office Open XML). Rows beyond what a sheet can hold go on in a further sheet, texts beyond what a cell can hold into a file beside it. */
import { writeXlsxStream, XLSX_MAX_ROWS_PER_SHEET } from 'hucre/xlsx';
import type { ReportContent } from '../../../shared/reports.ts';
import { AsBefore } from './as-before.ts';
import type { Cell, Column, Row } from './columns.ts';
import { changedColumn } from './format-csv.ts';
import type { Format, FormatContext, Sink, Written } from './format.ts';
import { written } from './format.ts';
import { seen } from './inert-text.ts';

const longestCell = 32_767;
/** Where texts stand that no cell can hold. */
export const longTexts = (content: ReportContent): string => `${content}.long-texts.jsonl`;
/** In a sheet this means the character with that number: a text that only looks so must keep its own letters. */
const looksEscaped = /_(?=x[0-9a-fA-F]{4}_)/g;

export const writeXlsx: Format = (columns, pages, out, context) => writeSheets(columns, pages, out, context, XLSX_MAX_ROWS_PER_SHEET);

export async function writeSheets(columns: readonly Column[], pages: AsyncIterable<readonly Row[]>, out: Sink, context: FormatContext, rowsInSheet: number): Promise<Written> {
  const sheet = new Sheet(columns, context);
  const stream = writeXlsxStream(sheet.rows(pages), {
    name: context.content, columns: [...columns.map(({ name }) => ({ header: name })), { header: changedColumn }], freezePane: { rows: 1 }, maxRowsPerSheet: rowsInSheet, zip64: isLarge(columns.length, context),
  });
  for await (const chunk of stream) out.write(chunk);
  return written(out, sheet.count, sheet.notes());
}


/**
 * Beyond 4 GiB of one sheet a spreadsheet needs the large form of zip, which not every reader understands: only what may become so large has it. A cell
 * is a hundred bytes at most where texts are hashed; whole texts may be anything.
 */
const isLarge = (columns: number, { rows, spec }: FormatContext): boolean => rows * columns > 20_000_000 || (spec.text !== 'hashes' && rows > 20_000);

interface SheetCell { readonly value: string | number | boolean | null; readonly changed: boolean }

function sheetCell({ type }: Column, of: Cell): SheetCell {
  if (of === null || typeof of === 'boolean') return { value: of, changed: false };
  if (typeof of === 'number') return { value: type === 'micros' ? of / 1_000_000 : of, changed: false };
  const visible = seen(of);
  return { value: visible.replace(looksEscaped, '_x005F_'), changed: visible !== of };
}

class Sheet {
  count = 0;
  private long = 0;
  private changes = 0;
  private beside: Sink | null = null;
  private readonly columns: readonly Column[];
  private readonly context: FormatContext;

  constructor(columns: readonly Column[], context: FormatContext) {
    this.columns = columns;
    this.context = context;
  }

  async *rows(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<(string | number | boolean | null)[]> {
    const cells = new AsBefore(this.columns, sheetCell);
    for await (const page of pages) {
      for (const row of page) {
        this.count += 1;
        const changed: string[] = [];
        const values: SheetCell['value'][] = [];
        for (const [i, { name }] of this.columns.entries()) {
          const of = row[name] ?? null;
          const cell = cells.of(i, of);
          const isCut = typeof cell.value === 'string' && cell.value.length > longestCell;
          if (cell.changed || isCut) changed.push(name);
          values.push(isCut ? this.cut(name, String(of), String(cell.value), row) : cell.value);
        }
        this.changes += changed.length;
        values.push(changed.length === 0 ? null : changed.join(' '));
        yield values;
      }
    }
  }

  notes(): string[] {
    return [
      ...(this.long === 0 ? [] : [`${this.long} texts are longer than a cell can hold (32,767 characters): the cell has their beginning, the whole text stands in ${this.besideName}.`]),
      ...(this.changes === 0 ? [] : [`${this.changes} cells are not as they were: unseen signs are spelled out, or the text is cut. The last column says which.`]),
    ];
  }

  private get besideName(): string {
    return longTexts(this.context.content);
  }

  /** SECURITY: nothing is lost silently: the cell says that it is cut and where the rest is. */
  private cut(name: string, value: string, text: string, row: Row): string {
    this.long += 1;
    this.beside ??= this.context.beside(this.besideName);
    this.beside.write(`${JSON.stringify({ row: this.count, id: row['id'] ?? null, column: name, text: value })}\n`);
    const said = ` … cut: ${value.length} characters, the whole text is row ${this.count}, ${name}, of ${this.besideName}`;
    return text.slice(0, longestCell - said.length).replace(/_(x[0-9a-fA-F]{0,4})?$/, '') + said;
  }
}
