/** The log events of a coding agent on somebody's machine: decisions before results, money reported, a person's account. */
import { randomUUID } from 'node:crypto';
import type { AnyValue } from '@opentelemetry/api';
import { stepPauseMs } from './plan.ts';
import type { ModelStep, TaskPlan, ToolStep } from './plan.ts';
import type { Random } from './random.ts';
import type { Speech } from './voice.ts';

interface Session { readonly id: string; readonly prompt: string; sequence: number }

function say(speech: Speech, session: Session, name: string, at: number, attributes: Record<string, AnyValue>): void {
  speech.mouth.logger.emit({
    timestamp: at, body: `claude_code.${name}`,
    attributes: {
      'user.id': 'device-4f2c', 'user.email': speech.agent.account ?? '', 'session.id': session.id, 'prompt.id': session.prompt, 'event.name': name,
      'event.timestamp': new Date(at).toISOString(), 'event.sequence': session.sequence, ...attributes,
    },
  });
  session.sequence += 1;
}

function sayModel(speech: Speech, session: Session, step: ModelStep, end: number, request: string): void {
  const price = speech.agent.reportsPrice;
  const fresh = step.input - step.cached;
  const usd = price ? (fresh * price.input + step.cached * price.cached + step.output * price.output) / 1_000_000 : 0;
  say(speech, session, 'api_request', end, {
    model: speech.agent.model, input_tokens: fresh, output_tokens: step.output, cache_read_tokens: step.cached, cache_creation_tokens: 0,
    cost_usd: usd, cost_usd_micros: Math.round(usd * 1_000_000), duration_ms: step.ms, request_id: request, query_source: 'sdk',
  });
}

async function sayTool(speech: Speech, session: Session, step: ToolStep, at: number, request: string, random: Random): Promise<void> {
  const common = { tool_name: step.tool, tool_use_id: `toolu_${random.hex(10)}`, request_id: request };
  say(speech, session, 'tool_decision', at, { ...common, decision: step.end === 'denied' ? 'reject' : 'accept', source: 'config', permission_mode: 'default' });
  if (step.end === 'denied' || step.end === 'interrupted') return;
  await speech.waitUntil(at + step.ms);
  say(speech, session, 'tool_result', at + step.ms, {
    ...common, success: step.end === 'ok' ? 'true' : 'false', duration_ms: String(step.ms), tool_input: step.args,
    ...(step.error ? { error_type: step.error.type, error: step.error.message } : {}),
  });
}

export async function speakClaudeCode(speech: Speech, plan: TaskPlan, random: Random): Promise<void> {
  // Not from the seed: a fleet started again on the same history must not continue the sessions of the last one.
  const session: Session = { id: randomUUID(), prompt: randomUUID(), sequence: 0 };
  let at = plan.startMs;
  say(speech, session, 'user_prompt', at, { prompt_length: String(plan.prompt.length), prompt: '<REDACTED>' });
  for (const step of plan.steps) {
    if (step.kind === 'handoff') continue;
    at += stepPauseMs;
    const request = `req_${random.hex(10)}`;
    if (step.kind === 'model') {
      await speech.waitUntil(at + step.ms);
      sayModel(speech, session, step, at + step.ms, request);
    } else {
      await speech.waitUntil(at);
      await sayTool(speech, session, step, at, request, random);
      if (step.end === 'interrupted') return;
    }
    at += step.ms;
  }
}
