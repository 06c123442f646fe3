import { describe, expect, it } from 'vitest';
import { approval } from '../../../shared/domain.ts';
import type { ApprovalDetail } from '../../../shared/domain.ts';
import type { Result } from '../../../shared/contract.ts';
import { releaseClaims } from './approvals.ts';
import { retireConnection } from './retention.ts';
import { refusal, second, t0 } from './test-history.ts';
import { foundApproval, freshRuntime, runDraft, type TestRuntime, words } from './test-runtime.ts';

const at = (seconds: number): number => t0 + seconds * second;
const list = (runtime: TestRuntime, state: 'waiting' | 'decided'): Result<'approvals.list'>['rows'] => (runtime.ask('approvals.list', { state, limit: 200 }) as Result<'approvals.list'>).rows;
const get = (runtime: TestRuntime, id: number): ApprovalDetail => runtime.ask('approvals.get', { id: `apr-${id.toString(36)}` }) as ApprovalDetail;
const states = (runtime: TestRuntime): unknown[] => runtime.history.all('SELECT key, state FROM approval ORDER BY id');
const running = runDraft('r1', 'waiting', { at: 1 });

describe('an approval', () => {
  it('waits with its whole request, its agent and its task, and is told of once', () => {
    const runtime = freshRuntime('langgraph', 'none');
    const first = runtime.collect({ records: [{ draft: running, raw: '{}' }], approvals: [foundApproval('q1', { question: 'May I write to ann@example.com?' })] });
    expect(first.result.newApprovals).toEqual([{ id: 1, title: 'Allow q1?', agentName: 'clerk' }]);
    expect(first.note?.topics).toContain('approvals');
    const again = runtime.collect({ records: [{ draft: running, raw: '{}' }], approvals: [foundApproval('q1', { question: 'May I write to ann@example.com?' })] }, at(70));
    expect([again.result.newApprovals, again.note?.topics.includes('approvals')]).toEqual([[], false]);
    const [row] = list(runtime, 'waiting');
    expect(row).toMatchObject({ id: 'apr-1', state: 'waiting', agentName: 'clerk', taskId: 'tsk-1', destructive: true, answers: ['approve', 'reject'] });
    expect(get(runtime, 1)).toMatchObject({ question: 'May I write to ann@example.com?', raw: '{"interrupt":"q1"}', actions: [{ name: 'delete_file', parameters: '{"path":"/a"}' }] });
    expect((runtime.ask('counts', {}) as { approvalsWaiting: number }).approvalsWaiting).toBe(1);
  });

  it('that is told of no more was answered elsewhere, has expired, or went with its run; a batch that did not ask says nothing', () => {
    const runtime = freshRuntime();
    runtime.collect({ records: [{ draft: runDraft('r1', 'running'), raw: '{}' }, { draft: runDraft('r2', 'running'), raw: '{}' }, { draft: runDraft('r3', 'running'), raw: '{}' }],
      approvals: [foundApproval('a'), foundApproval('b', { expiresUs: at(90) }), foundApproval('c', { run: { kind: 'run', id: 'r2' } }), foundApproval('d'), foundApproval('e', { run: { kind: 'run', id: 'r3' } })] });
    runtime.collect({ approvals: null }, at(95));
    expect(list(runtime, 'waiting').length).toBe(5);
    // Nobody knows what became of r3: its runtime no longer has it.
    runtime.collect({ records: [{ draft: runDraft('r2', 'cancelled', { until: 99 }), raw: '{}' }, { draft: runDraft('r3', 'unknown', { until: 99 }), raw: '{}' }], approvals: [foundApproval('d')] }, at(100));
    expect(states(runtime)).toEqual([{ key: 'a', state: 'answered_elsewhere' }, { key: 'b', state: 'expired' }, { key: 'c', state: 'withdrawn' }, { key: 'd', state: 'waiting' }, { key: 'e', state: 'withdrawn' }]);
    expect(list(runtime, 'decided').map((row) => row.decidedBy)).toEqual([null, null, null, null]);
  });

  it('does not expire by itself while the runtime still holds it', () => {
    const runtime = freshRuntime();
    runtime.collect({ approvals: [foundApproval('a', { expiresUs: at(70) })] });
    runtime.collect({ approvals: [foundApproval('a', { expiresUs: at(70) })] }, at(900));
    runtime.sweep(at(9_000));
    expect(states(runtime)).toEqual([{ key: 'a', state: 'waiting' }]);
  });

  it('that changes while it waits gets another fingerprint and keeps its place', () => {
    const runtime = freshRuntime();
    runtime.collect({ approvals: [foundApproval('a')] });
    const before = get(runtime, 1).fingerprint;
    runtime.collect({ approvals: [foundApproval('a', { raw: '{"interrupt":"changed"}' })] }, at(70));
    expect(get(runtime, 1)).toMatchObject({ raw: '{"interrupt":"changed"}', seenAt: new Date(at(60) / 1_000).toISOString() });
    expect(get(runtime, 1).fingerprint).not.toBe(before);
  });

  it('too long to be read whole says so and cannot be answered here', () => {
    const runtime = freshRuntime();
    runtime.collect({ approvals: [foundApproval('a', { raw: `"${'x'.repeat(5 * 1024 * 1024)}"` })] });
    const detail = get(runtime, 1);
    expect(detail.answers).toEqual([]);
    expect(detail.note).toMatch(/too long to be shown whole/);
  });

  it('with an expiry that no calendar holds does not take every list down with it', () => {
    const runtime = freshRuntime();
    runtime.collect({ approvals: [foundApproval('a', { expiresUs: 8.64e18 }), foundApproval('b', { expiresUs: 1e300 })] });
    runtime.collect({ approvals: [foundApproval('a', { expiresUs: 1e300 }), foundApproval('b', { expiresUs: -1e300 })] }, at(61));
    for (const row of list(runtime, 'waiting')) expect(approval.safeParse(row)).toMatchObject({ success: true, data: { expiresAt: null } });
  });

  it('floods are bounded and counted', () => {
    const runtime = freshRuntime();
    runtime.collect({ approvals: Array.from({ length: 1_010 }, (_, i) => foundApproval(`q${i}`)) });
    expect(list(runtime, 'waiting').length).toBe(200);
    expect(runtime.history.all('SELECT reason, count FROM tally')).toEqual([{ reason: 'more approvals waiting than can be kept', count: 10 }]);
  });
});

