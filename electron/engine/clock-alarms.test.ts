import { expect, it } from 'vitest';
import { tellClock } from './clock-alarms.ts';
import { ClockWatch } from './clock-watch.ts';

function machine(): { pass: (wallMs: number, steadyMs: number) => void; gaps: unknown[]; alarms: [string, string][]; close: () => void } {
  let wall = Date.parse('2026-11-22T08:00:00Z');
  let steady = 0;
  const gaps: unknown[] = [];
  const alarms: [string, string][] = [];
  const events = tellClock(
    { record: (words, toUs) => { gaps.push({ ...words, toUs }); } },
    { tell: (_id, severity, text) => { alarms.push([severity, text]); return Promise.resolve(); } },
    { now: () => wall },
  );
  const watching = new ClockWatch(events, { now: () => wall, steady: () => steady });
  return { gaps, alarms, close: () => watching.close(), pass: (wallMs, steadyMs) => { wall += wallMs; steady += steadyMs; watching.check(); } };
}

it('a sleep is a gap and a note', () => {
  const { pass, gaps, alarms, close } = machine();
  pass(3_600_000, 5_000);
  expect(gaps).toEqual([{ connection: null, fromUs: Date.parse('2026-11-22T08:00:00Z') * 1_000, toUs: Date.parse('2026-11-22T09:00:00Z') * 1_000, reason: 'machine_asleep', text: 'The machine slept, or the engine was stopped, from 2026-11-22 08:00:00 UTC to 2026-11-22 09:00:00 UTC.' }]);
  expect(alarms).toEqual([['info', expect.stringContaining('what they send later still comes in')]]);
  close();
});

it('a clock that was set back is an alarm that says what to do, and no gap', () => {
  const { pass, gaps, alarms, close } = machine();
  pass(-7_200_000, 5_000);
  expect(gaps).toEqual([]);
  expect(alarms).toEqual([['attention', expect.stringMatching(/set back by 7205 s, to 2026-11-22 06:00:00 UTC.*Check the machine's time service/)]]);
  close();
});
