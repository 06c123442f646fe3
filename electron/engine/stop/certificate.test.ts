import { describe, expect, it } from 'vitest';
import { stopCertificate, stopOrderDetail } from '../../../shared/stop.ts';
import type { StopOrderDetail } from '../../../shared/stop.ts';
import { certificateOf } from './certificate.ts';
import { planStop } from './plan.ts';
import { connection, facts, levers, planInput } from './test-plan.ts';

const iso = (s: number): string => new Date(Date.UTC(2026, 10, 17, 13, 30) + s * 1_000).toISOString();
const { plan } = planStop(planInput(facts('agent', [connection(1, { levers: [levers.cut] })])));

function detail(more: Partial<StopOrderDetail> = {}): StopOrderDetail {
  return stopOrderDetail.parse({
    id: 'stp-1', number: 118, scope: plan.scope, scopeName: 'refund-runner', level: 'cancel', origin: 'person', state: 'verified', headline: 'Stopped, verified 13:31:31 UTC: no act for 90 s.',
    orderedBy: 'Anna Lindqvist', secondBy: null, reasonKind: 'acting_beyond_task', reason: 'Refunds retried', ticket: 'INC-7', intentAt: iso(-0.006), commandedAt: iso(0), firstAnswerAt: iso(0.6), answeredAt: iso(2), lastActAt: iso(1.5),
    containedAt: iso(2), verifiedAt: iso(92), silenceS: 90, watchUntil: iso(992), reopened: 0, endedAt: iso(992), releasedAt: null, agents: [{ id: 'agt-11', name: 'clerk-1' }],
    levers: { all: 1, reported: 1, confirmed: 1, failed: 0, undoable: 0, holds: 0 }, landed: 1, plan,
    orderLevers: plan.levers.map((lever) => ({ ...lever, state: 'reported', sentAt: iso(0), reportedAt: iso(0.6), reported: 'stopped', reportedText: '202', confirmed: 'yes', confirmedAt: iso(92), confirmedText: 'It is quiet.', attempts: 1, undoState: 'none', undoneAt: null, undoneText: null, actsAt: [] })),
    events: [{ id: 'evt-1', at: iso(0), kind: 'intent', leverId: null, by: 'console', text: 'Wants to cancel.' }, { id: 'evt-2', at: iso(1), kind: 'against', leverId: null, by: 'activity', text: 'A tool call began.' }, { id: 'evt-3', at: iso(92), kind: 'for', leverId: null, by: 'activity', text: 'Nothing is open.' }, { id: 'evt-4', at: iso(92), kind: 'state', leverId: null, by: 'console', text: 'Stopped, verified.' }],
    moreEvents: 0, landedActs: [{ activityId: 'act-1', taskId: 'tsk-1', at: iso(-1), endAt: iso(1.5), kind: 'tool_call', name: 'refund', status: 'ok', agentName: 'clerk-1', amountMicros: null, currency: null, began: false }],
    stillOpen: [{ id: 'run', title: 'Run 9ab0', detail: 'running' }], residual: [{ id: 'token', title: 'OAuth token', detail: 'payments.write', endsAt: iso(3_000), startedAt: null, close: null }],
    notSeen: [{ from: iso(41), to: iso(49), connectionName: 'otlp', text: 'receiver restarted' }], next: null, auditIds: ['aud-1'], ...more,
  });
}
const made = (more: Partial<StopOrderDetail> = {}) => stopCertificate.parse(certificateOf(detail(more), Date.UTC(2026, 10, 18), '0.1.0'));

describe('a certificate', () => {
  it('holds everything of the order, with its times worked out from the command', () => {
    const certificate = made();
    expect(certificate.times).toMatchObject({ firstAnswerMs: 600, timeToLastActMs: 1_500, timeToContainMs: 2_000 });
    expect(certificate).toMatchObject({
      format: 'gatehouse.stop-certificate', version: 1, madeAt: '2026-11-18T00:00:00.000Z', madeBy: { product: 'Gatehouse', version: '0.1.0' }, open: false,
      order: { number: 118, orderedBy: 'Anna Lindqvist', reason: 'Refunds retried', ticket: 'INC-7' }, verdict: { state: 'verified', text: 'Stopped, verified 13:31:31 UTC: no act for 90 s.' },
      stillAlive: [{ title: 'Run 9ab0', endsAt: null }, { title: 'OAuth token', endsAt: iso(3_000) }], auditIds: ['aud-1'],
    });
    const whole = detail();
    expect([certificate.evidence, certificate.landedAfterTheCommand, certificate.notSeen, certificate.plan]).toEqual([whole.events, whole.landedActs, whole.notSeen, whole.plan]);
    expect(certificate.levers).toEqual(whole.orderLevers);
  });

  it('gives its grounds, for and against, each lever\'s answer apart from its effect, and what was not seen', () => {
    const grounds = made().verdict.grounds.join('\n');
    for (const part of ['Stopped, verified.', 'A tool call began.', 'Nothing is open.', 'the runtime reported stopped; confirmed from outside (It is quiet.)', `Not seen at otlp from ${iso(41)} to ${iso(49)}: receiver restarted`]) expect(grounds).toContain(part);
    expect(made({ orderLevers: detail().orderLevers.map((lever) => ({ ...lever, state: 'unknown', reported: null, confirmed: 'cannot', confirmedText: null })) }).verdict.grounds.join('\n')).toContain('it may have been sent, no answer is known; cannot be confirmed from outside.');
  });

  it('says what it does not cover, and what of what landed was on its way', () => {
    const checks = [{ text: 'Nothing is open', can: true }, { text: 'What a run left behind is not shown', can: false }];
    const [act] = detail().landedActs;
    const grounds = (at: number, began: boolean): string => made({ plan: { ...plan, checks }, landedActs: [{ ...act!, at: iso(at), began }] }).verdict.grounds.join('\n');
    expect(grounds(-1, false)).toContain('Not covered by the verdict, as the plan said before the command: What a run left behind is not shown.');
    expect(grounds(-1, false)).not.toContain('Nothing is open.\nNot covered by the verdict, as the plan said before the command: Nothing is open');
    expect([grounds(0.3, false), grounds(-1, false), grounds(2, true)].map((text) => text.includes('within half a second of the command'))).toEqual([true, false, false]);
  });

  it('says what it does not hold', () => {
    const grounds = made({ moreEvents: 37, landed: 9, endedAt: null }).verdict.grounds.join('\n');
    expect(grounds).toContain('This record holds the newest 4 events of the order; 37 older ones are not in it.');
    expect(grounds).toContain('9 acts began or ended after the command; 1 of them are listed.');
    expect(grounds).toContain('this record may grow');
    expect(made({ endedAt: null }).open).toBe(true);
    expect(made({ endedAt: null, state: 'withdrawn' }).open).toBe(false);
  });

  it('knows zero from not known', () => {
    expect(made({ lastActAt: iso(-30) }).times.timeToLastActMs).toBe(0);
    expect(made({ lastActAt: null, containedAt: null, commandedAt: null, firstAnswerAt: null }).times).toMatchObject({ timeToLastActMs: null, timeToContainMs: null, firstAnswerMs: null });
  });
});
