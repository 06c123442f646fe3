import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contract } from '../../../../shared/contract.ts';
import type { NeedsYou, Overview } from '../../../../shared/contract.ts';
import { second, t0 } from '../test-history.ts';
import { foundApproval, runDraft, TestRuntime } from '../test-runtime.ts';

const at = (seconds: number): number => t0 + seconds * second;
const iso = (us: number): string => new Date(us / 1_000).toISOString();
let runtime: TestRuntime;
beforeEach(() => { runtime = new TestRuntime(); });
afterEach(() => { runtime.close(); });

function lines(nowUs: number): NeedsYou[] {
  const answer = contract['overview.get'].result.parse(runtime.ask('overview.get', { period: { from: iso(t0 - 3_600 * second), to: null }, since: iso(t0) }, nowUs)) as Overview;
  return answer.needsYou;
}
const runs = (n: number): { draft: ReturnType<typeof runDraft>; raw: string }[] => Array.from({ length: n }, (_, i) => ({ draft: runDraft(`r${i}`, 'running', { at: i }), raw: '{}' }));

describe('what needs a person', () => {
  it('begins with the approvals that have waited longest; more than five are a number', () => {
    runtime.collect({ approvals: Array.from({ length: 8 }, (_, i) => foundApproval(`q${i}`, { askedUs: at(60 - i) })) });
    const approvals = lines(at(90)).filter((line) => line.kind === 'approval');
    expect(approvals.map((line) => line.text)).toEqual(['Allow q7?', 'Allow q6?', 'Allow q5?', 'Allow q4?', 'Allow q3?', '3 more approvals wait']);
    expect(approvals[0]).toMatchObject({ id: 'apr-8', agentName: 'clerk', since: iso(at(53)), target: { screen: 'approvals', id: 'apr-8' } });
    expect(approvals.at(-1)).toMatchObject({ agentId: null, target: { screen: 'approvals', id: null } });
    expect(lines(at(90))[0]?.kind).toBe('approval');
  });

  it('says what is stuck, and once: not also that it is open for long', () => {
    runtime.collect({ records: runs(8), stuck: Array.from({ length: 7 }, (_, i) => ({ run: { kind: 'run' as const, id: `r${i}` }, sinceUs: at(i), text: `Stuck ${i}.` })) });
    const late = lines(at(3_600));
    expect(late.filter((line) => line.kind === 'stuck').map((line) => line.text)).toEqual(['Stuck 0.', 'Stuck 1.', 'Stuck 2.', 'Stuck 3.', 'Stuck 4.', '2 more tasks are stuck']);
    expect(late.filter((line) => line.kind === 'open_too_long').map((line) => line.id)).toEqual(['tsk-8']);
    // It ended: what was said of it before is old.
    runtime.collect({ records: [{ draft: runDraft('r0', 'completed', { at: 0, until: 70 }), raw: '{}' }] }, at(80));
    expect(lines(at(3_600)).filter((line) => line.kind === 'stuck').map((line) => line.text)[0]).toBe('Stuck 1.');
  });

  it('does not call a run that waits for an answer open too long', () => {
    runtime.collect({ records: [{ draft: runDraft('r1', 'waiting', { at: 1 }), raw: '{}' }], approvals: [foundApproval('a')] });
    expect(lines(at(7_200)).map((line) => line.kind)).toEqual(['approval']);
  });
});
