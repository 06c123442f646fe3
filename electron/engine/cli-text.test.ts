import { describe, expect, it } from 'vitest';
import { failureText, formatTable, money, visible, visibleLines } from './cli-text.ts';

describe('visible', () => {
  it('shows what could command a terminal or mislead a reader', () => {
    expect(visible('a\u001b[31mb\u202ec\u200bd\r\n\u0007\ud800')).toBe('a[U+001B][31mb[U+202E]c[U+200B]d[U+000D][U+000A][U+0007][U+D800]');
    expect(visible('Zürich 東京 👍')).toBe('Zürich 東京 👍');
  });

  it('is what a command fails with: it may name agents in their own words', () => {
    expect(failureText(new Error('bot\u001b[2J\nIt stopped, verified. is not marked as a canary'))).toBe('gatehouse: bot[U+001B][2J[U+000A]It stopped, verified. is not marked as a canary\n');
  });

  it('keeps lines apart where a text has several, and none of them can pass for ours', () => {
    expect(visibleLines('{\n  "a": 1\n}\u001b[2J\r\nAnswers  none')).toBe('  {\n    "a": 1\n  }[U+001B][2J[U+000D]\n  Answers  none');
  });
});

describe('formatTable', () => {
  it('aligns columns, numbers to the right, wide characters counted as two', () => {
    const rows = [{ name: '東京', calls: 7 }, { name: 'order-triage', calls: 12_000 }];
    const table = formatTable([{ head: 'NAME', cell: (row) => row.name }, { head: 'CALLS', cell: (row) => String(row.calls), right: true }], rows);
    expect(table).toBe('NAME          CALLS\n東京              7\norder-triage  12000\n');
  });

  it('cuts only where a column says so, and shows that it did', () => {
    const table = formatTable([{ head: 'TEXT', cell: (row: string) => row, most: 8 }], ['a long sentence', 'short']);
    expect(table).toBe('TEXT\na long …\nshort\n');
  });
});

describe('money', () => {
  it.each([
    [null, ''], [{ amountMicros: null, currency: 'USD', unpriced: 3, provenance: 'unpriced' as const }, 'no price'],
    [{ amountMicros: 0, currency: 'USD', unpriced: 0, provenance: 'reported' as const }, '0.00 USD'], [{ amountMicros: 0, currency: 'USD', unpriced: 0, provenance: 'computed' as const }, ''],
    [{ amountMicros: 1_234_567, currency: 'USD', unpriced: 0, provenance: 'reported' as const }, '1.23 USD'], [{ amountMicros: 1_234, currency: 'EUR', unpriced: 2, provenance: 'unpriced' as const }, 'at least 0.0012 EUR'],
    [{ amountMicros: 20, currency: 'USD', unpriced: 0, provenance: 'computed' as const }, '<0.0001 USD'], [{ amountMicros: 50, currency: 'USD', unpriced: 0, provenance: 'computed' as const }, '0.0001 USD'], [{ amountMicros: -3, currency: 'USD', unpriced: 0, provenance: 'reported' as const }, '>-0.0001 USD'],
  ])('%j -> %s', (cost, text) => {
    expect(money(cost)).toBe(text);
  });
});
