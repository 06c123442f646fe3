/** Rows as the history gives them, at every level of text and of people, against the rules of the formats that other tools read. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { peopleLevels, reportContents, textLevels } from '../../../shared/reports.ts';
import type { ReportContent } from '../../../shared/reports.ts';
import { appendAudit } from '../store/audit.ts';
import { openReader } from '../store/database.ts';
import { historyFile } from '../store/open.ts';
import { contentRows } from '../store/queries/report-contents.ts';
import { Reading } from '../store/queries/reading.ts';
import { selectionOf } from '../store/queries/report-scope.ts';
import { t0, TestHistory } from '../store/test-history.ts';
import { words } from '../store/test-runtime.ts';
import { columnsOf } from './columns.ts';
import type { Row } from './columns.ts';
import { disclosure, Pseudonyms } from './disclose.ts';
import { writeCef } from './format-cef.ts';
import { writeFocus } from './format-focus.ts';
import { writeOcsf } from './format-ocsf.ts';
import { ocsfVersions } from './ocsf-classes.ts';
import { parseCef } from './test-cef-parser.ts';
import { focusFaults } from './test-focus-rules.ts';
import { OcsfValidator } from './test-ocsf-schema.ts';
import { contextOf, MemorySink, pages } from './test-rows.ts';
import { diceOf, fill, spec } from './test-report.ts';

vi.setConfig({ testTimeout: 60_000 });
const validators = ocsfVersions.map((version) => ({ version, validator: new OcsfValidator(version) }));

function rowsOf(values: readonly number[], levels: Pick<ReturnType<typeof spec>, 'text' | 'people'>): Map<ReportContent, Row[]> {
  const history = new TestHistory();
  try {
    fill(history.db, diceOf(values));
    for (const outcome of ['asked', 'done', 'failed', 'refused'] as const) appendAudit(history.db, words('ann', { action: 'stop.order', outcome }), t0);
    const db = openReader(historyFile(history.dir));
    try {
      const reading = new Reading(db);
      const selection = selectionOf(reading, spec(), t0 + 86_400_000_000);
      return new Map(reportContents.map((content) => [content, [...contentRows(reading, content, selection).pages()].flatMap((page) => disclosure(columnsOf[content], levels, new Pseudonyms()).rows(page))]));
    } finally {
      db.close();
    }
  } finally {
    history.close();
  }
}

it('holds their rules for whatever is in the history', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(), { minLength: 200, maxLength: 300 }), fc.constantFrom(...textLevels), fc.constantFrom(...peopleLevels), async (values, text, people) => {
    for (const [content, rows] of rowsOf(values, { text, people })) {
      for (const { version, validator } of validators) {
        const sink = new MemorySink();
        expect(await writeOcsf(version)(columnsOf[content], pages(rows, 50), sink, contextOf(content))).toMatchObject({ rows: rows.length });
        const events = sink.text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
        expect(events.flatMap((event) => validator.faults(event))).toEqual([]);
        expect(events).toHaveLength(rows.length);
        // The random history has rows that are the same in every cell.
        const uids = new Set(events.map((event) => (event['metadata'] as { uid: string }).uid));
        expect([content, uids.size]).toEqual([content, new Set(rows.map((row) => JSON.stringify(row))).size]);
      }
      const cef = new MemorySink();
      await writeCef(columnsOf[content], pages(rows, 50), cef, contextOf(content));
      expect(cef.text.split('\n').slice(0, -1).map((line) => parseCef(line).product)).toEqual(rows.map(() => 'Console'));
    }
    const focus = new MemorySink();
    await writeFocus()(columnsOf.cost, pages(rowsOf(values, { text, people }).get('cost') ?? [], 50), focus, contextOf('cost'));
    const [header = [], ...records] = parse(focus.text);
    expect(records.flatMap((record) => focusFaults('1.3', header, Object.fromEntries(header.map((name, i) => [name, record[i] ?? '']))))).toEqual([]);
  }), { numRuns: 4, endOnFailure: true });
});
