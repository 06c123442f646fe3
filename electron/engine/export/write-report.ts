/** Writes one report: finds its rows, discloses them, hands them to its formats, and says what it was made of. Runs in the thread of report-worker.ts. */
import { stringify } from 'csv-stringify/sync';
import type { Completeness, ReportContent, ReportFile, ReportSpec } from '../../../shared/reports.ts';
import { completenessOf } from '../store/queries/report-completeness.ts';
import { contentRows } from '../store/queries/report-contents.ts';
import type { ContentRows } from '../store/queries/report-contents.ts';
import { selectionOf } from '../store/queries/report-scope.ts';
import type { Reading } from '../store/queries/reading.ts';
import { columnsOf } from './columns.ts';
import type { Row } from './columns.ts';
import { afterWriting, contentName } from './completeness-words.ts';
import { disclosure, Pseudonyms } from './disclose.ts';
import { fanOut } from './fan-out.ts';
import type { Written } from './format.ts';
import { longTexts } from './format-xlsx.ts';
import { formats } from './formats.ts';
import { completenessText } from './pack-words.ts';
import { ReportCancelled } from './report-failure.ts';
import { outputsOf, placeOf, ReportFolder } from './report-files.ts';
import type { Output, PartFile } from './report-files.ts';

export interface ReportOrder {
  readonly spec: ReportSpec;
  /** what the PDF was made with; left out: one of its own. */
  readonly pseudonymKey?: string | undefined;
  /** file or folder; of a pack: the zip, beside which the files to be packed are put. */
  readonly target: string;
  readonly overwrite: boolean;
  /** a file that main has printed; null: there is none. */
  readonly pdf: string | null;
  readonly nowMs: number;
  readonly version: string;
}

export interface ReportProgress { readonly step: string; readonly rows: number; readonly of: number; readonly bytes: number }
export interface ReportWatch { progress(progress: ReportProgress): void; cancelled(): boolean }
export interface ReportOutcome extends ReportProgress { readonly files: readonly ReportFile[]; readonly completeness: Completeness }

/** Only in the files of a pack: where each record of the exported activities stands in the digests, for export/pack.ts. */
export const standingFile = 'standing.jsonl';

export async function writeReport(reading: Reading, order: ReportOrder, watch: ReportWatch): Promise<ReportOutcome> {
  const folder = new ReportFolder(placeOf(order.spec, order.target), order.overwrite);
  try {
    const outcome = await new ReportWriter(reading, order, watch, folder).write();
    folder.finish();
    return outcome;
  } catch (error) {
    folder.discard();
    throw error;
  }
}

class ReportWriter {
  private readonly reading: Reading;
  private readonly order: ReportOrder;
  private readonly watch: ReportWatch;
  private readonly folder: ReportFolder;
  private readonly pseudonyms: Pseudonyms;
  private readonly files: ReportFile[] = [];
  private readonly examined: Partial<Record<ReportContent, number>> = {};
  private readonly withheld: Partial<Record<ReportContent, number>> = {};
  private readonly notes: string[] = [];
  private rows = 0;
  private of = 0;

  constructor(reading: Reading, order: ReportOrder, watch: ReportWatch, folder: ReportFolder) {
    this.pseudonyms = new Pseudonyms(order.pseudonymKey ?? null);
    this.reading = reading;
    this.order = order;
    this.watch = watch;
    this.folder = folder;
  }

  async write(): Promise<ReportOutcome> {
    const { spec, nowMs } = this.order;
    this.tell('Counting');
    const selection = selectionOf(this.reading, spec, nowMs * 1_000);
    const contents = [...new Set(spec.contents)].map((content) => contentRows(this.reading, content, selection));
    this.of = contents.reduce((sum, { count }) => sum + count, 0);
    const before = completenessOf(this.reading, spec, selection, contents);
    const outputs = outputsOf(spec);
    for (const content of contents) await this.content(content, outputs.filter((output) => output.content === content.content));
    this.pdf();
    const completeness = afterWriting(before, this.examined, this.withheld, spec, nowMs);
    this.companions(completeness, contents.map(({ content }) => content));
    // Formats end in any order.
    const order = [...outputs.map(({ name }) => name), ...spec.contents.map(longTexts)].map((name) => this.folder.nameOf(name));
    const placeIn = ({ path }: ReportFile): number => (order.includes(path) ? order.indexOf(path) : order.length);
    return { ...this.progress('Done'), files: this.files.toSorted((one, two) => placeIn(one) - placeIn(two)), completeness };
  }

