import { describe, expect, it } from 'vitest';
import type { ConnectionSight, Rhythm, StepTime } from '../stop-commands.ts';
import { logDraft, second, t0 } from '../test-history.ts';
import { freshRuntime, runDraft, words, type TestRuntime } from '../test-runtime.ts';
import { planLever, stopPlan } from '../test-stop.ts';
import { nextRung } from './stop-next.ts';

const at = (seconds: number): number => t0 + seconds * second;
const call = (key: string, from: number, to: number, more: Parameters<typeof logDraft>[2] = {}): ReturnType<typeof logDraft> =>
  logDraft(`tool:${key}`, from, { name: key, agent: { name: 'clerk' }, startUs: at(from), endUs: at(to), ...more });
const rhythm = (runtime: TestRuntime, params: { sources?: number[]; tasks?: number[] | null; runKey?: string | null; beforeUs?: number } = {}): Rhythm =>
  runtime.ask('rhythmOf', { sources: [1, 2], tasks: null, runKey: null, beforeUs: at(1_000), ...params }) as Rhythm;

describe('a rhythm', () => {
  /** Agent 1 at the runtime with run r1, agent 2 its telemetry; they are one. */
  function twoSides(): TestRuntime {
    const runtime = freshRuntime();
    runtime.collect({ records: [{ draft: runDraft('r1', 'running', { at: 900 }), raw: '{}' }] }, at(1_000));
    runtime.tell([call('a', 910, 912), call('b', 920, 921), call('c', 950, 958)], 1, 'svc', [], at(1_000));
    runtime.command('agents.link', { agent: 2, to: 1, audit: words('ann') });
    return runtime;
  }

  it('is made of beginnings and ends before the command, with its longest silence', () => {
    const runtime = twoSides();
    runtime.tell([call('after', 1_001, 1_002), call('across', 955, 1_030)], 1, 'svc', [], at(1_100));
    expect(rhythm(runtime, { sources: [2] })).toEqual({ signs: 7, longestUs: 29 * second, lastUs: at(958) });
    expect(rhythm(runtime, { sources: [2], beforeUs: at(911) })).toEqual({ signs: 1, longestUs: null, lastUs: at(910) });
    expect(rhythm(runtime, { sources: [2], beforeUs: at(900) })).toEqual({ signs: 0, longestUs: null, lastUs: null });
  });

  it('is never made of what a server writes down: of a run that it cancelled it writes nothing more', () => {
    const runtime = freshRuntime();
    runtime.collect({ records: [900, 901, 902, 903].map((seconds) => ({ draft: runDraft('r1', 'running', { at: seconds, until: seconds + 1, key: `step:${seconds}`, role: 'activity', name: 'step' }), raw: '{}' })) }, at(1_000));
    expect(rhythm(runtime, { sources: [1] })).toEqual({ signs: 0, longestUs: null, lastUs: null });
  });

  it('of a run is all of the telemetry where it was the only one under way, and none where it was not', () => {
    const runtime = twoSides();
    expect(rhythm(runtime, { runKey: 'r1' })).toMatchObject({ signs: 6, lastUs: at(958) });
    expect(rhythm(runtime, { runKey: 'unheard-of' }).signs).toBe(0);
    runtime.collect({ records: [{ draft: runDraft('r2', 'running', { at: 905 }), raw: '{}' }] }, at(1_000));
    expect(rhythm(runtime, { runKey: 'r1' }).signs).toBe(0);
    // It ended before the command.
    runtime.collect({ records: [{ draft: runDraft('r2', 'completed', { at: 905, until: 906 }), raw: '{}' }] }, at(1_000));
    expect(rhythm(runtime, { runKey: 'r1' }).signs).toBe(6);
    // Asked by the runtime's side only, its other side is found; another agent's telemetry is not this run's.
    expect(rhythm(runtime, { sources: [1], runKey: 'r1' }).signs).toBe(6);
    runtime.tell([call('chatty', 940, 941, { agent: { name: 'cook' } })], 1, 'svc', [], at(1_000));
    expect(rhythm(runtime, { sources: [1, 2, 3], runKey: 'r1' }).signs).toBe(6);
  });

  it('of a run leaves out what came before it, and is its own where telemetry names it', () => {
    const runtime = twoSides();
    runtime.tell([call('earlier', 100, 101)], 1, 'svc', [], at(1_000));
    expect(rhythm(runtime, { runKey: 'r1' })).toMatchObject({ signs: 6, longestUs: 29 * second });
    runtime.tell([call('own', 990, 991, { run: { kind: 'session', id: 'r1' } })], 1, 'svc', [], at(1_000));
    expect(rhythm(runtime, { runKey: 'r1' })).toEqual({ signs: 2, longestUs: second, lastUs: at(991) });
  });
});

