/** What a format is: a function that takes columns and pages of rows, as disclosed, and writes them. Memory does not grow with the rows. */
import type { ReportContent, ReportSpec } from '../../../shared/reports.ts';
import type { Column, Row } from './columns.ts';

/** Where a file's bytes go. Throws a ReportFailure in words where they cannot. */
export interface Sink {
  write(chunk: Uint8Array | string): void;
  readonly bytes: number;
  /** of everything written, hex; ends the sink. */
  sha256(): string;
}

export interface Written { readonly rows: number; readonly bytes: number; readonly sha256: string; /** what a reader of the file must know, a sentence each. */ readonly notes?: readonly string[] }

export interface FormatContext {
  readonly content: ReportContent;
  readonly spec: ReportSpec;
  /** how many rows are expected. */
  readonly rows: number;
  /** when the report was begun, ISO. */
  readonly madeAt: string;
  readonly version: string;
  /** a further file beside it, e.g. for texts that a cell cannot hold: made when it is first asked for. */
  beside(name: string): Sink;
}

export type Format = (columns: readonly Column[], rows: AsyncIterable<readonly Row[]>, out: Sink, context: FormatContext) => Promise<Written>;

/** Lines are gathered to so many characters: a page of them at once would be one more copy of the page. */
export const gatheredLines = 32 * 1024;

export function written(out: Sink, rows: number, notes: readonly string[] = []): Written {
  const { bytes } = out;
  return { rows, bytes, sha256: out.sha256(), notes };
}