  private async content(rows: ContentRows, outputs: readonly Output[]): Promise<void> {
    const { content } = rows;
    this.tell(`Writing ${contentName[content]}`);
    const shown = disclosure(columnsOf[content], this.order.spec, this.pseudonyms);
    const standing = this.order.spec.pack && content === 'activity' ? this.folder.open(standingFile) : null;
    let written = 0;
    const pages = function* (this: ReportWriter): Generator<readonly Row[]> {
      for (const page of rows.pages()) {
        if (this.watch.cancelled()) throw new ReportCancelled();
        if (standing !== null) noteStanding(standing, page);
        yield shown.rows(page);
        written += page.length;
        this.rows += page.length;
        this.tell(`Writing ${contentName[content]}`);
      }
    }.call(this);
    await fanOut(pages, [...outputs.map((output) => (all: AsyncIterable<readonly Row[]>) => this.output(output, content, rows.count, all)), drained]);
    standing?.sha256();
    this.examined[content] = written;
    this.withheld[content] = shown.withheld.cells;
  }

  private async output({ format, name }: Output, content: ReportContent, expected: number, rows: AsyncIterable<readonly Row[]>): Promise<void> {
    const { spec, nowMs, version } = this.order;
    const out = this.folder.open(name);
    const beside: { name: string; file: PartFile }[] = [];
    if (format === 'pdf') throw new Error('A PDF is of all contents.');
    const done = await formats[format](columnsOf[content], rows, out, {
      content, spec, rows: expected, madeAt: new Date(nowMs).toISOString(), version,
      beside: (more) => {
        const file = this.folder.open(more);
        beside.push({ name: more, file });
        return file;
      },
    });
    this.add(name, content, format, out, done);
    for (const { name: more, file } of beside) this.add(more, content, 'jsonl', file, null);
    this.notes.push(...(done.notes ?? []).map((note) => `${this.folder.nameOf(name)}: ${note}`));
  }

  private pdf(): void {
    if (this.order.pdf === null || !this.order.spec.formats.includes('pdf')) return;
    this.add('report.pdf', null, 'pdf', this.folder.copy(this.order.pdf, 'report.pdf'), null);
  }

  private companions(completeness: Completeness, contents: readonly ReportContent[]): void {
    const notes = this.notes.length === 0 ? [] : ['', 'ABOUT THE FILES', ...this.notes];
    // A pack makes its own of them.
    if (this.order.spec.pack) {
      if (this.notes.length > 0) this.text('notes.txt', 'txt', `${this.notes.join('\n')}\n`);
    } else {
      this.text('completeness.txt', 'txt', `${[completenessText(completeness).trimEnd(), ...notes].join('\n')}\n`);
      this.text('completeness.json', 'json', `${JSON.stringify(completeness, null, 2)}\n`);
    }
    this.text('columns.csv', 'csv', stringify([['content', 'column', 'type', 'meaning'], ...contents.flatMap((content) => columnsOf[content].map(({ name, type, note }) => [content, name, type, note]))], { record_delimiter: 'windows' }));
  }

  private text(name: string, format: string, text: string): void {
    const file = this.folder.open(name);
    file.write(text);
    this.add(name, null, format, file, null);
  }

  private add(name: string, content: ReportContent | null, format: string, file: PartFile, done: Written | null): void {
    const sha256 = file.sha256();
    this.files.push({ path: this.folder.nameOf(name), content, format, bytes: file.bytes, rows: done?.rows ?? null, sha256 });
  }

  private progress(step: string): ReportProgress {
    return { step, rows: this.rows, of: this.of, bytes: this.folder.bytes };
  }

  private tell(step: string): void {
    if (this.watch.cancelled()) throw new ReportCancelled();
    this.watch.progress(this.progress(step));
  }
}

/** Counts on although no format asks, e.g. of a report that is only printed. */
async function drained(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const page of rows) void page;
}

function noteStanding(file: PartFile, page: readonly Row[]): void {
  file.write(page.map((row) => (JSON.parse(String(row['recordHashes'] ?? '[]')) as { connectionId: string; hour: string; index: number; leaf: string }[])
    .map(({ connectionId, hour, index, leaf }) => `${JSON.stringify({ activity: row['id'], connection: connectionId, hour, index, leaf })}\n`).join('')).join(''));
}