describe('how long steps took', () => {
  it('is told of steps and tools by name, of those only that ended well', () => {
    const runtime = freshRuntime();
    const step = (key: string, name: string, from: number, to: number, status: 'ok' | 'cancelled' = 'ok'): { draft: ReturnType<typeof runDraft>; raw: string } =>
      ({ draft: runDraft('r1', undefined, { at: from, until: to, key: `step:${key}`, role: 'activity', kind: 'lifecycle', source: 'langgraph/step', name, status }), raw: '{}' });
    runtime.collect({ records: [step('1', 'write', 10, 12), step('2', 'write', 12, 19), step('3', 'write', 20, 60, 'cancelled'), step('4', 'other', 20, 50), { draft: { ...step('5', 'write', 60, 90).draft, source: 'langgraph/run' }, raw: '{}' }] }, at(1_000));
    runtime.tell([call('search', 10, 13), call('search2', 10, 13, { name: 'search', status: 'error' })], 1, 'svc', [], at(1_000));
    const times = (steps: string[], sources = [1, 2]): StepTime[] => runtime.ask('stepTimes', { sources, steps }) as StepTime[];
    expect(times(['write', 'search', 'never-seen'])).toEqual([{ step: 'write', times: 2, mostUs: 7 * second }, { step: 'search', times: 1, mostUs: 3 * second }]);
    expect([times(['write'], [2]), times([])]).toEqual([[], []]);
  });
});

describe('sight', () => {
  it('names the gaps that touch the time, of each connection and of all, and what was seen last', () => {
    const runtime = freshRuntime();
    runtime.command('seen.extend', { fromUs: at(10), toUs: at(90) });
    const gap = (connection: number | null, from: number, to: number | null): void => { runtime.command('gaps.open', { connection, fromUs: at(from), toUs: to === null ? null : at(to), reason: 'receiver_down', text: `${from}` }); };
    gap(1, 5, 50);
    gap(1, 80, 101);
    gap(null, 120, 130);
    gap(2, 90, null);
    const sight = runtime.ask('sightOf', { connections: [1, 2, 99], sinceUs: at(100) }, at(200)) as ConnectionSight[];
    expect(sight).toEqual([
      { connection: 1, kind: 'otlp', enabled: true, seenToUs: at(90), gaps: [{ fromUs: at(80), toUs: at(101), text: '80' }, { fromUs: at(120), toUs: at(130), text: '120' }] },
      { connection: 2, kind: 'langgraph', enabled: true, seenToUs: null, gaps: [{ fromUs: at(90), toUs: null, text: '90' }, { fromUs: at(120), toUs: at(130), text: '120' }] },
    ]);
  });
});

describe('what to try next', () => {
  const order = { state: 'still_acting', level: 'cancel', commandedUs: 1, releasedUs: null } as const;
  const pulled = (id: string): Parameters<typeof nextRung>[2][number] => ({
    ...planLever(id), state: 'reported', sentAt: null, reportedAt: null, reported: null, reportedText: null, confirmed: 'no', confirmedAt: null, confirmedText: null, attempts: 1, undoState: 'none', undoneAt: null, undoneText: null, actsAt: [],
  });

  it('is what the plan had and nobody pulled, then the next level, then nothing', () => {
    const plan = stopPlan({ levers: [planLever('a'), planLever('b'), planLever('c', { problem: 'No credential.' })] });
    expect(nextRung(order, plan, [pulled('a')])).toEqual({ level: 'cancel', text: 'Not pulled yet: Lever b.' });
    expect(nextRung(order, plan, [pulled('a'), pulled('b')])?.level).toBe('suspend');
    expect(nextRung({ ...order, level: 'suspend' }, plan, [pulled('a'), pulled('b')])?.level).toBe('revoke');
    expect(nextRung({ ...order, level: 'revoke' }, plan, [pulled('a'), pulled('b')])).toBeNull();
  });

  it('is nothing while it stops, when it stopped, and once it was released', () => {
    const plan = stopPlan();
    for (const other of [{ state: 'stopping' }, { state: 'verified' }, { state: 'waiting_second' }, { releasedUs: 5 }] as const) expect(nextRung({ ...order, ...other }, plan, [])).toBeNull();
  });
});
