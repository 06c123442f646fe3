import parseSyslogLine from 'nsyslog-parser';
import { describe, expect, it } from 'vitest';
import { reportContents } from '../../../shared/reports.ts';
import { cefLine } from './cef-line.ts';
import { cefRecord, cefWords, ownKey } from './cef-words.ts';
import { columnsOf } from './columns.ts';
import { writeCef } from './format-cef.ts';
import { parseCef } from './test-cef-parser.ts';
import { MemorySink, bareRow, contextOf, fullRow, hostile, kinds, pages } from './test-rows.ts';

describe.each(reportContents)('CEF of %s', (content) => {
  const columns = columnsOf[content];

  it('is read by a parser that knows the grammar only, and says every cell', async () => {
    const rows = kinds[content].flatMap((kind) => [fullRow(content, kind), bareRow(content, kind)]);
    const sink = new MemorySink();
    expect(await writeCef(columns, pages(rows), sink, contextOf(content))).toMatchObject({ rows: rows.length, bytes: sink.bytes });
    const lines = sink.text.trimEnd().split('\n');
    expect(lines).toHaveLength(rows.length);
    for (const [i, line] of lines.entries()) {
      const { vendor, product, version, severity, extension } = parseCef(line);
      expect([vendor, product, version]).toEqual(['Gatehouse', 'Console', '1.2.3']);
      expect(severity).toBeLessThanOrEqual(10);
      const values = new Set(extension.values());
      const missing = Object.entries(rows[i] ?? {}).filter(([name, cell]) => cell !== null && !extension.has(ownKey(name)) && !values.has(String(cell))).map(([name]) => name);
      expect(missing).toEqual([]);
    }
  });

  it('labels each custom field, and gives no key to two cells that may both be told', () => {
    const { keys, custom } = cefWords[content];
    const all = [...Object.values(keys), ...Object.keys(custom)];
    expect(new Set(all).size).toBe(all.length);
    for (const name of [...Object.keys(keys), ...Object.values(custom).map(([column]) => column)]) expect(columns.map((column) => column.name)).toContain(name);
    const { extension } = parseCef(cefLine(cefRecord(content, columns, fullRow(content, kinds[content][0])), '1'));
    for (const key of Object.keys(custom)) expect(extension.get(`${key}Label`)).toBeTruthy();
  });

  it('is read by a parser of somebody else', () => {
    const row = fullRow(content, kinds[content][0], 'plain');
    const entry = parseSyslogLine(`<110>1 2026-02-01T10:00:00.000Z host Gatehouse 1 report - ${cefLine(cefRecord(content, columns, row), '1.2.3')}`);
    expect(entry.type).toBe('CEF');
    expect(entry.cef).toMatchObject({ deviceVendor: 'Gatehouse', deviceProduct: 'Console', deviceVersion: '1.2.3', deviceEventClassID: cefRecord(content, columns, row).classId, severity: String(cefRecord(content, columns, row).severity) });
    const { extension } = parseCef(cefLine(cefRecord(content, columns, row), '1.2.3'));
    for (const [key, value] of extension) expect([key, entry.fields[key]]).toEqual([key, value]);
  });
});

it.each(hostile.map((text) => [text.slice(0, 20), text]))('keeps %j whole and inert', (_name, text) => {
  const row = fullRow('activity', { kind: 'tool_call', input: text, errorMessage: text, taskName: text, agentName: text });
  const line = cefLine(cefRecord('activity', columnsOf.activity, row), '1 | x\n2');
  const { extension, version } = parseCef(line);
  expect(version).toBe('1 | x 2');
  expect(['request', 'reason', ownKey('taskName'), 'suser'].map((key) => extension.get(key) === text)).toEqual([true, true, true, true]);
});

it('does not let an agent end its value and begin another', () => {
  const line = cefLine({ classId: 'a|b\\', name: 'n|', severity: 3, pairs: [['suser', 'x suid=root act=granted'], ['msg', 'end\\']] }, '1');
  expect(parseCef(line)).toMatchObject({ classId: 'a|b\\', name: 'n|' });
  expect([...parseCef(line).extension]).toEqual([['suser', 'x suid=root act=granted'], ['msg', 'end\\']]);
});
