import { describe, expect, test } from 'vitest';
import { attoOf, readBill } from './bills.ts';
import type { BillRead } from './bills.ts';

function bill(format: 'focus' | 'csv', text: string): BillRead {
  const read = readBill(format, text);
  if ('problem' in read) throw new Error(read.problem);
  return read.bill;
}
const problem = (format: 'focus' | 'csv', text: string): string => {
  const read = readBill(format, text);
  return 'problem' in read ? read.problem : '';
};

describe('amounts are texts until they are integers', () => {
  test.each([
    ['1', 10n ** 18n], ['0.1', 10n ** 17n], ['-2.5', -25n * 10n ** 17n], ['+3', 3n * 10n ** 18n], ['.5', 5n * 10n ** 17n], ['1.2E-05', 12n * 10n ** 12n], ['1e3', 10n ** 21n],
    ['0.0000000000000000005', 1n], ['0.0000000000000000004', 0n], ['0.1000000000000000055511151231257827', 100_000_000_000_000_006n],
  ])('%s', (text, atto) => {
    expect(attoOf(text)).toBe(atto);
  });
  test.each(['', '.', '1,5', '$1', '1 000', 'NaN', '0x1', '1e999', '--1'])('%j is none', (text) => {
    expect(attoOf(text)).toBeNull();
  });
  test('ten times 0.1 is 1, and a third of a micro-unit is kept until the day is summed', () => {
    expect(bill('csv', `day,amount,currency\n${'2026-10-01,0.1,USD\n'.repeat(10)}`).micros).toBe(1_000_000);
    expect(bill('csv', `day,amount,currency\n${'2026-10-01,0.0000003,USD\n'.repeat(5)}`).days).toEqual([{ day: '2026-10-01', model: '', micros: 2 }]);
  });
});

describe('plain CSV', () => {
  test('by day and model, in order, and their sum', () => {
    expect(bill('csv', 'Day,Model,Amount,Currency\r\n2026-10-02,gpt-5,1.5,usd\r\n2026-10-01,,0.25,USD\r\n2026-10-02,gpt-5,-0.5,USD\r\n')).toEqual({
      currency: 'USD', from: '2026-10-01', to: '2026-10-02', micros: 1_250_000, lines: 3, refused: [], days: [{ day: '2026-10-01', model: '', micros: 250_000 }, { day: '2026-10-02', model: 'gpt-5', micros: 1_000_000 }],
    });
  });

  test.each([';', '\t'])('with %j between, a mark at the start and quotes', (between) => {
    const text = `\uFEFF${['day', 'amount', 'currency', 'model'].join(between)}\n${['2026-10-01', '"2.00"', 'EUR', '"a, ""b"" and c"'].join(between)}\n`;
    expect(bill('csv', text).days).toEqual([{ day: '2026-10-01', model: 'a, "b" and c', micros: 2_000_000 }]);
  });

  test('lines that cannot be taken are named and the rest is', () => {
    const { refused, lines } = bill('csv', 'day,amount,currency\n2026-10-01,1,USD\n2026-13-01,1,USD\n2026-02-31,1,USD\n2026-10-01,"1,5",USD\n2026-10-01,1,EUR\n2026-10-01,1,dollars\n2026-10-01\n');
    expect(lines).toBe(1);
    expect(refused).toEqual([
      { line: 3, reason: '“2026-13-01” is no day.' }, { line: 4, reason: '“2026-02-31” is no day.' }, { line: 5, reason: '“1,5” is no amount: digits with a point.' },
      { line: 6, reason: 'It is in EUR, the lines before it are in USD: a bill has one currency.' }, { line: 7, reason: '“dollars” is no currency.' }, { line: 8, reason: '“” is no currency.' },
    ]);
  });

  test.each([
    ['', /no lines below/], ['day,amount,currency\n', /no lines below/], ['a,b\n1,2\n', /^The first line names no column day, amount, currency\.$/], ['day,amount,currency\nx,1,USD\n', /^No line could be taken\. The first: line 2: “x” is no day\.$/],
    ['day,amount,currency\n"2026-10-01,1,USD\n', /^This is not CSV/], ['day,amount,currency\n2026-10-01,900000000000000,USD\n', /larger than can be kept/],
  ])('%j', (text, reason) => {
    expect(problem('csv', text)).toMatch(reason);
  });

  test('more refused lines than can be shown are counted', () => {
    const { refused } = bill('csv', `day,amount,currency\n2026-10-01,1,USD\n${'x,1,USD\n'.repeat(700)}`);
    expect(refused).toHaveLength(501);
    expect(refused.at(-1)?.reason).toBe('This line and 199 after it were not taken either.');
  });

  test('a column named like a property of every object is a column', () => {
    expect(bill('csv', '__proto__,day,amount,currency\nx,2026-10-01,1,USD\n').micros).toBe(1_000_000);
  });
});

describe('FOCUS', () => {
  const header = 'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,x_Model';
  test('hours of a day are that UTC day', () => {
    const read = bill('focus', `${header}\n0.10,USD,Usage,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,Bedrock,claude\n0.20,USD,Usage,2026-10-01T23:00:00Z,2026-10-02T00:00:00Z,Bedrock,claude\n0.30,USD,Usage,2026-10-02 00:00:00 UTC,2026-10-02 01:00:00 UTC,Bedrock,\n0.40,USD,Usage,2026-10-02T01:00:00+02:00,2026-10-02T02:00:00+02:00,Bedrock,claude\n`);
    expect(read.days).toEqual([{ day: '2026-10-01', model: 'claude', micros: 700_000 }, { day: '2026-10-02', model: '', micros: 300_000 }]);
  });

  test('a charge over several days is refused', () => {
    const read = bill('focus', `${header}\n1,USD,Usage,2026-10-01,2026-10-02,B,\n30,USD,Purchase,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,B,\n`);
    expect(read.micros).toBe(1_000_000);
    expect(read.refused).toEqual([{ line: 3, reason: 'The charge covers more than one day, so it cannot be laid beside the work of a day.' }]);
  });

  test('missing columns are named as the specification does', () => {
    expect(problem('focus', 'BilledCost\n1\n')).toBe('The first line names no column ChargePeriodStart, BillingCurrency.');
  });
});
