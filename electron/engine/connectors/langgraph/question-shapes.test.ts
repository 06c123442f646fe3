import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../shared/contract.ts';
import { readQuestion } from './question-shapes.ts';

const refund = { name: 'issue_refund', args: { orderId: 'ORD-1', amount: 180 }, description: 'Moves money' };
const email = { name: 'send_email', args: { to: 'a@example.com' } };
const javascript = (allowed: Record<string, string[]>): unknown => ({ actionRequests: [refund, email], reviewConfigs: Object.entries(allowed).map(([actionName, allowedDecisions]) => ({ actionName, allowedDecisions })) });
const both = javascript({ issue_refund: ['approve', 'edit', 'reject'], send_email: ['approve', 'reject'] });
const approve: Decision = { answer: 'approve' };

describe('LangChain\'s middleware', () => {
  it('shows every call with its own answers, and gives one decision for each', () => {
    const question = readQuestion(both);
    expect(question).toMatchObject({ kind: 'tool_call', answers: ['approve', 'reject', 'edit'], responseShape: null });
    expect(question.actions.map((action) => [action.name, action.answers])).toEqual([['issue_refund', ['approve', 'reject', 'edit']], ['send_email', ['approve', 'reject']]]);
    expect(question.resume(approve)).toEqual({ decisions: [{ type: 'approve' }, { type: 'approve' }] });
    expect(question.resume({ answer: 'reject', reason: 'No' })).toEqual({ decisions: [{ type: 'reject', message: 'No' }, { type: 'reject', message: 'No' }] });
    expect(question.resume({ answer: 'edit', parameters: ['{"amount":20}', null] })).toEqual({ decisions: [{ type: 'edit', editedAction: { name: 'issue_refund', args: { amount: 20 } } }, { type: 'approve' }] });
  });

  it.each<[string, Decision]>([
    ['a text', { answer: 'respond', response: 'yes' }],
    ['parameters for fewer calls than wait', { answer: 'edit', parameters: ['{}'] }],
    ['parameters that are no object', { answer: 'edit', parameters: ['[]', null] }],
    ['parameters that are no JSON', { answer: 'edit', parameters: ['{', null] }],
    ['changed parameters of a call that may not be changed', { answer: 'edit', parameters: [null, '{}'] }],
  ])('refuses %s', (_what, decision) => {
    expect(() => readQuestion(both).resume(decision)).toThrow('The answer was not sent');
  });

  it('offers only what fits all calls, and nothing when nothing does', () => {
    expect(readQuestion(javascript({ issue_refund: ['approve'], send_email: ['reject'] }))).toMatchObject({ answers: [], note: expect.stringContaining('different answers') });
    expect(readQuestion(javascript({ issue_refund: ['edit'], send_email: ['edit'] })).answers).toEqual(['edit']);
    expect(() => readQuestion(javascript({ issue_refund: ['edit'], send_email: ['edit'] })).resume({ answer: 'edit', parameters: ['{}', null] })).toThrow('may not be approved as it is');
  });

  it('speaks Python\'s names to Python', () => {
    const question = readQuestion({ action_requests: [refund], review_configs: [{ action_name: 'issue_refund', allowed_decisions: ['approve', 'edit', 'reject'] }] });
    expect(question.resume({ answer: 'edit', parameters: ['{"amount":1}'] })).toEqual({ decisions: [{ type: 'edit', edited_action: { name: 'issue_refund', args: { amount: 1 } } }] });
  });

  it.each([
    ['no configuration for a call', { actionRequests: [refund], reviewConfigs: [] }],
    ['arguments that are no object', { actionRequests: [{ name: 'x', args: 'y' }], reviewConfigs: [{ actionName: 'x', allowedDecisions: ['approve'] }] }],
    ['no calls', { actionRequests: [], reviewConfigs: [] }],
  ])('does not take a shape with %s for its own', (_what, value) => {
    expect(readQuestion(value)).toMatchObject({ kind: 'unknown', answers: [] });
  });
});

describe('other questions', () => {
  it('answers the agent inbox in its own words, listed or not', () => {
    const request = { action_request: { action: 'pay', args: { amount: 3 } }, config: { allow_accept: true, allow_edit: true, allow_respond: true, allow_ignore: true }, description: 'Pay it' };
    expect(readQuestion([request])).toMatchObject({ kind: 'tool_call', answers: ['approve', 'respond', 'edit'], actions: [{ name: 'pay', description: 'Pay it' }] });
    expect(readQuestion([request]).resume(approve)).toEqual([{ type: 'accept', args: null }]);
    expect(readQuestion(request).resume({ answer: 'respond', response: 'Later' })).toEqual({ type: 'response', args: 'Later' });
    expect(readQuestion(request).resume({ answer: 'edit', parameters: ['{"amount":1}'] })).toEqual({ type: 'edit', args: { action: 'pay', args: { amount: 1 } } });
    expect(() => readQuestion(request).resume({ answer: 'reject', reason: 'no' })).toThrow('was not sent');
  });

  it('sends exactly an answer that the question names, and nothing else', () => {
    const listed = readQuestion({ question: 'Pay 5 EUR?', options: ['Approve', 'Reject', 'Later'] });
    expect(listed).toMatchObject({ kind: 'input', answers: ['approve', 'reject', 'respond'], question: 'Pay 5 EUR?', note: expect.stringContaining('"Later"') });
    expect([listed.resume(approve), listed.resume({ answer: 'reject', reason: 'No' }), listed.resume({ answer: 'respond', response: 'Later' })]).toEqual(['Approve', 'Reject', 'Later']);
    expect(() => listed.resume({ answer: 'respond', response: 'later' })).toThrow('one of "Approve", "Reject", "Later"');
    expect(readQuestion('Delete the file? (yes/no)').resume(approve)).toBe('yes');
    expect(readQuestion({ question: 'Which?', choices: ['north', 'south'] }).answers).toEqual(['respond']);
    expect(readQuestion({ question: 'Which?', options: [1, 2] })).toMatchObject({ responseShape: 'json' });
    expect(readQuestion('Use the and/or form (and/or)?').answers).toEqual(['respond']);
  });

  it('gives a plain question a text, a question in an object JSON, and warns of both', () => {
    expect(readQuestion('Go on?')).toMatchObject({ kind: 'input', answers: ['respond'], responseShape: 'text', question: 'Go on?', note: expect.stringContaining('break this run') });
    expect(readQuestion('Go on?').resume({ answer: 'respond', response: '{"a":1}' })).toBe('{"a":1}');
    expect(readQuestion({ question: 'Pay?', amount: 5 })).toMatchObject({ kind: 'input', responseShape: 'json', question: 'Pay?' });
    expect(readQuestion({ question: 'Pay?' }).resume({ answer: 'respond', response: 'true' })).toBe(true);
    expect(() => readQuestion({ question: 'Pay?' }).resume({ answer: 'respond', response: 'yes' })).toThrow('not JSON');
  });

  it.each([[null], [7], [''], [[1, 2]], [{ clauses: [1] }]])('takes no answer for %j, whose shape nobody knows', (value) => {
    expect(readQuestion(value)).toMatchObject({ kind: 'unknown', answers: [] });
    expect(() => readQuestion(value).resume({ answer: 'respond', response: 'x' })).toThrow('not known');
  });
});
