import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertSeverity, QuietHours } from '../../../../shared/alerts.ts';
import { heldUntilUs } from './quiet-hours.ts';

const every = [0, 1, 2, 3, 4, 5, 6];
const night: QuietHours = { from: '22:00', to: '07:00', days: every };

/** What is held at a moment, as UTC text; null: nothing is. */
function heldAt(quiet: QuietHours | null, at: string, severity: AlertSeverity = 'attention'): string | null {
  const until = heldUntilUs(quiet, severity, Date.parse(at) * 1_000);
  return until === null ? null : new Date(until / 1_000).toISOString();
}

function inZone(zone: string, tests: () => void): void {
  describe(`in ${zone}`, () => {
    const before = process.env['TZ'];
    beforeAll(() => { process.env['TZ'] = zone; });
    afterAll(() => {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    });
    tests();
  });
}

describe('quiet hours', () => {
  inZone('UTC', () => {
    it('holds from the first minute until the last, and not at the end', () => {
      const lunch: QuietHours = { from: '12:00', to: '13:30', days: every };
      expect(heldAt(lunch, '2026-11-23T11:59:59.999Z')).toBeNull();
      expect(heldAt(lunch, '2026-11-23T12:00:00Z')).toBe('2026-11-23T13:30:00.000Z');
      expect(heldAt(lunch, '2026-11-23T13:29:59.999Z')).toBe('2026-11-23T13:30:00.000Z');
      expect(heldAt(lunch, '2026-11-23T13:30:00Z')).toBeNull();
    });

    it('goes over midnight', () => {
      expect(heldAt(night, '2026-11-23T21:59:00Z')).toBeNull();
      expect(heldAt(night, '2026-11-23T23:00:00Z')).toBe('2026-11-24T07:00:00.000Z');
      expect(heldAt(night, '2026-11-24T06:59:00Z')).toBe('2026-11-24T07:00:00.000Z');
      expect(heldAt(night, '2026-11-24T07:00:00Z')).toBeNull();
    });

    it('counts the day on which it begins', () => {
      const fridays: QuietHours = { ...night, days: [5] };
      // 27 November 2026 is a Friday.
      expect(heldAt(fridays, '2026-11-27T03:00:00Z')).toBeNull();
      expect(heldAt(fridays, '2026-11-27T23:00:00Z')).toBe('2026-11-28T07:00:00.000Z');
      expect(heldAt(fridays, '2026-11-28T03:00:00Z')).toBe('2026-11-28T07:00:00.000Z');
      expect(heldAt(fridays, '2026-11-28T23:00:00Z')).toBeNull();
    });

    it('joins windows that follow each other without a break', () => {
      const weekend: QuietHours = { from: '08:00', to: '08:00', days: [6, 0] };
      expect(heldAt(weekend, '2026-11-28T07:59:00Z')).toBeNull();
      expect(heldAt(weekend, '2026-11-28T09:00:00Z')).toBe('2026-11-30T08:00:00.000Z');
    });

    it('asks again after a week of somebody who is always quiet', () => {
      const always: QuietHours = { from: '00:00', to: '00:00', days: every };
      expect(heldAt(always, '2026-11-23T10:00:00Z')).toBe('2026-12-01T00:00:00.000Z');
    });

    it('lets through what is urgent, and everything where there are none', () => {
      expect(heldAt(night, '2026-11-23T23:00:00Z', 'urgent')).toBeNull();
      expect(heldAt(night, '2026-11-23T23:00:00Z', 'info')).not.toBeNull();
      expect(heldAt(null, '2026-11-23T23:00:00Z', 'info')).toBeNull();
    });
  });

  inZone('Europe/Berlin', () => {
    it('means local time', () => {
      expect(heldAt(night, '2026-11-23T20:59:00Z')).toBeNull();
      expect(heldAt(night, '2026-11-23T21:00:00Z')).toBe('2026-11-24T06:00:00.000Z');
    });

    it('counts the local day, not that of UTC', () => {
      // Tuesday 24 November, 00:30 in Berlin, is Monday 23:30 in UTC.
      const tuesdays: QuietHours = { from: '00:00', to: '01:00', days: [2] };
      expect(heldAt(tuesdays, '2026-11-23T23:30:00Z')).toBe('2026-11-24T00:00:00.000Z');
    });

    it('is an hour shorter in the night in which clocks go forward, and an hour longer when they go back', () => {
      expect(heldAt(night, '2026-03-28T22:00:00Z')).toBe('2026-03-29T05:00:00.000Z');
      expect(heldAt(night, '2026-10-24T21:00:00Z')).toBe('2026-10-25T06:00:00.000Z');
    });

    it('takes a time that is skipped as the moment at which it is skipped', () => {
      // 02:00 becomes 03:00 at 01:00 UTC on 29 March 2026.
      const until: QuietHours = { from: '22:00', to: '02:30', days: every };
      expect(heldAt(until, '2026-03-29T00:59:59Z')).toBe('2026-03-29T01:00:00.000Z');
      expect(heldAt(until, '2026-03-29T01:00:00Z')).toBeNull();
      const from: QuietHours = { from: '02:30', to: '04:00', days: every };
      expect(heldAt(from, '2026-03-29T00:59:59Z')).toBeNull();
      expect(heldAt(from, '2026-03-29T01:00:00Z')).toBe('2026-03-29T02:00:00.000Z');
    });

    it('lasts until a time has come for the second time, without a hole between', () => {
      // 03:00 becomes 02:00 at 01:00 UTC on 25 October 2026: 02:30 is at 00:30 and at 01:30.
      const until: QuietHours = { from: '22:00', to: '02:30', days: every };
      for (const at of ['2026-10-25T00:29:00Z', '2026-10-25T00:45:00Z', '2026-10-25T01:29:00Z']) expect(heldAt(until, at)).toBe('2026-10-25T01:30:00.000Z');
      expect(heldAt(until, '2026-10-25T01:30:00Z')).toBeNull();
      const from: QuietHours = { from: '02:30', to: '05:00', days: every };
      expect(heldAt(from, '2026-10-25T00:29:00Z')).toBeNull();
      for (const at of ['2026-10-25T00:30:00Z', '2026-10-25T01:10:00Z']) expect(heldAt(from, at)).toBe('2026-10-25T04:00:00.000Z');
    });
  });

  inZone('Australia/Lord_Howe', () => {
    it('knows clocks that move by half an hour', () => {
      // 02:00 becomes 02:30 on 4 October 2026, at 15:30 UTC of the day before.
      const until: QuietHours = { from: '22:00', to: '02:15', days: every };
      expect(heldAt(until, '2026-10-03T15:29:00Z')).toBe('2026-10-03T15:30:00.000Z');
    });
  });

  inZone('America/Los_Angeles', () => {
    it('holds in the hours of the night and in no other, until a later time, in each hour of a year', () => {
      const start = Date.UTC(2026, 0, 1, 0, 30);
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Los_Angeles', hour: '2-digit', minute: '2-digit', hour12: false });
      const wrong: string[] = [];
      for (let ms = start; ms < start + 365 * 86_400_000; ms += 3_600_000) {
        const hour = Number(clock.format(ms).slice(0, 2)) % 24;
        const until = heldUntilUs(night, 'info', ms * 1_000);
        const isNight = hour >= 22 || hour < 7;
        if ((until !== null) !== isNight || (until !== null && until <= ms * 1_000)) wrong.push(new Date(ms).toISOString());
      }
      expect(wrong).toEqual([]);
    });
  });
});
