import { describe, expect, it } from 'vitest';
import {
  cutApart, cutMiddle, formatAge, formatAxis, formatBytes, formatClock, formatCount, formatCountdown, formatCounter, formatDay, formatDuration,
  formatElapsed, formatMoney, formatOffset, formatPercent, formatTime, formatUtc, plural,
} from './format.ts';

const zone = 'Europe/Warsaw';

describe('numbers', () => {
  it('groups four digits and more', () => {
    expect(formatCount(4_385_664)).toBe('4,385,664');
    expect(formatCount(999)).toBe('999');
    expect(formatCount(0)).toBe('0');
  });

  it('writes a true minus', () => {
    expect(formatCount(-12)).toBe('\u221212');
    expect(formatAxis(-3000)).toBe('\u22123k');
    expect(formatMoney(-1_500_000)).toBe('\u22121.50');
  });

  it('is exact to 99,999 and short after', () => {
    expect(formatCounter(99_999)).toBe('99,999');
    expect(formatCounter(100_000)).toBe('100k');
    expect(formatCounter(1_250_000)).toBe('1.3M');
  });

  it('shortens axes', () => {
    expect([0, 3000, 1500, 0.02, 2e9].map(formatAxis)).toEqual(['0', '3k', '1.5k', '0.02', '2G']);
  });

  it('writes percent with a thin space and one decimal', () => {
    expect(formatPercent(0.974)).toBe('97.4\u2009%');
    expect(formatPercent(1)).toBe('100\u2009%');
    expect(formatPercent(0)).toBe('0\u2009%');
  });

  it('never rounds a part up to all or down to nothing', () => {
    expect(formatPercent(0.99996)).toBe('99.9\u2009%');
    expect(formatPercent(0.00001)).toBe('0.1\u2009%');
  });

  it('counts bytes in decimal units', () => {
    expect([0, 999, 1000, 212_992, 6_412_345_678].map(formatBytes)).toEqual(['0 B', '999 B', '1 kB', '213 kB', '6.4 GB']);
  });

  it('says one and many', () => {
    expect([plural(1, 'agent'), plural(2, 'agent'), plural(0, 'activity', 'activities')]).toEqual(['1 agent', '2 agents', '0 activities']);
  });
});

describe('spans of time', () => {
  it('rounds ages down to one unit', () => {
    expect([1999, 59_999, 60_000, 3_599_999, 3_600_000, 86_399_999, 6.9 * 86_400_000].map(formatAge)).toEqual(['1 s', '59 s', '1 min', '59 min', '1 h', '23 h', '6 d']);
  });

  it('shows no negative age when clocks differ', () => {
    expect(formatAge(-5000)).toBe('0 s');
  });

  it('writes countdowns exactly', () => {
    expect([3_245_000, 7000, 3_723_000].map(formatCountdown)).toEqual(['54:05', '00:07', '1:02:03']);
  });

  it('writes elapsed time in two units', () => {
    expect([5000, 245_000, 7_380_000, 90_000_000].map(formatElapsed)).toEqual(['5 s', '4 min 5 s', '2 h 3 min', '1 d 1 h']);
  });

  it('always gives durations a unit', () => {
    expect([0, 0.4, 12, 400, 9000, 48_000, 232_000].map(formatDuration)).toEqual(['0 s', '< 1 ms', '12 ms', '0.4 s', '9.0 s', '48 s', '3 min 52 s']);
  });

  it('carries a rounded minute over', () => {
    expect(formatDuration(59_999)).toBe('1 min 0 s');
  });
});

describe('money', () => {
  it('has 2 decimals from 0.01 and 4 below', () => {
    expect([41_270_000, 10_000, 9_900, 1_200, 16_312_000_000].map((micros) => formatMoney(micros))).toEqual(['41.27', '0.01', '0.0099', '0.0012', '16,312.00']);
  });

  it('writes a real zero, and never a zero for what is not one', () => {
    expect(formatMoney(0)).toBe('0.00');
    expect(formatMoney(3)).toBe('< 0.0001');
    expect(formatMoney(400, 3)).toBe('< 0.001');
  });

  it('has 3 decimals for single calls', () => {
    expect(formatMoney(12_345, 3)).toBe('0.012');
  });
});

describe('clock', () => {
  const at = new Date('2026-11-17T13:32:07.411Z');

  it('is local', () => {
    expect(formatClock(at, { zone })).toBe('14:32:07');
    expect(formatClock(at, { zone, millis: true })).toBe('14:32:07.411');
    expect(formatClock(at, { zone, short: true })).toBe('14:32');
  });

  it('says the day when it is not today', () => {
    expect(formatTime(at, { zone, now: new Date('2026-11-17T20:00:00Z') })).toBe('14:32:07');
    expect(formatTime(at, { zone, now: new Date('2026-11-18T01:00:00Z') })).toBe('17 Nov 2026 14:32:07');
  });

  it('takes the day of the zone, not of UTC', () => {
    expect(formatDay(new Date('2026-11-17T23:30:00Z'), zone)).toBe('18 Nov 2026');
  });

  it('writes midnight as 00', () => {
    expect(formatClock(new Date('2026-11-16T23:00:00Z'), { zone })).toBe('00:00:00');
  });

  it('keeps September to three letters', () => {
    expect(formatDay(new Date('2026-09-01T12:00:00Z'), zone)).toBe('1 Sep 2026');
  });

  it('has UTC one hover away', () => {
    expect(formatUtc(at)).toBe('2026-11-17 13:32:07.411 UTC');
  });

  it('names the offset', () => {
    expect([60, 0, 330, -210].map(formatOffset)).toEqual(['UTC+1', 'UTC', 'UTC+5:30', 'UTC\u22123:30']);
  });
});

describe('identifiers', () => {
  it('cuts the middle and keeps both ends', () => {
    expect(cutMiddle('tsk-01JCW7F4ABCDEF8F2', 9, 3)).toBe('tsk-01JCW…8F2');
  });

  it('keeps at least 5 and 3', () => {
    expect(cutMiddle('abcdefghijklmnop', 1, 1)).toBe('abcde…nop');
  });

  it('leaves short ones whole', () => {
    expect(cutMiddle('short-id')).toBe('short-id');
  });

  it('leaves those whole that would look the same', () => {
    const same = ['aaaaaaaaaa-1-zzzzzz', 'aaaaaaaaaa-2-zzzzzz', 'bbbbbbbbbbbbbb-3-zzzz'];
    const cut = cutApart(same);
    expect(cut.get('aaaaaaaaaa-1-zzzzzz')).toBe('aaaaaaaaaa-1-zzzzzz');
    expect(cut.get('aaaaaaaaaa-2-zzzzzz')).toBe('aaaaaaaaaa-2-zzzzzz');
    expect(cut.get('bbbbbbbbbbbbbb-3-zzzz')).toBe('bbbbbbbbb…zzzz');
    expect(new Set(cut.values()).size).toBe(3);
  });
});
