/**
 * OpenLLMetry (Traceloop): its SDK's spans carry `traceloop.span.kind` and `traceloop.entity.name`, its instrumentations carry the
 * GenAI names or their predecessors. Tool spans name no GenAI operation. `traceloop.workflow.name` becomes the agent's name inside an
 * agent, so it names the task only on the workflow span itself.
 */
import type { Adapter, Draft, Normalised } from '../draft.ts';
import type { Attrs, SpanRecord } from '../record.ts';
import { claimFrom, drafts, runFrom, spanDraft, taskOutcomeOf } from './build.ts';
import type { Told } from './build.ts';
import { genaiAgent, genaiRun, genaiSort, genaiSpan, genaiUser } from './genai.ts';
import { spanOutcome, withExitCode } from './outcome.ts';
import { cleanName, nameOf, one } from './read.ts';

const source = 'openllmetry/span';
const association = 'traceloop.association.properties.';
const userKeys = ['user_id', 'userId', 'user', 'user.id'].map((key) => association + key);
const sessionKeys = ['session_id', 'sessionId', 'session.id'].map((key) => association + key);
const conversationKeys = ['conversation_id', 'conversationId', 'thread_id', 'threadId', 'chat_id', 'chatId'].map((key) => association + key);

type Common = Pick<Told, 'agent' | 'identity' | 'run'>;

function associated(record: SpanRecord): Common {
  const { attrs } = record;
  return {
    agent: genaiAgent(record),
    identity: genaiUser(record) ?? claimFrom(attrs, 'delegated', userKeys),
    run: genaiRun(attrs) ?? runFrom(attrs, sessionKeys, conversationKeys),
  };
}

function entityName(attrs: Attrs, record: SpanRecord, kind: string): string {
  const suffix = `.${kind}`;
  return nameOf(attrs, ['traceloop.entity.name']) ?? cleanName(record.name.endsWith(suffix) ? record.name.slice(0, -suffix.length) : record.name);
}

function entitySpan(record: SpanRecord, kind: string): Draft {
  const { attrs } = record;
  const common = associated(record);
  const outcome = spanOutcome(record, kind !== 'tool');
  const ended = record.endUs > 0;
  if (kind === 'tool') return spanDraft(source, record, withExitCode(attrs, outcome), { ...common, role: 'activity', kind: 'tool_call', name: entityName(attrs, record, kind) });
  if (kind === 'agent') {
    const name = entityName(attrs, record, kind);
    return spanDraft(source, record, outcome, { ...common, agent: { ...common.agent, name }, role: 'agent', kind: 'lifecycle', name, taskOutcome: taskOutcomeOf(outcome, ended) });
  }
  const root = record.parentSpanId === '';
  return spanDraft(source, record, outcome, {
    ...common, role: 'structure', kind: 'lifecycle', name: '',
    taskName: kind === 'workflow' ? entityName(attrs, record, kind) : undefined,
    taskOutcome: root ? taskOutcomeOf(outcome, ended) : undefined,
  });
}

export function openllmetrySpan(record: SpanRecord): Normalised {
  const kind = one(record.attrs, 'traceloop.span.kind');
  if (kind !== '') return drafts(entitySpan(record, kind));
  const draft = genaiSpan(record, { source }, genaiSort(record.attrs));
  const common = associated(record);
  return drafts({ ...draft, identity: common.identity, run: common.run });
}

export const openllmetryAdapter: Adapter = {
  id: 'openllmetry',
  wanted: ['traceloop.span.kind', 'traceloop.entity.name', ...userKeys, ...sessionKeys, ...conversationKeys],
  span: openllmetrySpan,
};
