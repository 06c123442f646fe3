/** Which adapter reads which source. */
import type { Adapter, Normalised } from '../draft.ts';
import type { LogRecord, SpanRecord } from '../record.ts';
import { awsAdapter, awsSpan, isAwsCall } from './aws-api.ts';
import { adkAdapter } from './google-adk.ts';
import { anthropicSdkAdapter } from './anthropic-sdk.ts';
import { plainSpan } from './build.ts';
import { claudeCodeAdapter } from './claude-code.ts';
import { codexAdapter } from './codex.ts';
import { geminiCliAdapter } from './gemini-cli.ts';
import { genaiAdapter, genaiLog, vercelAdapter } from './genai.ts';
import { mastraAdapter } from './mastra.ts';
import { mcpAdapter, mcpSpan } from './mcp.ts';
import { openaiAgentsAdapter } from './openai-agents.ts';
import { openinferenceAdapter, openinferenceSpan } from './openinference.ts';
import { openllmetryAdapter, openllmetrySpan } from './openllmetry.ts';
import { strandsAdapter, strandsMarks } from './strands.ts';
import { vercelLegacyAdapter, vercelLegacySpan } from './vercel-legacy.ts';

const adapters = [
  adkAdapter, anthropicSdkAdapter, awsAdapter, claudeCodeAdapter, codexAdapter, geminiCliAdapter, genaiAdapter, mastraAdapter, mcpAdapter, openaiAgentsAdapter, openinferenceAdapter, openllmetryAdapter,
  strandsAdapter, vercelAdapter, vercelLegacyAdapter,
] as const;

export const wanted: ReadonlySet<string> = new Set(adapters.flatMap((adapter) => adapter.wanted));

function ask(adapter: Adapter, record: SpanRecord): Normalised {
  return adapter.span === undefined ? plainSpan(record) : adapter.span(record);
}

/** A scope that nobody has named: the record's own attributes say what it is, the most telling one first. */
function sniffSpan(record: SpanRecord): Normalised {
  const { attrs } = record;
  if (attrs['mcp.method.name'] !== undefined) return mcpSpan(record);
  if (attrs['openinference.span.kind'] !== undefined) return openinferenceSpan(record);
  if (attrs['openai_agents.span.type'] !== undefined) return ask(openaiAgentsAdapter, record);
  if (attrs['mastra.span.type'] !== undefined) return ask(mastraAdapter, record);
  if (attrs['traceloop.span.kind'] !== undefined) return openllmetrySpan(record);
  if (attrs['ai.operationId'] !== undefined) return vercelLegacySpan(record);
  if (strandsMarks.some((mark) => attrs[mark] !== undefined)) return ask(strandsAdapter, record);
  for (const key in attrs) if (key.startsWith('gen_ai.') || key.startsWith('llm.')) return ask(genaiAdapter, record);
  return isAwsCall(attrs) ? awsSpan(record) : plainSpan(record);
}

function sniffLog(record: LogRecord): Normalised {
  const event = record.attrs['event.name'];
  const named = typeof event === 'string' ? event : record.eventName;
  if (named.startsWith('claude_code.') || record.body.startsWith('claude_code.')) return claudeCodeAdapter.log?.(record) ?? genaiLog(record);
  if (named.startsWith('codex.')) return codexAdapter.log?.(record) ?? genaiLog(record);
  if (named.startsWith('gemini_cli.')) return geminiCliAdapter.log?.(record) ?? genaiLog(record);
  return genaiLog(record);
}

const sniffing: Adapter = { id: 'otel', wanted: [], span: sniffSpan, log: sniffLog };

const scopes: readonly (readonly [start: string, adapter: Adapter])[] = [
  ['com.anthropic.claude_code', claudeCodeAdapter],
  ['com.anthropic.sdk', anthropicSdkAdapter],
  ['codex_otel', codexAdapter],
  ['gcp.vertex.agent', adkAdapter],
  ['@mastra/', mastraAdapter],
  ['@arizeai/openinference-', openinferenceAdapter],
  ['openinference.instrumentation.', openinferenceAdapter],
  ['@traceloop/', openllmetryAdapter],
  ['traceloop.', openllmetryAdapter],
];

export function chooseAdapter(scope: string, service: string): Adapter {
  if (scope === 'gen_ai') return vercelAdapter;
  if (scope === 'ai') return vercelLegacyAdapter;
  const byScope = scopes.find(([start]) => scope.startsWith(start));
  if (byScope !== undefined) return byScope[1];
  // A CLI's own scopes: Codex names them after its crates, Gemini CLI after itself.
  if (service === 'claude-code') return claudeCodeAdapter;
  if (scope === 'gemini-cli' || service === 'gemini-cli') return geminiCliAdapter;
  if (scope.startsWith('codex') && service.startsWith('codex')) return codexAdapter;
  return sniffing;
}
