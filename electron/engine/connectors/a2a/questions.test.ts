import { describe, expect, it } from 'vitest';
import { partsOf } from './answering.ts';
import { approvalOf, readQuestion, taskOfKey } from './questions.ts';
import { readTask } from './task.ts';
import type { WireTask } from './task.ts';

const agent = { id: 'card', name: 'Supplier desk' };

function asking(parts: readonly object[], { state = 'TASK_STATE_INPUT_REQUIRED', metadata = {} }: { readonly state?: string; readonly metadata?: object } = {}): WireTask {
  const task = readTask({ id: 't1', contextId: 'c1', status: { state, timestamp: '2026-11-20T10:00:00.123456Z', message: { messageId: 'm1', role: 'ROLE_AGENT', parts, metadata } } });
  if (task === null) throw new Error('no task');
  return task;
}

const declared = { type: 'approval', actions: [{ name: 'place_order', parameters: { total: '2 180 EUR' }, description: 'Sends an order.' }], options: ['approve', 'reject'], destructive: true, expiresAt: '2026-11-20T11:00:00Z', onBehalfOf: 'nina@halden.example' };
const confirmation = (id: string) => ({
  data: { id, name: 'adk_request_confirmation', args: { originalFunctionCall: { id: 'x', name: 'reimburse', args: { amount: 7 } }, toolConfirmation: { hint: 'Pay it?', confirmed: false } } }, metadata: { adk_type: 'function_call', adk_is_long_running: true },
});

