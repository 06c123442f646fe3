import { describe, expect, test } from 'vitest';
import { draftOf, exception, log, reasonOf, span } from './test-records.ts';

const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' };

describe('usage', () => {
  test.each([
    ['current names', { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 10, 'gen_ai.usage.cache_read.input_tokens': 60, 'gen_ai.usage.cache_creation.input_tokens': 5, 'gen_ai.usage.reasoning.output_tokens': 4 }, [35, 10, 60, 5, 4]],
    ['older names', { 'gen_ai.usage.prompt_tokens': 100, 'gen_ai.usage.completion_tokens': 10 }, [100, 10, 0, 0, 0]],
    ['both at once, counted once', { 'gen_ai.usage.prompt_tokens': 100, 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.completion_tokens': 10, 'gen_ai.usage.output_tokens': 10 }, [100, 10, 0, 0, 0]],
    ['OpenLLMetry', { 'llm.usage.prompt_tokens': 100, 'llm.usage.completion_tokens': 10 }, [100, 10, 0, 0, 0]],
    ['cache_write of the Anthropic SDK', { 'gen_ai.usage.input_tokens': 165, 'gen_ai.usage.output_tokens': 30, 'gen_ai.usage.cache_read.input_tokens': 40, 'gen_ai.usage.cache_write.input_tokens': 25 }, [100, 30, 40, 25, 0]],
    ['cache greater than input cannot be inside it', { 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 1, 'gen_ai.usage.cache_read_input_tokens': 8000 }, [12, 1, 8000, 0, 0]],
    ['a total that leaves the cache outside input', { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 10, 'gen_ai.usage.cache_read_input_tokens': 60, 'gen_ai.usage.total_tokens': 170 }, [100, 10, 60, 0, 0]],
    ['a total that leaves reasoning outside output', { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 10, 'gen_ai.usage.reasoning_tokens': 7, 'gen_ai.usage.total_tokens': 117 }, [100, 17, 0, 0, 7]],
    ['numbers as texts', { 'gen_ai.usage.input_tokens': '100', 'gen_ai.usage.output_tokens': '10' }, [100, 10, 0, 0, 0]],
    ['an unreadable value is refused, the rest kept', { 'gen_ai.usage.input_tokens': 'many', 'gen_ai.usage.output_tokens': 10 }, [0, 10, 0, 0, 0]],
    ['a negative value is refused', { 'gen_ai.usage.input_tokens': -5, 'gen_ai.usage.output_tokens': 10 }, [0, 10, 0, 0, 0]],
    ['an absurd value is refused', { 'gen_ai.usage.input_tokens': 2e12, 'gen_ai.usage.output_tokens': 10 }, [0, 10, 0, 0, 0]],
    ['NaN is refused', { 'gen_ai.usage.input_tokens': Number.NaN, 'gen_ai.usage.output_tokens': 10 }, [0, 10, 0, 0, 0]],
    ['an unreadable current name falls back to the older one', { 'gen_ai.usage.input_tokens': -1, 'gen_ai.usage.prompt_tokens': 7, 'gen_ai.usage.output_tokens': 1 }, [7, 1, 0, 0, 0]],
  ])('%s', (_what, attrs, [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens]) => {
    expect(draftOf(span({ ...chat, ...attrs })).usage).toEqual({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens });
  });

  test('none is not zero', () => {
    expect(draftOf(span(chat)).usage).toBeUndefined();
  });

  test('totals on an agent are not usage', () => {
    const draft = draftOf(span({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a', 'gen_ai.usage.input_tokens': 999, 'gen_ai.usage.output_tokens': 9 }));
    expect(draft).toMatchObject({ role: 'agent', name: 'a', taskOutcome: 'completed' });
    expect(draft.usage).toBeUndefined();
  });
});

describe('what a span is', () => {
  test.each([
    ['chat', chat, 'activity', 'model_call'],
    ['embeddings', { 'gen_ai.operation.name': 'embeddings' }, 'activity', 'model_call'],
    ['execute_tool', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 't' }, 'activity', 'tool_call'],
    ['invoke_agent', { 'gen_ai.operation.name': 'invoke_agent' }, 'agent', 'lifecycle'],
    ['invoke_workflow', { 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.workflow.name': 'w' }, 'structure', 'lifecycle'],
    ['agent_step', { 'gen_ai.operation.name': 'agent_step' }, 'structure', 'lifecycle'],
    ['a step that repeats totals', { 'gen_ai.operation.name': 'model_generation', 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 5 }, 'structure', 'lifecycle'],
    ['no operation, a request type', { 'llm.request.type': 'chat', 'gen_ai.request.model': 'm' }, 'activity', 'model_call'],
    ['no operation, model and tokens', { 'gen_ai.request.model': 'm', 'gen_ai.usage.output_tokens': 5 }, 'activity', 'model_call'],
    ['no operation, a tool name', { 'gen_ai.tool.name': 't' }, 'activity', 'tool_call'],
    ['no operation, an agent', { 'gen_ai.agent.name': 'a' }, 'structure', 'lifecycle'],
  ])('%s', (_what, attrs, role, kind) => {
    expect(draftOf(span(attrs))).toMatchObject({ role, kind });
  });

  test('a span without anything of an agent only ties', () => {
    expect(draftOf(span({}, { name: 'GET /', parentSpanId: 'c'.repeat(16) }))).toMatchObject({ role: 'structure', plain: true, parentSpanId: 'c'.repeat(16), name: '' });
  });

  test('a model call may be told by two layers', () => {
    expect(draftOf(span(chat)).joins).toBe('parent');
    expect(draftOf(span({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 't' })).joins).toBeUndefined();
  });
});

describe('how a span ended', () => {
  const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 't' };
  test.each([
    ['UNSET is an inferred ok', tool, {}, 'ok', false],
    ['OK is said', tool, { statusCode: 1 }, 'ok', true],
    ['ERROR', tool, { statusCode: 2, statusMessage: 'no' }, 'error', true],
    ['UNSET with error.type', { ...tool, 'error.type': 'timeout' }, {}, 'error', true],
    ['UNSET with an exception', tool, { events: [exception('E', 'no')] }, 'error', true],
    ['OK with a handled exception', tool, { statusCode: 1, events: [exception('E', 'no')] }, 'ok', true],
    ['an answer after a repeated attempt', { ...chat, 'gen_ai.usage.output_tokens': 3 }, { events: [exception('E', 'no')] }, 'ok', false],
    ['AbortError', tool, { statusCode: 2, statusMessage: 'This operation was aborted', events: [exception('AbortError', 'This operation was aborted')] }, 'cancelled', true],
    ['asyncio.CancelledError', { ...tool, 'error.type': 'asyncio.exceptions.CancelledError' }, { statusCode: 2 }, 'cancelled', true],
    ['interrupted by the user', tool, { statusCode: 2, statusMessage: 'Interrupted by user' }, 'cancelled', true],
    ['a timeout is a failure', tool, { statusCode: 2, statusMessage: 'timed out', events: [exception('TimeoutError', 'timed out')] }, 'error', true],
    ['tool status error', { ...tool, 'gen_ai.tool.status': 'error' }, {}, 'error', true],
    ['tool status success', { ...tool, 'gen_ai.tool.status': 'success' }, {}, 'ok', true],
    ['finish reason error under status OK', { ...chat, 'gen_ai.response.finish_reasons': '["error"]' }, { statusCode: 1 }, 'error', true],
    ['finish reason error in a list', { ...chat, 'gen_ai.response.finish_reasons': ['error'] }, {}, 'error', true],
    ['finish reason stop', { ...chat, 'gen_ai.response.finish_reasons': ['stop'] }, {}, 'ok', false],
    ['a refused tool', { ...tool, 'error.type': 'tool_denied' }, { statusCode: 2 }, 'denied', true],
  ])('%s', (_what, attrs, more, status, explicit) => {
    expect(draftOf(span(attrs, more))).toMatchObject({ status, statusExplicit: explicit });
  });

  test('tells type, message and place of an error', () => {
    const stack = 'Error: no\n    at run (file:///app/agent.mjs:8:1)\n    at main (x)';
    expect(draftOf(span(tool, { statusCode: 2, statusMessage: 'no', events: [exception('Error', 'no', stack)] })).error).toEqual({ type: 'Error', message: 'no', stackTop: 'at run (file:///app/agent.mjs:8:1)' });
    const python = 'Traceback (most recent call last):\n  File "/app/a.py", line 1, in main\n    run()\n  File "/app/b.py", line 7, in run\n    raise ValueError("no")\nValueError: no\n';
    expect(draftOf(span(tool, { statusCode: 2, events: [exception('ValueError', 'no', python)] })).error).toEqual({ type: 'ValueError', message: 'no', stackTop: 'File "/app/b.py", line 7, in run' });
  });

  test('a type that says nothing or is a sentence is not the type', () => {
    expect(draftOf(span({ ...tool, 'error.type': 'unknown' }, { statusCode: 2, events: [exception('E', 'no')] })).error?.type).toBe('E');
    expect(draftOf(span({ ...tool, 'error.type': 'Tool execution failed. Details are redacted.' }, { statusCode: 2 })).error).toMatchObject({ type: undefined, message: 'Tool execution failed. Details are redacted.' });
  });
});

describe('who acted', () => {
  const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.id': 'agent-1', 'gen_ai.agent.name': 'Ann', 'gen_ai.agent.version': '2' };
  test('as the span says', () => {
    expect(draftOf(span(agent)).agent).toEqual({ id: 'agent-1', name: 'Ann', version: '2' });
  });

  test('as the resource says, at the root only', () => {
    const resource = { 'agent.id': 'ours-7', 'agent.name': 'Billing' };
    expect(draftOf(span({ 'gen_ai.operation.name': 'invoke_agent' }, { resource })).agent).toMatchObject({ id: 'ours-7', name: 'Billing' });
    expect(draftOf(span({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'Ann' }, { resource })).agent).toMatchObject({ id: 'ours-7', name: 'Ann' });
    expect(draftOf(span(chat, { resource, parentSpanId: 'c'.repeat(16) })).agent).toBeUndefined();
  });

  test('for whom', () => {
    expect(draftOf(span({ ...agent, 'enduser.id': 'ana@example.com' })).identity).toEqual({ kind: 'delegated', of: 'ana@example.com', attribute: 'enduser.id' });
    expect(draftOf(span({ ...agent, 'microsoft.agent.user.id': '7f3a' })).identity).toEqual({ kind: 'own', of: '7f3a', attribute: 'microsoft.agent.user.id' });
    expect(draftOf(span({ ...agent, 'microsoft.agent.user.id': '7f3a', 'user.id': 'ana' })).identity).toEqual({ kind: 'delegated', of: 'ana', attribute: 'user.id' });
  });

  test('the session wins over the conversation', () => {
    expect(draftOf(span({ ...agent, 'session.id': 's', 'gen_ai.conversation.id': 'c' })).run).toEqual({ kind: 'session', id: 's' });
    expect(draftOf(span({ ...agent, 'gen_ai.conversation.id': 'c' })).run).toEqual({ kind: 'conversation', id: 'c' });
  });

  test('names carry no control characters and at most 200 characters', () => {
    expect(draftOf(span({ ...agent, 'gen_ai.agent.name': 'An\u0000n\u001b[31m\r\nx' })).name).toBe('An n [31m  x');
    expect(draftOf(span({ ...agent, 'gen_ai.agent.name': 'x'.repeat(5_000) })).name).toHaveLength(200);
  });
});

describe('logs', () => {
  const event = { 'event.name': 'gen_ai.client.inference.operation.details', ...chat, 'gen_ai.usage.input_tokens': 5, 'gen_ai.usage.output_tokens': 2 };
  test('details of an inference are its span told again', () => {
    expect(draftOf(log(event, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }))).toMatchObject({ key: `span:${'b'.repeat(16)}`, spanId: '', kind: 'model_call', usage: { inputTokens: 5 } });
  });

  test('an exception event fails its span', () => {
    expect(draftOf(log({ 'exception.type': 'E', 'exception.message': 'no' }, { eventName: 'gen_ai.client.operation.exception', spanId: 'b'.repeat(16) }))).toMatchObject({ key: `span:${'b'.repeat(16)}`, status: 'error', error: { type: 'E', message: 'no' } });
  });

  test.each([
    ['gen_ai.user.message', 'aside: message text or evaluation event'],
    ['gen_ai.choice', 'aside: message text or evaluation event'],
    ['', 'aside: not an agent record'],
    ['http.request', 'aside: not an agent record'],
  ])('%s', (eventName, reason) => {
    expect(reasonOf(log({}, { eventName }))).toBe(reason);
  });
});

describe('spans that cannot be read', () => {
  test.each([
    ['without a span id', { spanId: '' }, 'refused: span without an id'],
    ['without a trace id', { traceId: '' }, 'refused: span without an id'],
    ['without any time', { startUs: 0, endUs: 0 }, 'refused: span without a time'],
  ])('%s', (_what, more, reason) => {
    expect(reasonOf(span(chat, more))).toBe(reason);
  });

  test('a span that has not ended stays open', () => {
    expect(draftOf(span(chat, { endUs: 0 })).endUs).toBeUndefined();
    expect(draftOf(span({ 'gen_ai.operation.name': 'invoke_agent' }, { endUs: 0 })).taskOutcome).toBeUndefined();
  });
});
