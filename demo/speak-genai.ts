/** The OpenTelemetry GenAI conventions: invoke_agent > chat, execute_tool; a hand-off is a nested invoke_agent. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { companies } from './fleet.ts';
import type { PretendAgent } from './fleet.ts';
import { stepPauseMs } from './plan.ts';
import type { HandoffStep, ModelStep, Step, TaskPlan, ToolStep } from './plan.ts';
import type { Random } from './random.ts';
import { sayCloudCall } from './speak-cloud.ts';
import type { Speech } from './voice.ts';

const byName = new Map(companies.flatMap((company) => company.agents.map((agent) => [agent.name, agent] as const)));

function agentAttributes(agent: PretendAgent, version: string) {
  return { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.provider.name': 'openai', 'gen_ai.agent.name': agent.name, 'gen_ai.agent.version': version, 'gen_ai.request.model': agent.model };
}

async function sayModel(speech: Speech, agent: PretendAgent, parent: Context, step: ModelStep, at: number, random: Random): Promise<number> {
  const end = at + step.ms;
  await speech.waitUntil(end);
  const span = speech.mouth.tracer.startSpan(`chat ${agent.model}`, {
    kind: SpanKind.CLIENT, startTime: at,
    attributes: {
      'gen_ai.operation.name': 'chat', 'gen_ai.agent.name': agent.name, 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': agent.model, 'gen_ai.response.model': agent.model,
      'gen_ai.response.id': `resp_${random.hex(10)}`, 'gen_ai.usage.input_tokens': step.input, 'gen_ai.usage.output_tokens': step.output,
      'gen_ai.usage.cache_read.input_tokens': step.cached, 'gen_ai.usage.reasoning.output_tokens': step.reasoning,
      'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: step.says }] }]),
    },
  }, parent);
  span.end(end);
  return end;
}

async function sayTool(speech: Speech, agent: PretendAgent, parent: Context, step: ToolStep, at: number, random: Random): Promise<number> {
  const end = at + step.ms;
  await speech.waitUntil(end);
  const span = speech.mouth.tracer.startSpan(`execute_tool ${step.tool}`, {
    startTime: at,
    attributes: {
      'gen_ai.operation.name': 'execute_tool', 'gen_ai.agent.name': agent.name, 'gen_ai.tool.name': step.tool, 'gen_ai.tool.call.id': `call_${random.hex(10)}`,
      'gen_ai.tool.type': 'function', 'gen_ai.tool.call.arguments': step.args, ...(step.end === 'ok' ? { 'gen_ai.tool.call.result': step.result } : {}),
    },
  }, parent);
  sayCloudCall(speech.mouth, trace.setSpan(parent, span), step, at);
  if (step.error) {
    span.setAttribute('error.type', step.error.type);
    span.recordException({ name: step.error.type, message: step.error.message }, end);
    span.setStatus({ code: SpanStatusCode.ERROR, message: step.error.message });
  }
  span.end(end);
  return end;
}

async function sayHandoff(speech: Speech, parent: Context, step: HandoffStep, at: number, random: Random): Promise<number> {
  const agent = byName.get(step.to);
  if (!agent) throw new Error(`no pretend agent is called ${step.to}`);
  const span = speech.mouth.tracer.startSpan(`invoke_agent ${agent.name}`, { startTime: at, attributes: agentAttributes(agent, agent.version) }, parent);
  const end = await saySteps(speech, agent, trace.setSpan(parent, span), step.steps, at, random);
  span.end(end);
  return end;
}

async function saySteps(speech: Speech, agent: PretendAgent, parent: Context, steps: readonly Step[], from: number, random: Random): Promise<number> {
  let at = from;
  for (const step of steps) {
    at += stepPauseMs;
    if (step.kind === 'model') at = await sayModel(speech, agent, parent, step, at, random);
    else if (step.kind === 'tool') at = await sayTool(speech, agent, parent, step, at, random);
    else at = await sayHandoff(speech, parent, step, at, random);
  }
  return at;
}

function endRoot(span: Span, plan: TaskPlan, agent: PretendAgent, at: number): void {
  if (plan.fails) {
    const error = agent.habit.errors[0];
    span.setStatus({ code: SpanStatusCode.ERROR, message: error?.message ?? 'gave up' });
    span.setAttribute('error.type', error?.type ?? 'AgentError');
  }
  span.end(at);
}

export async function speakGenAi(speech: Speech, plan: TaskPlan, random: Random): Promise<void> {
  const { agent, version, mouth } = speech;
  const root = mouth.tracer.startSpan(`invoke_agent ${agent.name}`, {
    root: true, startTime: plan.startMs,
    attributes: { ...agentAttributes(agent, version), 'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: plan.prompt }] }]) },
  }, ROOT_CONTEXT);
  const at = await saySteps(speech, agent, trace.setSpan(ROOT_CONTEXT, root), plan.steps, plan.startMs, random);
  endRoot(root, plan, agent, at + stepPauseMs);
}
