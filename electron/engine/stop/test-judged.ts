/** A stop to be judged, put together for tests: times are seconds after the command. */
import type { OpaqueStep, OpenRun, Sight, Sign } from '../connectors/stopping.ts';
import type { SignRow } from '../store/stop-commands.ts';
import { noProcess } from './judge-input.ts';
import type { JudgedConnection, JudgedLever, JudgeInput, RhythmFact, SeenRow } from './judge-input.ts';
import { missedLook, noLooks, tookLook } from './look-track.ts';
import type { LookTrack } from './look-track.ts';

export const second = 1_000_000;
export const commandUs = Date.UTC(2026, 10, 17, 13, 30) * 1_000;
export const at = (s: number): number => commandUs + Math.round(s * second);

export const clearSight = (s: number, more: Partial<Sight> = {}): Sight => ({ atUs: at(s), open: [], complete: true, signs: [], opaque: [], readBack: [], notes: [], ...more });
export const run = (id: string, state: OpenRun['state'] = 'running', sinceS = -10): OpenRun => ({ id, agent: 'clerk', state, sinceUs: at(sinceS), what: 'batch' });
export const sign = (s: number, more: Partial<Sign> = {}): Sign => ({ atUs: at(s), what: 'checkpoint', run: 'run-1', denied: false, ...more });
export const step = (more: Partial<OpaqueStep> = {}): OpaqueStep => ({ run: 'run-1', agent: 'clerk', step: 'write', sinceUs: at(-2), text: 'the step "write" was under way', ...more });

export type Look = Sight | { readonly failed: string };
/** Looks at the given seconds; by default each is clear. */
export function looked(times: readonly number[], lookAt: (s: number) => Look = (s) => clearSight(s), from: LookTrack = noLooks): LookTrack {
  return times.reduce((track, s) => {
    const look = lookAt(s);
    return 'failed' in look ? missedLook(track, at(s), look.failed) : tookLook(track, look, at(s));
  }, from);
}
export const everySecond = (fromS: number, toS: number): readonly number[] => Array.from({ length: toS - fromS + 1 }, (_, index) => fromS + index);

export function row(id: number, startS: number, endS: number | null, more: Partial<SignRow> = {}, seen: Partial<SeenRow> = {}): SeenRow {
  const known = at(endS ?? startS);
  return {
    row: { id, task: 1, agent: 11, connection: 1, kind: 'tool_call', status: endS === null ? 'running' : 'ok', name: 'write_file', source: 'genai/span', startUs: at(startS), endUs: endS === null ? null : at(endS), ...more },
    knownUs: known, changedUs: known, ...seen,
  };
}

export function looksConnection(looks: LookTrack, more: Partial<JudgedConnection> = {}): JudgedConnection {
  return { connection: 1, name: 'prod graph', enabled: true, shows: 'looks', visibility: 'all', agents: [11], looks, gaps: [], clockBehindUs: null, process: noProcess, ...more };
}
export const telemetryConnection = (more: Partial<JudgedConnection> = {}): JudgedConnection => looksConnection(noLooks, { connection: 2, name: 'otlp', shows: 'telemetry', visibility: 'unknown', looks: null, ...more });
export const rhythm = (more: Partial<RhythmFact> = {}): RhythmFact => ({ connection: 2, run: null, agent: 11, signs: 10, longestUs: 2 * second, lastUs: at(-1), ...more });

export function lever(id: number, more: Partial<JudgedLever> = {}): JudgedLever {
  return { id, leverId: 'langgraph.cancel-run', title: 'Cancel the run', connection: 1, step: 'cut', kind: 'cut', state: 'reported', answeredUs: at(0.2), reported: 'stopped', undone: false, ...more };
}

/** Answered after 0.2 s, looked at every second, silent: verified after 90 s unless `more` speaks against it. */
export function judged(nowS: number, more: Partial<JudgeInput> = {}): JudgeInput {
  return {
    nowUs: at(nowS), commandUs, answeredUs: at(0.2), silenceUs: 90 * second, scopeIsTask: false, openBefore: 1,
    connections: [looksConnection(looked(everySecond(1, Math.max(1, Math.floor(nowS)))))], levers: [lever(1)],
    rows: [], rowsComplete: true, signs: [], rhythms: [], stepTimes: [], verifiedUs: null, containedUs: null, ...more,
  };
}
