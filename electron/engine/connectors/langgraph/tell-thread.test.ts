import { describe, expect, it } from 'vitest';
import type { Draft } from '../../ingest/draft.ts';
import type { ThreadMark } from './checkpoint.ts';
import type { ThreadRead } from './run-view.ts';
import { tellThread } from './tell-thread.ts';
import type { ThreadTold } from './tell-thread.ts';
import { aRun, aState, desk, usAt } from './test-facts.ts';

function tell(read: Pick<ThreadRead, 'runs' | 'states'>, { mark = null, cancelsApart = true, now = 1_000 }: { mark?: ThreadMark | null; cancelsApart?: boolean; now?: number } = {}): ThreadTold {
  return tellThread({ threadId: 't-1', ...read }, mark, usAt(0), { agentOf: () => desk, cancelsApart, nowUs: usAt(now) });
}
const draftsOf = (told: ThreadTold, run: string): Draft[] => told.records.map((record) => record.draft).filter((draft) => draft.run?.id === run);
const root = (told: ThreadTold, run: string): Draft | undefined => draftsOf(told, run).find((draft) => draft.role === 'agent');

const asking = { id: 'msg-1', type: 'ai', content: '', tool_calls: [{ id: 'call-1', name: 'pay', args: { amount: 3 } }, { id: 'call-2', name: 'look', args: {} }], usage_metadata: { input_tokens: 500, output_tokens: 40, total_tokens: 540, input_token_details: { cache_read: 300 } }, response_metadata: { model_name: 'big-1' } };
const paid = { type: 'tool', tool_call_id: 'call-1', name: 'pay', content: 'Error: refused', status: 'error' };
const human = { id: 'msg-0', type: 'human', content: 'Pay' };

describe('steps', () => {
  it('are model calls with their uncached tokens, tool calls with their results, and what is still open', () => {
    const runs = [aRun('r-1', 'running', [0, 0])];
    const states = [
      aState({ id: 'c-2', parent: 'c-1', run: 'r-1', seconds: 3, values: { messages: [human, asking] }, tasks: [{ id: 'k-2', name: 'tools', result: { messages: [paid] } }] }),
      aState({ id: 'c-1', run: 'r-1', seconds: 1, values: { messages: [human] }, tasks: [{ id: 'k-1', name: 'agent', result: { messages: [asking] } }] }),
    ];
    const drafts = draftsOf(tell({ runs, states }), 'r-1');
    expect(drafts.find((draft) => draft.kind === 'model_call')).toMatchObject({ key: 'model:msg-1', name: 'big-1', model: 'big-1', startUs: usAt(1), endUs: usAt(3), usage: { inputTokens: 200, outputTokens: 40, cacheReadTokens: 300 } });
    expect(drafts.find((draft) => draft.key === 'tool:call-1')).toMatchObject({ name: 'pay', status: 'error', error: { message: 'refused' }, startUs: usAt(3) });
    expect(drafts.find((draft) => draft.key === 'tool:call-2')).toMatchObject({ name: 'look', status: 'running' });
    expect(drafts.find((draft) => draft.key === 'tool:call-2')?.endUs).toBeUndefined();
  });

  it('are told from what the next state has more of, where tasks keep no results', () => {
    const states = [
      aState({ id: 'c-2', parent: 'c-1', run: 'r-1', seconds: 3, values: { messages: [human, asking] } }),
      aState({ id: 'c-1', parent: 'c-0', run: 'r-1', seconds: 1, values: { messages: [human] }, tasks: [{ name: 'agent' }] }),
      aState({ id: 'c-0', run: 'r-1', seconds: 0, tasks: [{ name: '__start__' }] }),
    ];
    expect(draftsOf(tell({ runs: [aRun('r-1', 'success', [0, 4])], states }), 'r-1').filter((draft) => draft.role === 'activity').map((draft) => draft.key)).toEqual(['model:msg-1']);
  });

  it('make the same keys and times when they are told again', () => {
    const runs = [aRun('r-1', 'success', [0, 4])];
    const states = [aState({ id: 'c-2', parent: 'c-1', run: 'r-1', seconds: 3 }), aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: [{ name: 'agent', result: { messages: [asking] } }] })];
    expect(tell({ runs, states }).records).toEqual(tell({ runs, states }).records);
  });

  it('count a model answer once, in the run that made it, although the next run writes it again', () => {
    const runs = [aRun('r-1', 'success', [0, 2]), aRun('r-2', 'success', [10, 12], { command: { resume: { q: { decisions: [{ type: 'reject' }] } } } })];
    const states = [
      aState({ id: 'c-3', parent: 'c-2', run: 'r-2', seconds: 11 }),
      aState({ id: 'c-2', parent: 'c-1', run: 'r-1', seconds: 2, values: { messages: [asking] }, tasks: [{ id: 'k-2', name: 'HumanInTheLoopMiddleware.after_model', interrupts: [{ id: 'q', value: 'Go on?' }], result: { messages: [asking, { ...paid, content: 'No' }] } }] }),
      aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: [{ id: 'k-1', name: 'model_request', result: { messages: [asking] } }] }),
    ];
    const told = tell({ runs, states });
    expect(told.records.filter((record) => record.draft.kind === 'model_call').map((record) => record.draft.run?.id)).toEqual(['r-1']);
    expect(draftsOf(told, 'r-2').find((draft) => draft.key === 'tool:call-1')).toMatchObject({ status: 'denied', error: { message: 'No' } });
    expect(draftsOf(told, 'r-1').find((draft) => draft.kind === 'approval')).toMatchObject({ status: 'denied', startUs: usAt(2), endUs: usAt(10) });
    expect(root(told, 'r-1')).toMatchObject({ taskOutcome: 'completed', endUs: usAt(10) });
  });

  it('are plain steps where a graph does not speak in messages, and none for a framework\'s own or for a person\'s edit', () => {
    const runs = [aRun('r-1', 'running', [0, 0])];
    const states = [
      aState({ id: 'c-4', parent: 'c-3', run: 'r-1', seconds: 5, tasks: [{ id: 'k-4', name: 'upload' }] }),
      aState({ id: 'c-3', parent: 'c-2', run: 'r-1', seconds: 4, source: 'update', tasks: [{ id: 'k-3', name: 'Foo.Middleware.before_model' }] }),
      aState({ id: 'c-2', parent: 'c-1', run: 'r-1', seconds: 2, tasks: [{ id: 'k-2', name: 'edited' }] }),
      aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: [{ id: 'k-1', name: 'load', result: { rows: 3 } }] }),
    ];
    expect(draftsOf(tell({ runs, states }), 'r-1').filter((draft) => draft.key.startsWith('step:')).map((draft) => [draft.name, draft.status])).toEqual([['upload', 'running'], ['load', 'ok']]);
  });
});