describe('what is asked', () => {
  it('shows a declared approval with whole parameters', () => {
    expect(approvalOf(asking([{ text: 'Approve it?' }, { data: declared }]), agent, 0)).toMatchObject({
      key: 't1#m1', kind: 'tool_call', title: 'place_order', question: 'Approve it?', answers: ['approve', 'reject', 'respond'], responseShape: 'text', destructive: true, onBehalfOf: 'nina@halden.example',
      actions: [{ name: 'place_order', parameters: '{"total":"2 180 EUR"}', description: 'Sends an order.', answers: ['approve', 'reject', 'respond'] }],
      askedUs: Date.parse('2026-11-20T10:00:00.123Z') * 1_000 + 456, askedInferred: false, expiresUs: Date.parse('2026-11-20T11:00:00Z') * 1_000, note: null,
    });
  });

  it('offers no approval of actions that it cannot show, and hides none', () => {
    const many = { type: 'approval', actions: Array.from({ length: 51 }, (_, n) => ({ name: `pay ${n}`, parameters: {} })) };
    const found = approvalOf(asking([{ data: many }]), agent, 0);
    expect(found).toMatchObject({ title: 'pay 0 and 50 more', answers: ['reject'], note: expect.stringContaining('51 actions') as string });
    expect(found?.actions).toHaveLength(50);
    const confirmations = approvalOf(asking(Array.from({ length: 51 }, (_, n) => confirmation(`c${n}`))), agent, 0);
    expect([confirmations?.answers, confirmations?.actions.length]).toEqual([['reject'], 50]);
    const odd = approvalOf(asking([{ data: { type: 'approval', actions: ['drop the table', { name: 'pay', amount: 7 }, { name: 'n'.repeat(600) }] } }]), agent, 0);
    expect(odd?.actions.map((one) => [one.name.slice(0, 10), one.parameters])).toEqual([['action', '"drop the table"'], ['pay', '{"amount":7}'], ['nnnnnnnnnn', '{}']]);
    expect(odd?.actions[2]?.name).toMatch(/…$/);
  });

  it('finds the task of a question again, whatever its message is called', () => {
    const task = readTask({ id: 't1', status: { state: 'TASK_STATE_INPUT_REQUIRED', message: { messageId: 'a#b', role: 'ROLE_AGENT', parts: [{ text: 'Go?' }] } } });
    expect(taskOfKey((task && approvalOf(task, agent, 0)?.key) ?? '')).toBe('t1');
  });

  it('shows the confirmations of the Agent Development Kit', () => {
    expect(approvalOf(asking([confirmation('a'), confirmation('b')]), agent, 0)).toMatchObject({ kind: 'tool_call', title: 'reimburse and 1 more', answers: ['approve', 'reject'], responseShape: null, actions: [{ name: 'reimburse', parameters: '{"amount":7}', description: 'Pay it?' }, {}] });
  });

  it.each([
    [[{ text: 'Which warehouse?' }], {}, ['respond', 'reject'], null],
    [[{ text: 'Pay 2 000 EUR? Reply yes or no.' }], {}, ['approve', 'reject', 'respond'], 'yes'],
    [[{ text: 'Approve the transfer?' }], {}, ['approve', 'reject', 'respond'], 'approve'],
    [[{ text: 'Reply "APPROVE" or "DENY" to pay.' }], {}, ['approve', 'reject', 'respond'], 'APPROVE'],
    [[{ text: 'Delete it? [y/N]' }], {}, ['approve', 'reject', 'respond'], 'y'],
    [[{ text: 'Human sign-off needed for refund 42' }], {}, ['approve', 'reject', 'respond'], 'approve'],
    [[{ text: 'Pay 500 EUR to Nordseal?' }], {}, ['approve', 'reject', 'respond'], 'approve'],
    [[{ text: 'Shall it be red or blue?' }], {}, ['respond', 'reject'], null],
    [[{ text: 'Tell me the purchase order number.' }], {}, ['respond', 'reject'], null],
    [[{ text: 'Please confirm the deletion.' }], {}, ['approve', 'reject', 'respond'], 'confirm'],
    [[{ text: 'Shall I go on?' }], {}, ['approve', 'reject', 'respond'], 'yes'],
    [[{ text: 'Go?' }, { data: { options: ['Allow', 'Deny'] } }], {}, ['approve', 'reject', 'respond'], 'Allow'],
    [[{ text: 'Go?' }], { choices: [{ id: 'proceed' }, { id: 'abort' }] }, ['approve', 'reject', 'respond'], 'proceed'],
    [[{ text: 'Colour?' }, { data: { options: ['red', 'blue'] } }], {}, ['respond', 'reject'], null],
  ])('offers for %j only what the agent takes', (parts, metadata, answers, yes) => {
    const found = approvalOf(asking(parts, { metadata }), agent, 0);
    expect(found?.answers).toEqual(answers);
    expect(found?.note).toContain(yes === null ? 'cancels the task' : `"${yes}"`);
  });

  it('answers no sign-in, follows no link', () => {
    expect(approvalOf(asking([{ text: 'Sign in at https://evil.example' }], { state: 'TASK_STATE_AUTH_REQUIRED' }), agent, 0)).toMatchObject({ kind: 'auth', answers: [], actions: [] });
  });

  it('knows the states of 0.3, and says nothing of a task that waits for nobody', () => {
    expect(asking([], { state: 'input-required' }).state).toBe('input-required');
    expect(asking([], { state: 'whatever' }).state).toBe('unknown');
    expect(approvalOf(asking([], { state: 'TASK_STATE_WORKING' }), agent, 0)).toBeNull();
  });

  it('takes a time that nobody will live to see for none: it would make the checkpoint unreadable', () => {
    const far = '+200000-01-01T00:00:00Z';
    expect(approvalOf(asking([{ data: { ...declared, expiresAt: far } }]), agent, 0)?.expiresUs).toBeNull();
    expect(readTask({ id: 't1', status: { state: 'TASK_STATE_WORKING', timestamp: far } })?.statusUs).toBeNull();
  });

  it('takes a wait without words or time for one', () => {
    const task = readTask({ id: 't1', status: { state: 'TASK_STATE_INPUT_REQUIRED' } });
    expect(task && approvalOf(task, agent, 42)).toMatchObject({ key: 't1#0', title: 'It waits for an answer', question: null, askedUs: 42, askedInferred: true, answers: ['respond', 'reject'] });
  });
});

