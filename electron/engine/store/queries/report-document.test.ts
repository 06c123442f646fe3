import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { reportContents, reportDocument as documentShape } from '../../../../shared/reports.ts';
import type { ReportContent, ReportDocument, ReportSpec } from '../../../../shared/reports.ts';
import { diceOf, fill, spec } from '../../export/test-report.ts';
import { appendAudit } from '../audit.ts';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { t0, TestHistory } from '../test-history.ts';
import { words } from '../test-runtime.ts';
import { Reading } from './reading.ts';
import { countContent } from './report-contents.ts';
import { reportDocument } from './report-document.ts';
import { mostPoints, mostRows } from './report-section.ts';
import { selectionOf } from './report-scope.ts';

vi.setConfig({ testTimeout: 60_000 });
const everything: Partial<ReportSpec> = { contents: [...reportContents] };
const nowUs = t0 + 5 * 86_400_000_000;

/** A history at random, and what it says on paper. */
function drawn<T>(values: readonly number[], then: (reading: Reading) => T): T {
  const history = new TestHistory();
  try {
    const dice = diceOf(values);
    fill(history.db, dice);
    for (let n = 0; n < dice(20); n++) appendAudit(history.db, words(`person ${n % 3}`, { action: 'settings.change', outcome: n % 4 === 0 ? 'refused' : 'done' }), t0 + n * 3_600_000_000);
    const db = openReader(historyFile(history.dir));
    try {
      return then(new Reading(db));
    } finally {
      db.close();
    }
  } finally {
    history.close();
  }
}

const sectionOf = (made: ReportDocument, content: ReportContent) => made.sections.find((one) => one.content === content)!;
const charted = (made: ReportDocument, content: ReportContent): number => (sectionOf(made, content).chart?.points ?? []).reduce((sum, { values }) => sum + values.reduce((all, value) => all + value, 0), 0);

it('counts as the data files do, whatever the history, and stays short', () => {
  fc.assert(fc.property(fc.array(fc.nat(), { minLength: 200, maxLength: 400 }), fc.constantFrom<ReportSpec['scope']>({ kind: 'everything' }, { kind: 'agents', ids: ['agt-1'] }, { kind: 'connection', id: 'con-1' }), (values, scope) => {
    drawn(values, (reading) => {
      const asked = spec({ ...everything, scope });
      const made = documentShape.parse(reportDocument(reading, asked, nowUs));
      const selection = selectionOf(reading, asked, nowUs);
      for (const section of made.sections) {
        const count = countContent(reading, section.content, selection).reduce((sum, one) => sum + one.count, 0);
        expect([section.content, section.count, section.more]).toEqual([section.content, count, count - section.rows.length]);
        expect(section.rows.length).toBeLessThanOrEqual(mostRows);
        expect(section.chart?.points.length ?? 0).toBeLessThanOrEqual(mostPoints);
        expect(section.rows.every((row) => row.length === section.columns.length)).toBe(true);
        for (const { values: heights } of section.chart?.points ?? []) expect(heights).toHaveLength(section.chart?.series.length ?? -1);
      }
      const parts = (content: ReportContent, row: string): number => countContent(reading, content, selection).find((one) => one.row === row)?.count ?? 0;
      expect(charted(made, 'approvals')).toBe(parts('approvals', 'approval'));
      expect(charted(made, 'access')).toBe(parts('access', 'grant'));
      expect(made.completeness.contents.map(({ content, examined }) => [content, examined])).toEqual(made.sections.map(({ content, count }) => [content, count]));
    });
  }), { numRuns: 10, endOnFailure: true });
});

it('draws all activities of the period that is over', () => {
  drawn(Array.from({ length: 300 }, (_, i) => i * 7919), (reading) => {
    const made = reportDocument(reading, spec(everything), t0 + 100 * 86_400_000_000);
    expect(sectionOf(made, 'activity').count).toBeGreaterThan(0);
    expect(charted(made, 'activity')).toBe(sectionOf(made, 'activity').count);
    const long = reportDocument(reading, spec({ ...everything, from: '2020-01-01T00:00:00.000Z', to: '2030-01-01T00:00:00.000Z' }), t0 + 2_000 * 86_400_000_000);
    expect(charted(long, 'activity')).toBe(sectionOf(long, 'activity').count);
    expect(sectionOf(long, 'activity').chart?.points.length).toBeLessThanOrEqual(mostPoints);
  });
});

it('tells people and texts as the report says', () => {
  drawn(Array.from({ length: 400 }, (_, i) => i * 104_729), (reading) => {
    const text = (more: Partial<ReportSpec> & { pseudonymKey?: string }): string => JSON.stringify(reportDocument(reading, spec({ ...everything, ...more }), nowUs).sections);
    expect(text({})).toContain('person 1');
    expect(text({ people: 'removed' })).not.toContain('person 1');
    expect(text({ people: 'pseudonyms' })).toMatch(/person-[0-9a-f]{12}/);
    expect(text({ people: 'pseudonyms' })).not.toContain('person 1');
    const key = { people: 'pseudonyms' as const, pseudonymKey: 'ab'.repeat(32) };
    const named = (made: string): string[] => [...new Set(made.match(/person-[0-9a-f]{12}/g) ?? [])].toSorted();
    expect(named(text(key))).toEqual(named(text(key)));
    expect(named(text(key)).every((one) => !named(text({ people: 'pseudonyms' })).includes(one))).toBe(true);
    expect(text(key)).toContain('those of the data files');
    expect(JSON.stringify(reportDocument(reading, { ...spec(everything), ...key }, nowUs))).not.toContain(key.pseudonymKey);
    expect(text({})).toContain('agent 1');
    // What an agent is called is no text of an agent: nobody could read a report of hashes only.
    expect(text({ text: 'hashes' })).toContain('agent 1');
    expect(text({ text: 'hashes' })).toMatch(/"sha256:[0-9a-f]{64} \(1\)","(?:expired|approved)"/);
  });
});

it('says that nothing was there', () => {
  const history = new TestHistory();
  const db = openReader(historyFile(history.dir));
  const made = documentShape.parse(reportDocument(new Reading(db), spec(everything), nowUs));
  // The one connection was made when the history begins; the period begins before it.
  expect(made.sections.filter(({ count }) => count > 0).map(({ content, sentences }) => [content, sentences[0]])).toEqual([['gaps', 'One period could not be seen: 1 not connected.']]);
  expect(made.sections.every(({ content, sentences, chart, rows }) => sentences.length > 0 && chart === null && (content === 'gaps' || rows.length === 0))).toBe(true);
  expect(made.seal).toBeNull();
  db.close();
  history.close();
});