describe('an answer that an end cut short', () => {
  it('is told in the audit log, once, and what waits can be answered again', () => {
    const runtime = freshRuntime();
    runtime.collect({ records: [{ draft: running, raw: '{}' }], approvals: [foundApproval('a'), foundApproval('b')] });
    const { fingerprint } = get(runtime, 1);
    runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('ann', { action: 'approval.approve' }) });
    for (let n = 0; n < 2; n++) runtime.writer.inTransaction(() => releaseClaims(runtime.history.db, at(70)));
    const lines = runtime.history.all("SELECT actor, actor_kind AS kind, action, subject, outcome, text FROM audit_entry WHERE actor_kind = 'engine'");
    expect(lines).toEqual([{ actor: 'Gatehouse', kind: 'engine', action: 'approval.interrupted', subject: 'apr-1', outcome: 'failed', text: expect.stringContaining('ann') as string }]);
    expect(() => runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('bob') }, at(71))).not.toThrow();
  });
});

describe('an answer', () => {
  const asked = (runtime: TestRuntime): string => {
    runtime.collect({ records: [{ draft: running, raw: '{}' }], approvals: [foundApproval('a')] });
    return get(runtime, 1).fingerprint;
  };

  it('of two people at once is one decision: the second is told of the first', () => {
    const runtime = freshRuntime();
    const fingerprint = asked(runtime);
    runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('ann', { action: 'approval.approve' }) });
    const late = refusal(() => runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('bob') }));
    expect([late.code, late.message]).toEqual(['conflict', expect.stringMatching(/^ann is answering/) as string]);
    runtime.command('approvals.settle', { id: 1, state: 'approved', reason: null, decidedBy: 'ann', audit: words('ann', { outcome: 'done' }) });
    expect(refusal(() => runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('bob') })).message).toMatch(/was approved by ann/);
    expect(get(runtime, 1)).toMatchObject({ state: 'approved', decidedBy: 'ann' });
    // What was refused left no line; the handler logs refusals itself.
    expect(runtime.history.all('SELECT actor, action, outcome FROM audit_entry WHERE id > 1')).toEqual([{ actor: 'ann', action: 'approval.approve', outcome: 'asked' }, { actor: 'ann', action: 'test', outcome: 'done' }]);
  });

  it('is bound to what was shown', () => {
    const runtime = freshRuntime();
    const fingerprint = asked(runtime);
    runtime.collect({ approvals: [foundApproval('a', { actions: [] })] }, at(70));
    const error = refusal(() => runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('ann') }));
    expect([error.code, error.message]).toEqual(['conflict', expect.stringMatching(/changed since it was shown/) as string]);
  });

  it('that failed leaves it waiting and free for the next', () => {
    const runtime = freshRuntime();
    const fingerprint = asked(runtime);
    runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('ann') });
    // A list read meanwhile no longer names it: that is for whoever answers it to say.
    runtime.collect({ approvals: [] }, at(61));
    expect(states(runtime)).toEqual([{ key: 'a', state: 'waiting' }]);
    runtime.command('approvals.settle', { id: 1, state: null, reason: null, decidedBy: null, audit: words('ann', { outcome: 'failed' }) });
    runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('bob') });
  });

  it('whose engine ended does not block it for ever, and is not forgotten', () => {
    const runtime = freshRuntime();
    const fingerprint = asked(runtime);
    runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('ann') });
    runtime.restart();
    releaseClaims(runtime.history.db, at(100));
    runtime.collect({ approvals: [] }, at(62));
    expect(get(runtime, 1)).toMatchObject({ state: 'answered_elsewhere', reason: expect.stringMatching(/^ann began to answer it here/) as string });
  });

  it('stays when an older list still names what it answered; asked again later it is a new approval', () => {
    const runtime = freshRuntime();
    const fingerprint = asked(runtime);
    runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('ann') });
    runtime.command('approvals.settle', { id: 1, state: 'rejected', reason: 'no', decidedBy: 'ann', audit: words('ann') });
    expect(runtime.collect({ approvals: [foundApproval('a')] }, at(65)).result.newApprovals).toEqual([]);
    expect(get(runtime, 1).state).toBe('rejected');
    expect(runtime.collect({ approvals: [foundApproval('a')] }, at(200)).result.newApprovals).toMatchObject([{ id: 2 }]);
    expect(get(runtime, 1)).toMatchObject({ state: 'rejected', reason: 'no' });
    expect(runtime.collect({ approvals: [foundApproval('a')] }, at(210)).result.newApprovals).toEqual([]);
  });

  it('cannot be given once the connection is removed', () => {
    const runtime = freshRuntime();
    const fingerprint = asked(runtime);
    retireConnection(runtime.history.db, runtime.connection, at(70));
    expect(refusal(() => runtime.command('approvals.begin', { id: 1, fingerprint, audit: words('ann') })).message).toMatch(/was withdrawn/);
    expect(refusal(() => runtime.command('approvals.begin', { id: 9, fingerprint, audit: words('ann') })).code).toBe('not_found');
  });
});