describe('how a run stands', () => {
  const failing = (error: unknown): ThreadTold => tell({ runs: [aRun('r-1', 'error', [0, 3])], states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: [{ name: 'compare', error }] })] });

  it('is failed with the words of the step that failed, in both languages', () => {
    expect(root(failing('{"message":"locked","name":"TypeError"}'), 'r-1')).toMatchObject({ taskOutcome: 'failed', status: 'error', endUs: usAt(3), error: { type: 'TypeError', message: 'locked' } });
    expect(root(failing('ValueError(\'no such ledger\')'), 'r-1')?.error).toEqual({ type: 'ValueError', message: 'no such ledger' });
    expect(draftsOf(failing('boom'), 'r-1').find((draft) => draft.kind === 'error')).toMatchObject({ name: 'compare', error: { message: 'boom' } });
  });

  it('is cancelled where the server has one word for both and no step failed; failed where it has two', () => {
    const read = { runs: [aRun('r-1', 'error', [0, 3])], states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: [{ name: 'count' }] })] };
    expect(root(tell(read, { cancelsApart: false }), 'r-1')?.taskOutcome).toBe('cancelled');
    expect(root(tell(read, { cancelsApart: true }), 'r-1')).toMatchObject({ taskOutcome: 'failed', error: { message: expect.stringContaining('keeps no text') } });
    expect(root(tell({ ...read, runs: [aRun('r-1', 'interrupted', [0, 3])] }), 'r-1')).toMatchObject({ taskOutcome: 'cancelled', status: 'cancelled' });
  });

  it('is told from its own last step although another run with new input came after it', () => {
    const after = (first: string, task: object): ThreadTold => tell({ runs: [aRun('r-1', first, [0, 3]), aRun('r-2', 'success', [10, 12], { input: { other: true } })], states: [
      aState({ id: 'c-4', parent: 'c-3', run: 'r-2', seconds: 12 }),
      aState({ id: 'c-3', parent: 'c-2', run: 'r-2', seconds: 11, tasks: [{ id: 'k-3', name: 'compare', result: {} }] }),
      aState({ id: 'c-2', parent: 'c-1', run: 'r-2', seconds: 10, source: 'input', tasks: [{ id: 'k-2', name: '__start__' }] }),
      aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: [{ id: 'k-1', name: 'compare', ...task }] }),
    ] }, { cancelsApart: false });
    const names = (told: ThreadTold, run: string): string[] => draftsOf(told, run).map((draft) => `${draft.kind} ${draft.name} ${draft.status}`);
    const failed = after('error', { error: '{"message":"locked","name":"TypeError"}' });
    expect(root(failed, 'r-1')).toMatchObject({ taskOutcome: 'failed', endUs: usAt(3), error: { type: 'TypeError', message: 'locked' } });
    expect([names(failed, 'r-1'), names(failed, 'r-2')]).toEqual([['lifecycle desk error', 'error compare error'], ['lifecycle desk ok', 'lifecycle compare ok']]);
    expect(names(after('error', {}), 'r-1')).toEqual(['lifecycle desk cancelled', 'lifecycle compare cancelled']);
    const asked = after('success', { interrupts: [{ id: 'q-1', value: 'Go on?' }] });
    expect([names(asked, 'r-1'), names(asked, 'r-2')]).toEqual([['lifecycle desk ok', 'approval compare cancelled'], ['lifecycle desk ok', 'lifecycle compare ok']]);
    // A gate that was gone around: nobody did that step.
    expect(names(after('success', {}), 'r-1')).toEqual(['lifecycle desk ok']);
  });

  it('failed where one of several tasks did; those that the server broke off for it did not fail', () => {
    const abort = '{"message":"This operation was aborted","name":"AbortError"}';
    const tasks = [{ id: 'k-1', name: 'one', error: abort }, { id: 'k-2', name: 'one', error: '{"message":"out of range","name":"RangeError"}' }];
    const told = tell({ runs: [aRun('r-1', 'error', [0, 3])], states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks })] });
    expect(root(told, 'r-1')?.error).toEqual({ type: 'RangeError', message: 'out of range' });
    expect(draftsOf(told, 'r-1').filter((draft) => draft.role === 'activity').map((draft) => [draft.kind, draft.status])).toEqual([['lifecycle', 'cancelled'], ['error', 'error']]);
  });

  it('is cancelled when the run that came after it rolled it back', () => {
    const later = { ...aRun('r-2', 'success', [2, 6]), original: { multitask_strategy: 'rollback' } };
    const told = tell({ runs: [aRun('r-1', 'error', [0, 3]), later], states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: [{ name: 'count' }] })] });
    expect(root(told, 'r-1')?.taskOutcome).toBe('cancelled');
  });

  it('is the limit of steps when it came to it', () => {
    const states = Array.from({ length: 4 }, (_, index) => aState({ id: `c-${index}`, ...(index === 0 ? {} : { parent: `c-${index - 1}` }), run: 'r-1', seconds: index, tasks: [{ id: `k-${index}`, name: 'count' }] })).toReversed();
    expect(root(tell({ runs: [aRun('r-1', 'error', [0, 9], { config: { recursion_limit: 3 } })], states }, { cancelsApart: false }), 'r-1')).toMatchObject({ taskOutcome: 'failed', error: { type: 'GraphRecursionError' } });
  });

  it('is the limit of steps also where only the newest of very many states are read', () => {
    const states = [350, 349, 348].map((step) => aState({ id: `c-${step}`, parent: `c-${step - 1}`, run: 'r-1', seconds: step, step, tasks: [{ id: `k-${step}`, name: 'count' }] }));
    const ended = (limit: number): unknown => root(tell({ runs: [aRun('r-1', 'error', [0, 400], { config: { recursion_limit: limit } })], states }, { cancelsApart: false }), 'r-1')?.taskOutcome;
    expect([ended(350), ended(1_000)]).toEqual(['failed', 'cancelled']);
  });

  it('is failed on a time-out, unknown on a word that nobody knows', () => {
    const told = tell({ runs: [aRun('r-1', 'timeout', [0, 3]), aRun('r-2', 'paused', [5, 6])], states: [] });
    expect([root(told, 'r-1')?.taskOutcome, root(told, 'r-2')?.taskOutcome]).toEqual(['failed', 'unknown']);
  });
});

