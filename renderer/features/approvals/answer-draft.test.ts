import { describe, expect, it } from 'vitest';
import type { ApprovalDetail } from '../../../shared/domain.ts';
import { canEditCall, editableText, emptyDraft, firstMode, keepDraft, keptDraft, readinessOf, type Draft } from './answer-draft.ts';

const detail = (more: Partial<ApprovalDetail> = {}): ApprovalDetail => ({
  id: 'apr_1', connectionId: 'c', connectionName: 'Lab', connectionKind: 'langgraph', agentId: 'a', agentName: 'a', taskId: null, state: 'waiting', kind: 'tool_call', title: 't',
  askedAt: '2026-11-17T14:00:00.000Z', expiresAt: null, seenAt: '2026-11-17T14:00:00.000Z', decidedAt: null, decidedBy: null, reason: null, answers: ['approve', 'reject', 'respond', 'edit'], destructive: null,
  actions: [
    { name: 'pay', parameters: '{"to":"A","amount":12345678901234567890}', description: null, answers: ['approve', 'edit'] },
    { name: 'mail', parameters: '{"to":"B"}', description: null, answers: ['approve'] },
  ],
  question: null, raw: '{}', fingerprint: 'f', onBehalfOf: null, evidence: [], note: null, responseShape: 'text', ...more,
});
const draft = (more: Partial<Draft>): Draft => ({ ...emptyDraft('approve'), ...more });

describe('what would be sent', () => {
  it('approves without a reason, unless it cannot be undone', () => {
    expect(readinessOf(detail(), draft({}))).toEqual({ ready: true, decision: { answer: 'approve' } });
    expect(readinessOf(detail({ destructive: true }), draft({ reason: '  ' }))).toMatchObject({ ready: false });
    expect(readinessOf(detail({ destructive: true }), draft({ reason: ' known payees ' }))).toEqual({ ready: true, decision: { answer: 'approve', reason: 'known payees' } });
  });

  it('rejects with a reason only', () => {
    expect(readinessOf(detail(), draft({ mode: 'reject' }))).toEqual({ ready: false, misses: 'A rejection needs a reason.' });
    expect(readinessOf(detail(), draft({ mode: 'reject', rejection: 'wrong payee' }))).toEqual({ ready: true, decision: { answer: 'reject', reason: 'wrong payee' } });
  });

  it('never takes the words of a rejection for those of an approval', () => {
    const typed = draft({ mode: 'reject', rejection: 'wrong payee' });
    expect(readinessOf(detail(), { ...typed, mode: 'approve' })).toEqual({ ready: true, decision: { answer: 'approve' } });
    expect(readinessOf(detail({ destructive: true }), { ...typed, mode: 'approve' })).toMatchObject({ ready: false });
  });

  it('checks JSON before it is sent, and a text not at all', () => {
    expect(readinessOf(detail({ responseShape: 'json' }), draft({ mode: 'respond', response: '{"ok":tru}' }))).toMatchObject({ ready: false });
    expect(readinessOf(detail({ responseShape: 'json' }), draft({ mode: 'respond', response: '{"ok":true}' }))).toEqual({ ready: true, decision: { answer: 'respond', response: '{"ok":true}' } });
    expect(readinessOf(detail(), draft({ mode: 'respond', response: '{"ok":tru}' }))).toMatchObject({ ready: true });
    expect(readinessOf(detail(), draft({ mode: 'respond', response: '\n' }))).toMatchObject({ ready: false });
  });

  it('sends only the calls whose parameters differ, as they were typed', () => {
    const changed = '{"to":"C","amount":12345678901234567890}';
    expect(readinessOf(detail(), draft({ mode: 'edit', edits: [changed, null] }))).toEqual({ ready: true, decision: { answer: 'edit', parameters: [changed, null] } });
    expect(readinessOf(detail(), draft({ mode: 'edit', edits: [editableText('{"to":"A","amount":12345678901234567890}')] }))).toEqual({ ready: false, misses: 'No parameter differs yet.' });
  });

  it('sends no parameters that are not an object', () => {
    expect(readinessOf(detail(), draft({ mode: 'edit', edits: ['{"to":'] }))).toMatchObject({ ready: false });
    expect(readinessOf(detail(), draft({ mode: 'edit', edits: ['[1]'] }))).toMatchObject({ ready: false });
  });

  it('never sends an answer that the runtime does not take', () => {
    expect(readinessOf(detail({ answers: ['reject'] }), draft({}))).toEqual({ ready: false, misses: 'The runtime does not take this answer.' });
  });
});

it('lets only those calls be edited that the runtime lets be edited', () => {
  expect([0, 1].map((index) => canEditCall(detail(), index))).toEqual([true, false]);
  expect(canEditCall(detail({ answers: ['approve'] }), 0)).toBe(false);
});

it('begins with what the runtime takes', () => {
  expect(firstMode(detail())).toBe('approve');
  expect(firstMode(detail({ answers: ['reject', 'respond'] }))).toBe('respond');
  expect(firstMode(detail({ answers: [] }))).toBeNull();
});

it('keeps what was typed, and nothing that was not', () => {
  keepDraft('apr_9', draft({ mode: 'reject', rejection: 'half a sen' }));
  expect(keptDraft('apr_9')?.rejection).toBe('half a sen');
  keepDraft('apr_9', draft({ mode: 'reject' }));
  expect(keptDraft('apr_9')).toBeNull();
});
