/** OpenInference as its LangChain instrumentation writes it: CHAIN root with the agent's name in `metadata`, LLM and TOOL spans. */
import { randomUUID } from 'node:crypto';
import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context } from '@opentelemetry/api';
import { stepPauseMs } from './plan.ts';
import type { ModelStep, TaskPlan, ToolStep } from './plan.ts';
import type { Random } from './random.ts';
import { sayCloudCall } from './speak-cloud.ts';
import type { Speech } from './voice.ts';

const dollars = (tokens: number, perMillion: number): number => (tokens * perMillion) / 1_000_000;

function sayModel(speech: Speech, parent: Context, common: Attributes, step: ModelStep, at: number): void {
  const { agent, mouth } = speech;
  const price = agent.reportsPrice;
  const money: Attributes = price
    ? { 'llm.cost.total': dollars(step.input - step.cached, price.input) + dollars(step.cached, price.cached) + dollars(step.output, price.output) }
    : {};
  const span = mouth.tracer.startSpan('ChatModel', {
    startTime: at,
    attributes: {
      ...common, ...money, 'openinference.span.kind': 'LLM', 'llm.model_name': agent.model, 'llm.token_count.prompt': step.input,
      'llm.token_count.completion': step.output, 'llm.token_count.total': step.input + step.output,
      'llm.token_count.prompt_details.cache_read': step.cached, 'llm.token_count.completion_details.reasoning': step.reasoning,
      'output.value': step.says, 'output.mime_type': 'text/plain',
    },
  }, parent);
  span.setStatus({ code: SpanStatusCode.OK });
  span.end(at + step.ms);
}

function sayTool(speech: Speech, parent: Context, common: Attributes, step: ToolStep, at: number): void {
  const span = speech.mouth.tracer.startSpan(step.tool, {
    startTime: at,
    attributes: { ...common, 'openinference.span.kind': 'TOOL', 'tool.name': step.tool, 'input.value': step.args, ...(step.end === 'ok' ? { 'output.value': step.result } : {}) },
  }, parent);
  sayCloudCall(speech.mouth, trace.setSpan(parent, span), step, at);
  if (step.error) {
    span.recordException({ name: step.error.type, message: step.error.message }, at + step.ms);
    span.setStatus({ code: SpanStatusCode.ERROR, message: step.error.message });
  } else {
    span.setStatus({ code: SpanStatusCode.OK });
  }
  span.end(at + step.ms);
}

export async function speakOpenInference(speech: Speech, plan: TaskPlan, random: Random): Promise<void> {
  const { agent, mouth, waitUntil } = speech;
  const person = agent.onBehalfOf ? random.pick(agent.onBehalfOf) : undefined;
  // Not from the seed: a fleet started again on the same history must not continue the sessions of the last one.
  const session = randomUUID();
  const common: Attributes = {
    'session.id': session,
    ...(person ? { 'user.id': person } : {}),
    metadata: JSON.stringify({ lc_agent_name: agent.name, session_id: session, ...(person ? { user_id: person } : {}) }),
  };
  const root = mouth.tracer.startSpan('LangGraph', { root: true, startTime: plan.startMs, attributes: { ...common, 'openinference.span.kind': 'CHAIN', 'input.value': plan.prompt } }, ROOT_CONTEXT);
  const parent = trace.setSpan(ROOT_CONTEXT, root);
  let at = plan.startMs;
  for (const step of plan.steps) {
    if (step.kind === 'handoff') continue;
    at += stepPauseMs;
    await waitUntil(at + step.ms);
    if (step.kind === 'model') sayModel(speech, parent, common, step, at);
    else sayTool(speech, parent, common, step, at);
    at += step.ms;
  }
  root.setStatus(plan.fails ? { code: SpanStatusCode.ERROR, message: agent.habit.errors[0]?.message ?? 'gave up' } : { code: SpanStatusCode.OK });
  root.end(at + stepPauseMs);
}
