import { describe, expect, it } from 'vitest';
import { at, t0, testLever, testOrder } from './test-order.ts';
import { axisOf, lastMoment, padding, placeOn, rowOf, tickLabel, ticksOf } from './timeline-geometry.ts';

const axis = axisOf(t0, t0 + 110_000, 500);

describe('the axis', () => {
  it('gives the first five seconds a quarter', () => {
    const inner = 500 - 2 * padding;
    expect(placeOn(axis, t0)).toBe(padding);
    expect(placeOn(axis, t0 + 5_000)).toBeCloseTo(padding + inner / 4);
    expect(placeOn(axis, t0 + 110_000)).toBeCloseTo(500 - padding);
  });

  it('never goes back and never leaves the picture', () => {
    let before = -1;
    for (const ms of [-500, 0, 3, 900, 4_999, 5_000, 5_001, 60_000, 110_000, 999_999]) {
      const x = placeOn(axis, t0 + ms);
      expect(x).toBeGreaterThanOrEqual(before);
      expect(x).toBeGreaterThanOrEqual(padding);
      expect(x).toBeLessThanOrEqual(500 - padding + 0.001);
      before = x;
    }
  });

  it('keeps room behind the break for an order that has just begun', () => {
    const young = axisOf(t0, t0 + 200, 500);
    expect(placeOn(young, t0 + 5_000)).toBeCloseTo(padding + (500 - 2 * padding) / 4);
    expect(placeOn(young, t0 + 10_000)).toBeCloseTo(500 - padding);
  });

  it.each([[110_000, 500], [10_000, 500], [3_600_000, 500], [86_400_000 * 3, 320], [110_000, 80], [45_000, 1_200]])('writes no two labels over each other: %d ms on %d px', (span, width) => {
    const ticks = ticksOf(axisOf(t0, t0 + span, width), null);
    expect(ticks[0]?.label).toBe('0 s');
    const apart = ticks.slice(1).map((tick, index) => tick.x - (ticks[index]?.x ?? 0));
    expect(Math.min(...apart)).toBeGreaterThan(width < 100 ? 10 : 20);
  });

  it('leaves out the label that stands where now is written', () => {
    const now = placeOn(axis, t0 + 110_000);
    expect(ticksOf(axis, now).every((tick) => Math.abs(tick.x - now) > 40)).toBe(true);
    expect(ticksOf(axis, null).length).toBeGreaterThan(ticksOf(axis, now).length - 1);
  });

  it.each([[5_000, '5 s'], [30_000, '30 s'], [60_000, '1 min'], [90_000, '1:30'], [3_600_000, '1 h'], [5_400_000, '1 h 30']])('%d ms is %s', (ms, label) => { expect(tickLabel(ms)).toBe(label); });
});

describe('a lever', () => {
  const now = t0 + 110_000;
  const row = (changes: Parameters<typeof testLever>[0]) => rowOf(axis, testLever(changes), now);

  it('has no mark before it was sent', () => {
    expect(row({ state: 'waiting' })).toEqual({ lines: [], marks: [] });
    expect(row({ state: 'skipped', reportedText: 'the agent was idle' })).toEqual({ lines: [], marks: [] });
  });

  it('is a solid line until it answered', () => {
    const { lines, marks } = row({ state: 'sending', sentAt: at(0) });
    expect(marks.map((mark) => mark.kind)).toEqual(['requested']);
    expect(lines).toMatchObject([{ style: 'solid', to: placeOn(axis, now) }]);
  });

  it('is dashed from the answer until it was confirmed', () => {
    const { lines, marks } = row({ state: 'reported', reported: 'accepted', sentAt: at(0), reportedAt: at(600), confirmed: 'yes', confirmedAt: at(4_000) });
    expect(marks.map((mark) => mark.kind)).toEqual(['requested', 'reported', 'confirmed']);
    expect(lines.map((line) => line.style)).toEqual(['solid', 'dashed']);
    expect(lines[1]?.to).toBe(marks[2]?.x);
  });

  it('keeps the order of marks that come within a millisecond', () => {
    const { marks } = row({ state: 'reported', reported: 'stopped', sentAt: at(0), reportedAt: at(3), confirmed: 'yes', confirmedAt: at(4) });
    expect(marks[1]?.x).toBeGreaterThan(marks[0]?.x ?? 0);
    expect(marks[2]?.x).toBeGreaterThan(marks[1]?.x ?? 0);
  });

  it('shows acts against it, and that it goes on', () => {
    const { lines, marks } = row({ state: 'reported', reported: 'stopped', sentAt: at(0), reportedAt: at(900), confirmed: 'no', actsAt: [at(80_000), at(38_000)] });
    expect(marks.map((mark) => mark.kind)).toEqual(['requested', 'reported', 'acted', 'acted', 'acting']);
    expect(marks[2]?.at).toBe(at(38_000));
    expect(lines[1]).toMatchObject({ style: 'dashed', against: true, to: placeOn(axis, now) });
  });

  it('makes one triangle of acts that would cover each other, and counts them', () => {
    const { marks } = row({ state: 'reported', sentAt: at(0), reportedAt: at(10), confirmed: 'no', actsAt: [at(50_000), at(50_100), at(50_200), at(90_000)] });
    expect(marks.filter((mark) => mark.kind === 'acted').map((mark) => mark.count)).toEqual([3, 1]);
  });

  it('draws no act over the answer before it', () => {
    const { marks } = row({ state: 'reported', sentAt: at(0), reportedAt: at(1), confirmed: 'no', actsAt: [at(2), at(40_000)] });
    const [answer, act] = [marks.find((mark) => mark.kind === 'reported'), marks.find((mark) => mark.kind === 'acted')];
    expect((act?.x ?? 0) - (answer?.x ?? 0)).toBeGreaterThanOrEqual(10);
  });

  it('never looks confirmed where nothing outside it can be checked, where its answer is unknown or where it failed', () => {
    expect(row({ state: 'reported', sentAt: at(0), reportedAt: at(10), confirmed: 'cannot' }).marks.at(-1)?.kind).toBe('cannot');
    expect(row({ state: 'unknown', sentAt: at(0) }).marks.at(-1)?.kind).toBe('unknown');
    const failed = row({ state: 'failed', sentAt: at(0), reportedAt: at(2_000), reportedText: 'refused (401)' });
    expect(failed.marks.map((mark) => mark.kind)).toEqual(['requested', 'failed']);
    expect(failed.lines.some((line) => line.style === 'dashed')).toBe(false);
  });

  it('shows that a hold works on', () => {
    expect(row({ kind: 'hold', state: 'reported', sentAt: at(0), reportedAt: at(1), undoState: 'open' }).marks.at(-1)?.kind).toBe('holding');
    expect(row({ kind: 'hold', state: 'reported', sentAt: at(0), reportedAt: at(1), undoState: 'done' }).marks.at(-1)?.kind).toBe('reported');
  });
});

describe('the right end', () => {
  it('is now while it runs, and the last thing that happened when it is over', () => {
    const levers = [testLever({ state: 'reported', sentAt: at(0), reportedAt: at(10), confirmed: 'yes', confirmedAt: at(700) })];
    expect(lastMoment(testOrder(), levers, t0 + 50_000)).toBe(t0 + 50_000);
    expect(lastMoment(testOrder({ state: 'verified', verifiedAt: at(95_000) }), levers, t0 + 900_000)).toBe(t0 + 95_000);
    expect(lastMoment(testOrder({ state: 'unverified', endedAt: at(1_000_000), lastActAt: at(20_000) }), levers, t0 + 9_000_000)).toBe(t0 + 20_000);
  });
});
