import { describe, expect, it } from 'vitest';
import { backAfter, lastSaid, oneCurrency, saidOf, sameWords, seenBins, seenShare, sinceWords, snoozeUntil, tasksWords, typedTime, undoOf, whenWords, quietWords } from './failure-words.ts';

const at = (minute: number, state: 'new' | 'known' | 'snoozed' | 'resolved') => ({ at: `2026-11-17T13:${String(minute).padStart(2, '0')}:00.000Z`, by: 'Anna', state });
const cost = (amountMicros: number | null, currency: string) => ({ cost: { amountMicros, currency, provenance: 'computed' as const, unpriced: 0 } });

describe('words', () => {
  it('says what went wrong in one line', () => {
    expect(saidOf({ error: { type: 'E', message: '\n  \n409 Conflict\nmore' } })).toBe('409 Conflict');
    expect(saidOf({ error: { type: 'E', message: '  ' } })).toBe('E');
    expect(saidOf({ error: { type: null, message: null } })).toBeNull();
  });

  it('says what became of the tasks', () => {
    expect(tasksWords({ failed: 4, finishedAfter: 1200, other: 0 })).toBe('4 failed, 1,200 finished after it');
    expect(tasksWords({ failed: 0, finishedAfter: 0, other: 0 })).toBe('none known');
    expect(sameWords({ messages: 1, count: 9 })).toBe('the same text all 9 times');
    expect(sameWords({ messages: 1, count: 1 })).toBe('seen once');
    expect(sameWords({ messages: 3, count: 9 })).toContain('3 texts');
    expect(sameWords({ messages: 1, count: 1_250 })).toBe('the same text in the newest 250 of 1,250 times');
    expect(sameWords({ messages: 3, count: 1_250 })).toBe('one of 3 texts in the newest 250 of 1,250 times that differ in numbers, names or times only');
  });

  it('says since when as shortly as it can', () => {
    const now = new Date('2026-11-17T14:32');
    expect([new Date('2026-11-17T13:50'), new Date('2026-11-03T13:50'), new Date('2025-11-03T13:50')].map((at) => sinceWords(at, now))).toEqual(['13:50', '3 Nov', '3 Nov 2025']);
    expect([new Date('2026-11-17T13:50:36'), new Date('2026-11-03T13:50:36')].map((at) => whenWords(at, now))).toEqual(['13:50:36', '3 Nov 13:50']);
  });

  it('names a currency only where there is one', () => {
    expect(oneCurrency([cost(1, 'USD'), cost(0, 'EUR'), cost(null, 'GBP')])).toBe('USD');
    expect(oneCurrency([cost(1, 'USD'), cost(2, 'EUR')])).toBeNull();
    expect(oneCurrency([])).toBe('USD');
  });
});

describe('what was said', () => {
  it('is taken back to the word before, where it still holds', () => {
    expect(undoOf('new', [])).toBeNull();
    expect(undoOf('back', [at(1, 'resolved')])).toBeNull();
    expect(undoOf('known', [at(1, 'known')])).toBe('open');
    expect(undoOf('resolved', [at(2, 'resolved'), at(1, 'known')])).toBe('known');
    expect(undoOf('snoozed', [at(1, 'known'), at(2, 'snoozed')])).toBe('known');
    expect(undoOf('known', [at(1, 'resolved'), at(2, 'known')])).toBe('open');
    expect(undoOf('resolved', [at(1, 'snoozed'), at(2, 'resolved')])).toBe('open');
  });

  it('has somebody who said it last', () => {
    expect(lastSaid('known', [at(1, 'known'), at(5, 'known'), at(3, 'snoozed')])?.at).toContain('13:05');
    expect(lastSaid('resolved', [at(1, 'known')])).toBeNull();
    expect(backAfter([at(1, 'resolved'), at(2, 'snoozed'), at(3, 'known')])?.state).toBe('snoozed');
    expect(backAfter([at(3, 'known')])).toBeNull();
  });
});

describe('a snooze', () => {
  it.each([
    ['2026-11-17T14:32', 'tomorrow', '2026-11-18T09:00'], ['2026-11-30T23:59', 'tomorrow', '2026-12-01T09:00'],
    ['2026-11-17T14:32', 'week', '2026-11-23T09:00'], ['2026-11-22T14:32', 'week', '2026-11-23T09:00'], ['2026-11-23T08:00', 'week', '2026-11-30T09:00'],
  ] as const)('%s, %s: %s', (now, choice, until) => {
    expect(snoozeUntil(choice, new Date(now)).getTime()).toBe(new Date(until).getTime());
  });

  it('takes no time that is over, and none that is no time', () => {
    const now = new Date('2026-11-17T14:32');
    expect(typedTime('2026-11-17T14:33', now)?.getTime()).toBe(new Date('2026-11-17T14:33').getTime());
    for (const text of ['', 'soon', '2026-11-17T14:32', '2025-01-01T00:00', '2026-99-99T00:00']) expect(typedTime(text, now)).toBeNull();
  });
});

describe('where it can be said', () => {
  it('is unknown where nothing was connected, and hatched where less than half was seen', () => {
    expect(seenShare([{ share: null }])).toBeNull();
    expect(seenShare([{ share: 1 }, { share: 0.5 }, { share: null }])).toBe(0.75);
    expect(seenBins([1, 0.49, 0.5, 0])).toEqual([0, null, 0, null]);
  });
});

describe('who did not fail', () => {
  it('says of nobody that everybody failed', () => {
    expect(quietWords({ agents: 0, notSeen: 0 }, false)).toBe('No agent was seen in this period.');
    expect(quietWords({ agents: 0, notSeen: 0 }, true)).toBe('Every agent that was seen failed at least once.');
  });
  it('says of the others how well they were seen', () => {
    expect(quietWords({ agents: 1, notSeen: 0 }, true)).toBe('1 agent had no failure where we could see.');
    expect(quietWords({ agents: 1, notSeen: 1 }, true)).toBe('1 agent had no failure where we could see. It was not seen all the time.');
    expect(quietWords({ agents: 4, notSeen: 4 }, true)).toBe('4 agents had no failure where we could see. None of them was seen all the time.');
    expect(quietWords({ agents: 4, notSeen: 1 }, false)).toBe('4 agents had no failure where we could see. 1 of them was not seen all the time.');
  });
});
