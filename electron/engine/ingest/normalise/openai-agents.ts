/**
 * OpenAI Agents SDK through an OpenTelemetry bridge: `openai_agents.span.type` names the SDK's own span types. A person's refusal
 * arrives as an error on the tool's span, told only by its text.
 */
import type { Adapter, Draft } from '../draft.ts';
import type { Attrs, SpanRecord } from '../record.ts';
import { claimFrom, drafts } from './build.ts';
import { genaiSort, genaiSpan } from './genai.ts';
import type { Sort } from './genai.ts';
import { flag, nameOf, one } from './read.ts';

const spanType = 'openai_agents.span.type';
const refusals = ['was not approved', 'manually rejected', 'not approved by'];
const handoffKeys = ['openai_agents.handoff.to_agent', 'openai_agents.handoff.to', 'openai_agents.to_agent', 'gen_ai.handoff.to_agent'];
const userKeys = ['openai_agents.trace.metadata.user', 'openai_agents.trace.metadata.user_id', 'openai_agents.trace.metadata.userId'];
const sorts: Readonly<Record<string, Sort>> = {
  agent: 'agent', response: 'model', generation: 'model', transcription: 'model', speech: 'model', function: 'tool',
  task: 'structure', turn: 'structure', custom: 'structure', guardrail: 'structure', speech_group: 'structure', mcp_tools: 'structure', handoff: 'structure',
};

function saysRefused(text: string): boolean {
  if (text === '') return false;
  const head = text.slice(0, 300);
  return refusals.some((words) => head.includes(words));
}

function isRefusal(record: SpanRecord): boolean {
  return saysRefused(one(record.attrs, 'error.type')) || (record.statusCode === 2 && saysRefused(record.statusMessage));
}

function sortOf(attrs: Attrs): Sort {
  const type = one(attrs, spanType);
  const known = Object.hasOwn(sorts, type) ? sorts[type] : undefined;
  return known ?? genaiSort(attrs);
}

function told(record: SpanRecord, draft: Draft): Draft {
  const { attrs } = record;
  const type = one(attrs, spanType);
  const identity = draft.identity ?? claimFrom(attrs, 'delegated', userKeys);
  if (draft.kind === 'tool_call' && isRefusal(record)) return { ...draft, identity, status: 'denied', statusExplicit: true };
  if (type === 'handoff') return { ...draft, identity, role: 'activity', kind: 'handoff', name: nameOf(attrs, handoffKeys) ?? nameOf({ name: record.name }, ['name']) ?? 'hand-off' };
  if (type === 'guardrail' && (flag(attrs, 'openai_agents.guardrail.triggered') ?? flag(attrs, 'openai_agents.triggered')) === true) {
    return { ...draft, identity, role: 'activity', kind: 'denial', name: nameOf(attrs, ['openai_agents.guardrail.name']) ?? 'guardrail', status: 'denied', statusExplicit: true };
  }
  // The workflow stands on every span; only the root names the task.
  const taskName = type === 'task' ? (nameOf(attrs, ['openai_agents.task.name']) ?? draft.taskName) : undefined;
  return { ...draft, identity, taskName };
}

export const openaiAgentsAdapter: Adapter = {
  id: 'openai-agents',
  wanted: [spanType, 'openai_agents.task.name', 'openai_agents.guardrail.triggered', 'openai_agents.triggered', 'openai_agents.guardrail.name', ...handoffKeys, ...userKeys],
  span: (record) => drafts(told(record, genaiSpan(record, { source: 'openai-agents/span' }, sortOf(record.attrs)))),
};
