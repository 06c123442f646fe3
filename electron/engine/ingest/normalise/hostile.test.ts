/** Records that no honest agent sends: nothing throws, and what comes out is bounded. */
import { expect, test } from 'vitest';
import type { Draft } from '../draft.ts';
import type { Attrs, AttrValue, LogRecord, SpanRecord } from '../record.ts';
import { normalise, wantedAttributes } from './normalise.ts';
import { attrsOf, draftOf, log, span } from './test-records.ts';

/** Small seeded generator (mulberry32): a failure is repeated by its seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const scopes = ['', 'gen_ai', 'ai', '@mastra/otel-exporter', '@arizeai/openinference-instrumentation-langchain', '@traceloop/x', 'com.anthropic.claude_code.events', 'com.anthropic.claude_code.tracing', 'com.anthropic.sdk.typescript', 'codex_otel.log_only', 'gemini-cli', 'gcp.vertex.agent', 'mcp', '__proto__', 'constructor'];
const services = ['', 'claude-code', 'codex_exec', 'gemini-cli', 'app', '__proto__'];
const words: readonly AttrValue[] = [
  '', 'chat', 'execute_tool', 'invoke_agent', 'LLM', 'TOOL', 'AGENT', 'CHAIN', 'tool', 'agent', 'model_inference', 'tool_result', 'tool_decision', 'api_request', 'api_error', 'subagent_completed', 'accept', 'reject', 'denied', 'true', 'false',
  'codex.tool_result', 'codex.sse_event', 'codex.api_request', 'response.completed', 'gemini_cli.tool_call', 'gemini_cli.api_response', 'gemini_cli.agent.finish', 'tools/call', 'ai.generateText.doGenerate', 'ai.toolCall', 'spawn_agent', 'mcp_tool',
  'gen_ai.client.inference.operation.details', '{"lc_agent_name":5,"langgraph_node":{}}', '{"mcp_tool_name":[]}', '{"agent_id":"x"}', '{', '[]', 'null', '{"__proto__":{"polluted":true}}', 'toString', 'hasOwnProperty', '__proto__', 'constructor',
  'x'.repeat(16_384), '\u0000\u001b[2J\u009f\n\r\t', '\u202Etxt.exe', '1e400', '-1', '0x10', '99999999999999999999', ' ', '1.5',
  0, 1, -1, 2, 1.5, 1e300, -1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, true, false,
  [], ['error'], [['deep']], [1, 'a', false], attrsOf({ a: attrsOf({ b: 'c' }) }), attrsOf({ lc_agent_name: 'n', langgraph_node: 'tools' }),
];
const keys = [...wantedAttributes, '__proto__', 'constructor', 'toString', 'unknown.key'];

function attrs(random: () => number, most: number): Attrs {
  const found = Object.create(null) as Record<string, AttrValue>;
  const count = Math.floor(random() * most);
  for (let i = 0; i < count; i += 1) found[pick(random, keys)] = pick(random, words);
  return found;
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

function arbitrary(random: () => number): SpanRecord | LogRecord {
  const time = pick(random, [0, 1, 1_795_379_145_000_000, 9e15, 5]);
  const from = { scope: pick(random, scopes), service: pick(random, services), resource: attrs(random, 6), version: String(pick(random, ['', '1', 'x'.repeat(9_000)])) };
  const ids = { traceId: pick(random, ['', 'a'.repeat(32)]), spanId: pick(random, ['', 'b'.repeat(16)]) };
  const values = attrs(random, 25);
  if (random() < 0.5) return log(values, { ...from, ...ids, timeUs: time, eventName: String(pick(random, ['', 'claude_code.tool_result', 'x'.repeat(400)])), body: String(pick(random, ['', 'claude_code.api_request', '\u0000'])) });
  return span(values, {
    ...from, ...ids, parentSpanId: pick(random, ['', 'c'.repeat(16)]), name: String(pick(random, ['', 'execute_tool x', 'call_llm', 'tools/call', 'invoke_agent', '\u001b'.repeat(500), 'handoff to '])),
    startUs: time, endUs: pick(random, [0, time, time + 5, 1]), statusCode: pick(random, [0, 1, 2, 7]), statusMessage: String(pick(random, ['', 'aborted by user', 'x\n    at y'.repeat(300), 'y'.repeat(16_384)])),
    events: random() < 0.4 ? [{ name: pick(random, ['exception', 'other']), timeUs: time, attrs: attrs(random, 8) }] : [],
  });
}

// The characters themselves are what is looked for.
const control = new RegExp(String.raw`[\u0000-\u001f\u007f-\u009f]`);

function check(draft: Draft): void {
  const names = [draft.name, draft.key, draft.agent?.id, draft.agent?.name, draft.agent?.runId, draft.agent?.version, draft.identity?.of, draft.run?.id, draft.startsRun?.id, draft.model, draft.taskName, draft.error?.type, draft.error?.stackTop];
  for (const name of names) {
    if (name === undefined) continue;
    expect(typeof name).toBe('string');
    expect(name.length).toBeLessThanOrEqual(260);
    expect(control.test(name)).toBe(false);
  }
  expect(draft.key).not.toBe('');
  expect((draft.error?.message ?? '').length).toBeLessThanOrEqual(4_000);
  for (const count of Object.values(draft.usage ?? {})) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
  const money = draft.reportedCost?.micros ?? 0;
  expect(Number.isSafeInteger(money) && money >= 0).toBe(true);
  expect(Number.isFinite(draft.startUs) && draft.startUs >= 0).toBe(true);
  expect(draft.endUs === undefined || Number.isFinite(draft.endUs)).toBe(true);
  expect(draft.role === 'structure' ? draft.name : '').toBe('');
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('arbitrary records, seed %i', (seed) => {
  const random = generator(seed);
  let drafts = 0;
  for (let i = 0; i < 2_500; i += 1) {
    const record = arbitrary(random);
    const said = normalise(record);
    expect(['drafts', 'aside', 'refused']).toContain(said.t);
    const found = said.t === 'drafts' ? said.drafts : [];
    drafts += found.length;
    found.forEach(check);
  }
  expect(drafts).toBeGreaterThan(300);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('reasons come from a fixed list, whatever senders write', () => {
  const random = generator(99);
  const reasons = new Set<string>();
  for (let i = 0; i < 10_000; i += 1) {
    const said = normalise(arbitrary(random));
    if (said.t !== 'drafts') reasons.add(said.reason);
  }
  expect(reasons.size).toBeLessThan(40);
});

test('a thousand new scopes do not grow the memory of choices without end, and the choice stays right', () => {
  for (let i = 0; i < 2_000; i += 1) normalise(span({ 'gen_ai.operation.name': 'chat' }, { scope: `scope-${i}` }));
  expect(draftOf(span({ 'openinference.span.kind': 'TOOL', 'tool.name': 't' }, { scope: 'scope-7' }))).toMatchObject({ kind: 'tool_call', name: 't' });
});
