import { describe, expect, it } from 'vitest';
import type { SignRow } from '../store/stop-commands.ts';
import { judge } from './judge.ts';
import type { JudgeInput, SeenRow, Verdict } from './judge-input.ts';
import { at, clearSight, everySecond, judged, looked, looksConnection, row, second, step } from './test-judged.ts';

const lost = (id: number, startS: number, endS: number | null, more: Partial<SignRow> = {}): SeenRow => row(id, startS, endS, { kind: 'lifecycle', source: 'langgraph/step', status: 'interrupted', name: 'write', ...more });
const ofRun = (id: number, startS: number, endS: number, more: Partial<SignRow> = {}): SeenRow => lost(id, startS, endS, { source: 'langgraph/run', name: 'clerk', ...more });
const verdict = (s: number, rows: readonly SeenRow[], more: Partial<JudgeInput> = {}): Verdict => judge(judged(s, { rows, ...more }));

describe('a run that somebody deleted before the command', () => {
  it('may go on though no look tells of it, until something accounts for its step', () => {
    const rows = [ofRun(1, -10, -4), lost(2, -9.9, null)];
    const said = verdict(300, rows);
    expect(said).toMatchObject({ state: 'unverified', containedUs: null, stillOpen: [{ title: 'Step write may run on' }] });
    expect(said.grounds.join(' ')).toContain('Step "write" of a run that prod graph no longer has, begun 13:29:50 UTC, was under way when it was last seen.');
    const stepTimes = [{ connection: 1, step: 'write', times: 9, mostUs: 20 * second }];
    expect(verdict(300, rows, { stepTimes })).toMatchObject({ state: 'verified', containedUs: at(20.1) });
    expect(verdict(300, rows, { stepTimes: [{ ...stepTimes[0]!, mostUs: 5 * second }] }).state).toBe('unverified');
  });

  it('is told by its run where none of its steps was seen, and only at a connection that can be looked at', () => {
    expect(verdict(300, [ofRun(1, -10, -4)])).toMatchObject({ state: 'unverified', stillOpen: [{ title: 'A step that may run on' }] });
    expect(verdict(300, [ofRun(1, -10, -4, { connection: 7 })]).state).toBe('verified');
    expect(verdict(300, [ofRun(1, -10, -4, { source: 'genai/span' })]).state).toBe('verified');
    expect(verdict(300, [ofRun(1, -10, -4, { status: 'cancelled' }), lost(2, -9, -4, { status: 'ok' })]).state).toBe('verified');
  });

  it('is told once where a look tells of it too', () => {
    const looks = [looksConnection(looked(everySecond(1, 300), (s) => clearSight(s, { opaque: [step({ sinceUs: at(-9.9) })] })))];
    expect(verdict(300, [ofRun(1, -10, -4), lost(2, -9.9, null)], { connections: looks }).stillOpen).toHaveLength(1);
  });
});
