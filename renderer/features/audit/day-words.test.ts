import { describe, expect, it } from 'vitest';
import { dayWords, movedDay, parseDay } from './day-words.ts';

describe('days as they are typed', () => {
  it.each([['2026-08-01', '2026-08-01'], ['1 Aug 2026', '2026-08-01'], [' 31 october 2026 ', '2026-10-31'], ['1. Sep. 2026', '2026-09-01']])('%s is a day', (text, day) => {
    expect(parseDay(text)).toBe(day);
  });

  it.each(['', 'Aug 2026', '31 Feb 2026', '1 Foo 2026', '0 Jan 2026', '2026-8-1', '08/01/2026'])('%j is none', (text) => {
    expect(parseDay(text)).toBeNull();
  });

  it('are written back as everywhere, and move over the end of a month', () => {
    expect(dayWords('2026-08-01')).toBe('1 Aug 2026');
    expect(dayWords('soon')).toBe('soon');
    expect(movedDay('2026-02-28', 1)).toBe('2026-03-01');
    expect(movedDay('', 1)).toBeNull();
    expect(parseDay(dayWords('2026-09-01'))).toBe('2026-09-01');
  });
});
