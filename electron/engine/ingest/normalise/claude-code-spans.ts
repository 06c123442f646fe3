/**
 * Claude Code's spans (beta): interaction > llm_request, tool > blocked_on_user, execution. The tool span is always UNSET: how the tool
 * ended stands on `execution`, and that it was refused only on `blocked_on_user`, which knows no call id. The interaction stays UNSET too.
 */
import type { Normalised } from '../draft.ts';
import type { SpanRecord } from '../record.ts';
import { drafts, spanDraft } from './build.ts';
import { claudeAgent, claudeBilling, claudeIdentity, claudeModelKey, claudeRun, claudeToolKey, claudeToolName, claudeUsage, mainAgent } from './claude-code-shared.ts';
import { errorOf, inferredOk, isCancel, ok, spanOutcome, withExitCode } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { flag, nameOf, one } from './read.ts';

const source = 'claude-code/span';

function resultOf(record: SpanRecord): Outcome {
  const { attrs } = record;
  const success = flag(attrs, 'success');
  if (success === undefined) return spanOutcome(record, false);
  if (success && record.statusCode !== 2) return withExitCode(attrs, ok);
  const type = one(attrs, 'error_class') || one(attrs, 'error.type');
  const message = one(attrs, 'error') || record.statusMessage;
  const status = one(attrs, 'status_code');
  return { status: isCancel(type, message) ? 'cancelled' : 'error', explicit: true, error: errorOf([type, status === '' ? '' : `http_${status}`], [message]) };
}

function modelSpan(record: SpanRecord): Normalised {
  const { attrs } = record;
  const model = nameOf(attrs, ['model', 'gen_ai.request.model']);
  return drafts(spanDraft(source, record, resultOf(record), {
    role: 'activity', kind: 'model_call', name: model ?? 'model call', key: claudeModelKey(attrs, record.endUs), model, usage: claudeUsage(attrs), billing: claudeBilling(attrs),
    run: claudeRun(attrs), agent: claudeAgent(record), identity: claudeIdentity(attrs),
  }));
}

function toolSpan(record: SpanRecord): Normalised {
  const { attrs } = record;
  const tool = claudeToolName(attrs);
  return drafts(spanDraft(source, record, spanOutcome(record, true), {
    role: 'activity', kind: 'tool_call', name: tool.name, namePlaceholder: tool.placeholder, key: claudeToolKey(attrs),
    run: claudeRun(attrs), agent: claudeAgent(record), identity: claudeIdentity(attrs),
  }));
}

/** Completes the tool's row by its call id; without one it can only be tied to its parent. Names no agent: a sub-agent's has no id. */
function executionSpan(record: SpanRecord): Normalised {
  const key = claudeToolKey(record.attrs);
  const role = key === undefined ? 'structure' : 'activity';
  return drafts(spanDraft(source, record, resultOf(record), { role, kind: 'tool_call', name: '', namePlaceholder: true, key, joins: key === undefined ? 'parent' : undefined, run: claudeRun(record.attrs) }));
}

function blockedSpan(record: SpanRecord): Normalised {
  const rejected = one(record.attrs, 'decision').startsWith('reject');
  const outcome: Outcome = rejected ? { status: 'denied', explicit: true } : inferredOk;
  return drafts(spanDraft(source, record, outcome, { role: 'structure', kind: 'tool_call', name: '', joins: rejected ? 'parent' : undefined, run: claudeRun(record.attrs) }));
}

/** The turn's end is the only record that closes what a signal cut off. It stays UNSET whatever happened, so it claims no outcome. */
function interactionSpan(record: SpanRecord): Normalised {
  const agent = mainAgent(record.resource, record.resource.serviceVersion);
  const outcome = spanOutcome(record, true);
  return drafts(spanDraft(source, record, outcome, {
    role: 'agent', kind: 'lifecycle', name: agent.name ?? '', agent, run: claudeRun(record.attrs), identity: claudeIdentity(record.attrs),
    endsSession: record.endUs > 0 ? true : undefined,
    taskOutcome: outcome.status === 'error' ? 'failed' : undefined,
  }));
}

export function claudeSpan(record: SpanRecord): Normalised {
  const prefix = 'claude_code.';
  const type = one(record.attrs, 'span.type') || (record.name.startsWith(prefix) ? record.name.slice(prefix.length) : record.name);
  switch (type) {
    case 'llm_request': return modelSpan(record);
    case 'tool': return toolSpan(record);
    case 'tool.execution': return executionSpan(record);
    case 'tool.blocked_on_user': return blockedSpan(record);
    case 'interaction': return interactionSpan(record);
    default:
      return drafts(spanDraft(source, record, spanOutcome(record, true), {
        role: 'structure', kind: 'lifecycle', name: '', run: claudeRun(record.attrs),
      }));
  }
}
