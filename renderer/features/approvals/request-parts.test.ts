import { describe, expect, it } from 'vitest';
import type { ApprovalDetail } from '../../../shared/domain.ts';
import { callParameters, callPreview, requestChanges } from './request-parts.ts';

const detail = (more: Partial<ApprovalDetail>): ApprovalDetail => ({
  id: 'apr_1', connectionId: 'c', connectionName: 'Lab', connectionKind: 'langgraph', agentId: 'a', agentName: 'a', taskId: null, state: 'waiting', kind: 'tool_call', title: 't',
  askedAt: '2026-11-17T14:00:00.000Z', expiresAt: null, seenAt: '2026-11-17T14:00:00.000Z', decidedAt: null, decidedBy: null, reason: null, answers: ['approve', 'reject'], destructive: null,
  actions: [{ name: 'pay', parameters: '{"to":"A","amount":10}', description: null, answers: ['approve'] }], question: null, raw: '{"x":1}', fingerprint: 'f1', onBehalfOf: null, evidence: [], note: null, responseShape: null, ...more,
});
const pay = (parameters: string, name = 'pay') => ({ name, parameters, description: null, answers: ['approve' as const] });

describe('parameters', () => {
  it('are one row each, exact, with what cannot be seen counted', () => {
    const call = callParameters('{"total": 88412.50, "note":"urgent\u200b\u200b", "to":{"iban":"DE1"}}');
    expect(call.rows.map((row) => [row.name, row.text])).toEqual([['total', '88412.50'], ['note', 'urgent\u200b\u200b'], ['to', '{\n  "iban": "DE1"\n}']]);
    expect(call).toMatchObject({ isJson: true, invisible: 2 });
  });

  it('shows a name that comes twice both times, and says so', () => {
    expect(callParameters('{"to":"a","to":"b"}').rows).toMatchObject([{ text: 'a', again: true }, { text: 'b', again: true }]);
  });

  it('shows what is no JSON as it came', () => {
    expect(callParameters('rm -rf /')).toMatchObject({ isJson: false, rows: [{ name: null, text: 'rm -rf /' }] });
    expect(callParameters('[1,2]').rows).toMatchObject([{ name: null, quoted: false }]);
  });
});

describe('what changed since it was shown', () => {
  it('names the parameter', () => {
    expect(requestChanges(detail({}), detail({ fingerprint: 'f2', actions: [pay('{"to":"B","amount":10}')] }))).toEqual([{ part: 'pay', path: 'to', before: '"A"', after: '"B"' }]);
  });

  it('names a call that became another, and one that came', () => {
    const changes = requestChanges(detail({}), detail({ fingerprint: 'f2', actions: [pay('{"to":"A","amount":10}', 'wire'), pay('{"n":1}', 'mail')] }));
    expect(changes).toEqual([{ part: 'call 1', path: 'name', before: 'pay', after: 'wire' }, { part: 'call 2', path: 'name', before: null, after: 'mail' }, { part: 'mail', path: 'n', before: null, after: '1' }]);
  });

  it('is never silent about another fingerprint', () => {
    expect(requestChanges(detail({}), detail({ fingerprint: 'f2', raw: '{"x":2}' }))).toEqual([{ part: 'raw request', path: 'x', before: '1', after: '2' }]);
    expect(requestChanges(detail({}), detail({ fingerprint: 'f2' }))).toHaveLength(1);
    expect(requestChanges(detail({}), detail({}))).toEqual([]);
  });
});

it('tells one call from the next in a line', () => {
  expect(callPreview([pay('{"orderId":"ORD-948","amount":180,"to":{"iban":"DE1"}}')])).toBe('orderId ORD-948, amount 180, to { "iban": "DE1" }');
  expect(callPreview([pay(JSON.stringify({ letter: 'please '.repeat(20) }))])).toBe(`letter ${'please '.repeat(20).slice(0, 40)}…`);
  expect(callPreview([pay('{}')])).toBeNull();
  expect(callPreview([])).toBeNull();
});
