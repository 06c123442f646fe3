import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf } from './columns.ts';
import type { Row } from './columns.ts';
import { decimal } from './decimal.ts';
import { errorBar, focusVersions } from './focus-columns.ts';
import type { FocusVersion } from './focus-columns.ts';
import { writeFocus } from './format-focus.ts';
import { focusFaults } from './test-focus-rules.ts';
import { MemorySink, bareRow, contextOf, fullRow, hostile, kinds, pages } from './test-rows.ts';

async function focusOf(rows: readonly Row[], version: FocusVersion = '1.3'): Promise<{ header: string[]; rows: Record<string, string>[] }> {
  const sink = new MemorySink();
  expect(await writeFocus(version)(columnsOf.cost, pages(rows), sink, contextOf('cost'))).toMatchObject({ rows: rows.length, bytes: sink.bytes });
  const records = parse(sink.text, { columns: false, relax_column_count: false });
  const [header = [], ...rest] = records;
  return { header, rows: rest.map((record) => Object.fromEntries(header.map((name, i) => [name, record[i] ?? '']))) };
}
const day = (given: Partial<Row> = {}): Row => fullRow('cost', { row: 'day', currency: 'USD', model: 'claude', day: '2026-02-28', ...given } as Row);

describe.each(focusVersions)('FOCUS %s', (version) => {
  it('holds the rules of the specification for every kind of row', async () => {
    const rows = [...kinds.cost.map((kind) => day(kind)), bareRow('cost', { row: 'day', day: '2026-12-31', connectionId: 'con-1', activities: 1 }), day({ inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }), day({ cost: null, costProvenance: 'unpriced', currency: null })];
    const { header, rows: read } = await focusOf(rows, version);
    expect(read.map((row) => focusFaults(version, header, row))).toEqual(rows.map(() => []));
  });

  it('keeps what somebody wrote as text, and ids and numbers as they are', async () => {
    const rows = hostile.map((text) => day({ agentName: text, model: text }));
    const { header, rows: read } = await focusOf(rows, version);
    for (const [i, row] of read.entries()) {
      expect(row['x_AgentName']).not.toMatch(/^[=+\-@\t\r]/);
      expect(row['x_AgentName']?.replace(/^'/, '').replace(/\\u([0-9a-f]{4})/g, (_all, code: string) => String.fromCharCode(parseInt(code, 16))).replaceAll('\'', '')).toBe(hostile[i]?.replaceAll('\'', ''));
      expect(row['BilledCost']).toBe('1.234567');
      expect(focusFaults(version, header, { ...row, ServiceName: 'x' })).toEqual([]);
    }
  });
});

it('adds money up exactly, and no use twice', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.record({ row: fc.constantFrom('day', 'bill', 'told_twice'), cost: fc.option(fc.integer({ min: 0, max: 2 ** 40 })), billed: fc.option(fc.integer({ min: 0, max: 2 ** 40 })) }), { maxLength: 20 }), async (given) => {
    const { rows } = await focusOf(given.map((one) => day(one)));
    const sum = rows.reduce((total, row) => total + BigInt(row['BilledCost']!.replace(/^(\d+)(?:\.(\d*))?$/, (_all, whole: string, part = '') => whole + String(part).padEnd(6, '0'))), 0n);
    expect(sum).toBe(given.reduce((total, { row, cost }) => total + (row === 'day' ? BigInt(cost ?? 0) : 0n), 0n));
    expect(rows.map((row) => [row['x_InvoicedCost'], row['x_ToldTwiceCost']])).toEqual(given.map(({ row, cost, billed }) => [billed === null ? '' : decimal(billed), row === 'told_twice' && cost !== null ? decimal(cost) : '']));
  }), { numRuns: 50 });
});

it('says how far told and computed are apart only where both know the same activities', () => {
  const both = { reportedCost: 100, reportedActivities: 2, bookCost: 170, bookActivities: 3, onlyComputedCost: 50, onlyComputedActivities: 1 };
  expect(errorBar(day(both))).toBe('0.00002');
  expect(errorBar(day({ ...both, bookActivities: 2 }))).toBe('');
  expect(errorBar(day({ ...both, reportedCost: null }))).toBe('');
  expect(errorBar(day({ ...both, row: 'told_twice' }))).toBe('');
});

it('finds a wrong row, and tells nothing but cost', async () => {
  const { header, rows: [row] } = await focusOf([day()]);
  const mistakes: Record<string, string>[] = [{ BilledCost: '1,5' }, { BillingCurrency: 'usd' }, { ChargeCategory: 'Other' }, { ChargePeriodEnd: '2026-03-02T00:00:00Z' }, { PricingUnit: '' }, { Tags: '{"a":1}' }];
  for (const wrong of mistakes) expect(focusFaults('1.3', header, { ...row, ...wrong })).not.toEqual([]);
  await expect(writeFocus()(columnsOf.activity, pages([]), new MemorySink(), contextOf('activity'))).rejects.toThrow(/cost only/);
});