describe('lists', () => {
  it('give what has waited longest first, page by page, and can be narrowed', () => {
    const runtime = freshRuntime();
    runtime.collect({ approvals: [3, 1, 2].map((n) => foundApproval(`q${n}`, { askedUs: at(n), agent: { id: `agent-${n}`, name: `agent ${n}` } })) });
    const page = runtime.ask('approvals.list', { state: 'waiting', limit: 2 }) as Result<'approvals.list'>;
    expect([page.rows.map((row) => row.title), page.waiting]).toEqual([['Allow q1?', 'Allow q2?'], 3]);
    const next = runtime.ask('approvals.list', { state: 'waiting', limit: 2, before: page.next ?? '' }) as Result<'approvals.list'>;
    expect([next.rows.map((row) => row.title), next.next]).toEqual([['Allow q3?'], null]);
    const agentId = page.rows[1]?.agentId ?? '';
    expect((runtime.ask('approvals.list', { state: 'waiting', limit: 9, agentId }) as Result<'approvals.list'>).rows.map((row) => row.agentName)).toEqual(['agent 2']);
    expect((runtime.ask('approvals.list', { state: 'waiting', limit: 9, connectionId: 'con-1' }) as Result<'approvals.list'>).rows).toEqual([]);
    expect(runtime.ask('approvalFact', { id: 1 })).toMatchObject({ id: 1, connection: runtime.connection, key: 'q3', state: 'waiting', title: 'Allow q3?', agentName: 'agent 3' });
    expect(runtime.ask('approvalFact', { id: 77 })).toBeNull();
  });
});
