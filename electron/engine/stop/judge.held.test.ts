import { describe, expect, it } from 'vitest';
import type { OpenRun } from '../connectors/stopping.ts';
import type { SignRow } from '../store/stop-commands.ts';
import { judge } from './judge.ts';
import type { JudgeInput, SeenRow } from './judge-input.ts';
import { at, clearSight, everySecond, judged, lever, looked, looksConnection, row, run, sign, step } from './test-judged.ts';

describe('signs from before the command', () => {
  it('tell of the last act, and begin no silence anew by coming in late', () => {
    const looks = (s: number): JudgeInput['connections'] => [looksConnection(looked(everySecond(1, s), (now) => clearSight(now, { signs: now === 5 ? [sign(-0.4, { beganUs: at(-0.8) })] : [] })))];
    expect(judge(judged(91, { connections: looks(91) }))).toMatchObject({ state: 'verified', lastActUs: at(-0.4), containedUs: at(0.2), verifiedUs: at(91) });
  });
});

describe('a verified stop whose hold cancels what is ordered anew', () => {
  const hold = lever(2, { leverId: 'console.hold', kind: 'hold', step: 'refuse' });
  const ordered = (status: SignRow['status'], endS: number | null): SeenRow => row(1, 199, endS, { kind: 'lifecycle', source: 'langgraph/run', name: 'clerk', status });
  const looks = (opensS: readonly number[], open: readonly OpenRun[] = []): JudgeInput['connections'] => [looksConnection(looked(everySecond(1, Math.max(...opensS, 200)), (s) => clearSight(s, opensS.includes(s) ? { open } : {})))];
  const state = (s: number, more: Partial<JudgeInput>): string => judge(judged(s, { verifiedUs: at(91), containedUs: at(4), levers: [lever(1), hold], ...more })).state;

  it('stands while a run waits its turn and is cancelled before it began', () => {
    const queued = { connections: looks([200], [run('run-9', 'queued', 199)]), rows: [ordered('running', null)] };
    expect(state(200, queued)).toBe('verified');
    expect(state(201, { connections: looks([]), rows: [ordered('cancelled', 200)] })).toBe('verified');
    expect(state(200, { ...queued, levers: [lever(1)] })).toBe('still_acting');
    expect(state(200, { ...queued, levers: [lever(1), { ...hold, undone: true }] })).toBe('still_acting');
  });

  it('is taken back when the run is not cancelled in time, or shows that it began', () => {
    const still = [200, 201, 202, 203, 204, 205];
    expect(state(205, { connections: looks(still, [run('run-9', 'queued', 199)]) })).toBe('still_acting');
    expect(state(200, { connections: looks([200], [run('run-9', 'running', 199)]), rows: [ordered('running', null)] })).toBe('still_acting');
    expect(state(200, { connections: looks([]), rows: [ordered('cancelled', 200), row(2, 199.5, 199.8)] })).toBe('still_acting');
    expect(state(205, { connections: looks([]), rows: [ordered('cancelled', 200)], signs: [{ sign: sign(199.6, { run: 'run-9' }), connection: 1, seenUs: at(201) }] })).toBe('still_acting');
  });

  it('is taken back by a step that was under way when the run was cancelled between two looks', () => {
    const cut = [looksConnection(looked(everySecond(1, 201), (s) => clearSight(s, s === 201 ? { opaque: [step({ run: 'run-9', sinceUs: at(199.5) })] } : {})))];
    expect(state(201, { connections: cut, rows: [ordered('cancelled', 200)] })).toBe('still_acting');
  });
});
