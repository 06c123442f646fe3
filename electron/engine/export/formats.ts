/** From the name of a format to what writes it. */
import type { ReportFormat } from '../../../shared/reports.ts';
import type { Format } from './format.ts';
import { writeCef } from './format-cef.ts';
import { writeCsv } from './format-csv.ts';
import { writeFocus } from './format-focus.ts';
import { writeJsonl } from './format-jsonl.ts';
import { writeOcsf } from './format-ocsf.ts';
import { writeParquet } from './format-parquet.ts';
import { writeXlsx } from './format-xlsx.ts';

/** A PDF is printed by the window from the report's document, and comes as a file. */
export const formats: Readonly<Record<Exclude<ReportFormat, 'pdf'>, Format>> = {
  csv: writeCsv, jsonl: writeJsonl, parquet: writeParquet, xlsx: writeXlsx, 'ocsf-1.8.0': writeOcsf('1.8.0'), 'ocsf-1.9.0': writeOcsf('1.9.0'), cef: writeCef, focus: writeFocus(),
};
