/** Which adapter reads which source. */
import type { Adapter } from '../draft.ts';
import type { LogRecord, SpanRecord } from '../record.ts';
import { plainSpan } from './build.ts';
import { claudeCodeAdapter } from './claude-code.ts';
import { genaiAdapter, genaiLog, vercelAdapter } from './genai.ts';
import { mastraAdapter } from './mastra.ts';
import { openaiAgentsAdapter } from './openai-agents.ts';
import { openinferenceAdapter } from './openinference.ts';

const known = [claudeCodeAdapter, mastraAdapter, openaiAgentsAdapter, openinferenceAdapter, vercelAdapter, genaiAdapter] as const;

/** A scope that nobody has named: the record's own attributes say what it is. */
function sniffSpan(record: SpanRecord): ReturnType<typeof plainSpan> {
  const { attrs } = record;
  if (attrs['openinference.span.kind'] !== undefined) return ask(openinferenceAdapter, record);
  if (attrs['openai_agents.span.type'] !== undefined) return ask(openaiAgentsAdapter, record);
  if (attrs['mastra.span.type'] !== undefined) return ask(mastraAdapter, record);
  for (const key in attrs) if (key.startsWith('gen_ai.') || key.startsWith('llm.')) return ask(genaiAdapter, record);
  return plainSpan(record);
}

function ask(adapter: Adapter, record: SpanRecord): ReturnType<typeof plainSpan> {
  return adapter.span === undefined ? plainSpan(record) : adapter.span(record);
}

function sniffLog(record: LogRecord): ReturnType<typeof plainSpan> {
  if (record.eventName.startsWith('claude_code.') || record.body.startsWith('claude_code.')) return claudeCodeAdapter.log?.(record) ?? genaiLog(record);
  return genaiLog(record);
}

const sniffing: Adapter = { id: 'otel', wanted: [], span: sniffSpan, log: sniffLog };

export function chooseAdapter(scope: string, service: string): Adapter {
  if (scope.startsWith('com.anthropic.claude_code')) return claudeCodeAdapter;
  if (scope.startsWith('@mastra/')) return mastraAdapter;
  if (scope.startsWith('@arizeai/openinference-') || scope.startsWith('openinference.instrumentation.')) return openinferenceAdapter;
  if (scope === 'gen_ai') return vercelAdapter;
  if (service === 'claude-code') return claudeCodeAdapter;
  return sniffing;
}

export const wanted: ReadonlySet<string> = new Set(known.flatMap((adapter) => adapter.wanted));