describe('how an answer looks', () => {
  const sent = (parts: readonly object[], decision: Parameters<typeof partsOf>[1], metadata = {}) => partsOf(readQuestion(asking(parts, { metadata }).message).form, decision)?.map((part) => part.content?.value);

  it('answers a declared approval in its form', () => {
    expect(sent([{ data: declared }], { answer: 'approve', reason: 'checked' })).toEqual(['approve', { type: 'approval_response', decision: 'approve', reason: 'checked' }]);
    expect(sent([{ data: declared }], { answer: 'reject', reason: 'too dear' })).toEqual(['reject: too dear', { type: 'approval_response', decision: 'reject', reason: 'too dear' }]);
    expect(sent([{ data: declared }], { answer: 'respond', response: 'only 20' })).toEqual(['only 20']);
  });

  it('answers the Agent Development Kit with function responses of the same ids', () => {
    expect(sent([confirmation('a'), confirmation('b')], { answer: 'reject', reason: 'no' })).toEqual([{ id: 'a', name: 'adk_request_confirmation', response: { confirmed: false } }, { id: 'b', name: 'adk_request_confirmation', response: { confirmed: false } }]);
    const value = { data: { id: 'q', name: 'ask_amount', args: {} }, metadata: { adk_type: 'function_call', adk_is_long_running: true } };
    expect(sent([value], { answer: 'respond', response: '{"amount":7}' })).toEqual([{ id: 'q', name: 'ask_amount', response: { amount: 7 } }]);
    expect(() => sent([value], { answer: 'respond', response: 'seven' })).toThrow(expect.objectContaining({ kind: 'conflict' }));
    expect(() => sent([confirmation('a')], { answer: 'respond', response: 'yes' })).toThrow(expect.objectContaining({ kind: 'conflict' }));
  });

  it('sends the option word for word, and nothing for a no that has no words', () => {
    expect(sent([{ data: { options: ['Allow', 'Deny'] } }], { answer: 'approve' })).toEqual(['Allow']);
    expect(sent([{ data: { options: ['Allow', 'Deny'] } }], { answer: 'reject', reason: 'x' })).toEqual(['Deny']);
    expect(sent([{ text: 'Reply "APPROVE" or "DENY".' }], { answer: 'reject', reason: 'x' })).toEqual(['DENY']);
    expect(sent([{ text: 'Go on? (yes/no)' }], { answer: 'reject', reason: 'x' })).toEqual(['no']);
    expect(sent([{ text: 'Approve?' }], { answer: 'reject', reason: 'x' })).toBeUndefined();
    expect(sent([{ text: 'Which one?' }], { answer: 'reject', reason: 'x' })).toBeUndefined();
  });

  it('never sends a plain yes to a question for words, nor changed parameters', () => {
    expect(() => sent([{ text: 'Which one?' }], { answer: 'approve' })).toThrow(expect.objectContaining({ kind: 'conflict' }));
    expect(() => sent([{ data: declared }], { answer: 'edit', parameters: ['{}'] })).toThrow(expect.objectContaining({ kind: 'conflict' }));
  });
});

describe('tasks at the door', () => {
  it.each([null, 7, [], {}, { id: 't' }, { id: '', status: {} }, { id: 'x'.repeat(300), status: {} }, { id: 'a\nb', status: {} }])('takes %j for no task', (value) => {
    expect(readTask(value)).toBeNull();
  });

  it('leaves out messages that are none and keeps the rest', () => {
    const task = readTask({ id: 't', status: { state: 'TASK_STATE_WORKING', timestamp: 'yesterday' }, history: [7, { messageId: 'm', role: 'ROLE_USER', parts: ['x', { text: 'hello' }, { url: 'https://x.example' }] }, { parts: [] }] });
    expect(task).toMatchObject({ statusUs: null, history: [{ id: 'm', by: 'user', text: 'hello', others: 1 }] });
    expect(task?.history).toHaveLength(1);
  });
});