describe('what waits', () => {
  const question = { id: 'k-1', name: 'ask', interrupts: [{ id: 'q-1', value: 'Go on?' }] };
  const waiting = { runs: [aRun('r-1', 'success', [0, 2])], states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: [question] })] };

  it('waits although the server calls it a success, and is asked for once', () => {
    const told = tell(waiting);
    expect(root(told, 'r-1')).toMatchObject({ taskOutcome: 'waiting', status: 'running' });
    expect(told.questions.map((one) => one.approval)).toMatchObject([{ key: 't-1/r-1/q-1', kind: 'input', askedUs: usAt(2), title: 'Go on?' }]);
    expect(told.mark.waits).toEqual([{ run: 'r-1', id: 'q-1', name: 'ask' }]);
    expect(told.work).toEqual([]);
  });

  it('waits no more once a run goes on, whatever becomes of that', () => {
    const { mark } = tell(waiting);
    const told = tell({ runs: [...waiting.runs, aRun('r-2', 'running', [10, 10], { command: { resume: { 'q-1': 'yes' } } })], states: waiting.states }, { mark });
    expect(told.questions).toEqual([]);
    expect(root(told, 'r-1')).toMatchObject({ taskOutcome: 'completed', endUs: usAt(10) });
    expect(draftsOf(told, 'r-1').find((draft) => draft.kind === 'approval')).toMatchObject({ status: 'ok', endUs: usAt(10) });
  });

  it('waits on in the run that asked when only the other question of its step was answered', () => {
    const [mine, theirs] = ['a'.repeat(32), 'b'.repeat(32)];
    const runs = [aRun('r-1', 'success', [0, 2]), aRun('r-2', 'success', [10, 12], { command: { resume: { [mine]: 'yes' } } })];
    const tasks = (result: unknown): object[] => [{ id: 'k-1', name: 'legal', interrupts: [{ id: mine, value: 'Sign?' }], result }, { id: 'k-2', name: 'finance', interrupts: [{ id: theirs, value: 'Pay?' }] }];
    const { mark } = tell({ runs: runs.slice(0, 1), states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: tasks(null) })] });
    const going = tell({ runs: [...runs.slice(0, 1), aRun('r-2', 'running', [10, 10], runs[1]?.kwargs)], states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: tasks(null) })] }, { mark });
    expect([going.questions.map((one) => one.approval.key), root(going, 'r-1')?.taskOutcome]).toEqual([[`t-1/r-1/${theirs}`], 'waiting']);
    const told = tell({ runs, states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: tasks({ legal: 'yes' }) })] }, { mark });
    expect(told.questions.map((one) => one.approval.key)).toEqual([`t-1/r-1/${theirs}`]);
    expect([root(told, 'r-1')?.taskOutcome, root(told, 'r-2')?.taskOutcome]).toEqual(['waiting', 'completed']);
    expect(draftsOf(told, 'r-1').filter((draft) => draft.kind === 'approval').map((draft) => [draft.name, draft.status])).toEqual([['finance', 'running'], ['legal', 'ok']]);
  });

  it('was gone around when a run came with other input, and is not a gate when it was cancelled', () => {
    const { mark } = tell(waiting);
    const around = tell({ runs: [...waiting.runs, aRun('r-2', 'success', [10, 12], { input: { other: true } })], states: [aState({ id: 'c-9', run: 'r-2', seconds: 12 })] }, { mark });
    expect(draftsOf(around, 'r-1').find((draft) => draft.kind === 'approval')?.status).toBe('cancelled');
    const cancelled = tell({ runs: [aRun('r-1', 'interrupted', [0, 2])], states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: [{ name: 'count' }] })] });
    expect(cancelled.questions).toEqual([]);
  });

  it('is a gate when the run was told to stand before a step', () => {
    const calls = { messages: [human, asking] };
    const told = tell({ runs: [aRun('r-1', 'success', [0, 2], { interrupt_before: ['tools'] })], states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, values: calls, tasks: [{ name: 'tools' }] })] });
    expect(told.questions[0]?.approval).toMatchObject({ kind: 'gate', answers: ['approve'], actions: [{ name: 'pay' }, { name: 'look' }] });
    expect(draftsOf(told, 'r-1').filter((draft) => draft.kind === 'tool_call')).toEqual([]);
  });

  it('takes no silence about what a task asks for a gate', () => {
    const stood = (interrupts: unknown) => tell({ runs: [aRun('r-1', 'success', [0, 2], { interrupt_before: ['tools'] })], states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, values: { messages: [human, asking] }, tasks: [{ name: 'tools', interrupts }] })] }).questions;
    expect(stood([])).toHaveLength(1);
    expect(stood(undefined)).toEqual([]);
    expect(stood(null)).toEqual([]);
  });

  it('takes no answer to a question without an id, which could reach another one', () => {
    const told = tell({ runs: waiting.runs, states: [aState({ id: 'c-1', run: 'r-1', seconds: 1, tasks: [{ name: 'ask', interrupts: [{ value: 'Go on?' }] }] })] });
    expect(told.questions[0]?.approval).toMatchObject({ answers: [], note: expect.stringContaining('no id') });
  });
});

it('says of a run that is no longer there that its end was not seen', () => {
  const mark: ThreadMark = { id: 't-1', updatedUs: 0, head: null, open: [{ run: 'r-1', assistant: 'a-1', startUs: usAt(1) }], waits: [] };
  const told = tell({ runs: [], states: [] }, { mark, now: 60 });
  expect(told.vanished).toBe(1);
  expect(root(told, 'r-1')).toMatchObject({ taskOutcome: 'unknown', status: 'interrupted', statusExplicit: false, startUs: usAt(1), endUs: usAt(60) });
});
